"""Which cases stand for their kind in `make test`; the others take minutes together and are left to `make test-all`."""

from collections.abc import Iterable
from typing import Any

import pytest


def long_but(cases: Iterable[Any], *soon: Any) -> list[Any]:
    """Mark all cases long but these."""
    return [case if case in soon else pytest.param(case, marks=pytest.mark.long) for case in cases]

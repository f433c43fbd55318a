"""What tests see of the machine: Python and a shell, as on a bare one. Who wants another program asks for it here."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

PATH = os.environ.setdefault("MACHINES_PATH", os.environ["PATH"])
"""Where the machine's own programs are found; pytest's worker processes, whose PATH is stripped, are told by it."""

FEW = ("sh", "tee", "false")
"""Programs that every machine has and some test starts by name."""


def strip() -> None:
    """Leave on this process's PATH only what every machine has.

    So a test that needs more fails wherever it is run, and not on the bare machine of the next user alone.
    """
    bare = Path(tempfile.mkdtemp(prefix="bare-"))
    atexit.register(shutil.rmtree, bare, ignore_errors=True)
    for name in FEW:
        (bare / name).symlink_to(shutil.which(name, path=PATH) or f"/bin/{name}")
    os.environ["PATH"] = str(bare)


def program(name: str, package: str = "") -> Path:
    """Give a program of the machine's, which a test starts by its path; skips where it is absent."""
    found = shutil.which(name, path=PATH)
    if found is None:
        pytest.skip(f"{name} is absent on this machine" + (f" (Debian's package {package})" if package else ""))
    return Path(found)

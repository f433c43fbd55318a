"""Where authors work, as far as their e-mail addresses on the first page tell."""

import re
from collections.abc import Sequence

FIRST_PAGE_CHARACTERS = 8_000
"""What counts as the first page of a text without pages: a dense two-column page holds about 6,000 characters."""

# One address, or several names before one domain: ann@x.org, {ann, bob}@x.org, (ann|bob)@x.org, ann[at]x.org.
_ADDRESS = re.compile(
    r"[\w.+\-*)}\]]\s{0,2}(?:@|\[at\]|\(at\))\s{0,2}((?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.){1,5}[a-z]{2,12})\b",
    re.IGNORECASE,
)


def email_domains(text: str, page_starts: Sequence[int] = ()) -> tuple[str, ...]:
    """Give the domains of the e-mail addresses on a text's first page, lower case, each once, in alphabetical order."""
    end = min(first_page_end(page_starts), len(text))
    return tuple(sorted({match[1].lower() for match in _ADDRESS.finditer(text, 0, end)}))


def first_page_end(page_starts: Sequence[int]) -> int:
    """Say at which character the first page ends."""
    return page_starts[1] if len(page_starts) > 1 else FIRST_PAGE_CHARACTERS

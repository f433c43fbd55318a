"""Where authors work, as far as their e-mail addresses on the first page tell."""

import re
from collections.abc import Sequence

FIRST_PAGE_CHARACTERS = 8_000
"""What counts as the first page of a text without pages: a dense two-column page holds about 6,000 characters."""

# One address, or several names before one domain: ann@x.org, {ann, bob}@x.org, (ann|bob)@x.org, ann[at]x.org. Looked
# for from its sign, which is rare.
_SIGN = re.compile(r"@|\[at\]|\(at\)", re.IGNORECASE)
_NAME = re.compile(r"[\w.+\-*)}\]]\s{0,2}\Z")
_NAME_CHARACTERS = 3
_DOMAIN = re.compile(r"\s{0,2}((?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.){1,5}[a-z]{2,12})\b", re.IGNORECASE)


def email_domains(text: str, page_starts: Sequence[int] = ()) -> tuple[str, ...]:
    """Give the domains of the e-mail addresses on a text's first page, lower case, each once, in alphabetical order."""
    end = min(first_page_end(page_starts), len(text))
    found = set()
    for sign in _SIGN.finditer(text, 0, end):
        domain = _DOMAIN.match(text, sign.end(), end)
        if domain and _NAME.search(text, max(0, sign.start() - _NAME_CHARACTERS), sign.start()):
            found.add(domain[1].lower())
    return tuple(sorted(found))


def first_page_end(page_starts: Sequence[int]) -> int:
    """Say at which character the first page ends."""
    return page_starts[1] if len(page_starts) > 1 else FIRST_PAGE_CHARACTERS

"""What the sources of HTML pages share: parsing with the errors of a page that is none, text, links, names."""

import codecs
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urljoin

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector

from tasks.records import ChallengePage, Get, LayoutChanged

CHALLENGE = re.compile(
    rb"(?i)just a moment|verif\w+ you|checking your|captcha|turnstile|enable javascript|ChallengeRequired"
)
"""Words of the pages that Cloudflare, Turnstile and their like send, with status 200, in place of the one asked for."""

MARKS_IN_A_LINK = "%/:=&?~#+!$,;'@()*[]"
"""What stays as it is in a link: all that an address may hold, and % because the rest may be escaped already."""


def soup(
    address: str, get: Get, is_ours: Callable[[BeautifulSoup], object], *, encoding: str | None = "utf-8"
) -> BeautifulSoup:
    """Fetch and parse one page.

    `is_ours` says whether a page is the site's own. Raises `ChallengePage` or `LayoutChanged` where it is not, and
    `LayoutChanged` where the page is cut short. A page that is not in the encoding it should be in is read as
    windows-1252, which is what CVF's pages of 2015 are saved in.
    """
    body = get(address)
    if encoding is None:
        page = parsed_html(body)
    else:
        page = _parsed(body, encoding if _is_mostly(body, encoding) else "windows-1252")
    if not is_ours(page):
        refuse_challenge(body, address)
        raise LayoutChanged(f"{address} is not the page that it was: it is titled {text_of(page.title)!r}")
    if not re.search(rb"(?i)</(main|html|body)\s*>", body) and not _is_whole_element(body):
        raise LayoutChanged(f"{address} is cut short after {len(body)} bytes")
    return page


def parsed_html(body: bytes) -> BeautifulSoup:
    """Parse HTML in the encoding that it declares; in UTF-8 where it declares none that there is."""
    declared = EncodingDetector.find_declared_encoding(body, is_html=True)
    try:
        encoding = codecs.lookup(declared or "utf-8").name
    except (LookupError, ValueError):  # a damaged name, which lxml does not bear
        encoding = "utf-8"
    return _parsed(body, encoding)


def _parsed(body: bytes, encoding: str) -> BeautifulSoup:
    # XHTML may begin with a declaration of XML, which says nothing to a parser of HTML; BeautifulSoup warns of it.
    return BeautifulSoup(re.sub(rb"^\s*<\?xml\b[^>]*>", b"", body), "lxml", from_encoding=encoding)


def _is_mostly(body: bytes, encoding: str) -> bool:
    """Say whether text decodes but for a stray byte: more letters beyond ASCII come out than do not."""
    beyond_ascii = re.findall(r"[^\x00-\x7f]", body.decode(encoding, "replace"))
    return 2 * beyond_ascii.count("\ufffd") <= len(beyond_ascii)


def _is_whole_element(body: bytes) -> bool:
    """Say whether the page is one element from its start to its end, as people save listings from a browser."""
    opening = re.match(rb"(?s)(?:\s|<!--.*?-->)*<(\w+)\b", body)
    if opening is None or not re.search(rb"</" + opening[1] + rb"\s*>\s*$", body):
        return False
    return len(re.findall(rb"<" + opening[1] + rb"\b", body)) == len(re.findall(rb"</" + opening[1] + rb"\b", body))


def parsed_json(page: bytes | str) -> Any:
    """Parse JSON; half surrogates, which JSON may hold ("\\ud800") and no file can, become '?'. Raises ValueError."""
    text = page if isinstance(page, str) else page.decode(json.detect_encoding(page), "replace")
    try:
        value = json.loads(text, strict=False)
        if re.search(r"(?i)\\ud[89a-f]", text):
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError as error:
        raise ValueError("it is nested without end") from error
    return value


def refuse_challenge(body: bytes, address: str) -> None:
    """Raise `ChallengePage` where the body asks for a browser, a login or patience."""
    if CHALLENGE.search(body):
        raise ChallengePage(f"{address} answers with a challenge for browsers in place of the page")


def text_of(tag: Tag | None) -> str:
    """Give a tag's text with all white space, &nbsp; included, collapsed to single blanks."""
    return " ".join(tag.get_text().split()) if tag else ""


def absolute(href: object, page: str) -> str:
    """Resolve a link against its page's address; what no address may hold (blanks) is escaped, the rest stays.

    Gives "" for a link that is none, such as an unclosed bracket in a host.
    """
    try:
        return quote(urljoin(page, " ".join(str(href).split())), safe=MARKS_IN_A_LINK)
    except ValueError:
        return ""


def people(names: str) -> tuple[str, ...]:
    """Split names at commas, except before the suffix of one ("Ann Example, Jr.")."""
    parts = re.split(r",(?!\s*(?:Jr|Sr|II|III|IV)\b)", names)
    return tuple(part.strip() for part in parts if part.strip())

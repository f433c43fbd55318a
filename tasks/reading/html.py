"""An HTML page or fragment to the text that its readers see."""

import re
from typing import Any

import lxml.html  # type: ignore[import-untyped]

from tasks.reading.normalisation import plain

_UNSEEN = frozenset(["script", "style", "noscript", "template", "head", "svg", "iframe", "object"])
_INLINE = re.compile(
    "(?:a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span|strike|strong"
    "|sub|sup|time|tt|u|var|wbr)"
)


def read_html(data: bytes) -> str:
    """Give the visible text of an HTML page or fragment: blocks a blank line apart, <br> a newline, entities resolved.

    Never raises for broken markup; an empty page gives an empty text.
    """
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.replace(b"\0", b"")  # libxml2 stops at one
    try:
        data.decode("utf-8")
        encoding: str | None = "utf-8"  # what fragments are in, where libxml2 would guess Latin-1
    except UnicodeDecodeError:
        encoding = None  # the page says itself, in a <meta> or by its first bytes
    if not data.strip():
        return ""
    parser = lxml.html.HTMLParser(encoding=encoding, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = lxml.html.document_fromstring(data, parser=parser)
    except lxml.etree.ParserError:  # nothing but comments
        return ""
    pieces: list[str] = []
    _collect_text(root, pieces)
    lines = [" ".join(line.split()) for line in "".join(pieces).split("\n")]
    text = re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip()
    return plain(text).replace("\u00ad", "")


def _collect_text(root: Any, pieces: list[str]) -> None:
    """Append the text below an element; a stack of our own, since hostile pages nest deeper than Python recurses."""
    stack: list[tuple[Any, bool]] = [(root, True)]
    while stack:
        element, is_opening = stack.pop()
        tag = element.tag
        gap = "\n" if tag == "br" else "" if _INLINE.fullmatch(tag) else "\t" if tag in ("td", "th") else "\n\n"
        if is_opening and tag not in _UNSEEN and element.get("hidden") is None:
            pieces.append(gap)
            pieces.append(_flow(element.text))
            stack.append((element, False))
            stack.extend((child, True) for child in reversed(element))
            continue
        if not is_opening and tag != "br":
            pieces.append(gap)
        if element is not root:
            pieces.append(_flow(element.tail))


def _flow(text: str | None) -> str:
    """Line ends in the source of a page are blanks to its reader."""
    return re.sub(r"\s", " ", text) if text else ""

"""What the sources of job ads share: descriptions cleaned to plain text, dates, places, JSON checked for its shape.

Boards send HTML that is escaped once (Greenhouse) or twice (Arbeitnow), UTF-8 that was read as Latin-1 (RemoteOK),
paragraphs that nobody closes (Hacker News) and lines that are bait for robots (RemoteOK). Paragraphs and list items
stay lines of their own, so that headings such as "Nice to have" can still be told from sentences.
"""

import datetime as dt
import html
import json
import re
from typing import Any

import ftfy
from bs4 import BeautifulSoup

from tasks.records import Get, LayoutChanged
from tasks.sources.pages import refuse_challenge

_BLOCKS = "p|div|br|ul|ol|li|h[1-6]|table|tr|td|th|section|article|blockquote|pre|hr|dl|dt|dd|header|footer|main|body"
_INLINE = "a|b|i|u|em|strong|span|font|code|small|sub|sup|img"
_TAG = re.compile(rf"<\s*/?\s*(?:{_BLOCKS}|{_INLINE})\b[^<>]*(?:>|$)", re.IGNORECASE)
_ESCAPED_TAG = re.compile(rf"&(?:amp;)*lt;\s*/?\s*(?:{_BLOCKS}|{_INLINE})\b", re.IGNORECASE)
_BLOCK_NAMES = frozenset(re.sub(r"h\[1-6\]", "h1|h2|h3|h4|h5|h6", _BLOCKS).split("|"))
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,5});", re.IGNORECASE)
_ESCAPED_AT_MOST = 3
"""Arbeitnow escapes twice; once more costs nothing, and a loop without an end might."""
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff]")
"""Control characters, soft hyphens ("Tensor&shy;Flow"), blanks of no width."""
_BAIT = re.compile(
    r"(?:please\s+)?mention the word\b(?=.{0,150}when applying to show)"
    r".*?(?:they['’]re human\.?|\(#\w+=*\)\.?|$)[^\n]*",
    re.IGNORECASE | re.DOTALL,
)
"""RemoteOK ends descriptions so: "Please mention the word **X** and tag Y when applying to show you've read ...", to
find robots; the word is any word, "flask" and "torch" among them."""


def clean(text: object) -> str | None:
    """Give a description as plain text, a paragraph or list item a line; None where nothing is left.

    Takes HTML, escaped HTML or plain text, and finds out which.
    """
    text = _writable(text) if isinstance(text, str) else ""
    for _ in range(_ESCAPED_AT_MOST):
        if _TAG.search(text) or not _ESCAPED_TAG.search(text):
            break
        text = html.unescape(text)
    text = _html_to_text(text) if _TAG.search(text) else html.unescape(text)
    if _ENTITY.search(text):
        text = html.unescape(text)
    text = _BAIT.sub("", mended(text))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() or None


def clean_line(text: object) -> str:
    """Give a title, name or place on one line, entities and encoding mended; '' for what is no text."""
    return " ".join(mended(html.unescape(_writable(text))).split()) if isinstance(text, str) else ""


def _writable(text: str) -> str:
    """Replace half surrogates, which JSON may hold ("\\ud800") and UTF-8 may not."""
    return text.encode("utf-8", "replace").decode("utf-8")


def mended(text: str) -> str:
    """Undo text whose UTF-8 was read as another encoding ("MecÃ¡nico"), and drop what nobody sees and splits names.

    Of "Ã" and a soft hyphen, which is how "í" then looks, many a tool drops the hyphen, which is invisible; where the
    rest of the text was broken in this way, a lone "Ã" before a small letter was "í".
    """
    fixed = ftfy.fix_encoding(text)
    return _INVISIBLE.sub("", re.sub("Ã\u00ad?(?=[a-z])", "í", fixed) if fixed != text else text)


def joined(*parts: str | None) -> str | None:
    """Join the parts of a description that a board gives separately; None where all are empty."""
    return "\n\n".join(part for part in parts if part) or None


def _html_to_text(text: str) -> str:
    page = BeautifulSoup(text, "lxml")
    for tag in page(["script", "style", "template"]):
        tag.decompose()
    for string in page.find_all(string=True):
        if string.find_parent("pre") is None:
            string.replace_with(re.sub(r"\s+", " ", string))
    for tag in page.find_all(_BLOCK_NAMES):
        if tag.name == "br":
            tag.replace_with("\n")
        elif tag.name == "li":
            tag.insert(0, "\n- ")
            tag.append("\n")
        elif tag.name in ("td", "th"):
            tag.append(" ")
        elif tag.name not in ("body", "ul", "ol", "tr"):
            tag.insert(0, "\n\n")
            tag.append("\n\n")
        else:
            tag.append("\n")
    lines = "\n".join(line.strip() for line in page.get_text().splitlines())
    lines = re.sub(r"(?m)^-\s*\n+(?=\S)", "- ", lines)  # <li><p>: the item's words begin on the item's line
    return re.sub(r"(?m)(^- .*)\n\n+(?=- )", r"\1\n", lines)


def json_of(address: str, get: Get) -> Any:
    """Fetch a page of JSON; raises `ChallengePage` or `LayoutChanged` where it is anything else or cut short."""
    return parse_json(get(address), address)


def parse_json(body: bytes, address: str) -> Any:
    """Parse JSON; see `json_of`."""
    try:
        return json.loads(body)
    except ValueError as error:
        refuse_challenge(body, address)
        raise LayoutChanged(f"{address} is not JSON ({error}): it begins with {body[:60]!r}") from error


def list_of(page: Any, name: str, address: str) -> list[dict[str, Any]]:
    """Give the list of objects that a page of JSON holds under a name; raises `LayoutChanged` where it holds none."""
    rows = page.get(name) if isinstance(page, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LayoutChanged(f"{address} has no list of {name!r}")
    return rows


def dict_of(row: dict[str, Any], name: str) -> dict[str, Any]:
    """Give an object inside an object; {} where there is none."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def dicts_of(row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Give the objects in a list inside an object; none where there is no list."""
    value = row.get(name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def required(row: dict[str, Any], name: str, address: str) -> str:
    """Give a field that every ad has, as text; raises `LayoutChanged` where it has none."""
    value = row.get(name)
    text = clean_line(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text:
        raise LayoutChanged(f"{address} lists a job without {name!r}")
    return text


def date_of(value: object) -> dt.date | None:
    """Read a day as boards write it: ISO date or time (the day as written there), or seconds or ms since 1970 (UTC)."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if value > 1e11 else value  # 1e11 s is the year 5138; as ms it is 1973
            return dt.datetime.fromtimestamp(seconds, dt.UTC).date()
        return dt.date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None  # "soon" and the like: an ad is not refused for its date


def says_remote(text: str) -> bool | None:
    """Say whether a place or heading names remote work; None where it names neither remote nor on-site work."""
    if re.search(r"(?i)\b(?:no|not|non)[- ]remote\b|\bremote\W{1,3}no\b|\bon-?site only\b", text):
        return False
    if re.search(r"(?i)\bremote\b|\btelecommut|\bwork from (?:home|anywhere)\b", text):
        return True
    return False if re.search(r"(?i)\bon-?site\b", text) else None


def attributes(**values: object) -> dict[str, str]:
    """Keep what says something, as text: lists joined by commas."""
    texts = {
        name: ", ".join(clean_line(str(part)) for part in value if part) if isinstance(value, list) else value
        for name, value in values.items()
    }
    return {name: clean_line(str(value)) for name, value in texts.items() if value not in (None, "", False)}

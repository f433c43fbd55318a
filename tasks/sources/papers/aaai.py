"""AAAI Conference on Artificial Intelligence, with the IAAI and EAAI that its proceedings include, 2010 on.

Publisher
  AAAI Press, on Open Journal Systems, https://ojs.aaai.org/index.php/AAAI.
Access
  OAI-PMH without a login: ListSets names the sections of the proceedings, ListRecords gives 100 papers a page and a
  token for the next. Volume 33 is AAAI-19. A year from 2024 on has sections of its own (AAAI:AI25-1), some 60 requests;
  those before share theirs, so one of them costs some 300 requests, which serve all of them in one run.
Permits
  robots.txt forbids /cache/ only (2026). Each record is "Copyright (c) AAAI" and no open licence: PDFs stay private.
Caveats
  Dates of records are those of the last change, so `from` and `until` do not select a year. The year is the volume's,
  not that of the issue's title ("Vol. 33 No. 01: AAAI-19, IAAI-19, EAAI-20") nor of dc:date. An issue mixes tracks, so
  the section tells them; a mirror without ListSets leaves its code only. One article that the server cannot show
  (39173, 2026) makes every page that holds it answer 500: then the rest of the section is read one by one. Republished
  papers leave deleted records beside live ones. Codes are matched case-blind by the server: of AAAI:EAAI-Full and
  AAAI:EAAI-FULL only one can be had (five EAAI papers of 2014 are lost). Titles and abstracts may hold escaped tags.
"""

import datetime as dt
import html
import re
from collections.abc import Iterator
from urllib.parse import quote

from lxml import etree  # type: ignore[import-untyped]  # its stubs are a package that nothing else here needs

from tasks.records import (
    Edition,
    Get,
    LayoutChanged,
    PageMissing,
    PageUnavailable,
    Paper,
    Period,
    UnknownEdition,
)
from tasks.sources import oai_pmh
from tasks.sources.pages import absolute

OAI = "https://ojs.aaai.org/index.php/AAAI/oai"
NAMES = {"AAAI": "aaai conference on artificial intelligence"}

VOLUME_ZERO = 1986
"""Year less volume: volume 33 is AAAI-19."""
FIRST_YEAR, LAST_KNOWN_YEAR = 2010, 2026
"""What stood on the server in October 2026; later years are found by their sections."""

SECTION_TRACKS = (
    (r"front ?matter|errat", "front_matter"),
    (r"\beaai", "eaai"),
    (r"\biaai", "iaai"),
    (r"student abstract|pre-phd|student poster", "student"),
    (r"consortium", "doctoral_consortium"),
    (r"demonstrations?\b", "demo"),
    (r"senior (?:member|track)|blue sky", "senior_member"),
    (r"new faculty|early career", "new_faculty"),
    (r"emerging trends", "emerging_trends"),
    (r"what.?s hot", "whats_hot"),
    (r"sister conference", "sister_conferences"),
    (r"new scientific and technical advances", "nectar"),
    (r"journal track", "journal"),
)
"""What a section's name holds -> its track; all other sections are topics of the main track."""

CODE_TRACKS = (
    (r"FRNT|Errata", "front_matter"),
    (r"EAAI.*|PP|TP|MAA", "eaai"),
    (r"IAAI.*|DP|EP|CHAL|DEPL|EMRG", "iaai"),
    (r"SA(-PP)?\d*|STU(DENT)?", "student"),
    (r"DC(TA)?|DOC\d*|UC\d*", "doctoral_consortium"),
    (r"DEMO|DTA?\d*|DM|VAD", "demo"),
    (r"SENIOR|SRM|BLUE|BSP|ST|SM(ST|T|BLU|SUM)|SMP-.*", "senior_member"),
    (r"NFH", "new_faculty"),
    (r"HOT", "whats_hot"),
    (r"SIS", "sister_conferences"),
    (r"NECTAR", "nectar"),
)
"""A section's code, whole -> its track, where ListSets cannot be had; read from the list of 2026."""

_NS = oai_pmh.OAI
_DC = "{http://purl.org/dc/elements/1.1/}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TAG = re.compile(r"</?(?:i|b|u|em|strong|sub|sup|tt|span)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BREAK = re.compile(r"</?(?:p|br|div)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_UNSERVED_MAX = 3  # one article that the server cannot show is known; more of them in a section mean that it is down


def editions(get: Get) -> Iterator[Edition]:
    """Yield each year since 2010: those known, and later ones that have sections of their own (AAAI:AI27-1)."""
    own = (re.match(r"AAAI:AI(\d\d)-", code) for code in _sections(get))
    years = {2000 + int(match[1]) for match in own if match} | set(range(FIRST_YEAR, LAST_KNOWN_YEAR + 1))
    for year in sorted(years):
        yield Edition("aaai", "AAAI", Period(year), f"v{year - VOLUME_ZERO}")


def papers(edition: Edition, get: Get) -> Iterator[Paper]:
    """Yield the papers of one year's volume, each once, by section and then in the server's order.

    Raises `UnknownEdition` where the server has papers, but none of this volume; `LayoutChanged` where it has none or
    broken ones; `SiteError` where its list ran out of time.
    """
    if edition.venue not in NAMES or edition.key != f"v{edition.period.year - VOLUME_ZERO}":
        raise UnknownEdition(f"{edition} has no volume: its key is {edition.key!r}")
    sections = _sections(get)
    found: dict[str, Paper] = {}
    has_records = False
    for code in _codes(sections, edition.period.year) or [""]:
        for record in _records(code, get):
            has_records = True
            volume, paper = _paper(record, sections)
            if f"v{volume}" == edition.key and paper.track != "front_matter":
                found.setdefault(paper.document_id, paper)
    if not found and has_records:
        raise UnknownEdition(f"{OAI} has no papers of {edition}, {edition.key}")
    if not found:
        raise LayoutChanged(f"{OAI} lists no papers")
    if all(paper.pdf_url is None for paper in found.values()):
        raise LayoutChanged(f"{OAI} links no PDF for {edition}")
    yield from found.values()


def _sections(get: Get) -> dict[str, str]:
    """Read the journal's sections, {'AAAI:SA': 'Student Abstract Track'}; none where a mirror lacks the list."""
    sections: dict[str, str] = {}
    try:
        for answer in _answers("ListSets", "", get):
            for entry in answer.iterfind(f"{_NS}set"):
                sections[_text(entry.find(f"{_NS}setSpec"))] = _text(entry.find(f"{_NS}setName"))
    except PageMissing:
        return {}
    if not sections:
        raise LayoutChanged(f"{OAI} lists no sections")
    return {code: name for code, name in sections.items() if code.startswith("AAAI:")}


def _codes(sections: dict[str, str], year: int) -> list[str]:
    """Choose the sections that a year's papers can lie in: its own, or all that are not another year's."""
    years = {code: _year_of(code) for code in sections}
    has_own = any(code.startswith(f"AAAI:AI{year % 100}-") for code in sections)
    return [code for code, own in years.items() if own == year or (own is None and not has_own)]


def _year_of(code: str) -> int | None:
    """Read the year that stands in a section's code: AAAI:AI24-1, AAAI:2024-149, AAAI:HUM22, AAAI:KRaR2023."""
    match = re.match(r"AAAI:AI(\d\d)-", code) or re.match(r"AAAI:20(\d\d)-", code) or re.search(r"(2\d)$", code)
    return 2000 + int(match[1]) if match else None


def _records(code: str, get: Get) -> Iterator[etree._Element]:
    """Yield the live records of a section ('': of the journal), also where one of its pages cannot be served."""
    seen = set()
    try:
        for answer in _answers("ListRecords", code, get):
            for record in answer.iterfind(f"{_NS}record"):
                if record.find(f"{_NS}header[@status='deleted']") is None:
                    seen.add(record.findtext(f"{_NS}header/{_NS}identifier"))
                    yield record
    except PageUnavailable:
        yield from _records_singly(code, seen, get)


def _records_singly(code: str, seen: set[str | None], get: Get) -> Iterator[etree._Element]:
    unserved = 0
    for answer in _answers("ListIdentifiers", code, get):
        for header in answer.iterfind(f"{_NS}header"):
            identifier = header.findtext(f"{_NS}identifier", "")
            if header.get("status") == "deleted" or identifier in seen:
                continue
            address = f"{OAI}?verb=GetRecord&metadataPrefix=oai_dc&identifier={quote(identifier, safe=':/')}"
            try:
                single = _answer(address, "GetRecord", get)
            except PageUnavailable:
                unserved += 1
                if unserved > _UNSERVED_MAX:
                    raise
                continue
            yield from single.iterfind(f"{_NS}record") if single is not None else ()


def _answers(verb: str, code: str, get: Get) -> Iterator[etree._Element]:
    """Yield the pages of one list, following its tokens."""
    address = f"{OAI}?verb={verb}" + ("" if verb == "ListSets" else "&metadataPrefix=oai_dc")
    address += f"&set={quote(code, safe=':')}" if code else ""
    asked = set()
    while address:
        asked.add(address)
        answer = _answer(address, verb, get)
        if answer is None:
            return
        yield answer
        token = _text(answer.find(f"{_NS}resumptionToken"))
        address = f"{OAI}?verb={verb}&resumptionToken={quote(token, safe='')}" if token else ""
        if address in asked:
            raise LayoutChanged(f"{address} leads to itself")


def _answer(address: str, verb: str, get: Get) -> etree._Element | None:
    """Fetch and parse one page and give what is inside; None where it says that there is nothing."""
    return oai_pmh.content(oai_pmh.parse(get(address), address), address, verb)


def _paper(record: etree._Element, sections: dict[str, str]) -> tuple[int, Paper]:
    """Read a record and the volume it stands in; raises `LayoutChanged` where it lacks id, title or address."""
    identifier = record.findtext(f"{_NS}header/{_NS}identifier", "")
    code = record.findtext(f"{_NS}header/{_NS}setSpec", "").strip()
    number = re.search(r":article/(\d+)$", identifier.strip())
    values = {name: _values(record, name) for name in ("title", "identifier", "source", "relation", "creator", "date")}
    title = next(iter(values["title"]), "")
    url = next((value for value in values["identifier"] if "/article/view/" in value), "")
    if number is None or not title or not url:
        raise LayoutChanged(f"{OAI} has a record without id, title or address: {identifier!r}")
    issue = next((value for value in values["source"] if "Vol." in value), "")
    volume = re.search(r"\bVol\. (\d+)\b(?: No\. \d+)?:?([^;]*)", issue)
    pages = re.search(r"; ?([\w.]+ ?[-–] ?[\w.]+)$", issue)
    section = sections.get(code, "")
    attributes = {
        "doi": next((value for value in values["identifier"] if value.startswith("10.")), ""),
        "pages": pages[1] if pages else "",
        "section": section or code.removeprefix("AAAI:"),
    }
    return int(volume[1]) if volume else 0, Paper(
        document_id=f"aaai:{number[1]}",
        title=title,
        authors=tuple(_name(creator) for creator in values["creator"]),
        track=_track(section, code.removeprefix("AAAI:"), volume[2] if volume else ""),
        url=absolute(url, OAI),
        pdf_url=_pdf(values["relation"]),
        published_on=_date(values["date"]),
        abstract=next(iter(_values(record, "description")), None),
        is_withdrawn=re.match(r"(?i)\W*(withdrawn|retract(ed|ion))\b", title) is not None,
        attributes={name: value for name, value in attributes.items() if value},
    )


def _track(section: str, code: str, issue: str) -> str:
    """Read the track from the section's name, else from its code, else from the title of the issue."""
    if section:
        return next((track for words, track in SECTION_TRACKS if re.search(words, section.casefold())), "main")
    if re.match(r"AI\d\d-", code):  # says nothing, and nor does an issue of several tracks
        return "main" if re.search(r"(?i)\btechnical track", issue) else "other"
    return next((track for words, track in CODE_TRACKS if re.fullmatch(words, code)), "main")


def _pdf(relations: list[str]) -> str | None:
    """Give the address of the PDF: the page of a galley, article/view/<id>/<galley>, shows what /download/ sends."""
    galleys = (re.fullmatch(r"(https?://\S+/article/)view(/\d+/\d+)/?", relation) for relation in relations)
    return next((f"{match[1]}download{match[2]}" for match in galleys if match), None)


def _values(record: etree._Element, name: str) -> list[str]:
    """Read one field of Dublin Core, the English values first, without tags and empty ones."""
    tags = sorted(record.iter(f"{_DC}{name}"), key=lambda tag: not tag.get(_LANG, "en").casefold().startswith("en"))
    return [value for tag in tags if (value := _text(tag))]


def _text(tag: etree._Element | None) -> str:
    """Give a tag's text, entities of the second escaping resolved, its tags dropped, white space collapsed."""
    text = "" if tag is None else html.unescape("".join(str(part) for part in tag.itertext()))
    return " ".join(_TAG.sub("", _BREAK.sub(" ", text)).split())


def _name(creator: str) -> str:
    """Turn "Example, Ada" round; any other form stays."""
    parts = [part.strip() for part in creator.split(",")]
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else creator


def _date(dates: list[str]) -> dt.date | None:
    try:
        return dt.date.fromisoformat(dates[0]) if dates else None
    except ValueError:
        return None  # a year alone says less than the edition

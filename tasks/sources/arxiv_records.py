"""arXiv's records as its OAI-PMH service gives them, in the formats arXivRaw and arXiv; see preprints/arxiv.py."""

import datetime as dt
import email.utils
import re
from dataclasses import dataclass
from urllib.parse import quote

from lxml import etree  # type: ignore[import-untyped]

from tasks.records import LayoutChanged, Paper
from tasks.sources import oai_pmh
from tasks.sources.accents import decoded
from tasks.sources.pages import people

SITE = "https://arxiv.org"
OAI = "https://oaipmh.arxiv.org/oai"
FORMATS = ("arXivRaw", "arXiv")
"""The formats asked for, the better one first."""

KEPT = ("comments", "doi", "journal-ref", "report-no", "license")
"""Fields of a record that become attributes as they are."""

_PAPER = r"(?:paper|article|submission|manuscript|preprint|e-?print|work|version|note|report|draft)"
_NOT_ELSEWHERE = r"(?!\s+from\s+(?!(?:the\s+)?arxiv\b))"
"""Not "withdrawn from ICLR", which says nothing of arXiv."""

_WITHDRAWN = re.compile(
    rf"(?i)^\W*(?:(?:this|the|{_PAPER}|temporarily|has|been|is|was|now|being)\s+)*withdrawn\b{_NOT_ELSEWHERE}"
    rf"|\b(?:this|the|our)\s+{_PAPER}\s+(?:\w+\s+){{0,3}}?withdrawn\b{_NOT_ELSEWHERE}"
    rf"|\b(?:have|has)\s+withdrawn\s+(?:this|the|our)\s+{_PAPER}\b"
    r"|(?<!which has been )(?<!which was )\bwithdrawn\s+"
    r"(?:due\s+to|because|by\s+(?:the\s+|its\s+)?(?:\w+\s+)?(?:authors?|submitters?|arxiv))\b"
)
_WITHDRAWN_ABSTRACT = re.compile(
    rf"(?i)^\W*(?:(?:this|the)\s+{_PAPER}\s+(?:has been|is|was)\s+(?:\w+\s+)?)?withdrawn\b"
)


@dataclass(frozen=True)
class RecordPage:
    """One page of a list of records."""

    papers: tuple[Paper, ...]
    deleted: dict[str, str]
    """document_id -> datestamp of the records that are no more."""
    response_date: str
    """When the server made the page: the next harvest begins at this date."""
    token: str = ""
    """Asks for the next page; empty on the last one."""
    expires: str = ""
    """When the token ends, as the server writes it; empty where it does not say."""


def is_in_set(category: str, set_spec: str) -> bool:
    """Say whether all papers of a primary category are in a set: those of cs.LG are in cs, cs:cs and cs:cs:LG."""
    _, archive, subject = [*set_spec.split(":"), "", ""][:3]
    archive = archive or set_spec
    return category == f"{archive}.{subject}" if subject else category.partition(".")[0] == archive


def is_withdrawn(comments: str, abstract: str | None) -> bool:
    """Say whether comments or abstract tell that the paper itself was withdrawn, not another one."""
    return bool(_WITHDRAWN.search(comments) or _WITHDRAWN_ABSTRACT.search(abstract or ""))


def first_address(set_spec: str, since: dt.date | None, metadata_format: str = FORMATS[0]) -> str:
    """Give the address of a set's list of records, of all or of those changed since a date."""
    window = f"&from={since.isoformat()}" if since else ""
    return f"{OAI}?verb=ListRecords&metadataPrefix={metadata_format}&set={quote(set_spec, safe=':')}{window}"


def next_address(token: str) -> str:
    """Give the address of the page that a token stands for; a token, quoted already, is quoted like any other value."""
    return f"{OAI}?verb=ListRecords&resumptionToken={quote(token, safe='')}"


def record_page(body: bytes, address: str) -> RecordPage:
    """Read one page of records in the format arXivRaw or arXiv; nothing where the server has nothing to tell.

    Raises `TokenExpired`, `UnknownFormat`, `ChallengePage`, or `LayoutChanged` where records are missing or broken.
    """
    root = oai_pmh.parse(body, address)
    answered = (root.findtext(f"{oai_pmh.OAI}responseDate") or "").strip()
    records = oai_pmh.content(root, address, "ListRecords", "GetRecord")
    if not re.match(r"\d{4}-\d\d-\d\d", answered):
        raise LayoutChanged(f"{address} does not say when it was made: {answered!r}")
    if records is None:
        return RecordPage((), {}, answered)
    papers: list[Paper] = []
    deleted: dict[str, str] = {}
    for record in records.iterfind(f"{oai_pmh.OAI}record"):
        header = record.find(f"{oai_pmh.OAI}header")
        identifier = _child(header, "identifier").removeprefix("oai:arXiv.org:")
        if header is not None and header.get("status") == "deleted":
            deleted[f"arxiv:{identifier}"] = _child(header, "datestamp")
        else:
            papers.append(_paper(record, header, address))
    if not papers and not deleted:
        raise LayoutChanged(f"{address} holds no records")
    token = records.find(f"{oai_pmh.OAI}resumptionToken")
    expires = "" if token is None else token.get("expirationDate") or token.get("expires") or ""
    return RecordPage(tuple(papers), deleted, answered, "" if token is None else (token.text or "").strip(), expires)


def _paper(record: etree._Element, header: etree._Element | None, address: str) -> Paper:
    """Read one record; raises `LayoutChanged` where it lacks identifier, title, categories or date of version 1."""
    found = record.find(f"{oai_pmh.OAI}metadata/*")
    fields: dict[str, etree._Element] = {}
    for child in found if found is not None else ():
        fields.setdefault(etree.QName(child).localname, child)
    value = {name: " ".join("".join(child.itertext()).split()) for name, child in fields.items() if name != "authors"}
    versions = [] if found is None else [child for child in found if etree.QName(child).localname == "version"]
    first_on = _first_date(value.get("created", ""), versions)
    categories = value.get("categories", "").split()
    key = value.get("id", "")
    if not key or not value.get("title") or not categories or first_on is None:
        raise LayoutChanged(
            f"{address} has a record without id, title, categories or date: {_child(header, 'identifier')!r}"
        )
    abstract = value.get("abstract") or None
    version = versions[-1].get("version", "") if versions else ""
    attributes = {
        "categories": " ".join(categories),
        "datestamp": _child(header, "datestamp"),
        "version": version,
        "updated": value.get("updated", ""),
        **{name.replace("-", "_"): value.get(name, "") for name in KEPT},
    }
    # The service writes the source format 'withdrawn' as I (github.com/arXiv/oaipmh, create_records.py).
    is_empty = bool(versions) and "I" in _child(versions[-1], "source_type")
    is_gone = is_empty or is_withdrawn(value.get("comments", ""), abstract)
    return Paper(
        document_id=f"arxiv:{key}",
        title=value["title"],
        authors=_authors(fields.get("authors")),
        url=f"{SITE}/abs/{key}",
        pdf_url=None if is_gone else f"{SITE}/pdf/{key}{version}",
        published_on=first_on,
        abstract=abstract,
        is_withdrawn=is_gone,
        attributes={name: value for name, value in attributes.items() if value},
        venue=categories[0],
    )


def _child(tag: etree._Element | None, name: str) -> str:
    return "" if tag is None else (tag.findtext(f"{{*}}{name}") or "").strip()


def _first_date(created: str, versions: list[etree._Element]) -> dt.date | None:
    """Read the date of version 1; None where there is none that can be read."""
    try:
        if versions:
            return email.utils.parsedate_to_datetime(_child(versions[0], "date")).date()
        return dt.date.fromisoformat(created)
    except ValueError:
        return None


def _authors(tag: etree._Element | None) -> tuple[str, ...]:
    """Read authors from elements (arXiv) or from a sentence (arXivRaw), whose affiliations stand in brackets.

    A collaboration is parted by a colon, which arXiv takes for an author: "OpenAI: Ann Author and Bob Other".
    """
    if tag is None:
        return ()
    if len(tag):
        parts = ([_child(author, part) for part in ("forenames", "keyname", "suffix")] for author in tag)
        names = tuple(decoded(" ".join(" ".join(filter(None, name)).split())) for name in parts)
    else:
        sentence, before = " ".join((tag.text or "").split()), ""
        while sentence != before:  # brackets stand in brackets: ((1) Here, (2) There)
            before, sentence = sentence, re.sub(r"\s*\([^()]*\)", "", sentence)
        names = people(re.sub(r",?\s+(?:and|&)\s+|\s*[;:]\s*", ", ", decoded(sentence)))
    return tuple(name for name in names if name != ":")

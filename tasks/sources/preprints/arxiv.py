"""arXiv: preprints of computer science and statistics, month by month; a category such as cs.LG is a venue.

Publisher
  Cornell University, https://arxiv.org.
Access
  OAI-PMH at oaipmh.arxiv.org/oai without a login, sets cs and stat: all records by the date of their last change, some
  thousand a page and a token for the next. Format arXivRaw, which alone has the date of version 1 and the versions;
  arXiv where a mirror has no other. Listing pages /list/cs.LG/2019-07, /new and /recent are the second way, for
  looking at a few categories: without dates, and without abstracts except on /new. PDFs from arxiv.org/pdf, of the
  latest version listed, or from the public bucket arxiv-dataset, or a folder.
Permits
  One request in 3 s over one connection, all machines together; robots.txt asks for 15 s and allows /abs, /pdf and
  /list (2026). Metadata are CC0. PDFs may be stored for research, never served. Going on after a 403 is taken for an
  attack.
Caveats
  A datestamp is the last change, not the submission, and some 90,000 records share 2005-09-16. In the format arXiv of
  the service of 2025 `created` is read from the row of the latest version. A token has no cursor and no size and
  expires at midnight UTC; it is absent on a list of one page and empty on a last page; pages repeat records of a day.
  "which has been withdrawn" in comments is often said of another paper. /list/cs.LG/1907 is the year 1907 now. A
  month's listing goes by identifier: a paper sent on 30 June and announced in July is 1907.xxxxx, dated June. acm-class
  prints msc-class.
"""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from tasks.records import Edition, Get, LayoutChanged, Paper, Period, UnknownEdition
from tasks.sources.arxiv_records import SITE, is_withdrawn
from tasks.sources.pages import absolute, people, soup, text_of

ARCHIVES = (
    *(
        "astro-ph",
        "cond-mat",
        "cs",
        "econ",
        "eess",
        "gr-qc",
        "hep-ex",
        "hep-lat",
        "hep-ph",
        "hep-th",
        "math",
        "math-ph",
    ),
    *("nlin", "nucl-ex", "nucl-th", "physics", "q-bio", "q-fin", "quant-ph", "stat"),
)
FIRST_MONTH = Period(1991, 8)
PAGE_SIZE = 2000
"""Entries a listing page: the most of the sizes that arXiv answers; others than its own are refused with 400."""

_SUBJECT = re.compile(r"\(([a-z][\w-]*(?:\.[\w-]+)?)\)\s*(?:;|$)")


def is_venue(name: str) -> bool:
    """Say whether a venue is a category or archive of arXiv's: cs.LG, stat.ML, hep-th."""
    archive, _, subject = name.partition(".")
    return archive in ARCHIVES and (not subject or re.fullmatch(r"[A-Za-z]+(?:-[a-z]+)*", subject) is not None)


def spelled(name: str) -> str:
    """Spell a category as arXiv does, however it is written: CS.lg is cs.LG, Cond-Mat.Soft cond-mat.soft."""
    archive, dot, subject = name.casefold().partition(".")
    return archive + dot + (subject.upper() if len(subject) == 2 else subject)


def edition(venue: str, period: Period) -> Edition | None:
    """Give the month of a category; None for what is no category.

    Raises `UnknownEdition` for a year: arXiv is read by month, and a month written 1907 would be the year 1907 there.
    """
    if not is_venue(venue):
        return None
    if not period.month:
        raise UnknownEdition(
            f"arXiv goes by month and reads {period} as a year: write the month of {venue} as YYYY-MM, such as 2019-07"
        )
    if period < FIRST_MONTH:
        raise UnknownEdition(f"arXiv began in {FIRST_MONTH}: there is no {venue} of {period}")
    return Edition("arxiv", venue, period, f"{venue}/{period}")


def preprints(edition: Edition, get: Get) -> Iterator[Paper]:
    """Yield one category's month from its listing, cross-lists included and marked by their track.

    Raises `LayoutChanged` where the pages hold other than the number of entries that they announce.
    """
    yield from _paged(f"{SITE}/list/{edition.venue}/{_month(edition)}", edition.venue, get)


def announced(venue: str, page: str, get: Get) -> Iterator[Paper]:
    """Yield what /list/VENUE/new or /recent lists; `announcement` says: new, cross-list or replacement, or the day."""
    if not is_venue(venue) or page not in ("new", "recent"):
        raise UnknownEdition(f"arXiv has no list {page!r} of {venue!r}")
    yield from _paged(f"{SITE}/list/{venue}/{page}", venue, get)


def _month(edition: Edition) -> str:
    """Write a month as arXiv reads it; raises `UnknownEdition` where it would read a year."""
    if not is_venue(edition.venue) or not edition.period.month:
        raise UnknownEdition(f"{edition} is no month of a category of arXiv's")
    return str(edition.period)


def _paged(address: str, venue: str, get: Get) -> Iterator[Paper]:
    skip, total = 0, 1
    seen: set[str] = set()
    while skip < total:
        page_address = f"{address}?skip={skip}&show={PAGE_SIZE}"
        papers, total = listing(page_address, venue, get)
        if len(papers) != min(PAGE_SIZE, total - skip):
            raise LayoutChanged(f"{page_address} holds {len(papers)} entries from {skip} on of a total of {total}")
        yield from (paper for paper in papers if paper.document_id not in seen)
        seen.update(paper.document_id for paper in papers)
        skip += PAGE_SIZE


def listing(address: str, venue: str, get: Get) -> tuple[list[Paper], int]:
    """Read one listing page, in the markup of 2022 or of 2026: its entries and the total that it announces.

    Raises `UnknownEdition` where arXiv says that there are none, `LayoutChanged` where the page holds none.
    """
    page = soup(address, get, lambda page: page.select_one("#dlpage, dl .list-title"))
    papers = []
    for block in page.select("#dlpage dl") or page.select("dl"):
        heading = block.select_one("h3") or block.find_previous_sibling("h3")
        kind = text_of(heading if isinstance(heading, Tag) else None)
        papers += [_entry(term, kind, venue, address) for term in block.select("dt")]
    if not papers:
        if said := re.search(r"No updates\b[^.]*", text_of(page)):
            raise UnknownEdition(f"{address} lists nothing, and says so: {said[0]!r}")
        raise LayoutChanged(f"{address} lists no papers")
    return papers, _total(page, len(papers))


def _total(page: BeautifulSoup, found: int) -> int:
    """Read "Total of 408 entries" (2022: "total of 408 entries: 1-25"); a page without it is a whole list."""
    match = re.search(r"(?i)total of ([\d,]+) entries", text_of(page.select_one("#dlpage")))
    return int(match[1].replace(",", "")) if match else found


def _entry(term: Tag, heading: str, venue: str, address: str) -> Paper:
    link = term.select_one('a[href*="/abs/"]')
    details = term.find_next_sibling("dd")
    title = _field(details, "list-title") if isinstance(details, Tag) else ""
    if link is None or not isinstance(details, Tag) or not title:
        raise LayoutChanged(f"{address} has an entry without identifier or title: {text_of(term)!r}")
    key = re.sub(r"v\d+$", "", str(link.get("href", "")).partition("/abs/")[2])
    categories = _categories(details)
    if not key or not categories:
        raise LayoutChanged(f"{address} has an entry without identifier or subjects: {text_of(term)!r}")
    abstract = text_of(details.select_one("p.mathjax")) or None
    comments = _field(details, "list-comments")
    pdf = term.select_one('a[href*="/pdf/"]')
    attributes = {
        "categories": " ".join(categories),
        "comments": comments,
        "journal_ref": _field(details, "list-journal-ref"),
        "doi": _field(details, "list-doi"),
        "announcement": _announcement(heading),
    }
    return Paper(
        document_id=f"arxiv:{key}",
        title=title,
        authors=_listed_authors(details),
        track="main" if categories[0] == venue or categories[0].startswith(f"{venue}.") else "cross_list",
        url=f"{SITE}/abs/{key}",
        pdf_url=absolute(pdf.get("href"), address) if pdf else None,
        abstract=abstract,
        is_withdrawn=is_withdrawn(comments, abstract),
        attributes={name: value for name, value in attributes.items() if value},
        venue=categories[0],
    )


def _field(details: Tag, name: str) -> str:
    """Give the text of one line of an entry without the word that describes it."""
    line = details.select_one(f".{name}")
    return text_of(line).removeprefix(text_of(line.select_one(".descriptor"))).strip() if line else ""


def _listed_authors(details: Tag) -> tuple[str, ...]:
    links = details.select(".list-authors a")
    named = _field(details, "list-authors")
    return tuple(text_of(link) for link in links) or people("" if named.startswith("(author list") else named)


def _categories(details: Tag) -> list[str]:
    """Read the categories of an entry, the primary one first."""
    primary = _SUBJECT.findall(text_of(details.select_one(".primary-subject")))
    every = _SUBJECT.findall(_field(details, "list-subjects").replace(";", " ;"))
    return list(dict.fromkeys([*primary, *every]))


def _announcement(heading: str) -> str:
    """Tell from a block's heading what it announces: a section of /new, or the day of /recent."""
    words = heading.casefold()
    named = {"new sub": "new", "cross": "cross-list", "replace": "replacement"}
    found = next((kind for start, kind in named.items() if words.startswith(start)), "")
    return found or heading.partition("(")[0].strip()


def pdf_places(paper: Paper) -> tuple[str, ...]:
    """Name the places of a paper's PDF below the public bucket, and below folders of its kind, the best one first.

    arxiv/pdf/1907/1907.00001v2.pdf and cs/pdf/0701/0701001v1.pdf (the bucket); the same without their first folders;
    1907.00001.pdf and cs0701001.pdf (the archives that arXiv hands out).
    """
    key, version = paper.document_id.removeprefix("arxiv:"), paper.attributes.get("version") or "v1"
    archive, _, number = key.rpartition("/")
    folder, month = archive or "arxiv", number[:4]
    names = [f"{number}{version}.pdf"] if not archive else [f"{number}{version}.pdf", f"{archive}{number}{version}.pdf"]
    bare = f"{archive}{number}.pdf"
    return (
        f"{folder}/pdf/{month}/{names[0]}",
        *(f"{month}/{name}" for name in (*names, bare)),
        *names,
        bare,
    )

"""European Computer Vision Association: ECCV since 2018.

Publisher
  ECVA, https://www.ecva.net/.
Access
  One page holds every ECCV, a panel each under a button "ECCV 2024 Papers". Paper pages are not needed.
Permits
  robots.txt names only Googlebot; papers are the authors' final versions, the record is Springer's (DOI).
Caveats
  The conference's year is only in the link of a paper (papers/eccv_2024/...), so that is believed and the panels are
  not. Links are unquoted and broken by newlines. Authors carry "*". The name of a PDF does not follow from its paper
  page (267_ECCV_2020_paper.php, 123730579.pdf), and "-supp.pdf" is a supplement. CVF lists ECCV 2018 too.
  A paper's id is folder and file name without "_paper.php": ecva:eccv_2020/267_ECCV_2020.
"""

import re
from collections.abc import Iterator, Sequence

from bs4 import BeautifulSoup, Tag

from tasks.records import Edition, Get, LayoutChanged, PageMissing, Paper, Period, UnknownEdition
from tasks.sources.pages import absolute, people, soup, text_of

LISTING = "https://www.ecva.net/papers.php"

NAMES = {"ECCV": "european conference on computer vision"}

KNOWN = {2018, 2020, 2022, 2024}
"""Years that the page lists, for the catalogue of who has not asked the site."""

PAPER_PAGE = re.compile(r"/eccv_?(20\d\d)/(?:[^?#]*/)?([^/?#]+)\.(?:php|html)$", re.IGNORECASE)
"""A paper page's address: year of the conference, name of the paper."""

SUPPLEMENT = re.compile(r"[-_]supp[a-z]*\.pdf$", re.IGNORECASE)
UNQUOTED = re.compile(rb"""(?i)\bhref\s*=\s*(papers/[^"'<>]*?\.(?:php|html|pdf))(?=[\s>])""")
QUOTED = re.compile(rb"""(?i)\bhref\s*=\s*(["'])([^"'<>]*\n[^"'<>]*)\1""")


def editions(get: Get) -> Iterator[Edition]:
    """Yield every ECCV of which the page links a paper; raises `LayoutChanged` where there is none.

    Where the page is missing, the conferences that it is known to list.
    """
    try:
        years = {int(match[1]) for _, _, match in _entries(_page(get))}
    except PageMissing:
        years = KNOWN
    for year in sorted(years):
        yield Edition("ecva", "ECCV", Period(year), f"ECCV{year}")


def papers(edition: Edition, get: Get) -> Iterator[Paper]:
    """Yield the papers of one ECCV in page order, each once.

    Raises `UnknownEdition` where the page names papers, but none of that year; `LayoutChanged` where it names none at
    all, or one without a title, or no PDF.
    """
    found: dict[str, Paper] = {}
    for title, rest, match in _entries(_page(get)):
        if int(match[1]) == edition.period.year:
            paper = _paper(title, rest, match)
            found.setdefault(paper.document_id, paper)
    if not found:
        raise UnknownEdition(f"{LISTING} lists no papers of {edition}")
    if all(paper.pdf_url is None for paper in found.values()):
        raise LayoutChanged(f"{LISTING} links no PDF of {edition}")
    yield from found.values()


def _page(get: Get) -> BeautifulSoup:
    return soup(LISTING, lambda address: _mended(get(address)), lambda page: page.find("dt"))


def _mended(body: bytes) -> bytes:
    """Quote the links that are not, and take out the newlines within links.

    Parsers end an unquoted value at the first blank, so that "papers/eccv_2020/<newline>267.php" would lose its end.
    """
    body = UNQUOTED.sub(lambda match: b'href="%s"' % b"".join(match[1].split()), body)
    return QUOTED.sub(lambda match: b'href="%s"' % b"".join(match[2].split()), body)


def _entries(page: BeautifulSoup) -> list[tuple[Tag, list[Tag], re.Match[str]]]:
    """Give each paper's title, what follows up to the next title, and its address taken apart."""
    entries: list[tuple[Tag, list[Tag], re.Match[str]]] = []
    rest: list[Tag] = []
    for tag in page.find_all(["dt", "dd"]):
        if tag.name == "dd":
            rest.append(tag)
            continue
        rest = []
        link = tag.select_one("a[href]")
        match = PAPER_PAGE.search(absolute(link["href"], LISTING)) if link else None
        if match:
            entries.append((tag, rest, match))
        elif "ptitle" in (tag.get("class") or ()):
            raise LayoutChanged(f"{LISTING} has a paper without a link of a known kind: {text_of(tag)[:200]!r}")
    if not entries:
        raise LayoutChanged(f"{LISTING} lists no papers")
    return entries


def _paper(block: Tag, rest: Sequence[Tag], match: re.Match[str]) -> Paper:
    link = block.select_one("a[href]")
    title = text_of(link)
    if not link or not title:
        raise LayoutChanged(f"{LISTING} has a paper without a title: {match[0]}")
    links = {absolute(found["href"], LISTING): text_of(found) for part in rest for found in part.select("a[href]")}
    pdfs = [address for address in links if address.casefold().endswith(".pdf")]
    supplements = [pdf for pdf in pdfs if SUPPLEMENT.search(pdf) or links[pdf].casefold().startswith("supp")]
    doi = next((found[0] for address in links if (found := re.search(r"\b10\.\d{4,}/[^\s?#]+", address))), "")
    attributes = {"doi": doi, "supplementary": next(iter(supplements), "")}
    return Paper(
        document_id=f"ecva:eccv_{match[1]}/{match[2].removesuffix('_paper')}",
        title=title,
        authors=_authors(rest),
        url=absolute(link["href"], LISTING),
        pdf_url=next((address for address in pdfs if address not in supplements), None),
        attributes={attribute: value for attribute, value in attributes.items() if value},
    )


def _authors(rest: Sequence[Tag]) -> tuple[str, ...]:
    """Read the names before the links; "*" marks who answers for the paper."""
    if not rest or rest[0].select_one("a[href$='.pdf']"):
        return ()
    return people(text_of(rest[0]).replace("*", ""))

"""International Joint Conference on Artificial Intelligence: IJCAI, yearly since 2015 (no IJCAI 2014).

Publisher
  IJCAI Organization, https://www.ijcai.org/.
Access
  One static page a conference, /proceedings/2024/. From 2017 a block a paper (title, authors, links to PDF and details)
  in sections that are the tracks. Up to 2016 a paragraph a paper, "Title / page", under headings of topics.
  /past_proceedings names the years; a table below names them where a mirror lacks it.
Permits
  robots.txt asks for 10 s between requests (the crawler keeps it). Copyright is IJCAI's; PDFs stay private.
Caveats
  PDF links are relative to the listing ("0001.pdf"), so its address must end in a slash. Pages up to 2016 were read by
  others' parsers only, never seen by us; the number of a paper's PDF is its key there. Sections change their names by
  year; one that is neither known nor called a track holds main papers sorted by topic. No abstracts on the listing.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from tasks.records import Edition, Get, LayoutChanged, PageMissing, Paper, Period, UnknownEdition
from tasks.sources.pages import absolute, people, soup, text_of

SITE = "https://www.ijcai.org"
INDEX = f"{SITE}/past_proceedings"
NAMES = {"IJCAI": "international joint conference on artificial intelligence"}

FIRST_YEAR = 2013
KNOWN = (2013, 2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025)

TRACKS = (
    (r"front ?matter|preface|foreword|organi[sz]ation|table of contents|\bcommittee", "front_matter"),
    (r"invited|keynote|\btalks?\b|award", "invited"),
    (r"\bdemos?\b|\bdemonstrations?\b(?! learning)", "demo"),
    (r"survey", "survey"),
    (r"doctoral", "doctoral_consortium"),
    (r"sister", "sister_conferences"),
    (r"journal", "journal"),
    (r"early career", "early_career"),
    (r"for (?:social )?good", "ai_for_good"),
    (r"\barts?\b", "ai_and_arts"),
    (r"human.cent", "human_centred_ai"),
    (r"well.being", "human_well_being"),
    (r"fintech", "fintech"),
    (r"enabling technolog|ai4tech", "ai_enabling_technologies"),
    (r"understanding intelligence", "understanding_intelligence"),
    (r"sustainab", "computational_sustainability"),
    (r"tutorial", "tutorial"),
    (r"competition", "competition"),
    (r"workshop", "workshop"),
    (r"industry|industrial", "industry"),
    (r"\bmain\b|technical|machine learning|knowledge representation", "main"),
)
"""What a section's title holds -> its track; the first that fits counts."""

HEADINGS = "h1, h2, h3, .section_title"
OLD_PAPER = re.compile(r"/Papers/0*(\d+)\.pdf$", re.IGNORECASE)
OLD_ABSTRACT = re.compile(r"/Abstract/\d+/\d+/?$", re.IGNORECASE)


def editions(get: Get) -> Iterator[Edition]:
    """Yield every conference since 2013 that the index of proceedings or, where a mirror lacks it, the table names.

    Raises `LayoutChanged` where the index names no year.
    """
    for year in sorted(year for year in {*KNOWN, *_named_years(get)} if year >= FIRST_YEAR):
        yield Edition("ijcai", "IJCAI", Period(year), str(year))


def _named_years(get: Get) -> set[int]:
    """Read the years that the index of proceedings names; none where a mirror lacks it."""
    try:
        page = soup(INDEX, get, _is_ours)
    except PageMissing:
        return set()
    links = (re.search(r"(?i)/proceedings/(20\d\d)/?$", str(link["href"])) for link in page.select("a[href]"))
    years = {int(match[1]) for match in links if match}
    if not years:
        raise LayoutChanged(f"{INDEX} names no proceedings")
    return years


def papers(edition: Edition, get: Get) -> Iterator[Paper]:
    """Yield one conference's papers in page order, each once, front matter dropped.

    Raises `LayoutChanged` where the page lists none, where one lacks title or links, or where none links a PDF;
    `UnknownEdition` for another venue, or where the site has no page of that year.
    """
    if edition.venue not in NAMES:
        raise UnknownEdition(f"{edition}: ijcai.org publishes {', '.join(NAMES)} only")
    address, page = _listing(edition, get)
    is_new = page.select_one(".paper_wrapper") is not None
    found: dict[str, Paper] = {}
    section = ""
    for block in page.select(f"{HEADINGS}, {'.paper_wrapper' if is_new else 'p, li'}"):
        if block.name in ("h1", "h2", "h3") or "section_title" in (block.get("class") or ()):
            # Topics inside a track are headings of their own in some years.
            section = section if block.find_parent(class_=re.compile("^subsection")) else text_of(block)
            continue
        paper = (
            _paper(block, edition.period.year, address) if is_new else _old_paper(block, edition.period.year, address)
        )
        track = _track(section)
        if paper and track != "front_matter":
            found.setdefault(paper.document_id, replace(paper, track=track))
    if not found:
        raise LayoutChanged(f"{address} lists no papers")
    if all(paper.pdf_url is None for paper in found.values()):
        raise LayoutChanged(f"{address} links no PDF")
    yield from found.values()


def _listing(edition: Edition, get: Get) -> tuple[str, BeautifulSoup]:
    """Fetch the year's page by any of the spellings under which the site has linked it."""
    year = edition.period.year
    for path in (f"/proceedings/{year}/", f"/Proceedings/{year}/", f"/proceedings/{year}", f"/Proceedings/{year}"):
        try:
            return f"{SITE}{path.rstrip('/')}/", soup(f"{SITE}{path}", get, _is_ours)
        except PageMissing as error:
            missing = error
    raise UnknownEdition(f"{edition}: ijcai.org has no such page ({missing})") from missing


def _is_ours(page: BeautifulSoup) -> object:
    return re.search(r"(?i)ijcai|joint conferences? on artificial intelligence", page.get_text())


def _paper(block: Tag, year: int, address: str) -> Paper:
    """Read one paper's block (2017 on); raises `LayoutChanged` where it has no title or no link."""
    title = text_of(block.select_one(".title"))
    links = {text_of(link).casefold(): absolute(link["href"], address) for link in block.select("a[href]")}
    url, pdf_url = links.get("details", ""), links.get("pdf")
    number = re.search(r"/0*(\d+)/?$", url) or re.search(r"/0*(\d+)\.pdf$", pdf_url or "")
    if not title or not number:
        raise LayoutChanged(f"{address} has a paper without title or link: {text_of(block)[:200]!r}")
    return _record(year, number[1], title, text_of(block.select_one(".authors")), url or address, pdf_url)


def _old_paper(block: Tag, year: int, address: str) -> Paper | None:
    """Read a paper's paragraph (up to 2016): title / page, authors in italics, links; None for other text."""
    links = [absolute(link["href"], address) for link in block.select("a[href]")]
    pdf_url = next((link for link in links if OLD_PAPER.search(link)), None)
    if pdf_url is None or block.find(["p", "li"]):
        return None
    url = next((link for link in links if OLD_ABSTRACT.search(link)), "")
    number = OLD_PAPER.search(pdf_url)
    first_line, _, rest = "\n".join(_lines(block)).partition("\n")
    title, _, first_page = first_line.rpartition(" / ") if re.search(r" / \d+$", first_line) else (first_line, "", "")
    italics = block.select_one("i, em")
    authors = text_of(italics) if italics else re.split(r"\n|\bPDF\b", rest)[0]
    if not title or number is None or title.casefold() == "pdf":
        raise LayoutChanged(f"{address} has a paper without title: {text_of(block)[:200]!r}")
    authors = re.sub(r",?\s+and\s+", ", ", authors)
    paper = _record(year, number[1], title, authors, url or address, pdf_url)
    return replace(paper, attributes={"first_page": first_page} if first_page else {})


def _lines(block: Tag) -> list[str]:
    """Give a block's text by the lines that its <br> make, white space collapsed."""
    lines = [""]
    for node in block.descendants:
        if isinstance(node, NavigableString):
            lines[-1] += str(node)
        elif isinstance(node, Tag) and node.name == "br":
            lines.append("")
    return [" ".join(line.split()) for line in lines]


def _record(year: int, number: str, title: str, authors: str, url: str, pdf_url: str | None) -> Paper:
    is_withdrawn = re.match(r"(?i)\W*(withdrawn|retracted)\b", title) is not None
    return Paper(f"ijcai:{year}/{number}", title, people(authors), "main", url, pdf_url, is_withdrawn=is_withdrawn)


def _track(section: str) -> str:
    """Read the track from a section's title: a known one, else what is called a track or special, else main."""
    title = section.casefold()
    known = next((track for words, track in TRACKS if re.search(words, title)), None)
    if known or not re.search(r"\btrack\b|^special", title):
        return known or "main"
    name = re.sub(r"\b(special|tracks?|papers?|on)\b|\W", " ", title)
    return "_".join(name.split()) or "main"

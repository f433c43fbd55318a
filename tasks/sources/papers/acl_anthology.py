"""ACL Anthology: ACL, NAACL, EMNLP, EACL, AACL, COLING and TACL, with their findings, demonstrations and other tracks.

Publisher
  Association for Computational Linguistics, https://aclanthology.org/ (until 2021 www.aclweb.org/anthology/).
Access
  The front page names events, /events/acl-2019/; an event's page holds all its volumes with every paper's title,
  authors, PDF and abstract. Where there is no such page, the volumes' own pages are read, /volumes/P19-1/, whose names
  follow from venue and year. Paper pages are not needed.
Permits
  Everything (robots.txt: "Disallow:"); papers are CC BY 4.0 since 2016.
Caveats
  Events list workshops beside their own volumes: only the edition's own volumes and its findings are kept. A volume's
  number means something else every year (P18-2 short papers, P19-2 student workshop), so its title decides the track.
  Findings are of their host (2021.findings-acl is ACL 2021), and asked for where the event's page does not list them.
  COLING 2024 is LREC-COLING (2024.lrec-main), AACL 2023 and 2025 are IJCNLP-AACL (2023.ijcnlp-main). Pages
  are minified, with unquoted attributes, and up to 12 MB. Front matter (.0, -1000) is dropped; papers that the
  Anthology removed are not there but are counted in a volume's badge; retracted ones are struck through, and kept as
  withdrawn. Tutorials may lack a PDF. Years before 2013 are left out: no framework of today was there to be named, and
  EMNLP's volumes were numbered among workshops (W06-16).
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import lxml.etree  # type: ignore[import-untyped]
import lxml.html  # type: ignore[import-untyped]

from tasks.records import Edition, Get, LayoutChanged, PageMissing, Paper, Period, UnknownEdition
from tasks.sources.pages import absolute, refuse_challenge

ROOT = "https://aclanthology.org/"

NAMES = {
    "ACL": "annual meeting of the association for computational linguistics",
    "NAACL": "north american chapter of the association for computational linguistics",
    "EMNLP": "empirical methods in natural language processing",
    "EACL": "european chapter of the association for computational linguistics",
    "AACL": "asia-pacific chapter of the association for computational linguistics",
    "COLING": "international conference on computational linguistics",
    "TACL": "transactions of the association for computational linguistics",
}

LETTERS = {"ACL": "P", "NAACL": "N", "EMNLP": "D", "EACL": "E", "COLING": "C", "TACL": "Q"}
"""What the names of a venue's volumes begin with until 2019."""

KNOWN = {
    "ACL": range(2013, 2027),
    "NAACL": (2013, 2015, 2016, 2018, 2019, 2021, 2022, 2024, 2025),
    "EMNLP": range(2013, 2026),
    "EACL": (2014, 2017, 2021, 2023, 2024, 2026),
    "AACL": (2020, 2022, 2023, 2025),
    "COLING": (2014, 2016, 2018, 2020, 2022, 2024, 2025),
    "TACL": range(2013, 2027),
}
"""The editions that took place, for where the front page cannot be had."""

SINCE = 2013

PARTS = {
    "main": "main",
    "long": "main",
    "short": "main",
    "1": "main",
    "2": "main",
    "findings": "findings",
    "industry": "industry",
    "demos": "demo",
    "demo": "demo",
    "srw": "student",
    "tutorials": "tutorial",
    "tutorial": "tutorial",
}
"""The last part of a volume's name since 2020 -> its track."""

TITLES = (
    (r"\bfindings of\b", "findings"),
    (r"student|doctoral", "student"),
    (r"demonstration|\bdemos?\b", "demo"),
    (r"tutorial", "tutorial"),
    (r"\bindustr(y|ial)\b", "industry"),
)
"""What the title of a volume holds -> its track; the main track otherwise."""

VOLUME = r"[A-Z]\d\d-\d{1,2}|\d{4}\.[a-z0-9]+-[a-z0-9_]+"
VOLUME_LINK = re.compile(rf"(?:^|/)volumes/({VOLUME})/?$")
PAPER_LINK = re.compile(r"(?:^|/)([A-Z]\d\d-\d{4}|\d{4}\.[a-z0-9]+-[a-z0-9_]+\.\d+)/?$")
EVENT_LINK = re.compile(r"(?:^|/)events/([a-z]+)-((?:19|20)\d\d)/?$")


@dataclass
class Page:
    """A page that lists papers: its volumes with their titles, and the rows of its papers."""

    address: str
    tree: Any
    volumes: dict[str, str]
    rows: dict[str, list[Any]] = field(default_factory=dict)
    """Volume -> the links that are titles of its papers, front matter included, in page order."""


def editions(get: Get) -> Iterator[Edition]:
    """Yield every event of our venues since 2013: those of the front page, and those that only the table names.

    Raises `LayoutChanged` where the front page names none; a mirror may lack it, and then the table serves alone.
    """
    found = {(venue, year) for venue, years in KNOWN.items() for year in years}
    with suppress(PageMissing):
        found |= _front_page(get)
    for venue, year in sorted(found):
        yield Edition("acl_anthology", venue, Period(year), f"{venue.lower()}-{year}")


def papers(edition: Edition, get: Get) -> Iterator[Paper]:
    """Yield the papers of an edition's own volumes and findings, each once.

    Raises `UnknownEdition` where the pages hold no volume of the edition; `LayoutChanged` where a volume has no papers,
    a paper no title, or none of them a PDF; `PageMissing` where there is neither an event's nor a volume's page.
    """
    found: dict[str, Paper] = {}
    for page in _pages(edition, get):
        abstracts = _abstracts(page.tree)
        for volume, rows in page.rows.items():
            track = _track(volume, page.volumes.get(volume, ""), edition)
            for row in rows if track else ():
                paper = _paper(row, track or "", abstracts, page.address)
                if paper:
                    found.setdefault(paper.document_id, paper)
        _refuse_lost_abstracts(page, abstracts)
    if not any(paper.track == "main" for paper in found.values()):
        raise LayoutChanged(f"{ROOT} lists no main papers of {edition}")
    if all(paper.pdf_url is None for paper in found.values()):
        raise LayoutChanged(f"{ROOT} links no PDF of {edition}")
    yield from found.values()


def stated_count(edition: Edition, get: Get) -> int | None:
    """Give how many papers, of all tracks, the badges of an event's own volumes state, front matter left out.

    None where that is not said of every volume that `papers` reads. Papers that the Anthology removed are counted.
    """
    pages = list(_pages(edition, get))
    total = 0
    for page in pages:
        badges = _badges(page.tree)
        for volume, rows in page.rows.items():
            if not _track(volume, page.volumes.get(volume, ""), edition):
                continue
            if _plain(volume) not in badges:
                return None
            total += badges[_plain(volume)] - sum(_is_front_matter(_key(row)) for row in rows)
    return total


def _front_page(get: Get) -> set[tuple[str, int]]:
    """Read which of our events the front page links; a journal's year may link its only volume."""
    found = set()
    for link in _tree(ROOT, get).xpath("//a[@href]"):
        path = _path(link)
        event, volume = EVENT_LINK.search(path), VOLUME_LINK.search(path)
        if event:
            slug, year = event[1], int(event[2])
        elif volume and "." in volume[1]:
            slug, year = volume[1][5:].partition("-")[0], int(volume[1][:4])
        elif volume:
            # Two digits mean 1960 to 2059, says acl-anthology's own code.
            slug, year = volume[1][0], 1960 + (int(volume[1][1:3]) - 60) % 100
        else:
            continue
        venue = next((venue for venue in NAMES if slug in (venue.lower(), LETTERS.get(venue))), None)
        if venue and year >= SINCE:
            found.add((venue, year))
    if not found:
        raise LayoutChanged(f"{ROOT} names no event")
    return found


def _path(link: Any) -> str:
    """Give the path of a link, and "" for what is none."""
    try:
        return urlsplit(str(link.get("href")).strip()).path
    except ValueError:
        return ""


def _pages(edition: Edition, get: Get) -> Iterator[Page]:
    """Yield the pages that together list an edition: its event's, and volumes' that this does not list whole."""
    event = _event(edition, get)
    if event is None:
        yield from _volume_pages(edition, get)
        return
    own = [volume for volume, title in event.volumes.items() if _track(volume, title, edition)]
    if not own:
        raise UnknownEdition(f"{event.address} names no volume of {edition}")
    yield event
    badges = _badges(event.tree)
    for volume in own:
        if volume not in event.rows and badges.get(_plain(volume)) != 0:
            yield _volume_page(volume, get)
    year = edition.period.year
    if year >= 2020 and not any("findings" in volume for volume in own):
        for slug in _slugs(edition) if edition.venue not in ("TACL", "COLING") else ():
            try:
                yield _volume_page(f"{year}.findings-{slug}", get)
            except PageMissing:
                continue  # ACL 2020, EACL 2021, ... had none


def _event(edition: Edition, get: Get) -> Page | None:
    """Fetch an edition's event page under the first of its names that exists."""
    for slug in _slugs(edition):
        address = f"{ROOT}events/{slug}-{edition.period.year}/"
        try:
            return _page(address, get)
        except PageMissing:
            continue
    return None


def _volume_pages(edition: Edition, get: Get) -> Iterator[Page]:
    """Fetch what exists of the volumes that an edition may have; raises the first one's `PageMissing` if none does."""
    year, letter = edition.period.year, LETTERS.get(edition.venue)
    if year < 2020 and letter:
        # Six is the most that any year had (NAACL 2018, ACL 2014).
        names = [f"{letter}{year % 100:02}-{number}" for number in range(1, 7)]
    else:
        slugs = _slugs(edition)
        names = [f"{year}.{slug}-{part}" for slug in slugs for part in PARTS if part != "findings"]
        names += [f"{year}.findings-{slug}" for slug in slugs]
    missing, is_found = None, False
    for name in names:
        try:
            yield _volume_page(name, get)
            is_found = True
        except PageMissing as error:
            missing = missing or error
    if missing and not is_found:
        raise missing


def _volume_page(volume: str, get: Get) -> Page:
    """Fetch one volume's page; raises `LayoutChanged` where it lists no papers of it."""
    page = _page(f"{ROOT}volumes/{volume}/", get)
    if volume not in page.rows:
        raise LayoutChanged(f"{page.address} lists no papers of {volume}")
    title = next((_text(heading) for heading in page.tree.iter("h1", "h2")), "")
    page.volumes = {volume: page.volumes.get(volume) or title}
    page.rows = {volume: page.rows[volume]}
    return page


def _page(address: str, get: Get) -> Page:
    tree = _tree(address, get)
    page = Page(address, tree, {})
    for link in tree.xpath("//a[@href]"):
        path = _path(link)
        if (match := VOLUME_LINK.search(path)) and (title := _text(link)):
            page.volumes.setdefault(match[1], title)
    for link in tree.xpath("//strong//a[@href]"):
        if key := _key(link):
            page.rows.setdefault(_volume_of(key), []).append(link)
    for volume in page.rows:
        page.volumes.setdefault(volume, "")
    return page


def _tree(address: str, get: Get) -> Any:
    """Fetch and parse one page with lxml alone, because event pages of 12 MB take BeautifulSoup a quarter of a minute.

    Raises `ChallengePage` or `LayoutChanged` where it is not the Anthology's, `LayoutChanged` where it is cut short.
    """
    body = get(address)
    text = body.decode("utf-8", "replace").replace("\0", "")
    try:
        parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
        tree = lxml.html.document_fromstring(text.encode(), parser=parser)
        title = " ".join(tree.xpath("//title/text()"))
    except (lxml.etree.LxmlError, ValueError) as error:
        raise LayoutChanged(f"{address} is no page: {error}") from error
    if "anthology" not in title.casefold() and not any(map(_key, tree.xpath("//strong//a[@href]"))):
        refuse_challenge(body, address)
        raise LayoutChanged(f"{address} is not the page that it was: it is titled {title!r}")
    if not re.search(r"(?i)</(main|html|body)\s*>", text[-100_000:]):
        raise LayoutChanged(f"{address} is cut short after {len(body)} bytes")
    return tree


def _slugs(edition: Edition) -> tuple[str, ...]:
    """Give what stands for a venue in the names of its events and volumes: its own name, and a joint conference's."""
    if edition.venue == "AACL":
        return "aacl", "ijcnlp"
    if (edition.venue, edition.period.year) == ("COLING", 2024):
        return "coling", "lrec"  # in other years LREC is a conference of its own
    return (edition.venue.lower(),)


def _track(volume: str, title: str, edition: Edition) -> str | None:
    """Give the track that a volume is; None where it is not the edition's own, such as a workshop beside it."""
    year, slugs = edition.period.year, "|".join(_slugs(edition))
    if re.fullmatch(rf"{year}\.findings-(?:{slugs})", volume):
        return "findings"
    told = next((track for words, track in TITLES if re.search(words, title.casefold())), None)
    if re.fullmatch(rf"{LETTERS.get(edition.venue)}{year % 100:02}-\d", volume) and year < 2020:
        return told or "main"
    if match := re.fullmatch(rf"{year}\.(?:{slugs})-(\w+)", volume):
        return PARTS.get(match[1]) or told or match[1]
    return None


def _volume_of(key: str) -> str:
    """Name the volume of a paper: P19-1001 is in P19-1, W19-5001 in W19-50, 2020.acl-main.7 in 2020.acl-main."""
    if "." in key:
        return key.rpartition(".")[0]
    # acl-anthology's own rule: workshops, and those of EMNLP 2019, have volumes of two digits.
    return key[:6] if key[0] == "W" or (key[:3] == "D19" and key[4] >= "5") else key[:5]


def _is_front_matter(key: str) -> bool:
    return key.rpartition(".")[2] == "0" if "." in key else key.removeprefix(_volume_of(key)).strip("0") == ""


def _key(link: Any) -> str:
    match = PAPER_LINK.search(_path(link))
    return match[1] if match else ""


def _plain(volume: str) -> str:
    """Give what all spellings of a volume's anchor share: p19-1, 2020acl-main and 2020-acl-main."""
    return re.sub(r"\W", "", volume).casefold()


def _badges(tree: Any) -> dict[str, int]:
    """Read how many papers an event's table of contents says that each volume holds, front matter included."""
    stated = {}
    for link in tree.xpath("//li/a[starts-with(@href, '#')]"):
        if match := re.search(r"(\d[\d,]{0,8})\s+papers?$", _text(link.getparent())):
            stated[_plain(link.get("href"))] = int(match[1].replace(",", ""))
    return stated


def _abstracts(tree: Any) -> dict[str, str]:
    """Read the abstracts of a page by paper."""
    blocks = tree.xpath("//*[starts-with(@id, 'abstract-')]")
    return {block.get("id").removeprefix("abstract-").replace("--", "."): _text(block) for block in blocks}


def _refuse_lost_abstracts(page: Page, abstracts: dict[str, str]) -> None:
    announced = "boolean(//*[starts-with(@href, '#abstract-') or starts-with(@aria-controls, 'abstract-')])"
    if not abstracts and page.tree.xpath(announced):
        raise LayoutChanged(f"{page.address} announces abstracts and holds none")


def _paper(link: Any, track: str, abstracts: dict[str, str], address: str) -> Paper | None:
    """Read the paper whose title a link is; None for front matter. Raises `LayoutChanged` where it has no title."""
    key, title = _key(link), _text(link)
    if _is_front_matter(key):
        return None
    if not title:
        raise LayoutChanged(f"{address} has no title for {key}")
    strong = next(link.iterancestors("strong"))
    holder = strong.getparent()
    row = _row(holder)
    authors = tuple(_text(person) for person in holder.xpath(".//a[contains(@href, '/people/')]"))
    pdf = next((other for other in row.iter("a") if other.get("href") and _text(other).casefold() == "pdf"), None)
    marks = row.xpath("descendant-or-self::*/@style | descendant-or-self::*/@class")
    is_struck = any(re.search(r"line-through|retracted|withdrawn", mark) for mark in marks)
    is_struck = is_struck or row.xpath("boolean(.//del | .//s | .//strike)")
    return Paper(
        document_id=f"acl_anthology:{key}",
        title=title,
        authors=authors,
        track=track,
        url=absolute(link.get("href"), address),
        pdf_url=(absolute(pdf.get("href"), address) or None) if pdf is not None else None,
        abstract=abstracts.get(key) or None,
        is_withdrawn=is_struck or bool(re.match(r"(?i)\W*(retracted|withdrawn)\W*[:\]]", title)),
    )


def _row(holder: Any) -> Any:
    """Give the row of a paper: the nearest block, or the one around it where the links stand in a block beside it."""
    blocks = ("p", "div", "li", "td", "article")
    block = holder if holder.tag in blocks else next(holder.iterancestors(*blocks), holder)
    around = block.getparent()
    # A row holds links and text, perhaps an abstract; a volume holds a heading and a row (and an abstract) a paper.
    is_row = around is not None and len(around) <= 3 and len(around.findall(".//strong")) == 1
    return (
        around
        if is_row and not block.xpath("boolean(.//a[contains(@href, '.pdf') or contains(@href, '.bib')])")
        else block
    )


def _text(element: Any) -> str:
    return " ".join(element.text_content().split())

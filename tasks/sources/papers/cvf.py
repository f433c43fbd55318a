"""CVF Open Access: CVPR, ICCV, WACV, ACCV and ECCV 2018, with their workshops and findings.

Publisher
  The Computer Vision Foundation, https://openaccess.thecvf.com/; until about 2016 www.cv-foundation.org/openaccess/.
Access
  Menus name the conferences. 2013 to 2017 list all papers on one page (CVPR2016, CVPR2016.py), 2018 to 2020 on a page a
  day that an index names (CVPR2019.py?day=2019-06-18), since 2021 on CVPR2021?day=all. Workshops have a menu and a page
  each, findings (since 2026) a listing of their own. Paper pages are not needed.
Permits
  No robots.txt was found in July 2026; authors keep the copyright.
Caveats
  `?day=all` of 2020 and before answers 200 with a shell without papers. The first dd of a page is "Go back". Names of
  PDFs do not follow from paper pages. Names of authors are transliterated to ASCII until 2020. Orals may be listed
  twice (ICCV 2015). Pages of 2015 are windows-1252. ECVA lists ECCV 2018 too. A workshop whose page is missing or empty
  is left out, since it should not cost the conference.
  A paper's id is volume, workshop and file name without "_paper.html": cvf:CVPR2019/Li_Finding_CVPR_2019,
  cvf:CVPR2026F/..., cvf:CVPR2019W/NTIRE/...; the same on both hosts and in every spelling of the content's folder.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from tasks.records import Edition, Get, LayoutChanged, PageMissing, Paper, Period, UnknownEdition
from tasks.sources.pages import absolute, people, soup, text_of

ROOT = "https://openaccess.thecvf.com/"
OLD_ROOT = "https://www.cv-foundation.org/openaccess/"
MENUS = (f"{ROOT}menu", f"{ROOT}menu_other.html")

NAMES = {
    "CVPR": "computer vision and pattern recognition",
    "ICCV": "international conference on computer vision",
    "WACV": "winter conference on applications of computer vision",
    "ACCV": "asian conference on computer vision",
    "ECCV": "european conference on computer vision",
}

KNOWN = {
    "CVPR": range(2013, 2027),
    "ICCV": range(2013, 2026, 2),
    "WACV": range(2020, 2027),
    "ACCV": range(2020, 2025, 2),
    "ECCV": (2018,),
}
"""Venue -> years, for where the menus leave some out, as they do with ECCV 2018, or are missing."""

DAYS = {
    "CVPR2018": ("2018-06-19", "2018-06-20", "2018-06-21"),
    "CVPR2019": ("2019-06-18", "2019-06-19", "2019-06-20"),
    "CVPR2020": ("2020-06-16", "2020-06-17", "2020-06-18"),
    "ICCV2019": ("2019-10-29", "2019-10-30", "2019-10-31", "2019-11-01"),
}
"""The days of the conferences that are listed by day only, for where the index that names them is missing."""

FIRST_YEAR_OF_DAY_ALL = 2021
LAST_YEAR_OF_OLD_ROOT = 2016
FIRST_YEAR_OF_FINDINGS = 2026

LINKS = {"supp": "supplementary", "arxiv": "arxiv", "video": "video", "dataset": "dataset"}
"""Text of a paper's link -> attribute."""


def editions(get: Get) -> Iterator[Edition]:
    """Yield every conference that the menus name, and those that only the table names.

    Raises `LayoutChanged` where a menu names no conference; a mirror may lack the menus (404).
    """
    named = {conference for link in _menu_links(get) if (conference := _conference(link))}
    known = {(venue, year) for venue, years in KNOWN.items() for year in years}
    for venue, year in sorted(named | known):
        yield Edition("cvf", venue, Period(year), f"{venue}{year}")


def papers(edition: Edition, get: Get) -> Iterator[Paper]:
    """Yield the papers of one conference: main track, then findings, then workshops, each in page order and once.

    Raises `LayoutChanged` where a listing has no papers of this conference, or one without title, link or any PDF;
    `PageMissing` where the site has no listing or lacks a day; `UnknownEdition` where the key is no conference's.
    """
    if edition.key != f"{edition.venue}{edition.period.year}":
        raise UnknownEdition(f"{edition} is no conference here: its key is {edition.key!r}")
    links = _menu_links(get)
    found: dict[str, Paper] = {}
    for paper in chain(_main(edition, get), _findings(edition, links, get), _workshops(edition, links, get)):
        found.setdefault(paper.document_id, paper)
    yield from found.values()


def _menu_links(get: Get) -> list[str]:
    """Give every link of the menus that are there; none where both are missing."""
    links: list[str] = []
    for address in MENUS:
        try:
            page = soup(address, get, lambda page: any(map(_conference, _links(page, ROOT))))
        except PageMissing:
            continue
        links += _links(page, address)
    return links


def _links(page: BeautifulSoup, address: str) -> list[str]:
    return [absolute(link["href"], address) for link in page.select("a[href]")]


def _conference(link: str) -> tuple[str, int] | None:
    """Read venue and year from the link of a main conference: /CVPR2024, /CVPR2018.py, /WACV2025?day=all."""
    root = f"(?:{re.escape(ROOT)}|{re.escape(OLD_ROOT)})".replace("https", "https?")
    match = re.match(rf"{root}([A-Z]+)(20\d\d)(?:\.py)?(?:\?|$)", link)
    return (match[1], int(match[2])) if match else None


def _main(edition: Edition, get: Get) -> list[Paper]:
    key, year = edition.key, edition.period.year
    plain, script = f"{ROOT}{key}", f"{ROOT}{key}.py"
    if year >= FIRST_YEAR_OF_DAY_ALL:
        addresses = [f"{plain}?day=all", plain, f"{script}?day=all", script]
    elif key in DAYS:
        addresses = [script, plain]
    else:
        addresses = [plain, script]
    if year <= LAST_YEAR_OF_OLD_ROOT:
        addresses.append(f"{OLD_ROOT}{key}.py")
    listing = _listing(addresses, edition, "main", get)
    if listing is not None:
        return listing
    if key not in DAYS:
        raise PageMissing(f"{edition} has no listing at {' or '.join(addresses)}")
    return _of_days([f"{script}?day={day}" for day in DAYS[key]], edition, "main", get)


def _findings(edition: Edition, links: Sequence[str], get: Get) -> list[Paper]:
    address = f"{ROOT}{edition.key}_findings"
    is_named = any(urlsplit(link).path == urlsplit(address).path for link in links)
    if edition.period.year < FIRST_YEAR_OF_FINDINGS or (links and not is_named):
        return []
    return _listing([f"{address}?day=all", address], edition, "findings", get) or []


def _workshops(edition: Edition, links: Sequence[str], get: Get) -> Iterator[Paper]:
    """Yield the papers of the workshops that the conference's menu of workshops names."""
    folder = f"{ROOT}{edition.key}_workshops"
    menus = [link for link in links if f"/{edition.key}_workshops" in link]
    if links and not menus:
        return
    menu = _first_page([*menus, f"{folder}/menu", f"{folder}/menu.py"], get)
    if menu is None:
        return
    pages = [
        link
        for link in dict.fromkeys(_links(menu[1], menu[0]))
        if re.search(rf"/{edition.key}_workshops/(?!(?:menu|index)(?:\.\w+)?$)[^/?]+$", link)
    ]
    found_count = 0
    for link in pages:
        page = _first_page([link, _other_spelling(link)], get)
        for paper in _listed(page[1], page[0], edition, "workshop") if page else []:
            found_count += 1
            yield paper
    if not found_count:
        raise LayoutChanged(f"{menu[0]} leads to no workshop with papers")


def _first_page(addresses: Sequence[str], get: Get) -> tuple[str, BeautifulSoup] | None:
    """Give the first address that is there and its page."""
    for address in addresses:
        try:
            return address, _page(address, get)
        except PageMissing:
            continue
    return None


def _listing(addresses: Sequence[str], edition: Edition, track: str, get: Get) -> list[Paper] | None:
    """Read the first address that lists papers, itself or through its days; None where none is there.

    Raises `LayoutChanged` where some are there and none of them lists any.
    """
    problem: LayoutChanged | None = None
    for address in addresses:
        try:
            page = _page(address, get)
            listed = _listed(page, address, edition, track)
        except PageMissing:
            continue
        except LayoutChanged as error:
            problem = problem or error
            continue
        if listed:
            return listed
        if days := _days(page, address):
            return _of_days(days, edition, track, get)
        problem = problem or LayoutChanged(f"{address} lists neither papers nor days")
    if problem:
        raise problem
    return None


def _of_days(addresses: Sequence[str], edition: Edition, track: str, get: Get) -> list[Paper]:
    found: list[Paper] = []
    for address in addresses:
        listed = _listing([address, _other_spelling(address)], edition, track, get)
        if listed is None:
            raise PageMissing(f"{edition} lacks the day {address}")
        found += listed
    return found


def _days(page: BeautifulSoup, address: str) -> list[str]:
    """Give the addresses of the days that an index names; none where the page is a day itself."""
    is_day = re.compile(r"[?&]day=\d{4}-\d\d-\d\d")
    if is_day.search(address):
        return []
    return list(dict.fromkeys(link for link in _links(page, address) if is_day.search(link)))


def _other_spelling(address: str) -> str:
    """Give the address with .py where it has none, and the other way round: the site answers both."""
    path, mark, query = address.partition("?")
    return (path.removesuffix(".py") if path.endswith(".py") else f"{path}.py") + mark + query


def _page(address: str, get: Get) -> BeautifulSoup:
    return soup(address, get, lambda page: page.find(["dt", "dd"]) or "open access" in page.get_text().casefold())


def _listed(page: BeautifulSoup, address: str, edition: Edition, track: str) -> list[Paper]:
    """Read the papers of one page; none where it lists none, `LayoutChanged` where all are another conference's."""
    blocks: list[tuple[Tag, list[Tag]]] = []
    for tag in page.find_all(["dt", "dd"]):
        if tag.name == "dt":
            blocks.append((tag, []))
        elif blocks:  # what comes before the first title is "Go back"
            blocks[-1][1].append(tag)
    listed = [_paper(title, rest, address, edition, track) for title, rest in blocks if _is_title(title)]
    found = [paper for paper in listed if paper]
    if listed and not found:
        raise LayoutChanged(f"{address} lists papers, but none of {edition.key}")
    if found and all(paper.pdf_url is None for paper in found):
        raise LayoutChanged(f"{address} links no PDF")
    return found


def _is_title(block: Tag) -> bool:
    """Tell papers from headings: by the class, or by a link to a paper page should the class change."""
    return "ptitle" in (block.get("class") or ()) or bool(block.find("a", href=re.compile(r"/html/.*\.html\s*$")))


def _paper(block: Tag, rest: Sequence[Tag], address: str, edition: Edition, track: str) -> Paper | None:
    """Read one paper from its title and what follows; None where it lies in another conference's folder."""
    title = text_of(block.select_one("a[href]"))
    url = next((absolute(link["href"], address) for link in block.select("a[href]")), "")
    folders, _, name = unquote(urlsplit(url).path).strip("/").rpartition("/")
    if not title or not name.endswith(".html"):
        raise LayoutChanged(f"{address} has a paper without title or link: {text_of(block)[:200]!r}")
    volume, workshop = _volume(folders)
    if volume and not (volume.upper().startswith(edition.venue) and str(edition.period.year) in volume):
        return None
    links = {
        text_of(link).casefold(): absolute(link["href"], address)
        for part in rest
        for link in part.select("a[href]")
        if link["href"] != "#"
    }
    attributes = {attribute: links.get(text, "") for text, attribute in LINKS.items()}
    pages = re.search(r"\bpages\s*=\s*\{([^{}]+)\}", " ".join(text_of(part) for part in rest))
    attributes |= {"pages": pages[1].strip() if pages else "", "workshop": workshop if track == "workshop" else ""}
    key = edition.key + {"main": "", "findings": "F", "workshop": "W"}[track] + (f"/{workshop}" if workshop else "")
    return Paper(
        document_id=f"cvf:{key}/{name.removesuffix('.html').removesuffix('_paper')}",
        title=title,
        authors=_authors(rest),
        track=track,
        url=url,
        pdf_url=next((link for text, link in links.items() if link and re.fullmatch(r"(paper )?pdf", text)), None),
        attributes={attribute: value for attribute, value in attributes.items() if value},
    )


def _volume(folders: str) -> tuple[str, str]:
    """Split the folders of a paper page: "content_CVPRW_2019/html/NTIRE" is ("CVPRW_2019", "NTIRE").

    "content/CVPR2021W/NTIRE/html" is ("CVPR2021W", "NTIRE"), "content_cvpr_workshops_2015/W08/html" is
    ("cvpr_workshops_2015", "W08"); ("", "") where there is no such folder.
    """
    match = re.search(r"(?:^|/)content[_/]([^/]+)(.*)$", folders)
    if match is None:
        return "", ""
    return match[1], "/".join(part for part in match[2].split("/") if part not in ("", "html"))


def _authors(rest: Sequence[Tag]) -> tuple[str, ...]:
    """Read the names from the forms that search for them, else from the text before the links."""
    fields = [
        str(field.get("value", ""))
        for part in rest
        for field in part.find_all("input", attrs={"name": ["query", "query_author"]})
    ]
    if not fields and rest and not rest[0].find("a", href=re.compile(r"\.pdf$")):
        return people(text_of(rest[0]))
    return tuple(name for field in fields if (name := " ".join(field.split()).strip(" ,")))

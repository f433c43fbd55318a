r"""Proceedings of Machine Learning Research: ICML, AISTATS, COLT, CoRL, UAI, MLHC and many smaller conferences.

Publisher
  PMLR (formerly JMLR Workshop and Conference Proceedings), https://proceedings.mlr.press/.
Access
  One static page a volume, /v97/, with a block a paper: title, authors, pages, links. The front page names the
  volumes; a table below names those that it does not. Paper pages are not needed. PDFs lie beside the volume or, since
  about v229, on raw.githubusercontent.com.
Permits
  No robots.txt; authors keep the copyright, papers are CC BY 4.0 since 2022.
Caveats
  The front page is built from GitHub's answer of that day: in November 2026 it names 22 of some 330 volumes, no ICML.
  Its wording changes ("ICML 2016 Proceedings", "Proceedings of ICML 2017"), and workshops name their host ("GRaM at
  ICML 2024"). Publication dates may lie a year after the conference (CoRL 2022: 2023) or before it (ICML 2013), so the
  year is the edition's, held against the dates in the volume's heading; headings may lack dates (v209) and hold LaTeX
  (``Dynamics \& Control``). v28 and v32 are split in cycles, ACML, LoG and PGM in sections of which "Preface" holds no
  papers. Position papers of ICML 2024 and 2025 are not marked.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from tasks.records import Edition, Get, LayoutChanged, PageMissing, Paper, Period, UnknownEdition
from tasks.sources.pages import absolute, people, soup, text_of

FRONT_PAGE = "https://proceedings.mlr.press/"

NAMES = {
    "ICML": "international conference on machine learning",
    "AISTATS": "artificial intelligence and statistics",
    "COLT": "conference on learning theory",
    "CoRL": "robot learning",
    "UAI": "uncertainty in artificial intelligence",
    "MLHC": "machine learning for healthcare",
    "ACML": "asian conference on machine learning",
    "ALT": "algorithmic learning theory",
    "L4DC": "learning for dynamics and control",
    "MIDL": "medical imaging with deep learning",
    "CHIL": "health inference and learning",
    "CLeaR": "causal learning and reasoning",
    "AutoML": "automated machine learning",
    "LoG": "learning on graphs",
    "CoLLAs": "lifelong learning agents",
    "PGM": "probabilistic graphical models",
}
"""Canonical spelling of a venue -> what the heading of its volumes holds, as `_plain` gives it."""

KNOWN = {
    "ICML": "2013:28 2014:32 2015:37 2016:48 2017:70 2018:80 2019:97 2020:119 2021:139 2022:162 2023:202 2024:235 "
    "2025:267 2026:306",
    "AISTATS": "2007:2 2009:5 2010:9 2011:15 2012:22 2013:31 2014:33 2015:38 2016:51 2017:54 2018:84 2019:89 2020:108 "
    "2021:130 2022:151 2023:206 2024:238 2025:258 2026:300",
    "COLT": "2011:19 2012:23 2013:30 2014:35 2015:40 2016:49 2017:65 2018:75 2019:99 2020:125 2021:134 2022:178 "
    "2023:195 2024:247 2025:291 2026:336",
    "CoRL": "2017:78 2018:87 2019:100 2020:155 2021:164 2022:205 2023:229 2024:270 2025:305",
    "UAI": "2019:115 2020:124 2021:161 2022:180 2023:216 2024:244 2025:286 2026:337",
    "MLHC": "2016:56 2017:68 2018:85 2019:106 2020:126 2021:149 2022:182 2023:219 2024:252 2025:298",
    "ACML": "2010:13 2011:20 2012:25 2013:29 2014:39 2015:45 2016:63 2017:77 2018:95 2019:101 2020:129 2021:157 "
    "2022:189 2023:222 2024:260 2025:304",
    "ALT": "2017:76 2018:83 2019:98 2020:117 2021:132 2022:167 2023:201 2024:237 2025:272",
    "L4DC": "2020:120 2021:144 2022:168 2023:211 2024:242 2025:283",
    "MIDL": "2019:102 2020:121 2021:143 2022:172 2023:227 2024:250 2025:301 2026:315",
    "CHIL": "2022:174 2023:209 2024:248 2025:287",
    "CLeaR": "2022:177 2023:213 2024:236 2025:275",
    "AutoML": "2022:188 2023:224 2024:256 2025:293",
    "LoG": "2022:198 2023:231 2024:269",
    "CoLLAs": "2022:199 2023:232 2024:274 2025:330",
    "PGM": "2016:52 2018:72 2020:138 2022:186 2024:246",
}
"""Venue -> year:volume, for what the front page leaves out: from the volumes' own _config.yml at github.com/mlresearch
where one could be read, else from public lists. A wrong entry gives no rows: `papers` believes the volume's heading."""

ALIASES = {"AUTOML-CONF": "AutoML"} | {venue.upper(): venue for venue in NAMES}
TRACKS = {"preface": "front_matter", "preliminary": "front_matter", "demonstration": "demo", "workshop": "workshop"}
"""A word in a section's title -> its track; every other section (cycles, orals, posters, ...) is the main track."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def editions(get: Get) -> Iterator[Edition]:
    """Yield every conference volume, by venue and year: those of the front page, and those that only the table names.

    The front page wins where both name a volume or a conference; a mirror may lack it (404), and then the table serves
    alone. Raises `LayoutChanged` where it names no volume.
    """
    try:
        conferences = _front_page(get)
    except PageMissing:
        conferences = {}
    volumes = {
        (venue, int(year)): f"v{number}"
        for venue, entries in KNOWN.items()
        for year, _, number in (entry.partition(":") for entry in entries.split())
        if f"v{number}" not in conferences
    }
    # A satellite that calls itself like its host comes later than its host, so of two the older volume is meant.
    for key in sorted(conferences, key=lambda key: int(key[1:]), reverse=True):
        volumes[conferences[key]] = key
    for (venue, year), key in sorted(volumes.items()):
        yield Edition("pmlr", venue, Period(year), key)


def _front_page(get: Get) -> dict[str, tuple[str, int]]:
    """Read which volumes the front page names as a conference's: {'v97': ('ICML', 2019)}."""
    named = {
        match[1]: text_of(link.parent)
        for link in _page(FRONT_PAGE, get).select("li > a[href]")
        if (match := re.search(r"(?:^|/)(v\d+)/?$", str(link["href"])))
    }
    conferences = {key: conference for key, line in named.items() if (conference := _conference(line))}
    if not conferences:
        raise LayoutChanged(f"{FRONT_PAGE} names no conference volume")
    return conferences


def papers(edition: Edition, get: Get) -> Iterator[Paper]:
    """Yield the papers of one volume in page order, each key once.

    Raises `LayoutChanged` where the page lists none, where a paper lacks title or key, where no paper links a PDF, or
    where the volume's heading names another conference or year; `UnknownEdition` where the edition has no volume.
    """
    if not re.fullmatch(r"v\d+", edition.key):
        raise UnknownEdition(f"{edition} has no volume: its key is {edition.key!r}")
    address = f"{FRONT_PAGE}{edition.key}/"
    page = _page(address, get)
    published_on = _check_heading(page, edition, address)
    found: dict[str, Paper] = {}
    section = ""
    for block in page.select("h1, h2, h3, h4, div.paper"):
        if block.name != "div":
            section = text_of(block).casefold()
            continue
        paper = _paper(block, edition, address)
        track = _track(section, paper.title)
        found.setdefault(paper.document_id, replace(paper, track=track, published_on=published_on))
    if not found:
        raise LayoutChanged(f"{address} lists no papers")
    if all(paper.pdf_url is None for paper in found.values()):
        raise LayoutChanged(f"{address} links no PDF")
    yield from found.values()


def _page(address: str, get: Get) -> BeautifulSoup:
    return soup(
        address,
        get,
        lambda page: (
            "machine learning research" in page.get_text().casefold() or page.select_one(".paper, #sectionnav")
        ),
    )


def _conference(label: str) -> tuple[str, int] | None:
    """Read venue and year from a line of the front page; None for workshops, challenges and what has no year."""
    label = re.sub(r"^Volume \d+\W*", "", label)
    label = re.sub(r"(?i)^proceedings of (?:the )?|\s*proceedings$", "", label).strip()
    match = re.fullmatch(r"(.+?),? (\d{4})", label)
    if match is None:
        return None
    name, year = match[1], int(match[2])
    if venue := ALIASES.get(name.upper()):
        return venue, year
    if venue := next((venue for venue, words in NAMES.items() if words == _plain(name)), None):
        return venue, year
    # An acronym is one word with two capitals: MSML, CPAL, ML4H, but not "Challenge".
    is_acronym = re.fullmatch(r"[A-Za-z][\w-]*", name) and sum(letter.isupper() for letter in name) > 1
    return (name, year) if is_acronym else None


def _check_heading(page: BeautifulSoup, edition: Edition, address: str) -> dt.date | None:
    """Hold the volume's own heading against the edition; give the date of publication that the page names."""
    heading = next((text_of(tag) for tag in page.select("h1, h2") if text_of(tag).startswith("Volume ")), "")
    description = page.select_one('meta[name="description"]')
    about = str(description.get("content", "")) if description else text_of(page.title)
    if not heading and "as Volume" not in about:
        raise LayoutChanged(f"{address} does not say which volume it is")
    says = heading or about
    number = re.search(r"\bVolume (\d+)\b", says)
    years = re.findall(r"\b(?:19|20)\d\d\b", heading) or re.findall(r"\b(?:19|20)\d\d\b", about)
    name = _plain(re.split(r"\b(?:Held in|Published as)\b", says)[0])
    is_venue = edition.venue not in NAMES or (
        (NAMES[edition.venue] in name or edition.venue.lower() in name.split()) and "workshop" not in name
    )
    if number is None or f"v{number[1]}" != edition.key or str(edition.period.year) not in years or not is_venue:
        raise LayoutChanged(f"{address} is not {edition.venue} {edition.period.year}: it says {says!r}")
    date = re.search(r"Published as Volume \d+ by .{0,80}? on (\d{1,2}) (\w+) (\d{4})", about)
    try:
        return dt.date(int(date[3]), MONTHS.index(date[2][:3].lower()) + 1, int(date[1])) if date else None
    except ValueError:
        return None  # "31 November" and the like: a page is not refused for a detail that few need


def _paper(block: Tag, edition: Edition, address: str) -> Paper:
    """Read one paper's block; raises `LayoutChanged` where it has no title or no key."""
    title = text_of(block.select_one("p.title"))
    links = {text_of(link).casefold(): absolute(str(link["href"]), address) for link in block.select("a[href]")}
    url = links.get("abs") or links.get("abstract", "")
    key = unquote(urlsplit(url).path.rpartition("/")[2]).removesuffix(".html")
    if not title or not key:
        raise LayoutChanged(f"{address} has a paper without title or link: {text_of(block)[:200]!r}")
    attributes = {
        attribute: next((link for text, link in links.items() if re.search(words, text)), "")
        for attribute, words in (("software", "^code|software"), ("openreview", "openreview"))
    }
    pages = re.search(r":\s*([\w.]+(?:[-–]+[\w.]+)?)$", text_of(block.select_one("span.info")))
    attributes["pages"] = pages[1] if pages else ""
    pdfs = (link for text, link in links.items() if link and re.search(r"\bpdf\b", text) and "supp" not in text)
    return Paper(
        document_id=f"pmlr:{edition.key}/{key}",
        title=title,
        authors=people(text_of(block.select_one("span.authors"))),
        url=url,
        pdf_url=next(pdfs, None),
        attributes={attribute: value for attribute, value in attributes.items() if value},
    )


def _track(section: str, title: str) -> str:
    """Read the track from the heading that a paper stands under: the volume's own, or a section's where it has any."""
    if re.fullmatch(r"(?i)(preface|foreword|front ?matter)(\W.*)?", title):
        return "front_matter"
    if section.startswith("volume "):
        return "workshop" if "workshop" in section else "main"
    return next((track for word, track in TRACKS.items() if word in section), "main")


def _plain(text: str) -> str:
    """Give words only, lower case, an ampersand (LaTeX's too) as 'and'."""
    return " ".join(re.sub(r"\W+", " ", text.replace("&", " and ")).casefold().split())

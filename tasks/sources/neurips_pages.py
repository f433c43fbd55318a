"""The template of proceedings that NeurIPS and ICLR share: a page a year, and the eras that it went through.

Eras of a year's page (links of a paper; what names its authors):
  until 2020: /paper/5677-some-title; a.author
  2020 to about 2022: /paper/2019/hash/<32 hex digits>-Abstract.html; i
  since: /paper_files/paper/2024/hash/<32 hex digits>-Abstract-Conference.html; span.paper-authors (i on older hosts)
Today's page also says how many papers it holds (span.paper-count) and which track each belongs to (li[data-track]), and
links the other books of its year (p.book-see-also). The page links no PDFs.
"""

import html
import re
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, Tag

from tasks.records import Edition, Get, LayoutChanged, PageMissing, Paper
from tasks.sources.pages import absolute, people, soup, text_of

Book = tuple[str, BeautifulSoup]
"""A page that lists papers, after its address."""

HASHED = re.compile(r"/paper/(\d{4})/hash/([0-9a-f]{16,64})-Abstract(?:-([\w.-]+?))?\.html$")
"""Year, key and suffix of a paper's address since 2020; since 2022 the suffix is the track."""

NUMBERED = re.compile(r"/paper/(\d+-[^/?#]+?)(?:\.html|\.pdf)?$")
"""Key of a paper's address before 2020."""

LISTED = re.compile(r"/paper/((?:19|20)\d\d)/?$|/book/[\w-]+-((?:19|20)\d\d)/?$")
"""Year of the address of a year's page, of every era."""

TRACKS = {
    "": "main",
    "none": "main",
    "conference": "main",
    "main_conference": "main",
    "datasets_and_benchmarks": "datasets_and_benchmarks",
    "round1": "datasets_and_benchmarks",  # of 2021, when the track had a site of its own
    "round2": "datasets_and_benchmarks",
    "position_paper": "position",
    "creative_ai": "creative_ai",
}
"""The site's word for a track, without "_track" -> ours; a new one stands for itself."""


def years(front_pages: Iterable[str], get: Get) -> set[int]:
    """Give the years that the first front page that exists links; none where there is no front page.

    Raises `LayoutChanged` where it links none.
    """
    try:
        address, page = first_page(front_pages, get)
    except PageMissing:
        return set()
    matches = (LISTED.search(str(link["href"])) for link in page.select("a[href]"))
    found = {int(match[1] or match[2]) for match in matches if match}
    if not found:
        raise LayoutChanged(f"{address} names no year")
    return found


def papers_of(edition: Edition, books: Iterable[Book]) -> Iterator[Paper]:
    """Yield the papers of all books of an edition in page order, each once; raises as `papers_on` does."""
    found: dict[str, Paper] = {}
    for address, page in books:
        for paper in papers_on(page, address, edition):
            found.setdefault(paper.document_id, paper)
    yield from found.values()


def count_of(books: Iterable[Book]) -> int | None:
    """Give the sum of the papers, of all tracks, that books say they hold; None where one of them does not say."""
    counts = [count_on(page) for _, page in books]
    return sum(count or 0 for count in counts) if all(counts) else None


def first_page(addresses: Iterable[str], get: Get) -> Book:
    """Fetch the first address that exists; raises the first one's `PageMissing` where none does."""
    missing: PageMissing | None = None
    for address in addresses:
        try:
            return address, _page(address, get)
        except PageMissing as error:
            missing = missing or error
    raise missing or PageMissing("no address to ask for")


def books(address: str, page: BeautifulSoup, year: int, get: Get) -> Iterator[Book]:
    """Yield a year's page and the other books of that year that it or they link (2025: vol38-main-conference).

    Raises `PageMissing` where such a book is missing; but the year's own page was asked for first and may be.
    """
    seen, waiting = {_path(address)}, [(address, page)]
    while waiting:
        address, page = waiting.pop(0)
        yield address, page
        for link in page.select("a[href]"):
            other = absolute(link["href"], address)
            is_book = re.search(rf"/paper/{year}(/[\w.-]+)?/?$", other)
            if is_book and _path(other) not in seen:
                seen.add(_path(other))
                try:
                    waiting.append((other, _page(other, get)))
                except PageMissing:
                    if is_book[1]:
                        raise


def papers_on(page: BeautifulSoup, address: str, edition: Edition) -> Iterator[Paper]:
    """Yield the papers of one page in page order.

    Raises `LayoutChanged` where it lists none, lists another year's, or names no authors at all.
    """
    found = [paper for link in page.select("a[href]") if (paper := _paper(link, address, edition))]
    if not found:
        raise LayoutChanged(f"{address} lists no papers of {edition.period}")
    if not page.find("a", href=HASHED) and str(edition.period) not in page.get_text():
        raise LayoutChanged(f"{address} does not say that it is of {edition.period}")
    if not any(paper.authors for paper in found):
        raise LayoutChanged(f"{address} names no authors")
    yield from found


def count_on(page: BeautifulSoup) -> int | None:
    """Give the number of papers, of all tracks, that a page says it holds; None where it does not say."""
    match = re.search(r"([\d,]+) papers?\b", text_of(page.select_one(".paper-count")))
    return int(match[1].replace(",", "")) if match else None


def pdf_of(url: str) -> str:
    """Give the PDF's address, which follows from that of the paper's page (see `citation_pdf_url` there)."""
    if match := HASHED.search(url):
        suffix = f"-{match[3]}" if match[3] else ""
        return f"{url[: match.start()]}/paper/{match[1]}/file/{match[2]}-Paper{suffix}.pdf"
    return re.sub(r"(\.html|\.pdf)?$", ".pdf", url, count=1)


def _page(address: str, get: Get) -> BeautifulSoup:
    return soup(
        address,
        lambda url: _mended(get(url)),
        lambda page: page.find("a", href=HASHED) or re.search(r"(?i)proceedings|information processing", page.text),
    )


def _mended(body: bytes) -> bytes:
    """Escape the "<" that titles hold bare ("$p<q$"), which would swallow what follows; drop comments at the start."""

    def escaped(match: re.Match[bytes]) -> bytes:
        return match[1] + re.sub(rb"(?i)<(?!/?(?:i|b|em|strong|su[bp]|span|tt)\b[^<>]*>)", b"&lt;", match[2]) + match[3]

    body = re.sub(rb"\A(?:\s*<!--(?!\[).*?-->)+", b"", body, flags=re.DOTALL)
    return re.sub(rb"(?i)(<a\s[^>]*/hash/[^>]*>)([^\n]*?)(</a>)", escaped, body)


def _path(address: str) -> str:
    """Give what tells books apart: the address without host and "/paper_files"."""
    return re.sub(r"^\w+://[^/]+|/paper_files|/$", "", address)


def _paper(link: Tag, address: str, edition: Edition) -> Paper | None:
    """Read the paper that a link leads to; None for links to anything else.

    Raises `LayoutChanged` for a paper of another year and for one without a title.
    """
    url = absolute(link["href"], address)
    hashed, numbered = HASHED.search(url), NUMBERED.search(url)
    if not hashed and not numbered:
        return None
    if hashed and int(hashed[1]) != edition.period.year:
        raise LayoutChanged(f"{address} lists papers of {hashed[1]}, not of {edition.period}")
    key, suffix = (hashed[2], hashed[3] or "") if hashed else (numbered[1], "") if numbered else ("", "")
    title = _text(link)
    row = link.find_parent("li") or link.parent
    if not title or row is None:
        raise LayoutChanged(f"{address} has a paper without title: {url}")
    track = _track(str(row.get("data-track") or suffix))
    # Keys are MD5 sums of counters, so two sites of one year share them: the rounds of 2021 keep their suffix.
    key += f"-{suffix}" if suffix.startswith("round") else ""
    return Paper(
        document_id=f"{edition.source}:{edition.period.year}/{key}",
        title=title,
        authors=_authors(row),
        track=track,
        url=url.removesuffix(".pdf") if numbered else url,
        pdf_url=pdf_of(url),
    )


def _authors(row: Tag) -> tuple[str, ...]:
    names = row.select_one(".paper-authors") or row.find("i")
    if names is None:
        return tuple(_text(link) for link in row.select("a.author"))
    return people(_text(names))


def _text(tag: Tag) -> str:
    """Give a tag's text; the site escapes some twice (&amp;quot;)."""
    return re.sub(r"&(#?\w+);", lambda entity: html.unescape(entity[0]), text_of(tag))


def _track(word: str) -> str:
    slug = re.sub(r"\W+", "_", word.casefold()).removesuffix("_track")
    return TRACKS.get(slug, slug)

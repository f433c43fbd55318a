"""NeurIPS (until 2017: NIPS) proceedings: main conference, datasets and benchmarks, position papers, creative AI.

Publisher
  Neural Information Processing Systems Foundation, https://proceedings.neurips.cc/; the same site answers as
  papers.nips.cc and papers.neurips.cc.
Access
  One page a year, /paper_files/paper/2024, with every paper's title, authors and track; the front page names the years.
  2025 has two books: the year's page lists creative AI and links the main conference (vol38-main-conference). Datasets
  and benchmarks of 2021 are on datasets-benchmarks-proceedings.neurips.cc. PDFs follow from the paper's address, as its
  own page says in citation_pdf_url: /hash/ is /file/, -Abstract is -Paper, .html is .pdf; the suffix stays.
Permits
  No robots.txt was found in 2026; one reader was answered 429.
Caveats
  Addresses and markup had three eras (tasks/sources/neurips_pages.py); a mirror or archive may hold any of them. Papers
  are numbered anew every year and the key is a number's MD5 sum, so only year and key together name one; before 2020
  the key was another (5677-some-title). Titles hold TeX, and entities escaped twice. OpenReview's count is one off
  in some years.
"""

from collections.abc import Iterator

from tasks.records import Edition, Get, PageMissing, Paper, Period
from tasks.sources.neurips_pages import Book, books, count_of, first_page, papers_of, years

HOSTS = ("https://proceedings.neurips.cc", "https://papers.nips.cc", "https://papers.neurips.cc")

NAMES = {"NeurIPS": "neural information processing systems"}

KNOWN = range(1987, 2026)
"""The years that are there for certain, for where the front page cannot be had."""

ROUNDS_OF_2021 = tuple(
    f"https://datasets-benchmarks-proceedings.neurips.cc/{folder}/2021" for folder in ("paper", "paper_files/paper")
)


def editions(get: Get) -> Iterator[Edition]:
    """Yield one edition a year: those of the front page and those known to be there.

    Raises `LayoutChanged` where the front page names none.
    """
    for year in sorted(years([f"{host}/" for host in HOSTS], get) | set(KNOWN)):
        yield Edition("neurips", "NeurIPS", Period(year), str(year))


def papers(edition: Edition, get: Get) -> Iterator[Paper]:
    """Yield the papers of a year's books in page order, each once.

    Raises `LayoutChanged` where a page lists none, or another year's; `PageMissing` where there is no page.
    """
    return papers_of(edition, _books(edition.period.year, get))


def stated_count(edition: Edition, get: Get) -> int | None:
    """Give the sum of what the year's pages state, all tracks; None where one of them states nothing (as in 2021)."""
    return count_of(_books(edition.period.year, get))


def _books(year: int, get: Get) -> Iterator[Book]:
    folders = (f"{folder}/{year}" for folder in ("paper_files/paper", "paper"))
    addresses = [f"{host}/{folder}" for folder in folders for host in HOSTS]
    volume = f"{year - 1987}-{year}"
    addresses += [f"{host}/book/advances-in-neural-information-processing-systems-{volume}" for host in HOSTS[1:]]
    # Since 2025 the year's page is a small book's; where a mirror lacks it, the main one's address follows.
    addresses.append(f"{HOSTS[0]}/paper_files/paper/{year}/vol{year - 1987}-main-conference")
    address, page = first_page(addresses, get)
    yield from books(address, page, year, get)
    if year == 2021:
        try:
            yield first_page(ROUNDS_OF_2021, get)
        except PageMissing:
            return  # a mirror without that host still has the conference

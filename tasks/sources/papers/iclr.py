"""ICLR proceedings of 2024 and later; what came before is on OpenReview.

Publisher
  International Conference on Learning Representations, https://proceedings.iclr.cc/.
Access
  One page a year, /paper_files/paper/2024, with every paper's title and authors; the front page names the years. PDFs
  follow from the paper's address (tasks/sources/neurips_pages.py).
Permits
  No robots.txt was found in 2026.
Caveats
  The template is that of NeurIPS. A year's page appears months after the conference, so OpenReview has it first. Blog
  posts and tiny papers are not in the proceedings.
"""

from collections.abc import Iterator

from tasks.records import Edition, Get, Paper, Period
from tasks.sources.neurips_pages import Book, books, count_of, first_page, papers_of, years

HOST = "https://proceedings.iclr.cc"

NAMES = {"ICLR": "international conference on learning representations"}

KNOWN = (2024, 2025, 2026)
"""The years that are there for certain, for where the front page cannot be had."""


def editions(get: Get) -> Iterator[Edition]:
    """Yield one edition a year: those of the front page and those known to be there.

    Raises `LayoutChanged` where the front page names none.
    """
    for year in sorted(years([f"{HOST}/"], get) | set(KNOWN)):
        yield Edition("iclr", "ICLR", Period(year), str(year))


def papers(edition: Edition, get: Get) -> Iterator[Paper]:
    """Yield the papers of a year in page order, each once.

    Raises `LayoutChanged` where a page lists none, or another year's; `PageMissing` where there is no page.
    """
    return papers_of(edition, _books(edition.period.year, get))


def stated_count(edition: Edition, get: Get) -> int | None:
    """Give the sum of what the year's pages state, all tracks; None where one of them states nothing."""
    return count_of(_books(edition.period.year, get))


def _books(year: int, get: Get) -> Iterator[Book]:
    address, page = first_page([f"{HOST}/paper_files/paper/{year}", f"{HOST}/paper/{year}"], get)
    yield from books(address, page, year, get)

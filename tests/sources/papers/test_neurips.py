"""What is special about NeurIPS: addresses of every era, books that name each other, and PDFs that follow by rule."""

import pytest
from bs4 import BeautifulSoup

from tasks.records import Edition, LayoutChanged, PageMissing, Period
from tasks.sources.neurips_pages import pdf_of
from tasks.sources.papers import neurips
from tests import SHARED

SAMPLES = SHARED / "samples/neurips"
TODAY = "https://proceedings.neurips.cc/paper_files/paper"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs the real pages in ../shared")


def edition(year: int) -> Edition:
    return Edition("neurips", "NeurIPS", Period(year), str(year))


def web(pages: dict[str, str | bytes]):
    def get(url: str) -> bytes:
        if url not in pages:
            raise PageMissing(url)
        page = pages[url]
        return page if isinstance(page, bytes) else f"<html><body>{page}</body></html>".encode()

    return get


def row(link: str, title: str = "A Title", authors: str = "Ann Example", track: str = "") -> str:
    return f'<ul><li data-track="{track}"><a href="{link}">{title}</a> <i>{authors}</i></li></ul>'


def hashed(year: int, key: int = 1, suffix: str = "") -> str:
    return f"/paper_files/paper/{year}/hash/{key:032x}-Abstract{suffix}.html"


@pytest.mark.parametrize(
    "address",
    [
        "https://proceedings.neurips.cc/paper_files/paper/2016",
        "https://papers.nips.cc/paper_files/paper/2016",
        "https://papers.neurips.cc/paper/2016",
        "https://proceedings.neurips.cc/paper/2016",
        "https://papers.nips.cc/book/advances-in-neural-information-processing-systems-29-2016",
    ],
)
def test_a_year_is_found_at_the_addresses_of_every_era_and_host(address):
    (paper,) = neurips.papers(edition(2016), web({address: row(hashed(2016))}))
    assert paper.document_id == f"neurips:2016/{1:032x}"
    assert paper.url.startswith(address.partition("/p")[0])


@pytest.mark.parametrize(
    ("suffix", "data_track", "track"),
    [
        ("", "none", "main"),
        ("-Conference", "", "main"),
        ("-Datasets_and_Benchmarks", "", "datasets_and_benchmarks"),
        ("-Datasets_and_Benchmarks_Track", "", "datasets_and_benchmarks"),
        ("", "creative_ai_track", "creative_ai"),
        ("-Position_Paper_Track", "position_paper_track", "position"),
        ("-Journal_Track", "journal_track", "journal"),
    ],
)
def test_the_track_is_read_from_the_row_or_from_the_address(suffix, data_track, track):
    page = row(hashed(2027, suffix=suffix), track=data_track)
    (paper,) = neurips.papers(edition(2027), web({f"{TODAY}/2027": page}))
    assert (paper.track, paper.pdf_url) == (track, pdf_of(paper.url))


def test_the_main_book_that_a_year_links_may_not_be_missing():
    page = row(hashed(2025)) + '<a href="/paper_files/paper/2025/vol38-main-conference">See also</a>'
    with pytest.raises(PageMissing):
        list(neurips.papers(edition(2025), web({f"{TODAY}/2025": page})))


@pytest.mark.parametrize(
    "page",
    [
        row(hashed(2018)),
        row("/paper/5677-some-title") + "NIPS 2018",
        row(hashed(2019), authors=""),
        row(hashed(2019), title=""),
        "Proceedings of nothing",
    ],
    ids=["another year", "another year's numbers", "no authors", "no title", "no papers"],
)
def test_a_page_that_is_not_the_year_s_listing_is_refused(page):
    with pytest.raises(LayoutChanged):
        list(neurips.papers(edition(2019), web({f"{TODAY}/2019": page})))


@pytest.mark.parametrize(
    ("counts", "stated"), [(("64 papers", "5,823 papers"), 5887), (("64 papers", ""), None)], ids=["both", "one"]
)
def test_the_stated_count_is_that_of_all_books_of_a_year(counts, stated):
    year, main = (f'<span class="paper-count">{count}</span>' for count in counts)
    year += row(hashed(2025)) + '<a href="/paper_files/paper/2025/vol38-main-conference">See also</a>'
    pages = {f"{TODAY}/2025": year, f"{TODAY}/2025/vol38-main-conference": main + row(hashed(2025, 2))}
    assert neurips.stated_count(edition(2025), web(pages)) == stated


@needs_samples
@pytest.mark.parametrize(
    ("year", "address", "sample", "tracks"),
    [
        (2019, "https://papers.nips.cc/paper/2019", "nips2019-proceedings.html", ["main"] * 1428),
        (2024, f"{TODAY}/2024", "2024_year-index_core_scrubbed.html", ["main", "datasets_and_benchmarks"]),
        (
            2025,
            f"{TODAY}/2025/vol38-main-conference",
            "2025_vol38-main-conference_core_scrubbed.html",
            ["main", "main", "datasets_and_benchmarks", "position"],
        ),
    ],
)
def test_real_years_count_out(year, address, sample, tracks):
    papers = list(neurips.papers(edition(year), web({address: (SAMPLES / sample).read_bytes()})))
    assert [paper.track for paper in papers] == tracks


@needs_samples
def test_the_pdf_is_where_the_real_paper_s_page_says():
    page = BeautifulSoup((SAMPLES / "2024_abstract-db-track_core_scrubbed.html").read_bytes(), "lxml")
    year = (SAMPLES / "2024_year-index_core_scrubbed.html").read_bytes()
    pdfs = [paper.pdf_url for paper in neurips.papers(edition(2024), web({f"{TODAY}/2024": year}))]
    assert page.select_one('meta[name="citation_pdf_url"]')["content"] in pdfs

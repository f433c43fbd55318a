"""What is special about ECVA: one page for every year, and links that parsers read apart."""

import pytest
from bs4 import BeautifulSoup

from tasks.records import ChallengePage, Edition, LayoutChanged, PageMissing, Period, UnknownEdition
from tasks.sources.papers import ecva

PAGE = (
    "<html><body><dl><dt class='ptitle'><br>\n<a {href}>\nA Practice Title</a></dt><dd>{authors}</dd>"
    "<dd>[<a href='papers/eccv_2020/papers_ECCV/papers/1.pdf'>pdf</a>]</dd></dl></body></html>"
)
LINK = "href=papers/eccv_2020/papers_ECCV/html/267_ECCV_2020_paper.php"


def edition(year: int) -> Edition:
    return Edition("ecva", "ECCV", Period(year), f"ECCV{year}")


def read(page: str, year: int = 2020) -> list:
    return list(ecva.papers(edition(year), lambda _: page.encode()))


@pytest.mark.parametrize(
    "href",
    [
        LINK,
        LINK + "\n",
        LINK + " target=_blank",
        LINK.replace("=", "=\n"),
        LINK.replace("html/", "html/\n"),
        LINK.replace("267", "26\r\n 7"),
        LINK.replace("=", '="') + '"',
        LINK.replace("=", "='").replace("html/", "html/\n\t") + "'",
        LINK.replace("=", "='https://www.ecva.net/") + "'",
        LINK.replace("=", "='/") + "'",
    ],
)
def test_a_link_is_read_however_it_is_quoted_or_broken(href):
    (paper,) = read(PAGE.format(href=href, authors=""))
    assert paper.url == "https://www.ecva.net/papers/eccv_2020/papers_ECCV/html/267_ECCV_2020_paper.php"
    assert paper.document_id == "ecva:eccv_2020/267_ECCV_2020"


@pytest.mark.parametrize("parser", ["lxml", "html.parser"])
def test_no_parser_needs_to_guess_where_a_mended_link_ends(parser):
    body = ecva._mended(PAGE.format(href=LINK.replace("html/", "html/\n"), authors="").encode())
    link = BeautifulSoup(body, parser).select_one("dt a")
    assert link.attrs == {"href": "papers/eccv_2020/papers_ECCV/html/267_ECCV_2020_paper.php"}


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("\nAlice Example*, Bo Sample", ("Alice Example", "Bo Sample")),
        ("Alice Example *,\nBo Sample, Jr.*", ("Alice Example", "Bo Sample, Jr.")),
        ("", ()),
    ],
)
def test_authors_lose_their_stars(authors, names):
    assert read(PAGE.format(href=LINK, authors=authors))[0].authors == names


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (PAGE.format(href=LINK.replace("2020", "2022"), authors=""), UnknownEdition),
        (PAGE.format(href="href=elsewhere.php", authors=""), LayoutChanged),
        (PAGE.format(href="id=nowhere", authors=""), LayoutChanged),
        (PAGE.format(href=LINK, authors="").replace("A Practice Title", ""), LayoutChanged),
        (PAGE.format(href=LINK, authors="").replace("1.pdf", "1-supp.pdf"), LayoutChanged),
        (PAGE.format(href=LINK, authors="").replace("</dl></body></html>", ""), LayoutChanged),
        ("<html><body><dl></dl></body></html>", LayoutChanged),
        ("<html><title>Just a moment...</title><body>Verify you are human</body></html>", ChallengePage),
    ],
)
def test_a_page_without_the_papers_of_a_year_is_an_error(page, error):
    with pytest.raises(error):
        read(page)


def test_a_missing_page_is_missing():
    def get(url: str) -> bytes:
        raise PageMissing(url)

    known = list(ecva.editions(get))
    assert {2018, 2020, 2022, 2024} <= {edition.period.year for edition in known}
    with pytest.raises(PageMissing):
        list(ecva.papers(known[0], get))

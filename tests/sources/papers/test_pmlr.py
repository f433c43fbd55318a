"""What is special about PMLR: a volume's own heading is believed, and the real pages count out."""

import pytest

from tasks.records import Edition, LayoutChanged, Period, UnknownEdition
from tasks.sources.papers import pmlr
from tests import SHARED

HEADING = "<h2>Volume {}</h2>"
PAPER = (
    '<div class="paper"><p class="title">A Title</p><p class="links">'
    '<a href="/v1/a.html">abs</a> <a href="/v1/a.pdf">{}</a></p></div></body></html>'
)


def edition(venue: str, year: int, key: str) -> Edition:
    return Edition("pmlr", venue, Period(year), key)


@pytest.mark.parametrize(
    ("venue", "year", "heading"),
    [
        ("ICML", 2019, "1: International Conference on Machine Learning, 9-15 June 2019, Here"),
        ("CoRL", 2022, "1: The 2022 Conference on Robot Learning, 14-18 December 2022, Here"),
        ("L4DC", 2025, r"1: 7th Annual Learning for Dynamics \&amp; Control Conference, 4-6 June 2025, Here"),
        ("COLT", 2020, "1: COLT 2020"),
        ("PRACTICONF", 2030, "1: Conference on Imaginary Things, 1 May 2030, Here"),
    ],
)
def test_a_volume_that_says_what_it_should_is_read(venue, year, heading):
    page = HEADING.format(heading) + PAPER.format("PDF")
    assert len(list(pmlr.papers(edition(venue, year, "v1"), lambda _: page.encode()))) == 1


@pytest.mark.parametrize(
    ("venue", "year", "heading"),
    [
        ("ICML", 2018, "1: International Conference on Machine Learning, 9-15 June 2019, Here"),
        ("ICML", 2019, "1: Asian Conference on Machine Learning, 9-15 June 2019, Here"),
        ("ICML", 2019, "1: ICML Workshop on Imaginary Things, 9-15 June 2019, Here"),
        ("ICML", 2019, "2: International Conference on Machine Learning, 9-15 June 2019, Here"),
        ("COLT", 2019, "1: International Conference on Algorithmic Learning Theory, 9 June 2019, Here"),
        ("ICML", 2019, "1: International Conference on Machine Learning, Here"),
    ],
)
def test_a_volume_of_another_conference_or_year_is_refused_by_its_own_words(venue, year, heading):
    page = HEADING.format(heading) + PAPER.format("PDF")
    with pytest.raises(LayoutChanged, match=heading.split(",")[0]):
        list(pmlr.papers(edition(venue, year, "v1"), lambda _: page.encode()))


def test_a_volume_whose_papers_all_lack_a_pdf_is_refused():
    page = HEADING.format("1: COLT 2020") + PAPER.format("Supplementary PDF")
    with pytest.raises(LayoutChanged, match="no PDF"):
        list(pmlr.papers(edition("COLT", 2020, "v1"), lambda _: page.encode()))


def test_a_broken_address_costs_a_link_and_not_the_volume():
    page = HEADING.format("1: COLT 2020") + PAPER.replace("/v1/a.pdf", "http://[broken").format("PDF")
    whole = (page + PAPER.format("PDF").replace("a.html", "b.html")).encode()
    assert [paper.pdf_url is None for paper in pmlr.papers(edition("COLT", 2020, "v1"), lambda _: whole)] == [
        True,
        False,
    ]


def test_an_edition_without_a_volume_is_unknown():
    with pytest.raises(UnknownEdition):
        list(pmlr.papers(edition("ICML", 2019, ""), lambda _: b""))


def test_the_table_names_each_volume_once():
    volumes = [entry.partition(":")[2] for entries in pmlr.KNOWN.values() for entry in entries.split()]
    assert len(volumes) == len(set(volumes))


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real pages in ../shared")
@pytest.mark.parametrize(
    ("venue", "year", "page", "count"),
    [
        ("MLHC", 2017, "web/proceedings.mlr.press/v68/index.html", 26),
        ("MLHC", 2019, "web/proceedings.mlr.press/v106/index.html", 37),
        ("MLHC", 2022, "web/proceedings.mlr.press/v182/index.html", 38),
        ("ICML", 2019, "samples/pmlr/icml2019-proceedings.html", 773),
    ],
)
def test_real_volumes_count_out(venue, year, page, count):
    front = (SHARED / "web/proceedings.mlr.press/index.html").read_bytes()
    (found,) = [e for e in pmlr.editions(lambda _: front) if (e.venue, e.period.year) == (venue, year)]
    papers = list(pmlr.papers(found, lambda _: (SHARED / page).read_bytes()))
    assert len(papers) == count
    assert all(paper.track == "main" and paper.authors and paper.pdf_url for paper in papers)

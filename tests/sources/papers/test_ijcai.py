"""What is special about IJCAI: sections are tracks, addresses are spelt several ways, old pages hold paragraphs."""

import pytest

from tasks.records import Edition, LayoutChanged, PageMissing, Period, UnknownEdition
from tasks.sources.papers import ijcai

PAGE = "<html><body><h1>IJCAI</h1>{}</body></html>"
PAPER = '<div class="paper_wrapper"><div class="title">A Title</div><a href="{}">{}</a></div>'
OLD = '<p>A Title / 7<br/>Ada Example and Bo Sample<br/><a href="/Proceedings/15/Papers/012.pdf">PDF</a></p>'


def listed(page: str, year: int = 2024):
    edition = Edition("ijcai", "IJCAI", Period(year), str(year))
    return list(ijcai.papers(edition, lambda _: PAGE.format(page).encode()))


@pytest.mark.parametrize(
    ("section", "track"),
    [
        ("Main Track", "main"),
        ("Machine Learning Track", "main"),
        ("Constraints and Democracy", "main"),
        ("Survey track", "survey"),
        ("Demonstrations", "demo"),
        ("IJCAI-20 Doctoral Consortium Track", "doctoral_consortium"),
        ("Sister Conferences Best Papers", "sister_conferences"),
        ("Journal Track", "journal"),
        ("Early Career", "early_career"),
        ("AI for Good", "ai_for_good"),
        ("AI, The Arts and Creativity", "ai_and_arts"),
        ("Special Track on AI for CompSust and Human well-being", "human_well_being"),
        ("Special Track on AI in FinTech", "fintech"),
        ("Special Track on Robots & Rabbits", "robots_rabbits"),
    ],
)
def test_a_section_title_names_the_track(section, track):
    (paper,) = listed(f"<div class='section_title'><h3>{section}</h3></div>" + PAPER.format("0001.pdf", "PDF"))
    assert paper.track == track


def test_front_matter_is_no_paper():
    page = "<h3>Preface</h3>{}<h3>Main track</h3>{}"
    papers = listed(page.format(PAPER.format("0001.pdf", "PDF"), PAPER.format("0002.pdf", "PDF")))
    assert [paper.document_id for paper in papers] == ["ijcai:2024/2"]


@pytest.mark.parametrize("spelling", ["proceedings/2019/", "Proceedings/2019/", "proceedings/2019", "Proceedings/2019"])
def test_a_year_is_found_under_every_spelling_of_its_address(spelling):
    def get(url):
        if url == f"https://www.ijcai.org/{spelling}":
            return PAGE.format(PAPER.format("0001.pdf", "PDF")).encode()
        raise PageMissing(url)

    (paper,) = ijcai.papers(Edition("ijcai", "IJCAI", Period(2019)), get)
    assert paper.pdf_url == f"https://www.ijcai.org/{spelling.rstrip('/')}/0001.pdf"


def test_an_old_paragraph_needs_no_italics_and_no_abstract_link():
    (paper,) = listed(OLD, 2015)
    assert (paper.document_id, paper.title) == ("ijcai:2015/12", "A Title")
    assert paper.authors == ("Ada Example", "Bo Sample")


@pytest.mark.parametrize(
    "page",
    [
        "<p>Nothing here.</p>",
        PAPER.format("/proceedings/2024/1", "Details"),
        PAPER.replace("A Title", "").format("0001.pdf", "PDF"),
        PAPER.format("/programme", "Programme"),
        OLD.replace("A Title / 7", ""),
    ],
)
def test_a_page_of_broken_papers_is_refused(page):
    with pytest.raises(LayoutChanged):
        listed(page)


@pytest.mark.parametrize(("venue", "year"), [("IJCAI", 2014), ("AAAI", 2024)])
def test_an_edition_that_the_site_does_not_have_is_unknown(venue, year):
    def get(url):
        raise PageMissing(url)

    with pytest.raises(UnknownEdition):
        list(ijcai.papers(Edition("ijcai", venue, Period(year)), get))


def test_without_the_index_the_table_names_the_years():
    def get(url):
        raise PageMissing(url)

    years = [edition.period.year for edition in ijcai.editions(get)]
    assert (2015 in years, 2014 in years, 2024 in years) == (True, False, True)

"""What is special about CVF: addresses by era, pages that answer 200 without papers, ids, the real days."""

import pytest

from tasks.records import ChallengePage, Edition, LayoutChanged, PageMissing, Period, UnknownEdition
from tasks.sources.papers import cvf
from tests import SHARED

SITE = "https://openaccess.thecvf.com/"
SHELL = "<html><head><title>CVPR 2019 Open Access Repository</title></head><body><div></div></body></html>"
CHALLENGE = "<html><title>Just a moment...</title><body>Enable JavaScript</body></html>"
PAPER = (
    '<dt class="ptitle"><br><a href="{folder}/html/{name}_paper.html">A Practice Title</a></dt><dd>{authors}</dd>'
    '<dd>[<a href="{folder}/papers/{name}_paper.pdf">pdf</a>]</dd>'
)


def edition(venue: str, year: int) -> Edition:
    return Edition("cvf", venue, Period(year), f"{venue}{year}")


def listing(folder="content_CVPR_2019", name="Example_Practice_CVPR_2019", authors="") -> str:
    return f"<html><body><dl>{PAPER.format(folder=folder, name=name, authors=authors)}</dl></body></html>"


def site(**pages: str):
    """`get` over pages by what stands behind the host; everything else is missing."""

    def get(url: str) -> bytes:
        if (name := url.removeprefix(SITE)) in pages:
            return pages[name].encode()
        raise PageMissing(url)

    return get


@pytest.mark.parametrize(
    ("venue", "year", "folder", "address"),
    [
        ("CVPR", 2013, "content_cvpr_2013", "CVPR2013"),
        ("CVPR", 2013, "content_cvpr_2013", "CVPR2013.py"),
        ("CVPR", 2015, "content_cvpr_2015", "https://www.cv-foundation.org/openaccess/CVPR2015.py"),
        ("ICCV", 2017, "content_ICCV_2017", "ICCV2017.py"),
        ("ICCV", 2017, "content_iccv_2017", "ICCV2017"),
        ("CVPR", 2018, "content_cvpr_2018", "CVPR2018.py"),
        ("ECCV", 2018, "content_ECCV_2018", "ECCV2018.py"),
        ("WACV", 2020, "content_WACV_2020", "WACV2020"),
        ("ACCV", 2020, "/content/ACCV2020", "ACCV2020"),
        ("WACV", 2021, "/content/WACV2021", "WACV2021"),
        ("CVPR", 2024, "/content/CVPR2024", "CVPR2024?day=all"),
        ("CVPR", 2024, "https://openaccess.thecvf.com/content/CVPR2024", "CVPR2024?day=all"),
    ],
)
def test_each_era_is_found_where_the_site_or_a_mirror_has_it(venue, year, folder, address):
    name = f"Example_Practice_{venue}_{year}"
    (paper,) = cvf.papers(edition(venue, year), site(**{address: listing(folder, name)}))
    assert paper.document_id == f"cvf:{venue}{year}/{name}"
    assert paper.pdf_url is not None
    assert paper.pdf_url.endswith(f"{folder}/papers/{name}_paper.pdf")


@pytest.mark.parametrize("link", ["CVPR2019.py?day=2019-06-18", "/CVPR2019?day=2019-06-18", "?day=2019-06-18"])
@pytest.mark.parametrize("index", ["CVPR2019.py", "CVPR2019"])
@pytest.mark.parametrize("day", ["CVPR2019.py?day=2019-06-18", "CVPR2019?day=2019-06-18"])
def test_an_index_leads_to_its_days_in_either_spelling(link, index, day):
    pages = {index: f'<html><body><dl><dt>Days</dt><dd><a href="{link}">Day 1</a></dd></dl></body></html>'}
    assert len(list(cvf.papers(edition("CVPR", 2019), site(**pages, **{day: listing()})))) == 1


@pytest.mark.parametrize(
    ("year", "pages", "error"),
    [
        (2019, {}, PageMissing),
        (2022, {}, PageMissing),
        (2019, {"CVPR2019.py": SHELL}, LayoutChanged),
        (2022, {"CVPR2022?day=all": SHELL, "CVPR2022": SHELL}, LayoutChanged),
        (2022, {"CVPR2022?day=all": CHALLENGE}, ChallengePage),
        (2022, {"CVPR2022?day=all": listing()}, LayoutChanged),
        (2019, {"CVPR2019.py": '<html><body><dd><a href="?day=2019-06-18">1</a></dd></body></html>'}, PageMissing),
        (2019, {"CVPR2019.py?day=2019-06-18": listing()}, PageMissing),
        (2019, {"CVPR2019.py": listing().replace("</dl></body></html>", "")}, LayoutChanged),
        (2019, {"CVPR2019.py": listing().replace("A Practice Title", " ")}, LayoutChanged),
        (2019, {"CVPR2019.py": listing().replace(">pdf<", ">bibtex<")}, LayoutChanged),
        (2019, {"CVPR2019.py": listing().replace("href", "title")}, LayoutChanged),
        (2019, {"CVPR2019.py": listing(), "menu": SHELL}, LayoutChanged),
    ],
    ids=str,
)
def test_a_listing_without_its_papers_is_an_error_and_never_empty(year, pages, error):
    with pytest.raises(error):
        list(cvf.papers(edition("CVPR", year), site(**pages)))


def test_a_shell_in_place_of_all_days_is_passed_over_for_the_index():
    pages = {
        "CVPR2021?day=all": SHELL,
        "CVPR2021": '<html><body><dd><a href="/CVPR2021?day=2021-06-21">Day 1</a></dd></body></html>',
        "CVPR2021?day=2021-06-21": listing("/content/CVPR2021", "Example_Practice_CVPR_2021"),
    }
    assert len(list(cvf.papers(edition("CVPR", 2021), site(**pages)))) == 1


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        (
            '<input value=" Ann Example" name=query><input name="query" value="Bo Sample,">',
            ("Ann Example", "Bo Sample"),
        ),
        ("<form class='x authsearch'><input name='query_author' value='Cy  Made-Up'/></form>", ("Cy Made-Up",)),
        ("Ann Example, Bo Sample, Jr.", ("Ann Example", "Bo Sample, Jr.")),
        ("", ()),
    ],
)
def test_authors_are_read_from_the_search_forms_or_the_text(authors, names):
    (paper,) = cvf.papers(edition("CVPR", 2019), site(**{"CVPR2019.py": listing(authors=authors)}))
    assert paper.authors == names


def test_a_listing_saved_as_one_element_is_whole():
    page = listing().replace("<html><body>", '<div id="content"><div>Papers</div>').replace("</body></html>", "</div>")
    assert len(list(cvf.papers(edition("CVPR", 2019), site(**{"CVPR2019.py": page})))) == 1
    with pytest.raises(LayoutChanged, match="cut short"):
        list(cvf.papers(edition("CVPR", 2019), site(**{"CVPR2019.py": page.replace("</dl></div>", "</div></dl>", 1)})))


def test_papers_of_another_conference_on_the_page_are_left_out():
    page = listing().replace("</dl>", PAPER.format(folder="content_CVPR_2018", name="Stray", authors="") + "</dl>")
    assert [p.title for p in cvf.papers(edition("CVPR", 2019), site(**{"CVPR2019.py": page}))] == ["A Practice Title"]


def test_workshops_are_read_from_the_usual_address_where_a_mirror_lacks_the_menu():
    pages = {
        "CVPR2020.py": listing("content_CVPR_2020"),
        "CVPR2020_workshops/menu": '<html><body><dd><a href="CVPR2020_w42.py">W42</a></dd></body></html>',
        "CVPR2020_workshops/CVPR2020_w42": listing("../content_CVPRW_2020").replace("/html/", "/html/w42/"),
    }
    tracks = {p.document_id: p.track for p in cvf.papers(edition("CVPR", 2020), site(**pages))}
    assert tracks == {
        "cvf:CVPR2020/Example_Practice_CVPR_2019": "main",
        "cvf:CVPR2020W/w42/Example_Practice_CVPR_2019": "workshop",
    }


def test_an_edition_that_is_no_conference_of_the_site_is_unknown():
    with pytest.raises(UnknownEdition):
        list(cvf.papers(Edition("cvf", "CVPR", Period(2019)), site()))


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real pages in ../shared")
@pytest.mark.parametrize("spelling", ["CVPR2019.py", "CVPR2019"])
def test_the_real_days_of_2019_count_out(spelling):
    days = {
        f"{spelling}?day=2019-06-{17 + day}": (SHARED / f"samples/cvf/cvpr2019-day{day}.html").read_text("utf-8")
        for day in (1, 2, 3)
    }
    papers = list(cvf.papers(edition("CVPR", 2019), site(**days)))
    assert len(papers) == 431 + 432 + 431
    assert all(paper.track == "main" and paper.authors and paper.pdf_url and paper.title for paper in papers)
    assert sum("supplementary" in paper.attributes for paper in papers) == 621


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real pages in ../shared")
def test_a_real_day_that_is_cut_short_is_refused():
    page = (SHARED / "samples/cvf/cvpr2019-day1.html").read_text("utf-8")
    with pytest.raises(LayoutChanged, match="cut short"):
        list(cvf.papers(edition("CVPR", 2019), site(**{"CVPR2019.py": page[: len(page) // 2]})))

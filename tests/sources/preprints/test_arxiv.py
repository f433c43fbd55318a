"""What is special about arXiv: two markups of lists, records in two formats, months that it takes for years."""

import datetime as dt
from dataclasses import replace

import pytest

from tasks.records import LayoutChanged, Paper, Period, UnknownEdition
from tasks.sources import arxiv_records
from tasks.sources.catalogue import canonical, sources_of
from tasks.sources.preprints import arxiv
from tests import SHARED
from tests.oai_site import Record, Site

SAMPLES = SHARED / "samples/arxiv"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs the real pages in ../shared")

ENTRY = """<dt><a name="item{n}">[{n}]</a> <span class="list-identifier">
<a href="/abs/{key}" title="Abstract">arXiv:{key}</a>{cross}
[<a href="/pdf/{key}" title="Download PDF">pdf</a>]</span></dt>
<dd><div class="meta"><div class="list-title mathjax"><span class="descriptor">Title:</span> On {key}: a title</div>
<div class="list-authors"><span class="descriptor">Authors:</span>
<a href="/a">Zoë Author</a>, <a href="/b">B. Other</a></div>
<div class="list-subjects"><span class="descriptor">Subjects:</span>
<span class="primary-subject">Learning ({primary})</span>; Machine Learning (cs.LG)</div></div></dd>"""
FRAME = """<html><body><div id="dlpage"><small>[ total of {total} entries: 1-{total} ]</small>
{content}</div></body></html>"""


def block(heading: str, keys: list[str], primary: str = "cs.LG") -> str:
    cross = "" if primary == "cs.LG" else f" (cross-list from {primary})"
    entries = [ENTRY.format(n=n, key=key, primary=primary, cross=cross) for n, key in enumerate(keys, 1)]
    return f"<h3>{heading}</h3><dl>{''.join(entries)}</dl>"


def pages(*contents: str, total: int):
    """Serve a list of several pages, in the markup of 2022."""

    def get(url: str) -> bytes:
        skip = int(url.partition("skip=")[2].partition("&")[0])
        return FRAME.format(total=total, content=contents[skip // arxiv.PAGE_SIZE]).encode()

    return get


def ids(papers) -> list[str]:
    return [paper.document_id.removeprefix("arxiv:") for paper in papers]


def test_the_sections_of_new_are_told_apart():
    content = (
        block("New submissions for Fri, 1 Jul 22", ["2207.1"])
        + block("Cross-lists for Fri, 1 Jul 22", ["2207.2"], "stat.ML")
        + block("Replacements for Fri, 1 Jul 22", ["2206.3"])
    )
    papers = list(arxiv.announced("cs.LG", "new", pages(content, total=3)))
    assert [(paper.attributes["announcement"], paper.track) for paper in papers] == [
        ("new", "main"),
        ("cross-list", "cross_list"),
        ("replacement", "main"),
    ]
    assert papers[0].title == "On 2207.1: a title"
    assert papers[0].authors == ("Zoë Author", "B. Other")


@pytest.mark.long
def test_a_month_of_several_pages_is_read_whole():
    keys = [f"1907.{number:05d}" for number in range(2100)]
    get = pages(block("", keys[:2000]), block("", keys[2000:]), total=2100)
    edition = arxiv.edition("cs.LG", Period(2019, 7))
    assert ids(arxiv.preprints(edition, get)) == keys


@pytest.mark.parametrize("total", [4, 2])
def test_a_list_is_held_against_the_total_that_it_announces(total):
    edition = arxiv.edition("cs.LG", Period(2019, 7))
    get = pages(block("", ["1907.1", "1907.2", "1907.3"]), total=total)
    with pytest.raises(LayoutChanged, match=f"3 entries from 0 on of a total of {total}"):
        list(arxiv.preprints(edition, get))


@pytest.mark.parametrize("words", ["No updates today.", "No updates for this time period."])
def test_a_list_that_says_to_be_empty_is_told_from_one_that_changed(words):
    get = pages(f"<dl id='articles'><p>{words}</p></dl>", total=0)
    with pytest.raises(UnknownEdition, match="says so: 'No updates"):
        list(arxiv.announced("cs.LG", "new", get))
    with pytest.raises(LayoutChanged, match="lists no papers"):
        list(arxiv.announced("cs.LG", "new", pages("<dl id='articles'></dl>", total=0)))


def test_an_author_list_that_is_unavailable_names_nobody():
    entry = block("", ["2207.1"]).replace('<a href="/a">Zoë Author</a>, <a href="/b">B. Other</a>', "{}")
    (paper,) = arxiv.announced("cs.LG", "new", pages(entry.format("(author list is unavailable)"), total=1))
    assert paper.authors == ()
    (paper,) = arxiv.announced("cs.LG", "new", pages(entry.format("Zoë Author, B. Other"), total=1))
    assert paper.authors == ("Zoë Author", "B. Other")


@pytest.mark.parametrize("text", ["1907", "2019", "2001"])
def test_a_month_that_arxiv_would_read_as_a_year_is_refused(text):
    with pytest.raises(UnknownEdition, match="YYYY-MM"):
        arxiv.edition("cs.LG", Period.parse(text))


@pytest.mark.parametrize(
    ("venue", "claiming"),
    [("cs.LG", ["arxiv"]), ("hep-th", ["arxiv"]), ("astro-ph.GA", ["arxiv"]), ("MLHC", ["pmlr"])],
)
def test_categories_belong_to_arxiv(venue, claiming):
    assert sources_of(venue) == claiming


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("CS.lg", "cs.LG"),
        ("Cond-Mat.Soft", "cond-mat.soft"),
        ("HEP-TH", "hep-th"),
        ("icml", "ICML"),
        ("Xy.ab", "Xy.ab"),
    ],
)
def test_categories_are_known_however_they_are_written(written, ours):
    assert canonical(written) == ours


def test_a_new_conference_is_not_looked_for_at_arxiv():
    assert "arxiv" not in sources_of("NewConf")
    assert "arxiv" in sources_of("all")
    assert arxiv.edition("CVPR", Period(2019, 7)) is None


@pytest.mark.parametrize(
    ("category", "set_spec", "is_in"),
    [
        ("cs.LG", "cs", True),
        ("cs.LG", "cs:cs", True),
        ("cs.LG", "cs:cs:LG", True),
        ("cs.CV", "cs:cs:LG", False),
        ("stat.ML", "cs", False),
        ("hep-th", "physics:hep-th", True),
    ],
)
def test_sets_hold_the_categories_at_home_in_them(category, set_spec, is_in):
    assert arxiv_records.is_in_set(category, set_spec) is is_in


def read(record: Record, metadata_format: str = "arXivRaw") -> Paper:
    site = Site([])
    return arxiv_records.record_page(site.list_of([record], "", metadata_format).encode(), "x").papers[0]


RECORD = Record(
    "cs/0701001",
    dt.date(2006, 12, 31),
    dt.date(2008, 1, 5),
    "cs.LG stat.ML",
    title="A title with $\\ell_2$\n  on two lines & more",
    authors="Zoë Author (Some Place, (Nowhere)), B. Other, Jr. and C. Third ((1) Here)",
    abstract="An abstract\nof two lines.",
    comments="3 pages",
    versions=2,
)


@pytest.mark.parametrize("metadata_format", arxiv_records.FORMATS)
def test_both_formats_give_the_date_of_the_first_version_and_a_title_of_one_line(metadata_format):
    paper = read(RECORD, metadata_format)
    assert (paper.document_id, paper.published_on, paper.venue) == ("arxiv:cs/0701001", dt.date(2006, 12, 31), "cs.LG")
    assert paper.title == "A title with $\\ell_2$ on two lines & more"
    assert paper.abstract == "An abstract of two lines."
    assert paper.attributes["categories"] == "cs.LG stat.ML"
    assert paper.attributes["datestamp"] == "2008-01-05"


def test_the_raw_format_names_authors_in_a_sentence_and_the_last_version():
    paper = read(RECORD)
    assert paper.authors == ("Zoë Author", "B. Other, Jr.", "C. Third")
    assert paper.pdf_url == "https://arxiv.org/pdf/cs/0701001v2"


@pytest.mark.parametrize(
    ("sentence", "authors"),
    [
        ('OpenAI: Zo\\"e Author, Bob Other', ("OpenAI", "Zoë Author", "Bob Other")),
        ("J. Example\n  and Bo \\O{}ther, Jr. & C. Third", ("J. Example", "Bo Øther, Jr.", "C. Third")),
    ],
)
def test_authors_are_told_apart_and_their_accents_decoded(sentence, authors):
    assert read(replace(RECORD, authors=sentence)).authors == authors


def test_a_colon_is_no_author():
    body = Site([]).list_of([RECORD], "", "arXiv")
    colon = "<author><keyname>:</keyname></author>"
    accented = body.replace("Ann", "Zo\\'{e}").replace("</author>", f"</author>{colon}", 1)
    assert arxiv_records.record_page(accented.encode(), "x").papers[0].authors == ("Zoé Author",)


@pytest.mark.parametrize(
    ("key", "places"),
    [
        ("1907.00001", ["arxiv/pdf/1907/1907.00001v2.pdf", "1907/1907.00001v2.pdf", "1907/1907.00001.pdf"]),
        ("cs/0701001", ["cs/pdf/0701/0701001v2.pdf", "0701/0701001v2.pdf", "0701/cs0701001.pdf"]),
    ],
)
def test_pdfs_are_looked_for_where_the_bucket_and_the_archives_have_them(key, places):
    paper = Paper(f"arxiv:{key}", "A title", attributes={"version": "v2"})
    assert arxiv.pdf_places(paper)[0] == places[0]
    assert set(places) < set(arxiv.pdf_places(paper))


def test_entities_are_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "ha">]>'
    body = Site([]).list_of([RECORD], "").replace("?>", f"?>{bomb}", 1)
    with pytest.raises(LayoutChanged):
        arxiv_records.record_page(body.encode(), "x")


@needs_samples
def test_the_real_records_are_read():
    body = (SAMPLES / "oai_arXiv_ListRecords_hep-th_2017.xml").read_bytes()
    page = arxiv_records.record_page(body, "x")
    assert [(p.document_id, str(p.published_on), p.venue) for p in page.papers] == [
        ("arxiv:1412.8323", "2014-12-29", "quant-ph"),
        ("arxiv:1507.07790", "2015-07-28", "hep-th"),
        ("arxiv:1607.01710", "2016-07-06", "hep-th"),
    ]
    assert [len(paper.authors) for paper in page.papers] == [1, 2, 5]
    assert page.papers[1].attributes["doi"] == "10.1088/1751-8121/aa9c53"
    assert all("\n" not in paper.title and "  " not in paper.title for paper in page.papers)
    assert (page.token, page.response_date) == ("", "2017-12-14T12:56:31Z")


@needs_samples
def test_the_real_single_records_are_read():
    page = arxiv_records.record_page((SAMPLES / "oai_arXiv_records_2016-01.xml").read_bytes(), "x")
    assert len(page.papers) == 12
    assert any("Günter" in author for paper in page.papers for author in paper.authors)
    (paper,) = arxiv_records.record_page(
        (SAMPLES / "oai_arXiv_GetRecord_1606.04259_2016-07.xml").read_bytes(), "x"
    ).papers
    assert (paper.venue, str(paper.published_on), paper.authors) == ("math.AP", "2016-06-14", ("Emmanuele Battista",))
    assert r"$\delta^2$" in (paper.abstract or "")


@needs_samples
def test_the_real_list_of_2026_is_read_and_seen_to_be_a_part():
    body = (SAMPLES / "list_cs.CL_recent_2026-07.html").read_bytes()
    papers, total = arxiv.listing("https://arxiv.org/list/cs.CL/recent", "cs.CL", lambda _url: body)
    assert (len(papers), total) == (50, 408)
    days = [paper.attributes["announcement"] for paper in papers]
    assert (days.count("Mon, 27 Jul 2026"), days.count("Fri, 24 Jul 2026")) == (47, 3)
    cross = next(paper for paper in papers if paper.document_id == "arxiv:2607.22513")
    assert (cross.track, cross.venue, cross.attributes["categories"]) == ("cross_list", "cs.CY", "cs.CY cs.AI cs.CL")
    assert sum(paper.track == "cross_list" for paper in papers) == body.count(b"(cross-list from")
    with pytest.raises(LayoutChanged, match="50 entries from 0 on of a total of 408"):
        list(arxiv.announced("cs.CL", "recent", lambda _url: body))


@needs_samples
def test_the_real_entry_of_2022_is_read():
    body = (SAMPLES / "list_cs_new_entry_2022-02_excerpt.html").read_bytes()
    (paper,), _ = arxiv.listing("https://arxiv.org/list/cs/new", "cs", lambda _url: body)
    assert (paper.document_id, paper.venue, paper.track) == ("arxiv:2202.04643", "cs.LG", "main")
    assert paper.attributes["categories"] == "cs.LG cs.CE physics.comp-ph"
    assert len(paper.authors) == 4
    assert (paper.abstract or "").startswith("In the absence")

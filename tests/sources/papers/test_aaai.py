"""What is special about AAAI: a list behind tokens, years that share sections, and one article that breaks pages."""

import pytest

from tasks.records import (
    ChallengePage,
    Edition,
    LayoutChanged,
    PageMissing,
    PageUnavailable,
    Period,
    SiteError,
    UnknownEdition,
)
from tasks.sources.papers import aaai
from tests import SHARED

SAMPLE = SHARED / "samples/aaai/ojs_oai_ListRecords_first_record_scrubbed.xml"

PAGE = '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{}</OAI-PMH>'
HEADER = "<header{status}><identifier>oai:ojs.aaai.org:article/{n}</identifier><setSpec>AAAI:{code}</setSpec></header>"
RECORD = (
    "<record>" + HEADER + '<metadata><d xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Title {n}</dc:title>'
    "<dc:identifier>https://ojs.aaai.org/index.php/AAAI/article/view/{n}</dc:identifier>"
    "<dc:source>Proceedings; Vol. {volume} No. 1: {issue}; 1-2</dc:source>"
    "<dc:relation>https://ojs.aaai.org/index.php/AAAI/article/view/{n}/9{n}</dc:relation></d></metadata></record>"
)
LIST = f"{aaai.OAI}?verb=ListRecords&metadataPrefix=oai_dc"


def record(n, code="ML", volume=33, issue="AAAI-19", status=""):
    return RECORD.format(n=n, code=code, volume=volume, issue=issue, status=status)


def header(n, status=""):
    return HEADER.format(n=n, code="ML", status=status)


def listing(*parts, verb="ListRecords", token=""):
    return PAGE.format(f"<{verb}>{''.join(parts)}<resumptionToken>{token}</resumptionToken></{verb}>")


def section(code, name):
    return f"<set><setSpec>AAAI:{code}</setSpec><setName>{name}</setName></set>"


def ask(pages, year=2019):
    """List a year from pages by address; a page that is an exception is raised, what is not there is missing."""

    def get(url):
        page = pages.get(url, PageMissing(url))
        if isinstance(page, Exception):
            raise page
        return page if isinstance(page, bytes) else page.encode()

    return list(aaai.papers(Edition("aaai", "AAAI", Period(year), f"v{year - 1986}"), get))


@pytest.mark.parametrize(
    ("name", "track"),
    [
        ("AAAI Technical Track: Machine Learning", "main"),
        ("AAAI Special Track on AI for Social Impact", "main"),
        ("Main Track: NLP and Text Mining", "main"),
        ("AAAI Student Abstract and Poster Program", "student"),
        ("The Twenty - Seventh AAAI / SIGAI Doctoral Consortium", "doctoral_consortium"),
        ("AAAI Undergraduate Consortium", "doctoral_consortium"),
        ("AAAI Demonstration Track", "demo"),
        ("IAAI18 - Emerging", "iaai"),
        ("IAAI Technical Track on AI Incidents and Best Practices", "iaai"),
        ("EAAI: Mentored Undergraduate Research Challenge: AI for Accessibility in Comm", "eaai"),
        ("Senior Member Presentation: Blue Sky Papers", "senior_member"),
        ("New Faculty Highlights", "new_faculty"),
        ("What's Hot Abstracts", "whats_hot"),
        ("AAAI Journal Track", "journal"),
    ],
)
def test_a_section_name_tells_the_track(name, track):
    sets = listing(section("X", name), verb="ListSets")
    pages = {f"{aaai.OAI}?verb=ListSets": sets, f"{LIST}&set=AAAI:X": listing(record(1, "X"))}
    (paper,) = ask(pages)
    assert paper.track == track


@pytest.mark.parametrize(
    ("code", "issue", "track"),
    [
        ("AISI", "AAAI-19, IAAI-19, EAAI-20", "main"),
        ("NLPML", "AAAI-19, IAAI-19, EAAI-20", "main"),
        ("SA", "AAAI-19, IAAI-19, EAAI-20", "student"),
        ("EAAIFP", "AAAI-19, IAAI-19, EAAI-20", "eaai"),
        ("DP", "AAAI-19, IAAI-19, EAAI-20", "iaai"),
        ("DTA", "AAAI-19, IAAI-19, EAAI-20", "demo"),
        ("DOC22", "AAAI-22 Technical Tracks 11", "doctoral_consortium"),
        ("AI24-3", "AAAI-24 Technical Tracks 3", "main"),
        ("AI24-46", "IAAI-24, EAAI-24, AAAI-24 Student Abstracts and Demonstrations", "other"),
    ],
)
def test_without_the_list_of_sections_the_code_and_the_issue_tell_the_track(code, issue, track):
    (paper,) = ask({LIST: listing(record(1, code, issue=issue))})
    assert paper.track == track


def test_a_year_is_looked_for_in_its_own_sections_and_in_those_of_no_year():
    codes = ("ML", "AI4SI-23", "HUM22", "AI24-1", "2024-149")
    sets = listing(*(section(code, "AAAI Technical Track") for code in codes), verb="ListSets")

    def asked(year):
        pages = {f"{aaai.OAI}?verb=ListSets": sets} | {
            f"{LIST}&set=AAAI:{code}": listing(record(n, code, year - 1986)) for n, code in enumerate(codes)
        }
        return [paper.title.removeprefix("Title ") for paper in ask(pages, year)]

    assert {year: asked(year) for year in (2019, 2023, 2024)} == {
        2019: ["0"],
        2023: ["0", "1"],
        2024: ["3", "4"],
    }


def test_a_page_that_the_server_cannot_show_is_read_one_by_one():
    down = PageUnavailable("answered 500")
    single = f"{aaai.OAI}?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:ojs.aaai.org:article/"
    pages = {
        LIST: listing(record(1), token="t"),
        f"{aaai.OAI}?verb=ListRecords&resumptionToken=t": down,
        f"{aaai.OAI}?verb=ListIdentifiers&metadataPrefix=oai_dc": listing(
            header(1), header(2), header(3), header(4, " status='deleted'"), verb="ListIdentifiers"
        ),
        f"{single}2": down,
        f"{single}3": listing(record(3), verb="GetRecord"),
    }
    assert [paper.document_id for paper in ask(pages)] == ["aaai:1", "aaai:3"]


def test_a_server_that_is_down_is_not_an_empty_one():
    headers = listing(*map(header, range(9)), verb="ListIdentifiers")
    single = f"{aaai.OAI}?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:ojs.aaai.org:article/"
    pages = {LIST: PageUnavailable("down"), f"{aaai.OAI}?verb=ListIdentifiers&metadataPrefix=oai_dc": headers}
    with pytest.raises(PageUnavailable):
        ask(pages | {f"{single}{n}": PageUnavailable("down") for n in range(9)})


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (PAGE.format('<error code="badResumptionToken">expired</error>'), SiteError),
        (PAGE.format('<error code="badVerb">what?</error>'), SiteError),
        (PAGE.format('<error code="noRecordsMatch">none</error>'), LayoutChanged),
        (listing(), LayoutChanged),
        (listing(record(1, volume=32)), UnknownEdition),
        (listing(record(1).replace("<dc:title>Title 1</dc:title>", "")), LayoutChanged),
        (listing(record(1).replace("/view/1/91", "/view/1")), LayoutChanged),
        (BOMB + listing(record(1)).replace("Title", "&b;").partition("?>")[2], LayoutChanged),
        (listing(record(1))[:-20], LayoutChanged),
        ("<html><body>Verifying your browser<br></body></html>", ChallengePage),
    ],
)
def test_a_page_that_is_no_list_is_refused(page, error):
    with pytest.raises(error):
        ask({LIST: page})


def test_a_token_that_leads_in_a_circle_is_refused():
    circle = listing(record(1), token="t")
    with pytest.raises(LayoutChanged, match="itself"):
        ask({LIST: circle, f"{aaai.OAI}?verb=ListRecords&resumptionToken=t": circle})


def test_control_characters_that_xml_forbids_are_dropped():
    (paper,) = ask({LIST: listing(record(1)).replace("Title 1", "Ti\x0btle")})
    assert paper.title == "Title"


@pytest.mark.skipif(not SAMPLE.is_file(), reason="needs the real pages in ../shared")
def test_the_real_record_is_read():
    (paper,) = ask({LIST: SAMPLE.read_bytes()})
    assert (paper.document_id, paper.track, len(paper.authors)) == ("aaai:3745", "main", 3)
    assert paper.pdf_url == "https://ojs.aaai.org/index.php/AAAI/article/download/3745/3623"
    assert paper.attributes["pages"] == "695-701"
    assert str(paper.published_on) == "2019-07-21"

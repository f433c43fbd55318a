"""What is special about OpenReview: lists held against their count, a login that is asked for, old pages behind it."""

import json

import pytest

from tasks.records import ChallengePage, Edition, LayoutChanged, PageForbidden, PageMissing, Period, UnknownEdition
from tasks.sources.papers import openreview
from tests import SHARED

SAMPLES = SHARED / "samples/openreview"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs the real pages in ../shared")

PAGE = "&limit=1000&offset={}"
ICLR_2024 = "https://api2.openreview.net/notes?content.venueid=ICLR.cc/2024/Conference" + PAGE
ICLR_2022 = "https://api.openreview.net/notes?invitation=ICLR.cc/2022/Conference/-/Blind_Submission" + PAGE
GROUP_PAGE = "https://openreview.net/group?id=ICLR.cc/{}/Conference"


def edition(year: int, venue: str = "ICLR") -> Edition:
    return Edition("openreview", venue, Period(year), openreview._group(venue, year))


def site(pages):
    """Make a `get` of pages by address: JSON, HTML, or an error to raise; whatever else is missing."""

    def get(url):
        page = pages.get(url, PageMissing(url))
        if isinstance(page, Exception):
            raise page
        return page if isinstance(page, bytes) else (page if isinstance(page, str) else json.dumps(page)).encode()

    return get


def ask(pages, year, venue="ICLR"):
    return list(openreview.papers(edition(year, venue), site(pages)))


def note(name, **content):
    content = {"title": f"Title {name}", "authors": ["Ada Example"]} | content
    return {"id": f"n{name}", "forum": f"n{name}", "content": content}


def note_v2(name, **content):
    return note(name) | {"content": {key: {"value": value} for key, value in note(name, **content)["content"].items()}}


def test_a_list_of_several_pages_is_read_to_its_count():
    notes = [note_v2(n) for n in range(1500)]
    pages = {ICLR_2024.format(offset): {"notes": notes[offset : offset + 1000], "count": 1500} for offset in (0, 1000)}
    assert len(ask(pages, 2024)) == 1500


@pytest.mark.parametrize(
    "answers",
    [
        [{"notes": [note_v2(1)], "count": 2}, {"notes": [], "count": 2}],
        [{"notes": [note_v2(1), note_v2(1)], "count": 2}],
        [{"notes": [note_v2(1)], "count": 2}, {"notes": [note_v2(1)], "count": 2}],
        [{"notes": [note_v2(1, title="")], "count": 1}],
        [{"notes": [{"content": {}}], "count": 1}],
        [{"notes": {}, "count": 0}],
        [{"errors": ["limit must be at most 1000"], "count": 0}],
        [[]],
    ],
)
def test_a_list_that_is_not_what_it_says_is_refused(answers):
    pages = {ICLR_2024.format(offset): answer for offset, answer in enumerate(answers)}
    with pytest.raises(LayoutChanged):
        ask(pages, 2024)


@pytest.mark.parametrize(
    "answer",
    [
        PageForbidden("403"),
        "<!DOCTYPE html><html><head><title>Verifying your browser | OpenReview</title></head><body>...</body></html>",
        {"name": "ChallengeRequiredError", "message": "Please complete the challenge", "status": 403},
        {"name": "ForbiddenError", "message": "not for you", "status": 403},
    ],
)
@pytest.mark.parametrize(("year", "first"), [(2024, ICLR_2024), (2022, ICLR_2022)])
def test_a_refusal_says_how_to_log_in(answer, year, first):
    shell = "<html><body><div id='__next'></div></body></html>"
    with pytest.raises(ChallengePage, match=r"api2\.openreview\.net/login .* MENTIONS_OPENREVIEW_TOKEN"):
        ask({first.format(0): answer, GROUP_PAGE.format(year): shell}, year)


@pytest.mark.parametrize(
    ("venue", "track"),
    [
        ("ICLR 2022 Poster", "main"),
        ("ICLR 2022 Spotlight", "main"),
        ("ICLR 2022 Oral", "main"),
        ("ICLR 2022 notable top 25%", "main"),
        ("ICLR 2022 Invite to Workshop", "workshop"),
        ("ICLR 2022 Submitted", None),
        ("Submitted to ICLR 2022", None),
        ("ICLR 2022 Conference Withdrawn Submission", None),
        ("", None),
    ],
)
def test_the_venue_tells_what_was_accepted_and_the_venueid_does_not(venue, track):
    notes = [note(1, venue="ICLR 2022 Poster"), note(2, venue=venue, venueid="ICLR.cc/2022/Conference")]
    papers = ask({ICLR_2022.format(0): {"notes": notes, "count": 2}}, 2022)
    assert [paper.track for paper in papers[1:]] == ([track] if track else [])


@pytest.mark.parametrize("venueid", ["Rejected_Submission", "Withdrawn_Submission", "Desk_Rejected_Submission"])
def test_a_suffix_of_the_venueid_is_a_refusal_since_2024(venueid):
    notes = [note_v2(1), note_v2(2, venueid=f"ICLR.cc/2024/Conference/{venueid}")]
    papers = ask({ICLR_2024.format(0): {"notes": notes, "count": 2}}, 2024)
    assert [paper.document_id for paper in papers] == ["openreview:n1"]


def test_submissions_of_which_none_is_accepted_are_no_conference():
    notes = [note(1, venue="Submitted to ICLR 2022")]
    with pytest.raises(LayoutChanged, match="none"):
        ask({ICLR_2022.format(0): {"notes": notes, "count": 1}}, 2022)


@pytest.mark.parametrize(("year", "venue"), [(2024, "ICLR"), (2025, "TMLR"), (2024, "NeurIPS")])
def test_what_is_not_accepted_yet_or_not_read_here_is_unknown(year, venue):
    tmlr = openreview.V2 + "/notes?content.venueid=TMLR" + PAGE.format(0)
    journal = {"notes": [note_v2(1) | {"pdate": 1667300000000}], "count": 1}
    with pytest.raises(UnknownEdition):
        ask({ICLR_2024.format(0): {"notes": [], "count": 0}, tmlr: journal}, year, venue)


def test_a_paper_of_the_archive_may_stand_on_openreview():
    page = '<html><body><h1>ICLR</h1><ol><li><a href="{}">A Title</a><br/>Ada Example</li></ol></body></html>'
    address = openreview.ARCHIVED[2016]
    (paper,) = ask({address: page.format("https://beta.openreview.net/forum?id=abc16")}, 2016)
    assert (paper.document_id, paper.pdf_url) == ("openreview:abc16", "https://openreview.net/pdf?id=abc16")


def test_a_page_of_a_part_of_the_papers_is_refused():
    page = (
        '<html><body><div class="tab-pane" id="accept-poster"><ul class="submissions-list"><li class="note" '
        'data-id="a"><h4><a href="/forum?id=a">Title</a></h4></li></ul>{}</div></body></html>'
    )
    assert len(ask({GROUP_PAGE.format(2020): page.format("")}, 2020)) == 1
    with pytest.raises(LayoutChanged, match="part"):
        ask({GROUP_PAGE.format(2020): page.format("<ul class='pagination'><li>1</li></ul>")}, 2020)


def test_new_years_are_found_in_the_groups_and_only_the_login_may_lack():
    groups = openreview.V2 + "/groups?parent=ICLR.cc" + PAGE.format(0)
    found = {"groups": [{"id": "ICLR.cc/2013"}, {"id": "ICLR.cc/2031"}, {"id": "ICLR.cc/-/Edit"}], "count": 3}
    for answer, last in ((found, 2031), (PageForbidden("403"), 2026), ("<p>Verifying your browser</p>", 2026)):
        years = [e.period.year for e in openreview.editions(site({groups: answer})) if e.venue == "ICLR"]
        assert years == list(range(2013, last + 1))
    with pytest.raises(LayoutChanged):
        list(openreview.editions(site({groups: {"groups": [], "count": 0}})))


def real(name):
    answer = json.loads((SAMPLES / name).read_text())["response"]
    return answer.get("json") or answer["text"]


@needs_samples
def test_the_real_notes_of_2024_are_read():
    answer = real("v2_notes_accepted_ICLR2024_scrubbed.json") | {"count": 1}
    (paper,) = ask({ICLR_2024.format(0): answer}, 2024)
    assert paper.document_id == "openreview:rhgIgTSSxW"
    assert paper.pdf_url == "https://openreview.net/pdf/178e173a880d7872c0a79d88e005426c20501329.pdf"
    assert (len(paper.authors), str(paper.published_on)) == (2, "2024-01-16")


@needs_samples
def test_the_real_decision_of_2020_is_read_from_the_forum():
    base = "https://api.openreview.net/notes?"
    submissions = real("v1_notes_blind_submission_ICLR2020_scrubbed.json") | {"count": 1}
    pages = {
        f"{base}invitation=ICLR.cc/2020/Conference/-/Blind_Submission{PAGE.format(0)}": submissions,
        f"{base}forum=ryxyCeHtPB{PAGE.format(0)}": real("v1_forum_decision_ICLR2020_scrubbed.json"),
    }
    (paper,) = ask(pages, 2020)
    assert (paper.document_id, paper.track) == ("openreview:ryxyCeHtPB", "main")
    assert paper.attributes == {"decision": "Accept (Poster)"}


@needs_samples
def test_the_real_challenge_and_the_real_count_are_refused():
    with pytest.raises(ChallengePage, match="MENTIONS_OPENREVIEW_TOKEN"):
        ask({ICLR_2024.format(0): real("v2_anonymous_challenge_2026-09.json")}, 2024)
    count = real("v2_notes_count_ICLR2024.json")
    with pytest.raises(LayoutChanged, match="2260"):
        ask({ICLR_2024.format(0): count, ICLR_2024.format(1): {"notes": [], "count": 2260}}, 2024)


@needs_samples
def test_the_real_page_of_2020_counts_out():
    papers = ask({GROUP_PAGE.format(2020): (SAMPLES / "iclr2020-oral.html").read_bytes()}, 2020)
    assert len(papers) == 48
    assert all(paper.track == "main" and paper.authors and paper.abstract and paper.pdf_url for paper in papers)

"""Harvesting arXiv over real HTTP from a stand-in: whatever goes wrong, exactly the right documents are stored."""

import datetime as dt
import signal
import subprocess
import sys
import time
from dataclasses import replace
from threading import Event

import pytest

from tasks.collecting.oai_harvest import answered_on, editions, harvest
from tasks.lake.lake import Lake
from tasks.lake.storage import LakeError
from tasks.records import Edition, Period
from tasks.web.crawler import Crawler
from tests.commands import environment
from tests.marks import long_but
from tests.oai_site import Record, Site, records, send, serving

MANY = 20_000
BUSY = {"Retry_After": "1"}

HARVEST = """
import logging, sys
from tasks.web.crawler import Crawler
from tasks.collecting.oai_harvest import harvest
from tasks.lake.lake import Lake
from tasks.settings import settings
with Crawler(settings()) as crawler:
    print(harvest(crawler, Lake(settings().data_dir), settings()).outcome)
"""


@pytest.fixture(scope="module")
def many() -> list[Record]:
    return records(MANY)


@pytest.fixture
def site(many):
    with serving(Site(list(many))) as site:
        yield site


@pytest.fixture
def small():
    with serving(Site(records(300), page_size=100)) as site:
        yield site


@pytest.fixture
def run(configure):
    """Give a function that harvests a site into the test's lake as one night does."""

    def harvested(site: Site, **values):
        settings = configure(mirror=site.address, retries=2, **values)
        with Crawler(settings) as crawler:
            return harvest(crawler, Lake(settings.data_dir), settings)

    return harvested


@pytest.fixture
def lake(configure) -> Lake:
    return Lake(configure().data_dir)


def stored(lake: Lake) -> dict[str, tuple[str, str, str]]:
    """Give period, venue and datestamp of every stored document; each may stand once only."""
    columns = ["document_id", "period", "venue", "attributes"]
    rows = [row for edition in editions(lake) for row in lake.read("documents", edition, columns).to_pylist()]
    found = {r["document_id"]: (r["period"], r["venue"], dict(r["attributes"])["datestamp"]) for r in rows}
    assert len(found) == len(rows)
    return found


def expected(site: Site) -> dict[str, tuple[str, str, str]]:
    return {
        f"arxiv:{record.key}": (f"{record.first_on:%Y-%m}", record.categories.split()[0], str(record.changed_on))
        for record in site.records
        if not record.is_deleted
    }


def once(wrong):
    """Answer the seventh query wrongly, and every other as the service does."""

    def fault(site, handler, query):
        return len(site.queries) == 7 and wrong(site, handler, query)

    return fault


def busy(site, handler, query):
    send(handler, "<html>Retry after 1 second</html>", 503, **BUSY)
    return True


def expired(site, handler, query):
    send(handler, site.page("<error code='badResumptionToken'>it has expired</error>"))
    return True


def repeating(site, handler, query):
    """Repeat the end of the page before, as it was a year ago, and a paper of this page."""
    skip = int(query["skip"])
    before, after = (site.sorted(query["set"])[skip + start :][:1000] for start in (-1000, 0))
    old = [replace(record, changed_on=record.changed_on - dt.timedelta(days=365)) for record in before[-300:]]
    body = site.answer(query).replace("<ListRecords>", "<ListRecords>" + "".join(r.xml() for r in [*old, after[500]]))
    send(handler, body)
    return True


def short(site, handler, query):
    """Give 40 papers in place of 1,000, and a token that goes on after them."""
    whole, part = site.answer(query), replace(site, page_size=40)
    assert whole.count("<record>") == 1000
    send(handler, part.answer(query))
    return True


@pytest.mark.parametrize("wrong", long_but([busy, expired, repeating, short]))
def test_every_record_is_stored_once_whatever_goes_wrong_on_the_way(site, run, lake, wrong):
    site.fault = once(wrong)
    result = run(site)
    assert (result.outcome, result.problem, result.new_count) == ("complete", None, MANY)
    assert stored(lake) == expected(site)
    if wrong is busy:
        assert site.queries[6] == site.queries[7], "the same page is asked for again"
    if wrong is expired:
        assert sum("skip" not in query for query in site.queries) == 3, "cs was begun again, stat was not"


@pytest.mark.long
def test_a_killed_harvest_goes_on_at_the_page_under_way(site, run, lake, tmp_path):
    arrived, gone = Event(), Event()

    def hang(site, handler, query):
        arrived.set()
        return gone.wait(60)

    site.fault = once(hang)
    env = environment(lake.root.parent, mirror=site.address)
    with subprocess.Popen([sys.executable, "-c", HARVEST], env=env) as killed:
        assert arrived.wait(60)
        killed.send_signal(signal.SIGKILL)
    gone.set()
    assert stored(lake) == {}, "no half month is visible"
    before, site.fault = list(site.queries), None
    site.queries.clear()
    assert run(site).outcome == "complete"
    assert site.queries[0] == before[-1]
    assert [query for query in site.queries if query in before[:-1]] == [], "no page is asked for twice"
    assert stored(lake) == expected(site)


def test_a_harvest_that_dies_while_it_merges_ends_with_the_same_months(small, run, lake):
    """Each month is written in turn; the disk refuses the third."""
    small.change(*(replace(record, first_on=dt.date(2019, 1 + n % 5, 3)) for n, record in enumerate(small.records)))
    obstacle = lake.path("documents", Edition("arxiv", "all", Period(2019, 3)))
    obstacle.mkdir(parents=True)
    with pytest.raises(LakeError):
        run(small)
    obstacle.rmdir()
    assert {period for period, *_ in stored(lake).values()} == {"2019-01", "2019-02"}
    asked = len(small.queries)
    assert run(small).outcome == "complete"
    assert stored(lake) == expected(small)
    assert all("from" in query for query in small.queries[asked:]), "what came before the crash is not asked for again"


def test_the_next_night_asks_for_what_changed_and_nothing_may_have(small, run, lake):
    run(small)
    small.queries.clear()
    result = run(small)
    assert [query.get("from") for query in small.queries] == ["2026-11-20", "2026-11-20"]
    assert (result.outcome, result.new_count) == ("complete", 0)
    assert answered_on(lake, "cs") == dt.date(2026, 11, 20)


def test_changed_new_and_deleted_records_are_taken_over(small, run, lake):
    run(small)
    small.today = day = dt.date(2026, 11, 21)
    first, second, third = small.records[:3]
    small.change(
        replace(first, changed_on=day, title="Another title"),
        replace(second, changed_on=day, is_deleted=True),
        replace(third, changed_on=day, first_on=dt.date(2018, 12, 31)),  # arXiv corrected the date of its version 1
        Record("2611.00001", dt.date(2026, 11, 20), day, "stat.ML"),
    )
    result = run(small)
    assert result.new_count == 2  # of their months
    assert stored(lake) == expected(small)
    assert f"arxiv:{second.key}" not in stored(lake)
    january = lake.read("documents", Edition("arxiv", "all", Period(2019, 1))).to_pylist()
    assert january[0]["title"] == "Another title"


def test_a_deleted_record_that_comes_back_is_stored(small, run, lake):
    run(small)
    record = small.records[0]
    small.today = dt.date(2026, 11, 22)
    back = replace(record, changed_on=small.today)
    gone = replace(record, changed_on=dt.date(2026, 11, 21), is_deleted=True)
    small.fault = lambda site, handler, query: send(handler, site.list_of([back, gone], "")) or True
    run(small)
    assert stored(lake)[f"arxiv:{record.key}"][2] == "2026-11-22"


def test_papers_at_home_elsewhere_are_cross_lists(small, run, lake):
    small.change(Record("1901.99999", dt.date(2019, 1, 9), dt.date(2019, 1, 10), "math.OC cs.LG"))
    run(small)
    rows = lake.read("documents", Edition("arxiv", "all", Period(2019, 1))).to_pylist()
    assert {row["track"] for row in rows if row["venue"] != "math.OC"} == {"main"}
    assert [row["track"] for row in rows if row["venue"] == "math.OC"] == ["cross_list"]


@pytest.mark.parametrize(
    ("changes", "is_withdrawn"),
    [
        ({"comments": "This paper has been withdrawn by the author due to an error in Lemma 2"}, True),
        ({"comments": "Withdrawn"}, True),
        ({"comments": "12 pages. It has been withdrawn by the authors"}, True),
        ({"abstract": "This paper has been withdrawn."}, True),
        ({"is_empty": True, "versions": 2}, True),
        ({"comments": "Supersedes arXiv:1901.00002, which has been withdrawn by the authors"}, False),
        ({"comments": "12 pages, withdrawn due to a gap in Lemma 2"}, True),
        ({"comments": "The authors have withdrawn this paper"}, True),
        ({"comments": "This paper is withdrawn from arXiv"}, True),
        ({"comments": "Replaces the withdrawn note"}, False),
        ({"comments": "This paper was withdrawn from another venue; a longer version"}, False),
        ({"abstract": "Money is withdrawn from banks."}, False),
    ],
)
def test_withdrawn_papers_are_marked_and_link_no_pdf(small, run, lake, changes, is_withdrawn):
    small.change(replace(small.records[0], **changes))
    run(small)
    row = lake.read("documents", Edition("arxiv", "all", Period(2019, 1))).to_pylist()[0]
    assert (row["is_withdrawn"], row["pdf_url"] is None) == (is_withdrawn, is_withdrawn)


def test_a_403_ends_the_night_at_once_and_shows(small, run, lake):
    small.fault = once(lambda site, handler, query: send(handler, "denied", 403) or True)
    small.page_size = 30
    result = run(small)
    assert len(small.queries) == 7, "nothing is asked for after it"
    assert result.outcome == "failed"
    assert "403" in result.problem
    assert "for an attack" in result.problem
    assert stored(lake) == {}, "no month of which a set is missing"
    assert lake.read("runs", result.edition).to_pylist()[-1]["outcome"] == "failed"
    small.fault = None
    assert run(small).outcome == "complete"
    assert stored(lake) == expected(small)
    assert lake.read("runs", result.edition).to_pylist()[-1]["outcome"] == "complete"


def test_a_retry_after_is_waited_for(small, run):
    asked_at = []

    def note_time(site, handler, query):
        asked_at.append(time.monotonic())
        return len(asked_at) == 1 and busy(site, handler, query)

    small.fault = note_time
    assert run(small).outcome == "complete"
    assert asked_at[1] - asked_at[0] >= 1


def test_a_token_known_to_be_over_is_not_sent(small, run, lake):
    """The harvest stops in the middle; the next night begins the list again, because tokens end at midnight."""
    small.page_size, small.expires = 30, "2019-07-01T00:00:00Z"
    small.fault = once(lambda site, handler, query: send(handler, "down", 501) or True)
    assert run(small).outcome == "failed"
    small.queries.clear()
    small.fault = None
    assert run(small).outcome == "complete"
    assert "skip" not in small.queries[0]
    assert stored(lake) == expected(small)


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ("<html><title>Just a moment...</title></html>", "challenge"),
        ("", "not whole XML"),
        ("{empty}", "holds no records"),
        ("{nothing}", "never empty"),
        ("{broken}", "without id, title, categories or date"),
    ],
)
def test_a_page_that_is_no_list_fails_and_changes_nothing(small, run, lake, page, problem):
    page = page.format(
        empty=small.page("<ListRecords></ListRecords>"),
        nothing=small.page("<error code='noRecordsMatch'>none</error>"),
        broken=small.list_of([replace(small.records[0], categories="")], ""),
    )
    small.fault = lambda site, handler, query: send(handler, page) or True
    result = run(small)
    assert result.outcome == "failed"
    assert problem in result.problem
    assert stored(lake) == {}


def test_a_token_that_leads_in_a_circle_is_refused(small, run):
    small.fault = lambda site, handler, query: (
        "skip" in query and not send(handler, site.answer({**query, "skip": "0"}))
    )
    assert "there before" in run(small).problem


def test_a_mirror_with_the_format_arxiv_alone_is_read(small, run, lake):
    small.formats = ("arXiv",)
    assert run(small).outcome == "complete"
    assert stored(lake) == expected(small)

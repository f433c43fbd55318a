"""arXiv as a flow, against the practice web: records, full texts by choice from three places, a 403 among PDFs."""

import shutil

import pytest

from flows.backfill import backfill
from flows.preprints import harvest_arxiv
from tasks import warehouse
from tasks.collecting.oai_harvest import editions
from tasks.collecting.papers import BATCHES_AT_ONCE, read_batch
from tasks.collecting.preprints import unread
from tasks.collecting.tools import workbench
from tasks.lake.lake import Lake
from tasks.records import Period
from tests.servers import serving

pytestmark = pytest.mark.usefixtures("prefect_api")


@pytest.fixture
def web(practice_web, tmp_path):
    """Serve a copy of the practice arXiv that the test may change."""
    for host in ("arxiv.org", "oaipmh.arxiv.org"):
        shutil.copytree(practice_web / host, tmp_path / "web" / host)
    with serving(tmp_path / "web") as web:
        yield web


@pytest.fixture
def settings(configure, web):
    return configure(mirror=web.address, batch_size=4, retries=0)


def statuses(settings) -> dict[str, str]:
    lake = Lake(settings.data_dir)
    rows = (row for edition in editions(lake) for row in lake.read("texts", edition).to_pylist())
    return {row["document_id"].removeprefix("arxiv:"): row["text_status"] for row in rows}


def outcomes(*arguments, **options) -> list[tuple[str, str]]:
    results = harvest_arxiv(*arguments, **options)
    return [(str(result.edition.period), result.outcome) for result in results[1:]]


def pdfs(web) -> list[str]:
    return [path.rpartition("/")[2] for path, _ in web.requests if "/pdf/" in path]


def test_full_texts_are_those_of_the_categories_and_months_asked_for(web, settings):
    assert outcomes("2019-08", "2019-09", ["cs.LG"], full_text=True) == [
        ("2019-08", "complete"),
        ("2019-09", "complete"),
    ]
    assert len(pdfs(web)) == 16
    assert {name[:4] for name in pdfs(web)} == {"1908", "1909"}
    assert set(statuses(settings).values()) == {"read"}
    web.requests.clear()
    assert outcomes("2019-08", "2019-09", ["cs.LG"], full_text=True) == []
    assert pdfs(web) == [], "what was read is not asked for again"


def test_without_a_wish_no_pdf_is_asked_for(web, settings):
    assert outcomes("2019", "2019", ["cs.LG"]) == []
    assert pdfs(web) == []


def test_the_setting_wishes_for_full_texts_and_withdrawn_papers_are_left_out(web, configure):
    settings = configure(mirror=web.address, retries=0, arxiv_full_text="stat.ML, cs.LG")
    results = dict(outcomes("2019-07", "2019-07"))
    assert results == {"2019-07": "complete"}
    found = statuses(settings)
    assert len(found) == 8 + 4 - 1, "the withdrawn paper of stat.ML is not asked for"
    assert sum(status == "missing" for status in found.values()) == 3, "the practice arXiv has no PDFs of stat.ML"


def test_pdfs_can_come_from_the_public_bucket(web, configure, tmp_path):
    bucket = tmp_path / "web/storage.googleapis.com/arxiv-dataset/arxiv/arxiv/pdf/1907"
    bucket.mkdir(parents=True)
    for pdf in (tmp_path / "web/arxiv.org/pdf").glob("1907*"):
        pdf.rename(bucket / f"{pdf.name}.pdf")
    pdfs_of = "https://storage.googleapis.com/arxiv-dataset/arxiv"
    settings = configure(mirror=web.address, retries=0, arxiv_pdfs=pdfs_of)
    assert outcomes("2019-07", "2019-07", ["cs.LG"], full_text=True) == [("2019-07", "complete")]
    assert set(statuses(settings).values()) == {"read"}


def test_pdfs_can_come_from_a_folder(web, configure, tmp_path):
    folder = tmp_path / "pdfs"
    (folder / "1907").mkdir(parents=True)
    first, *others = sorted((tmp_path / "web/arxiv.org/pdf").glob("1907*"))
    for pdf in others:
        shutil.copy(pdf, folder / "1907" / f"{pdf.name}.pdf")
    settings = configure(mirror=web.address, retries=0, arxiv_pdfs=folder)
    assert outcomes("2019-07", "2019-07", ["cs.LG"], full_text=True) == [("2019-07", "complete")]
    assert len(statuses(settings)) == len(others)
    assert set(statuses(settings).values()) == {"read"}
    assert pdfs(web) == []
    configure(arxiv_pdfs="https://arxiv.org/pdf")
    outcomes("2019-07", "2019-07", ["cs.LG"], full_text=True)
    assert pdfs(web) == [first.name], "what the folder does not hold may be had from arXiv"
    assert statuses(settings)[first.name.removesuffix("v1")] == "read"


def test_what_one_place_misses_is_asked_for_at_another_and_once_only(web, configure):
    bucket = "https://storage.googleapis.com/arxiv-dataset/arxiv"
    for place, status in [(bucket, "missing"), ("https://arxiv.org/pdf", "read")]:
        settings = configure(mirror=web.address, retries=0, arxiv_pdfs=place)
        for is_asked in (True, False):
            web.requests.clear()
            outcomes("2019-07", "2019-07", ["cs.LG"], full_text=True)
            assert bool(pdfs(web)) == is_asked
            assert set(statuses(settings).values()) == {status}


def test_a_folder_that_is_none_is_named(web, configure, tmp_path):
    configure(mirror=web.address, arxiv_pdfs=tmp_path / "nowhere")
    harvested, failed = harvest_arxiv("2019-07", "2019-07", ["cs.LG"], full_text=True)
    assert (harvested.outcome, failed.outcome) == ("complete", "failed")
    assert "MENTIONS_ARXIV_PDFS: " in failed.problem
    assert "nowhere" in failed.problem


def test_texts_that_a_killed_run_read_are_sealed_by_the_next(web, settings):
    outcomes("2019-07", "2019-07")
    month = Period(2019, 7)
    with workbench(settings) as bench:
        (visit,) = unread(bench, month, month, ["cs.LG"])
        read_batch(bench, visit.edition, visit.unread)  # and is killed before it can finish
    web.requests.clear()
    assert outcomes("2019-07", "2019-07", ["cs.LG"], full_text=True) == [("2019-07", "complete")]
    assert list(statuses(settings).values()).count("read") == 8
    assert pdfs(web) == []


def test_a_403_among_pdfs_stops_the_host_and_says_so(web, configure):
    settings = configure(mirror=web.address, retries=0, batch_size=4, downloads=1)
    for pdf in (web.root / "arxiv.org/pdf").glob("1907*"):
        web.answers[f"/arxiv.org/pdf/{pdf.name}"] = lambda handler: handler.send_error(403)
    _, result = harvest_arxiv("2019-07", "2019-07", ["cs.LG"], full_text=True)
    assert result.outcome == "incomplete"
    assert "403" in result.problem
    assert len(pdfs(web)) <= BATCHES_AT_ONCE * settings.downloads, "nothing more is asked for than was on its way"
    rows = Lake(settings.data_dir).read("texts", editions(Lake(settings.data_dir))[0]).to_pylist()
    problems = {row["text_problem"] for row in rows if row["text_status"] == "not_fetched"}
    assert any("403" in problem and "attack" in problem for problem in problems)


@pytest.mark.long
def test_a_backfill_publishes_both_scopes_and_coverage(web, settings):
    backfill(["cs.LG"], "2019-07", "2019-12", "arxiv", full_text=True)
    columns = "text_scope, count(distinct month)"
    rows = warehouse.query(
        settings.published_path,
        f"select {columns} from framework_mentions_by_month where venue = 'cs.LG' group by 1 order by 1",
    ).to_pylist()
    assert [tuple(row.values()) for row in rows] == [("abstract", 6), ("full_text", 6)]
    coverage = warehouse.query(settings.published_path, "select complete from coverage where source = 'arxiv'")
    assert coverage["complete"].to_pylist() == [True] * 18


@pytest.mark.long
def test_a_dead_service_is_a_failed_result_and_shows_in_coverage(web, settings):
    shutil.rmtree(web.root / "oaipmh.arxiv.org")
    results = backfill(["cs.LG"], "2019-07", "2019-07", "arxiv")
    assert [result.outcome for result in results] == ["failed"]
    coverage = warehouse.query(settings.published_path, "select venue, outcome, problem from coverage").to_pylist()
    assert [(row["venue"], row["outcome"]) for row in coverage] == [("all", "failed")]
    assert "404" in coverage[0]["problem"]

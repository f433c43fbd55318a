"""Collecting editions over real HTTP: what is asked for, what is stored, what a failure costs."""

import shutil
from concurrent.futures import CancelledError, Future
from pathlib import Path

import pytest

from flows.papers import collect_source
from tasks.collecting.papers import IN_FLIGHT, Fetched, read_batch, settle
from tasks.collecting.tools import Scratch, workbench
from tasks.lake.lake import Lake
from tasks.practice.web import OFFICIAL_COUNTS
from tasks.reading.pool import ReaderPool
from tasks.records import Edition, Paper, Period
from tasks.settings import Settings
from tasks.sources.papers import pmlr
from tests.pdfs import write_pdf
from tests.servers import serving

pytestmark = pytest.mark.usefixtures("prefect_api")

MLHC_2019 = Edition("pmlr", "MLHC", Period(2019))
VOLUME = "/proceedings.mlr.press/v106/"


@pytest.fixture
def web(practice_web, tmp_path):
    """Serve a copy of the practice web's MLHC volumes that the test may change."""
    root = tmp_path / "web"
    for name in ("index.html", "v106", "v126"):
        source, target = (folder / "proceedings.mlr.press" / name for folder in (practice_web, root))
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    with serving(root) as web:
        yield web


@pytest.fixture
def settings(configure, web, practice_web):
    return configure(mirror=web.address, official_counts=practice_web / OFFICIAL_COUNTS, batch_size=4, retries=0)


def collect(since: str = "2019", until: str = "2019") -> dict[str, str]:
    """Collect MLHC and give the outcome by period."""
    return {str(result.edition.period): result.outcome for result in collect_source("pmlr", since, until, ["MLHC"])}


def statuses(settings) -> dict[str, tuple[str, str | None]]:
    rows = Lake(settings.data_dir).read("texts", MLHC_2019).to_pylist()
    return {row["document_id"].rpartition("/")[2]: (row["text_status"], row["text_problem"]) for row in rows}


def a_paper(web) -> Path:
    """Pick a paper of the volume."""
    return sorted((web.root / VOLUME.strip("/")).rglob("*.pdf"))[0]


def test_every_paper_is_read_and_a_second_run_asks_for_listings_only(web, settings):
    assert collect() == {"2019": "complete"}
    papers = web.asked(".pdf")
    assert len(papers) == len(set(papers)) == len(statuses(settings)) == 10
    assert set(statuses(settings).values()) == {("read", None)}
    first = Lake(settings.data_dir).metadata("texts", MLHC_2019)
    web.requests.clear()
    assert collect() == {"2019": "complete"}
    assert {(path, status) for path, status in web.requests if "robots" not in path} == {
        ("/proceedings.mlr.press/", 304),
        (VOLUME, 304),
    }
    assert Lake(settings.data_dir).metadata("texts", MLHC_2019) == first, "nothing was written anew"


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        (None, "missing", "404"),
        (b"", "unreadable", ""),
        (b"<!doctype html><title>Please log in</title>", "unreadable", "not a PDF"),
        (b"%PDF-1.7 and then nothing of the kind", "unreadable", "damaged"),
    ],
)
def test_a_bad_paper_costs_itself_only(web, settings, body, status, problem):
    paper = a_paper(web)
    paper.unlink() if body is None else paper.write_bytes(body)
    assert collect() == {"2019": "complete"}
    found = statuses(settings)
    found_status, found_problem = found.pop(paper.stem)
    assert found_status == status
    assert problem in found_problem
    assert set(found.values()) == {("read", None)}


def test_a_paper_that_could_not_be_fetched_is_asked_for_again(web, settings):
    paper = a_paper(web)
    path = "/" + str(paper.relative_to(web.root))
    web.answers[path] = lambda handler: handler.send_error(503)
    assert collect() == {"2019": "incomplete"}
    assert statuses(settings)[paper.stem][0] == "not_fetched"
    web.answers.clear()
    web.requests.clear()
    assert collect() == {"2019": "complete"}
    assert web.asked(".pdf") == [path]


def test_a_failed_volume_does_not_cost_the_others(web, settings):
    shutil.rmtree(web.root / "proceedings.mlr.press" / "v126")
    assert collect("2019", "2020") == {"2019": "complete", "2020": "failed"}
    run = Lake(settings.data_dir).read("runs", Edition("pmlr", "MLHC", Period(2020))).to_pylist()[-1]
    assert (run["outcome"], run["listed_count"]) == ("failed", None)
    assert "404" in run["problem"]


def test_a_page_without_papers_is_a_failure_and_keeps_what_is_stored(web, settings):
    collect()
    index = web.root / VOLUME.strip("/") / "index.html"
    index.write_text(index.read_text().replace('class="paper"', 'class="entry"'))
    assert collect() == {"2019": "failed"}
    assert Lake(settings.data_dir).read("documents", MLHC_2019).num_rows == 10


def test_a_listing_that_shrank_is_not_believed(web, settings):
    collect()
    index = web.root / VOLUME.strip("/") / "index.html"
    head, *papers = index.read_text().split('<div class="paper">')
    index.write_text('<div class="paper">'.join([head, *papers[:3], papers[-1]]))
    assert collect() == {"2019": "incomplete"}
    assert Lake(settings.data_dir).read("documents", MLHC_2019).num_rows == 10


def test_a_listing_that_grew_is_believed(web, settings):
    index = web.root / VOLUME.strip("/") / "index.html"
    whole = index.read_text()
    head, *papers = whole.split('<div class="paper">')
    index.write_text('<div class="paper">'.join([head, *papers[:3], papers[-1]]))
    assert collect() == {"2019": "incomplete"}, "four papers, where the catalogues count ten"
    index.write_text(whole)
    assert collect() == {"2019": "complete"}
    assert len(statuses(settings)) == 10


def test_a_fault_of_a_parser_costs_its_edition_only(web, settings, monkeypatch):
    def broken(edition, get):
        raise KeyError("a parser's own fault")
        yield

    monkeypatch.setattr(pmlr, "papers", broken)
    assert collect() == {"2019": "failed"}
    run = Lake(settings.data_dir).read("runs", MLHC_2019).to_pylist()[-1]
    assert "KeyError" in run["problem"]


def test_a_listing_beside_the_official_count_is_kept_and_marked(web, settings, configure, tmp_path):
    counts = tmp_path / "counts.csv"
    counts.write_text("venue,year,track,paper_count,catalogue\nMLHC,2019,main,37,a test\n")
    configure(mirror=web.address, official_counts=counts)
    assert collect() == {"2019": "incomplete"}
    run = Lake(settings.data_dir).read("runs", MLHC_2019).to_pylist()[-1]
    assert (run["official_count"], run["listed_count"]) == (37, 10)
    assert len(statuses(settings)) == 10


def test_a_dead_index_page_is_a_failure_of_the_source(web, settings):
    web.answers["/proceedings.mlr.press/"] = lambda handler: handler.send_error(503)
    assert collect() == {"2019": "failed"}


def test_the_nightly_visits_current_and_incomplete_editions(web, settings):
    assert collect_source("pmlr", "2019", "2020", ["MLHC"], only_due=True) == []
    paper = a_paper(web)
    web.answers["/" + str(paper.relative_to(web.root))] = lambda handler: handler.send_error(503)
    collect("2019", "2020")
    due = collect_source("pmlr", "2019", "2020", ["MLHC"], only_due=True)
    assert [str(result.edition.period) for result in due] == ["2019"]


def test_documents_share_few_files_and_keep_their_own_texts(web, settings):
    papers = [
        Paper(f"pmlr:v106/{number}", "A paper", pdf_url=f"https://papers.example/{number}.pdf")
        for number in range(3 * IN_FLIGHT)
    ]
    site = web.root / "papers.example"
    site.mkdir()
    for number in range(len(papers)):
        if number % 7:  # the others are missing
            write_pdf(site / f"{number}.pdf", [f"This is paper {number}.\n" * (number % 5 + 1)])
    with workbench(settings) as bench:
        read_batch(bench, MLHC_2019, papers)
        bench.lake.seal(MLHC_2019, {paper.document_id for paper in papers})
        assert len([path for path in (settings.data_dir / "downloads").rglob("*") if path.is_file()]) <= IN_FLIGHT
    texts = {row["document_id"]: row["text"] for row in bench.lake.read("texts", MLHC_2019).to_pylist()}
    assert texts == {
        f"pmlr:v106/{number}": "\n".join([f"This is paper {number}."] * (number % 5 + 1)) if number % 7 else None
        for number in range(len(papers))
    }


def test_a_download_that_is_gone_says_nothing_of_its_paper(tmp_path):
    """The folder of downloads goes with the run; what still reads there must not call a paper unreadable for weeks."""
    fetching: Future[Fetched] = Future()
    with ReaderPool(Settings(readers=1)) as pool:
        path = tmp_path / "gone" / "document"
        fetching.set_result(Fetched(Paper("pmlr:v1/a", "A paper", pdf_url=None), path, pool.submit(path)))
        with pytest.raises(CancelledError, match="is gone"):
            settle(Scratch(tmp_path), fetching)

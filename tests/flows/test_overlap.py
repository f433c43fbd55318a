"""Sources collected at once: no host waits for another, and what one host asks for is kept to by all flows."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier, Event

import pytest

from flows.fan_out import collect_all
from tasks.collecting.tools import shared_tools, workbench
from tasks.lake.lock import alone
from tasks.practice.web import OFFICIAL_COUNTS
from tasks.records import PageUnavailable
from tests.servers import serving

VOLUME = "proceedings.mlr.press/v106"
INDEX = "https://proceedings.mlr.press/"


@pytest.fixture
def web(practice_web, tmp_path):
    """Serve a volume of papers and arXiv's records: two hosts."""
    root = tmp_path / "web"
    for name in (VOLUME, "oaipmh.arxiv.org", "arxiv.org"):
        shutil.copytree(practice_web / name, root / name)
    shutil.copy(practice_web / "proceedings.mlr.press/index.html", root / "proceedings.mlr.press")
    with serving(root) as web:
        yield web


@pytest.fixture
def settings(configure, web, practice_web):
    return configure(mirror=web.address, official_counts=practice_web / OFFICIAL_COUNTS, retries=0)


@pytest.mark.usefixtures("prefect_api")
def test_no_host_waits_for_another(web, settings):
    """Each host answers its first request only when the other has been asked: one after the other would never end."""
    meeting = Barrier(2, timeout=60)

    def when_both_are_asked(handler):
        del web.answers[handler.path.partition("?")[0]]
        meeting.wait()
        handler.do_GET()

    a_paper = sorted((web.root / VOLUME).rglob("*.pdf"))[0].relative_to(web.root)
    web.answers |= dict.fromkeys([f"/{a_paper}", "/oaipmh.arxiv.org/oai"], when_both_are_asked)
    with alone(settings, "backfill"):  # else each flow would sweep the folder, where the other is at work
        results, _ = collect_all(["arxiv", "pmlr"], "2019", "2019", ["MLHC"])
    assert not meeting.broken
    assert {(result.edition.source, result.outcome) for result in results} == {
        ("arxiv", "complete"),
        ("pmlr", "complete"),
    }


@pytest.mark.usefixtures("prefect_api")
def test_papers_are_read_while_the_next_listing_is_waited_for(web, practice_web, settings):
    """The second listing answers only when a paper of the first was asked for: one after the other would never end."""
    shutil.copytree(practice_web / "proceedings.mlr.press/v126", web.root / "proceedings.mlr.press/v126")
    is_asked = Event()

    def note(handler):
        del web.answers[handler.path]
        is_asked.set()
        handler.do_GET()

    def when_a_paper_is_asked(handler):
        del web.answers[handler.path]
        assert is_asked.wait(60)
        handler.do_GET()

    a_paper = sorted((web.root / VOLUME).rglob("*.pdf"))[0].relative_to(web.root)
    web.answers |= {f"/{a_paper}": note, "/proceedings.mlr.press/v126/": when_a_paper_is_asked}
    results, errors = collect_all(["pmlr"], "2019", "2020", ["MLHC"])
    assert not errors
    assert [result.outcome for result in results] == ["complete", "complete"]


def test_a_host_that_wants_to_be_left_alone_is_left_alone_by_all_flows(web, settings):
    def come_back_tomorrow(handler):
        handler.send_response(429)
        handler.send_header("Retry-After", "86400")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    web.answers["/proceedings.mlr.press/"] = web.answers["/proceedings.mlr.press"] = come_back_tomorrow

    def ask(url):
        with workbench(settings) as bench, pytest.raises(PageUnavailable, match="Retry-After: 86400"):
            bench.crawler.get(url)

    with shared_tools(settings), ThreadPoolExecutor(1) as thread:
        thread.submit(copy_context().run, ask, INDEX).result()
        thread.submit(copy_context().run, ask, f"{INDEX}v106/").result()
    assert [path for path, _ in web.requests if "robots" not in path] == ["/proceedings.mlr.press/"]

"""Batches read by a Dask cluster's worker processes: what one loses by a kill, and the pace that all keep together."""

import contextlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from threading import Lock

import psutil
import pytest

from flows.execution import batches as runners
from flows.execution.batches import RunnerError
from flows.fan_out import collect_all, collect_by_kind
from tasks.collecting.preprints import with_pdfs
from tasks.collecting.runs import Result
from tasks.collecting.tools import shared_tools, workbench
from tasks.lake.lake import Lake
from tasks.lake.lock import alone
from tasks.practice.web import OFFICIAL_COUNTS
from tasks.records import PageUnavailable
from tasks.web.pace import HostQueue
from tests import plain
from tests.conftest import aws
from tests.nights import wait_for
from tests.servers import serving

WORKERS, KILL_AT = 2, 4
VOLUME = plain.VOLUME.strip("/")


@contextlib.contextmanager
def dask(*arguments: str, folder: Path, **env: str):
    """Run one of Dask's commands as the head of a group of processes, and end the group."""
    program = Path(sys.executable).with_name("dask")
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        process = subprocess.Popen(
            [program, *arguments], stdout=log, stderr=log, start_new_session=True, cwd=folder, env=os.environ | env
        )
    try:
        yield process
    finally:
        end_group(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        end_group(process, signal.SIGKILL)


def end_group(process: subprocess.Popen, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


@contextlib.contextmanager
def running_cluster(folder: Path, worker_count: int, **env: str):
    """Give the address and processes of a scheduler and of workers that have joined it, as Dask's commands start them.

    Each worker has a nanny, which starts another one in its place where it is killed.
    """
    from distributed import Client

    file = folder / "scheduler.json"
    with contextlib.ExitStack() as commands:
        options = ("--host=127.0.0.1", "--port=0", "--no-dashboard", f"--scheduler-file={file}")
        processes = [commands.enter_context(dask("scheduler", *options, folder=folder))]
        wait_for("the scheduler", lambda: file.exists() and file.read_text())
        for _ in range(worker_count):
            options = ("--nthreads=1", "--no-dashboard", f"--scheduler-file={file}")
            processes.append(commands.enter_context(dask("worker", *options, folder=folder, **env)))
        address = json.loads(file.read_text())["address"]
        with Client(address, set_as_default=False) as client:
            wait_for("its workers", lambda: len(client.scheduler_info()["workers"]) == worker_count)
        yield address, processes


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, s3_server):
    """Give the address of a scheduler with two workers."""
    with running_cluster(tmp_path_factory.mktemp("dask"), WORKERS, **aws(s3_server)) as (address, _):
        yield address


class Watch:
    """Answers for the papers of the practice web, and notes which worker asked."""

    def __init__(self, web, kill: Callable[[int], None] | None = None) -> None:
        """Have what asks for the fourth paper, or what else `kill` ends, killed before it is answered."""
        self.asked: list[tuple[int, str, float]] = []
        self.killed: int | None = None
        self._web, self._kill, self._lock = web, kill, Lock()
        for path in (web.root / VOLUME).rglob("*.pdf"):
            web.answers[f"/{path.relative_to(web.root)}"] = self.answer

    def answer(self, handler) -> None:
        with self._lock:
            self.asked.append((_pid_at(handler.client_address[1]), handler.path, time.monotonic()))
            if len(self.asked) == KILL_AT and self._kill is not None:
                self.killed = self.asked[-1][0]
                self._kill(self.killed)
        with contextlib.suppress(OSError):  # nobody is there any more
            handler.answer(handler.path, (self._web.root / handler.path.strip("/")).read_bytes())

    @property
    def workers(self) -> set[int]:
        return {pid for pid, *_ in self.asked}


def _pid_at(port: int) -> int:
    """Say which process is at the other end of a connection to us."""
    ends = psutil.net_connections("tcp4")
    return next(end.pid for end in ends if end.laddr.port == port and end.pid not in (None, os.getpid()))


@pytest.fixture
def set_up(configure, practice_web, cluster, prefect_api):
    """Give a function that sets a run up; its data folder is the test's own."""

    def settings(web, **more):
        common = {"mirror": web.address, "official_counts": practice_web / OFFICIAL_COUNTS, "readers": 1}
        return configure(**{**common, "batch_size": 2, "dask_address": cluster, **more})

    return settings


def collect() -> list[str]:
    return [result.outcome for result in results()]


def results() -> list[Result]:
    return collect_by_kind("pmlr", "2019", "2019", ["MLHC"])


def statuses(settings) -> set[str]:
    lake = Lake(settings.data_dir)
    return {
        status
        for edition in lake.editions("texts")
        for status in lake.read("texts", edition)["text_status"].to_pylist()
    }


def tables(settings) -> dict[str, list[str]]:
    plain.publish(settings)
    return plain.tables(settings.published_path)


@pytest.mark.long
def test_all_workers_together_keep_a_hosts_pace(set_up, practice_web):
    interval = 0.4
    with serving(practice_web) as web:
        watch = Watch(web)
        set_up(web, request_interval=interval)
        assert collect() == ["complete"]
    assert len(watch.workers) == WORKERS
    moments = sorted(moment for *_, moment in watch.asked)
    assert moments[-1] - moments[0] > interval * (len(moments) - 2), "one after the other, whoever asked"
    assert max(Counter(path for _, path, _ in watch.asked).values()) == 1


@pytest.mark.long
def test_sources_at_once_share_the_workers_and_each_has_its_papers_from_its_own_place(set_up, practice_web, tmp_path):
    months = tmp_path / "pdfs" / "1907"
    months.mkdir(parents=True)
    for pdf in (practice_web / "arxiv.org/pdf").glob("1907*"):
        shutil.copy(pdf, months / f"{pdf.name}.pdf")
    with serving(practice_web) as web:
        watch = Watch(web)
        settings = set_up(web, arxiv_pdfs=months.parent)
        with alone(settings, "backfill"):  # else each flow would sweep the folder, where the other is at work
            results, _ = collect_all(["arxiv", "pmlr"], "2019", "2019", ["cs.LG", "MLHC"], full_text=True)
        assert {result.outcome for result in results} == {"complete"}
        assert not [path for path, _ in web.requests if path.startswith("/arxiv.org/pdf")]
    assert len(watch.asked) == 10
    assert statuses(settings) == {"read"}


@pytest.mark.long
def test_a_source_that_breaks_off_leaves_the_workers_to_the_others(set_up, practice_web, tmp_path):
    """One of its PDFs cannot be read from the disk; the other source's papers are only answered after that."""
    months = tmp_path / "pdfs" / "1907"
    months.mkdir(parents=True)
    for pdf in (practice_web / "arxiv.org/pdf").glob("1907*"):
        (months / f"{pdf.name}.pdf").symlink_to("/proc/self/mem")  # EIO
    with serving(practice_web) as web:
        settings = set_up(web, arxiv_pdfs=months.parent, batch_size=100)
        watch, lake = Watch(web), Lake(settings.data_dir)

        def has_broken_off() -> bool:
            rows = [row for edition in lake.editions("runs") for row in lake.read("runs", edition).to_pylist()]
            return any((row["problem"] or "").startswith("the run broke off") for row in rows)

        def answer(handler):
            wait_for("the end of the other source", has_broken_off)
            watch.answer(handler)

        web.answers |= dict.fromkeys(web.answers, answer)
        with alone(settings, "backfill"):
            results, errors = collect_all(["arxiv", "pmlr"], "2019", "2019", ["cs.LG", "MLHC"], full_text=True)
    assert [type(error) for error in errors] == [OSError]
    assert [result.outcome for result in results if result.edition.source == "pmlr"] == ["complete"]
    assert len(watch.asked) == 10


def test_a_worker_has_one_crawler_for_all_sources_of_a_run(configure, tmp_path):
    settings = configure(arxiv_pdfs=tmp_path)
    with shared_tools(settings), workbench(settings) as papers, workbench(settings) as plain_preprints:
        theirs = [bench.ticket().here() for bench in (papers, with_pdfs(plain_preprints))]
    assert theirs[0].crawler is theirs[1].crawler
    assert [bench.place for bench in theirs] == ["", str(tmp_path)]
    assert [bench.pdfs is None for bench in theirs] == [True, False]


def test_a_run_that_a_worker_left_for_another_is_over_there(configure):
    """Else a batch of a killed run, tried again, would end the run that came after it."""
    settings = configure()
    with shared_tools(settings), workbench(settings) as killed:
        old = killed.ticket()
    with shared_tools(settings), workbench(settings) as next_run:
        new = next_run.ticket()
    left = old.here()
    ours = new.here()
    assert left.crawler.is_stopped
    with pytest.raises(CancelledError, match="the run is over"):
        old.here()
    assert new.here().crawler is ours.crawler
    assert not ours.crawler.is_stopped


def test_what_a_host_says_to_one_process_all_of_its_run_heed(tmp_path):
    ours, theirs, of_tomorrow = (HostQueue("arxiv.org", None, tmp_path, run) for run in ("now", "now", "tomorrow"))
    ours.refuse("https://arxiv.org/ answered 403")
    with pytest.raises(PageUnavailable, match="answered 403"), theirs.turn(0.001, "https://arxiv.org/pdf/1"):
        pass
    with of_tomorrow.turn(0.001, "https://arxiv.org/pdf/1"):
        pass


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:Logger 'mentions'")  # the walk to the cluster is no flow's here
def test_a_scheduler_without_workers_is_told_and_not_waited_for_for_ever(
    set_up, practice_web, tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr(runners, "WORKERS_SECONDS", 1.0)
    with serving(practice_web) as web, running_cluster(tmp_path, 0) as (address, _):
        set_up(web, dask_address=address)
        with pytest.raises(RunnerError, match=f"no worker is at {address}; start `dask worker`"):
            collect()
        assert web.requests == []
    assert caplog.text.count(f"no worker is at {address}, waiting 1 s for one") == 1


@pytest.mark.long
def test_what_is_no_scheduler_is_told(set_up, practice_web):
    with serving(practice_web) as web:
        set_up(web, dask_address=web.address.replace("http", "tcp"), connect_timeout=2.0)
        with pytest.raises(RunnerError, match=r"no scheduler answers at .*something else does"):
            collect()


@pytest.mark.long
def test_a_stopped_run_ends_and_its_workers_ask_for_nothing_more(set_up, practice_web, monkeypatch, cluster):
    monkeypatch.setattr(runners, "STOPPED_SECONDS", 0.1)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal
    try:
        with serving(practice_web) as web:
            settings = set_up(web, batch_size=100, request_interval=0.4)
            watch = Watch(web, lambda _worker: os.kill(os.getpid(), signal.SIGINT))
            with pytest.raises(KeyboardInterrupt), alone(settings, "backfill"):
                collect_all(["pmlr"], "2019", "2019", ["MLHC"])
            wait_for_idle(cluster)
            assert {path for _, path, _ in watch.asked} < {path for path in web.answers if path.endswith(".pdf")}
            assert collect() == ["complete"]
    finally:
        signal.signal(signal.SIGINT, before)
    assert statuses(settings) == {"read"}


def wait_for_idle(address: str) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        executing = "the end of what the workers do"
        wait_for(executing, lambda: not any(client.run(lambda dask_worker: dask_worker.state.executing_count).values()))


@pytest.mark.long
def test_a_scheduler_that_does_not_answer_is_told_of_and_waited_for(
    set_up, practice_web, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(runners, "LOOK_SECONDS", 0.5)
    with serving(practice_web) as web, running_cluster(tmp_path, 1) as (address, (scheduler, _)):
        set_up(web, dask_address=address, connect_timeout=1.0)
        Watch(web, lambda _worker: scheduler.send_signal(signal.SIGSTOP))

        def go_on(record: logging.LogRecord) -> bool:
            if "does not answer; waiting for it" in record.getMessage():
                scheduler.send_signal(signal.SIGCONT)
            return True

        monkeypatch.setattr(runners.log, "filters", [go_on])
        assert collect() == ["complete"]
    assert f"the scheduler at {address} does not answer" in caplog.text


@pytest.mark.long
@pytest.mark.parametrize(
    ("whose", "number", "problem"),
    [
        (0, signal.SIGKILL, "the scheduler at .* is gone"),
        pytest.param(1, signal.SIGKILL, "no worker is at", marks=pytest.mark.long),
    ],
)
def test_a_cluster_that_goes_away_is_told_and_the_next_run_goes_on(
    set_up, practice_web, tmp_path, monkeypatch, cluster, whose, number, problem
):
    monkeypatch.setattr(runners, "WORKERS_SECONDS", 1.0)
    monkeypatch.setattr(runners, "LOOK_SECONDS", 0.5)
    with serving(practice_web) as web, running_cluster(tmp_path, 1) as (address, processes):
        settings = set_up(web, dask_address=address)
        watch = Watch(web, lambda _worker: end_group(processes[whose], number))
        with pytest.raises(RunnerError, match=problem):
            collect()
        assert watch.killed is not None
        (edition,) = (lake := Lake(settings.data_dir)).editions("texts")
        assert lake.read("texts", edition).num_rows >= 2, "what was read is there for the publication that follows"
        (ended,) = lake.read("runs", edition).to_pylist()
        assert (ended["outcome"], ended["problem"][:19]) == ("incomplete", "the run broke off: ")
        if whose == 0:
            assert processes[1].wait(60) is not None, (
                "a worker without a scheduler ends, so that what watches it starts it anew"
            )
        set_up(web, dask_address=cluster)
        (result,) = results()
        assert result.outcome == "complete"
    assert statuses(settings) == {"read"}


def test_a_cluster_without_a_server_for_all_is_refused(configure, monkeypatch):
    from prefect.settings import PREFECT_API_URL, temporary_settings

    configure(dask_address="tcp://127.0.0.1:1")
    with temporary_settings(restore_defaults=[PREFECT_API_URL]), pytest.raises(RunnerError, match="PREFECT_API_URL"):
        collect()


# At the end: a killed worker may hold a turn at the host, which others get once its lease has ended, a minute later.
@pytest.mark.long
def test_a_worker_killed_in_the_middle_loses_nothing(set_up, practice_web, tmp_path, bucket):
    with serving(practice_web) as web:
        plainly = set_up(web, data_dir=tmp_path / "plainly")
        assert plain.collect(plainly) == ["complete"]
        wanted = tables(plainly)
        watch = Watch(web, lambda worker: os.kill(worker, signal.SIGKILL))
        settings = set_up(web, data_dir=bucket, local_dir=tmp_path / "local")
        (result,) = results()
        assert result.outcome == "complete"
        assert result.new_count == result.listed_count, "those that the killed worker read, too"
        assert watch.killed is not None
        assert watch.killed != os.getpid(), "a worker asked, not we"
        assert len(watch.workers) >= 2
        assert {path for _, path, _ in watch.asked} == {path for path in web.answers if path.endswith(".pdf")}
        assert tables(settings) == wanted
        before = len(watch.asked)
        assert collect() == ["complete"]
        assert len(watch.asked) == before, "nothing is read again"
    lake = Lake(bucket)
    assert lake.storage.files(lake.parts_root, "*") == []

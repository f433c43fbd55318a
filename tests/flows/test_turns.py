"""Turns at a host for processes that share nothing but a Prefect server."""

import contextlib
import multiprocessing as mp
import pickle
import socket
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.settings import PREFECT_API_URL

from flows.execution.turns import PAUSE_MIN, ServerTurns, turns
from tasks.records import PageUnavailable
from tasks.web.pace import HostQueue, rule_for
from tests.commands import environment, run
from tests.prefect_api import between
from tests.servers import serving

INTERVAL, LONGEST = 0.5, 60.0
STARTS = 4


@pytest.fixture
def new_turns(monkeypatch):
    """Give a function that gives turns as a process of its own has them; all are closed with the test."""
    monkeypatch.setattr("flows.execution.turns.CLOSING_SECONDS", 0.0)
    with contextlib.ExitStack() as closing:
        yield lambda: closing.enter_context(contextlib.closing(pickle.loads(pickle.dumps(turns()))))


def ask(common: ServerTurns, host: str, folder: Path, seconds: float) -> list[tuple[float, float]]:
    """Ask a host time and again, as a machine of its own would; give when each request began and ended."""
    queue, requests = HostQueue(host, rule_for(host), folder, "", common, LONGEST), []
    for number in range(STARTS):
        with queue.turn(INTERVAL, f"https://{host}/{number}"):
            began = time.monotonic()
            time.sleep(seconds)
            requests.append((began, time.monotonic()))
    common.close()
    return requests


def asked_by_two(host: str, tmp_path: Path, seconds: float = 0.0) -> list[tuple[float, float]]:
    """Let two processes with folders of their own ask one host; give all requests in order."""
    common = turns()
    with mp.get_context("spawn").Pool(2) as pool:
        each = [pool.apply_async(ask, (common, host, tmp_path / name, seconds)) for name in ("a", "b")]
        return sorted(request for asked in each for request in asked.get(120))


@pytest.mark.long
@pytest.mark.usefixtures("prefect_api")
def test_two_machines_keep_one_pace(tmp_path):
    requests = asked_by_two("one.example", tmp_path)
    assert len(requests) == 2 * STARTS
    # The clock that is read here is read a moment after the turn was given.
    assert min(later - began for (began, _), (later, _) in pairwise(requests)) > INTERVAL - 0.1


@pytest.mark.long
@pytest.mark.usefixtures("prefect_api")
def test_a_host_that_wants_one_connection_has_one_over_all_machines(tmp_path):
    requests = asked_by_two("arxiv.org", tmp_path, seconds=2 * INTERVAL)
    assert all(later >= ended for (_, ended), (later, _) in pairwise(requests))


@pytest.mark.usefixtures("prefect_api")
def test_hosts_do_not_wait_for_each_other_and_a_stopped_one_waits_no_more(tmp_path, new_turns):
    mine, theirs = new_turns(), new_turns()
    ours = HostQueue("two.example", None, tmp_path / "a", "", mine, LONGEST)
    others = HostQueue("three.example", None, tmp_path / "b", "", theirs, LONGEST)
    same = HostQueue("two.example", None, tmp_path / "b", "", theirs, LONGEST)
    with ours.turn(60.0, "https://two.example/"), others.turn(60.0, "https://three.example/"):
        same.pause(3600)
        same.stop("the run was stopped")
        with pytest.raises(PageUnavailable, match="the run was stopped"), same.turn(60.0, "https://two.example/"):
            pass


@pytest.mark.long
@pytest.mark.usefixtures("prefect_api")
def test_a_server_that_goes_away_in_a_run_is_asked_once_a_turn(tmp_path, monkeypatch, new_turns):
    """Prefect's client asks for minutes where it was answered once; as long for each paper would be a night."""
    silence = 0.5
    monkeypatch.setattr("flows.execution.turns.SILENCE_SECONDS", silence)
    is_gone, refused, pages = threading.Event(), [], 20

    def refuse(request: bytes) -> int | None:
        if is_gone.is_set():
            refused.append(request)
        return 503 if is_gone.is_set() else None

    with between(refuse):
        queue = HostQueue("seven.example", None, tmp_path, "", new_turns(), LONGEST)
        with queue.turn(0.01, "https://seven.example/"):
            pass
        is_gone.set()
        for _ in range(pages):
            with pytest.raises(PageUnavailable, match="gives no turn"), queue.turn(0.01, "https://seven.example/"):
                pass
    assert len(refused) <= pages + silence / PAUSE_MIN


@pytest.mark.usefixtures("prefect_api")
def test_a_turn_that_lasts_is_kept(monkeypatch, new_turns):
    monkeypatch.setattr("flows.execution.turns.RENEWED_AFTER", 0.1)
    renewed = threading.Event()

    def refuse(request: bytes) -> int | None:
        if b"/renew " in request:
            renewed.set()
        return None

    with between(refuse):
        common = new_turns()
        end_in = common.take("eight.example", 300.0, time.sleep)
        assert renewed.wait(30)
        end_in(0.0)
        common.close()


@pytest.mark.usefixtures("prefect_api")
def test_who_waits_long_for_a_turn_says_for_what(caplog, monkeypatch, new_turns):
    """A process that was killed in its turn leaves it to nobody until its lease is over."""
    monkeypatch.setattr("flows.execution.turns.TOLD_AFTER", 0.0)
    new_turns().take("six.example", LONGEST, time.sleep)

    def wait(_seconds: float) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        new_turns().take("six.example", LONGEST, wait)
    assert "six.example: waiting for another process's turn to end" in caplog.text


@pytest.mark.long
@pytest.mark.usefixtures("prefect_api")
def test_a_limit_that_an_operator_widened_stays_wide(tmp_path, new_turns):
    common = new_turns()
    with HostQueue("four.example", None, tmp_path / "a", "", common, LONGEST).turn(0.01, "https://four.example/"):
        pass
    with get_client(sync_client=True) as client:
        client.update_global_concurrency_limit("host-four.example", GlobalConcurrencyLimitUpdate(limit=2))
        others = HostQueue("four.example", None, tmp_path / "b", "", new_turns(), LONGEST)
        with others.turn(0.01, "https://four.example/"):
            pass
        assert client.read_global_concurrency_limit_by_name("host-four.example").limit == 2


@pytest.mark.long
@pytest.mark.usefixtures("prefect_api")
def test_who_only_looks_takes_turns_too(practice_web, tmp_path):
    limit = "host-proceedings.mlr.press"
    with get_client(sync_client=True) as client, serving(practice_web) as web:
        if any(known.name == limit for known in client.read_global_concurrency_limits()):
            client.delete_global_concurrency_limit_by_name(limit)
        env = environment(tmp_path, mirror=web.address, request_interval=0.01)
        done = run("list", "--venue", "MLHC", "--year", "2019", env=env | {"PREFECT_API_URL": PREFECT_API_URL.value()})
        assert done.returncode == 0, done.stderr
        assert client.read_global_concurrency_limit_by_name(limit).limit == 1


@pytest.mark.usefixtures("prefect_api")
def test_a_server_that_is_busy_for_a_moment_is_asked_again(tmp_path, new_turns):
    refused = []

    def refuse(request: bytes) -> int | None:
        if request.startswith(b"POST /api/v2/concurrency_limits/ ") and len(refused) < 2:
            refused.append(request)
            return 503
        return None

    with (
        between(refuse),
        HostQueue("five.example", None, tmp_path, "", new_turns(), LONGEST).turn(0.01, "https://five.example/"),
    ):
        pass
    assert len(refused) == 2


def test_a_server_that_is_not_there_costs_the_page_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.execution.turns.SILENCE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    common = ServerTurns(f"http://127.0.0.1:{port}/api")
    queue = HostQueue("one.example", None, tmp_path, "", common, LONGEST)
    with (
        pytest.raises(PageUnavailable, match=rf"https://one.example/: not asked for, .*server at .*{port}"),
        queue.turn(1.0, "https://one.example/"),
    ):
        pass

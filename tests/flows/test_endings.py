"""Bad nights are loud: streaks from the history, the notice command, and the command line's last words."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from itertools import count
from threading import Event

import psutil
import pytest

from tasks.collecting import history
from tasks.lake.lake import Lake
from tasks.lake.lock import alone
from tasks.notices import notify
from tasks.records import Edition, Period
from tasks.settings import Settings
from tests import plain
from tests.commands import MENTIONS, environment, run
from tests.servers import serving

TODAY = dt.datetime.now(dt.UTC)
INDEX = Edition("pmlr", "(index)", Period(TODAY.year))


def add_nights(lake: Lake, edition: Edition, outcomes: str) -> None:
    """Add a run a night, the last of them last night: F failed, C complete, I incomplete, a blank no run."""
    for nights_ago, outcome in zip(range(len(outcomes), 0, -1), outcomes, strict=True):
        when = TODAY - dt.timedelta(days=nights_ago)
        name = {"F": "failed", "C": "complete", "I": "incomplete"}.get(outcome)
        if name is not None:
            run = {"started_at": when, "finished_at": when, "outcome": name, "problem": f"answered 50{nights_ago}"}
            lake.add_run(edition, run | {"official_count": None, "listed_count": None, "new_count": 0})


@pytest.mark.parametrize(
    ("outcomes", "nights"),
    [("FFF", 3), ("CFFFF", 4), ("F FF", 3), ("FF", None), ("FFFC", None), ("FFI", None), ("FCFF", None), ("", None)],
)
def test_three_failed_nights_in_a_row_are_a_streak(tmp_path, outcomes, nights):
    lake = Lake(tmp_path)
    add_nights(lake, INDEX, outcomes)
    assert [one.nights for one in history.failing(lake)] == ([nights] if nights else [])


def test_two_runs_of_one_night_are_one_night(tmp_path):
    lake = Lake(tmp_path)
    for _ in range(5):
        add_nights(lake, INDEX, "F")
    assert history.failing(lake) == []


def test_a_warning_is_a_line_a_source(tmp_path):
    lake = Lake(tmp_path)
    add_nights(lake, INDEX, "FFF")
    for year in range(2010, 2018):
        add_nights(lake, Edition("pmlr", "ICML", Period(year)), "FFFF")
    (line,) = history.warnings(history.failing(lake))
    assert line.startswith("pmlr FAILED 3 NIGHTS IN A ROW")
    assert "and 4 more" in line
    assert "answered 501" in line


def test_a_notice_goes_to_standard_input_and_to_no_shell(tmp_path):
    heard = tmp_path / "heard"
    program = f"import sys; open({str(heard)!r}, 'w').write(sys.stdin.read() + '|' + repr(sys.argv[1:]))"
    command = f'{sys.executable} -c "{program}" "$(touch {tmp_path}/no)" ; touch {tmp_path}/no'
    text = "page says: $(touch no); `touch no`\n\u202e\udcff"
    assert notify(Settings(notify_command=command), text)
    said, arguments = heard.read_text().split("|")
    assert said.startswith("page says: $(touch no); `touch no`")
    assert "touch" in arguments, "what looks like a shell's is an argument"
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("command", ["/no/such/program", "false", "unbalanced 'quote"])
def test_a_notice_that_fails_is_logged_and_costs_nothing(caplog, command):
    assert not notify(Settings(notify_command=command), "text")
    assert "MENTIONS_NOTIFY_COMMAND" in caplog.text


@pytest.mark.long
def test_a_nightly_that_fails_the_third_time_is_loud(own_server, practice_web, tmp_path):
    """At its end, in `mentions status`, and to the notice command; the exit status says degraded."""
    data = tmp_path / "data"
    add_nights(Lake(data), INDEX, "FF")
    told = tmp_path / "told"
    command = f"{sys.executable} -c \"import sys; open('{told}', 'w').write(sys.stdin.read())\""
    with serving(plain.tiny_web(practice_web, tmp_path / "web")) as web:
        web.answers["/proceedings.mlr.press/"] = lambda handler: handler.send_error(503)
        env = environment(data, mirror=web.address, retries=0, notify_command=command) | own_server
        done = run("nightly", "--source", "pmlr", env=env)
        assert done.returncode == 1, done.stderr
        assert "pmlr FAILED 3 NIGHTS IN A ROW" in done.stderr
        assert "503" in told.read_text()
        assert "3 NIGHTS" in told.read_text()
        assert "3 NIGHTS" in run("status", env=env).stderr


def interruptible() -> None:
    """A shell starts background jobs, such as a CI's, with Ctrl-C ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.long
@pytest.mark.parametrize("end", ["raise", "sys.exit(1)"])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_in_a_query_of_duckdb_says_so_all_the_same(number, status, end):
    """DuckDB makes an error of its own of the signal, and a command may make a line of that."""
    program = f"""
import sys
import duckdb
from flows.cli.signals import stopped_by_signal
with stopped_by_signal(), duckdb.connect() as connection:
    print("begins", flush=True)
    try:
        connection.execute("select count(*) from range(1_000_000_000_000) where sin(range) > 2")
    except RuntimeError:
        {end}
"""
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=interruptible,
    ) as process:
        assert process.stdout.readline() == "begins\n"
        used = psutil.Process(process.pid).cpu_times
        begun = used().user
        while used().user < begun + 0.2:  # the query runs
            pass
        process.send_signal(number)
        _, said = process.communicate()
    assert process.returncode == status
    assert said.startswith("Stopped. ")
    assert len(said.splitlines()) == 1


@pytest.mark.long
def test_a_run_that_is_stopped_together_with_its_server_ends_soon_and_can_go_on(practice_web, tmp_path):
    """As systemd stops a service: all its processes at once, here while the run begins to publish."""
    with serving(plain.tiny_web(practice_web, tmp_path / "web")) as web:
        common = {"mirror": web.address, "official_counts": web.root / "counts.csv"}
        env = environment(tmp_path / "data", **common)
        arguments = ["backfill", "--venue", "MLHC", "--since", "2019", "--until", "2019"]
        with subprocess.Popen(
            [MENTIONS, *arguments], env=env, stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as process:
            said = next(line for line in process.stderr if "documents of 1 editions scanned" in line)
            os.killpg(process.pid, signal.SIGTERM)
            threading.Timer(60, process.kill).start()  # the end of a test that failed
            said += process.communicate()[1]
        assert process.returncode == 143
        assert "\nStopped. " in said
        assert "Traceback" not in said
        assert plain.run(Settings(data_dir=tmp_path / "data", **common)) == ["complete"]
    rows = plain.rows(tmp_path / "data", "select count(*) from documents where text_status = 'read'")
    assert rows == [(plain.PAPERS,)]


@pytest.mark.long
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.long)]
)
def test_a_run_that_is_stopped_keeps_every_paper_that_it_has(practice_web, tmp_path, number, status):
    """While a site holds the first paper and the last one back for a minute: all between them are downloaded."""
    with serving(practice_web) as web:
        common = {"mirror": web.address, "official_counts": practice_web / "official_counts.csv", "downloads": 2}
        env = environment(tmp_path / "data", **common)
        volume = practice_web / "proceedings.mlr.press" / "v126"
        pdfs = [f"/{path.relative_to(practice_web)}" for path in volume.rglob("*.pdf")]
        turns, arrived, gone = count(1), Event(), Event()
        held = set()

        def answer(handler):
            turn = next(turns)
            if turn in (1, len(pdfs)):
                held.add(handler.path)
                if turn == len(pdfs):
                    arrived.set()
                gone.wait(60)
            else:
                handler.answer(handler.path, (practice_web / handler.path.strip("/")).read_bytes())

        web.answers = dict.fromkeys(pdfs, answer)
        arguments = ["backfill", "--venue", "MLHC", "--since", "2020", "--until", "2020"]
        with subprocess.Popen(
            [MENTIONS, *arguments], env=env, stderr=subprocess.PIPE, text=True, preexec_fn=interruptible
        ) as process:
            assert arrived.wait(120)
            process.send_signal(number)
            threading.Timer(60, process.kill).start()  # the end of a test that failed
            _, said = process.communicate()
        gone.set()
        assert process.returncode == status
        assert "\nStopped. " in said
        assert "Traceback" not in said
        web.answers.clear()
        web.requests.clear()
        settings = Settings(data_dir=tmp_path / "data", **common)
        with alone(settings, "backfill"):
            assert plain.collect(settings, Period(2020)) == ["complete"]
        assert set(web.asked(".pdf")) == held, "nothing that was downloaded is asked for again"
        # What a run that had to be ended by force left beside its data, the next one removes.
        assert list((tmp_path / "data").rglob("*.tmp")) == []
        assert list((tmp_path / "data" / "downloads").iterdir()) == []
    texts = Lake(tmp_path / "data").read("texts", Edition("pmlr", "MLHC", Period(2020), "v126"), ["text_status"])
    assert texts["text_status"].to_pylist() == ["read"] * len(pdfs)

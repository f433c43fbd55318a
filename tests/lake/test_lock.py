"""One run at a time on a data folder, over real processes; what killed runs leave is swept."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from tasks.lake.lock import Occupied, alone
from tasks.settings import Settings
from tests import ROOT

HOLD = (
    "import sys; from tasks.lake.lock import alone; from tasks.settings import settings\n"
    "with alone(settings(), 'nightly'):\n"
    "    print('held', flush=True); sys.stdin.readline()\n"
)


@pytest.fixture
def holder(tmp_path):
    """Start another process that holds the folder until its input ends."""
    env = os.environ | {"MENTIONS_DATA_DIR": str(tmp_path)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", HOLD], env=env, cwd=ROOT, **pipes) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_says_for_whom_it_waits_and_goes_on(tmp_path, holder, caplog):
    caplog.set_level("INFO", "mentions")
    threading.Timer(1.0, holder.stdin.close).start()
    with alone(Settings(data_dir=tmp_path, run_wait_max=60), "publish"):
        assert holder.wait(10) == 0, "the other has ended"
    assert f"waiting for a run of 'nightly' (process {holder.pid} on " in caplog.text
    assert "going on" in caplog.text


def test_a_run_that_waited_long_enough_gives_up(tmp_path, holder):
    expected = rf"'nightly' \(process {holder.pid}.*MENTIONS_RUN_WAIT_MAX"
    settings = Settings(data_dir=tmp_path, run_wait_max=0)
    with pytest.raises(Occupied, match=expected), alone(settings, "publish"):
        pytest.fail("held by two")


def test_a_dead_holders_lock_is_free_at_once(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    with alone(Settings(data_dir=tmp_path, run_wait_max=0), "publish"):
        assert (tmp_path / "locks" / "run.lock").read_text().startswith('["publish"')


def test_a_run_inside_a_run_is_the_same_run(tmp_path):
    settings = Settings(data_dir=tmp_path, run_wait_max=0)
    with alone(settings, "nightly"), alone(settings, "publish"):
        assert "nightly" in (tmp_path / "locks" / "run.lock").read_text()
    assert (tmp_path / "locks" / "run.lock").read_text() == ""


def test_two_threads_are_two_runs(tmp_path):
    settings, refused = Settings(data_dir=tmp_path, run_wait_max=0), []

    def other():
        try:
            with alone(settings, "other"):
                refused.append(None)
        except Occupied as error:
            refused.append(error)

    with alone(settings, "nightly"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(refused) == 1
    assert isinstance(refused[0], Occupied)


def test_what_killed_runs_left_is_swept_and_nothing_else(tmp_path):
    kept = [
        "mentions.duckdb",
        "report/index.html",
        "report/build-0e/base.js",
        "prefect/:memory:.db",
        "lake/texts/source=a/venue=b/period=2019/edition.parquet",
    ]
    left = [
        ".mentions.duckdb.0f.building",
        ".mentions.duckdb.0f.building.wal",
        "report/.index.html.0f",
        "report/.build-0f/pairs/any.js",
        "releases/.0f.writing/manifest.json",
        "lake/texts/source=a/venue=b/period=2019/.edition.parquet.0f.tmp",
        "parts/source=a/venue=b/period=2019/.1.parquet.0f.tmp",
        "downloads/tmp1/tmp2/document",
        "prefect/storage/0f",
    ]
    fresh = "raw/pages/ab/.0f.part"  # may be of `mentions list`, which runs beside us
    for name in (*kept, *left, fresh):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    with alone(Settings(data_dir=tmp_path), "nightly"):
        found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {*kept, fresh, "locks/run.lock"}
    assert not (tmp_path / "report/.build-0f").exists()

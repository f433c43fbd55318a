"""Three nights in a row under a real Prefect server and worker: one killed in the middle, one late.

    python -m tests.nights [DATABASE_URL]

A DATABASE_URL such as postgresql+asyncpg://user:password@localhost/prefect puts the server on PostgreSQL. Uses the
practice web; prints what each night came to and ends with status 0 where the third night's tables are whole.
"""

import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import duckdb
import httpx
import psutil

from tasks.practice import web as practice
from tests import ROOT, plain
from tests.commands import environment
from tests.servers import serving

PREFECT = Path(sys.executable).with_name("prefect")
PATIENCE = 900.0
"""Seconds for any one thing to happen: Prefect lets go of a killed run after minutes."""


def wait_for(what: str, ask: Callable[[], Any]) -> Any:
    """Ask until there is an answer."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if answer := ask():
                return answer
        time.sleep(0.3)
    raise TimeoutError(f"{what} did not come within {PATIENCE:g} s")


@contextlib.contextmanager
def running(*arguments: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of Prefect's beside us, as the head of a group of processes, and end the group."""
    with log.open("ab") as file:
        process = subprocess.Popen(
            [PREFECT, *arguments], env=env, cwd=ROOT, stdout=file, stderr=file, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        kill_all(process.pid)


def kill_all(pid: int) -> None:
    """Kill a process and all below it, which a power cut would do: a worker's runs have sessions of their own."""
    with contextlib.suppress(psutil.NoSuchProcess):
        head = psutil.Process(pid)
        for process in (head, *head.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def prefect(*arguments: str, env: dict[str, str]) -> str:
    """Run a command of Prefect's to its end."""
    done = subprocess.run([PREFECT, *arguments], env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"prefect {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def asked(env: dict[str, str], method: str, path: str, value: object = None) -> dict[str, Any]:
    """Ask Prefect's server; nothing where it does not answer now: on SQLite it is busy now and then."""
    answer = httpx.request(method, f"{env['PREFECT_API_URL']}/{path}", json=value)
    return answer.json() if answer.is_success else {}


def start_run(env: dict[str, str]) -> str:
    """Start the nightly deployment as its schedule would, and give the run's id."""
    parameters = {"parameters": {"source": "pmlr"}}
    found = wait_for("the deployment", lambda: asked(env, "GET", "deployments/name/nightly/nightly"))
    path = f"deployments/{found['id']}/create_flow_run"
    return wait_for("a run", lambda: asked(env, "POST", path, parameters))["id"]


def state_of(env: dict[str, str], run: str) -> dict[str, str]:
    """Give the state of a run."""
    return asked(env, "GET", f"flow_runs/{run}").get("state", {"name": "", "type": ""})


def ended(env: dict[str, str], run: str) -> str:
    """Give the name of a run's state once it is final."""
    state = state_of(env, run)
    return state["name"] if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else ""


def read_count(data: Path) -> int:
    with duckdb.connect(str(data / "mentions.duckdb"), read_only=True) as connection:
        return connection.execute("select count(*) from documents where text_status = 'read'").fetchone()[0]


def this_years_volume(root: Path) -> None:
    """Move the tiny volume to this year, which a nightly visits without a history."""
    year = time.gmtime().tm_year
    for page in (root / "proceedings.mlr.press" / "index.html", root / plain.VOLUME.strip("/") / "index.html"):
        page.write_text(page.read_text().replace("2019", str(year)))


def nights(folder: Path, database: str | None) -> int:
    """Run the three nights; give the exit status."""
    practice.build(folder / "practice")
    root = plain.tiny_web(folder / "practice", folder / "web")
    this_years_volume(root)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(root) as web:
        env = environment(
            folder / "data", mirror=web.address, official_counts=root / "counts.csv", batch_size=2, downloads=1
        )
        env |= {"PREFECT_HOME": str(folder / "prefect"), "PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
        env["PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS"] = "1"
        env["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = database or f"sqlite+aiosqlite:///{folder}/:memory:.db"
        server = ("server", "start", "--host", "127.0.0.1", "--port", str(port))
        worker = ("worker", "start", "--pool", "local-pool")
        with running(*server, env=env, log=folder / "server.log"):
            wait_for("the server", lambda: httpx.get(f"{env['PREFECT_API_URL']}/health").is_success)
            prefect("work-pool", "create", "--type", "process", "local-pool", "--overwrite", env=env)
            prefect("--no-prompt", "deploy", "--all", env=env)
            arrived, gone = Event(), Event()

            def hang(_handler: object) -> None:
                arrived.set()
                gone.wait(60)

            stuck = plain.papers(root)[-1]
            web.answers["/" + str(stuck.relative_to(root))] = hang
            with running(*worker, env=env, log=folder / "worker.log") as killed:
                start_run(env)
                wait_for("the last paper of night 1", arrived.is_set)
                kill_all(killed.pid)
            gone.set()
            print("night 1: killed with its worker while the last paper was on its way")
            web.answers.clear()
            web.requests.clear()
            for night in (2, 3):
                run = start_run(env)
                if night == 3:  # no worker is there at its time
                    wait_for("a late run", lambda run=run: state_of(env, run)["name"] == "Late")
                with running(*worker, env=env, log=folder / "worker.log"):
                    state = wait_for(f"the end of night {night}", lambda run=run: ended(env, run))
                count, asked = read_count(folder / "data"), len(web.asked(".pdf"))
                print(f"night {night}: {state}, {count} of {plain.PAPERS} papers read, {asked} asked for")
                web.requests.clear()
    return 0 if count == plain.PAPERS and asked == 0 else 1


if __name__ == "__main__":
    place = Path(tempfile.mkdtemp(prefix="nights-"))
    status = nights(place, sys.argv[1] if len(sys.argv) > 1 else None)
    if status == 0:
        shutil.rmtree(place)
    else:
        print(f"see the logs in {place}")
    sys.exit(status)

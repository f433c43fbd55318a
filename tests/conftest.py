"""What several test files share: the practice web, a server that notes what it is asked for, Prefect for flow tests."""

import fcntl
import logging
import os
import pickle
import socket
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

import flows  # noqa: F401  sets Prefect's defaults before Prefect is imported
from tests import SHARED, machine
from tests.commands import PREFECT_HOME, environment, run
from tests.nights import PREFECT, asked, kill_all, wait_for
from tests.servers import serving


def pytest_configure(config):
    for name in [name for name in os.environ if name.startswith(("MENTIONS_", "PREFECT_API", "PREFECT_PROFILE"))]:
        del os.environ[name]  # a developer's own settings must not decide what is tested
    os.environ["PREFECT_HOME"] = str(PREFECT_HOME)
    machine.strip()


LONG = ["cli", "endings", "faults", "dask", "warehouse", "readme", "releases", "deployments"]
"""Files of tests that take longest, which come first: the last one would have one process to itself. README's wait for
the demo, which the command line's begin with."""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.stem.removeprefix("test_") not in LONG)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real pages and papers, or skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} with the real pages is absent on this machine")
    return SHARED


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Any]) -> Any:
    """Have a folder filled by the first of pytest's processes that wants it; give what `make` gave, to all of them."""
    root = factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    kept = root / f"{name}.pickle"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            (folder := root / name).mkdir()
            kept.write_bytes(pickle.dumps(make(folder)))
    return pickle.loads(kept.read_bytes())


@pytest.fixture(scope="session")
def practice_web(tmp_path_factory) -> Path:
    """Give the practice web as files, built once; tests only read it."""
    from tasks.practice import web

    def build(folder: Path) -> Path:
        web.build(folder)
        return folder

    return once(tmp_path_factory, "practice-web", build)


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """Run `mentions demo` once as on a new machine; give its data folder and what it printed."""

    def run_demo(data: Path):
        env = environment(data)
        del env["PREFECT_HOME"]
        done = run("demo", env=env)
        assert done.returncode == 0, done.stderr
        return data / "demo", done

    return once(tmp_path_factory, "demo", run_demo)


@pytest.fixture(scope="session")
def mlhc(shared, tmp_path_factory, request):
    """Collect the three volumes from the stored pages as a user would; give the published file and the process."""

    def collect(data: Path):
        with serving(shared / "web") as web:
            env = environment(data, mirror=web.address) | request.getfixturevalue("own_server")
            done = run("backfill", "--venue", "MLHC", "--since", "2017", "--until", "2022", env=env)
        return data / "mentions.duckdb", done

    return once(tmp_path_factory, "mlhc", collect)


@pytest.fixture(scope="session")
def own_server(tmp_path_factory) -> dict[str, str]:
    """Start a Prefect server as users do, one for all of pytest's processes; give the environment to use it.

    To start one takes 10 s of CPU, which each command without it spends on an embedded one.
    """

    def start(home: Path) -> dict[str, str]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {
            "PREFECT_HOME": str(home),
            "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home}/:memory:.db",
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
        }
        env = environment(home) | settings
        # By a shell that leaves it behind: it outlives this process, if that is done before the others.
        behind = ["sh", "-c", '"$0" server start --host 127.0.0.1 --port "$1" > "$2" 2>&1 & echo $!']
        command = [*behind, PREFECT, str(port), home / "server.log"]
        pid = subprocess.check_output(command, env=env, text=True, start_new_session=True)
        (home / SERVER_PID).write_text(pid)
        wait_for("the server", lambda: asked(env, "GET", "health"))
        return settings

    return once(tmp_path_factory, SERVER, start)


SERVER, SERVER_PID = "server", "server.pid"


def pytest_sessionfinish(session):
    """End the server when all of pytest's processes are done with it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        noted = session.config._tmp_path_factory.getbasetemp() / SERVER / SERVER_PID
        if noted.exists():
            kill_all(int(noted.read_text()))


@pytest.fixture(scope="session")
def s3_server():
    """Give the address of a server that speaks S3, on loopback."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


def aws(endpoint: str) -> dict[str, str]:
    """Give the variables that lead to a server; any key opens the test's one."""
    values = {"ENDPOINT_URL": endpoint, "ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY": "key", "REGION": "us-east-1"}
    return {f"AWS_{name}": value for name, value in values.items()}


@pytest.fixture
def bucket(s3_server, monkeypatch) -> str:
    """Give an address in a bucket of the test's own, which the AWS_* variables lead to."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in aws(s3_server).items():
        monkeypatch.setenv(name, value)
    name = f"mentions-{uuid.uuid4().hex}"
    requests.put(f"{s3_server}/{name}", timeout=10).raise_for_status()
    return f"s3://{name}/a/prefix"


@pytest.fixture(scope="session")
def prefect_api(own_server):
    """Run flows of this process against the server; without the heartbeat thread, which costs a second a flow."""
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        PREFECT_LOGGING_LEVEL,
        temporary_settings,
    )

    ours = {
        PREFECT_API_URL: own_server["PREFECT_API_URL"],
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        PREFECT_LOGGING_LEVEL: "CRITICAL",
    }
    with temporary_settings(ours):
        yield


@pytest.fixture
def configure(tmp_path, monkeypatch):
    """Give a function that sets MENTIONS_* settings for one test, the data folder being the test's own."""
    from tasks.settings import settings

    def set_up(**values: object):
        for name, value in {"data_dir": tmp_path / "data", **values}.items():
            monkeypatch.setenv(f"MENTIONS_{name.upper()}", str(value))
        settings.cache_clear()
        return settings()

    yield set_up
    settings.cache_clear()

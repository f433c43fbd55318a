"""Worker processes: what they know of the program that started them."""

import os
import subprocess
import sys
from pathlib import Path

import pebble
import pytest

from tasks.processes import LightContext, start_server, tcmalloc

NAME = "MENTIONS_TEST_OF_WORKERS"


class Key:
    """Looks into the environment where it is unpickled, as the file system of a bucket does."""

    def __reduce__(self):
        return os.getenv, (NAME,)


def seen() -> tuple[str | None, str | None]:
    """Start a worker; give what it finds in its environment, and what an argument of its start found there."""
    with pebble.ProcessPool(1, initializer=keep, initargs=(Key(),), context=LightContext()) as pool:
        return pool.schedule(kept).result()


def keep(key: str | None) -> None:
    global found
    found = key


def kept() -> tuple[str | None, str | None]:
    return os.environ.get(NAME), found


def test_a_worker_has_the_environment_of_now(monkeypatch):
    start_server()  # without the variable, from which workers are forked
    monkeypatch.setenv(NAME, "first")
    assert seen() == ("first", "first")
    monkeypatch.setenv(NAME, "second")
    assert seen() == ("second", "second")
    monkeypatch.delenv(NAME)
    assert seen() == (None, None)


MALLOC = """
import os, pebble
from pathlib import Path
from tasks.processes import LightContext

with pebble.ProcessPool(1, context=LightContext()) as pool:
    print("tcmalloc" in pool.schedule(Path.read_text, [Path("/proc/self/maps")]).result())
    print(pool.schedule(os.getenv, ["LD_PRELOAD"]).result(), os.getenv("LD_PRELOAD"))
"""


def lines_of_worker(**environment: str) -> list[str]:
    """Say of a worker of a fresh program whether tcmalloc is in it; then LD_PRELOAD there and in the program."""
    environment = os.environ | environment
    command = [sys.executable, "-c", MALLOC]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.skipif(tcmalloc() is None, reason="libtcmalloc_minimal is not installed, nor in use then")
def test_workers_have_tcmalloc_where_it_is_installed_and_nothing_else_has():
    assert lines_of_worker() == ["True", "None None"]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="there is no /proc here")
def test_what_the_user_has_loaded_beforehand_is_left_alone():
    assert lines_of_worker(LD_PRELOAD="libc.so.6") == ["False", "libc.so.6 libc.so.6"]

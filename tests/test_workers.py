"""Worker processes: what they know of the program that started them."""

import os
from multiprocessing import forkserver

import pebble

from tasks.workers import LightContext

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
    forkserver.ensure_running()  # without the variable, from which workers are forked
    monkeypatch.setenv(NAME, "first")
    assert seen() == ("first", "first")
    monkeypatch.setenv(NAME, "second")
    assert seen() == ("second", "second")
    monkeypatch.delenv(NAME)
    assert seen() == (None, None)

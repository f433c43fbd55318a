"""One run at a time on a data folder: a lock that the kernel gives back when its holder dies, however it dies.

Collecting and publishing hold it, in whatever process they run: cron, a worker, a terminal. Queries and readers do not.
"""

import contextlib
import datetime as dt
import fcntl
import json
import logging
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from tasks.settings import Settings

log = logging.getLogger("mentions")

ASK_AGAIN = 0.5
"""Seconds between two looks at the lock: a wait of hours costs no CPU, and the next run starts at once for people."""

DOWNLOADS = "downloads"
"""The folder below the data folder where documents lie until they are read."""

_held: ContextVar[frozenset[Path]] = ContextVar("held", default=frozenset())
"""The locks of the run that this code belongs to: a nightly publishes inside its own lock, threads included."""


class Occupied(Exception):
    """Another run kept the data folder for longer than we may wait. Raised by `alone`; says which run."""


@contextlib.contextmanager
def alone(settings: Settings, purpose: str) -> Iterator[None]:
    """Hold the data folder for this run; first wait for another run to end, and say for which.

    Where the lock is ours, what earlier runs left half-written is removed before the block begins. Inside a block that
    holds the folder already it does nothing. Raises `Occupied` after `settings.run_wait_max` seconds, OSError where the
    folder cannot be written.
    """
    path = (settings.local_dir / "locks" / "run.lock").absolute()
    if path in _held.get():
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b", buffering=0) as file:
        _acquire(file, settings.run_wait_max)
        _write_holder(file, purpose)
        token = _held.set(_held.get() | {path})
        try:
            sweep(settings.local_dir)
            yield
        finally:
            _held.reset(token)
            file.truncate(0)  # closing the file gives the lock back


def _acquire(file: BinaryIO, longest: float) -> None:
    deadline = time.monotonic() + longest
    has_said = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read_holder(file)
            if time.monotonic() >= deadline:
                raise Occupied(
                    f"{holder} still works on this data folder after {longest:g} s (MENTIONS_RUN_WAIT_MAX); nothing "
                    f"was done, run the same command again later"
                ) from None
            if not has_said:
                log.info("waiting for %s, which works on the same data folder", holder)
                has_said = True
            time.sleep(min(ASK_AGAIN, max(deadline - time.monotonic(), 0)))
        else:
            if has_said:
                log.info("going on: the other run has ended")
            return


def _write_holder(file: BinaryIO, purpose: str) -> None:
    since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    file.truncate(0)
    file.write(json.dumps([purpose, os.getpid(), socket.gethostname(), since]).encode())


def _read_holder(file: BinaryIO) -> str:
    file.seek(0)
    try:
        purpose, pid, host, since = json.loads(file.read(1000))  # four short words; a run writes them at its start
    except ValueError:  # between taking the lock and writing its name
        return "another run"
    return f"a run of '{purpose}' (process {pid} on {host}, since {since})"


LEFTOVERS = (
    *("lake/**/.*.tmp", "parts/**/.*.tmp", "raw/pages/*/.*.part", ".*.building*", "report/.*", "releases/.*"),
    "prefect/storage/*",
)
"""What a killed run leaves beside whole files, below the data folder, and the results that flows of an earlier run gave
to Prefect: names that nothing reads any more."""

OLD_ENOUGH = 3600.0
"""Seconds after which a raw page half-written is nobody's: `mentions list` writes pages without the lock."""


def sweep(data_dir: Path) -> None:
    """Remove what killed runs left half-written, downloads included; the caller holds the folder."""
    for pattern in LEFTOVERS:
        for path in list(data_dir.glob(pattern)):
            if not pattern.startswith("raw") or time.time() - path.stat().st_mtime > OLD_ENOUGH:
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
    if (data_dir / DOWNLOADS).exists():
        shutil.rmtree(data_dir / DOWNLOADS)

"""How a run in a terminal or under cron is stopped: by Ctrl-C, SIGTERM or kill -9. Prefect's worker has its own way.

Whatever the way, what was read is kept and nothing is half: files become visible by a rename, and the next run removes
what the stopped one left beside them.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextvars import ContextVar

import click

MARK = "MENTIONS_RUN_ID"
"""An environment variable that every process started by a run inherits: so they are found when the run is gone."""

STOPPED = "Stopped. What was read is kept; the same command goes on from there."

ENDING_SECONDS = 30.0
"""How long a stopped run may take to tell Prefect's server, which may be too busy to answer; then it ends anyway."""

_WATCH = """
import os, signal, sys, time
sys.stdin.read()
mark = f"{sys.argv[1]}={sys.argv[2]}".encode()
def children():
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                with open(f"/proc/{name}/environ", "rb") as file:
                    if mark in file.read().split(b"\\0"):
                        yield int(name)
            except OSError:
                continue
for number in (signal.SIGTERM, signal.SIGKILL):
    for pid in children():
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
    time.sleep(5 if number == signal.SIGTERM and any(children()) else 0)
"""


@contextlib.contextmanager
def children_end_with_us() -> Iterator[None]:
    """See to it that Prefect's embedded server ends when this process does, even by kill -9.

    A small process waits for the end of a pipe that only this one holds. Linux alone has the /proc that it looks in.
    """
    if sys.platform != "linux":
        yield
        return
    mark = uuid.uuid4().hex
    watcher = subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-I", "-S", "-c", _WATCH, MARK, mark],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C goes to a terminal's whole group; the watcher has to outlive it
    )
    os.environ[MARK] = mark
    try:
        yield
    finally:
        del os.environ[MARK]
    del watcher  # its pipe closes with this process, after Prefect has stopped its server itself


@contextlib.contextmanager
def stopped_by_signal() -> Iterator[None]:
    """Make Ctrl-C and SIGTERM end the block by a line and the usual exit status (130, 143), without a traceback."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    token = _is_ours.set(True)
    try:
        yield
    except KeyboardInterrupt:
        _leave(signal.SIGINT)
    except BaseException as error:
        if type(error).__name__ not in ("TerminationSignal", "_Terminated"):  # Prefect's own, which it re-raises
            raise
        _leave(signal.SIGTERM)
    finally:
        _is_ours.reset(token)
        signal.signal(signal.SIGTERM, before)


def end_soon(why: BaseException) -> None:
    """Let a run that was stopped end within `ENDING_SECONDS`, where it is a terminal's or cron's; nothing waits here.

    What is stored bears a kill at any moment, and the watcher ends the server.
    """
    if not _is_ours.get() or isinstance(why, Exception):
        return
    number = signal.SIGINT if isinstance(why, KeyboardInterrupt) else signal.SIGTERM
    timer = threading.Timer(ENDING_SECONDS, _end, (number,))
    timer.daemon = True
    timer.start()


def _end(number: signal.Signals) -> None:
    click.echo(STOPPED, err=True)
    os._exit(128 + number)


_is_ours: ContextVar[bool] = ContextVar("is_ours", default=False)


class _Terminated(BaseException):
    """SIGTERM came while no flow was running."""


def _interrupt(_number: int, _frame: object) -> None:
    raise _Terminated


def _leave(number: signal.Signals) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C shall not print a storm while all is being closed
    click.echo(STOPPED, err=True)
    sys.exit(128 + number)

"""How a run in a terminal or under cron is stopped: by Ctrl-C, SIGTERM or kill -9. Prefect's worker has its own way.

Whatever the way, what was read is kept and nothing is half: files become visible by a rename, and the next run removes
what the stopped one left beside them.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Iterator

import click

MARK = "MENTIONS_RUN_ID"
"""An environment variable that every process started by a run inherits: so they are found when the run is gone."""

STOPPED = "Stopped. What was read is kept; the same command goes on from there."

ENDING_SECONDS = 10.0
"""How long a stopped run may take to keep what it has and to tell Prefect's server, which may be too busy to answer, or
ended by the same Ctrl-C; then it ends anyway."""

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
    # Python's resource tracker, which tidies up after a process that ended by force, need not tell people so.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker")
    try:
        yield
    finally:
        del os.environ[MARK]
    del watcher  # its pipe closes with this process, after Prefect has stopped its server itself


@contextlib.contextmanager
def stopped_by_signal() -> Iterator[None]:
    """Make Ctrl-C and SIGTERM end the block by a line and the usual exit status (130, 143), without a traceback."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    numbers: list[int] = []
    try:
        with _ended_soon(numbers):
            yield
    except KeyboardInterrupt:
        _leave(signal.SIGINT)
    except BaseException as error:
        if type(error).__name__ in ("TerminationSignal", "_Terminated"):  # Prefect's own, which it re-raises
            _leave(signal.SIGTERM)
        # DuckDB makes a RuntimeError of a signal that meets it in a query, and the report's query a refusal of that.
        if numbers and isinstance(error, RuntimeError | SystemExit):
            traceback.clear_frames(error.__traceback__)  # else DuckDB complains of connections left open at exit
            _leave(signal.Signals(numbers[0]))
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _ended_soon(numbers: list[int]) -> Iterator[None]:
    """Let a process that Ctrl-C or SIGTERM met in the block end within `ENDING_SECONDS`, wherever it stands.

    The signal's number is put into `numbers`.

    Prefect has handlers of its own while it starts and ends a flow, and goes on asking a server that the same signal
    has ended (systemd sends it to all processes of a service). What is stored bears a kill at any moment.
    """
    heard, told = socket.socketpair()
    told.setblocking(False)
    threading.Thread(target=_end_after_signal, args=(heard, numbers), name="stopping", daemon=True).start()
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        told.close()


def _end_after_signal(heard: socket.socket, numbers: list[int]) -> None:
    with heard:
        while number := heard.recv(1):  # Python writes the number of each signal there that has a handler
            if number[0] in (signal.SIGINT, signal.SIGTERM):
                numbers.append(number[0])
                time.sleep(ENDING_SECONDS)
                click.echo(STOPPED, err=True)
                os._exit(128 + number[0])


class _Terminated(BaseException):
    """SIGTERM came while no flow was running."""


def _interrupt(_number: int, _frame: object) -> None:
    raise _Terminated


def _leave(number: signal.Signals) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C shall not print a storm while all is being closed
    click.echo(STOPPED, err=True)
    sys.exit(128 + number)

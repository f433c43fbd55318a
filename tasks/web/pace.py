"""How often a host may be asked: the rules that its owners gave, and one queue a host that keeps to them."""

import contextlib
import fcntl
import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from tasks.records import PageUnavailable

DEFAULT_INTERVAL = 1.0
"""Seconds between requests to a host where nobody asks for more: the usual courtesy."""


class NoTurn(Exception):
    """Nobody can be asked whose turn it is. Raised by `Turns.take`; says why."""


class Turns(Protocol):
    """Where processes that share no folder, on several machines most often, agree whose turn it is at a host."""

    def take(self, host: str, longest: float, wait: Callable[[float], None]) -> Callable[[float], None]:
        """Wait until no other process has the turn; give what ends this one in so many seconds from then on.

        `wait` is called with seconds, time and again; what it raises ends the waiting. A turn that nobody ends is over
        after `longest` seconds. Raises `NoTurn`.
        """

    def close(self) -> None:
        """Let go of what is held."""


@dataclass(frozen=True)
class HostRule:
    """What one site asks of robots beyond its robots.txt."""

    domain: str
    """Holds for this host and everything below it, all together."""
    interval: float
    """Seconds between the starts of two requests."""
    reason: str
    source: str
    is_single_connection: bool = False
    """Whether a request has to wait for the end of the one before."""
    stops_on_forbidden: bool = False
    """Whether one 403 ends the night."""
    daily_requests: int | None = None
    """How often a UTC day it may be asked, robots.txt left out; None where nobody says."""


HOST_RULES = (
    HostRule(
        "arxiv.org",
        3.0,
        "no more than one request every three seconds, one connection at a time, all machines together; "
        "going on after a 403 'will be interpreted as an attack'",
        "https://info.arxiv.org/help/api/tou.html and https://info.arxiv.org/help/robots.html",
        is_single_connection=True,
        stops_on_forbidden=True,
    ),
    HostRule(
        "web.archive.org",
        60 / 24,
        "24 requests a minute",
        "no figure is published; found to be safe by others, July 2026",
    ),
    HostRule(
        "apply.workable.com",
        3.0,
        "after some 3,650 quick calls its Retry-After asked for 23 hours",
        "no figure is published; seen by others, 2026",
    ),
    HostRule(
        "remotive.com",
        2.0,
        "the feed is to be asked for four times a day at most; who asks too often is blocked",
        "https://remotive.com/remote-jobs/api and https://github.com/remotive-com/remote-jobs-api",
        daily_requests=4,
    ),
    HostRule(
        "remoteok.com",
        1.0,
        "Crawl-delay 1; no robots that train models on what they read",
        "https://remoteok.com/robots.txt",
    ),
    HostRule(
        "lever.co",
        1.0,
        "Crawl-delay 1; both regions of the API are one service",
        "https://api.lever.co/robots.txt",
    ),
)


def rule_for(host: str) -> HostRule | None:
    """Give the rule that holds for a host, if there is one."""
    return next((rule for rule in HOST_RULES if f".{host}".endswith(f".{rule.domain}")), None)


class HostQueue:
    """Lets requests to one host (or to all hosts of one rule) start one after the other, at a pace.

    Exact over all threads of the process and all processes of the machine that share `folder`: the time of the last
    start lies there in a file that is locked while a request waits for its turn. CLOCK_MONOTONIC is one clock for the
    whole machine, and a wall clock that jumps does not touch it. `turns` are taken besides, where there are any.
    """

    def __init__(
        self,
        name: str,
        rule: HostRule | None,
        folder: Path,
        run: str = "",
        turns: Turns | None = None,
        longest: float = 0.0,
    ) -> None:
        """Take the host's checked name, its rule, the folder that the machine's processes share, and their run's name.

        What a site says to one process of a run, all of them heed. `longest` is how many seconds a request may take.
        """
        self.rule = rule
        self._name = name
        self._run = run
        self._turns, self._longest = turns, longest
        self._path = folder / f"{name}.last"
        self._line = threading.Condition()
        self._is_taken = False
        self._waiting_pages = 0
        self._resume_at = 0.0
        self._started_at = -math.inf
        self._refusal = ""
        self._stopped = threading.Event()

    def stop(self, reason: str) -> None:
        """Refuse every further request of this run."""
        self._refusal = self._refusal or reason
        self._stopped.set()

    def refuse(self, reason: str) -> None:
        """Refuse every further request of this run in all its processes: the site's wish."""
        self.stop(reason)
        self._share()

    def pause(self, seconds: float) -> None:
        """Let no request start for so long, in no process of this run: the site's Retry-After."""
        if seconds > 0:
            self._resume_at = max(self._resume_at, time.monotonic() + seconds)
            self._share()

    @contextlib.contextmanager
    def turn(self, interval: float, url: str, is_document: bool = False) -> Iterator[None]:
        """Wait until a request may start, `interval` seconds after the one before; 0 waits for a pause only.

        In this process pages come before documents, so that a listing tells early how much there is to read, and keeps
        no other host waiting for its links. Raises `PageUnavailable`, naming `url` and the reason, where the host was
        stopped. Under a rule of one connection the next turn begins only when this block ends.
        """
        with contextlib.ExitStack() as held:
            held.enter_context(self._in_line(is_document))
            self._check(url)
            if interval > 0:
                ledger = held.enter_context(self._ledger(self._path))
                if self.rule is not None and self.rule.daily_requests is not None and not url.endswith("/robots.txt"):
                    self._count_request(self.rule.daily_requests, url)
                self._sleep_until(_last_start(ledger) + interval)
                held.enter_context(self._common_turn(interval, url))
                self._sit_out_pauses(url)
                self._started_at = _note_start(ledger)
            else:
                self._sit_out_pauses(url)
            if self.rule is None or not self.rule.is_single_connection:
                held.close()
            yield

    @contextlib.contextmanager
    def _in_line(self, is_document: bool) -> Iterator[None]:
        """Keep this process's other requests to the host waiting."""
        with self._line:
            self._waiting_pages += not is_document
            try:
                self._line.wait_for(lambda: not self._is_taken and not (is_document and self._waiting_pages))
            finally:
                self._waiting_pages -= not is_document
                self._line.notify_all()
            self._is_taken = True
        try:
            yield
        finally:
            with self._line:
                self._is_taken = False
                self._line.notify_all()

    @contextlib.contextmanager
    def _common_turn(self, interval: float, url: str) -> Iterator[None]:
        """Hold the turn over all machines until `interval` after the start of the request, and to the block's end."""
        if self._turns is None:
            yield
            return

        def wait(seconds: float) -> None:
            self._sleep_until(time.monotonic() + seconds)
            self._sit_out_pauses(url)

        try:
            end_in = self._turns.take(self._name, interval + self._longest, wait)
        except NoTurn as error:
            raise PageUnavailable(f"{url}: not asked for, because {error}") from error
        try:
            yield
        finally:
            end_in(self._started_at + interval - time.monotonic())

    def _check(self, url: str) -> None:
        if self._refusal:
            raise PageUnavailable(f"{url}: not asked for, because {self._refusal}")

    def _count_request(self, daily_requests: int, url: str) -> None:
        """Note one more request of this day; raises `PageUnavailable` where the day has had its number."""
        today = time.strftime("%Y-%m-%d", time.gmtime())
        with self._ledger(self._path.with_suffix(".day")) as ledger:
            ledger.seek(0)
            day, _, number = ledger.read(64).decode("ascii", "replace").partition(" ")  # a day and a number: 20
            count = int(number) if day == today and number.isdigit() else 0
            if count >= daily_requests:
                assert self.rule is not None, "a limit belongs to a rule"
                raise PageUnavailable(f"{url}: not asked for, it was {count} times today: {self.rule.reason}")
            ledger.truncate(0)
            ledger.write(f"{today} {count + 1}".encode())

    def _sleep_until(self, moment: float) -> None:
        while (seconds := moment - time.monotonic()) > 0 and not self._refusal:
            self._stopped.wait(seconds)

    def _sit_out_pauses(self, url: str) -> None:
        self._heed()
        while (
            self._resume_at > time.monotonic() and not self._refusal
        ):  # another thread's answer may make it longer meanwhile
            self._sleep_until(self._resume_at)
        self._check(url)

    def _share(self) -> None:
        """Leave what the site asked for to the other processes of this run."""
        if self._run:
            with self._ledger(self._path.with_suffix(".run")) as file:
                self._take_over(file)
                file.truncate(0)
                file.write(json.dumps([self._run, self._refusal, self._resume_at]).encode())

    def _heed(self) -> None:
        """Take over what the site asked of another process of this run."""
        if self._run:
            with self._ledger(self._path.with_suffix(".run")) as file:
                self._take_over(file)

    def _take_over(self, file: BinaryIO) -> None:
        file.seek(0)
        try:
            run, refusal, resume_at = json.loads(file.read(10_000))  # a line; the reason names an address or two
        except ValueError:  # new, or torn by a crash
            return
        if run == self._run:
            self._resume_at = max(self._resume_at, resume_at)
            if refusal:
                self.stop(refusal)

    @contextlib.contextmanager
    def _ledger(self, path: Path) -> Iterator[BinaryIO]:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # the kernel lets go of it when the process dies
            yield file


def _last_start(ledger: BinaryIO) -> float:
    ledger.seek(0)
    try:
        moment = float(ledger.read(64))  # a number has 20 characters
    except ValueError:  # new, or torn by a crash
        return -math.inf
    return moment if moment <= time.monotonic() else -math.inf  # a later one is of a boot before this one


def _note_start(ledger: BinaryIO) -> float:
    moment = time.monotonic()
    ledger.truncate(0)
    ledger.write(repr(moment).encode())
    return moment

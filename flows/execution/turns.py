"""Turns at a host for processes that share no folder: Prefect's global concurrency limits, one of one slot a host.

A slot is held from before a request until the host's interval has passed, by a lease that the server ends where the
process that held it is gone. (Prefect's rate limits, whose slots decay, were measured up to twice too slow.)
"""

import contextlib
import logging
import math
import random
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from tasks.web import NoTurn, Turns

log = logging.getLogger("mentions")

LEASE = 60.0
"""Seconds, the least that Prefect's server takes: so soon ends a killed process's turn. Longer ones are renewed."""

RENEWED_AFTER = LEASE / 3
"""Seconds; so one renewal may get lost without the turn."""

PAUSE_MIN, PAUSE_MAX = 0.02, 1.0
"""Seconds between two questions to the server for one turn: a quarter of what was waited, so that little is lost."""

TOLD_AFTER = 30.0
"""Seconds that a process waits for one turn before it says so."""

SILENCE_SECONDS = 10.0
"""How long a server is asked again that does not answer, or answers 503 as where its SQLite file is locked. One that
was silent for so long is asked once a turn: the run shall end, not crawl."""

CLOSING_SECONDS = 5.0
"""How long a process that ends waits for intervals to pass; slots that it still holds then end with their leases."""

T = TypeVar("T")


class _Busy(httpx.TransportError):
    """The server answers that it cannot now; raised before Prefect's client waits two seconds, as it does otherwise."""


class _Over(Exception):
    """These turns were closed; raised to threads that still have something to ask of the server."""


def _raise_where_busy(response: httpx.Response) -> None:
    if response.status_code in (502, 503, 504):
        raise _Busy(f"it answers {response.status_code}")


class ServerTurns:
    """Takes turns on a Prefect server; safe for threads, travels to other processes as the server's address."""

    def __init__(self, api_url: str) -> None:
        """Take the address of the server's API."""
        self._api_url = api_url
        self._lock = threading.Lock()
        self._stack = contextlib.ExitStack()
        self._client: SyncPrefectClient | None = None
        self._silent_since = math.inf
        self._known: set[str] = set()
        self._timers: set[threading.Timer] = set()
        self._held: dict[UUID, float] = {}
        """Leases, and until when each is renewed."""
        self._renewing: threading.Thread | None = None
        self._closed = threading.Event()

    def __reduce__(self) -> tuple[object, ...]:
        """Travel without connections and slots."""
        return ServerTurns, (self._api_url,)

    def take(self, host: str, longest: float, wait: Callable[[float], None]) -> Callable[[float], None]:
        """Wait until no other process has the turn at a host; give what ends this one in so many seconds from then on.

        `wait` is called with seconds, time and again; what it raises ends the waiting. A turn that nobody ends is over
        after `longest` seconds, or `LEASE`. Raises `NoTurn` where the server cannot be asked.
        """
        began, is_told = time.monotonic(), False
        try:
            while (lease := self._acquire(f"host-{host}")) is None:
                waited = time.monotonic() - began
                if waited >= TOLD_AFTER and not is_told:
                    log.warning("%s: waiting for another process's turn to end; a killed one's ends by itself", host)
                    is_told = True
                wait(min(max(waited / 4, PAUSE_MIN), PAUSE_MAX))
        except (httpx.HTTPError, PrefectHTTPStatusError) as error:
            raise NoTurn(f"Prefect's server at {self._api_url} gives no turn: {error}") from error
        with self._lock:
            self._held[lease] = time.monotonic() + longest
            if self._renewing is None:
                self._renewing = threading.Thread(target=self._renew, name="turns", daemon=True)
                self._renewing.start()
        return lambda seconds: self._release_in(seconds, lease)

    def close(self) -> None:
        """Let go of what is held, and of the server."""
        deadline = time.monotonic() + CLOSING_SECONDS
        with self._lock:
            timers = list(self._timers)
        for timer in timers:
            timer.join(max(deadline - time.monotonic(), 0.0))
            timer.cancel()
        self._closed.set()
        with self._lock:
            self._stack.close()
            self._stack, self._client = contextlib.ExitStack(), None

    def _acquire(self, name: str) -> UUID | None:
        """Take the slot of a limit, which is made where it does not exist yet; None where somebody has it."""
        if name not in self._known:
            self._make_limit(name)
            self._known.add(name)
        try:
            answer = self._ask(
                lambda client: client.increment_concurrency_slots_with_lease([name], 1, "concurrency", LEASE)
            )
        except PrefectHTTPStatusError as error:
            if error.response.status_code == httpx.codes.LOCKED:
                return None
            raise
        return UUID(answer.json()["lease_id"])

    def _make_limit(self, name: str) -> None:
        """Make a limit of one slot; one that is there, and that an operator may have changed, stays as it is."""
        try:
            self._ask(lambda client: client.read_global_concurrency_limit_by_name(name))
        except ObjectNotFound:
            limit = GlobalConcurrencyLimitCreate(name=name, limit=1)
            with contextlib.suppress(ObjectAlreadyExists):  # by another process, meanwhile
                self._ask(lambda client: client.create_global_concurrency_limit(limit))

    def _ask(self, question: Callable[[SyncPrefectClient], T]) -> T:
        """Put a question to the server, again for `SILENCE_SECONDS` where it does not answer.

        Prefect's own client, left to itself, asks five times in the course of minutes.
        """
        while True:
            try:
                with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
                    answer = question(self._connect())
            except httpx.TransportError:
                self._silent_since = min(self._silent_since, time.monotonic())
                if time.monotonic() - self._silent_since > SILENCE_SECONDS:
                    raise
                time.sleep(random.uniform(PAUSE_MIN, 5 * PAUSE_MIN))  # noqa: S311 -- two that collided shall not again
            except Exception:
                self._silent_since = math.inf  # a refusal is an answer, too
                raise
            else:
                self._silent_since = math.inf
                return answer

    def _connect(self) -> SyncPrefectClient:
        with self._lock:
            if self._closed.is_set():
                raise _Over("the run is over")
            if self._client is None:
                with temporary_settings({PREFECT_API_URL: self._api_url}):
                    hooks = {"event_hooks": {"response": [_raise_where_busy]}}
                    self._client = self._stack.enter_context(get_client(hooks, sync_client=True))
            return self._client

    def _renew(self) -> None:
        """Keep leases of turns that last."""
        while not self._closed.wait(RENEWED_AFTER):
            with self._lock:
                self._held = {lease: over for lease, over in self._held.items() if over > time.monotonic()}
                leases = list(self._held)
            for lease in leases:
                with contextlib.suppress(httpx.HTTPError, PrefectHTTPStatusError, _Over):  # it may be released by now
                    self._ask(partial(_renew, lease))

    def _release_in(self, seconds: float, lease: UUID) -> None:
        def release() -> None:
            try:
                self._ask(lambda client: client.release_concurrency_slots_with_lease(lease))
            except (httpx.HTTPError, PrefectHTTPStatusError, _Over) as error:
                log.warning("a turn ends with its lease only: %s", error)
            finally:
                with self._lock:
                    self._timers.discard(timer)
                    self._held.pop(lease, None)

        timer = threading.Timer(max(seconds, 0.0), release)
        timer.daemon = True
        with self._lock:
            self._timers.add(timer)
        timer.start()


def _renew(lease: UUID, client: SyncPrefectClient) -> None:
    client.renew_concurrency_lease(lease, LEASE)


def turns() -> Turns | None:
    """Give the turns of the Prefect server that this process is to use; None where it starts one of its own."""
    api_url = PREFECT_API_URL.value()
    return ServerTurns(api_url) if api_url else None

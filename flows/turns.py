"""Turns at a host for processes that share no folder: Prefect's global concurrency limits, one of one slot a host.

A slot is held from before a request until the host's interval has passed, by a lease that the server ends where the
process that held it is gone. (Prefect's rate limits, whose slots decay, were measured up to twice too slow.)
"""

import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.exceptions import ObjectAlreadyExists, PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL, temporary_settings

from tasks.manners import NoTurn, Turns

log = logging.getLogger("mentions")

LEASE_MIN, LEASE_MAX = 60.0, 86_400.0
"""Seconds; what Prefect's server accepts."""

PAUSE_MIN, PAUSE_MAX = 0.02, 1.0
"""Seconds between two questions to the server for one turn: a quarter of what was waited, so that little is lost."""

TOLD_AFTER = 30.0
"""Seconds that a process waits for one turn before it says so."""

BUSY_SECONDS = 10.0
"""How long a server is asked again at once that answers 503, as Prefect's does where its SQLite file is locked."""

CLOSING_SECONDS = 5.0
"""How long a process that ends waits for intervals to pass; slots that it still holds then end with their leases."""


T = TypeVar("T")


class _Busy(Exception):
    """The server answered 503; raised before Prefect's client waits two seconds and more, as it does otherwise."""


def _raise_where_busy(response: httpx.Response) -> None:
    if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        raise _Busy("it answers 503")


class ServerTurns:
    """Takes turns on a Prefect server; safe for threads, travels to other processes as the server's address."""

    def __init__(self, api_url: str) -> None:
        """Take the address of the server's API."""
        self._api_url = api_url
        self._lock = threading.Lock()
        self._stack = contextlib.ExitStack()
        self._client: SyncPrefectClient | None = None
        self._known: set[str] = set()
        self._timers: set[threading.Timer] = set()

    def __reduce__(self) -> tuple[object, ...]:
        """Travel without connections and slots."""
        return ServerTurns, (self._api_url,)

    def take(self, host: str, longest: float, wait: Callable[[float], None]) -> Callable[[float], None]:
        """Wait until no other process has the turn at a host; give what ends this one in so many seconds from then on.

        `wait` is called with seconds, time and again; what it raises ends the waiting. A turn that nobody ends is over
        after `longest` seconds. Raises `NoTurn` where the server cannot be asked.
        """
        name, began, is_told = f"host-{host}", time.monotonic(), False
        lasts = min(max(longest, LEASE_MIN), LEASE_MAX)
        try:
            while (lease := self._acquire(name, lasts)) is None:
                waited = time.monotonic() - began
                if waited >= TOLD_AFTER and not is_told:
                    message = "%s: waiting for another process to end its turn; a killed one's ends within %.0f s"
                    log.warning(message, host, lasts)
                    is_told = True
                wait(min(max(waited / 4, PAUSE_MIN), PAUSE_MAX))
        except (httpx.HTTPError, PrefectHTTPStatusError, _Busy) as error:
            raise NoTurn(f"Prefect's server at {self._api_url} gives no turn: {error}") from error
        return lambda seconds: self._release_in(seconds, lease)

    def close(self) -> None:
        """Let go of what is held, and of the server."""
        deadline = time.monotonic() + CLOSING_SECONDS
        with self._lock:
            timers = list(self._timers)
        for timer in timers:
            timer.join(max(deadline - time.monotonic(), 0.0))
            timer.cancel()
        with self._lock:
            self._stack.close()
            self._stack, self._client = contextlib.ExitStack(), None

    def _acquire(self, name: str, lease: float) -> UUID | None:
        """Take the slot of a limit, which is made where it does not exist yet; None where somebody has it."""
        if name not in self._known:
            limit = GlobalConcurrencyLimitCreate(name=name, limit=1)
            with contextlib.suppress(ObjectAlreadyExists):  # one that an operator changed stays as it is
                self._ask(lambda client: client.create_global_concurrency_limit(limit))
            self._known.add(name)
        try:
            answer = self._ask(
                lambda client: client.increment_concurrency_slots_with_lease([name], 1, "concurrency", lease)
            )
        except PrefectHTTPStatusError as error:
            if error.response.status_code == httpx.codes.LOCKED:
                return None
            raise
        return UUID(answer.json()["lease_id"])

    def _ask(self, question: Callable[[SyncPrefectClient], T]) -> T:
        """Put a question to the server, again where it is busy for a moment."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return question(self._connect())
            except _Busy:
                if time.monotonic() > deadline:
                    raise
                time.sleep(random.uniform(PAUSE_MIN, 5 * PAUSE_MIN))  # noqa: S311 -- two that collided shall not again

    def _connect(self) -> SyncPrefectClient:
        with self._lock:
            if self._client is None:
                with temporary_settings({PREFECT_API_URL: self._api_url}):
                    hooks = {"event_hooks": {"response": [_raise_where_busy]}}
                    self._client = self._stack.enter_context(get_client(hooks, sync_client=True))
            return self._client

    def _release_in(self, seconds: float, lease: UUID) -> None:
        def release() -> None:
            try:
                self._ask(lambda client: client.release_concurrency_slots_with_lease(lease))
            except (httpx.HTTPError, PrefectHTTPStatusError, _Busy) as error:
                log.warning("a turn ends with its lease only: %s", error)
            finally:
                with self._lock:
                    self._timers.discard(timer)

        timer = threading.Timer(max(seconds, 0.0), release)
        timer.daemon = True
        with self._lock:
            self._timers.add(timer)
        timer.start()


def turns() -> Turns | None:
    """Give the turns of the Prefect server that this process is to use; None where it starts one of its own."""
    api_url = PREFECT_API_URL.value()
    return ServerTurns(api_url) if api_url else None

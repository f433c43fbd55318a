"""Where batches of papers are read: in threads of the process that leads a run, or by the workers of a Dask cluster."""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

from prefect.futures import PrefectFuture
from prefect.settings import PREFECT_API_URL
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from tasks.collecting import leave, papers
from tasks.settings import Settings, settings

if TYPE_CHECKING:
    from distributed import Future

log = logging.getLogger("mentions")

WORKERS_SECONDS = 300.0
"""How long a run waits for Dask's workers where there is none; Dask itself would wait for ever, and say nothing."""

LOOK_SECONDS = 10.0
"""How often a run that waits for a batch looks whether there are workers."""

STOPPED_SECONDS = 1.0
"""How often it looks whether it was stopped."""

T = TypeVar("T")


class RunnerError(Exception):
    """Batches cannot be read where a setting says, or no longer; says what to do."""


class NoScheduler(RunnerError):
    """No scheduler answers: none is there, something else is, or it is too busy."""


def task_runner(settings: Settings) -> TaskRunner[Any]:
    """Give what runs the tasks of a collecting flow; raises `RunnerError` where Dask is asked for and cannot be had."""
    if settings.dask_address is None:
        return ThreadPoolTaskRunner(max_workers=papers.BATCHES_AT_ONCE)
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise RunnerError("MENTIONS_DASK_ADDRESS wants more packages: pip install framework-mentions[dask]") from error
    if not PREFECT_API_URL.value():  # each worker would start a server of its own
        raise RunnerError("MENTIONS_DASK_ADDRESS wants PREFECT_API_URL, a Prefect server that all workers reach")
    cluster = Cluster(settings.dask_address, settings.connect_timeout)
    while not cluster.has_workers():
        time.sleep(1.0)
    return DaskTaskRunner(address=settings.dask_address)


def outcome(future: PrefectFuture[T], is_stopped: Callable[[], bool]) -> T:
    """Wait for a batch and give what it returned, or raise what it raised.

    Raises `CancelledError` where the run was stopped while it waits for Dask, `RunnerError` where the scheduler is gone
    or no worker is left. In threads, a batch of a stopped run ends by itself.
    """
    address = settings().dask_address
    if address is None:
        return future.result()
    from distributed.client import FutureCancelledError

    cluster = Cluster(address, settings().connect_timeout)
    try:
        while not _is_done(future.wrapped_future):  # type: ignore[attr-defined]
            if is_stopped():
                raise CancelledError("the run was stopped")
            cluster.look()
        return future.result()
    except FutureCancelledError as error:
        advice = "start it and its workers, then run this again"
        raise RunnerError(f"the scheduler at {address} is gone ({error.reason}); {advice}") from error


def _is_done(future: "Future[Any]") -> bool:
    """Wait `STOPPED_SECONDS` for a future of Dask's and say whether it is done."""
    try:
        future.exception(timeout=STOPPED_SECONDS)  # type: ignore[no-untyped-call]
    except TimeoutError:
        return False
    return True


def take_back(futures: Iterable[PrefectFuture[Any]], stopped_run: str | None) -> None:
    """Take back batches that nobody waits for any more, and have Dask's workers leave a run that was stopped.

    A run of which one source broke off goes on with the others. In threads there is nothing to do: their tools are this
    process's and are closed with the run.
    """
    if settings().dask_address is None:
        return
    waiting: list[Future[Any]] = [future.wrapped_future for future in futures]  # type: ignore[attr-defined]
    if any(future.status != "cancelled" for future in waiting):  # all are where the scheduler is gone
        client: Any = waiting[0].client
        with contextlib.suppress(OSError):
            client.cancel(waiting)
            if stopped_run:
                client.run(leave, stopped_run, on_error="ignore")


class Cluster:
    """A Dask scheduler as one who waits for it sees it."""

    def __init__(self, address: str, timeout: float) -> None:
        """Take its address, and how many seconds it has for an answer."""
        self._address = address
        self._timeout = timeout
        self._idle_since: float | None = None
        self._looked_at = time.monotonic()
        self._is_silent = False

    def look(self) -> None:
        """Look every `LOOK_SECONDS` whether the scheduler answers and has workers, and log where that is not so.

        One that does not answer is busy, or frozen, for which Dask has its own patience; one that is gone ends the
        futures. Raises `RunnerError` where it had no worker for `WORKERS_SECONDS`.
        """
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        try:
            self.has_workers()
            self._is_silent = False
        except NoScheduler:
            if not self._is_silent:
                log.warning("the scheduler at %s does not answer; waiting for it, some minutes at most", self._address)
            self._is_silent = True
        self._looked_at = time.monotonic()

    def has_workers(self) -> bool:
        """Say whether there are workers, and log where there are none.

        Raises `NoScheduler` where none answers, `RunnerError` where it had no worker for `WORKERS_SECONDS`.
        """
        if self._count_workers():
            self._idle_since = None
            return True
        advice = "start `dask worker` on each machine, anew where the scheduler was"
        if self._idle_since is None:
            self._idle_since = time.monotonic()
            log.warning("no worker is at %s, waiting %.0f s for one: %s", self._address, WORKERS_SECONDS, advice)
        if time.monotonic() - self._idle_since >= WORKERS_SECONDS:
            raise RunnerError(f"MENTIONS_DASK_ADDRESS: no worker is at {self._address}; {advice}")
        return False

    def _count_workers(self) -> int:
        scheduler = urlsplit(self._address)
        try:
            socket.create_connection((scheduler.hostname, scheduler.port), self._timeout).close()  # Dask tries longer
            return asyncio.run(asyncio.wait_for(_count_workers(self._address), self._timeout))
        except (OSError, ValueError, OverflowError) as error:
            why = str(error) or "something else does"  # a TimeoutError says nothing
            raise NoScheduler(
                f"MENTIONS_DASK_ADDRESS: no scheduler answers at {self._address} ({why}); start `dask scheduler` or "
                "mend the address"
            ) from error


async def _count_workers(address: str) -> int:
    # Not by Dask's client, which waits for ever where something that is no scheduler takes the connection.
    from distributed import Security, rpc

    security: Any = Security()  # type: ignore[no-untyped-call]
    cluster: Any = rpc(address, connection_args=security.get_connection_args("client"))  # type: ignore[no-untyped-call]
    async with cluster as scheduler:
        return len((await scheduler.identity())["workers"])


def whole(value: T) -> T:
    """Keep Prefect from walking through a task's argument in search of futures."""
    return cast("T", quote(value))

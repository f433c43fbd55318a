"""Worker processes that read PDFs, each document bounded in time and memory: what it does there costs it alone.

Importing this module is light on purpose, because every worker does it.
"""

import resource
import signal
import sys
import threading
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import forkserver
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import pebble

from tasks.processes import LightContext, begin, start_server
from tasks.reading.pdf import pdfium_library, read_pdf
from tasks.reading.results import Limits, Reading

if TYPE_CHECKING:  # pydantic takes 0.3 s to import and no worker needs it
    from tasks.settings import Settings

# A worker is replaced after this many documents, so that what pdfium leaks or fragments ends with it; a replacement
# leaves a core idle for about 0.1 s, 1% of the time that 300 documents take.
_DOCUMENTS_A_WORKER = 300
# pebble's pool breaks as a whole where a worker dies between two documents; then it is made anew and the waiting
# documents are given to it again. One that meets this three times is the likely cause.
_TRIES = 3


def _prepare_worker(limits: Limits) -> None:
    """Bound this worker's memory and life; runs once in each."""
    begin()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash is foreseen; its core would fill the disk
    if sys.platform == "linux":  # macOS refuses or ignores it: there the time limit alone bounds a document
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        bound = limits.memory_bytes if hard == resource.RLIM_INFINITY else min(limits.memory_bytes, hard)
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    pdfium_library()


@dataclass(eq=False)
class _Job:
    """One document on its way through the pool."""

    path: Path
    future: "Future[Reading]" = field(default_factory=Future)
    pool: pebble.ProcessPool | None = None
    inner: "Future[Reading] | None" = None
    tries: int = 0


class ReaderPool:
    """Worker processes that read PDFs, shared by all who read in this process; enter it as a context.

    A document that hangs, aborts or eats memory costs itself and its worker, which is replaced. Results wait in their
    futures: submit about as many documents as can be consumed, drop each future once used, and memory stays flat.
    Leaving the context waits for what was submitted; leaving it by an exception cancels that.
    """

    def __init__(self, settings: "Settings") -> None:
        """Make a pool of `settings.readers` workers (0: one a core); they start with the first document."""
        self._limits = Limits.of(settings)
        self._workers = settings.processes
        self._lock = threading.RLock()
        self._jobs: set[_Job] = set()
        self._retired: list[pebble.ProcessPool] = []
        self._pool = self._new_pool()

    def _new_pool(self) -> pebble.ProcessPool:
        forkserver.set_forkserver_preload(["pypdfium2", "pebble", __name__])  # so that a new worker is there in 20 ms
        return pebble.ProcessPool(
            self._workers, _DOCUMENTS_A_WORKER, _prepare_worker, (self._limits,), context=LightContext()
        )

    def __enter__(self) -> Self:
        """Give the pool itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what was submitted, or cancel it where an exception ends the context; then end the workers."""
        if kind is None:
            wait([job.future for job in tuple(self._jobs)])
        for pool in (*self._retired, self._pool):
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()
        for job in tuple(self._jobs):
            job.future.cancel()

    def warm_up(self) -> None:
        """Start what workers are forked from, while there is something else to do before the first document."""
        start_server()

    def submit(self, path: Path) -> "Future[Reading]":
        """Have the PDF at `path` read. The future gives a `Reading` whatever the document does; it can be cancelled."""
        job = _Job(path)
        with self._lock:
            self._jobs.add(job)
            self._give(job)
        job.future.add_done_callback(partial(_pass_on_cancel, job))
        return job.future

    def _give(self, job: _Job) -> None:
        """Hand a job to the present pool; the caller holds the lock."""
        job.tries += 1
        job.pool = self._pool
        try:
            job.inner = self._pool.schedule(read_pdf, (job.path, self._limits), timeout=self._limits.seconds)
        except RuntimeError:  # the pool broke while nobody waited for a document
            self._replace(self._pool)
            return
        job.inner.add_done_callback(partial(self._take, job))

    def _replace(self, broken: pebble.ProcessPool) -> None:
        """Put a new pool in the place of a broken one and give it all jobs that the broken one had."""
        with self._lock:
            if broken is not self._pool:
                return
            self._retired.append(broken)
            self._pool = self._new_pool()
            for job in [job for job in self._jobs if job.pool is broken]:
                if job.tries < _TRIES:
                    self._give(job)
                else:
                    self._finish(job, Reading.failed("the reader crashed"))

    def _take(self, job: _Job, inner: "Future[Reading]") -> None:
        """Turn what pebble says of a job into a reading; runs in a thread of pebble's."""
        if inner.cancelled():
            job.future.cancel()
            with self._lock:
                self._jobs.discard(job)
            return
        error = inner.exception()
        if isinstance(error, BrokenProcessPool):
            if job.inner is inner and job.pool is not None:
                self._replace(job.pool)
            return
        self._finish(job, inner.result() if error is None else Reading.failed(_problem(error, self._limits)))

    def _finish(self, job: _Job, reading: Reading) -> None:
        with self._lock:
            self._jobs.discard(job)
            if not job.future.done() and job.future.set_running_or_notify_cancel():
                job.future.set_result(reading)


def _pass_on_cancel(job: _Job, future: "Future[Reading]") -> None:
    if future.cancelled() and job.inner is not None:
        job.inner.cancel()


def _problem(error: BaseException, limits: Limits) -> str:
    """Say in a few words what a worker died of."""
    if isinstance(error, TimeoutError):
        return f"took longer than {limits.seconds:g} s"
    if isinstance(error, MemoryError):
        return "out of memory"
    if isinstance(error, pebble.ProcessExpired):
        if error.exitcode == -signal.SIGKILL:  # nobody but the kernel kills a reader so
            return "out of memory (the reader was killed)"
        known = {-number: number.name for number in signal.Signals}
        return f"the reader crashed ({known.get(error.exitcode, f'exit status {error.exitcode}')})"
    return f"the reader failed: {type(error).__name__}: {error}"

"""The tools of one run that collects papers: in the process that leads it, and in workers that read batches for it."""

import atexit
import socket
import tempfile
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tasks.crawl import Crawler
from tasks.exclusive import DOWNLOADS
from tasks.fulltext import ReaderPool
from tasks.lake import Lake
from tasks.settings import Settings


class Downloader(Protocol):
    """What brings documents: the crawler, or a folder that holds them already."""

    def download(self, url: str, path: Path) -> None:
        """Bring the document at `url` to `path`; raises a `PageError`."""


@dataclass(frozen=True)
class Workbench:
    """What collecting needs, shared by all tasks of a process: one crawler, one pool of readers, one lake."""

    run: str
    """Names the run to all processes that work for it."""
    settings: Settings
    crawler: Crawler
    readers: ReaderPool
    downloads: ThreadPoolExecutor
    lake: Lake
    folder: Path
    """Where downloads lie until they are read."""
    pdfs: Downloader | None = None
    """Where documents come from in place of the crawler: a folder of PDFs."""

    def download(self, url: str, path: Path) -> None:
        """Bring a document to `path`; raises a `PageError`."""
        (self.pdfs or self.crawler).download(url, path)

    def here(self) -> "Workbench":
        """Give this workbench: it is this process's."""
        return self

    def ticket(self) -> "Ticket":
        """Give what opens a workbench for the same run in another process."""
        return Ticket(self.run, self.settings.anywhere(), self.pdfs, self.folder.absolute(), _machine())


@dataclass(frozen=True)
class Ticket:
    """What it takes to work for a run that another process leads."""

    run: str
    settings: Settings
    pdfs: Downloader | None
    folder: Path
    machine: str

    @property
    def is_paced(self) -> bool:
        """Say whether this process shares folder and clock, and so the pace of every host, with the one that leads."""
        return self.folder.exists() and self.machine == _machine()

    def here(self) -> Workbench:
        """Give this process's workbench for the run, opened when first asked for."""
        return _guest.bench(self)

    def ticket(self) -> "Ticket":
        """Give this ticket, for a batch that travels on."""
        return self


@contextmanager
def workbench(
    settings: Settings, run: str | None = None, pdfs: Downloader | None = None, is_paced: bool = True
) -> Iterator[Workbench]:
    """Open the tools of one run and close them at its end; one that is stopped asks for nothing more."""
    incoming = settings.local_dir / DOWNLOADS
    incoming.mkdir(parents=True, exist_ok=True)
    run = run or uuid.uuid4().hex
    with ExitStack() as stack:
        bench = Workbench(
            run=run,
            settings=settings,
            crawler=stack.enter_context(Crawler(settings, run, is_paced)),
            readers=stack.enter_context(ReaderPool(settings)),
            downloads=stack.enter_context(ThreadPoolExecutor(settings.downloads, "download")),
            lake=Lake(settings.data_dir),
            folder=Path(stack.enter_context(tempfile.TemporaryDirectory(dir=incoming, ignore_cleanup_errors=True))),
            pdfs=pdfs,
        )
        try:
            yield bench
        except BaseException:
            bench.crawler.stop("the run was stopped")
            bench.downloads.shutdown(wait=False, cancel_futures=True)
            raise


def _machine() -> str:
    """Name this start of this machine: CLOCK_MONOTONIC is one clock as long as it lasts, containers included."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    return boot.read_text().strip() if boot.exists() else socket.gethostname()


class _Guest:
    """The one workbench of a process that works for another's run; a batch of another run closes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bench: Workbench | None = None
        self._stack = ExitStack()

    def bench(self, ticket: Ticket) -> Workbench:
        with self._lock:
            if self._bench is None or self._bench.run != ticket.run:
                self._close()
                self._bench = self._stack.enter_context(
                    workbench(ticket.settings, ticket.run, ticket.pdfs, ticket.is_paced)
                )
            return self._bench

    def leave(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        """End what an earlier run still has under way here: nobody waits for it any more."""
        over = CancelledError("the run is over")
        self._stack.__exit__(type(over), over, None)
        self._bench, self._stack = None, ExitStack()


_guest = _Guest()
atexit.register(_guest.leave)

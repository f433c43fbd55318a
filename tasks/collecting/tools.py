"""The tools of one run that collects papers: in the process that leads it, and in workers that read batches for it."""

import platform
import tempfile
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from multiprocessing import util
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

from tasks.lake import DOWNLOADS, Lake, LakeError
from tasks.reading import ReaderPool
from tasks.settings import Settings
from tasks.web import Crawler, Turns


class Scratch:
    """Files of a folder that documents are written to, to be read and written over. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        """Use a folder that goes with its files when the run ends."""
        self._folder = folder
        self._free: SimpleQueue[Path] = SimpleQueue()

    def take(self) -> Path:
        """Give a file that nobody else has, until it is given back."""
        try:
            return self._free.get_nowait()
        except Empty:
            return self._folder / uuid.uuid4().hex

    def give_back(self, path: Path) -> None:
        """Let a file be taken again: nobody reads it any more."""
        self._free.put(path)


class Downloader(Protocol):
    """What brings documents: the crawler, or a folder that holds them already."""

    def download(self, url: str, path: Path) -> None:
        """Bring the document at `url` to `path`; raises a `PageError`."""


@dataclass(frozen=True)
class Workbench:
    """What collecting a source needs, shared by all tasks of a process: a crawler, a pool of readers, a lake."""

    run: str
    """Names the run to all processes that work for it."""
    settings: Settings
    crawler: Crawler
    readers: ReaderPool
    downloads: ThreadPoolExecutor
    lake: Lake
    scratch: Scratch
    """Where downloads lie until they are read."""
    pdfs: Downloader | None = None
    """Where documents come from in place of the crawler: a folder of PDFs."""
    place: str = ""
    """How the addresses begin that documents come from now: what was missing at another place may be there."""

    def download(self, url: str, path: Path) -> None:
        """Bring a document to `path`; raises a `PageError`."""
        (self.pdfs or self.crawler).download(url, path)

    def here(self) -> "Workbench":
        """Give this workbench: it is this process's."""
        return self

    def ticket(self) -> "Ticket":
        """Give what opens a workbench for the same run in another process."""
        return Ticket(self.run, self.settings.anywhere(), self.pdfs, self.place, self.crawler.turns)


@dataclass(frozen=True)
class Ticket:
    """What it takes to work for a run that another process leads."""

    run: str
    settings: Settings
    pdfs: Downloader | None
    place: str
    turns: Turns | None

    def here(self) -> Workbench:
        """Give this process's workbench for the run, opened when first asked for."""
        try:
            return _guest.bench(self)
        except LakeError as error:  # where the run is led, nothing may be amiss
            raise LakeError(f"on the worker {platform.node()}: {error}") from error

    def ticket(self) -> "Ticket":
        """Give this ticket, for a batch that travels on."""
        return self


@dataclass(frozen=True)
class Tools:
    """What all sources of a run share, so that a host keeps its manners and a core its work whichever of them asks."""

    run: str
    crawler: Crawler
    readers: ReaderPool


_tools: ContextVar[Tools | None] = ContextVar("tools", default=None)


@contextmanager
def shared_tools(settings: Settings, turns: Turns | None = None) -> Iterator[Tools]:
    """Open the tools of a run, which takes these turns, and close them at its end.

    Inside a block that has them open already it gives those, also in threads that were given the block's context.
    """
    if (opened := _tools.get()) is not None:
        yield opened
        return
    with _new_tools(settings, uuid.uuid4().hex, turns) as tools:
        token = _tools.set(tools)
        try:
            yield tools
        finally:
            _tools.reset(token)


@contextmanager
def workbench(settings: Settings, turns: Turns | None = None) -> Iterator[Workbench]:
    """Lay out what collecting one source needs; one that is stopped asks for nothing more.

    Its downloads wait in threads of its own, out of the way of other sources'.
    """
    is_shared = _tools.get() is not None
    with shared_tools(settings, turns) as tools, _laid_out(settings, tools, is_shared) as bench:
        yield bench


@contextmanager
def _new_tools(settings: Settings, run: str, turns: Turns | None) -> Iterator[Tools]:
    with Crawler(settings, run, turns) as crawler, ReaderPool(settings) as readers:
        yield Tools(run, crawler, readers)


@contextmanager
def _laid_out(settings: Settings, tools: Tools, is_shared: bool) -> Iterator[Workbench]:
    incoming = settings.local_dir / DOWNLOADS
    incoming.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=incoming, ignore_cleanup_errors=True) as folder,
        ThreadPoolExecutor(settings.downloads, "download") as downloads,
    ):
        lake = Lake(settings.data_dir)
        try:
            yield Workbench(tools.run, settings, tools.crawler, tools.readers, downloads, lake, Scratch(Path(folder)))
        except BaseException:
            if not is_shared:  # else it is the other sources' crawler, too
                tools.crawler.stop("the run was stopped")
            downloads.shutdown(wait=False, cancel_futures=True)
            raise


class _Guest:
    """The workbench of a process that works for another's run, of any source; a batch of another run closes it.

    A run that was left for another is over here: batches of it that still come, or are tried again, are refused. Its
    tools are its own, not `shared_tools`: they outlive the batch, and the context, that they were opened for.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bench: Workbench | None = None
        self._over: set[str] = set()
        self._stack = ExitStack()

    def bench(self, ticket: Ticket) -> Workbench:
        with self._lock:
            if ticket.run in self._over:
                raise CancelledError("the run is over: another one's batches have come")
            if self._bench is None or self._bench.run != ticket.run:
                self._close()
                tools = self._stack.enter_context(_new_tools(ticket.settings, ticket.run, ticket.turns))
                self._bench = self._stack.enter_context(_laid_out(ticket.settings, tools, is_shared=False))
            return replace(self._bench, pdfs=ticket.pdfs, place=ticket.place)

    def leave(self, run: str | None = None) -> None:
        """Leave a run, or whichever there is."""
        with self._lock:
            if run is not None:
                self._over.add(run)
            if self._bench is not None and run in (None, self._bench.run):
                self._close()

    def _close(self) -> None:
        """End what an earlier run still has under way here: nobody waits for it any more."""
        if self._bench is not None:
            self._over.add(self._bench.run)
        over = CancelledError("the run is over")
        self._stack.__exit__(type(over), over, None)
        self._bench, self._stack = None, ExitStack()


def leave(run: str) -> None:
    """End what this process has under way for a run that another one leads, and return before that is ended."""
    threading.Thread(target=_guest.leave, args=(run,), name="leaving", daemon=True).start()


_guest = _Guest()
# Not by atexit: a worker of Dask's waits for its children first, and dead readers would be replaced for ever.
util.Finalize(None, _guest.leave, exitpriority=1)

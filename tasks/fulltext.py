"""Document bytes to text, each document bounded in time and memory.

pdfium reads the PDFs: 17 papers/s a core with the full recall of pdftotext, under a free licence (MEASURED.md, "Text
from PDFs"). It aborts on some files and hangs on others, so it runs in worker processes only: whatever a document does
there, it costs that document. Importing this module is light on purpose, because every worker does it.
"""

import ctypes
import mmap
import re
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
from typing import TYPE_CHECKING, Any, Self

import lxml.html  # type: ignore[import-untyped]
import pebble

from tasks.drawings import hide_drawings
from tasks.normalise import normalise, plain
from tasks.workers import LightContext, begin, start_server

if TYPE_CHECKING:  # pydantic takes 0.3 s to import and no worker needs it
    from tasks.settings import Settings

__all__ = ["Limits", "ReaderPool", "Reading", "normalise", "read_html", "read_pdf"]

# --------------------------------------------------------------------------------------------------------- the results


@dataclass(frozen=True)
class Reading:
    """What became of one document: its text, or the cause why there is none."""

    text: str
    """Normalised (see `normalise`); always encodable as UTF-8; empty unless read."""
    page_starts: tuple[int, ...]
    """Character offset in `text` at which each page begins, first 0; empty unless read."""
    problem: str | None
    """None when read, else a short cause such as 'encrypted' or 'took longer than 60 s'."""

    @property
    def is_read(self) -> bool:
        """Say whether there is a text."""
        return self.problem is None

    @classmethod
    def failed(cls, problem: str) -> Self:
        """Make the reading of a document that gave no text."""
        return cls("", (), problem)


@dataclass(frozen=True)
class Limits:
    """How much one document may cost."""

    seconds: float
    memory_bytes: int
    file_bytes: int
    pages: int
    characters: int

    @classmethod
    def of(cls, settings: "Settings") -> Self:
        """Take the limits from the settings, which give the reasons."""
        return cls(
            seconds=settings.reader_seconds,
            memory_bytes=settings.reader_memory_bytes,
            file_bytes=settings.document_bytes_max,
            pages=settings.document_pages_max,
            characters=settings.document_characters_max,
        )


# ---------------------------------------------------------------------------------------------------------------- PDFs

_PDF_HEADER_WITHIN = 1024  # where readers look for %PDF- (PDF Reference 1.7, implementation note 13)
_PDF_END_WITHIN = 2048  # and for %%EOF (note 18 says 1024; twice that, for servers that append to files)
_HTML_START = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)


class _Unreadable(Exception):
    """The document gives no text; its message is the cause. Raised and caught in this module."""


def read_pdf(path: Path, limits: Limits) -> Reading:
    """Read one PDF in this process, within the limits of size, pages and characters; never raises for a bad file.

    It may still abort, hang or eat memory: call it in a worker (`ReaderPool`), which bounds those.
    """
    try:
        with _load(path, limits) as data:
            hide_drawings(data)
            text, starts = normalise(_read_pages(data, limits))
    except _Unreadable as problem:
        return Reading.failed(str(problem))
    except MemoryError:
        return Reading.failed("out of memory")
    except OSError as error:
        return Reading.failed(f"cannot be opened: {error.strerror}")
    if not re.search(r"[^\W\d_]", text):
        return Reading.failed("no text (image only)")
    return Reading(text, starts, None)


def _load(path: Path, limits: Limits) -> mmap.mmap:
    """Map the file into memory, which saves a copy, if it looks like a PDF of bearable size."""
    size = path.stat().st_size
    if size == 0:
        raise _Unreadable("empty file")
    if size > limits.file_bytes:
        raise _Unreadable(f"too large ({size / 2**20:,.0f} MB)")
    with path.open("rb") as file:
        # ctypes takes no address of what is read-only, and drawings are hidden in this memory, never in the file.
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    if b"%PDF-" not in data[:_PDF_HEADER_WITHIN]:
        raise _Unreadable("HTML instead of a PDF" if _HTML_START.match(data[:4096]) else "not a PDF")
    return data


def _read_pages(data: mmap.mmap, limits: Limits) -> list[str]:
    """Give the text of each page as pdfium has it."""
    pdfium = _pdfium()
    document = pdfium.FPDF_LoadMemDocument64(ctypes.byref(ctypes.c_char.from_buffer(data)), len(data), None)
    if not document:
        raise _Unreadable(_open_problem(pdfium.FPDF_GetLastError(), pdfium))
    try:
        # pdfium mends a file cut short as well as it can and gives part of its text: that would count as read in full.
        if not pdfium.FPDF_DocumentHasValidCrossReferenceTable(document) and b"%%EOF" not in data[-_PDF_END_WITHIN:]:
            raise _Unreadable("damaged: cut short")
        count = pdfium.FPDF_GetPageCount(document)
        if count > limits.pages:
            raise _Unreadable(f"too many pages ({count:,})")
        if count < 1:
            raise _Unreadable("damaged: no pages")
        pages, left = [], limits.characters
        for number in range(count):
            pages.append(_read_page(pdfium, document, number, left))
            left -= len(pages[-1])
        return pages
    finally:
        pdfium.FPDF_CloseDocument(document)


def _read_page(pdfium: Any, document: Any, number: int, characters: int) -> str:
    """Give the text of one page, counted from 0; one that cannot be read makes the document unreadable.

    It may hold the one name there is, and a document without it would count as one that names nothing.
    """
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        raise _Unreadable(f"damaged: page {number + 1}")
    textpage = pdfium.FPDFText_LoadPage(page)
    try:
        count = pdfium.FPDFText_CountChars(textpage) if textpage else -1
        if count < 0:
            raise _Unreadable(f"damaged: page {number + 1}")
        if count > characters:
            raise _Unreadable("too much text")
        text = bytearray(2 * (count + 1))  # no array of ctypes: it would make a type of its own for every length
        start = ctypes.byref(ctypes.c_ushort.from_buffer(text))
        written = pdfium.FPDFText_GetText(textpage, 0, count, start)  # with the closing NUL
        return text[: 2 * max(written - 1, 0)].decode("utf-16-le", "replace")
    finally:
        if textpage:
            pdfium.FPDFText_ClosePage(textpage)
        pdfium.FPDF_ClosePage(page)


def _open_problem(code: int, pdfium: Any) -> str:
    """Say why pdfium did not open a document."""
    return {
        pdfium.FPDF_ERR_PASSWORD: "encrypted",
        pdfium.FPDF_ERR_SECURITY: "encrypted (unknown scheme)",
        pdfium.FPDF_ERR_FORMAT: "damaged: not readable as a PDF",
    }.get(code, f"damaged: pdfium error {code}")


def _pdfium() -> Any:
    """Import pdfium where it is used: a crash of it takes the process along, so the main process never has it."""
    import pypdfium2.raw as pdfium  # importing pypdfium2 initialises the library, once

    return pdfium


# ---------------------------------------------------------------------------------------------------------------- HTML

_UNSEEN = frozenset(["script", "style", "noscript", "template", "head", "svg", "iframe", "object"])
_INLINE = re.compile(
    "(?:a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span|strike|strong"
    "|sub|sup|time|tt|u|var|wbr)"
)


def read_html(data: bytes) -> str:
    """Give the visible text of an HTML page or fragment: blocks a blank line apart, <br> a newline, entities resolved.

    Never raises for broken markup; an empty page gives an empty text.
    """
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.replace(b"\0", b"")  # libxml2 stops at one
    try:
        data.decode("utf-8")
        encoding: str | None = "utf-8"  # what fragments are in, where libxml2 would guess Latin-1
    except UnicodeDecodeError:
        encoding = None  # the page says itself, in a <meta> or by its first bytes
    if not data.strip():
        return ""
    parser = lxml.html.HTMLParser(encoding=encoding, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = lxml.html.document_fromstring(data, parser=parser)
    except lxml.etree.ParserError:  # nothing but comments
        return ""
    pieces: list[str] = []
    _collect_text(root, pieces)
    lines = [" ".join(line.split()) for line in "".join(pieces).split("\n")]
    text = re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip()
    return plain(text).replace("\u00ad", "")


def _collect_text(root: Any, pieces: list[str]) -> None:
    """Append the text below an element; a stack of our own, since hostile pages nest deeper than Python recurses."""
    stack: list[tuple[Any, bool]] = [(root, True)]
    while stack:
        element, is_opening = stack.pop()
        tag = element.tag
        gap = "\n" if tag == "br" else "" if _INLINE.fullmatch(tag) else "\t" if tag in ("td", "th") else "\n\n"
        if is_opening and tag not in _UNSEEN and element.get("hidden") is None:
            pieces.append(gap)
            pieces.append(_flow(element.text))
            stack.append((element, False))
            stack.extend((child, True) for child in reversed(element))
            continue
        if not is_opening and tag != "br":
            pieces.append(gap)
        if element is not root:
            pieces.append(_flow(element.tail))


def _flow(text: str | None) -> str:
    """Line ends in the source of a page are blanks to its reader."""
    return re.sub(r"\s", " ", text) if text else ""


# ---------------------------------------------------------------------------------------------------------------- pool

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
    _pdfium()


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

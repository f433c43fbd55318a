"""One PDF to text, in this process: pdfium reads 17 papers a second and core, with the full recall of pdftotext.

It aborts on some files and hangs on others, so `pool.py` runs this in worker processes only (MEASURED.md, "Text from
PDFs").
"""

import ctypes
import mmap
import re
from pathlib import Path
from typing import Any

from tasks.reading.drawings import hide_drawings
from tasks.reading.normalisation import normalise
from tasks.reading.results import Limits, Reading

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
    pdfium = pdfium_library()
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


def pdfium_library() -> Any:
    """Import pdfium where it is used: a crash of it takes the process along, so the main process never has it."""
    import pypdfium2.raw as pdfium  # importing pypdfium2 initialises the library, once

    return pdfium

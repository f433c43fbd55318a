"""The body of a document on its way to disk: refused by its first bytes where it is no PDF."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tasks.addresses import Address
from tasks.records import WrongContent

_PDF_MARK = b"%PDF-"
_PDF_MARK_WITHIN = 1024  # readers skip junk before the mark up to here (PDF Reference 1.7, appendix H, note 13)


@contextlib.contextmanager
def written_over(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write over what it holds; if the block does not end well, the file is gone.

    For files that are read once: a new one each time costs the kernel more than the network does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    try:
        with path.open("r+b") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def save_pdf(body: Iterator[bytes], file: BinaryIO, address: Address) -> None:
    """Write a body over what the file holds; raises `WrongContent` where it is no PDF."""
    file.seek(0)
    start = b""
    for chunk in body:
        if len(start) < _PDF_MARK_WITHIN:
            start += chunk
            if len(start) >= _PDF_MARK_WITHIN:
                _check_mark(start, address)
        file.write(chunk)
    _check_mark(start, address)
    file.truncate()


def _check_mark(start: bytes, address: Address) -> None:
    if _PDF_MARK not in start[:_PDF_MARK_WITHIN]:
        raise WrongContent(f"{address}: not a PDF, it begins with {start[:40]!r}")

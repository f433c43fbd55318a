"""The archive of raw pages: bodies by content, and per address a log of when it was asked for and what came.

    pages/ab/<sha256>.zst                       a body, readable with the zstd command
    captures/HOST/<sha256 of the url>.jsonl     one line a visit, oldest first

With it a parser can be run again on last year's page. Paths are made of hashes and a checked host name only.
"""

import contextlib
import dataclasses
import hashlib
import json
import logging
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import pyarrow as pa

log = logging.getLogger(__name__)

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Capture:
    """One visit to an address."""

    url: str
    fetched_at: str
    """UTC, ISO 8601 with its offset."""
    status: int
    """200, or 304 where the site said that the body of the visit before still holds."""
    sha256: str
    """Of the decoded body."""
    etag: str | None
    last_modified: str | None
    final_url: str
    """Where redirects ended."""


class Archive:
    """Raw pages below one folder. Several threads and processes may write to it at once."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when the first page is stored."""
        self._folder = folder

    def store(self, body: bytes) -> str:
        """Keep a body and return its SHA-256 in hex. Raises OSError where the disk is full or read-only."""
        sha256 = hashlib.sha256(body).hexdigest()
        # Written even where the file stands already: it may be the damaged one that made us ask again.
        with written_whole(self._body_path(sha256)) as file, pa.CompressedOutputStream(file, "zstd") as compressed:
            compressed.write(body)
        return sha256

    def body(self, sha256: str) -> bytes | None:
        """Give a stored body, or None where it is missing or damaged (which is logged)."""
        if not _SHA256.fullmatch(sha256):
            return None
        path = self._body_path(sha256)
        try:
            with pa.input_stream(str(path), compression="zstd") as stream:
                body: bytes = stream.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("Archived page %s cannot be read (%s) and will be fetched again", path, error)
            return None
        if hashlib.sha256(body).hexdigest() != sha256:
            log.warning("Archived page %s is damaged and will be fetched again", path)
            return None
        return body

    def record(self, capture: Capture) -> None:
        """Append one visit to its address's log."""
        path = self._log_path(capture.url)
        path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(dataclasses.asdict(capture)).encode() + b"\n"
        with path.open("a+b", buffering=0) as file:  # one write in append mode, so that two processes do not mix lines
            if file.tell() and not _ends_with_newline(file):
                line = b"\n" + line  # the line before was torn by a crash; it shall not spoil this one
            file.write(line)

    def captures(self, url: str) -> list[Capture]:
        """Give the visits to an address, oldest first; a line that cannot be read is logged and left out."""
        try:
            lines = self._log_path(url).read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        return [capture for line in lines if line.strip() and (capture := _parse(line, url)) is not None]

    def _body_path(self, sha256: str) -> Path:
        return self._folder / "pages" / sha256[:2] / f"{sha256}.zst"

    def _log_path(self, url: str) -> Path:
        host = re.sub(r"[^a-z0-9.-]", "_", urlsplit(url).netloc)
        return self._folder / "captures" / host / f"{hashlib.sha256(url.encode()).hexdigest()}.jsonl"


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file that becomes `path` by a rename if the block ends well, and leaves nothing behind if it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _ends_with_newline(file: BinaryIO) -> bool:
    file.seek(-1, 2)
    return file.read(1) == b"\n"


def _parse(line: bytes, url: str) -> Capture | None:
    try:
        capture = Capture(**json.loads(line))
    except (ValueError, TypeError) as error:
        log.warning("A line in the capture log of %s cannot be read (%s): %r", url, error, line[:80])
        return None
    return capture

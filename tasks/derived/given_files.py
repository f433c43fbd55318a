"""Files of a user's own -> what the detector finds in them; stores nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tasks.detection import Scanner, lexicon
from tasks.reading import ReaderPool, read_html
from tasks.records import Kind
from tasks.settings import Settings

PDF_MARK_WITHIN = 1024
"""Readers accept junk before a PDF's mark up to here (ISO 32000-1, annex H, note 13)."""


class UnreadableFile(Exception):
    """A file has no text that could be had. Raised by `read_file`; says which and why."""


def scan_file(path: Path, pool: ReaderPool, scanner: Scanner, kind: Kind, year: int | None) -> list[dict[str, Any]]:
    """Give what is found in a PDF, HTML or text file, as rows in the order of the text.

    `start` and `end` are character offsets: in a text file as given, else in the text that was read out of the file.
    Raises `UnreadableFile`.
    """
    hits = scanner.hits(read_file(path, pool), kind=kind, year=year)
    return [{"file": str(path), **asdict(hit)} for hit in hits]


def read_file(path: Path, pool: ReaderPool) -> str:
    """Give a file's text, by what the file is rather than by its name. Raises `UnreadableFile`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror}") from error
    if b"%PDF-" in data[:PDF_MARK_WITHIN]:
        reading = pool.submit(path).result()
        if not reading.is_read:
            raise UnreadableFile(f"{path}: {reading.problem}")
        return reading.text
    beginning = data[:PDF_MARK_WITHIN].lstrip().lower()
    if beginning.startswith((b"<!doctype html", b"<html")) or path.suffix.lower() in (".html", ".htm"):
        return read_html(data)
    return data.decode("utf-8", errors="replace")


def scan_files(
    paths: Sequence[Path], settings: Settings, kind: Kind = "paper", year: int | None = None
) -> Iterator[list[dict[str, Any]] | UnreadableFile]:
    """Yield what is found in each file, or why it cannot be read; files are told apart by their content."""
    scanner = Scanner(lexicon.load())
    with ReaderPool(settings) as pool:
        for path in paths:
            try:
                yield scan_file(path, pool, scanner, kind, year)
            except UnreadableFile as error:
                yield error

"""Download and read the papers of an edition, some at once, and keep their texts in parts as they come.

Papers that are settled are never asked for again; what a killed run left in parts is settled.
"""

import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.collecting.runs import now
from tasks.collecting.tools import Scratch, Workbench
from tasks.reading import Reading
from tasks.records import Edition, PageError, PageMissing, Paper, TextStatus, WrongContent

PART_SIZE = 50
"""Papers a part: what a killed run loses, at most, of what it had downloaded at one request a second: a minute."""

IN_FLIGHT = 32
"""Documents of a batch downloaded or being read at once: enough to cover a slow one, few enough for the disk."""

BATCHES_AT_ONCE = 2
"""While the last papers of one batch are read, the next one's downloads already run."""

SALVAGE_SECONDS = 5.0
"""How long a batch that ends early waits for readings of what it has downloaded: a paper takes half a second."""


def settled_ids(bench: Workbench, edition: Edition) -> set[str]:
    """Say which documents need no request: those read for good, those missing here or unreadable for some weeks.

    A time in the future is of a clock that was ahead, and settles nothing.
    """
    recheck_before = now() - dt.timedelta(days=bench.settings.missing_recheck_days)
    return {
        row["document_id"]
        for row in bench.lake.text_states(edition).to_pylist()
        if row["text_status"] == "read"
        or (
            row["text_status"] != "not_fetched"
            and recheck_before < row["read_at"] <= now()
            and (row["text_status"] != "missing" or row["text_problem"].startswith(bench.place))
        )
    }


def read_batch(bench: Workbench, edition: Edition, papers: Iterable[Paper]) -> int:
    """Download and read some papers of an edition, keeping their texts in parts; returns how many were read now.

    Papers that an interrupted run of the same batch left in parts are not asked for again. Raises `CancelledError`
    where the run is stopped; what was downloaded by then is kept.
    """
    settled = settled_ids(bench, edition)
    read_count = 0
    for part in in_parts(read_ahead(bench, (paper for paper in papers if paper.document_id not in settled))):
        bench.lake.write_part(edition, part)
        read_count += sum(row["text_status"] == "read" for row in part)
    return read_count


def in_parts(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Lay rows together for parts of `PART_SIZE`; where they end by an error, those before it are a part, too."""
    part = []
    try:
        for row in rows:
            part.append(row)
            if len(part) == PART_SIZE:
                yield part
                part = []
    except Exception:
        if part:
            yield part
        raise
    if part:
        yield part


def read_ahead(bench: Workbench, papers: Iterable[Paper]) -> Iterator[dict[str, Any]]:
    """Yield rows of `texts` in the order of the papers, some documents being on their way at any time.

    Where that ends by an error, what is downloaded comes before it.
    """
    waiting: deque[Future[Fetched]] = deque()

    def next_row() -> dict[str, Any]:
        row = settle(bench.scratch, waiting.popleft())
        if bench.crawler.is_stopped and row["text_status"] != "read":  # which says nothing of the paper
            raise CancelledError("the run was stopped")
        return row

    try:
        for paper in papers:
            waiting.append(bench.downloads.submit(fetch, bench, paper))
            if len(waiting) >= IN_FLIGHT:
                yield next_row()
        while waiting:
            yield next_row()
    except Exception:
        yield from salvage(bench.scratch, waiting)
        raise


def salvage(scratch: Scratch, waiting: "Iterable[Future[Fetched]]") -> Iterator[dict[str, Any]]:
    """Yield the rows of the documents that are downloaded already and can be read within `SALVAGE_SECONDS`."""
    done = [one for one in waiting if one.done() and not one.cancelled() and not one.exception()]
    readings = {one: reading for one in done if (reading := one.result().reading)}
    wait(readings.values(), SALVAGE_SECONDS)
    for one, reading in readings.items():
        if reading.done() and not reading.cancelled() and reading.result().is_read:
            yield settle(scratch, one)


@dataclass(frozen=True)
class Fetched:
    """A document on its way: downloaded and being read, or why not."""

    paper: Paper
    path: Path
    reading: Future[Reading] | None = None
    status: TextStatus = "not_fetched"
    problem: str | None = None


def fetch(bench: Workbench, paper: Paper) -> Fetched:
    """Download one paper and hand it to the readers; never raises for what a site does."""
    path = bench.scratch.take()
    if paper.pdf_url is None:
        return Fetched(paper, path, None, "missing", "the listing links no PDF")
    try:
        bench.download(paper.pdf_url, path)
    except PageMissing as error:
        return Fetched(paper, path, None, "missing", str(error))
    except WrongContent as error:
        return Fetched(paper, path, None, "unreadable", str(error))
    except PageError as error:
        return Fetched(paper, path, None, "not_fetched", str(error))
    return Fetched(paper, path, bench.readers.submit(path))


def settle(scratch: Scratch, fetching: "Future[Fetched]") -> dict[str, Any]:
    """Wait for one document and lay it out as a row of `texts`; raises `CancelledError` where its download is gone."""
    fetched = fetching.result()
    reading = fetched.reading.result() if fetched.reading else None
    if reading is not None and not reading.is_read and not fetched.path.exists():
        raise CancelledError(f"{fetched.path} is gone: the run is being closed")  # which says nothing of the paper
    scratch.give_back(fetched.path)
    status: TextStatus = fetched.status
    if reading is not None:
        status = "read" if reading.is_read else "unreadable"
    return {
        "document_id": fetched.paper.document_id,
        "text_status": status,
        "text_problem": reading.problem if reading else fetched.problem,
        "text": reading.text if reading and reading.is_read else None,
        "page_starts": list(reading.page_starts) if reading else [],
        "read_at": now(),
    }

"""Bring editions of papers up to date in the lake: list them, read what is new, note what is missing.

Plain functions; flows/ decides when they run. Everything here can be run again at any time: papers already read are
never asked for again, and a run that was killed goes on from the parts that it left.
"""

import datetime as dt
import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from tasks import expectations
from tasks.fulltext import Reading
from tasks.lake import Lake
from tasks.records import (
    Edition,
    Kind,
    PageError,
    PageMissing,
    Paper,
    PaperSource,
    Period,
    SiteError,
    TextStatus,
    WrongContent,
)
from tasks.schemas import SCHEMAS
from tasks.workbench import Scratch, Workbench

log = logging.getLogger("mentions")

Outcome = Literal["complete", "incomplete", "failed"]

PART_SIZE = 50
"""Papers a part: what a killed run loses, at most, of what it had downloaded at one request a second: a minute."""

IN_FLIGHT = 32
"""Documents of a batch downloaded or being read at once: enough to cover a slow one, few enough for the disk."""

BATCHES_AT_ONCE = 2
"""While the last papers of one batch are read, the next one's downloads already run."""

SALVAGE_SECONDS = 5.0
"""How long a batch that ends early waits for readings of what it has downloaded: a paper takes half a second."""

INDEX_VENUE = "(index)"
"""The venue under which the runs of a publisher's index pages are noted; no edition of papers bears it."""


@dataclass(frozen=True)
class Visit:
    """What a listing said, and which of its papers have still to be read."""

    edition: Edition
    started_at: dt.datetime
    outcome: Outcome
    problem: str | None = None
    official_count: int | None = None
    listed_count: int | None = None
    unread: tuple[Paper, ...] = ()


@dataclass(frozen=True)
class Result:
    """How the collection of one edition ended; one row of the `runs` dataset."""

    edition: Edition
    outcome: Outcome
    problem: str | None
    official_count: int | None
    listed_count: int | None
    new_count: int


def now() -> dt.datetime:
    """Give the time in UTC."""
    return dt.datetime.now(dt.UTC)


def is_due(edition: Edition, lake: Lake, today: dt.date) -> bool:
    """Say whether a nightly run visits an edition: this year's, last year's, and any that did not end complete.

    Last year's, because proceedings of December appear in spring. Older editions never collected are for backfill.
    """
    if edition.period.year >= today.year - 1:
        return True
    outcomes: list[str] = lake.read("runs", edition, ["outcome"])["outcome"].to_pylist()
    return outcomes[-1:] not in ([], ["complete"])


def visit(bench: Workbench, source: PaperSource, edition: Edition) -> Visit:
    """List one edition, hold it against the expected count, store it; a site's error makes a failed visit."""
    started_at = now()
    if not bench.lake.has("documents", edition):
        bench.readers.warm_up()  # while its listing is waited for
    official_count = expectations.official_count(
        edition.venue, edition.period.year, file=bench.settings.official_counts
    )
    try:
        papers = merge_duplicates(source.papers(edition, bench.crawler.get))
        stated_count = source.stated_count(edition, bench.crawler.get) if hasattr(source, "stated_count") else None
    except SiteError as error:
        return Visit(edition, started_at, "failed", str(error), official_count)
    except CancelledError:
        raise
    except Exception as error:  # a fault of the parser: as bad as a changed layout, and no reason to lose the others
        log.exception("%s: the source's code failed", edition)
        return Visit(
            edition, started_at, "failed", f"the source's code failed: {error!r}; please report it", official_count
        )
    listed_count = sum(paper.track == "main" for paper in papers)
    stored = bench.lake.read("documents", edition)
    problem = expectations.shortfall(listed_count, official_count) or expectations.shortfall(len(papers), stated_count)
    if stored.num_rows > len(papers) and expectations.shortfall(len(papers), stored.num_rows):
        problem = f"the page lists {len(papers)} papers where {stored.num_rows} are stored; the stored ones were kept"
    else:
        listing = pa.Table.from_pylist([document_row(edition, paper) for paper in papers], schema=SCHEMAS["documents"])
        if not listing.equals(stored):
            bench.lake.write("documents", edition, listing)
    settled = settled_ids(bench, edition)
    unread = tuple(paper for paper in papers if paper.document_id not in settled)
    if unread:
        bench.readers.warm_up()
    outcome: Outcome = "incomplete" if problem else "complete"
    return Visit(edition, started_at, outcome, problem, official_count, listed_count, unread)


def merge_duplicates(papers: Iterable[Paper]) -> list[Paper]:
    """Keep the first of each document_id: publishers list orals twice, and pages repeat an entry."""
    return list({paper.document_id: paper for paper in reversed(list(papers))}.values())[::-1]


def document_row(edition: Edition, paper: Paper, kind: Kind = "paper") -> dict[str, Any]:
    """Lay a listed paper out as a row of `documents`."""
    return {
        "document_id": paper.document_id,
        "kind": kind,
        "source": edition.source,
        "venue": paper.venue or edition.venue,
        "period": str(edition.period),
        "published_on": paper.published_on,
        "title": paper.title,
        "authors": list(paper.authors),
        "organization": None,
        "track": paper.track,
        "url": paper.url,
        "pdf_url": paper.pdf_url,
        "abstract": paper.abstract,
        "is_withdrawn": paper.is_withdrawn,
        "attributes": sorted(paper.attributes.items()),
    }


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


def finish(bench: Workbench, visited: Visit) -> Result:
    """Seal what was read of an edition and note how its collection ended."""
    edition, outcome, problem, new_count = visited.edition, visited.outcome, visited.problem, 0
    if outcome != "failed":
        stored_ids = set(bench.lake.read("documents", edition, ["document_id"])["document_id"].to_pylist())
        bench.lake.seal(edition, stored_ids)
        new_count = count_texts(bench.lake, edition, "read", {paper.document_id for paper in visited.unread})
        waiting = count_texts(bench.lake, edition, "not_fetched", stored_ids)
        if waiting and not problem:
            why = why_not_fetched(bench.lake, edition)
            outcome, problem = "incomplete", f"{waiting} papers could not be fetched; the next run asks again{why}"
    result = Result(edition, outcome, problem, visited.official_count, visited.listed_count, new_count)
    note_run(bench.lake, visited.started_at, result)
    return result


def count_texts(lake: Lake, edition: Edition, status: TextStatus, document_ids: set[str]) -> int:
    """Count which of some papers of an edition are sealed with this status."""
    rows = lake.read("texts", edition, ["document_id", "text_status"]).to_pylist()
    return sum(row["text_status"] == status and row["document_id"] in document_ids for row in rows)


def why_not_fetched(lake: Lake, edition: Edition) -> str:
    """Give the reason that stands beside the first paper that could not be fetched, to be added to a sentence."""
    rows = lake.read("texts", edition, ["text_status", "text_problem"]).to_pylist()
    reasons = [row["text_problem"] for row in rows if row["text_status"] == "not_fetched" and row["text_problem"]]
    return f" (of the first: {reasons[0]})" if reasons else ""


def note_run(lake: Lake, started_at: dt.datetime, result: Result) -> None:
    """Add one row to the history of an edition."""
    lake.add_run(
        result.edition,
        {
            "started_at": started_at,
            "finished_at": now(),
            "outcome": result.outcome,
            "problem": result.problem,
            "official_count": result.official_count,
            "listed_count": result.listed_count,
            "new_count": result.new_count,
        },
    )


def find_editions(
    bench: Workbench, name: str, source: PaperSource, since: Period, until: Period, venues: frozenset[str]
) -> list[Edition]:
    """List a publisher's editions within [since, until], of the given venues or, where none is given, of all.

    Raises the index page's `SiteError`, which is noted as a failed run of the index first.
    """
    started_at = now()
    index = Edition(name, INDEX_VENUE, Period(until.year))
    try:
        editions = list(source.editions(bench.crawler.get))
    except SiteError as error:
        note_run(bench.lake, started_at, Result(index, "failed", str(error), None, None, 0))
        raise
    note_run(bench.lake, started_at, Result(index, "complete", None, None, len(editions), 0))
    wanted = [edition for edition in editions if edition.period.is_within(since, until)]
    return [edition for edition in wanted if not venues or edition.venue in venues]

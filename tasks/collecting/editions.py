"""Bring editions of papers up to date in the lake: list them, say what is unread, seal what was read, note the outcome.

Plain functions; flows/ decides when they run. Everything here can be run again at any time: a run that was killed goes
on from the parts that it left.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tasks.collecting import expectations
from tasks.collecting.papers import settled_ids
from tasks.collecting.runs import INDEX_VENUE, Outcome, Result, note_run, now
from tasks.collecting.tools import Workbench
from tasks.lake import SCHEMAS, Lake
from tasks.records import Edition, Kind, Paper, PaperSource, Period, SiteError, TextStatus

log = logging.getLogger("mentions")


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

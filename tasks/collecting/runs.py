"""How the collection of an edition ended: one result a run, noted in the lake as one row of `runs`."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from tasks.lake import Lake
from tasks.records import Edition

Outcome = Literal["complete", "incomplete", "failed"]

INDEX_VENUE = "(index)"
"""The venue under which the runs of a publisher's index pages are noted; no edition of papers bears it."""


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

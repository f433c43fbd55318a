"""What the history of runs says about the sources: which of them have failed night after night."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tasks.collecting.runs import INDEX_VENUE
from tasks.lake import Lake, LakeError
from tasks.records import Edition

NIGHTS = 3
"""One failed night is a site's maintenance, two a long week-end; three in a row want a person."""


@dataclass(frozen=True)
class Streak:
    """The nights in a row, up to now, in which one listing failed; a night is a day (UTC) on which it was tried."""

    edition: Edition
    nights: int
    since: str
    """The first of these nights, YYYY-MM-DD."""
    problem: str
    """Of the last night."""


def streak(edition: Edition, runs: Iterable[dict[str, object]]) -> Streak | None:
    """Give the failed nights at the end of an edition's history, or None; a night counts by its last run."""
    nights = {str(run["started_at"])[:10]: run for run in runs}
    failed: list[str] = []
    for night in sorted(nights, reverse=True):
        if nights[night]["outcome"] != "failed":
            break
        failed.append(night)
    if not failed:
        return None
    return Streak(edition, len(failed), failed[-1], str(nights[failed[0]]["problem"]))


def failing(lake: Lake, nights: int = NIGHTS) -> list[Streak]:
    """List the listings, index pages included, that failed the last `nights` nights in a row or more.

    An edition whose history cannot be read is left to `publish`, which says what to do.
    """
    found = []
    for edition in lake.editions("runs"):
        try:
            if lake.metadata("runs", edition).get("outcome", "failed") != "failed":
                continue  # of the last run, which files of earlier versions do not tell beside their rows
            rows = lake.read("runs", edition, ["started_at", "outcome", "problem"]).to_pylist()
        except LakeError:
            continue
        ended = streak(edition, rows)
        if ended is not None and ended.nights >= nights:
            found.append(ended)
    return found


def warnings(streaks: Iterable[Streak]) -> list[str]:
    """Say it in a line a source: what failed, since when, and the last cause."""
    by_source: defaultdict[str, list[Streak]] = defaultdict(list)
    for one in streaks:
        by_source[one.edition.source].append(one)
    lines = []
    for source, found in sorted(by_source.items()):
        names = [one.edition.venue if is_index(one) else f"{one.edition.venue} {one.edition.period}" for one in found]
        longest = max(found, key=lambda one: (is_index(one), one.nights))
        shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
        lines.append(
            f"{source} FAILED {longest.nights} NIGHTS IN A ROW, since {longest.since}: {shown}: {longest.problem}"
        )
    return lines


SHOWN = 5
"""Editions named in a warning's line."""


def is_index(one: Streak) -> bool:
    """Say whether it is the publisher's index that failed: then nothing of the source was collected."""
    return one.edition.venue == INDEX_VENUE

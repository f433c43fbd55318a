"""A night of job boards: what each has open now.

What a night saw is kept in `sightings`, and how each board answered in `board_visits`: an ad that a board, read well,
no longer lists is closed; a board that fails closes nothing.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any, Literal

from tasks.collecting.ads import upsert
from tasks.collecting.employers import Board, ads, boards_of, month_of
from tasks.collecting.runs import Outcome, Result, note_run, now
from tasks.collecting.tools import shared_tools
from tasks.lake import Dataset, Lake
from tasks.records import Edition, EmptyBoard, JobAd, PageMissing, SiteError
from tasks.settings import Settings
from tasks.web import Crawler, Turns

BoardOutcome = Literal["read", "doubtful", "unknown", "failed"]

NIGHTS_TO_BELIEVE = 3
"""A board that suddenly lists next to nothing is believed on its third such night: employers do stop hiring, but a
broken page mostly comes back sooner."""

SHRUNK_SHARE, SHRUNK_FROM = 0.1, 10
"""A board of ten ads and more that lists less than a tenth of them is doubtful; so is any that lists none any more."""

UNKNOWN_SHOWN = 5
"""Boards named in a run's problem; the table `boards` names them all."""


@dataclass(frozen=True)
class JobBench:
    """What collecting job ads needs: one crawler, one lake, and the night's date."""

    settings: Settings
    crawler: Crawler
    lake: Lake
    today: dt.date


@contextmanager
def job_bench(settings: Settings, today: dt.date | None = None, turns: Turns | None = None) -> Iterator[JobBench]:
    """Open the tools of one run, which takes these turns, and close them at its end; `today` None is the UTC date."""
    with shared_tools(settings, turns) as tools:
        yield JobBench(settings, tools.crawler, Lake(settings.data_dir), today or now().date())


@dataclass(frozen=True)
class BoardVisit:
    """How one board answered; one row of `board_visits`."""

    source: str
    board: str
    organization: str | None
    visited_on: dt.date
    outcome: BoardOutcome
    ad_count: int | None = None
    capture_count: int | None = None
    problem: str | None = None


def unread_boards(bench: JobBench, name: str) -> list[Board]:
    """List the boards of a source that were not read tonight yet: each is read once a night, as call limits ask."""
    tonight = bench.lake.read_nights("board_visits", name, month_of(bench.today)).to_pylist()
    done = {row["board"] for row in tonight if row["visited_on"] == bench.today and row["outcome"] == "read"}
    return [board for board in boards_of(name, bench.settings.employers) if board.name not in done]


def read_boards(bench: JobBench, name: str, module: ModuleType, boards: Sequence[Board]) -> int:
    """Read some boards of a source tonight and store ads, sightings and visits; returns how many ads are new.

    What a board does costs that board only.
    """
    history = bench.lake.read_nights("board_visits", name).to_pylist()
    listed: list[JobAd] = []
    visits: list[BoardVisit] = []
    sightings: list[dict[str, Any]] = []
    for board in boards:
        past = [row for row in history if row["board"] == board.name and row["visited_on"] < bench.today]
        visit, found = visit_board(bench, module, board, past)
        visits.append(visit)
        listed += found
        sightings += [
            {"document_id": ad.document_id, "board": board.name, "seen_on": bench.today}
            for ad in found
            if visit.outcome == "read"
        ]
    new_count = upsert(bench.lake, name, ((ad, month_of(ad.published_on or bench.today)) for ad in listed))
    names = {visit.board for visit in visits}
    _add_to_night(bench, "sightings", name, names, sightings)
    _add_to_night(bench, "board_visits", name, names, [asdict(visit) for visit in visits])
    return new_count


def visit_board(
    bench: JobBench, module: ModuleType, board: Board, past: Iterable[dict[str, Any]]
) -> tuple[BoardVisit, list[JobAd]]:
    """Read one board and hold it against its `past` visits; never raises for what a site does."""

    def visit(outcome: BoardOutcome, count: int | None, problem: object = None) -> BoardVisit:
        told = None if problem is None else str(problem)
        return BoardVisit(board.source, board.name, board.organization, bench.today, outcome, count, None, told)

    visits = sorted(past, key=lambda row: row["visited_on"])
    counts = [row["ad_count"] for row in visits if row["outcome"] == "read"]
    try:
        found = list(ads(module, board, month_of(bench.today), bench.crawler.get))
    except EmptyBoard:
        found = []
    except PageMissing as error:
        # A board that was never there is a wrong line among the employers; one that is gone is a failure.
        return visit("unknown" if board.key and not counts else "failed", None, error), []
    except SiteError as error:
        return visit("failed", None, error), []
    before = counts[-1] if counts else 0
    has_shrunk = len(found) < before * SHRUNK_SHARE and (before >= SHRUNK_FROM or not found)
    doubts = 0
    for row in reversed(visits):
        if row["outcome"] != "doubtful":
            break
        doubts += 1
    if has_shrunk and doubts < NIGHTS_TO_BELIEVE - 1:
        return visit(
            "doubtful", len(found), f"lists {len(found)} ads where it listed {before}; nothing was closed"
        ), found
    return visit("read", len(found)), found


def finish_night(bench: JobBench, name: str, started_at: dt.datetime, new_count: int) -> Result:
    """Compact past months, sum up how a source's boards answered tonight, and note the run."""
    month = month_of(bench.today)
    for dataset in ("sightings", "board_visits"):
        bench.lake.compact(dataset, name, before=month)
    visits = bench.lake.read_night("board_visits", name, bench.today).to_pylist()
    read = [row for row in visits if row["outcome"] == "read"]
    bad = [row for row in visits if row["outcome"] in ("failed", "doubtful")]
    unknown = [row["board"] for row in visits if row["outcome"] == "unknown"]
    problems = [f"{row['board']}: {row['problem']}" for row in bad]
    if unknown:
        shown = ", ".join(unknown[:UNKNOWN_SHOWN]) + (", ..." if len(unknown) > UNKNOWN_SHOWN else "")
        problems.append(f"{len(unknown)} boards of sql/seeds/employers.csv do not exist: {shown}")
    outcome: Outcome = "complete"
    if bad or not read:
        outcome = "incomplete" if read or any(row["outcome"] == "doubtful" for row in bad) else "failed"
    listed_count = sum(row["ad_count"] for row in read) if read else None
    result = Result(Edition(name, name, month), outcome, "; ".join(problems) or None, None, listed_count, new_count)
    note_run(bench.lake, started_at, result)
    return result


def take_snapshot(bench: JobBench, name: str, module: ModuleType) -> Result:
    """Do a source's whole night at once."""
    started_at = now()
    new_count = read_boards(bench, name, module, unread_boards(bench, name))
    return finish_night(bench, name, started_at, new_count)


def _add_to_night(
    bench: JobBench, dataset: Dataset, name: str, boards: set[str], rows: Iterable[dict[str, Any]]
) -> None:
    """Put rows of some boards in the place of what an earlier run of the same night said of them."""
    earlier = bench.lake.read_night(dataset, name, bench.today).to_pylist()
    bench.lake.write_night(dataset, name, bench.today, [row for row in earlier if row["board"] not in boards] + [*rows])

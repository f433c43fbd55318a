"""Past months of job ads, from sources that tell the past: threads of Hacker News, archives, the Wayback Machine."""

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import asdict
from types import ModuleType

from tasks.collecting.ads import upsert
from tasks.collecting.boards import BoardOutcome, BoardVisit, JobBench
from tasks.collecting.employers import Board, ads, boards_of, month_of
from tasks.collecting.runs import Outcome, Result, note_run, now
from tasks.lake import Lake
from tasks.records import Edition, EmptyBoard, JobAd, Period, SiteError


def months(bench: JobBench, name: str, module: ModuleType, since: Period, until: Period) -> list[Edition]:
    """List the months of a source that tells the past, within [since, until]; raises its index's `SiteError`."""
    if hasattr(module, "editions"):
        return [edition for edition in module.editions(bench.crawler.get) if edition.period.is_within(since, until)]
    first = max(Period(since.year, since.month or 1), module.FIRST_MONTH)
    last = min(Period(until.year, until.month or 12), month_of(bench.today))
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [Edition(name, name, Period(number // 12, number % 12 + 1)) for number in numbers]


def is_month_due(bench: JobBench, edition: Edition, module: ModuleType) -> bool:
    """Say whether a nightly run visits a month: this one and the last, and any that did not end complete."""
    month = month_of(bench.today)
    recent = (month, Period(month.year - (month.month == 1), (month.month - 2) % 12 + 1))
    if edition.period in recent and not getattr(module, "IS_BACKFILL_ONLY", False):
        return True
    outcomes: list[str] = bench.lake.read("runs", edition, ["outcome"])["outcome"].to_pylist()
    return outcomes[-1:] not in ([], ["complete"])


def collect_month(bench: JobBench, name: str, module: ModuleType, edition: Edition) -> Result:
    """Bring one past month of a source up to date; a site's error costs its board, and never takes ads away."""
    started_at = now()
    month = edition.period
    last_day = dt.date(month.year, month.month, monthrange(month.year, month.month)[1])
    readings = [
        _read_month(bench, module, board, edition, last_day) for board in boards_of(name, bench.settings.employers)
    ]
    visits = [visit for visit, _ in readings]
    is_archive = hasattr(module, "captures")
    rows = [
        (ad, month_of(ad.published_on) if is_archive and ad.published_on else month)
        for _, found in readings
        for ad in found
    ]
    new_count = upsert(bench.lake, name, rows)
    if is_archive:
        _note_captures(bench.lake, name, last_day, readings)
    result = _month_result(edition, visits, new_count)
    note_run(bench.lake, started_at, result)
    return result


def _read_month(
    bench: JobBench, module: ModuleType, board: Board, edition: Edition, last_day: dt.date
) -> tuple[BoardVisit, list[JobAd]]:
    """Read what a board tells of a month; never raises for what a site does."""
    # A month that has an address of its own (a thread) is asked for by that.
    place = Board(board.source, edition.key or board.key, board.organization)
    outcome: BoardOutcome = "read"
    problem, capture_count = None, None
    found: list[JobAd] = []
    try:
        if hasattr(module, "captures"):
            capture_count = len(module.captures(place.edition(edition.period), bench.crawler.get))
        found = list(ads(module, place, edition.period, bench.crawler.get))
    except EmptyBoard as error:
        problem = str(error)
    except SiteError as error:
        outcome, problem = "failed", str(error)
    visit = BoardVisit(
        board.source, board.name, board.organization, last_day, outcome, len(found), capture_count, problem
    )
    return visit, found


def _note_captures(
    lake: Lake, name: str, last_day: dt.date, readings: Sequence[tuple[BoardVisit, list[JobAd]]]
) -> None:
    """Store when the copies of a month were taken; of a board that failed now, what an earlier run knew stays."""
    failed = {visit.board for visit, _ in readings if visit.outcome == "failed"}
    earlier = lake.read_night("sightings", name, last_day).to_pylist()
    sightings = [
        {
            "document_id": ad.document_id,
            "board": visit.board,
            "seen_on": dt.date.fromisoformat(ad.attributes["captured_on"]),
        }
        for visit, found in readings
        for ad in found
    ]
    kept = [row for row in earlier if row["board"] in failed]
    lake.write_night("sightings", name, last_day, kept + sightings)
    lake.write_night("board_visits", name, last_day, [asdict(visit) for visit, _ in readings])


def _month_result(edition: Edition, visits: Sequence[BoardVisit], new_count: int) -> Result:
    bad = [visit for visit in visits if visit.outcome == "failed"]
    count = sum(visit.ad_count or 0 for visit in visits)
    problems = [f"{visit.board}: {visit.problem}" if visit.board != edition.source else visit.problem for visit in bad]
    outcome: Outcome = "failed" if len(bad) == len(visits) else "incomplete" if bad else "complete"
    if not count and outcome == "complete":
        outcome = "incomplete" if not any(visit.capture_count == 0 for visit in visits) else "complete"
        problems.append("; ".join(visit.problem or "" for visit in visits[:3]))
    return Result(edition, outcome, "; ".join(filter(None, problems)) or None, None, count or None, new_count)

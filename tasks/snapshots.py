"""Bring job ads into the lake: each night what is open, and past months from sources that tell the past.

Plain functions; flows/ decides when they run. Ads are put beside those that are stored, never taken away because a
board lists them no longer: an ad lies in the month in which it was posted, its newest text with it. What a night saw
is kept in `sightings`, and how each board answered in `board_visits`: an ad that a board, read well, no longer lists is
closed; a board that fails closes nothing.
"""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any, Literal

import pyarrow as pa

from tasks.collect import Outcome, Result, note_run, now
from tasks.crawl import Crawler
from tasks.employers import Board, ads, boards_of, month_of
from tasks.lake import Lake
from tasks.manners import Turns
from tasks.records import Edition, EmptyBoard, JobAd, PageMissing, Period, SiteError
from tasks.schemas import SCHEMAS, Dataset
from tasks.settings import Settings
from tasks.workbench import shared_tools

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


# --- a night ---------------------------------------------------------------------------------------------------------


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


# --- past months -----------------------------------------------------------------------------------------------------


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


# --- the lake --------------------------------------------------------------------------------------------------------


def upsert(lake: Lake, source: str, listed: Iterable[tuple[JobAd, Period]]) -> int:
    """Store ads beside those that are there, each in the month given or where it lies already; returns how many
    are new.

    A stored ad takes the newest listing and text, but keeps the day on which it was first published, which some boards
    renew; an edition in which nothing changed is not written.
    """
    homes = {
        document_id: edition
        for edition in lake.editions("documents")
        if edition.source == source
        for document_id in lake.read("documents", edition, ["document_id"])["document_id"].to_pylist()
    }
    by_edition: dict[Edition, dict[str, JobAd]] = {}
    for ad, period in listed:
        home = homes.get(ad.document_id, Edition(source, source, period))
        by_edition.setdefault(home, {})[ad.document_id] = ad
    for edition, found in by_edition.items():
        _upsert_edition(lake, edition, found)
    return sum(document_id not in homes for found in by_edition.values() for document_id in found)


def _upsert_edition(lake: Lake, edition: Edition, found: dict[str, JobAd]) -> None:
    stored = lake.read("documents", edition)
    rows = {row["document_id"]: row for row in stored.to_pylist()}
    for document_id, ad in found.items():
        row, before = document_row(edition, ad), rows.get(document_id)
        if before is not None and before["published_on"] is not None and ad.published_on is not None:
            row["published_on"] = min(before["published_on"], ad.published_on)
        rows[document_id] = row
    listing = pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=SCHEMAS["documents"])
    if not listing.equals(stored):
        lake.write("documents", edition, listing)
    texts = {row["document_id"]: row for row in lake.read("texts", edition).to_pylist()}
    changed = {
        document_id: _text_row(document_id, ad.text)
        for document_id, ad in found.items()
        if document_id not in texts or texts[document_id]["text"] != ad.text
    }
    if changed:
        texts |= changed
        lake.write_rows("texts", edition, [texts[key] for key in sorted(texts)])


def document_row(edition: Edition, ad: JobAd) -> dict[str, Any]:
    """Lay an ad out as a row of `documents`; place and remote stand among its attributes."""
    given = {"location": ad.location, "is_remote": None if ad.is_remote is None else str(ad.is_remote).lower()}
    return {
        "document_id": ad.document_id,
        "kind": "job_ad",
        "source": edition.source,
        "venue": edition.venue,
        "period": str(edition.period),
        "published_on": ad.published_on,
        "title": ad.title,
        "authors": [],
        "organization": ad.organization,
        "track": "main",
        "url": ad.url,
        "pdf_url": None,
        "abstract": None,
        "is_withdrawn": False,
        "attributes": sorted((ad.attributes | {name: value for name, value in given.items() if value}).items()),
    }


def _text_row(document_id: str, text: str | None) -> dict[str, Any]:
    return {
        "document_id": document_id,
        "text_status": "missing" if text is None else "read",
        "text_problem": "the board gives no description" if text is None else None,
        "text": text,
        "page_starts": [],
        "read_at": now(),
    }

"""What a source lists, for people who look before they collect; stores nothing but the raw pages."""

import datetime as dt
import logging
from collections.abc import Iterator
from types import ModuleType

from tasks.collecting import employers
from tasks.collecting.editions import merge_duplicates
from tasks.collecting.employers import Board
from tasks.records import Edition, EmptyBoard, Get, JobAd, Paper, Period, SiteError, UnknownEdition
from tasks.settings import Settings
from tasks.sources.catalogue import discover, kind_of, sources_of
from tasks.web import Crawler, Turns

log = logging.getLogger("mentions")


def listed(
    settings: Settings, venue: str, period: Period, source: str | None = None, turns: Turns | None = None
) -> list[Paper]:
    """Give the papers of a venue and period from the first source that has them.

    Raises `UnknownEdition` where no source names the edition, else the `SiteError` of the last that failed to give it.
    """
    problem: SiteError = UnknownEdition(f"no source lists {venue} {period}")
    with Crawler(settings, turns=turns) as crawler:
        for name in [source] if source else sources_of(venue):
            module = discover()[name]
            try:
                edition = find_edition(module, venue, period, crawler.get)
                if edition is not None:
                    return merge_duplicates(getattr(module, kind_of(module))(edition, crawler.get))
            except SiteError as error:
                problem = error
    raise problem


def announced(settings: Settings, venue: str, page: str, turns: Turns | None = None) -> list[Paper]:
    """Give what a source's list of new or recent papers of a venue holds; raises a `SiteError` where there is none."""
    module = next((source for name in sources_of(venue) if hasattr(source := discover()[name], "announced")), None)
    if module is None:
        raise UnknownEdition(f"no source has a list of {page} papers of {venue}")
    with Crawler(settings, turns=turns) as crawler:
        return merge_duplicates(module.announced(venue, page, crawler.get))


def find_edition(source: ModuleType, venue: str, period: Period, get: Get) -> Edition | None:
    """Find a source's edition: by its index pages, or by asking it where its editions have no end, as months have."""
    if hasattr(source, "edition"):
        found: Edition | None = source.edition(venue, period)
        return found
    editions: Iterator[Edition] = source.editions(get)
    return next((edition for edition in editions if (edition.venue, edition.period) == (venue, period)), None)


def listed_ads(
    settings: Settings, venue: str, period: Period | None, source: str | None = None, turns: Turns | None = None
) -> Iterator[JobAd]:
    """Yield the ads of a source of job ads that were posted within a period, or all that are open now.

    `venue` is the source; with `source`, it may be one employer's board. A board that fails is reported and passed
    over.
    Raises `UnknownEdition` where a source of the past has no such month, the last `SiteError` where every board failed.
    """
    name = source or venue
    module = discover()[name]
    boards = employers.boards_of(name, settings.employers)
    if venue != name:
        boards = [board for board in boards if board.key == venue] or [Board(name, venue)]
    with Crawler(settings, turns=turns) as crawler:
        if not getattr(module, "IS_SNAPSHOT", False):
            yield from _ads(module, _months(module, name, boards, period, crawler.get), crawler.get)
            return
        today = employers.month_of(dt.datetime.now(dt.UTC).date())
        for ad in _ads(module, [(board, today) for board in boards], crawler.get):
            if period is None or (ad.published_on and employers.month_of(ad.published_on).is_within(period, period)):
                yield ad


def _months(
    module: ModuleType, name: str, boards: list[Board], period: Period | None, get: Get
) -> list[tuple[Board, Period]]:
    """List what a source that tells the past is asked for: one month, or every month of a year."""
    if period is None:
        raise UnknownEdition(f"{name} goes by month: give --month YYYY-MM")
    if hasattr(module, "editions"):
        editions = [edition for edition in module.editions(get) if edition.period.is_within(period, period)]
        if not editions:
            raise UnknownEdition(f"{name} has nothing of {period}")
        return [(Board(name, edition.key), edition.period) for edition in editions]
    months = [period] if period.month else [Period(period.year, number) for number in range(1, 13)]
    return [(board, month) for month in months for board in boards]


def _ads(module: ModuleType, places: list[tuple[Board, Period]], get: Get) -> Iterator[JobAd]:
    """Yield the ads of some boards and months; raises the last error where every one failed."""
    problem: SiteError | None = None
    has_answer = False
    for board, period in places:
        try:
            yield from employers.ads(module, board, period, get)
            has_answer = True
        except EmptyBoard as empty:
            has_answer = True
            log.info("%s", empty)
        except SiteError as error:
            problem = error
            log.info("%s", error)
    if problem is not None and not has_answer:
        raise problem


def is_of_jobs(venue: str, source: str | None = None) -> bool:
    """Say whether a venue is a source of job ads, or the source that is named for it is one."""
    name = source or venue
    return name in discover() and kind_of(discover()[name]) == "jobs"

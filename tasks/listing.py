"""What a source lists, for people who look before they collect; stores nothing but the raw pages."""

from collections.abc import Iterator
from types import ModuleType

from tasks.collect import merge_duplicates
from tasks.crawl import Crawler
from tasks.records import Edition, Get, Paper, Period, SiteError, UnknownEdition
from tasks.settings import Settings
from tasks.sources.catalogue import discover, kind_of, sources_of


def listed(settings: Settings, venue: str, period: Period, source: str | None = None) -> list[Paper]:
    """Give the papers of a venue and period from the first source that has them.

    Raises `UnknownEdition` where no source names the edition, else the `SiteError` of the last that failed to give it.
    """
    problem: SiteError = UnknownEdition(f"no source lists {venue} {period}")
    with Crawler(settings) as crawler:
        for name in [source] if source else sources_of(venue):
            module = discover()[name]
            try:
                edition = find_edition(module, venue, period, crawler.get)
                if edition is not None:
                    return merge_duplicates(getattr(module, kind_of(module))(edition, crawler.get))
            except SiteError as error:
                problem = error
    raise problem


def announced(settings: Settings, venue: str, page: str) -> list[Paper]:
    """Give what a source's list of new or recent papers of a venue holds; raises a `SiteError` where there is none."""
    module = next((source for name in sources_of(venue) if hasattr(source := discover()[name], "announced")), None)
    if module is None:
        raise UnknownEdition(f"no source has a list of {page} papers of {venue}")
    with Crawler(settings) as crawler:
        return merge_duplicates(module.announced(venue, page, crawler.get))


def find_edition(source: ModuleType, venue: str, period: Period, get: Get) -> Edition | None:
    """Find a source's edition: by its index pages, or by asking it where its editions have no end, as months have."""
    if hasattr(source, "edition"):
        found: Edition | None = source.edition(venue, period)
        return found
    editions: Iterator[Edition] = source.editions(get)
    return next((edition for edition in editions if (edition.venue, edition.period) == (venue, period)), None)

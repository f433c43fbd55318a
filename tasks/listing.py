"""What a source lists, for people who look before they collect; stores nothing but the raw pages."""

from tasks.collect import merge_duplicates
from tasks.crawl import Crawler
from tasks.records import Paper, Period, SiteError, UnknownEdition
from tasks.settings import Settings
from tasks.sources.catalogue import discover, sources_of


def listed(settings: Settings, venue: str, period: Period, source: str | None = None) -> list[Paper]:
    """Give the papers of a venue and period from the first source that has them.

    Raises `UnknownEdition` where no source names the edition, else the `SiteError` of the last that failed to give it.
    """
    problem: SiteError = UnknownEdition(f"no source lists {venue} {period}")
    with Crawler(settings) as crawler:
        for name in [source] if source else sources_of(venue):
            module = discover()[name]
            try:
                for edition in module.editions(crawler.get):
                    if (edition.venue, edition.period) == (venue, period):
                        return merge_duplicates(module.papers(edition, crawler.get))
            except SiteError as error:
                problem = error
    raise problem

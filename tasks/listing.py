"""What a source lists, for people who look before they collect; stores nothing but the raw pages."""

from collections.abc import Iterator

from tasks.collect import merge_duplicates
from tasks.crawl import Crawler
from tasks.records import Paper, Period, SiteError, UnknownEdition
from tasks.settings import Settings
from tasks.sources.catalogue import discover, sources_of


def listed(settings: Settings, venue: str, period: Period, source: str | None = None) -> Iterator[Paper]:
    """Yield the papers of a venue and period from the first source that has them.

    Raises `UnknownEdition` where no source names the edition, and the source's own `SiteError` where its page fails.
    """
    problems = []
    with Crawler(settings) as crawler:
        for name in [source] if source else sources_of(venue):
            module = discover()[name]
            try:
                found = [e for e in module.editions(crawler.get) if (e.venue, e.period) == (venue, period)]
            except SiteError as error:
                problems.append(f"{name}: {error}")
                continue
            for edition in found[:1]:
                yield from merge_duplicates(module.papers(edition, crawler.get))
                return
    raise UnknownEdition("; ".join([f"no source lists {venue} {period}", *problems]))

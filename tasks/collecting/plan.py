"""What a backfill will take: editions, papers expected, and the least time that the sites' manners allow."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from tasks.collecting import expectations
from tasks.records import Edition


def before_listing(editions: Sequence[Edition], interval: Callable[[str], float], counts: Path | None) -> str:
    """Say what is expected before any listing was read; `interval` gives the seconds between requests to a host."""
    known = [expectations.official_count(edition.venue, edition.period.year, file=counts) for edition in editions]
    expected_count = sum(count for count in known if count)
    unknown_count = sum(count is None for count in known)
    unknown = f", {unknown_count} of unknown size" if unknown_count else ""
    least = duration(expected_count * interval(""))
    expected = f", about {expected_count:,} papers expected; at least {least} if all are new" if expected_count else ""
    return f"{len(editions)} editions{unknown}{expected}"


def after_listing(links: Iterable[str | None], interval: Callable[[str], float]) -> str:
    """Say what is left to read, now that the listings are known; hosts are asked side by side."""
    hosts = Counter(urlsplit(link).hostname or "" for link in links if link)
    seconds = max((count * interval(host) for host, count in hosts.items()), default=0.0)
    return f"{hosts.total():,} papers to read, at least {duration(seconds)}"


def duration(seconds: float) -> str:
    """Write a time as people read it, to the second: '0:41:17', '2 days, 3:00:00'."""
    return str(dt.timedelta(seconds=round(seconds)))

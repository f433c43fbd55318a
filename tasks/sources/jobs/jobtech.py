"""
Publisher
  JobTech Development (Arbetsförmedlingen, the Swedish employment service): all ads of Platsbanken since 2016.
Access
  JSON: historical.api.jobtechdev.se/search by field of occupation and time of publication, a hundred ads a page.
Permits
  Open without a key; CC0.
Caveats
  Paging stops near 2,100 hits: a stretch of time with more is halved until it fits. Of all ads only the occupational
  field Data/IT is asked for, which is the denominator. Most ads are in Swedish. The last months come late.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from tasks.records import Edition, EmptyBoard, Get, JobAd, LayoutChanged, Period
from tasks.sources.job_texts import attributes, clean, clean_line, date_of, dict_of, json_of, list_of, required

NAMES = {"jobtech": "JobTech historical ads"}
IS_BY_MONTH = True
IS_BACKFILL_ONLY = True
FIRST_MONTH = Period(2016, 1)
SEARCH = (
    "https://historical.api.jobtechdev.se/search?occupation-field=apaJ_2ja_LuF"
    "&published-after={}&published-before={}&offset={}&limit=100"
)
"""apaJ_2ja_LuF is "Data/IT" in JobTech's taxonomy of occupations."""
HITS_AT_MOST = 2000
"""The last offset that the API takes, with a page of a hundred after it."""
SHORTEST = dt.timedelta(hours=1)
"""A stretch that is not halved any more: ads are published by the day, some thousand on the busiest."""


def jobs(edition: Edition, get: Get) -> Iterator[JobAd]:
    """Yield the ads of a month; raises `EmptyBoard` where there are none."""
    month = edition.period
    first = dt.datetime(month.year, month.month, 1)
    last = dt.datetime(month.year + month.month // 12, month.month % 12 + 1, 1) - dt.timedelta(seconds=1)
    seen = set()
    for row, address in _hits(first, last, get):
        key = required(row, "id", address)
        published_on = date_of(row.get("publication_date"))
        if key in seen or (published_on and (published_on.year, published_on.month) != (month.year, month.month)):
            continue  # stretches of time share their ends
        seen.add(key)
        yield _ad(row, key, published_on, address)
    if not seen:
        raise EmptyBoard(f"{SEARCH.format(first.isoformat(), last.isoformat(), 0)} finds no ads of {month}")


def _hits(first: dt.datetime, last: dt.datetime, get: Get) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the hits of a stretch of time, halving it where it holds more than can be paged through."""
    address = SEARCH.format(first.isoformat(), last.isoformat(), 0)
    page = json_of(address, get)
    total = dict_of(page, "total").get("value") if isinstance(page, dict) else None
    if not isinstance(total, int):
        raise LayoutChanged(f"{address} does not say how many ads there are")
    if total > HITS_AT_MOST and last - first > SHORTEST:
        middle = (first + (last - first) / 2).replace(microsecond=0)
        yield from _hits(first, middle, get)
        yield from _hits(middle, last, get)
        return
    offset, rows = 0, list_of(page, "hits", address)
    while rows:
        yield from ((row, address) for row in rows)
        offset += len(rows)
        if offset >= total or offset > HITS_AT_MOST:
            return
        address = SEARCH.format(first.isoformat(), last.isoformat(), offset)
        rows = list_of(json_of(address, get), "hits", address)


def _ad(row: dict[str, Any], key: str, published_on: dt.date | None, address: str) -> JobAd:
    employer, place = dict_of(row, "employer"), dict_of(row, "workplace_address")
    description = dict_of(row, "description")
    places = [clean_line(place.get(part)) for part in ("municipality", "region", "country")]
    is_remote = row.get("remote_work")
    return JobAd(
        document_id=f"jobtech:{key}",
        title=required(row, "headline", address),
        organization=clean_line(employer.get("name")) or clean_line(employer.get("workplace")) or None,
        text=clean(description.get("text") or description.get("text_formatted")),
        url=clean_line(row.get("webpage_url")),
        published_on=published_on,
        location=", ".join(filter(None, places)) or None,
        is_remote=is_remote if isinstance(is_remote, bool) else None,
        attributes=attributes(
            department=dict_of(row, "occupation").get("label"),
            closed_on=date_of(row.get("last_publication_date")),
            language=row.get("detected_language"),
        ),
    )

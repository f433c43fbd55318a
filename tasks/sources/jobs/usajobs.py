"""
Publisher
  USAJOBS (U.S. Office of Personnel Management): the announcements of the federal government.
Access
  data.usajobs.gov/api/historicjoa lists announcements by the day they opened, /api/historicjoa/announcementtext gives
  their words; both by occupational series and day, paged by a continuation token.
Permits
  Both need no key and are publicly consumable by their documentation; works of the United States government.
Caveats
  Of all announcements only the series of people who program are asked for (SERIES), which are the denominator. An
  announcement without text has only a title. The listing names no place but by code.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tasks.records import Edition, EmptyBoard, Get, JobAd, LayoutChanged, Period
from tasks.sources.job_texts import (
    attributes,
    clean,
    clean_line,
    date_of,
    dict_of,
    dicts_of,
    joined,
    json_of,
    list_of,
    required,
)
from tasks.sources.pages import absolute

NAMES = {"usajobs": "USAJOBS"}
IS_BY_MONTH = True
IS_BACKFILL_ONLY = True
FIRST_MONTH = Period(2013, 1)
SERIES = {
    "0854": "computer engineering",
    "1515": "operations research",
    "1529": "mathematical statistics",
    "1550": "computer science",
    "1560": "data science",
    "2210": "information technology management",
}
"""Occupational series of people who program, by OPM's handbook."""
LIST = "https://data.usajobs.gov/api/historicjoa"
TEXT = "https://data.usajobs.gov/api/historicjoa/announcementtext"
PARTS = (
    ("summary", ""),
    ("duties", "Responsibilities"),
    ("majorDutiesList", ""),
    ("requirementsQualifications", "Qualifications"),
    ("qualificationSummary", "Qualifications"),
    ("requirements", "Requirements"),
    ("requirementsConditionsOfEmployment", "Requirements"),
    ("education", "Education"),
    ("requirementsEducation", "Education"),
)
"""Fields of an announcement's text in the order of its page, and the heading each stands under."""
PAGES_AT_MOST = 200
"""500 announcements a page; a month of six series has some 2,000. A token that leads in a circle would never end."""


def jobs(edition: Edition, get: Get) -> Iterator[JobAd]:
    """Yield the announcements that opened in a month; raises `EmptyBoard` where there are none."""
    month = edition.period
    last = monthrange(month.year, month.month)[1]
    days = f"StartPositionOpenDate={month}-01&EndPositionOpenDate={month}-{last:02d}"
    seen: set[str] = set()
    for series in SERIES:
        query = f"?PositionSeries={series}&{days}"
        rows = list(_pages(LIST + query, get))
        texts = {_key(row): row for row in _pages(TEXT + query, get)} if rows else {}
        for row in rows:
            key = required(row, "usajobsControlNumber", LIST)
            if key not in seen:
                seen.add(key)
                yield _ad(row, texts.get(key, {}), key, series)
    if not seen:
        raise EmptyBoard(f"{LIST}?{days} lists no announcements")


def _pages(address: str, get: Get) -> Iterator[dict[str, Any]]:
    """Yield the rows of a listing, page after page."""
    following = address
    for _ in range(PAGES_AT_MOST):
        page = json_of(following, get)
        yield from list_of(page, "data", following)
        paging = dict_of(page, "paging")
        token = dict_of(paging, "metadata").get("continuationToken")
        link = paging.get("next")
        if isinstance(link, str) and link:
            # The link is made for the API's own root, and may name another host than the public one.
            following = absolute(re.sub(r"^https?://[^/]+", "", link), LIST)
        elif token:
            following = f"{address}&continuationToken={quote(str(token), safe='', errors='replace')}"
        else:
            return
    raise LayoutChanged(f"{address} has more than {PAGES_AT_MOST} pages")


def _key(row: dict[str, Any]) -> str:
    return clean_line(str(row.get("usajobsControlNumber") or ""))


def _ad(row: dict[str, Any], text: dict[str, Any], key: str, series: str) -> JobAd:
    remote = clean_line(str(row.get("teleworkEligible") or ""))
    places = [
        ", ".join(filter(None, (clean_line(place.get(f"positionLocation{part}")) for part in ("City", "State"))))
        for place in dicts_of(row, "positionLocations") or dicts_of(row, "PositionLocations")
    ]
    parts = [
        joined(heading, words) if heading else words
        for name, heading in PARTS
        if (words := clean(_words(text.get(name))))
    ]
    return JobAd(
        document_id=f"usajobs:{key}",
        title=required(row, "positionTitle", LIST),
        organization=clean_line(row.get("hiringAgencyName")) or clean_line(row.get("hiringDepartmentName")) or None,
        text=joined(*parts),
        url=f"https://www.usajobs.gov/job/{key}",
        published_on=date_of(row.get("positionOpenDate")),
        location="; ".join(dict.fromkeys(filter(None, places))) or None,
        is_remote=True if clean_line(str(row.get("remoteIndicator") or "")).upper() in ("Y", "TRUE") else None,
        attributes=attributes(series=series, closed_on=date_of(row.get("positionCloseDate")), telework=remote),
    )


def _words(value: Any) -> str:
    return "\n".join(map(_words, value)) if isinstance(value, list) else value if isinstance(value, str) else ""

"""
Publisher
  The Internet Archive's Wayback Machine: copies of the job pages of employers on Greenhouse and Lever.
Access
  The CDX index lists the copies of a month below an employer's board; web.archive.org/web/TIMEid_/ADDRESS gives each as
  it was. Boards are the employers of sql/seeds/employers.csv.
Permits
  A User-Agent that says who asks; 24 requests a minute are safe (tasks/web/pace.py); 429 with Retry-After is obeyed.
Caveats
  Coverage is uneven by year: jobs.lever.co and others kept later crawls out. The number of copies stands in `coverage`,
  so that a thin year is not taken for a fall. Pages made by scripts (Ashby, Workable) hold no text. The day is that of
  the copy where the page names none.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlsplit

from bs4 import BeautifulSoup

from tasks.records import Edition, EmptyBoard, Get, JobAd, LayoutChanged, PageMissing, Period
from tasks.sources.job_pages import ad_of, board_ad, postings
from tasks.sources.job_texts import date_of, json_of
from tasks.sources.pages import absolute, parsed_html

NAMES = {"wayback": "Wayback Machine, archived job boards"}
IS_BY_MONTH = True
IS_BACKFILL_ONLY = True
FIRST_MONTH = Period(2012, 1)
"""Greenhouse and Lever began their boards in 2012."""
SINCE = {"job-boards.greenhouse.io": Period(2023, 1)}
"""Hosts that came later: Greenhouse moved its boards in 2023 and 2024. Months before cost no request."""
CDX = (
    "https://web.archive.org/cdx/search/cdx?url={}/*&output=json&fl=timestamp,original,statuscode,digest"
    "&filter=statuscode:200&filter=mimetype:text/html&collapse=urlkey&from={}&to={}&limit=3000&showResumeKey=true"
)
REPLAY = "https://web.archive.org/web/{}id_/{}"
EMPTY_BODY = "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
"""The digest of a copy of nothing."""
PAGES_AT_MOST = 100
"""Pages of 3,000 copies; a resume key that leads in a circle would never end."""
_JOB = re.compile(r"/(?:jobs/\d+|[0-9a-f]{8}-[0-9a-f-]{27})/?$")
"""How the path of one job ends on Greenhouse and on Lever; other copies are of the list or of application forms."""


@dataclass(frozen=True)
class Capture:
    """One copy of a page."""

    timestamp: str
    """YYYYMMDDhhmmss, UTC."""
    url: str


def captures(edition: Edition, get: Get) -> list[Capture]:
    """List the copies of the pages of a board (`edition.key`, as HOST/TOKEN) in a month, each page's first."""
    month = edition.period
    if month < SINCE.get(edition.key.partition("/")[0], FIRST_MONTH):
        return []
    first, last = (
        f"{month.year}{month.month:02d}01",
        f"{month.year}{month.month:02d}{monthrange(month.year, month.month)[1]}",
    )
    address = following = CDX.format(edition.key, first, last)
    found: dict[str, Capture] = {}
    for _ in range(PAGES_AT_MOST):
        rows, key = read_cdx(json_of(following, get), following)
        if not rows and following != address:
            raise LayoutChanged(f"{following} is empty, though the page before says that more follow")
        for row in rows:
            is_whole = row.get("statuscode", "200") == "200" and row.get("digest") != EMPTY_BODY
            is_page = absolute(row["original"], address) != ""
            if is_whole and is_page and row["timestamp"][:6] == first[:6]:
                url = urlsplit(row["original"])
                found.setdefault(
                    f"{url.netloc.partition(':')[0]}{url.path.rstrip('/')}", Capture(row["timestamp"], row["original"])
                )
        if not key:
            return sorted(found.values(), key=lambda capture: (capture.timestamp, capture.url))
        following = f"{address}&resumeKey={quote(key, safe='', errors='replace')}"
    raise LayoutChanged(f"{address} has more than {PAGES_AT_MOST} pages")


def read_cdx(page: Any, address: str) -> tuple[list[dict[str, str]], str]:
    """Read an answer of the index: rows by the names of its first row, and the key to go on from, '' at the end."""
    if not isinstance(page, list) or not all(isinstance(row, list) for row in page):
        raise LayoutChanged(f"{address} is no list of lists")
    if not page:
        return [], ""
    header, *rows = page
    if not all(isinstance(name, str) for name in header) or not {"timestamp", "original"} <= set(header):
        raise LayoutChanged(f"{address} names no columns")
    key = ""
    if len(rows) > 1 and rows[-2] == [] and len(rows[-1]) == 1:
        key, rows = str(rows[-1][0]), rows[:-2]
    if not all(len(row) == len(header) for row in rows):
        raise LayoutChanged(f"{address} has rows of another length than its header")
    return [dict(zip(header, map(str, row), strict=True)) for row in rows], key


def jobs(edition: Edition, get: Get) -> Iterator[JobAd]:
    """Yield the ads of a board that were copied in a month; raises `EmptyBoard` where none was copied.

    Raises `LayoutChanged` where half of the copies hold no ad: some are of pages that say that the job is gone.
    """
    copies = [capture for capture in captures(edition, get) if _JOB.search(urlsplit(capture.url).path)]
    if not copies:
        raise EmptyBoard(f"no copies of jobs of {edition.key} in {edition.period}")
    count = 0
    for capture in copies:
        try:
            body = get(REPLAY.format(capture.timestamp, capture.url))
        except PageMissing:
            continue  # the index names copies that cannot be shown
        is_whole = re.search(rb"(?i)</(?:html|body)\s*>", body)
        ad = _ad(parsed_html(body), capture) if is_whole else None
        if ad is not None:
            count += 1
            yield ad
    if count <= len(copies) / 2:
        raise LayoutChanged(f"of {len(copies)} copies of jobs of {edition.key} in {edition.period}, {count} hold an ad")


def _ad(page: BeautifulSoup, capture: Capture) -> JobAd | None:
    url = urlsplit(capture.url)
    key = f"wayback:{url.netloc.partition(':')[0]}{url.path.rstrip('/')}"
    day = f"{capture.timestamp[:4]}-{capture.timestamp[4:6]}-{capture.timestamp[6:8]}"
    replay = f"https://web.archive.org/web/{capture.timestamp}/{capture.url}"
    board = "/".join(url.path.split("/")[:2])
    more = {"captured_on": day, "board": f"{url.netloc.partition(':')[0]}{board}"}
    for posting in postings(page):
        if (ad := ad_of(posting, key, replay, **more)) is not None:
            return ad if ad.published_on else replace(ad, published_on=date_of(day))
    ad = board_ad(page, key, replay, **more)
    return ad and replace(ad, published_on=date_of(day))

"""
Publisher
  Hacker News (Y Combinator): the monthly threads "Ask HN: Who is hiring?" since April 2011.
Access
  Algolia's API: search_by_date lists the threads, items/ID gives one with all comments. Where that fails, the official
  Firebase API: user/whoishiring names the threads, item/ID gives a thread or a comment, one request each.
Permits
  Both APIs are public and need no key. Algolia allows 10,000 requests an hour and gives 1,000 hits a query at most;
  Firebase states no limit. Posts belong to their authors: link back to them.
Caveats
  An ad is a comment on the thread itself; answers to it are talk. Deleted comments have no text. <p> is never closed.
  There is no title: the first line, mostly "Company | Role | Place", stands in for it, and company and place are read
  from it where it is written so. A thread's month is in its title, not in the day of its comments.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from tasks.records import Edition, Get, JobAd, LayoutChanged, Period, SiteError
from tasks.sources.first_lines import organization_of, place_of
from tasks.sources.job_texts import (
    attributes,
    clean,
    clean_line,
    date_of,
    json_of,
    list_of,
    parse_json,
    required,
    says_remote,
)

NAMES = {"hacker_news": "Hacker News, Who is hiring?"}
SEARCH = "https://hn.algolia.com/api/v1/search_by_date?tags=story,author_whoishiring&hitsPerPage=1000"
ITEM = "https://hn.algolia.com/api/v1/items/{}"
FIREBASE = "https://hacker-news.firebaseio.com/v0/"
FIRST_MONTH = Period(2011, 4)
"""The first thread of the series; older ones by other people were none."""
POST = "https://news.ycombinator.com/item?id={}"

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TITLE_CHARACTERS = 160
"""Longest title: a first line that goes on for longer is the whole ad."""
NO_ADS = ("", "[deleted]", "[dead]", "[flagged]")
_THREAD = re.compile(r"(?i)\bwho(?:['’]s| is) hiring\b(?! right now)")  # not freelancers, not "wants to be hired"


def editions(get: Get) -> Iterator[Edition]:
    """Yield every monthly thread, oldest first. Raises `LayoutChanged` where none is found."""
    try:
        threads = list(_threads_of_algolia(get))
    except SiteError as algolia:
        try:
            threads = list(_threads_of_firebase(get))
        except SiteError as firebase:
            raise type(algolia)(f"{algolia}; and {firebase}") from firebase
    months: dict[Period, str] = {}
    for title, created_on, key in threads:
        if _THREAD.search(title):
            months.setdefault(_month(title, created_on), key)
    if not months:
        raise LayoutChanged(f"{SEARCH} lists no thread 'Who is hiring?'")
    for period, key in sorted(months.items()):
        if period >= FIRST_MONTH:
            yield Edition("hacker_news", "hacker_news", period, key)


def _threads_of_algolia(get: Get) -> Iterator[tuple[str, dt.date, str]]:
    """Yield title, day and key of whoishiring's stories, newest first, asking further back where hits are cut off."""
    address, seen_count, before = SEARCH, 0, None
    while True:
        page = json_of(address, get)
        hits = list_of(page, "hits", address)
        for hit in hits:
            created_on = date_of(hit.get("created_at_i") or hit.get("created_at"))
            if created_on is None or not hit.get("objectID"):
                raise LayoutChanged(f"{address} lists a thread without key or day")
            yield clean_line(hit.get("title")), created_on, str(hit["objectID"])
        seen_count += len(hits)
        stamps = [hit["created_at_i"] for hit in hits if isinstance(hit.get("created_at_i"), int)]
        # A mirror may hold some hits only: more are asked for where a full page says that there are more.
        if len(hits) < 1000 or seen_count >= (page.get("nbHits") or 0) or not stamps or min(stamps) == before:
            return
        before = min(stamps)
        address = f"{SEARCH}&numericFilters=created_at_i<{before}"


def _threads_of_firebase(get: Get) -> Iterator[tuple[str, dt.date, str]]:
    """Yield the same from the official API, one request a thread."""
    address = f"{FIREBASE}user/whoishiring.json"
    user = json_of(address, get)
    for key in user.get("submitted", []) if isinstance(user, dict) else []:
        story = _firebase_item(key, get)
        created_on = date_of(story.get("time"))
        if story.get("type") == "story" and created_on is not None:
            yield clean_line(story.get("title")), created_on, str(key)


def _month(title: str, created_on: dt.date) -> Period:
    """Read the month from "(July 2026)" in the title, else from the day when it was posted."""
    match = re.search(r"(?i)\b(" + "|".join(MONTHS) + r")[a-z]*\.?,? (20\d\d)\b", title)
    if match is None:
        return Period(created_on.year, created_on.month)
    return Period(int(match[2]), MONTHS.index(match[1].lower()) + 1)


def jobs(edition: Edition, get: Get) -> Iterator[JobAd]:
    """Yield the ads of one thread in its order. Raises `LayoutChanged` where it has none."""
    try:
        comments = list(_comments_of_algolia(edition.key, get))
    except SiteError as algolia:
        try:
            comments = list(_comments_of_firebase(edition.key, get))
        except SiteError as firebase:
            raise type(algolia)(f"{algolia}; and {firebase}") from firebase
    found = [ad for key, author, posted, text in comments if (ad := _ad(key, author, posted, text))]
    if not found:
        raise LayoutChanged(f"thread {edition.key} of {edition} holds no ads")
    yield from found


def _comments_of_algolia(key: str, get: Get) -> Iterator[tuple[str, str, object, str]]:
    address = ITEM.format(key)
    thread = json_of(address, get)
    for comment in list_of(thread, "children", address):
        key = required(comment, "id", address)
        if comment.get("parent_id", thread.get("id")) != thread.get("id"):
            continue  # an answer to an ad
        posted = comment.get("created_at_i") or comment.get("created_at")
        yield key, clean_line(comment.get("author")), posted, comment.get("text") or ""


def _comments_of_firebase(key: str, get: Get) -> Iterator[tuple[str, str, object, str]]:
    thread = _firebase_item(key, get)
    kids = thread.get("kids")
    if not isinstance(kids, list):
        raise LayoutChanged(f"{FIREBASE}item/{key}.json names no comments")
    for kid in kids:
        comment = _firebase_item(kid, get)
        if not comment.get("deleted") and not comment.get("dead"):
            yield str(kid), clean_line(comment.get("by")), comment.get("time"), comment.get("text") or ""


def _firebase_item(key: object, get: Get) -> dict[str, Any]:
    """Give one item; {} where it is null, as Firebase says of what is gone."""
    address = f"{FIREBASE}item/{key}.json"
    item = parse_json(get(address), address)
    if item is not None and not isinstance(item, dict):
        raise LayoutChanged(f"{address} is no item")
    return item or {}


def _ad(key: str, author: str, posted: object, comment: str) -> JobAd | None:
    text = clean(comment)
    if text is None or comment.strip() in NO_ADS:
        return None
    heading = text.split("\n", 1)[0]
    place = place_of(heading)
    return JobAd(
        document_id=f"hacker_news:{key}",
        title=_shortened(heading),
        organization=organization_of(heading),
        text=text,
        url=POST.format(key),
        published_on=date_of(posted),
        location=place and place[:TITLE_CHARACTERS],
        is_remote=says_remote(heading),
        attributes=attributes(author=author),
    )


def _shortened(line: str) -> str:
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[:TITLE_CHARACTERS].rpartition(" ")[0] + " …"

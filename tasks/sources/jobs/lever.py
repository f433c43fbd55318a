"""
Publisher
  Lever: the public job boards of the employers that hire through it.
Access
  A JSON array a board: api.lever.co/v0/postings/TOKEN?mode=json, paged by skip and limit. Employers stand in
  sql/seeds/employers.csv; a board in Europe (api.eu.lever.co) is written eu:TOKEN there.
Permits
  Its documentation says that published postings "may be scraped by third parties"; Crawl-delay 1.
Caveats
  Only what is open now. The description comes in parts: an opening, lists with headings of their own, an ending. The
  postings do not name their employer. createdAt is in milliseconds.
"""

from collections.abc import Iterator
from typing import Any

from tasks.records import Edition, EmptyBoard, Get, JobAd, LayoutChanged
from tasks.sources.job_texts import (
    attributes,
    clean,
    clean_line,
    date_of,
    dict_of,
    dicts_of,
    joined,
    json_of,
    required,
    says_remote,
)

NAMES = {"lever": "Lever job boards"}
IS_SNAPSHOT = True
BOARD = "https://api.{}lever.co/v0/postings/{}?mode=json"
PAGE_SIZE = 1000
"""Without a limit Lever sends all; a page that is exactly this long is asked for its continuation."""


def jobs(edition: Edition, get: Get) -> Iterator[JobAd]:
    """Yield what a board lists now; raises `EmptyBoard` where it lists nothing."""
    region, _, token = edition.key.rpartition(":")
    board = BOARD.format(f"{region}." if region else "", token)
    skip, address = 0, board
    while True:
        rows = json_of(address, get)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise LayoutChanged(f"{address} is no list of postings")
        if not rows and not skip:
            raise EmptyBoard(f"{address} lists no postings")
        for row in rows:
            yield _ad(row, token, address)
        if not rows or len(rows) % PAGE_SIZE:
            return
        skip += len(rows)
        address = f"{board}&skip={skip}&limit={PAGE_SIZE}"


def _ad(row: dict[str, Any], token: str, address: str) -> JobAd:
    categories = dict_of(row, "categories")
    places = categories.get("allLocations")
    location = ", ".join(filter(None, map(clean_line, places))) if isinstance(places, list) else ""
    location = location or clean_line(categories.get("location"))
    workplace = clean_line(row.get("workplaceType"))
    return JobAd(
        document_id=f"lever:{token}/{required(row, 'id', address)}",
        title=required(row, "text", address),
        text=_text(row),
        url=clean_line(row.get("hostedUrl")),
        published_on=date_of(row.get("createdAt")),
        location=location or None,
        is_remote=says_remote(f"{location} {workplace}"),
        attributes=attributes(
            board=token,
            department=categories.get("department"),
            team=categories.get("team"),
            commitment=categories.get("commitment"),
            workplace=workplace,
        ),
    )


def _text(row: dict[str, Any]) -> str | None:
    """Join opening, lists and ending in the order of the page."""
    return joined(
        clean(row.get("descriptionPlain") or row.get("description")),
        *(joined(clean(part.get("text")), clean(part.get("content"))) for part in dicts_of(row, "lists")),
        clean(row.get("additionalPlain") or row.get("additional")),
    )

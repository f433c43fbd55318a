"""
Publisher
  Ashby: the public job boards of the employers that hire through it.
Access
  One JSON page a board: api.ashbyhq.com/posting-api/job-board/TOKEN?includeCompensation=true. Employers stand in
  sql/seeds/employers.csv.
Permits
  The posting API is public and needs no key.
Caveats
  Only what is open now. Jobs that are not listed (isListed false) are for people with the link. The page does not name
  the employer. publishedAt is renewed where an ad is published again.
"""

from collections.abc import Iterator
from typing import Any

from tasks.records import Edition, EmptyBoard, Get, JobAd
from tasks.sources.job_texts import (
    attributes,
    clean,
    clean_line,
    date_of,
    dicts_of,
    json_of,
    list_of,
    required,
    says_remote,
)

NAMES = {"ashby": "Ashby job boards"}
IS_SNAPSHOT = True
BOARD = "https://api.ashbyhq.com/posting-api/job-board/{}?includeCompensation=true"


def jobs(edition: Edition, get: Get) -> Iterator[JobAd]:
    """Yield what a board lists now; raises `EmptyBoard` where it lists nothing."""
    address = BOARD.format(edition.key)
    rows = [row for row in list_of(json_of(address, get), "jobs", address) if row.get("isListed") is not False]
    if not rows:
        raise EmptyBoard(f"{address} lists no jobs")
    for row in rows:
        yield _ad(row, edition.key, address)


def _ad(row: dict[str, Any], board: str, address: str) -> JobAd:
    others = [clean_line(place.get("location")) for place in dicts_of(row, "secondaryLocations")]
    location = "; ".join(filter(None, [clean_line(row.get("location")), *others]))
    workplace = clean_line(row.get("workplaceType"))
    is_remote = row.get("isRemote")
    if not isinstance(is_remote, bool):
        is_remote = says_remote(f"{location} {workplace}")
    return JobAd(
        document_id=f"ashby:{board}/{required(row, 'id', address)}",
        title=required(row, "title", address),
        text=clean(row.get("descriptionPlain") or row.get("descriptionHtml")),
        url=clean_line(row.get("jobUrl")),
        published_on=date_of(row.get("publishedAt")),
        location=location or None,
        is_remote=is_remote,
        attributes=attributes(
            board=board,
            department=row.get("department"),
            team=row.get("team"),
            commitment=row.get("employmentType"),
            workplace=workplace,
        ),
    )

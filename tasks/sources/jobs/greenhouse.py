"""
Publisher
  Greenhouse: the public job boards of the employers that hire through it.
Access
  One JSON page a board: boards-api.greenhouse.io/v1/boards/TOKEN/jobs?content=true. Employers stand in
  sql/seeds/employers.csv.
Permits
  The API needs no key and is "publicly available" by its documentation; robots.txt forbids /embed/ only.
Caveats
  Only what is open now. The description is HTML whose entities are escaped once. updated_at changes with every edit;
  first_published is the day when the ad appeared, and is missing on old boards.
"""

from collections.abc import Iterator

from tasks.records import Edition, EmptyBoard, Get, JobAd
from tasks.sources.job_texts import (
    attributes,
    clean,
    clean_line,
    date_of,
    dict_of,
    dicts_of,
    json_of,
    list_of,
    required,
    says_remote,
)

NAMES = {"greenhouse": "Greenhouse job boards"}
IS_SNAPSHOT = True
BOARD = "https://boards-api.greenhouse.io/v1/boards/{}/jobs?content=true"


def jobs(edition: Edition, get: Get) -> Iterator[JobAd]:
    """Yield what a board lists now; raises `EmptyBoard` where it lists nothing."""
    address = BOARD.format(edition.key)
    rows = list_of(json_of(address, get), "jobs", address)
    if not rows:
        raise EmptyBoard(f"{address} lists no jobs")
    for row in rows:
        location = clean_line(dict_of(row, "location").get("name")) or None
        yield JobAd(
            document_id=f"greenhouse:{edition.key}/{required(row, 'id', address)}",
            title=required(row, "title", address),
            organization=clean_line(row.get("company_name")) or None,
            text=clean(row.get("content")),
            url=clean_line(row.get("absolute_url")),
            published_on=date_of(row.get("first_published")) or date_of(row.get("updated_at")),
            location=location,
            is_remote=says_remote(location or ""),
            attributes=attributes(
                board=edition.key,
                department=[part.get("name") for part in dicts_of(row, "departments")],
                language=row.get("language"),
                revised_on=date_of(row.get("updated_at")),
            ),
        )

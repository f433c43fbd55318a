"""
Publisher
  Arbeitnow: a board of jobs in Germany and of remote jobs.
Access
  JSON pages, www.arbeitnow.com/api/job-board-api?page=N, a hundred jobs each, until a page says that none follows.
Permits
  The API is free and needs no key; it asks for a link to the job's page there.
Caveats
  A recent window only. Descriptions are HTML with entities escaped once or twice. created_at is in seconds.
"""

from collections.abc import Iterator

from tasks.records import Edition, EmptyBoard, Get, JobAd
from tasks.sources.job_texts import attributes, clean, clean_line, date_of, dict_of, json_of, list_of, required

NAMES = {"arbeitnow": "Arbeitnow"}
IS_SNAPSHOT = True
FEED = "https://www.arbeitnow.com/api/job-board-api"
PAGES_AT_MOST = 100
"""The window was some ten pages; a feed that never ends would be a fault of theirs."""


def jobs(_edition: Edition, get: Get) -> Iterator[JobAd]:
    """Yield what the feed holds now, page by page; raises `EmptyBoard` where its first page holds nothing."""
    for number in range(1, PAGES_AT_MOST + 1):
        address = FEED if number == 1 else f"{FEED}?page={number}"
        page = json_of(address, get)
        rows = list_of(page, "data", address)
        if not rows and number == 1:
            raise EmptyBoard(f"{address} lists no jobs")
        for row in rows:
            is_remote = row.get("remote")
            yield JobAd(
                document_id=f"arbeitnow:{required(row, 'slug', address)}",
                title=required(row, "title", address),
                organization=clean_line(row.get("company_name")) or None,
                text=clean(row.get("description")),
                url=clean_line(row.get("url")),
                published_on=date_of(row.get("created_at")),
                location=clean_line(row.get("location")) or None,
                is_remote=is_remote if isinstance(is_remote, bool) else None,
                attributes=attributes(
                    attribution="Arbeitnow",
                    legal=dict_of(page, "meta").get("terms"),
                    tags=row.get("tags"),
                    commitment=row.get("job_types"),
                ),
            )
        if not rows or not dict_of(page, "links").get("next"):
            return

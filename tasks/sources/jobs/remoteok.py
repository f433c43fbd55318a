"""
Publisher
  Remote OK: a board of remote jobs.
Access
  One JSON array, remoteok.com/api. Its first element holds the terms of use, the others are jobs.
Permits
  By the terms in the answer: link back to the job's page there, with a link that robots may follow, and name Remote OK
  as the source. Its words are not republished here; the terms are kept with each ad. Crawl-delay 1.
Caveats
  A recent window only. UTF-8 is often read as Latin-1 on their side ("MecÃ¡nico"). Descriptions end with bait for
  robots ("Please mention the word ..."). Every job is remote; a location says where one may live.
"""

from collections.abc import Iterator

from tasks.records import Edition, EmptyBoard, Get, JobAd, LayoutChanged
from tasks.sources.job_texts import attributes, clean, clean_line, date_of, json_of, required

NAMES = {"remoteok": "Remote OK"}
IS_SNAPSHOT = True
REPUBLISH = False
FEED = "https://remoteok.com/api"


def jobs(_edition: Edition, get: Get) -> Iterator[JobAd]:
    """Yield what the feed holds now; raises `EmptyBoard` where it holds its terms alone."""
    rows = json_of(FEED, get)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise LayoutChanged(f"{FEED} is no list of jobs")
    legal = next((clean_line(row["legal"]) for row in rows if "legal" in row), "")
    ads = [row for row in rows if not row.keys() & {"legal", "last_updated"}]
    if not ads:
        raise EmptyBoard(f"{FEED} lists no jobs")
    for row in ads:
        yield JobAd(
            document_id=f"remoteok:{required(row, 'id', FEED)}",
            title=clean_line(row.get("position")) or required(row, "slug", FEED),
            organization=clean_line(row.get("company")) or None,
            text=clean(row.get("description")),
            url=clean_line(row.get("url")),
            published_on=date_of(row.get("date")) or date_of(row.get("epoch")),
            location=clean_line(row.get("location")) or None,
            is_remote=True,
            attributes=attributes(attribution="Remote OK", legal=legal, tags=row.get("tags")),
        )

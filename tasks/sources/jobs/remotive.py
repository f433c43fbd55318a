"""
Publisher
  Remotive: a board of remote jobs.
Access
  One JSON page, remotive.com/api/remote-jobs.
Permits
  By its API's terms: four calls a day at most (tasks/web/pace.py), link back to the job's page there, name Remotive as
  the source, do not submit the jobs to other boards. Its words are not republished here.
Caveats
  A recent window only, delayed by 24 hours. publication_date is a local time without a zone: its day may be off by one.
"""

from collections.abc import Iterator

from tasks.records import Edition, EmptyBoard, Get, JobAd
from tasks.sources.job_texts import attributes, clean, clean_line, date_of, json_of, list_of, required

NAMES = {"remotive": "Remotive"}
IS_SNAPSHOT = True
REPUBLISH = False
FEED = "https://remotive.com/api/remote-jobs"


def jobs(_edition: Edition, get: Get) -> Iterator[JobAd]:
    """Yield what the feed holds now; raises `EmptyBoard` where it holds nothing."""
    page = json_of(FEED, get)
    rows = list_of(page, "jobs", FEED)
    if not rows:
        raise EmptyBoard(f"{FEED} lists no jobs")
    legal = clean_line(page.get("0-legal-notice") or page.get("00-warning"))
    for row in rows:
        yield JobAd(
            document_id=f"remotive:{required(row, 'id', FEED)}",
            title=required(row, "title", FEED),
            organization=clean_line(row.get("company_name")) or None,
            text=clean(row.get("description")),
            url=clean_line(row.get("url")),
            published_on=date_of(row.get("publication_date")),
            location=clean_line(row.get("candidate_required_location")) or None,
            is_remote=True,
            attributes=attributes(
                attribution="Remotive",
                legal=legal,
                department=row.get("category"),
                commitment=row.get("job_type"),
                tags=row.get("tags"),
            ),
        )

"""Bring arXiv up to date in the lake: records by the date of their last change, stored by the month of version 1.

Pages of records become files of an inbox as they come; when every set is complete, its months are merged one at a time,
by identifier, the newest record winning. So memory does not grow with the harvest, a killed one goes on at the page
under way, and doing any of it twice changes nothing. Plain functions; flows/ decides when they run.
"""

import datetime as dt
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from tasks.collecting.editions import document_row
from tasks.collecting.runs import Result, note_run, now
from tasks.lake import SCHEMAS, Inbox, Lake
from tasks.records import Edition, LayoutChanged, PageForbidden, PageMissing, Period, SiteError
from tasks.settings import Settings
from tasks.sources import arxiv_records
from tasks.sources.oai_pmh import TokenExpired, UnknownFormat
from tasks.web import Crawler

log = logging.getLogger("mentions")

SOURCE = "arxiv"
ALL = "all"
"""The venue of arXiv's editions: a month's file holds all categories; the venue of its rows is their own."""

RESTARTS_MAX = 2
"""How often a list that ran out of time is begun again in one run: tokens end at midnight UTC, so once is usual."""


def chosen(names: str) -> tuple[str, ...]:
    """Split a setting that lists sets or categories."""
    return tuple(name.strip() for name in names.split(",") if name.strip())


def harvest(crawler: Crawler, lake: Lake, settings: Settings) -> Result:
    """Fetch and merge what changed in all sets since the last complete harvest; a site's error makes a failed result.

    What an earlier run left is finished first. Months show what changed only when all sets are complete: a paper can be
    in several, and a month of which one set is missing would have wrong denominators.
    """
    started_at, sets = now(), chosen(settings.arxiv_sets)
    this_month = Edition(SOURCE, ALL, Period(started_at.year, started_at.month))
    try:
        new_count = 0
        while True:
            was_left = any(lake.inbox(SOURCE, set_spec).pages() for set_spec in sets)
            for set_spec in sets:
                fetch_set(crawler, lake, set_spec, sets)
            new_count += merge(lake, sets, started_at)
            if not was_left:
                break
    except SiteError as error:
        problem = str(error)
        if isinstance(error, PageForbidden):
            problem += "; arXiv is left alone for the rest of this run, because it takes going on for an attack"
        result = Result(this_month, "failed", problem, None, None, 0)
        note_run(lake, started_at, result)
        return result
    listed_count = lake.read("documents", this_month, ["document_id"]).num_rows
    result = Result(this_month, "complete", None, None, listed_count, new_count)
    if lake.read("runs", this_month, ["outcome"])["outcome"].to_pylist()[-1:] == ["failed"]:
        note_run(lake, started_at, replace(result, new_count=0))
    return result


def fetch_set(crawler: Crawler, lake: Lake, set_spec: str, sets: Sequence[str]) -> None:
    """Bring the records of a set that changed since its last harvest, or all, into its inbox, to the last page.

    Raises the `SiteError` that ended it; what came so far stays in the inbox.
    """
    inbox, since = lake.inbox(SOURCE, set_spec), answered_on(lake, set_spec)
    for restarts in range(RESTARTS_MAX + 1):
        try:
            for page in _pages(crawler, inbox, set_spec, since):
                inbox.add(_rows(page, sets), **_notes(page, since))
                log.info("arxiv: %s: page %d, %d records", set_spec, len(inbox.pages()), len(page.papers))
            return
        except TokenExpired as error:
            if restarts == RESTARTS_MAX:
                raise
            log.warning("arxiv: %s: the list is begun again: %s", set_spec, error)
            inbox.clear()


def _pages(crawler: Crawler, inbox: Inbox, set_spec: str, since: dt.date | None) -> Iterator[arxiv_records.RecordPage]:
    """Yield the pages that are still to come, going on where the inbox ends."""
    notes = inbox.notes()
    asked = {note["token"] for note in notes}
    if not notes:
        page = _first_page(crawler, set_spec, since)
        yield page
        token = page.token
    else:
        token = notes[-1]["token"]
        if token and _is_over(notes[-1]["expires"]):
            raise TokenExpired(f"the token of {set_spec} ended at {notes[-1]['expires']}")
    while token:
        asked.add(token)
        page = _page(crawler, arxiv_records.next_address(token))
        if page.token in asked:
            raise LayoutChanged(f"{arxiv_records.next_address(token)} leads to a page that was there before")
        yield page
        token = page.token


def _first_page(crawler: Crawler, set_spec: str, since: dt.date | None) -> arxiv_records.RecordPage:
    """Ask for the first page in the best format that the server has."""
    for metadata_format in arxiv_records.FORMATS:
        address = arxiv_records.first_address(set_spec, since, metadata_format)
        try:
            page = _page(crawler, address)
        except (PageMissing, UnknownFormat):
            if metadata_format == arxiv_records.FORMATS[-1]:
                raise
            log.info("arxiv: no records in the format %s", metadata_format)
            continue
        if since is None and not page.papers:
            raise LayoutChanged(f"{address} holds no records, and a set of arXiv's is never empty")
        return page
    raise AssertionError("the last format returns or raises")


def _page(crawler: Crawler, address: str) -> arxiv_records.RecordPage:
    crawler.forget(address)  # tokens are the same in every list: after a restart the page has to be asked for again
    return arxiv_records.record_page(crawler.get(address), address)


def _is_over(expires: str) -> bool:
    try:
        return dt.datetime.fromisoformat(expires) <= now()
    except (ValueError, TypeError):  # none, or without a zone: the server will say
        return False


def _rows(page: arxiv_records.RecordPage, sets: Sequence[str]) -> Iterator[dict[str, object]]:
    """Lay the records of a page out as rows of their months; those at home in no harvested set are cross-lists."""
    for paper in page.papers:
        assert paper.published_on is not None, "record_page refuses records without a date"
        edition = Edition(SOURCE, ALL, Period(paper.published_on.year, paper.published_on.month))
        is_own = any(arxiv_records.is_in_set(paper.venue or "", set_spec) for set_spec in sets)
        yield document_row(edition, replace(paper, track="main" if is_own else "cross_list"), "preprint")


def _notes(page: arxiv_records.RecordPage, since: dt.date | None) -> dict[str, str]:
    return {
        "token": page.token,
        "expires": page.expires,
        "answered_at": page.response_date,
        "since": since.isoformat() if since else "",
        "deleted": json.dumps(page.deleted),
    }


def merge(lake: Lake, sets: Sequence[str], started_at: dt.datetime) -> int:
    """Merge the inboxes into their months and note the harvest; returns how many documents are new.

    A crash on the way leaves the inboxes, and merging them again gives the same months.
    """
    inboxes = {set_spec: lake.inbox(SOURCE, set_spec) for set_spec in sets}
    notes = {set_spec: inbox.notes() for set_spec, inbox in inboxes.items()}
    deleted: dict[str, str] = {}
    for note in (note for pages in notes.values() for note in pages):
        for document_id, stamp in json.loads(note["deleted"]).items():
            deleted[document_id] = max(stamp, deleted.get(document_id, ""))
    new_count = 0
    for period in sorted({period for inbox in inboxes.values() for period in inbox.periods()}):
        new_count += _merge_month(lake, list(inboxes.values()), period, deleted, started_at)
    _remove_moved(lake, list(inboxes.values()), deleted)
    for set_spec, inbox in inboxes.items():
        _note_harvest(lake, set_spec, notes[set_spec], inbox)
        inbox.clear()
    return new_count


def _merge_month(
    lake: Lake, inboxes: Sequence[Inbox], period: Period, deleted: dict[str, str], started_at: dt.datetime
) -> int:
    """Put the newest record of each document of a month in its file; drops from `deleted` what came back."""
    edition = Edition(SOURCE, ALL, period)
    stored = lake.read("documents", edition)
    table = pa.concat_tables([stored, *(rows for inbox in inboxes for rows in inbox.read(period))])
    stamps = [stamp or "" for stamp in pc.map_lookup(table["attributes"], pa.scalar("datestamp"), "first").to_pylist()]
    newest: dict[str, int] = {}
    for index, document_id in enumerate(table["document_id"].to_pylist()):
        if document_id not in newest or stamps[index] >= stamps[newest[document_id]]:
            newest[document_id] = index
    for document_id in newest.keys() & deleted.keys():
        if stamps[newest[document_id]] > deleted[document_id]:
            del deleted[document_id]
        else:
            del newest[document_id]
    merged = table.take([newest[document_id] for document_id in sorted(newest)])
    if not merged.equals(stored):
        lake.write("documents", edition, merged)
    new_count = len(newest.keys() - set(stored["document_id"].to_pylist()))
    note_run(lake, started_at, Result(edition, "complete", None, None, len(newest), new_count))
    return new_count


def _remove_moved(lake: Lake, inboxes: Sequence[Inbox], deleted: dict[str, str]) -> None:
    """Drop documents from months where they no longer stand: deleted ones, and those whose first date was corrected."""
    arrived: list[pa.Array] = [pa.array(sorted(deleted), pa.string())]
    homes: list[str] = [""] * len(deleted)
    for period in sorted({period for inbox in inboxes for period in inbox.periods()}):
        for rows in (rows for inbox in inboxes for rows in inbox.read(period, ["document_id"])):
            arrived += rows["document_id"].chunks
            homes += [str(period)] * rows.num_rows
    everything = pa.chunked_array(arrived).combine_chunks()
    for edition in editions(lake):
        ids = lake.read("documents", edition, ["document_id"])["document_id"]
        places = pc.index_in(ids, value_set=everything).to_pylist()
        stays = [place is None or homes[place] == str(edition.period) for place in places]
        if not all(stays):
            lake.write("documents", edition, lake.read("documents", edition).filter(pa.array(stays)))


def editions(lake: Lake) -> list[Edition]:
    """List the months of arXiv that are stored, oldest first."""
    return [edition for edition in lake.editions("documents") if (edition.source, edition.venue) == (SOURCE, ALL)]


def answered_on(lake: Lake, set_spec: str) -> dt.date | None:
    """Say on which day the last complete harvest of a set began; None where there was none."""
    stored = [e for e in lake.editions("harvests") if (e.source, e.venue) == (SOURCE, set_spec)]
    if not stored:
        return None
    latest: dt.datetime = pc.max(lake.read("harvests", stored[-1])["answered_at"]).as_py()
    return latest.date()


def _note_harvest(lake: Lake, set_spec: str, notes: Sequence[dict[str, str]], inbox: Inbox) -> None:
    """Write down that a set is complete as of its first page: what changed while the others came is asked for again."""
    answered_at = dt.datetime.fromisoformat(notes[0]["answered_at"])
    since = notes[0]["since"]
    edition = Edition(SOURCE, set_spec, Period(answered_at.year))
    row = {
        "source": SOURCE,
        "venue": set_spec,
        "period": str(edition.period),
        "since": dt.date.fromisoformat(since) if since else None,
        "answered_at": answered_at if answered_at.tzinfo else answered_at.replace(tzinfo=dt.UTC),
        "record_count": sum(rows.num_rows for period in inbox.periods() for rows in inbox.read(period, ["period"])),
    }
    new = pa.Table.from_pylist([row], schema=SCHEMAS["harvests"])
    lake.write("harvests", edition, pa.concat_tables([lake.read("harvests", edition), new]))

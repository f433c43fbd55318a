"""Store job ads: beside those that are there, never taken away because a board lists them no longer.

An ad lies in the month in which it was posted, its newest text with it.
"""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from tasks.collecting.runs import now
from tasks.lake import SCHEMAS, Lake
from tasks.records import Edition, JobAd, Period


def upsert(lake: Lake, source: str, listed: Iterable[tuple[JobAd, Period]]) -> int:
    """Store ads beside those that are there, each in the month given or where it lies already; returns how many
    are new.

    A stored ad takes the newest listing and text, but keeps the day on which it was first published, which some boards
    renew; an edition in which nothing changed is not written.
    """
    homes = {
        document_id: edition
        for edition in lake.editions("documents")
        if edition.source == source
        for document_id in lake.read("documents", edition, ["document_id"])["document_id"].to_pylist()
    }
    by_edition: dict[Edition, dict[str, JobAd]] = {}
    for ad, period in listed:
        home = homes.get(ad.document_id, Edition(source, source, period))
        by_edition.setdefault(home, {})[ad.document_id] = ad
    for edition, found in by_edition.items():
        _upsert_edition(lake, edition, found)
    return sum(document_id not in homes for found in by_edition.values() for document_id in found)


def _upsert_edition(lake: Lake, edition: Edition, found: dict[str, JobAd]) -> None:
    stored = lake.read("documents", edition)
    rows = {row["document_id"]: row for row in stored.to_pylist()}
    for document_id, ad in found.items():
        row, before = document_row(edition, ad), rows.get(document_id)
        if before is not None and before["published_on"] is not None and ad.published_on is not None:
            row["published_on"] = min(before["published_on"], ad.published_on)
        rows[document_id] = row
    listing = pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=SCHEMAS["documents"])
    if not listing.equals(stored):
        lake.write("documents", edition, listing)
    texts = {row["document_id"]: row for row in lake.read("texts", edition).to_pylist()}
    changed = {
        document_id: _text_row(document_id, ad.text)
        for document_id, ad in found.items()
        if document_id not in texts or texts[document_id]["text"] != ad.text
    }
    if changed:
        texts |= changed
        lake.write_rows("texts", edition, [texts[key] for key in sorted(texts)])


def document_row(edition: Edition, ad: JobAd) -> dict[str, Any]:
    """Lay an ad out as a row of `documents`; place and remote stand among its attributes."""
    given = {"location": ad.location, "is_remote": None if ad.is_remote is None else str(ad.is_remote).lower()}
    return {
        "document_id": ad.document_id,
        "kind": "job_ad",
        "source": edition.source,
        "venue": edition.venue,
        "period": str(edition.period),
        "published_on": ad.published_on,
        "title": ad.title,
        "authors": [],
        "organization": ad.organization,
        "track": "main",
        "url": ad.url,
        "pdf_url": None,
        "abstract": None,
        "is_withdrawn": False,
        "attributes": sorted((ad.attributes | {name: value for name, value in given.items() if value}).items()),
    }


def _text_row(document_id: str, text: str | None) -> dict[str, Any]:
    return {
        "document_id": document_id,
        "text_status": "missing" if text is None else "read",
        "text_problem": "the board gives no description" if text is None else None,
        "text": text,
        "page_starts": [],
        "read_at": now(),
    }

"""The columns of every dataset of the lake."""

from typing import Literal

import pyarrow as pa

Dataset = Literal[
    "documents",
    "texts",
    "mentions",
    "scans",
    "sightings",
    "board_visits",
    "sketches",
    "postings",
    "runs",
    "harvests",
]

UTC = pa.timestamp("us", tz="UTC")

PLACE = [
    pa.field("source", pa.string(), nullable=False),
    pa.field("venue", pa.string(), nullable=False),
    pa.field("period", pa.string(), nullable=False),
]

SCHEMAS: dict[Dataset, pa.Schema] = {
    "documents": pa.schema(
        [
            pa.field("document_id", pa.string(), nullable=False),
            pa.field("kind", pa.string(), nullable=False),
            *PLACE,
            pa.field("published_on", pa.date32()),
            pa.field("title", pa.string(), nullable=False),
            pa.field("authors", pa.list_(pa.string()), nullable=False),
            pa.field("organization", pa.string()),
            pa.field("track", pa.string(), nullable=False),
            pa.field("url", pa.string()),
            pa.field("pdf_url", pa.string()),
            pa.field("abstract", pa.string()),
            pa.field("is_withdrawn", pa.bool_(), nullable=False),
            pa.field("attributes", pa.map_(pa.string(), pa.string()), nullable=False),
        ]
    ),
    "texts": pa.schema(
        [
            pa.field("document_id", pa.string(), nullable=False),
            pa.field("text_status", pa.string(), nullable=False),
            pa.field("text_problem", pa.string()),
            pa.field("text", pa.large_string()),
            pa.field("page_starts", pa.list_(pa.int32()), nullable=False),
            pa.field("read_at", UTC, nullable=False),
        ]
    ),
    "mentions": pa.schema(
        [
            pa.field("document_id", pa.string(), nullable=False),
            pa.field("framework", pa.string(), nullable=False),
            pa.field("role", pa.string(), nullable=False),
            pa.field("is_implied", pa.bool_(), nullable=False),
            pa.field("mention_count", pa.int32(), nullable=False),
            pa.field("in_title", pa.bool_(), nullable=False),
            pa.field("in_abstract", pa.bool_(), nullable=False),
            pa.field("in_body", pa.bool_(), nullable=False),
            pa.field("only_in_references", pa.bool_(), nullable=False),
            pa.field("evidence", pa.string(), nullable=False),
            pa.field("evidence_section", pa.string(), nullable=False),
            pa.field("evidence_page", pa.int32()),
            pa.field("listed_role", pa.string()),
        ]
    ),
    "scans": pa.schema(
        [
            pa.field("document_id", pa.string(), nullable=False),
            pa.field("survey_words", pa.list_(pa.string()), nullable=False),
            pa.field("vendor_strings", pa.list_(pa.string()), nullable=False),
            pa.field("email_domains", pa.list_(pa.string()), nullable=False),
        ]
    ),
    "sightings": pa.schema(
        [
            pa.field("document_id", pa.string(), nullable=False),
            pa.field("board", pa.string(), nullable=False),
            pa.field("seen_on", pa.date32(), nullable=False),
        ]
    ),
    "board_visits": pa.schema(
        [
            pa.field("source", pa.string(), nullable=False),
            pa.field("board", pa.string(), nullable=False),
            pa.field("organization", pa.string()),
            pa.field("visited_on", pa.date32(), nullable=False),
            pa.field("outcome", pa.string(), nullable=False),  # 'read', 'empty', 'doubtful' or 'failed'
            pa.field("ad_count", pa.int32()),
            pa.field("capture_count", pa.int32()),
            pa.field("problem", pa.string()),
        ]
    ),
    "sketches": pa.schema(
        [
            pa.field("document_id", pa.string(), nullable=False),
            pa.field("organization", pa.string(), nullable=False),
            pa.field("title", pa.string(), nullable=False),
            pa.field("shingles", pa.list_(pa.int64()), nullable=False),
        ]
    ),
    "postings": pa.schema(
        [
            pa.field("document_id", pa.string(), nullable=False),
            pa.field("posting_id", pa.string(), nullable=False),
        ]
    ),
    "runs": pa.schema(
        [
            *PLACE,
            pa.field("started_at", UTC, nullable=False),
            pa.field("finished_at", UTC, nullable=False),
            pa.field("outcome", pa.string(), nullable=False),
            pa.field("problem", pa.string()),
            pa.field("official_count", pa.int32()),
            pa.field("listed_count", pa.int32()),
            pa.field("new_count", pa.int32(), nullable=False),
        ]
    ),
    "harvests": pa.schema(
        [
            *PLACE,
            pa.field("since", pa.date32()),
            pa.field("answered_at", UTC, nullable=False),
            pa.field("record_count", pa.int32(), nullable=False),
        ]
    ),
}
"""`harvests` has one row a complete harvest of a set (its venue): of what changed `since`, or of all where that is
NULL, as it stood when the server answered first. The next harvest goes on from there."""

SCHEMA_VERSION = "1"
"""Stands in every file. A new column that may be NULL needs no new one: older files read as NULL there. Any other
change of `SCHEMAS` raises it, and docs/OPERATIONS.md says what users do."""

"""What passes between the warehouse and its users: what tables say of themselves, seeds that may be absent, errors."""

import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

UTC = pa.timestamp("us", tz="UTC")

OPTIONAL_SEEDS = {
    "detection_scores": pa.schema(
        [
            ("corpus", pa.string()),
            ("framework", pa.string()),
            ("measure", pa.string()),
            ("right_count", pa.int64()),
            ("place_count", pa.int64()),
            ("is_tuning", pa.bool_()),
            ("lexicon_version", pa.string()),
        ]
    ),
    "papers_with_code": pa.schema(
        [
            *((name, pa.string()) for name in ("paper_url", "paper_title", "paper_arxiv_id", "paper_url_abs")),
            ("paper_url_pdf", pa.string()),
            ("framework", pa.string()),
            ("is_official", pa.bool_()),
        ]
    ),
    "releases": pa.schema(
        [
            ("release", pa.string()),
            ("previous_release", pa.string()),
            ("created_at", UTC),
            *((f"{part}_version", pa.string()) for part in ("lexicon", "detector", "models", "code")),
            *((f"{part}_count", pa.int64()) for part in ("changed", "added", "removed")),
        ]
    ),
    "revisions": pa.schema(
        [
            (name, pa.string())
            for name in (*("release", "previous_release", "table_name", "row_key", "column_name", "old", "new", "why"),)
        ]
    ),
}
"""Seeds that are empty unless somebody brings them: a dump that the user downloaded, the releases made so far."""


class WarehouseError(Exception):
    """The published file could not be made or read. Raised by the warehouse; says what to do."""


class CheckFailed(WarehouseError):
    """A check marked `fail` found rows; the published file stays as it was. Raised by `publish`."""


@dataclass
class Publication:
    """What `publish` made: rows by table and the warnings of the checks.

    It stands here and not beside `publish`: Prefect keeps what flows return, and with the class its module, beyond the
    end of DuckDB's own, which complains of that at exit.
    """

    path: Path
    row_counts: dict[str, int]
    warnings: list[str]


@dataclass(frozen=True)
class Column:
    """A column of a published table: its DuckDB type and its comment."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A published table as its comments describe it."""

    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def grain(self) -> tuple[str, ...]:
        """Name the columns that tell its rows apart, as the line 'Grain:' of its description does."""
        grain = re.search(r"Grain:(.*?)(?:Caveat:|Built:|$)", self.description)
        words = dict.fromkeys(re.findall(r"\w+", grain[1] if grain else ""))
        names = {column.name for column in self.columns}
        return tuple(word for word in words if word in names)

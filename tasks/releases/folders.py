"""Releases: the published figures, frozen under releases/DATE/ whenever one of them changed, and what changed.

A release holds every published table but the documents and what was found in each, as Parquet and CSV, with a
manifest (hashes, row counts, versions) and two descriptions for other tools. It is written aside and renamed, and never
written again. The tables `releases` and `revisions` of the DuckDB file are made from what lies there.
"""

import datetime as dt
import hashlib
import json
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from tasks.lake import read_table, write_table, write_through
from tasks.releases import descriptions as packages
from tasks.warehouse import OPTIONAL_SEEDS, Build, Table, WarehouseError

LEFT_OUT = frozenset({"documents", "mentions", "job_ads", "postings", "boards", "releases", "revisions"})
"""Tables that no release holds: documents and ads are their publishers', and releases cannot hold themselves."""

NO_FIGURES = frozenset(
    {"aliases", "counting_rules", "frameworks", "published_figures", "published_vs_measured", "venues"}
)
"""Tables that a release holds to be understood, or that repeat others: a change in them alone is none of a figure."""

NO_FIGURE_COLUMNS = frozenset({"last_collected_at", "problem", "explanation", "note", "url"})
"""Columns that change without any figure: times and words."""

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Versions:
    """What the figures follow from beside the documents: hashes of lexicon, detector and models, our version."""

    lexicon: str
    detector: str
    models: str
    code: str = version("framework-mentions")


@dataclass(frozen=True)
class Changes:
    """What differs from the release before."""

    revisions: pa.Table
    added_count: int = 0
    changed_count: int = 0
    removed_count: int = 0

    def __bool__(self) -> bool:
        """Say whether any figure differs."""
        return self.added_count + self.changed_count + self.removed_count > 0


def keep(
    build: Build, folder: Path, versions: Versions, now: dt.datetime, kept: int | None = None
) -> dict[str, Any] | None:
    """Make a release of a build's figures below `folder` if one of them changed, and tell the build of all releases.

    `now` is UTC. Only the newest `kept` releases stay, all of them where it is None. Returns the new release's
    manifest, or None where nothing changed. Raises `WarehouseError` where an earlier release is damaged.
    """
    manifests = list(_manifests(folder))
    before = manifests[-1] if manifests else None
    changes = _changes(build, folder, before, versions)
    manifest = None
    if changes:
        manifest = _write(build, folder, before, changes, versions, now)
        manifests.append(manifest)
    while kept is not None and len(manifests) > kept:
        _remove(folder, manifests.pop(0)["release"])
    schema = OPTIONAL_SEEDS["releases"]
    rows = [{name: entry[name] for name in schema.names} for entry in manifests]
    build.replace("releases", _with_times(rows, schema))
    past = [_revisions(folder / entry["release"] / "revisions.parquet") for entry in manifests]
    build.replace("revisions", pa.concat_tables([OPTIONAL_SEEDS["revisions"].empty_table(), *past]))
    return manifest


def _figure_columns(table: Table) -> list[str]:
    return [c.name for c in table.columns if c.name not in table.grain and c.name not in NO_FIGURE_COLUMNS]


def _changes(build: Build, folder: Path, before: Mapping[str, Any] | None, versions: Versions) -> Changes:
    """Compare every figure of a build with the release before; all are new where there is none."""
    why = _why(before, versions)
    counts = {"added": 0, "changed": 0, "removed": 0}
    found = [OPTIONAL_SEEDS["revisions"].empty_table()]
    for table in build.tables:
        if table.name in LEFT_OUT | NO_FIGURES:
            continue
        stored = before["tables"].get(table.name) if before else None
        columns = [name for name in _figure_columns(table) if stored is None or name in stored["columns"]]
        if before is None or stored is None or list(table.grain) != stored["grain"]:
            counts["added"] += build.count(table.name) * len(columns)
            continue
        new_columns = len(_figure_columns(table)) - len(columns)
        counts["added"] += build.count(table.name) * new_columns
        rows = build.changes(table, columns, _checked(folder / before["release"], f"{table.name}.parquet", before))
        statuses = rows["status"].to_pylist()
        counts = {status: count + statuses.count(status) for status, count in counts.items()}
        revised = rows.filter(pa.array([status != "added" for status in statuses], pa.bool_()))
        found.append(_as_revisions(revised, table.name, before["release"], why))
    return Changes(pa.concat_tables(found), **{f"{status}_count": count for status, count in counts.items()})


def _why(before: Mapping[str, Any] | None, versions: Versions) -> str:
    """Name the first of lexicon, rule and documents that differs: where several do, the first explains most."""
    if before is None or before["lexicon_version"] != versions.lexicon:
        return "lexicon"
    is_same = (before["models_version"], before["detector_version"]) == (versions.models, versions.detector)
    return "documents" if is_same else "rule"


def _as_revisions(rows: pa.Table, table_name: str, previous_release: str, why: str) -> pa.Table:
    """Lay changes out as rows of `revisions`; the release is named when it is written."""
    same = {"release": "", "previous_release": previous_release, "table_name": table_name, "why": why}
    for name, value in same.items():
        rows = rows.append_column(name, pa.array([value] * rows.num_rows, pa.string()))
    return rows.select(OPTIONAL_SEEDS["revisions"].names).cast(OPTIONAL_SEEDS["revisions"])


def _write(
    build: Build,
    folder: Path,
    before: Mapping[str, Any] | None,
    changes: Changes,
    versions: Versions,
    now: dt.datetime,
) -> dict[str, Any]:
    """Write a release aside and rename it; a reader never sees half of one."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{uuid.uuid4().hex}.writing"
    aside.mkdir()
    try:
        name = _free_name(folder, now)
        tables = {t.name: _export(build, t, aside) for t in build.tables if t.name not in LEFT_OUT}
        at = changes.revisions.schema.get_field_index("release")
        named = pa.array([name] * changes.revisions.num_rows, pa.string())
        write_table(changes.revisions.set_column(at, "release", named), aside / "revisions.parquet")
        manifest = {
            "release": name,
            "previous_release": before["release"] if before else None,
            "created_at": now.isoformat(timespec="seconds"),
            **{f"{part}_version": value for part, value in asdict(versions).items()},
            **{f"{part}_count": getattr(changes, f"{part}_count") for part in ("changed", "added", "removed")},
            "tables": tables,
            "files": {path.name: _fingerprint(path) for path in sorted(aside.iterdir())},
        }
        described = [table for table in build.tables if table.name in tables]
        _write_json(aside / packages.FRICTIONLESS, packages.frictionless(described, manifest))
        _write_json(aside / packages.CROISSANT, packages.croissant(described, manifest))
        _write_json(aside / MANIFEST, manifest)
        for path in (*aside.iterdir(), aside):
            write_through(path)
        aside.rename(folder / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return manifest


def _export(build: Build, table: Table, folder: Path) -> dict[str, Any]:
    for suffix in ("parquet", "csv"):
        build.export(table, folder / f"{table.name}.{suffix}")
    columns = [column.name for column in table.columns]
    return {"grain": list(table.grain), "columns": columns, "row_count": build.count(table.name)}


def _free_name(folder: Path, now: dt.datetime) -> str:
    """Name a release after its day; a later one of the day bears the next number, though earlier ones be deleted.

    Where the newest one was made by a clock that was ahead, that day goes on: none comes before an older one.
    """
    today = now.date().isoformat()
    day, number = max([_age(path) for path in folder.glob("[0-9]*")], default=("", 0))
    return today if day < today else f"{day}.{number + 1}"


def _age(folder: Path) -> tuple[str, int]:
    """Give a release's day and its number on that day, by which releases are in order."""
    day, _, number = folder.name.partition(".")
    return day, int(number or 1)


def _manifests(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the manifests of all releases, oldest first."""
    for path in sorted(folder.glob(f"[0-9]*/{MANIFEST}"), key=lambda path: _age(path.parent)):
        try:
            yield json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise _damaged(path) from error


def _checked(folder: Path, name: str, manifest: Mapping[str, Any]) -> Path:
    """Give a file of a release; raises `WarehouseError` where it is not as it was released."""
    path = folder / name
    if not path.is_file() or _fingerprint(path) != manifest["files"][name]:
        raise _damaged(path)
    return path


def _damaged(path: Path) -> WarehouseError:
    return WarehouseError(
        f"{path} is not as it was released; restore it, or move its release's folder away to compare with an older one"
    )


def _revisions(path: Path) -> pa.Table:
    try:
        return read_table(path, OPTIONAL_SEEDS["revisions"])
    except (pa.ArrowInvalid, OSError) as error:
        raise _damaged(path) from error


def _remove(folder: Path, name: str) -> None:
    """Delete a release: out of sight first, so that nobody sees half of it."""
    aside = folder / f".{uuid.uuid4().hex}.deleting"
    (folder / name).rename(aside)
    shutil.rmtree(aside)


def _with_times(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    rows = [{**row, "created_at": dt.datetime.fromisoformat(row["created_at"])} for row in rows]
    return pa.Table.from_pylist(rows, schema=schema)


def _fingerprint(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

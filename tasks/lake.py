"""The lake: the only module that knows where Parquet lies, and the only one that writes it.

An edition of a dataset is one file, `lake/DATASET/source=S/venue=V/period=P/edition.parquet`. It becomes visible in one
atomic act, a rename, and is replaced whole. Parts of an edition that is still being read lie under `parts/`, which
nothing else reads, until `seal` makes them one file.
"""

import datetime as dt
import logging
import os
import shlex
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.records import Edition, Period
from tasks.schemas import SCHEMA_VERSION, SCHEMAS, Dataset

log = logging.getLogger("mentions")

ROW_GROUP_BYTES = 64 * 2**20
"""Text held in memory at once while parts become an edition; keeps sealing flat however long the edition."""


DERIVED: tuple[Dataset, ...] = ("mentions", "scans", "sketches", "postings")
"""Datasets that `mentions publish` makes of the others."""


class LakeError(Exception):
    """Stored Parquet is damaged or of another shape. Raised by the lake; says which file and what to do."""


class Lake:
    """Editions of datasets as Parquet files below one folder."""

    def __init__(self, data_dir: Path) -> None:
        """Use `data_dir`/lake and `data_dir`/parts; neither needs to exist."""
        self.root = data_dir / "lake"
        self.parts_root = data_dir / "parts"

    def path(self, dataset: Dataset, edition: Edition) -> Path:
        """Say where an edition of a dataset lies; no name from a page can lead out of the lake."""
        return self.root / dataset / _folder(edition) / "edition.parquet"

    def files(self, dataset: Dataset, below: str = "*/*/*") -> list[Path]:
        """List the files of a dataset, in folders of a pattern; what others left beside ours is none of it."""
        return sorted(
            path for name in ("edition", "night-*") for path in (self.root / dataset).glob(f"{below}/{name}.parquet")
        )

    def editions(self, dataset: Dataset) -> list[Edition]:
        """List the editions that are stored, in order of source, venue and period."""
        return [_edition(path.parent) for path in sorted((self.root / dataset).glob("*/*/*/edition.parquet"))]

    def write(self, dataset: Dataset, edition: Edition, rows: pa.Table, **metadata: str) -> None:
        """Replace an edition whole and at once; `metadata` can be had back by `metadata()`.

        Raises pyarrow's ArrowInvalid for rows that do not fit the schema.
        """
        _write(self.path(dataset, edition), [_fit(dataset, rows)], SCHEMAS[dataset], metadata)

    def write_rows(self, dataset: Dataset, edition: Edition, rows: Iterable[dict[str, Any]], **metadata: str) -> None:
        """Write rows given as dicts; see `write`."""
        self.write(dataset, edition, pa.Table.from_pylist(list(rows), schema=SCHEMAS[dataset]), **metadata)

    def write_night(self, dataset: Dataset, source: str, night: dt.date, rows: Iterable[dict[str, Any]]) -> None:
        """Replace what one night said of a source: a file of its own in its month's folder, until `compact`."""
        table = pa.Table.from_pylist(list(rows), schema=SCHEMAS[dataset])
        month = Edition(source, source, Period(night.year, night.month))
        _write(self.path(dataset, month).with_name(f"night-{night}.parquet"), [table], SCHEMAS[dataset], {})

    def read_night(self, dataset: Dataset, source: str, night: dt.date) -> pa.Table:
        """Read what one night said of a source; no rows where nothing is stored, or where it is compacted."""
        month = Edition(source, source, Period(night.year, night.month))
        path = self.path(dataset, month).with_name(f"night-{night}.parquet")
        return _read(path, dataset, None) if path.exists() else SCHEMAS[dataset].empty_table()

    def read_nights(self, dataset: Dataset, source: str, month: Period | None = None) -> pa.Table:
        """Read all nights of a source, or those of a month, compacted or not."""
        below = f"source={quote(source, safe='')}/*/period={month or '*'}"
        tables = [_read(path, dataset, None) for path in self.files(dataset, below)]
        return pa.concat_tables([SCHEMAS[dataset].empty_table(), *tables])

    def compact(self, dataset: Dataset, source: str, before: Period) -> None:
        """Make the nights of every month before `before` one file a month.

        A crash between the two steps leaves rows twice, which whoever reads them has to bear; the next run mends it.
        """
        for folder in sorted((self.root / dataset).glob(f"source={quote(source, safe='')}/*/*")):
            nights = sorted(folder.glob("night-*.parquet"))
            edition = _edition(folder)
            if nights and edition.period < before:
                rows = self.read_nights(dataset, source, edition.period).to_pylist()
                unique = {tuple(row.items()): row for row in rows}.values()
                self.write_rows(dataset, edition, unique)
                for night in nights:
                    night.unlink()

    def read(self, dataset: Dataset, edition: Edition, columns: Sequence[str] | None = None) -> pa.Table:
        """Read an edition; no rows where nothing is stored. Raises `LakeError` for a damaged file."""
        path = self.path(dataset, edition)
        if not path.exists():
            table = SCHEMAS[dataset].empty_table()
            return table.select(columns) if columns is not None else table
        return _read(path, dataset, columns)

    def stream(self, dataset: Dataset, edition: Edition, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Read an edition a row group at a time, for editions larger than memory."""
        path = self.path(dataset, edition)
        if path.exists():
            yield from _row_groups(path, dataset, columns)

    def metadata(self, dataset: Dataset, edition: Edition) -> dict[str, str]:
        """Give what `write` was told beside the rows, and `written_id`, new at every write; {} where absent."""
        path = self.path(dataset, edition)
        if not path.exists():
            return {}
        try:
            stored = pq.read_schema(path).metadata or {}
        except (pa.ArrowInvalid, OSError) as error:
            raise LakeError(_advice(path, dataset, error)) from error
        return {key.decode(): value.decode() for key, value in stored.items() if not key.startswith(b"ARROW")}

    def damaged(self) -> list[str]:
        """Read everything, and say of each file that cannot be read what to do; for when something failed."""
        found = []
        for dataset in SCHEMAS:
            for path in self.files(dataset):
                try:
                    for _ in _row_groups(path, dataset, None):
                        pass
                except LakeError as error:
                    found.append(str(error))
        return found

    def add_run(self, edition: Edition, run: dict[str, Any]) -> None:
        """Append one row to the history of an edition's collection.

        Earlier runs cannot have ended after this one began: times from a clock that was ahead are set back to it.
        """
        row = {"source": edition.source, "venue": edition.venue, "period": str(edition.period), **run}
        before = self.read("runs", edition).to_pylist()
        for earlier in before:
            for name in ("started_at", "finished_at"):
                earlier[name] = min(earlier[name], run["started_at"])
        self.write_rows("runs", edition, [*before, row])

    def write_part(self, edition: Edition, rows: Iterable[dict[str, Any]]) -> None:
        """Keep texts that were just read, until `seal` makes them part of the edition."""
        table = pa.Table.from_pylist(list(rows), schema=SCHEMAS["texts"])
        _write(self.parts_root / _folder(edition) / f"{uuid.uuid4().hex}.parquet", [table], SCHEMAS["texts"], {})

    def has_parts(self, edition: Edition) -> bool:
        """Say whether texts were read that are not sealed yet, as a killed run leaves them."""
        return bool(self._parts(edition))

    def text_states(self, edition: Edition) -> pa.Table:
        """Give document_id, text_status, text_problem, read_at of what is stored of an edition, sealed or in parts."""
        columns = ["document_id", "text_status", "text_problem", "read_at"]
        parts = [_read(path, "texts", columns) for path in self._parts(edition)]
        return pa.concat_tables([self.read("texts", edition, columns), *parts])

    def seal(self, edition: Edition, document_ids: set[str]) -> bool:
        """Make the stored texts and all parts one edition, keeping the given documents and the newest text of each.

        Returns whether anything changed. A crash leaves the old edition and the parts, or the new edition.
        """
        parts = self._parts(edition)
        before = self.read("texts", edition, ["document_id"])["document_id"].to_pylist()
        if not parts and set(before) <= document_ids:
            return False
        sources = [*parts, *([self.path("texts", edition)] if before else [])]
        _write(self.path("texts", edition), _newest(sources, document_ids), SCHEMAS["texts"], {})
        shutil.rmtree(self.parts_root / _folder(edition), ignore_errors=True)
        return True

    def inbox(self, source: str, name: str) -> "Inbox":
        """Give the place for the records of a harvest that is under way."""
        return Inbox(self.parts_root / "inbox" / _folder(Edition(source, name, Period(1))).parent)

    def _parts(self, edition: Edition) -> list[Path]:
        """List the whole parts of an edition, newest first; a torn one is dropped, and its papers are read again."""
        parts = []
        for path in (self.parts_root / _folder(edition)).glob("*.parquet"):
            try:
                pq.read_schema(path)
            except (pa.ArrowInvalid, OSError) as error:
                log.warning("%s is damaged and was dropped; its papers will be read again (%s)", path, error)
                path.unlink()
            else:
                parts.append(path)
        return sorted(parts, key=lambda path: path.stat().st_mtime_ns, reverse=True)


class Inbox:
    """Rows of `documents` that a harvest has brought so far: a file a page, which nothing else reads.

    A page becomes visible with what its caller notes beside it (where the harvest goes on), so a killed harvest loses
    at most the page under way. Rows lie in one row group a month: a month is read without the others.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder of its own, which need not exist."""
        self._folder = folder
        self._months: dict[Path, list[Period]] = {}

    def pages(self) -> list[Path]:
        """List the pages in the order in which they came."""
        return sorted(self._folder.glob("*.parquet"))

    def add(self, rows: Iterable[dict[str, Any]], **notes: str) -> None:
        """Keep one page's rows, of any months, and notes."""
        by_period: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            by_period.setdefault(row["period"], []).append(row)
        schema = SCHEMAS["documents"]
        tables = (pa.Table.from_pylist(by_period[period], schema=schema) for period in sorted(by_period))
        last = self.pages()[-1:]
        number = int(last[0].stem) + 1 if last else 1
        _write(self._folder / f"{number:06d}.parquet", tables, schema, notes)

    def notes(self) -> list[dict[str, str]]:
        """Give the notes of every page, in order."""
        found = [pq.read_schema(path).metadata for path in self.pages()]
        return [{key.decode(): value.decode() for key, value in notes.items()} for notes in found]

    def periods(self) -> list[Period]:
        """List the months of which there are rows."""
        return sorted({period for path in self.pages() for period in self._periods(path)})

    def read(self, period: Period, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Give the rows of a month, a table a page, in the order in which they came."""
        for path in self.pages():
            groups = self._periods(path)
            if period in groups:
                yield pq.ParquetFile(path).read_row_group(groups.index(period), columns).replace_schema_metadata(None)

    def clear(self) -> None:
        """Forget everything at once."""
        self._months.clear()
        if self._folder.exists():
            doomed = self._folder.with_name(f".{uuid.uuid4().hex}.doomed")
            self._folder.rename(doomed)
        for doomed in self._folder.parent.glob(".*.doomed"):  # also those that a crash left
            shutil.rmtree(doomed)

    def _periods(self, path: Path) -> list[Period]:
        """Name the month of each row group of a page; read once, because every month asks every page."""
        if path not in self._months:
            footer = pq.read_metadata(path)
            place = footer.schema.names.index("period")
            groups = (footer.row_group(index).column(place).statistics for index in range(footer.num_row_groups))
            self._months[path] = [Period.parse(statistics.min) for statistics in groups]
        return self._months[path]


def _folder(edition: Edition) -> Path:
    places = {"source": edition.source, "venue": edition.venue, "period": str(edition.period)}
    return Path(*(f"{name}={quote(value, safe='')}" for name, value in places.items()))


def _edition(folder: Path) -> Edition:
    source, venue, period = (unquote(part.split("=", 1)[1]) for part in folder.parts[-3:])
    return Edition(source, venue, Period.parse(period))


def _fit(dataset: Dataset, rows: pa.Table) -> pa.Table:
    return rows.select(SCHEMAS[dataset].names).cast(SCHEMAS[dataset])


def _write(path: Path, tables: Iterable[pa.Table], schema: pa.Schema, metadata: dict[str, str]) -> None:
    """Write a file beside its place and rename it, so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    stamped = schema.with_metadata({**metadata, "written_id": uuid.uuid4().hex, "schema_version": SCHEMA_VERSION})
    try:
        with aside.open("wb") as file:
            with pq.ParquetWriter(file, stamped, compression="zstd") as writer:
                for table in tables:
                    writer.write_table(table.replace_schema_metadata(stamped.metadata))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _newest(paths: Sequence[Path], document_ids: set[str]) -> Iterator[pa.Table]:
    """Yield the wanted documents' rows from the files in turn; the first file that has a document wins."""
    left = set(document_ids)
    for path in paths:
        for group in _row_groups(path, "texts", None):
            ids = group["document_id"].to_pylist()
            keep = []
            for document_id in ids:
                keep.append(document_id in left)
                left.discard(document_id)
            yield group.filter(pa.array(keep, pa.bool_()))


def _read(path: Path, dataset: Dataset, columns: Sequence[str] | None) -> pa.Table:
    try:
        table = pq.ParquetFile(path).read(columns).replace_schema_metadata(None)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
        raise LakeError(_advice(path, dataset, error)) from error
    return _upgraded(table, path, dataset, columns)


def _row_groups(path: Path, dataset: Dataset, columns: Sequence[str] | None) -> Iterator[pa.Table]:
    try:
        file = pq.ParquetFile(path)
        for index in range(file.num_row_groups):
            group = file.read_row_group(index, columns).replace_schema_metadata(None)
            yield _upgraded(group, path, dataset, columns)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
        raise LakeError(_advice(path, dataset, error)) from error


def _upgraded(table: pa.Table, path: Path, dataset: Dataset, columns: Sequence[str] | None) -> pa.Table:
    """Give rows that an earlier version wrote the columns of today: NULL where a new column may be NULL.

    Raises `LakeError` where it may not: such a change of the schema wants the edition collected anew.
    """
    schema = SCHEMAS[dataset]
    names = schema.names if columns is None else list(columns)
    missing = [schema.field(name) for name in names if name not in table.column_names]
    for field in missing:
        if not field.nullable:
            written = (pq.read_schema(path).metadata or {}).get(b"schema_version", b"none").decode()
            problem = f"it has no column {field.name}; schema version {written}, today's is {SCHEMA_VERSION}"
            raise LakeError(_advice(path, dataset, problem))
        table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    return table.select(names) if missing else table


def _advice(path: Path, dataset: Dataset, error: Exception | str) -> str:
    """Say of a file that cannot be read how its rows are had again, which differs by what they were made from."""
    edition = _edition(path.parent)
    harvest = f"`mentions nightly --source {edition.source}` harvests everything again"
    period = f"--since {edition.period} --until {edition.period}"
    backfill = f"mentions backfill --venue {shlex.quote(edition.venue)} {period} --source {edition.source}"
    is_of_all = edition.venue == "all"  # arXiv, which is asked for what changed only
    if dataset in DERIVED:
        remedy = "`mentions publish` makes it again"
    elif dataset in ("sightings", "board_visits"):
        remedy = "or bring it back from a backup: what job boards listed then cannot be asked for again"
    elif dataset == "harvests":
        remedy = harvest
    elif dataset == "documents" and is_of_all:
        remedy = f"and {path.parents[4] / 'harvests'} too: {harvest}"
    else:
        remedy = f"`{backfill}{' --full-text' if is_of_all else ''}` collects it again"
    return f"{path} cannot be read ({error}); move it away, {remedy}"

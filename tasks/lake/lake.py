"""The lake: the only module that knows where Parquet lies, on this machine or in a bucket.

An edition of a dataset is one file, `lake/DATASET/source=S/venue=V/period=P/edition.parquet`. It becomes visible in one
atomic act (storage.py), and is replaced whole. Parts of an edition that is still being read lie under `parts/`, which
nothing else reads, until `seal` makes them one file.
"""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.dataset as ds

from tasks.lake import parquet_files as parquet
from tasks.lake.datasets import SCHEMAS, Dataset
from tasks.lake.inbox import Inbox
from tasks.lake.parquet_files import edition_at, folder_of
from tasks.lake.storage import LakeError, storage_at
from tasks.records import Edition, Period

__all__ = ["Lake", "LakeError"]

log = logging.getLogger("mentions")

SEALED = "edition.parquet"
"""The name of the file of an edition."""


class Lake:
    """Editions of datasets as Parquet files below one folder or address."""

    def __init__(self, place: Path | str) -> None:
        """Use `place`/lake and `place`/parts; neither needs to exist, but a bucket does (`LakeError`)."""
        self.storage = storage_at(place)
        self.root = self.storage.root / "lake"
        self.parts_root = self.storage.root / "parts"

    def path(self, dataset: Dataset, edition: Edition) -> PurePath:
        """Say where an edition of a dataset lies; no name from a page can lead out of the lake."""
        return self.root.joinpath(dataset, folder_of(edition), SEALED)

    def files(self, dataset: Dataset, source: str | None = None, month: Period | None = None) -> list[PurePath]:
        """List the files of a dataset, of a source or a month; what others left beside ours is none of it."""
        folder = self.root / dataset if source is None else self._of_source(dataset, source)
        found = self.storage.files(folder, f"{dataset}/source=*/venue=*/period={month or '*'}/*.parquet")
        return [path for path in found if path.name == SEALED or path.match("night-*.parquet")]

    def stamps(self, dataset: Dataset) -> dict[PurePath, str]:
        """Give the files of a dataset with what differs whenever one was written again."""
        paths = self.files(dataset)
        if not self.storage.is_remote:
            return self.storage.stamps(paths)
        found = self.storage.look_at(lambda path: parquet.metadata(self.storage, path, dataset), paths)
        return {path: metadata.get("written_id", "") for path, metadata in zip(paths, found, strict=True)}

    def stamp(self, dataset: Dataset, edition: Edition) -> str:
        """Give size and time of change of an edition's file; empty where only its footer tells, in a bucket."""
        path = self.path(dataset, edition)
        return "" if self.storage.is_remote else self.storage.stamps([path])[path]

    def as_arrow(self, dataset: Dataset, paths: Sequence[PurePath]) -> ds.Dataset:
        """Give files of a dataset as one that is read when asked, for DuckDB, which cannot read a bucket itself."""
        return ds.dataset([str(path) for path in paths], SCHEMAS[dataset], filesystem=self.storage.filesystem)

    def editions(self, dataset: Dataset) -> list[Edition]:
        """List the editions that are stored, in order of source, venue and period."""
        return [edition_at(path.parent) for path in self._sealed(dataset)]

    def has(self, dataset: Dataset, edition: Edition) -> bool:
        """Say whether an edition of a dataset is stored."""
        return self.storage.exists(self.path(dataset, edition))

    def size(self, dataset: Dataset, edition: Edition) -> int:
        """Give the bytes of an edition's file, 0 where nothing is stored."""
        return self.storage.size(self.path(dataset, edition))

    def write(self, dataset: Dataset, edition: Edition, rows: pa.Table, **metadata: str) -> None:
        """Replace an edition whole and at once; `metadata` can be had back by `metadata()`.

        Raises pyarrow's ArrowInvalid for rows that do not fit the schema.
        """
        self._write(self.path(dataset, edition), dataset, [_fit(dataset, rows)], metadata)

    def write_rows(self, dataset: Dataset, edition: Edition, rows: Iterable[dict[str, Any]], **metadata: str) -> None:
        """Write rows given as dicts; see `write`."""
        self.write(dataset, edition, pa.Table.from_pylist(list(rows), schema=SCHEMAS[dataset]), **metadata)

    def write_night(self, dataset: Dataset, source: str, night: dt.date, rows: Iterable[dict[str, Any]]) -> None:
        """Replace what one night said of a source: a file of its own in its month's folder, until `compact`."""
        table = pa.Table.from_pylist(list(rows), schema=SCHEMAS[dataset])
        self._write(self._night(dataset, source, night), dataset, [table], {})

    def read_night(self, dataset: Dataset, source: str, night: dt.date) -> pa.Table:
        """Read what one night said of a source; no rows where nothing is stored, or where it is compacted."""
        return self._read(self._night(dataset, source, night), dataset, None)

    def read_nights(self, dataset: Dataset, source: str, month: Period | None = None) -> pa.Table:
        """Read all nights of a source, or those of a month, compacted or not."""
        tables = [parquet.read(self.storage, path, dataset, None) for path in self.files(dataset, source, month)]
        return pa.concat_tables([SCHEMAS[dataset].empty_table(), *tables])

    def compact(self, dataset: Dataset, source: str, before: Period) -> None:
        """Make the nights of every month before `before` one file a month.

        A crash between the two steps leaves rows twice, which whoever reads them has to bear; the next run mends it.
        """
        nights: dict[Edition, list[PurePath]] = {}
        for path in self.storage.files(self._of_source(dataset, source), "night-*.parquet"):
            nights.setdefault(edition_at(path.parent), []).append(path)
        for edition, paths in nights.items():
            if edition.period < before:
                rows = self.read_nights(dataset, source, edition.period).to_pylist()
                unique = {tuple(row.items()): row for row in rows}.values()
                self.write_rows(dataset, edition, unique)
                self.storage.delete(paths)

    def read(self, dataset: Dataset, edition: Edition, columns: Sequence[str] | None = None) -> pa.Table:
        """Read an edition; no rows where nothing is stored. Raises `LakeError` for a damaged file."""
        return self._read(self.path(dataset, edition), dataset, columns)

    def stream(self, dataset: Dataset, edition: Edition, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Read an edition a row group at a time, for editions larger than memory."""
        if self.has(dataset, edition):
            yield from parquet.row_groups(self.storage, self.path(dataset, edition), dataset, columns)

    def metadata(self, dataset: Dataset, edition: Edition) -> dict[str, str]:
        """Give what `write` was told beside the rows, and `written_id`, new at every write; {} where absent."""
        return parquet.metadata(self.storage, self.path(dataset, edition), dataset)

    def damaged(self) -> list[str]:
        """Read everything, and say of each file that cannot be read what to do; for when something failed."""
        found = []
        for dataset in SCHEMAS:
            for path in self.files(dataset):
                try:
                    for _ in parquet.row_groups(self.storage, path, dataset):
                        pass
                except LakeError as error:
                    found.append(str(error))
        return found

    def add_run(self, edition: Edition, run: dict[str, Any]) -> None:
        """Append one row to the history of an edition's collection, whose `outcome` is metadata of the file, too.

        Earlier runs cannot have ended after this one began: times from a clock that was ahead are set back to it.
        """
        row = {"source": edition.source, "venue": edition.venue, "period": str(edition.period), **run}
        before = self.read("runs", edition).to_pylist()
        for earlier in before:
            for name in ("started_at", "finished_at"):
                earlier[name] = min(earlier[name], run["started_at"])
        self.write_rows("runs", edition, [*before, row], outcome=row["outcome"])

    def write_part(self, edition: Edition, rows: Iterable[dict[str, Any]]) -> None:
        """Keep texts that were just read, until `seal` makes them part of the edition."""
        table = pa.Table.from_pylist(list(rows), schema=SCHEMAS["texts"])
        # By their names the newest is known: a bucket's times are of whole seconds.
        name = f"t{time.time_ns():020}-{uuid.uuid4().hex}.parquet"
        path = self.parts_root / folder_of(edition) / name
        compression = "zstd" if self.storage.is_remote else "none"  # it lies here for minutes
        parquet.write(self.storage, path, [table], SCHEMAS["texts"], {}, compression)

    def has_parts(self, edition: Edition) -> bool:
        """Say whether texts were read that are not sealed yet, as a killed run leaves them."""
        return bool(self._parts(edition))

    def text_states(self, edition: Edition) -> pa.Table:
        """Give document_id, text_status, text_problem, read_at of what is stored of an edition, sealed or in parts."""
        columns = ["document_id", "text_status", "text_problem", "read_at"]
        parts = self.storage.look_at(
            lambda path: parquet.read(self.storage, path, "texts", columns), self._parts(edition)
        )
        return pa.concat_tables([self.read("texts", edition, columns), *parts])

    def seal(self, edition: Edition, document_ids: set[str]) -> bool:
        """Make the stored texts and all parts one edition, keeping the given documents and the newest text of each.

        Returns whether anything changed. A crash leaves the old edition and the parts, or the new edition.
        """
        parts = self._parts(edition)
        before = self.read("texts", edition, ["document_id"])["document_id"].to_pylist()
        if not parts and set(before) <= document_ids:
            return False
        path = self.path("texts", edition)
        stored = (
            group
            for file in [*parts, *([path] if before else [])]
            for group in parquet.row_groups(self.storage, file, "texts")
        )
        self._write(path, "texts", _newest(stored, document_ids), {})
        self.storage.delete(parts)
        return True

    def inbox(self, source: str, name: str) -> Inbox:
        """Give the place for the records of a harvest that is under way."""
        return Inbox(self.storage, self.parts_root / "inbox" / folder_of(Edition(source, name, Period(1))).parent)

    def _parts(self, edition: Edition) -> list[PurePath]:
        """List the whole parts of an edition, newest first; a torn one is dropped, and its papers are read again."""
        parts = []
        for path in self.storage.files(self.parts_root / folder_of(edition), "*.parquet"):
            try:
                if not self.storage.is_remote:  # in a bucket none is torn, and one that does not answer is none
                    parquet.metadata(self.storage, path, "texts")
            except LakeError as error:
                log.warning("%s is damaged and was dropped; its papers will be read again (%s)", path, error)
                self.storage.delete([path])
            else:
                parts.append(path)
        return parts[::-1]

    def _sealed(self, dataset: Dataset) -> list[PurePath]:
        return self.storage.files(self.root / dataset, f"{dataset}/source=*/venue=*/period=*/{SEALED}")

    def _of_source(self, dataset: Dataset, source: str) -> PurePath:
        return self.root / dataset / f"source={quote(source, safe='')}"

    def _night(self, dataset: Dataset, source: str, night: dt.date) -> PurePath:
        month = Edition(source, source, Period(night.year, night.month))
        return self.path(dataset, month).with_name(f"night-{night}.parquet")

    def _read(self, path: PurePath, dataset: Dataset, columns: Sequence[str] | None) -> pa.Table:
        if self.storage.exists(path):
            return parquet.read(self.storage, path, dataset, columns)
        table = SCHEMAS[dataset].empty_table()
        return table if columns is None else table.select(columns)

    def _write(self, path: PurePath, dataset: Dataset, tables: Iterable[pa.Table], metadata: dict[str, str]) -> None:
        parquet.write(self.storage, path, tables, SCHEMAS[dataset], metadata)


def _fit(dataset: Dataset, rows: pa.Table) -> pa.Table:
    return rows.select(SCHEMAS[dataset].names).cast(SCHEMAS[dataset])


def _newest(groups: Iterable[pa.Table], document_ids: set[str]) -> Iterator[pa.Table]:
    """Yield the wanted documents' rows of the tables in turn; the first table that has a document wins."""
    left = set(document_ids)
    for group in groups:
        keep = []
        for document_id in group["document_id"].to_pylist():
            keep.append(document_id in left)
            left.discard(document_id)
        yield group.filter(pa.array(keep, pa.bool_()))

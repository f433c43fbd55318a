"""The inbox of a harvest that is under way: records as they came, which nothing else reads."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.lake import parquet_files as parquet
from tasks.lake.datasets import SCHEMAS
from tasks.lake.storage import Storage
from tasks.records import Period


class Inbox:
    """Rows of `documents` that a harvest has brought so far: a file a page.

    A page becomes visible with what its caller notes beside it (where the harvest goes on), so a killed harvest loses
    at most the page under way. Rows lie in one row group a month: a month is read without the others.
    """

    def __init__(self, storage: Storage, folder: PurePath) -> None:
        """Use a folder of its own, which need not exist."""
        self._storage = storage
        self._folder = folder
        self._emptying = folder / "emptying"
        self._months: dict[PurePath, list[Period]] = {}
        if storage.exists(self._emptying):
            self.clear()

    def pages(self) -> list[PurePath]:
        """List the pages in the order in which they came."""
        return self._storage.files(self._folder, "*.parquet")

    def add(self, rows: Iterable[dict[str, Any]], **notes: str) -> None:
        """Keep one page's rows, of any months, and notes."""
        by_period: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            by_period.setdefault(row["period"], []).append(row)
        schema = SCHEMAS["documents"]
        tables = (pa.Table.from_pylist(by_period[period], schema=schema) for period in sorted(by_period))
        last = self.pages()[-1:]
        number = int(last[0].stem) + 1 if last else 1
        parquet.write(self._storage, self._folder / f"{number:06d}.parquet", tables, schema, notes)

    def notes(self) -> list[dict[str, str]]:
        """Give the notes of every page, in order."""
        return [parquet.metadata(self._storage, path, None) for path in self.pages()]

    def periods(self) -> list[Period]:
        """List the months of which there are rows."""
        return sorted({period for path in self.pages() for period in self._periods(path)})

    def read(self, period: Period, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Give the rows of a month, a table a page, in the order in which they came."""
        for path in self.pages():
            groups = self._periods(path)
            if period in groups:
                file = parquet.open_file(self._storage, path)
                yield file.read_row_group(groups.index(period), columns).replace_schema_metadata(None)

    def clear(self) -> None:
        """Forget everything at once: a mark stands while pages go, and whoever opens the inbox then ends the work."""
        self._months.clear()
        with self._storage.written_whole(self._emptying) as mark:
            mark.write(b"Pages of this folder are forgotten.\n")
        self._storage.delete([*self.pages(), self._emptying])

    def _periods(self, path: PurePath) -> list[Period]:
        """Name the month of each row group of a page; read once, because every month asks every page."""
        if path not in self._months:
            footer = pq.read_metadata(str(path), filesystem=self._storage.filesystem)
            place = footer.schema.names.index("period")
            groups = (footer.row_group(index).column(place).statistics for index in range(footer.num_row_groups))
            self._months[path] = [Period.parse(statistics.min) for statistics in groups]
        return self._months[path]

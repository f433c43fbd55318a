"""Which tables of the published file are made again, and from what: those whose inputs changed since the last time.

What a table is made from is known by hashes: of files, of seeds, and of the rows of other tables, so that a change that
changes no row ends there (the early cutoff of A. Mokhov, N. Mitchell and S. Peyton Jones, "Build systems a la carte",
ICFP 2018). What is made by edition (`staleness.py`) loses and gains the rows of changed editions alone. Works over
the connection that warehouse.py opened.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import cast

import duckdb
import pyarrow as pa

from tasks.lake import Dataset, Lake, edition_at
from tasks.records import Edition
from tasks.warehouse import staleness, statements
from tasks.warehouse.models import Model
from tasks.warehouse.published_tables import CheckFailed, WarehouseError

Stored = dict[Dataset, list[PurePath]]
"""The files of each dataset."""

MADE = Model(
    "kept.made",
    """
-- One row per table that a model makes: what it was made from and what came out, as hashes, and what its checks warned
-- of, so that the next publication makes only those whose inputs changed.
--
-- Grain: model""",
)
"""The table of the published file that tells the next publication what need not be made again."""

MADE_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("model", "made_from", "content")] + [("warnings", pa.list_(pa.string()))]
)

FAILING_ROWS_SHOWN = 5
"""Enough of a check's rows to find the fault, few enough to read."""


@dataclass(frozen=True)
class Made:
    """What a model was made from and what came out, as hashes; with the warnings of its checks, a row of `MADE`."""

    made_from: str
    content: str
    warnings: tuple[str, ...] = ()


class Making:
    """Makes the tables in order and says which; staging tables, which are not kept, where somebody reads them."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        models: list[Model],
        lake: Lake,
        stored: Stored,
        stale: set[Edition] | None,
    ) -> None:
        """Take the file that is to be published, and the editions whose rows in it are stale: None where it is new."""
        self._connection = connection
        self._models = {model.name: model for model in models}
        self._lake = lake
        self._stored = stored
        self._stale = stale
        self._before = {} if stale is None else self._made_before()
        self._contents: dict[str, str] = {}
        self._staged: set[str] = set()
        self.filled: list[Model] = []
        if stale:
            _forget(connection, stale)

    def know(self, **inputs: object) -> None:
        """Note what there is in the lake and in the seeds, by the names that models read them by."""
        self._contents |= {name: _hash(value) for name, value in inputs.items()}

    def run(self) -> dict[str, Made]:
        """Make and check every table; raises `CheckFailed`, or `WarehouseError` for a model that does not run."""
        made = {name: self._make(model) for name, model in self._models.items()}
        rows = [{"model": name, **asdict(made[name]), "warnings": list(made[name].warnings)} for name in sorted(made)]
        create(self._connection, MADE.name, pa.Table.from_pylist(rows, schema=MADE_SCHEMA))
        self.filled.append(MADE)
        return made

    def _made_before(self) -> dict[str, Made]:
        rows = self._connection.execute(f"select model, made_from, content, warnings from {MADE.name}").fetchall()  # noqa: S608
        return {name: Made(made_from, content, tuple(warnings)) for name, made_from, content, warnings in rows}

    def _make(self, model: Model) -> Made:
        """Make one table where it has to be, and check it; those before it are made."""
        read = sorted(model.reads | {"columns"} | ({"seeds.editions"} if model.is_by_edition else set()))
        made_from = _hash([model.description, model.checks, [(name, self._contents.get(name)) for name in read]])
        made = self._before.get(model.name)
        if made is None or made.made_from != made_from:
            self._fill(model)
            warnings = tuple(self._check(model))
            made = Made(made_from, made_from if model.is_by_edition else self._content(model.name), warnings)
        self._contents[model.name] = made.content
        return made

    def _fill(self, model: Model) -> None:
        """Give a table its rows, or those of stale editions where it is built by edition and others stayed."""
        for name in sorted(model.reads):
            self._stage(name)
        self.filled.append(model)
        try:
            if self._stale is None or not model.is_by_edition:
                self._connection.execute(f"create or replace table {model.name} as {model.sql}")
                self._staged.add(model.name)
            elif self._stale:
                read = {dataset: paths for dataset, paths in self._stored.items() if f"lake.{dataset}" in model.sql}
                fresh = {
                    name: [path for path in paths if edition_at(path.parent) in self._stale]
                    for name, paths in read.items()
                }
                _show(self._connection, self._lake, fresh)
                self._connection.execute(f"insert into {model.name} {model.sql}")
                _show(self._connection, self._lake, read)
        except (duckdb.IOException, duckdb.InvalidInputException):
            raise  # of a disk or of a file, not of the model
        except duckdb.Error as error:
            raise WarehouseError(f"the model {model.name} does not run: {error}") from error

    def _stage(self, name: str) -> None:
        """Have a table's rows there to be read, where it is of the lake or of staging."""
        if name in self._staged:
            return
        self._staged.add(name)
        layer, _, rest = name.partition(".")
        if layer == "lake":
            dataset = cast("Dataset", rest)
            _show(self._connection, self._lake, {dataset: self._stored[dataset]})
        elif layer == "staging":
            self._fill(self._models[name])

    def _check(self, model: Model) -> Iterator[str]:
        """Yield what the checks of a table warn of; raises `CheckFailed`."""
        for check in model.checks:
            broken = self._connection.sql(check.sql).to_arrow_table()
            if broken.num_rows:
                rows = "; ".join(str(row) for row in broken.slice(0, FAILING_ROWS_SHOWN).to_pylist())
                message = f"{model.name}: {check.rule}: {broken.num_rows} rows break this: {rows}"
                if check.severity == "fail":
                    raise CheckFailed(message)
                yield message

    def _content(self, name: str) -> str:
        """Give a hash of a table's rows, in whatever order they lie."""
        sql = f"select count(*), coalesce(sum(hash(rows)::hugeint), 0) from {name} as rows"  # noqa: S608 our own name
        return _hash(self._connection.execute(sql).fetchall())


def _show(connection: duckdb.DuckDBPyConnection, lake: Lake, stored: Stored) -> None:
    """Make these files of the lake's datasets visible as `lake.*`."""
    for dataset, paths in stored.items():
        if paths and lake.storage.is_remote:
            connection.register(f"remote_{dataset}", lake.as_arrow(dataset, paths))
            rows = f"from remote_{dataset}"
        else:
            rows = statements.rows_of(paths, f"lake.empty.{dataset}")
        connection.execute(f"create or replace view lake.{dataset} as {rows}")


def _forget(connection: duckdb.DuckDBPyConnection, stale: set[Edition]) -> None:
    """Remove the rows of stale editions."""
    create(connection, "seeds.stale", staleness.places(stale))
    # An edition whose venue is 'all' (a month of arXiv) holds documents of many venues.
    connection.execute("""
        create table seeds.stale_documents as
            select document_id from documents inner join seeds.stale on documents.source = stale.source
            and stale.venue in (documents.venue, 'all')
            and stale.period = period_of(documents.year, documents.month);
        delete from mentions where document_id in (from seeds.stale_documents);
        delete from documents where document_id in (from seeds.stale_documents);
        delete from kept.profiles where (source, venue, period) in (select (source, venue, period) from seeds.stale);
    """)


def create(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Make a table of rows, in the place of one that bears its name."""
    connection.register("rows_to_create", rows)
    connection.execute(f"create or replace table {name} as from rows_to_create")
    connection.unregister("rows_to_create")


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]

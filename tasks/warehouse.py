"""The published DuckDB file: the only module that opens DuckDB. Runs sql/, checks, publishes, answers queries.

A model is one bare SELECT in a file named after its table: sql/staging/*.sql become tables of a catalogue `staging`
that lives in memory for the build, sql/published/*.sql the tables of the published file. Models read `lake.*` (the
Parquet files), `seeds.*` (sql/seeds/*.csv and the lexicon) and each other; DuckDB itself says which, and that gives
the order.
"""

import graphlib
import re
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, cast

import duckdb
import pyarrow as pa

from tasks.lake import SCHEMAS, Lake

STORAGE_VERSION = "v1.5.0"
"""DuckDB 2.0 writes files that released 1.5 clients cannot open; this older version of the format they can."""

FAILING_ROWS_SHOWN = 5
"""Enough of the rows that break a check to find the fault, few enough to read in a terminal."""


class WarehouseError(Exception):
    """The published file could not be made or read. Raised by the warehouse; says what to do."""


class CheckFailed(WarehouseError):
    """A check marked `fail` found rows; the published file stays as it was. Raised by `publish`."""


class QueryRefused(WarehouseError):
    """A query was wrong, or more than a query. Raised by `query`."""


@dataclass(frozen=True)
class Model:
    """One SELECT and the table that it makes."""

    name: str
    """As other models write it: 'documents', 'staging.counted_documents'."""
    sql: str
    checks: tuple["Check", ...] = ()

    @property
    def description(self) -> str:
        """Give the comment lines above the SELECT."""
        lines = [line[2:].strip() for line in self.sql.splitlines() if line.startswith("--")]
        return re.sub(r"\s+", " ", " ".join(lines)).strip()


@dataclass(frozen=True)
class Check:
    """A query whose rows break a rule, and how bad that is: `fail` stops the publication, `warn` is reported."""

    severity: str
    rule: str
    sql: str


@dataclass
class Publication:
    """What `publish` made: rows by table and the warnings of the checks."""

    path: Path
    row_counts: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def publish(lake: Lake, seeds: Mapping[str, pa.Table], target: Path, sql: Traversable | None = None) -> Publication:
    """Build every model, check it, and put the new file in the place of `target` at once.

    `seeds` are tables that the code brings beside sql/seeds (the lexicon). Readers that hold the old file open keep
    reading it. Raises `CheckFailed`, leaving `target` as it was.
    """
    sql = sql or files("sql")
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex}.building")
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{_quoted(aside)}' as published (storage_version '{STORAGE_VERSION}')")
            _provide(connection, lake, seeds, sql)
            publication = _run(connection, read_models(sql), target)
            _comment(connection, read_models(sql), tomllib.loads(sql.joinpath("columns.toml").read_text("utf-8")))
            connection.execute("use memory; checkpoint published; detach published")
        _stale_wal(target).unlink(missing_ok=True)  # of a writer that crashed; it would be replayed into the new file
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
        _stale_wal(aside).unlink(missing_ok=True)
    return publication


def read_models(sql: Traversable) -> list[Model]:
    """Read every model below sql/, each after those that it reads. Raises `WarehouseError` where they form a circle."""
    models = {model.name: model for model in _models(sql)}
    with duckdb.connect() as connection:
        connection.execute(sql.joinpath("macros.sql").read_text("utf-8"))
        reads = {
            name: _tables_read(connection, model) & models.keys() - {name} for name, model in sorted(models.items())
        }
    try:
        return [models[name] for name in graphlib.TopologicalSorter(reads).static_order()]
    except graphlib.CycleError as error:
        raise WarehouseError(f"these models read each other in a circle: {' -> '.join(error.args[1])}") from error


def read_checks(text: str) -> tuple[Check, ...]:
    """Split a checks file: each query stands below a line `-- fail: RULE` or `-- warn: RULE`."""
    pieces = re.split(r"^-- (fail|warn): (.+)$", text, flags=re.MULTILINE)[1:]
    return tuple(Check(*piece) for piece in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True))


@contextmanager
def reader(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file read-only, shut off from files, network and settings.

    Raises `WarehouseError` where there is none.
    """
    if not path.exists():
        raise WarehouseError(f"{path} does not exist yet; `mentions publish` makes it, `mentions demo` a practice one")
    try:
        connection = duckdb.connect(str(path), read_only=True, config={"autoinstall_known_extensions": "false"})
    except duckdb.Error as error:
        raise WarehouseError(f"{path} cannot be opened ({error}); `mentions publish` makes it anew") from error
    with connection:
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection


def query(path: Path, sql: str) -> pa.Table:
    """Answer one SELECT from the published file; raises `QueryRefused` with DuckDB's words for anything else."""
    with reader(path) as connection:
        try:
            relation = connection.sql(sql)
            if relation is not None:
                return cast("pa.Table", relation.to_arrow_table())
        except (duckdb.Error, RuntimeError) as error:
            raise QueryRefused(str(error)) from error
    raise QueryRefused("that is no query: write one SELECT")


def _tables_read(connection: duckdb.DuckDBPyConnection, model: Model) -> set[str]:
    """Name the tables that a model reads. DuckDB 2.0 names them with their aliases, and stumbles over USING."""
    try:
        names = connection.get_table_names(model.sql, qualified=True)
    except duckdb.Error as error:
        raise WarehouseError(f"DuckDB cannot say what {model.name} reads ({error}); join with ON, not USING") from error
    return {name.split(" AS ")[0] for name in names}


def _models(sql: Traversable) -> Iterator[Model]:
    for layer, prefix in (("staging", "staging."), ("published", "")):
        folder = sql.joinpath(layer)
        for file in folder.iterdir():
            name = file.name.removesuffix(".sql")
            if file.name.endswith(".sql") and not name.endswith(".checks"):
                checks = folder.joinpath(f"{name}.checks.sql")
                found = read_checks(checks.read_text("utf-8")) if checks.is_file() else ()
                yield Model(prefix + name, file.read_text("utf-8"), found)


def _provide(
    connection: duckdb.DuckDBPyConnection, lake: Lake, seeds: Mapping[str, pa.Table], sql: Traversable
) -> None:
    """Make `lake.*`, `seeds.*` and the macros visible, and the published file the default."""
    connection.execute("set enable_progress_bar = false; set preserve_insertion_order = false")
    for catalogue in ("lake", "seeds", "staging"):
        connection.execute(f"attach ':memory:' as {catalogue}")
    for dataset, schema in SCHEMAS.items():
        if lake.has(dataset):
            source = f"read_parquet('{_quoted(lake.glob(dataset))}', hive_partitioning = false, union_by_name = true)"
            connection.execute(f"create view lake.{dataset} as from {source}")
        else:
            _create(connection, f"lake.{dataset}", schema.empty_table())
    for name, table in seeds.items():
        _create(connection, f"seeds.{name}", table)
    for file in sql.joinpath("seeds").iterdir():
        if file.name.endswith(".csv"):
            connection.execute(
                f"create table seeds.{file.name.removesuffix('.csv')} as "
                f"from read_csv('{_quoted(cast('Path', file))}', header = true)"
            )
    connection.execute(sql.joinpath("macros.sql").read_text("utf-8"))
    connection.execute("use published")


def _create(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.register("rows_to_create", rows)
    connection.execute(f"create table {name} as from rows_to_create")
    connection.unregister("rows_to_create")


def _run(connection: duckdb.DuckDBPyConnection, models: list[Model], target: Path) -> Publication:
    """Make the tables in order, each checked before the next; raises `CheckFailed`."""
    publication = Publication(target)
    for model in models:
        try:
            connection.execute(f"create table {model.name} as {model.sql}")
        except duckdb.Error as error:
            raise WarehouseError(f"the model {model.name} does not run: {error}") from error
        for check in model.checks:
            broken = cast("pa.Table", connection.sql(check.sql).to_arrow_table())
            if broken.num_rows:
                rows = "; ".join(str(row) for row in broken.slice(0, FAILING_ROWS_SHOWN).to_pylist())
                message = f"{model.name}: {check.rule}: {broken.num_rows} rows break this: {rows}"
                if check.severity == "fail":
                    raise CheckFailed(f"{message}. {target} was left as it was")
                publication.warnings.append(message)
        if not model.name.startswith("staging."):
            publication.row_counts[model.name] = _count(connection, model.name)
    return publication


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    return cast("tuple[int]", connection.execute(f"select count(*) from {name}").fetchone())[0]  # noqa: S608 our own name


def _comment(connection: duckdb.DuckDBPyConnection, models: list[Model], columns: dict[str, Any]) -> None:
    """Put the comments on every published table and column; raises `WarehouseError` where one has none."""
    for model in models:
        if model.name.startswith("staging."):
            continue
        if not model.description:
            raise WarehouseError(f"the model {model.name} does not begin with a comment that says its grain")
        connection.execute(f"comment on table {model.name} is '{_quoted(model.description)}'")
        for name, *_ in connection.execute(f"describe {model.name}").fetchall():
            meaning = columns.get(model.name, {}).get(name) or columns["everywhere"].get(name)
            if not meaning:
                raise WarehouseError(f"sql/columns.toml does not say what {model.name}.{name} means")
            connection.execute(f"comment on column {model.name}.{name} is '{_quoted(meaning)}'")


def _stale_wal(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def _quoted(text: str | Path) -> str:
    return str(text).replace("'", "''")

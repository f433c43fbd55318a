"""Publish: run sql/ on the lake, check every table, and put the new DuckDB file in the old one's place at once.

A model (models.py) reads `lake.*` (the Parquet files), `seeds.*` (sql/seeds/*.csv and the lexicon) and others;
DuckDB itself says which, and that gives the order.
"""

import graphlib
import logging
import shutil
import tomllib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, cast

import duckdb
import pyarrow as pa

from tasks.lake import SCHEMAS, Lake, write_through
from tasks.records import Edition
from tasks.warehouse import staleness, statements
from tasks.warehouse.incremental import MADE, Making, Stored, create
from tasks.warehouse.models import Model, models_below, models_version
from tasks.warehouse.published_tables import OPTIONAL_SEEDS, CheckFailed, Column, Publication, Table, WarehouseError
from tasks.warehouse.queries import Connection
from tasks.warehouse.statements import quoted

log = logging.getLogger("mentions")

STORAGE_VERSION = "v1.5.0"
"""DuckDB 2.0 writes files that released 1.5 clients cannot open; this older version of the format they can."""


class Build:
    """The checked tables of a file that is not published yet, for whoever keeps their figures beside it."""

    def __init__(self, connection: Connection) -> None:
        """Read what tables there are and what their comments say."""
        self._connection = connection
        self.tables = _tables(connection)

    def export(self, table: Table, path: Path) -> None:
        """Write a table to a file, as Parquet or CSV by the file's suffix."""
        self._connection.execute(statements.export(table, path))

    def changes(self, table: Table, columns: Sequence[str], before: Path) -> pa.Table:
        """Compare columns of a table with an earlier export; see `statements.changes` for the rows."""
        return _table(self._connection, statements.changes(table, columns, before))

    def replace(self, name: str, rows: pa.Table) -> None:
        """Put other rows into a table, which keeps its columns and comments."""
        self._connection.register("rows_to_insert", rows)
        columns = ", ".join(rows.column_names)
        self._connection.execute(f"truncate {name}; insert into {name} ({columns}) from rows_to_insert")
        self._connection.unregister("rows_to_insert")

    def count(self, name: str) -> int:
        """Count the rows of a table."""
        return _count(self._connection, name)


def publish(
    lake: Lake,
    seeds: Mapping[str, pa.Table],
    target: Path,
    sql: Traversable | None = None,
    *,
    papers_with_code: Path | None = None,
    keep: Callable[[Build], object] | None = None,
) -> Publication:
    """Build every model, check it, and put the new file in the place of `target` at once.

    `seeds` are tables that the code brings beside sql/seeds (the lexicon), `papers_with_code` is the dump of links
    between papers and code that the user downloaded, `keep` is shown the checked tables before they are published.
    Readers that hold the old file open keep reading it. Raises `CheckFailed` or, for a full disk or a damaged file of
    the lake, `WarehouseError`; `target` stays as it was.
    """
    sql = sql or files("sql")
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex}.building")
    try:
        with duckdb.connect() as connection:
            stamps = {dataset: lake.stamps(dataset) for dataset in SCHEMAS}
            built_from = staleness.built_from(lake, stamps, models_version(sql), seeds)
            stale = _take_over(connection, target, aside, built_from)
            stored: Stored = {dataset: list(files) for dataset, files in stamps.items()}
            seeds = {**seeds, "editions": staleness.as_table(built_from)}
            _provide(connection, seeds, sql)
            if papers_with_code is not None:
                _read_links(connection, papers_with_code)
            models = read_models(sql)
            columns = tomllib.loads(sql.joinpath("columns.toml").read_text("utf-8"))
            making = Making(connection, models, lake, stored, stale)
            making.know(columns=columns)
            making.know(**{f"lake.{dataset}": sorted(files.items()) for dataset, files in stamps.items()})
            making.know(**{f"seeds.{name}": table.to_pylist() for name, table in seeds.items()})
            making.know(**{"seeds.papers_with_code": papers_with_code and _stamp(papers_with_code)})
            made = making.run()
            _comment(connection, making.filled, columns)
            if keep is not None:
                keep(Build(connection))
            publication = Publication(
                target,
                {name: _count(connection, name) for name in made if "." not in name},
                [warning for each in made.values() for warning in each.warnings],
            )
            connection.execute("use memory; checkpoint published; detach published")
        write_through(aside)
        _stale_wal(target).unlink(missing_ok=True)  # of a writer that crashed; it would be replayed into the new file
        aside.replace(target)
    except CheckFailed as error:
        raise CheckFailed(f"{error}. {target} was left as it was") from error
    except duckdb.Error as error:  # a full disk, a damaged file of the lake
        causes = lake.damaged() or [f"{target} cannot be built ({error})"]
        raise WarehouseError(f"{'; '.join(causes)}. {target} was left as it was") from error
    finally:
        aside.unlink(missing_ok=True)
        _stale_wal(aside).unlink(missing_ok=True)
    return publication


def read_models(sql: Traversable) -> list[Model]:
    """Read every model below sql/, each after those that it reads. Raises `WarehouseError` where they form a circle."""
    models = {model.name: model for model in models_below(sql)}
    with duckdb.connect() as connection:
        connection.execute(sql.joinpath("macros.sql").read_text("utf-8"))
        models = {name: replace(model, reads=_tables_read(connection, model)) for name, model in models.items()}
    reads = {name: models[name].reads & models.keys() for name in sorted(models)}
    try:
        return [models[name] for name in graphlib.TopologicalSorter(reads).static_order()]
    except graphlib.CycleError as error:
        raise WarehouseError(f"these models read each other in a circle: {' -> '.join(error.args[1])}") from error


def _tables_read(connection: Connection, model: Model) -> frozenset[str]:
    """Name the tables that a model and its checks read, without its own.

    DuckDB 2.0 names them with their aliases, and stumbles over USING.
    """
    names: set[str] = set()
    for sql in (model.sql, *(check.sql for check in model.checks)):
        try:
            names |= connection.get_table_names(sql, qualified=True)
        except duckdb.Error as error:
            advice = "join with ON, not USING"
            raise WarehouseError(f"DuckDB cannot say what {model.name} reads ({error}); {advice}") from error
    return frozenset(name.split(" AS ")[0] for name in names) - {model.name}


def _provide(connection: Connection, seeds: Mapping[str, pa.Table], sql: Traversable) -> None:
    """Make `seeds.*` and the macros visible, and the published file the default."""
    connection.execute("set enable_progress_bar = false")
    for catalogue in ("lake", "seeds", "staging"):
        connection.execute(f"attach ':memory:' as {catalogue}")
    connection.execute("create schema lake.empty; create schema if not exists published.kept")
    for dataset, schema in SCHEMAS.items():
        create(connection, f"lake.empty.{dataset}", schema.empty_table())
    empty = {name: schema.empty_table() for name, schema in OPTIONAL_SEEDS.items()}
    for name, table in {**empty, **seeds}.items():
        create(connection, f"seeds.{name}", table)
    for file in sql.joinpath("seeds").iterdir():
        if file.name.endswith(".csv"):
            connection.execute(
                f"create table seeds.{file.name.removesuffix('.csv')} as "
                f"from read_csv('{quoted(cast('Path', file))}', header = true)"
            )
    connection.execute(sql.joinpath("macros.sql").read_text("utf-8"))
    # Seeds lie in the order of their lines; what is larger than memory may not ask for any order.
    connection.execute("set preserve_insertion_order = false; use published")


def _read_links(connection: Connection, path: Path) -> None:
    """Read the dump of links between papers and code; raises `WarehouseError` that names the setting."""
    links = statements.links_in(path, OPTIONAL_SEEDS["papers_with_code"])
    try:
        connection.execute(f"insert into seeds.papers_with_code {links}")
    except duckdb.Error as error:
        raise WarehouseError(f"MENTIONS_PAPERS_WITH_CODE={path} cannot be read: {error}") from error


def _take_over(connection: Connection, target: Path, aside: Path, built_from: staleness.Built) -> set[Edition] | None:
    """Attach the file to be built: a copy of the published one, where only some editions changed since, else a new one.

    Returns the editions whose rows in it are stale; None where it is new.
    """
    attach = f"attach '{quoted(aside)}' as published"
    if target.exists():
        shutil.copyfile(target, aside)
        try:
            connection.execute(attach)
            connection.execute(f"from published.{MADE.name} limit 0")
            before = connection.execute("select source, venue, period, built_from from published.kept.editions")
            stale = staleness.stale(staleness.as_built(before.fetchall()), built_from)
        except (duckdb.CatalogException, duckdb.BinderException):
            log.info("%s is made anew: its layout is older", target)
            stale = None
        except duckdb.Error:
            log.info("%s is made anew: it is damaged, or not ours", target)
            stale = None
        if stale is not None:
            return stale
        connection.execute("detach database if exists published")
        aside.unlink()
    connection.execute(f"{attach} (storage_version '{STORAGE_VERSION}')")
    return None


def _stamp(path: Path) -> tuple[int, int]:
    """Give size and time of change of a file, which may be absent."""
    if not path.exists():
        return 0, 0
    return path.stat().st_size, path.stat().st_mtime_ns


def _table(connection: Connection, sql: str) -> pa.Table:
    return cast("pa.Table", connection.sql(sql).to_arrow_table())


def _count(connection: Connection, name: str) -> int:
    return cast("int", connection.execute(f"select count(*) from {name}").fetchall()[0][0])  # noqa: S608 our own name


def _comment(connection: Connection, models: list[Model], columns: dict[str, Any]) -> None:
    """Put the comments on every published table and column; raises `WarehouseError` where one has none."""
    connection.execute("begin")  # a transaction a comment would cost a quarter of a small publication
    for model in models:
        if model.name.startswith("staging."):
            continue
        if not model.description:
            raise WarehouseError(f"the model {model.name} does not begin with a comment that says its grain")
        connection.execute(f"comment on table {model.name} is '{quoted(model.description)}'")
        for name, *_ in connection.execute(f"describe {model.name}").fetchall():
            meaning = columns.get(model.name.removeprefix("kept."), {}).get(name) or columns["everywhere"].get(name)
            if not meaning:
                raise WarehouseError(f"sql/columns.toml does not say what {model.name}.{name} means")
            connection.execute(f"comment on column {model.name}.{name} is '{quoted(meaning)}'")
    connection.execute("commit")


def _tables(connection: Connection) -> tuple[Table, ...]:
    tables = connection.execute(
        "select table_name, comment from duckdb_tables() "
        "where database_name = 'published' and schema_name = 'main' order by table_name"
    ).fetchall()
    columns = connection.execute(
        "select table_name, column_name, data_type, comment from duckdb_columns() "
        "where database_name = 'published' and schema_name = 'main' order by table_name, column_index"
    ).fetchall()
    return tuple(
        Table(name, description, tuple(Column(*column[1:]) for column in columns if column[0] == name))
        for name, description in tables
    )


def _stale_wal(path: Path) -> Path:
    return path.with_name(path.name + ".wal")

"""Read the published file: read-only, shut off from files, network and settings; one SELECT at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from tasks.warehouse.published_tables import WarehouseError

ROWS_AT_ONCE = 10_000
"""Of an answer: some MB."""

Connection = duckdb.DuckDBPyConnection
"""What `reader` opens."""


class QueryRefused(WarehouseError):
    """A query was wrong, or more than a query. Raised by `query`."""


@contextmanager
def reader(path: Path) -> Iterator[Connection]:
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
    with reader(path) as connection, stream(connection, sql) as answer:
        return answer.read_all()


@contextmanager
def stream(connection: Connection, sql: str) -> Iterator[pa.RecordBatchReader]:
    """Answer one SELECT over a connection of `reader`, for more rows than memory holds; see `query`."""
    try:
        asked = connection.extract_statements(sql)
        if len(asked) > 1:
            raise QueryRefused(f"these are {len(asked)} statements: ask one at a time")
        relation = connection.sql(sql)
        if relation is None:
            raise QueryRefused("that is no query: write one SELECT")
        yield relation.to_arrow_reader(ROWS_AT_ONCE)
    except (duckdb.Error, pa.ArrowException, RuntimeError, OSError) as error:  # OSError: after the first rows
        raise QueryRefused(str(error)) from error

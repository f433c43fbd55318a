"""SQL that is put together from names: where rows are read from, written to and compared. Text only, no database.

Names of tables and columns are our own; paths are quoted.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath

import pyarrow as pa

from tasks.warehouse.published_tables import Column, Table


def quoted(text: str | PurePath) -> str:
    """Write a text as it stands inside SQL's single quotes."""
    return str(text).replace("'", "''")


def rows_of(paths: Iterable[PurePath], empty: str) -> str:
    """Read Parquet files as one table with the columns of `empty`; files of an earlier version may lack some."""
    listed = ", ".join(f"'{quoted(path)}'" for path in paths)
    if not listed:
        return f"from {empty}"
    files_read = f"read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"
    return f"from {files_read} union all by name from {empty}"


def links_in(path: Path, schema: pa.Schema) -> str:
    """Read Papers with Code's links-between-papers-and-code.json, plain or gzipped, without holding it in memory."""
    types: Mapping[pa.DataType, str] = {pa.string(): "varchar", pa.bool_(): "boolean"}
    columns = ", ".join(f"{name}: '{types[kind]}'" for name, kind in zip(schema.names, schema.types, strict=True))
    return f"from read_json('{quoted(path)}', format = 'array', columns = {{{columns}}})"


def export(table: Table, path: Path) -> str:
    """Write a table to a file, as Parquet or CSV by the file's suffix.

    In CSV, lists are JSON and times are ISO 8601 in UTC, which other tools read.
    """
    columns, options = "*", "format parquet, compression zstd"
    if path.suffix == ".csv":
        columns, options = ", ".join(map(_as_csv, table.columns)), "format csv, header"
    return f"copy (select {columns} from {table.name}) to '{quoted(path)}' ({options})"  # noqa: S608 our own names


def changes(table: Table, columns: Sequence[str], before: Path) -> str:
    """Compare columns of a table with an earlier export, a Parquet file that has them too.

    Gives status ('changed', 'added', 'removed'), row_key, column_name, old and new, as text, a row a figure.
    """
    key = ", ', ', ".join(f"'{name}=', coalesce(cast({name} as varchar), '')" for name in table.grain)
    figures = ", ".join(f"cast({name} as varchar) as {name}" for name in columns)
    rows = ", ".join((*table.grain, *columns))
    cells = f"select concat({key}) as row_key, {figures} from"
    names = ", ".join(columns)
    return f"""
        with
            old_rows as (select {rows} from read_parquet('{quoted(before)}')),
            new_rows as (select {rows} from {table.name}),
            gone as (from old_rows except from new_rows),
            come as (from new_rows except from old_rows),
            old_cells as (from ({cells} gone) unpivot include nulls (value for column_name in ({names}))),
            new_cells as (from ({cells} come) unpivot include nulls (value for column_name in ({names})))
        select
            case when old_cells.row_key is null then 'added' when new_cells.row_key is null then 'removed'
                else 'changed' end as status,
            coalesce(old_cells.row_key, new_cells.row_key) as row_key,
            coalesce(old_cells.column_name, new_cells.column_name) as column_name,
            old_cells.value as old,
            new_cells.value as new
        from old_cells
        full join new_cells
            on old_cells.row_key = new_cells.row_key and old_cells.column_name = new_cells.column_name
        where status <> 'changed' or old is distinct from new
        order by all
    """  # noqa: S608 our own names


def _as_csv(column: Column) -> str:
    """Write the expression that turns a column into what CSV can hold."""
    if column.type.endswith("[]"):
        return f"to_json({column.name}) as {column.name}"
    if column.type == "TIMESTAMP WITH TIME ZONE":
        return f"strftime({column.name} at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ') as {column.name}"
    return column.name

"""Parquet files of a dataset's schema: written whole, read in full or by row groups, older versions as today's."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.schemas import SCHEMA_VERSION, SCHEMAS, Dataset
from tasks.storage import LakeError, Storage


def write(
    storage: Storage, path: PurePath, tables: Iterable[pa.Table], schema: pa.Schema, metadata: dict[str, str]
) -> None:
    """Replace a file whole and at once, a row group a table; `written_id` is new at every write."""
    stamped = schema.with_metadata({**metadata, "written_id": uuid.uuid4().hex, "schema_version": SCHEMA_VERSION})
    with storage.written_whole(path) as file, pq.ParquetWriter(file, stamped, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table.replace_schema_metadata(stamped.metadata))


def metadata(storage: Storage, path: PurePath) -> dict[str, str]:
    """Give what was written beside the rows, {} where there is no file; raises `LakeError` for a damaged one."""
    try:
        stored = pq.read_schema(str(path), filesystem=storage.filesystem).metadata or {}
    except FileNotFoundError:
        return {}
    except (pa.ArrowInvalid, OSError) as error:
        raise LakeError(_advice(storage, path, error)) from error
    return {key.decode(): value.decode() for key, value in stored.items() if not key.startswith(b"ARROW")}


def read(storage: Storage, path: PurePath, dataset: Dataset, columns: Sequence[str] | None) -> pa.Table:
    """Read a file; raises `LakeError` for a damaged one."""
    try:
        table = open_file(storage, path).read(columns).replace_schema_metadata(None)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
        raise LakeError(_advice(storage, path, error)) from error
    return _upgraded(table, storage, path, dataset, columns)


def row_groups(
    storage: Storage, path: PurePath, dataset: Dataset, columns: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """Read a file a row group at a time; raises `LakeError` for a damaged one."""
    try:
        file = open_file(storage, path)
        for index in range(file.num_row_groups):
            group = file.read_row_group(index, columns).replace_schema_metadata(None)
            yield _upgraded(group, storage, path, dataset, columns)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
        raise LakeError(_advice(storage, path, error)) from error


def open_file(storage: Storage, path: PurePath) -> pq.ParquetFile:
    """Open a file; over a network neighbouring columns come in one request."""
    return pq.ParquetFile(str(path), filesystem=storage.filesystem, pre_buffer=storage.is_remote)


def _upgraded(
    table: pa.Table, storage: Storage, path: PurePath, dataset: Dataset, columns: Sequence[str] | None
) -> pa.Table:
    """Give rows that an earlier version wrote the columns of today: NULL where a new column may be NULL.

    Raises `LakeError` where it may not: such a change of the schema wants the edition collected anew.
    """
    schema = SCHEMAS[dataset]
    names = schema.names if columns is None else list(columns)
    missing = [schema.field(name) for name in names if name not in table.column_names]
    for field in missing:
        if not field.nullable:
            written = metadata(storage, path).get("schema_version", "none")
            problem = f"it has no column {field.name}; schema version {written}, today's is {SCHEMA_VERSION}"
            raise LakeError(_advice(storage, path, problem))
        table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    return table.select(names) if missing else table


def _advice(storage: Storage, path: PurePath, error: Exception | str) -> str:
    again = "move it away and run the same command again to collect it anew"
    if storage.is_remote and isinstance(error, OSError):
        again = f"run the same command again; if it was not the network, {again}"
    return f"{storage.address(path)} cannot be read ({error}); {again}"

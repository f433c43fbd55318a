"""Parquet files of a dataset's schema: written whole, read in full or by row groups, older versions as today's."""

import functools
import shlex
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from urllib.parse import quote, unquote

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.lake.datasets import SCHEMA_VERSION, SCHEMAS, Dataset
from tasks.lake.storage import LakeError, Storage
from tasks.records import Edition, Period

DERIVED: tuple[Dataset, ...] = ("mentions", "scans", "sketches", "postings")
"""Datasets that `mentions publish` makes of the others."""


@functools.lru_cache(4096)  # a publication asks for each edition's several times
def folder_of(edition: Edition) -> PurePath:
    """Say in which folder of a dataset an edition lies."""
    places = {"source": edition.source, "venue": edition.venue, "period": str(edition.period)}
    return PurePath(*(f"{name}={quote(value, safe='')}" for name, value in places.items()))


def edition_at(folder: PurePath) -> Edition:
    """Say whose folder this is."""
    source, venue, period = (unquote(part.split("=", 1)[1]) for part in folder.parts[-3:])
    return Edition(source, venue, Period.parse(period))


def write(
    storage: Storage,
    path: PurePath,
    tables: Iterable[pa.Table],
    schema: pa.Schema,
    metadata: dict[str, str],
    compression: str = "zstd",
) -> None:
    """Replace a file whole and at once, a row group a table; `written_id` is new at every write."""
    stamped = schema.with_metadata({**metadata, "written_id": uuid.uuid4().hex, "schema_version": SCHEMA_VERSION})
    # Of whole documents no two are alike, and their least and greatest tell nothing: both would double the time.
    short = [field.name for field in schema if field.type != pa.large_string()]
    options = {"use_dictionary": short, "write_statistics": short} if len(short) < len(schema) else {}
    with (
        storage.written_whole(path) as file,
        pq.ParquetWriter(file, stamped, compression=compression, **options) as writer,
    ):
        for table in tables:
            writer.write_table(table.replace_schema_metadata(stamped.metadata))


def metadata(storage: Storage, path: PurePath, dataset: Dataset | None) -> dict[str, str]:
    """Give what was written beside the rows, {} where there is no file; raises `LakeError` for a damaged one.

    The pages of an inbox are of no dataset yet.
    """
    try:
        with storage.filesystem.open_input_file(str(path)) as file:
            stored = pq.read_metadata(file).metadata or {}
    except FileNotFoundError:
        return {}
    except (pa.ArrowInvalid, OSError) as error:
        raise LakeError(_advice(storage, path, dataset, error)) from error
    return {key.decode(): value.decode() for key, value in stored.items() if not key.startswith(b"ARROW")}


def read(storage: Storage, path: PurePath, dataset: Dataset, columns: Sequence[str] | None) -> pa.Table:
    """Read a file; raises `LakeError` for a damaged one."""
    try:
        table = open_file(storage, path).read(columns).replace_schema_metadata(None)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
        raise LakeError(_advice(storage, path, dataset, error)) from error
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
        raise LakeError(_advice(storage, path, dataset, error)) from error


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
            written = metadata(storage, path, dataset).get("schema_version", "none")
            problem = f"it has no column {field.name}; schema version {written}, today's is {SCHEMA_VERSION}"
            raise LakeError(_advice(storage, path, dataset, problem))
        table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    return table.select(names) if missing else table


def _advice(storage: Storage, path: PurePath, dataset: Dataset | None, error: Exception | str) -> str:
    """Say of a file that cannot be read how its rows are had again."""
    if storage.is_remote and "ACCESS_DENIED" in str(error):
        rights = "the key may not read it: see to the rights of AWS_ACCESS_KEY_ID at the bucket"
        return f"{storage.address(path)} cannot be read ({error}); {rights}"
    again = "run the same command again; if it was not the network, "
    doubt = again if storage.is_remote and isinstance(error, OSError) else ""
    remedy = "with all that lies beside it, and run the same command again"
    if dataset is not None:
        remedy = _remedy(dataset, edition_at(path.parent), storage.address(path.parents[4] / "harvests"))
    return f"{storage.address(path)} cannot be read ({error}); {doubt}move it away, {remedy}"


def _remedy(dataset: Dataset, edition: Edition, harvests: str) -> str:
    """Say how an edition is had again once its file is moved away, which differs by what its rows were made from."""
    harvest = f"`mentions nightly --source {edition.source}` harvests everything again"
    period = f"--since {edition.period} --until {edition.period}"
    backfill = f"mentions backfill --venue {shlex.quote(edition.venue)} {period} --source {edition.source}"
    is_of_all = edition.venue == "all"  # arXiv, which is asked for what changed only
    if dataset in DERIVED:
        return "`mentions publish` makes it again"
    if dataset in ("sightings", "board_visits"):
        return "or bring it back from a backup: what job boards listed then cannot be asked for again"
    if dataset == "harvests":
        return harvest
    if dataset == "documents" and is_of_all:
        return f"and {harvests} too: {harvest}"
    return f"`{backfill}{' --full-text' if is_of_all else ''}` collects it again"


def write_table(rows: pa.Table, path: Path) -> None:
    """Write a Parquet file of a folder that is none of the lake's, as a release is."""
    pq.write_table(rows, path)


def read_table(path: Path, schema: pa.Schema) -> pa.Table:
    """Read what `write_table` wrote; raises OSError or `pyarrow.ArrowException` where it is damaged."""
    return pq.read_table(path, schema=schema)

"""The lake and sql/ to mentions.duckdb.

Takes the lake's Parquet files, the models of sql/ and seeds; gives the published file, replaced whole after every check
passed, and answers to queries of it. The only folder that may open DuckDB. Knows no network and no detector.
"""

from tasks.warehouse.models import models_version, published_names
from tasks.warehouse.publication import Build, publish, read_models
from tasks.warehouse.published_tables import OPTIONAL_SEEDS, CheckFailed, Column, Publication, Table, WarehouseError
from tasks.warehouse.queries import Connection, QueryRefused, query, reader, stream

__all__ = [
    "OPTIONAL_SEEDS",
    "Build",
    "CheckFailed",
    "Column",
    "Connection",
    "Publication",
    "QueryRefused",
    "Table",
    "WarehouseError",
    "models_version",
    "publish",
    "published_names",
    "query",
    "read_models",
    "reader",
    "stream",
]

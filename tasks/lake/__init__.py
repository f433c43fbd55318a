"""Rows to Parquet and back.

Takes rows of a dataset and an edition; gives them back, whole or not at all, from a disk or a bucket. The only folder
that may know where Parquet lies and what its columns are, and that one run at a time may write. Knows nothing of what
the rows mean.
"""

from tasks.lake.datasets import SCHEMAS, Dataset
from tasks.lake.inbox import Inbox
from tasks.lake.lake import Lake
from tasks.lake.lock import DOWNLOADS, Occupied, alone
from tasks.lake.parquet_files import edition_at, read_table, write_table
from tasks.lake.storage import LakeError, storage_at, write_through

__all__ = [
    "DOWNLOADS",
    "SCHEMAS",
    "Dataset",
    "Inbox",
    "Lake",
    "LakeError",
    "Occupied",
    "alone",
    "edition_at",
    "read_table",
    "storage_at",
    "write_table",
    "write_through",
]

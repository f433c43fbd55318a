"""Which stored files the rows of an edition were made from, so that only those of changed editions are made again."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from pathlib import PurePath
from typing import Any

import pyarrow as pa

from tasks.lake import Dataset, Lake, edition_at
from tasks.records import Edition, Period

DATASETS: tuple[Dataset, ...] = ("documents", "texts", "mentions", "scans")
"""What an edition's rows are made from, beside the outcome of its last run, which may decide between two sources of one
venue and year."""

MOST = 0.25
"""Share of changed editions from which on making everything anew is no slower, and leaves the file compact."""

Built = dict[Edition, str]


Stamps = Mapping[Dataset, Mapping[PurePath, str]]
"""The files of each dataset with what differs once one was written again; see `Lake.stamps`."""


def built_from(lake: Lake, stamps: Stamps, version: str, seeds: Mapping[str, pa.Table]) -> Built:
    """Give each stored edition's hash of its files and of what all editions' rows depend on: the models, the names."""
    names = seeds["frameworks"]["framework"].to_pylist()
    ended = list(stamps["runs"])
    outcomes = dict(zip(ended, lake.storage.look_at(partial(_outcome, lake, stamps["runs"]), ended), strict=True))
    written: defaultdict[Edition, list[str]] = defaultdict(list)
    for dataset, files in [*((dataset, stamps[dataset]) for dataset in DATASETS), ("runs", outcomes)]:
        for path, stamp in files.items():
            written[edition_at(path.parent)].append(f"{dataset} {stamp}")
    return {
        edition: hashlib.sha256(repr((version, names, written[edition])).encode()).hexdigest()[:16]
        for edition in sorted(written, key=str)
    }


def _outcome(lake: Lake, stamps: Mapping[PurePath, str], path: PurePath) -> str:
    """Say how the last run of an edition ended; files of earlier versions do not tell beside their rows."""
    return lake.metadata("runs", edition_at(path.parent)).get("outcome", stamps[path])


def as_table(built: Built) -> pa.Table:
    """Lay hashes out as the seed `editions`."""
    rows = [{**_place(edition), "built_from": value} for edition, value in built.items()]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in (*PLACE, "built_from")]))


def as_built(rows: list[tuple[Any, ...]]) -> Built:
    """Read rows of kept.editions: source, venue, period, built_from."""
    return {Edition(source, venue, Period.parse(period)): value for source, venue, period, value in rows}


def stale(before: Built, now: Built) -> set[Edition] | None:
    """Name the editions whose rows have to be made again or removed; None where making everything is no slower.

    All sources of a venue's year go together, since which of them is counted depends on all.
    """
    differing = {edition for edition in before.keys() | now.keys() if before.get(edition) != now.get(edition)}
    places = {(edition.venue, edition.period.year) for edition in differing}
    found = {edition for edition in before.keys() | now.keys() if (edition.venue, edition.period.year) in places}
    return found if now and len(found) <= MOST * len(now) else None


PLACE = ("source", "venue", "period")


def _place(edition: Edition) -> dict[str, str]:
    return {"source": edition.source, "venue": edition.venue, "period": str(edition.period)}


def places(editions: set[Edition]) -> pa.Table:
    """Lay editions out as rows of source, venue and period."""
    schema = pa.schema([(name, pa.string()) for name in PLACE])
    return pa.Table.from_pylist([_place(edition) for edition in sorted(editions, key=str)], schema=schema)

"""What a publication costs: time, memory and size, whole and after one edition changed.

    python -m benchmarks.publish [--documents 3000000]

Invented papers of ten frameworks are written straight into the lake's Parquet files, 10,000 an edition (the largest
real one, NeurIPS 2025, has 5,900), one and a half mentions a paper. Each publication runs in a process of its own, as
`mentions publish` does, so that its memory can be told. Seen for 3,000,000 on two cores: 30 s of CPU and 2.6 GB the
first time, 10 s and 1.3 GB after one edition changed; the file has 175 MB.
"""

import argparse
import datetime as dt
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa

from tasks import releases, warehouse
from tasks.derived import mentions, seeds
from tasks.detection import lexicon
from tasks.lake import SCHEMAS, Lake
from tasks.records import Edition, Period

FRAMEWORKS = [
    *("pytorch", "tensorflow", "keras", "jax", "scikit-learn", "theano", "caffe", "mxnet", "chainer", "paddlepaddle"),
]
EDITION_SIZE = 10_000
YEARS = range(2011, 2026)
WHEN = dt.datetime(2026, 11, 1, 3, 0, tzinfo=dt.UTC)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--publish", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.publish:
        publish(arguments.publish)
        return
    with tempfile.TemporaryDirectory(prefix="mentions-benchmark-") as folder:
        lake = Lake(Path(folder))
        editions = [edition(number) for number in range(max(1, arguments.documents // EDITION_SIZE))]
        size = arguments.documents // len(editions)
        for number, each in enumerate(editions):
            write(lake, each, size, seed=number)
        print(f"{size * len(editions):,} documents in {len(editions)} editions")
        costs = {what: measure(what, Path(folder)) for what in ("first publication", "again, nothing changed")}
        write(lake, editions[-1], size, seed=len(editions))
        costs["again, one edition changed"] = measure("again, one edition changed", Path(folder))
    print(json.dumps({"documents": size * len(editions), "costs": costs}))


def measure(what: str, folder: Path) -> dict[str, float]:
    """Publish in a process of its own; print and give what it says."""
    command = [sys.executable, "-m", "benchmarks.publish", "--publish", str(folder)]
    done: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    print(
        f"{what:28} {done['wall']:6.1f} s wall {done['cpu']:6.1f} s CPU {done['memory_mb']:6,.0f} MB peak "
        f"{done['file_mb']:6.1f} MB file {done['release_mb']:6.1f} MB releases"
    )
    return done


def publish(folder: Path) -> None:
    """Publish a lake and print the cost as JSON."""
    words = lexicon.load()
    versions = releases.Versions(words.version, mentions.detector_version(), warehouse.models_version())
    started = time.perf_counter()
    target = folder / "mentions.duckdb"
    warehouse.publish(
        Lake(folder),
        seeds.lexicon_tables(words),
        target,
        keep=lambda build: releases.keep(build, folder / "releases", versions, dt.datetime.now(dt.UTC)),
    )
    wall = time.perf_counter() - started
    usage = resource.getrusage(resource.RUSAGE_SELF)
    released = sum(path.stat().st_size for path in folder.glob("releases/*/*"))
    cost = {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory_mb": usage.ru_maxrss / 1024,
        "file_mb": target.stat().st_size / 2**20,
        "release_mb": released / 2**20,
    }
    print(json.dumps(cost))


def edition(number: int) -> Edition:
    """Name an invented edition: venues of fifteen years each."""
    return Edition("pmlr", f"VENUE{number // len(YEARS):02d}", Period(YEARS[number % len(YEARS)]))


def write(lake: Lake, edition: Edition, size: int, seed: int) -> None:
    """Write an edition of invented papers; the seed decides what they name."""
    chance = random.Random(seed)
    ids = pa.array([f"pmlr:{edition.venue}-{edition.period}/invented{number}" for number in range(size)])
    same = {
        **{"kind": "paper", "source": edition.source, "venue": edition.venue, "period": str(edition.period)},
        **{"title": "An invented paper on woven kernels", "track": "main", "is_withdrawn": False, "attributes": []},
        **{"authors": ["A. Author", "B. Author"], "url": f"https://example.org/{edition.venue}.html"},
    }
    lake.write("documents", edition, fill("documents", size, document_id=ids, **same))
    status = [pick(chance, 0.98, "read", "missing") for _ in range(size)]
    lake.write(
        "texts", edition, fill("texts", size, document_id=ids, text_status=status, page_starts=[0], read_at=WHEN)
    )
    # A document names each framework by chance, the first ones more often: one and a half in all.
    chances = [(name, 0.6 / number**0.9) for number, name in enumerate(FRAMEWORKS, 1)]
    words = [[name for name, odds in chances if chance.random() < odds] for _ in range(size)]
    places = [number for number, names in enumerate(words) for _ in names]
    count = len(places)
    in_references = [chance.random() < 0.14 for _ in range(count)]
    found = {
        "document_id": ids.take(pa.array(places)),
        "framework": [name for names in words for name in names],
        "role": [pick(chance, 0.78, "used", "named") for _ in range(count)],
        "is_implied": [chance.random() < 0.03 for _ in range(count)],
        "in_body": [not is_reference for is_reference in in_references],
        "only_in_references": in_references,
        "evidence": [f"We trained model {number} in it for three days." for number in range(count)],
        **{"mention_count": 2, "in_title": False, "in_abstract": False, "evidence_section": "body", "evidence_page": 5},
    }
    lake.write("mentions", edition, fill("mentions", count, **found))
    vendors = [["google.com"] if chance.random() < 0.1 else [] for _ in range(size)]
    flags = {"survey_words": words, "vendor_strings": vendors, "email_domains": ["example.edu"]}
    lake.write("scans", edition, fill("scans", size, document_id=ids, **flags))
    if not lake.read("runs", edition).num_rows:
        run = {"started_at": WHEN, "finished_at": WHEN, "outcome": "complete", "listed_count": size, "new_count": size}
        lake.add_run(edition, run)


def pick(chance: random.Random, odds: float, one: str, other: str) -> str:
    """Pick one of two by chance."""
    return one if chance.random() < odds else other


def fill(dataset: str, size: int, **columns: object) -> pa.Table:
    """Make a table of a dataset's schema from whole columns and from values that are the same in every row."""
    schema = SCHEMAS[dataset]  # type: ignore[index]
    arrays = []
    for field in schema:
        value = columns.get(field.name)
        is_column = isinstance(value, pa.Array) or (isinstance(value, list) and len(value) == size > 2)
        arrays.append(pa.array(value if is_column else [value] * size, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


if __name__ == "__main__":
    main()

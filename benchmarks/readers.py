"""Read the published file a thousand times in a row while publications run, as a Python user and by DuckDB's own CLI.

    python -m benchmarks.readers [--reads 1000] [--cli duckdb]

`pip install duckdb-cli` gives the command line. Says how many publications ran meanwhile; fails on the first error
or half a build: every publication adds a venue, a paper and a release, so that their numbers must agree.
"""

import argparse
import datetime as dt
import itertools
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from tasks import releases, warehouse
from tasks.lake import Lake
from tests.lakes import SEEDS, add_edition

QUERY = (
    "select (select count(*) from documents), (select sum(listed_count) from framework_mentions_by_year), "
    "(select count(*) from releases)"
)
LOOP = f"""
import sys, duckdb
for _ in range(int(sys.argv[2])):
    with duckdb.connect(sys.argv[1], read_only=True) as reader:
        print(*reader.execute({QUERY!r}).fetchall()[0], sep=",")
"""


def main() -> None:
    """Publish in one thread, read in another."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--reads", type=int, default=1000)
    parser.add_argument("--cli", default=shutil.which("duckdb"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "mentions.duckdb"
        numbers = itertools.count()
        publish(target, next(numbers))
        done = threading.Event()
        published = []

        def publish_on() -> None:
            while not done.is_set():
                publish(target, next(numbers))
                published.append(1)

        publisher = threading.Thread(target=publish_on)
        publisher.start()
        try:
            read_all("Python", [[sys.executable, "-c", LOOP, str(target), str(arguments.reads)]])
            if arguments.cli:
                command = [arguments.cli, "-readonly", "-csv", "-noheader", str(target), QUERY]
                read_all("DuckDB's CLI", [command] * arguments.reads)
        finally:
            done.set()
            publisher.join()
        print(f"{len(published)} publications meanwhile")


def publish(target: Path, number: int) -> None:
    """Add a venue of one paper and publish it with a release."""
    lake = Lake(target.parent)
    add_edition(lake, f"VENUE{number}", 2019, ["pytorch"])
    versions = releases.Versions("l1", "d1", "m1")
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=number)
    warehouse.publish(
        lake, SEEDS, target, keep=lambda build: releases.keep(build, target.parent / "releases", versions, now)
    )


def read_all(who: str, commands: list[list[str]]) -> None:
    """Run the readers one after the other; a failing one ends the benchmark with its words."""
    answers = []
    for command in commands:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            sys.exit(f"{who}: {run.stderr}")
        answers += run.stdout.split()
    halves = [answer for answer in answers if len(set(answer.split(","))) > 1]
    print(f"{who}: {len(answers)} reads, {len(set(answers))} builds seen, {len(halves)} half builds")
    if halves:
        sys.exit(halves[0])


if __name__ == "__main__":
    main()

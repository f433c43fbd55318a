"""Time and memory of harvesting arXiv: 20,000 and 100,000 records from a stand-in on loopback, each in a fresh process.

    .venv/bin/python -m benchmarks.harvest [--records 20000 100000]

The stand-in is a process of its own, so the peak is the harvester's alone. Pages are streamed to disk and merged a
month at a time, so it must not grow with the number of records. Real arXiv adds 3 s a page.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time

PAGE_SIZE = 2500
"""Records a page of the real service; it has been seen to give 1,300 to 3,500."""


def serve(count: int) -> None:
    """Be the stand-in: print the address, serve until standard input ends."""
    from tests.oai_site import Site, records, serving

    with serving(Site(records(count), page_size=PAGE_SIZE)) as site:
        print(site.address, flush=True)
        sys.stdin.read()


def harvest() -> None:
    """Harvest everything, then print seconds, CPU seconds, the peak in MB and what is stored."""
    from tasks.collecting import oai_harvest
    from tasks.lake import Lake
    from tasks.settings import settings
    from tasks.web import Crawler

    lake, started = Lake(settings().data_dir), time.perf_counter()
    with Crawler(settings()) as crawler:
        result = oai_harvest.harvest(crawler, lake, settings())
    usage = resource.getrusage(resource.RUSAGE_SELF)
    stored = sum(lake.read("documents", edition, ["venue"]).num_rows for edition in oai_harvest.editions(lake))
    figures = {
        "outcome": result.outcome,
        "stored": stored,
        "months": len(oai_harvest.editions(lake)),
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_mb": round(usage.ru_maxrss / 1024),
        "threads": threading.active_count(),
    }
    print(json.dumps(figures))


def measure(count: int) -> dict[str, object]:
    """Harvest so many records in a fresh process and give its figures."""
    command = [sys.executable, "-m", __spec__.name]
    with (
        subprocess.Popen(
            [*command, "--serve", str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as site,
        tempfile.TemporaryDirectory() as data,
    ):
        assert site.stdin
        assert site.stdout
        env = os.environ | {"MENTIONS_DATA_DIR": data, "MENTIONS_MIRROR": site.stdout.readline().strip()}
        done = subprocess.run([*command, "--run"], env=env, stdout=subprocess.PIPE, text=True, check=True)
        site.stdin.close()
    figures: dict[str, object] = json.loads(done.stdout)
    assert figures["stored"] == count, figures
    return {"records": count, **figures}


def main() -> None:
    """Measure each size and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve)
    elif arguments.run:
        harvest()
    else:
        for count in arguments.records:
            print(json.dumps(measure(count)), flush=True)


if __name__ == "__main__":
    main()

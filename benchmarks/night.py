"""What a night with nothing new costs over a ten-year lake of 500 editions, beside the start of an embedded server.

    .venv/bin/python -m benchmarks.night [--editions 500]

The lake holds invented papers, 100 an edition; 32 editions are due and listed on loopback, whose pages have not
changed since the night before. What is measured is `mentions nightly` as a user runs it, publication included; a flow
that does nothing, run after it in every round, tells what the server's start takes of it.
"""

import argparse
import datetime as dt
import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import loopback, machine
from benchmarks.publish import write
from tasks.lake import Lake
from tasks.records import Edition, Period
from tasks.sources.papers.pmlr import NAMES
from tests.pdfs import write_pdf

EDITION_SIZE = 100
YEARS = 10
DUE_PAPERS = 4


def make_web(folder: Path) -> int:
    """Write a front page and the volumes of this year and last of every venue; gives how many volumes."""
    site = folder / "proceedings.mlr.press"
    site.mkdir()
    write_pdf(site / "paper.pdf")
    lines, year = [], dt.datetime.now(dt.UTC).year
    volumes = [(venue, name, each) for each in (year - 1, year) for venue, name in NAMES.items()]
    for number, (venue, name, held_in) in enumerate(volumes, 1):
        volume = site / f"v{number}"
        heading = f"{name.title()} ({venue}), 9-15 June {held_in}"
        lines.append(f'<li><a href="v{number}"><b>Volume {number}</b></a> Proceedings of {venue} {held_in}</li>')
        entries = []
        for paper in range(DUE_PAPERS):
            key = f"paper{number}x{paper}"
            (volume / key).mkdir(parents=True)
            (volume / key / f"{key}.pdf").symlink_to(site / "paper.pdf")
            page = f"https://proceedings.mlr.press/v{number}/{key}"
            links = f'[<a href="{page}.html">abs</a>][<a href="{page}/{key}.pdf">Download PDF</a>]'
            entries.append(f'<div class="paper"><p class="title">Paper {key}</p><p class="links">{links}</p></div>')
        body = f"<h2>Volume {number}: {heading}, Nowhere</h2>{''.join(entries)}"
        (volume / "index.html").write_text(f"<html><body>{body}</body></html>")
    head = "<title>Proceedings of Machine Learning Research</title>"
    (site / "index.html").write_text(f"<html><head>{head}</head><body><ul>{''.join(lines)}</ul></body></html>")
    return len(lines)


def main() -> None:
    """Set the lake up by a first night, then measure a second one, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--editions", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    this_year = dt.datetime.now(dt.UTC).year
    with tempfile.TemporaryDirectory() as folder:
        web, data, counts = Path(folder, "web"), Path(folder, "data"), Path(folder, "counts.csv")
        web.mkdir()
        due = make_web(web)
        counts.write_text("venue,year,track,paper_count,catalogue\n")
        for number in range(arguments.editions - due):
            period = Period(this_year - 2 - number % (YEARS - 2))
            write(Lake(data), Edition("neurips", f"VENUE{number // (YEARS - 2):02d}", period), EDITION_SIZE, number)
        with loopback.serving(web) as address:
            env = os.environ | {
                "MENTIONS_DATA_DIR": str(data),
                "MENTIONS_MIRROR": address,
                "MENTIONS_OFFICIAL_COUNTS": str(counts),
                "MENTIONS_RELEASES_KEPT": "2",
                "PREFECT_HOME": str(data / "prefect"),
            }
            command = [str(Path(sys.executable).with_name("mentions")), "nightly", "--source", "pmlr"]
            # On the same database of Prefect's, to lay which takes a second start's worth of CPU, and after a first run
            # of each, which leaves things there for the next ones.
            start = [sys.executable, "-m", "benchmarks.orchestration", "--run", "nothing", str(Path(folder, "seconds"))]
            machine.run(command, env)
            machine.run(start, env)
            stored = len(Lake(data).editions("documents"))
            rounds = [(machine.run(command, env), machine.run(start, env)) for _ in range(arguments.rounds)]
    beside = [night.cpu_seconds - server.cpu_seconds for night, server in rounds]
    result = {
        "editions": stored,
        "due": due,
        "cpu_seconds": [round(night.cpu_seconds, 2) for night, _ in rounds],
        "of_which_server_start": [round(server.cpu_seconds, 2) for _, server in rounds],
        "cpu_seconds_beside": {"median": round(median(beside), 2), "least": round(min(beside), 2)}
        | {"most": round(max(beside), 2)},
        "peak_mb": round(max(night.peak_bytes for night, _ in rounds) / 1e6),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()

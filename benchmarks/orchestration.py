"""What Prefect costs: the CPU of one edition of 2,000 papers collected by its flow, beside the same by plain calls.

    .venv/bin/python -m benchmarks.orchestration [--papers 2000]

Every run is a process of its own and reads the same made volume from loopback, made of the real papers of
../shared/web, or of invented ones where they are absent. CPU seconds are the process's and its children's (readers,
embedded server). The embedded server's start is measured by a flow that does nothing.
"""

import argparse
import itertools
import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks import machine

ROOT = Path(__file__).parents[1]

VENUE, YEAR, VOLUME = "ICML", 2019, 97


def papers(folder: Path) -> list[Path]:
    """Give the real papers that lie beside the project, or invented ones, which are written into the folder."""
    site = ROOT.parent / "shared" / "web" / "proceedings.mlr.press"
    if not site.is_dir():
        from tasks.practice import web

        web.build(folder)
        site = folder / "proceedings.mlr.press"
    return [paper for paper in sorted(site.glob("v*/*/*.pdf")) if "Copyright" not in paper.parent.name]


def make_volume(folder: Path, count: int) -> None:
    """Write a site with one volume of `count` papers below folder, as PMLR lays it out: few papers again and again."""
    site = folder / "proceedings.mlr.press"
    volume = site / f"v{VOLUME}"
    entries = []
    for number, paper in zip(range(count), itertools.cycle(papers(folder / "invented")), strict=False):
        key = f"paper{number}"
        (volume / key).mkdir(parents=True)
        (volume / key / f"{key}.pdf").symlink_to(paper)
        page = f"https://proceedings.mlr.press/v{VOLUME}/{key}"
        links = f'[<a href="{page}.html">abs</a>][<a href="{page}/{key}.pdf">Download PDF</a>]'
        entries.append(f'<div class="paper"><p class="title">Paper {number}</p><p class="links">{links}</p></div>')
    heading = f"<h2>Volume {VOLUME}: International Conference on Machine Learning, 9-15 June {YEAR}, Nowhere</h2>"
    (volume / "index.html").write_text(f"<html><body>{heading}{''.join(entries)}</body></html>")
    link = f'<a href="v{VOLUME}"><b>Volume {VOLUME}</b></a> Proceedings of {VENUE} {YEAR}'
    title = "<title>Proceedings of Machine Learning Research</title>"
    (site / "index.html").write_text(f"<html><head>{title}</head><body><ul><li>{link}</li></ul></body></html>")


def plain() -> None:
    """Collect the edition without Prefect."""
    from tasks.collect import find_editions, finish, read_batch, visit
    from tasks.records import Period
    from tasks.settings import settings
    from tasks.sources.catalogue import discover
    from tasks.workbench import workbench

    with workbench(settings()) as bench:
        source, period = discover()["pmlr"], Period(YEAR)
        for edition in find_editions(bench, "pmlr", source, period, period, frozenset([VENUE])):
            visited = visit(bench, source, edition)
            size = bench.settings.batch_size
            read = [
                read_batch(bench, edition, visited.unread[at : at + size]) for at in range(0, len(visited.unread), size)
            ]
            finish(bench, visited, sum(read))


def orchestrated() -> None:
    """Collect the edition by its flow."""
    from flows.collect import collect_source

    collect_source("pmlr", str(YEAR), str(YEAR), [VENUE])


def nothing() -> None:
    """Run a flow that does nothing: the start of the embedded server."""
    from prefect import flow

    import flows.collect  # noqa: F401  the same imports

    flow(lambda: None, name="nothing")()


def cpu_of(what: str, mirror: str, counts: Path) -> float:
    """Run one of the above in a fresh process and give its CPU seconds, children included."""
    with tempfile.TemporaryDirectory() as data:
        env = os.environ | {
            "MENTIONS_DATA_DIR": data,
            "MENTIONS_MIRROR": mirror,
            "MENTIONS_OFFICIAL_COUNTS": str(counts),
            "PREFECT_HOME": data,
            "PREFECT_LOGGING_LEVEL": "CRITICAL",
        }
        return machine.run([sys.executable, "-m", __spec__.name, "--run", what], env).cpu_seconds


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--papers", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=2, help="the least of so many, in turn")
    parser.add_argument("--run", choices=["plain", "orchestrated", "nothing"])
    arguments = parser.parse_args()
    if arguments.run:
        import flows  # noqa: F401  Prefect's defaults

        {"plain": plain, "orchestrated": orchestrated, "nothing": nothing}[arguments.run]()
        return
    from benchmarks.loopback import serving

    with tempfile.TemporaryDirectory() as folder:
        make_volume(Path(folder), arguments.papers)
        counts = Path(folder) / "counts.csv"
        counts.write_text("venue,year,track,paper_count,catalogue\n")
        with serving(Path(folder)) as address:
            rounds = [
                {what: cpu_of(what, address, counts) for what in ("nothing", "plain", "orchestrated")}
                for _ in range(arguments.rounds)
            ]
    cpu = {what: min(each[what] for each in rounds) for what in rounds[0]}
    share = (cpu["orchestrated"] - cpu["plain"] - cpu["nothing"]) / cpu["orchestrated"]
    print(json.dumps({"papers": arguments.papers, "cpu_seconds": cpu, "orchestration_share": round(share, 4)}))


if __name__ == "__main__":
    main()

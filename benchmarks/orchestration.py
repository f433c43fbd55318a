"""What Prefect costs: the CPU of one edition of 2,000 papers collected by its flow, beside the same by plain calls.

    .venv/bin/python -m benchmarks.orchestration [--papers 2000]

Every run is a process of its own and reads the same made volume from loopback, made of the real papers of
../shared/web, or of invented ones where they are absent. What is compared is the CPU seconds of the process itself and
of the embedded server, from when all is imported and the server runs. The readers do the same in both, of which Prefect
knows nothing, so they tell the machine's pace: it drifts, within a round too, by more than Prefect takes, and what the
plain calls took is therefore told at the pace of the flow's run. The share is of all CPU seconds of that run.
"""

import argparse
import itertools
import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks import machine

ROOT = Path(__file__).parents[1]

SITE = "proceedings.mlr.press"
VENUE, YEAR, VOLUME = "ICML", 2019, 97


def papers(folder: Path) -> list[Path]:
    """Give the real papers that lie beside the project, or invented ones, which are written into the folder."""
    site = ROOT.parent / "shared" / "web" / SITE
    if not site.is_dir():
        from tasks.practice import web

        web.build(folder)
        return readable(folder)
    return [paper for paper in sorted(site.glob("v*/*/*.pdf")) if "Copyright" not in paper.parent.name]


def readable(folder: Path) -> list[Path]:
    """Give the papers of a practice web that can be read: bare pdfium ends on those that are damaged."""
    from tasks.reading import Limits, read_pdf
    from tasks.settings import Settings

    limits = Limits.of(Settings())
    return [paper for paper in sorted((folder / SITE).glob("v*/*/*.pdf")) if read_pdf(paper, limits).is_read]


def make_volumes(folder: Path, count: int, years: int = 1) -> None:
    """Write a site below folder, as PMLR lays it out: `count` papers in a volume a year, few papers again and again."""
    site = folder / SITE
    found, lines = itertools.cycle(papers(folder / "invented")), []
    for year in range(years):
        number, held_in = VOLUME + year, YEAR + year
        volume, entries = site / f"v{number}", []
        for paper in range(year, count, years):
            key = f"paper{paper}"
            (volume / key).mkdir(parents=True)
            (volume / key / f"{key}.pdf").symlink_to(next(found))
            page = f"https://proceedings.mlr.press/v{number}/{key}"
            links = f'[<a href="{page}.html">abs</a>][<a href="{page}/{key}.pdf">Download PDF</a>]'
            entries.append(f'<div class="paper"><p class="title">Paper {paper}</p><p class="links">{links}</p></div>')
        heading = f"Volume {number}: International Conference on Machine Learning, 9-15 June {held_in}, Nowhere"
        page = f"<html><body><h2>{heading}</h2>{''.join(entries)}</body></html>"
        (volume / "index.html").write_text(page)
        lines.append(f'<li><a href="v{number}"><b>Volume {number}</b></a> Proceedings of {VENUE} {held_in}</li>')
    title = "<title>Proceedings of Machine Learning Research</title>"
    (site / "index.html").write_text(f"<html><head>{title}</head><body><ul>{''.join(lines)}</ul></body></html>")


def plain(years: int = 1) -> None:
    """Collect the editions without Prefect, but as its flow does: see flows.papers."""
    from tasks.collecting import find_editions, finish, read_batch, visit, workbench
    from tasks.collecting import papers as of_papers
    from tasks.records import Period
    from tasks.settings import settings
    from tasks.sources.catalogue import discover

    with workbench(settings()) as bench, ThreadPoolExecutor(of_papers.BATCHES_AT_ONCE) as threads:
        source, size = discover()["pmlr"], bench.settings.batch_size
        editions = find_editions(bench, "pmlr", source, Period(YEAR), Period(YEAR + years - 1), frozenset([VENUE]))
        running = []
        for edition in editions:
            visited = visit(bench, source, edition)
            batches = [visited.unread[at : at + size] for at in range(0, len(visited.unread), size)]
            running.append((visited, [threads.submit(read_batch, bench, visited.edition, batch) for batch in batches]))
        for visited, reading in running:
            for batch in reading:
                batch.result()
            finish(bench, visited)


def orchestrated() -> None:
    """Collect the edition by its flow."""
    from flows.papers import collect_source

    collect_source("pmlr", str(YEAR), str(YEAR), [VENUE])


def nothing() -> None:
    """Run a flow that does nothing: the start of the embedded server."""
    from prefect import flow

    @flow
    def nothing() -> None:
        pass

    nothing()


def measure(what: str, out: Path) -> None:
    """Collect one way, in this process, and write down the CPU seconds that it and the readers took."""
    import flows.papers  # noqa: F401  the same imports for all of them

    if what == "orchestrated":
        nothing()
    before = machine.cpu_seconds()
    {"plain": plain, "orchestrated": orchestrated, "nothing": nothing}[what]()
    out.write_text(json.dumps({who: round(now - before[who], 2) for who, now in machine.cpu_seconds().items()}))


def cost_of(what: str, mirror: str, counts: Path) -> dict[str, float]:
    """Collect one way in a fresh process; give the CPU seconds of all but the readers, and theirs."""
    with tempfile.TemporaryDirectory() as data:
        env = os.environ | {
            "MENTIONS_DATA_DIR": data,
            "MENTIONS_MIRROR": mirror,
            "MENTIONS_OFFICIAL_COUNTS": str(counts),
            "PREFECT_HOME": data,
            "PREFECT_LOGGING_LEVEL": "CRITICAL",
        }
        out = Path(data, "seconds")
        machine.run([sys.executable, "-m", __spec__.name, "--run", what, str(out)], env)
        seconds: dict[str, float] = json.loads(out.read_text())
        return seconds


def share(plain: dict[str, float], orchestrated: dict[str, float]) -> float:
    """Give what orchestration takes of a run, 0 to 1, by what both took."""
    at_its_pace = plain["beside_readers"] * orchestrated["readers"] / plain["readers"]
    return (orchestrated["beside_readers"] - at_its_pace) / sum(orchestrated.values())


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--papers", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--run", nargs=2)
    arguments = parser.parse_args()
    if arguments.run:
        import flows  # noqa: F401  Prefect's defaults

        what, out = arguments.run
        measure(what, Path(out))
        return
    from benchmarks.loopback import serving

    with tempfile.TemporaryDirectory() as folder:
        make_volumes(Path(folder), arguments.papers)
        counts = Path(folder) / "counts.csv"
        counts.write_text("venue,year,track,paper_count,catalogue\n")
        with serving(Path(folder)) as address:
            rounds = [
                {what: cost_of(what, address, counts) for what in ("plain", "orchestrated")}
                for _ in range(arguments.rounds)
            ]
    shares = [share(each["plain"], each["orchestrated"]) for each in rounds]
    told = {"papers": arguments.papers, "cpu_seconds": {f"round {at}": each for at, each in enumerate(rounds, 1)}}
    shares_told = {"median": round(median(shares), 4), "least": round(min(shares), 4), "most": round(max(shares), 4)}
    print(json.dumps(told | {"orchestration_share": shares_told}))


if __name__ == "__main__":
    main()

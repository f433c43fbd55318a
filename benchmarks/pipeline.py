"""Our pipeline beside the survey's way of working, bare pdfium and pdftotext: the same papers, one run.

    .venv/bin/python -m benchmarks.pipeline [--papers 1940]

All read the same made volumes of the real papers of ../shared/web from loopback, one a year, as a backfill of four
years does. Where these are absent they read invented ones, which are of a page: starts and requests then weigh more
than reading. Bare pdfium and pdftotext read the files and do nothing else, on all cores: `pdfium` as its Python package
offers it, `pdfium, raw` by its C functions, as our readers call them. `ours` lists, downloads, reads, stores and scans,
by plain calls; what Prefect adds is measured by `benchmarks.orchestration`. `our readers` are those of `ours` on the
same files: what lies between the two is the price of listing, downloading, keeping and scanning.
Figures include the start of every process. A machine's pace drifts by more than lies between `ours` and pdfium, so they
run next to each other, several times, and of the ratios within each round the median counts.
"""

import argparse
import ctypes
import json
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from subprocess import run
from typing import TYPE_CHECKING

from benchmarks import machine
from benchmarks.orchestration import SITE, VENUE, VOLUME, make_volumes, plain

if TYPE_CHECKING:
    from tasks.reading import Reading

YEARS = 4


def ours() -> None:
    """Collect and scan the editions."""
    from tasks.derived import mentions
    from tasks.detection import Scanner, lexicon
    from tasks.lake import Lake
    from tasks.settings import settings

    plain(YEARS)
    lake, scanner = Lake(settings().data_dir), Scanner(lexicon.load())
    stale = mentions.stale_editions(lake, scanner.lexicon)
    mentions.scan_editions(lake, scanner, stale, settings().processes)


def our_readers(folder: Path) -> None:
    """Read every paper by our pool of readers, from the disk, and forget the text."""
    from tasks.collecting import papers
    from tasks.reading import ReaderPool
    from tasks.settings import settings

    with ReaderPool(settings()) as readers:
        waiting: deque[Future[Reading]] = deque()
        for path in sorted(folder.rglob("*.pdf")):
            waiting.append(readers.submit(path))
            if len(waiting) >= papers.IN_FLIGHT:
                waiting.popleft().result()


def pdfium(folder: Path, read: Callable[[Path], int]) -> None:
    """Read every paper by pdfium, a process a core, and forget the text."""
    with ProcessPoolExecutor(os.cpu_count(), get_context("forkserver")) as pool:
        list(pool.map(read, sorted(folder.rglob("*.pdf")), chunksize=4))


def read_bare(path: Path) -> int:
    """Give the number of characters that pdfium finds in a paper."""
    import pypdfium2 as pdf

    document = pdf.PdfDocument(path)
    return sum(len(page.get_textpage().get_text_range()) for page in document)


def read_raw(path: Path) -> int:
    """Give the same by the fewest calls."""
    import pypdfium2.raw as pdf

    document = pdf.FPDF_LoadDocument(os.fsencode(path), None)
    characters = 0
    for number in range(pdf.FPDF_GetPageCount(document)):
        page = pdf.FPDF_LoadPage(document, number)
        textpage = pdf.FPDFText_LoadPage(page)
        count = pdf.FPDFText_CountChars(textpage)
        text = bytearray(2 * (count + 1))
        pdf.FPDFText_GetText(textpage, 0, count, ctypes.byref(ctypes.c_ushort.from_buffer(text)))
        characters += len(text[:-2].decode("utf-16-le", "replace"))
        pdf.FPDFText_ClosePage(textpage)
        pdf.FPDF_ClosePage(page)
    pdf.FPDF_CloseDocument(document)
    return characters


def pdftotext(folder: Path) -> None:
    """Run pdftotext on every paper, a process a core."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda path: run(["pdftotext", path, "-"], capture_output=True), sorted(folder.rglob("*.pdf"))))


WAYS: dict[str, Callable[[Path], None]] = {
    "pdftotext": pdftotext,
    "pdfium, raw": lambda folder: pdfium(folder, read_raw),
    "ours": lambda _: ours(),
    "pdfium": lambda folder: pdfium(folder, read_bare),
    "our readers": our_readers,
}
"""In the order in which they run."""

FAR_BEHIND = ("survey", "pdftotext")
"""What is measured in the first round alone: it takes minutes, and no drift could change who is ahead. Both want
pdftotext and are left out on a machine without it."""


def main() -> None:
    """Measure and print JSON and a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--papers", type=int, default=1940)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--run", nargs=2)
    arguments = parser.parse_args()
    if arguments.run:
        what, folder = arguments.run
        WAYS[what](Path(folder))
        return
    from benchmarks.loopback import serving

    left_out = () if machine.has("pdftotext", "poppler-utils") else FAR_BEHIND
    rounds: list[dict[str, machine.Cost]] = []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as address:
        make_volumes(Path(folder), arguments.papers, YEARS)
        for number in range(arguments.rounds):
            ways = [what for what in ("survey", *WAYS) if what not in (left_out if number == 0 else FAR_BEHIND)]
            rounds.append({what: measured(what, Path(folder), address) for what in ways})
    show(rounds, arguments.papers)


def measured(what: str, folder: Path, mirror: str) -> machine.Cost:
    """Run one of the ways in processes of its own."""
    with tempfile.TemporaryDirectory() as data:
        counts = Path(data, "counts.csv")
        counts.write_text("venue,year,track,paper_count,catalogue\n")
        env = os.environ | {
            "MENTIONS_DATA_DIR": data,
            "MENTIONS_MIRROR": mirror,
            "MENTIONS_OFFICIAL_COUNTS": str(counts),
        }
        if what == "survey":
            volumes = [f"v{VOLUME + year}" for year in range(YEARS)]
            return machine.run([sys.executable, "-m", "benchmarks.survey", mirror, *volumes], env)
        return machine.run([sys.executable, "-m", __spec__.name, "--run", what, str(folder / SITE)], env)


def show(rounds: list[dict[str, machine.Cost]], papers: int) -> None:
    """Print each way's best round, and what ours is as a multiple of it: the median over rounds, least and most."""
    print(f"{VENUE}, {papers} papers   papers/min   CPU s/paper   peak MB   ours is (least, most)")
    rows = {}
    for what in rounds[0]:
        measured_in = [each for each in rounds if what in each]
        best = min((each[what] for each in measured_in), key=lambda cost: cost.wall_seconds)
        ratios = [each[what].wall_seconds / each["ours"].wall_seconds for each in measured_in]
        rows[what] = row = {
            "papers_per_minute": round(papers / best.wall_seconds * 60),
            "cpu_seconds_per_paper": round(best.cpu_seconds / papers, 4),
            "peak_mb": round(best.peak_bytes / 1e6),
            "ours_is_times": round(median(ratios), 2),
            "least": round(min(ratios), 2),
            "most": round(max(ratios), 2),
        }
        print(f"{what:<22}{row['papers_per_minute']:>12}{row['cpu_seconds_per_paper']:>14}{row['peak_mb']:>10}", end="")
        print(f"   {row['ours_is_times']}x ({row['least']}, {row['most']})")
    print(json.dumps({"machine": machine.describe(), "papers": papers, "costs": rows}))


if __name__ == "__main__":
    main()

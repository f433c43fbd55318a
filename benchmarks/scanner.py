"""The scanner beside ripgrep: the same text, the same names, one run.

    .venv/bin/python -m benchmarks.scanner

The text is that of the real papers of ../shared/web, repeated to 100 MB. ripgrep searches it for the plain alternation
of the lexicon's names, fixed strings, case-blind (rg -F -i) and as whole words (-w), on one thread; `candidates` is our
first pass over text as it is stored, with the same names and their spellings, `hits` the whole detector with sections,
senses and roles. CPU seconds.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.orchestration import papers
from tasks import reading
from tasks.detection import Scanner, lexicon
from tasks.settings import Settings

BYTES = 100_000_000
ROUNDS = 3
"""The least of so many, in turn: the machine drifts by more than the difference that is looked for."""


def read_papers() -> list[str]:
    """Read the papers."""
    with tempfile.TemporaryDirectory() as folder, reading.ReaderPool(Settings()) as pool:
        return [reading.result().text for reading in [pool.submit(path) for path in papers(Path(folder))]]


def cpu_of(work: Callable[[], object], who: int) -> float:
    """Give the CPU seconds that a piece of work takes, of this process or of its children."""
    before = resource.getrusage(who)
    work()
    after = resource.getrusage(who)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print JSON: GB/s, and ratios to ripgrep."""
    if not machine.has("rg", "ripgrep"):
        sys.exit(1)
    texts = read_papers()
    repeats = BYTES // sum(len(text.encode()) for text in texts) + 1
    size = repeats * sum(len(text.encode()) for text in texts)
    scanner = Scanner(lexicon.load())
    names = sorted({alias.alias.lower() for alias in scanner.lexicon.aliases})
    for text in texts[:3]:
        scanner.hits(text)  # the automaton builds itself on first use
    with tempfile.TemporaryDirectory() as folder:
        file, patterns = Path(folder, "text"), Path(folder, "names")
        file.write_text("\n".join(texts) * repeats, encoding="utf-8")
        patterns.write_text("\n".join(names) + "\n", encoding="utf-8")
        file.read_bytes()  # both sides read from memory

        def ripgrep(*flags: str) -> Callable[[], object]:
            command = ["rg", "-F", "-i", *flags, "-j1", "--count-matches", "-f", str(patterns), str(file)]
            return lambda: subprocess.run(command, check=True, capture_output=True)

        def each(what: Callable[[Any], object], given: Sequence[str | bytes]) -> Callable[[], object]:
            return lambda: [what(text) for _ in range(repeats) for text in given]

        ways: dict[str, tuple[Callable[[], object], int]] = {
            "rg -F -i": (ripgrep(), resource.RUSAGE_CHILDREN),
            "rg -F -i -w": (ripgrep("-w"), resource.RUSAGE_CHILDREN),
            "candidates": (each(scanner.candidates, [text.encode() for text in texts]), resource.RUSAGE_SELF),
            "hits": (each(scanner.hits, texts), resource.RUSAGE_SELF),
        }
        rounds = [{name: cpu_of(*way) for name, way in ways.items()} for _ in range(ROUNDS)]
    seconds = {name: min(each[name] for each in rounds) for name in ways}
    result = {
        "measured_at": time.strftime("%Y-%m-%d"),
        "names": len(names),
        "megabytes": round(size / 1e6),
        "gigabytes_per_cpu_second": {name: round(size / 1e9 / value, 3) for name, value in seconds.items()},
        "times_the_rate_of_rg": {name: round(seconds["rg -F -i"] / value, 2) for name, value in seconds.items()},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()

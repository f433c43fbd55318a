"""A re-scan of stored text after a lexicon change beside reading that text alone: CPU seconds, one core, one run.

    .venv/bin/python -m benchmarks.rescan [--papers 1940]

The lake holds the text of the real papers of ../shared/web, again and again, 97 an edition. `reading` brings every text
out of Parquet and does nothing with it; `new name` does what publish does where the lexicon gained a name that no paper
holds, `new rules` where the detector changed, so that all is scanned.
"""

import argparse
import json
import resource
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.scanner import cpu_of, read_papers
from tasks import collect, detect, lexicon
from tasks.lake import Lake
from tasks.records import Edition, Paper, Period
from tasks.scan import Scanner


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--papers", type=int, default=1940)
    count = parser.parse_args().papers
    texts, scanner = read_papers(), Scanner(lexicon.load())
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        for number in range(max(1, count // len(texts))):
            edition = Edition("pmlr", f"VENUE{number}", Period(2019))
            papers = [Paper(f"pmlr:{number}/{place}", "A paper", pdf_url=None) for place in range(len(texts))]
            lake.write_rows("documents", edition, [collect.document_row(edition, paper) for paper in papers])
            rows = [
                {"document_id": paper.document_id, "text_status": "read", "text": text, "page_starts": [0]}
                | {"read_at": collect.now(), "text_problem": None}
                for paper, text in zip(papers, texts, strict=True)
            ]
            lake.write_rows("texts", edition, rows)
        editions = lake.editions("texts")
        scanner.hits(texts[0])  # the automaton builds itself on first use

        def read() -> None:
            for edition in editions:
                for group in lake.stream("texts", edition, ["document_id", "text", "page_starts"]):
                    for _ in detect.rows(group):
                        pass

        def rescan(scanner: Scanner) -> Callable[[], None]:
            def work() -> None:
                for edition in detect.stale_editions(lake, scanner.lexicon):
                    detect.scan_edition(lake, scanner, edition)

            return work

        known = scanner.lexicon
        alias = replace(known.aliases[0], alias="Nosuchframework", seams="", context=None)
        larger = Scanner(replace(known, version="larger", aliases=(*known.aliases, alias)))
        seconds = {"reading": cpu_of(read, resource.RUSAGE_SELF)}
        seconds["new rules"] = cpu_of(rescan(scanner), resource.RUSAGE_SELF)
        seconds["new name"] = cpu_of(rescan(larger), resource.RUSAGE_SELF)
    size = sum(len(text.encode()) for text in texts) * len(editions)
    result = {
        "papers": len(texts) * len(editions),
        "megabytes": round(size / 1e6),
        "megabytes_per_cpu_second": {what: round(size / 1e6 / value) for what, value in seconds.items()},
        "times_the_cpu_of_reading": {what: round(value / seconds["reading"], 2) for what, value in seconds.items()},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()

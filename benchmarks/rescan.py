"""A re-scan of stored text after a lexicon change beside reading that text alone: CPU seconds, one core, one run.

    .venv/bin/python -m benchmarks.rescan [--papers 1940]

The lake holds the text of the real papers of ../shared/web, again and again, 485 an edition as in benchmarks.pipeline.
`reading` brings every text out of Parquet and does nothing with it; `new name` does what publish does where the lexicon
gained a name that no paper holds, `new names` where it gained three, which are looked for together, and `new rules`
where the detector changed, so that all is scanned.
"""

import argparse
import json
import resource
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.scanner import cpu_of, read_papers
from tasks.collecting import document_row, now, papers
from tasks.derived import mentions
from tasks.detection import Lexicon, Scanner, lexicon
from tasks.lake import Lake
from tasks.records import Edition, Paper, Period

AN_EDITION = 485
NEW = {"new name": ["Nosuchframework"], "new names": ["Nosuchlibrary", "Nosuchtoolkit", "Nosuchpackage"]}


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--papers", type=int, default=1940)
    count = parser.parse_args().papers
    texts, scanner = read_papers(), Scanner(lexicon.load())
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        for number in range(0, count, AN_EDITION):
            edition = Edition("pmlr", f"VENUE{number}", Period(2019))
            places = range(number, min(number + AN_EDITION, count))
            listed = [Paper(f"pmlr:{place}", "A paper", pdf_url=None) for place in places]
            lake.write_rows("documents", edition, [document_row(edition, paper) for paper in listed])
            rows = (as_row(paper, texts[place % len(texts)]) for place, paper in zip(places, listed, strict=True))
            for part in papers.in_parts(rows):
                lake.write_part(edition, part)
            lake.seal(edition, {paper.document_id for paper in listed})
        editions = lake.editions("texts")
        scanner.hits(texts[0])  # the automaton builds itself on first use

        def read() -> None:
            for edition in editions:
                for group in lake.stream("texts", edition, ["document_id", "text", "page_starts"]):
                    for _ in mentions.rows(group):
                        pass

        def rescan(scanner: Scanner) -> Callable[[], None]:
            def work() -> None:
                for edition in mentions.stale_editions(lake, scanner.lexicon):
                    mentions.scan_edition(lake, scanner, edition)

            return work

        seconds = {"reading": cpu_of(read, resource.RUSAGE_SELF)}
        seconds["new rules"] = cpu_of(rescan(scanner), resource.RUSAGE_SELF)
        for what, names in NEW.items():
            scanner = Scanner(with_names(scanner.lexicon, names))
            seconds[what] = cpu_of(rescan(scanner), resource.RUSAGE_SELF)
    size = sum(len(texts[place % len(texts)].encode()) for place in range(count))
    result = {
        "papers": count,
        "megabytes": round(size / 1e6),
        "megabytes_per_cpu_second": {what: round(size / 1e6 / value) for what, value in seconds.items()},
        "times_the_cpu_of_reading": {what: round(value / seconds["reading"], 2) for what, value in seconds.items()},
    }
    print(json.dumps(result))


def as_row(paper: Paper, text: str) -> dict[str, Any]:
    """Lay a paper's text out as a row of `texts`."""
    row = {"document_id": paper.document_id, "text_status": "read", "text_problem": None, "text": text}
    return row | {"page_starts": [0], "read_at": now()}


def with_names(known: Lexicon, names: Sequence[str]) -> Lexicon:
    """Give a lexicon that knows some names more."""
    aliases = [replace(known.aliases[0], alias=name, seams="", context=None) for name in names]
    return replace(known, version=f"and {' '.join(names)}", aliases=(*known.aliases, *aliases))


if __name__ == "__main__":
    main()

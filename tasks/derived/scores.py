"""How good the detector is, measured once for each state of its rules, names and gold files."""

import contextlib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tasks.detection import Scanner, Score, evaluation
from tasks.lake import storage_at


def measure_once(scanner: Scanner, others: Sequence[Path], detector: str, kept: Path) -> list[Score]:
    """Give what `measure` gives, from the file `kept` where nothing changed since it was written.

    `detector` is the version of the code that finds mentions. Raises `GoldError`, and OSError where `kept` cannot be
    written.
    """
    contents = b"".join(path.read_bytes() for path in (Path(str(evaluation.__file__)), *evaluation.gold_files(others)))
    made_of = f"{scanner.lexicon.version} {detector} {hashlib.sha256(contents).hexdigest()}"
    with contextlib.suppress(FileNotFoundError, ValueError, KeyError, TypeError):  # a damaged one is made anew
        if (stored := json.loads(kept.read_bytes()))["made_of"] == made_of:
            return [Score(**score) for score in stored["scores"]]
    scores = evaluation.measure(scanner, others)
    with storage_at(kept.parent).written_whole(kept) as file:
        file.write(json.dumps({"made_of": made_of, "scores": [asdict(score) for score in scores]}).encode())
    return scores

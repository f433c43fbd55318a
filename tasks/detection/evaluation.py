"""How good the detector is: its precision and recall over gold files, as rows to be published.

A gold file is a CSV with a row for each place where a name or its look-alike stands: corpus, doc_id, start, surface,
framework (empty: a false friend), role, left, right, and perhaps split ('tuning' or 'held_out'). The text of a row is
left + surface + right; a framework is found there where a hit of it overlaps the surface.

Each framework of a corpus is counted by itself: precision is over the places where it was found, recall over those
where the label has it. A label names one framework; others that the same name stands for (tf.keras is Keras and
TensorFlow, torchvision implies pytorch) are no errors beside the labelled one, and are not counted there.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tasks.detection.scanner import Hit, Scanner
from tasks.records import Kind

Measure = Literal["precision", "recall", "role_agreement"]
ALL = "all"
"""The `framework` of rows that take all frameworks of a corpus together."""

# How the labels of the gold files map to our two roles: software that somebody ran, offered code for, or had in their
# environment is used; what they mention, link, thank or know from somebody else's work is named.
ROLES = {
    **dict.fromkeys(("used", "release", "environment", "usage"), "used"),
    **dict.fromkeys(("named", "mention", "third_party", "acknowledgement", "url"), "named"),
}
_COLUMNS = {"corpus", "surface", "framework", "role", "left", "right"}


class GoldError(ValueError):
    """A gold file lacks a column or holds a label that is unknown. Raised by `read_gold`; names file and row."""


@dataclass(frozen=True)
class GoldRow:
    """One labelled place; `framework` and `role` are None where the label has none."""

    corpus: str
    text: str
    start: int
    end: int
    framework: str | None
    role: str | None
    is_tuning: bool


@dataclass(frozen=True)
class Score:
    """One measured share: right_count of place_count. The models give it its interval (sql/macros.sql)."""

    corpus: str
    framework: str
    measure: Measure
    right_count: int
    place_count: int
    is_tuning: bool
    lexicon_version: str

    @property
    def value(self) -> float:
        """Give the share, 0..1."""
        return self.right_count / self.place_count


OURS = Path(__file__).with_name("gold")
"""The gold files of the house: sentences of our own, labelled by us."""


def measure(scanner: Scanner, others: Iterable[Path] = ()) -> list[Score]:
    """Measure the detector on every gold file of the house and on those others that exist; raises `GoldError`."""
    return evaluate(scanner, [row for path in gold_files(others) for row in read_gold(path)])


def gold_files(others: Iterable[Path]) -> list[Path]:
    """List the gold files of the house, and those others that exist."""
    return [*sorted(OURS.glob("*.csv")), *(path for path in others if path.is_file())]


def read_gold(path: Path, *, is_tuning: bool = True) -> list[GoldRow]:
    """Read a gold file; `is_tuning` holds for files without a column `split`. Raises `GoldError`."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = _COLUMNS - set(reader.fieldnames or ())
        if missing:
            raise GoldError(f"{path}: column {', '.join(sorted(missing))} is missing")
        return [_gold_row(path, number, row, is_tuning) for number, row in enumerate(reader, start=2)]


def _gold_row(path: Path, number: int, row: dict[str, str], is_tuning: bool) -> GoldRow:
    if row["role"] and row["role"] not in ROLES:
        raise GoldError(f"{path}: row {number}: unknown role {row['role']!r}")
    if row.get("split", "tuning") not in ("tuning", "held_out"):
        raise GoldError(f"{path}: row {number}: split is {row['split']!r}, not tuning or held_out")
    return GoldRow(
        corpus=row["corpus"],
        text=row["left"] + row["surface"] + row["right"],
        start=len(row["left"]),
        end=len(row["left"]) + len(row["surface"]),
        framework=row["framework"] or None,
        role=ROLES[row["role"]] if row["role"] else None,
        is_tuning=row["split"] == "tuning" if "split" in row else is_tuning,
    )


def evaluate(scanner: Scanner, rows: Iterable[GoldRow], kind: Kind = "paper") -> list[Score]:
    """Measure the detector on labelled places: precision and recall for each framework and corpus, and the roles.

    Tuning and held-out rows are never mixed. A share over no places is no row: missing is never zero.
    """
    tallies: dict[tuple[str, bool], Counter[tuple[str, Measure, bool]]] = defaultdict(Counter)
    for row in rows:
        tallies[row.corpus, row.is_tuning].update(_verdicts(scanner, row, kind))
    version = scanner.lexicon.version
    return [
        _score(corpus, is_tuning, framework, measure, tally, version)
        for (corpus, is_tuning), tally in sorted(tallies.items())
        for framework, measure in sorted({(framework, measure) for framework, measure, _ in tally})
    ]


def _verdicts(scanner: Scanner, row: GoldRow, kind: Kind) -> Iterator[tuple[str, Measure, bool]]:
    """Yield (framework, measure, right or wrong) of one place, each also for all frameworks together."""
    hits = [hit for hit in scanner.hits(row.text, kind=kind) if hit.start < row.end and hit.end > row.start]
    found = {hit.framework for hit in hits}
    if row.framework is not None:
        for name in (row.framework, ALL):
            yield name, "recall", row.framework in found
    right = {(hit.start, hit.end) for hit in hits if hit.framework == row.framework}
    wrong = {hit.framework for hit in hits if (hit.start, hit.end) not in right}
    for framework in {*wrong, *({row.framework} & found)}:
        for name in (framework or "", ALL):
            yield name, "precision", framework == row.framework
    if row.role is not None and row.framework in found:
        for name in (row.framework or "", ALL):
            yield name, "role_agreement", _role(hits, row.framework) == row.role


def _role(hits: Iterable[Hit], framework: str | None) -> str:
    return "used" if any(hit.role == "used" for hit in hits if hit.framework == framework) else "named"


def _score(
    corpus: str,
    is_tuning: bool,
    framework: str,
    measure: Measure,
    tally: Counter[tuple[str, Measure, bool]],
    version: str,
) -> Score:
    right = tally[framework, measure, True]
    places = right + tally[framework, measure, False]
    return Score(corpus, framework, measure, right, places, is_tuning, version)

"""How many papers a venue's year should list, from independent catalogues (sql/seeds/official_counts.csv)."""

import csv
import functools
from importlib.resources import files
from pathlib import Path

TOLERANCE_SHARE = 0.02
"""Counts shrink by withdrawals and grow by late papers: NeurIPS 2020 had 1,899 and has 1,898, CVPR 2020 1,467 and
1,466; catalogues of one venue-year differ by up to 1.3% (COLT 2017: 75 and 76)."""

TOLERANCE_COUNT = 3
"""The same for small venues, where 2% is less than one withdrawn paper."""


def official_count(venue: str, year: int, track: str = "main", file: Path | None = None) -> int | None:
    """Give the number of papers of a track that the best catalogue knows; None where none knows the venue and year.

    The seed lists the publisher's own figure first, then the independent catalogues in the order of how often they
    agreed with it. `file` is read in place of the seed.
    """
    return _counts(file).get((venue, year, track))


def shortfall(listed_count: int, expected_count: int | None) -> str | None:
    """Say how a listing falls outside the tolerance around what was expected; None where it does not."""
    if expected_count is None or abs(listed_count - expected_count) <= tolerance(expected_count):
        return None
    return f"{listed_count} papers were read from the listing where {expected_count} are expected"


def tolerance(expected_count: int) -> float:
    """Give the difference in papers that is put down to withdrawals and late papers."""
    return max(TOLERANCE_COUNT, TOLERANCE_SHARE * expected_count)


@functools.cache
def _counts(path: Path | None) -> dict[tuple[str, int, str], int]:
    """Read the seed: {(venue, year, track): papers}, the first catalogue of each."""
    counts: dict[tuple[str, int, str], int] = {}
    seed = path or files("sql").joinpath("seeds").joinpath("official_counts.csv")
    with seed.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            counts.setdefault((row["venue"], int(row["year"]), row["track"]), int(row["paper_count"]))
    return counts

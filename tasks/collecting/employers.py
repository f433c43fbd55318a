"""Which job boards there are: the employers of sql/seeds/employers.csv, and sources that are one board themselves.

A new employer is one line of that file: the source that its board runs on, the board's own name in addresses, and the
employer's name, which most boards do not tell.
"""

import csv
import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from types import ModuleType

from tasks.records import Edition, Get, JobAd, Period

ARCHIVED = {
    "greenhouse": ("boards.greenhouse.io/{}", "job-boards.greenhouse.io/{}"),
    "lever": ("jobs.lever.co/{}",),
}
"""Boards whose pages hold their ads without scripts, and where they lay: what the Wayback Machine's copies are read of.
Ashby's pages are scripts, so that no copy of them holds text."""


@dataclass(frozen=True)
class Board:
    """One employer's board of ads, or a source that is one board (`key` is empty then)."""

    source: str
    key: str
    organization: str | None = None

    @property
    def name(self) -> str:
        """Name the board among those of its source."""
        return self.key or self.source

    def edition(self, period: Period) -> Edition:
        """Name what is read of the board at a time."""
        return Edition(self.source, self.source, period, self.key)


def boards_of(source: str, file: Path | None = None) -> list[Board]:
    """List the boards of a source in order of the file; `file` is read in place of the seed."""
    employers = _employers(file)
    if source == "wayback":
        return [
            Board(source, address.format(board.key), board.organization)
            for name, addresses in ARCHIVED.items()
            for board in employers.get(name, ())
            if ":" not in board.key
            for address in addresses
        ]
    if source in _employers(None):  # a source of employers' boards has none where the other file names none
        return employers.get(source, [])
    return [Board(source, "")]


def ads(module: ModuleType, board: Board, period: Period, get: Get) -> Iterator[JobAd]:
    """Yield what a source's board lists, each ad once, with the employer's name where the board does not tell it.

    An ad whose words the board's terms forbid to publish elsewhere says so among its attributes: republish = 'no'.
    """
    seen = set()
    terms = {} if getattr(module, "REPUBLISH", True) else {"republish": "no"}
    for ad in module.jobs(board.edition(period), get):
        if ad.document_id not in seen:
            seen.add(ad.document_id)
            organization = ad.organization or board.organization
            yield replace(ad, organization=organization, attributes=ad.attributes | terms)


def month_of(day: dt.date) -> Period:
    """Give the month in which a day lies."""
    return Period(day.year, day.month)


@functools.cache
def _employers(path: Path | None) -> dict[str, list[Board]]:
    boards: dict[str, list[Board]] = {}
    seed = path or files("sql").joinpath("seeds").joinpath("employers.csv")
    with seed.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            boards.setdefault(row["source"], []).append(Board(row["source"], row["board"], row["name"] or None))
    return boards

"""The charts of the report: their words, and which rows of which table each one draws.

A specification holds no rows: the page and `pictures` put them in. A chart names its tables (tasks/report/data.py)
and the choices that filter them; page and pictures filter alike: a row stays where each filtered column is NULL or
among the chosen values.
"""

import contextlib
import functools
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.report import looks
from tasks.report.looks import Spec

if TYPE_CHECKING:
    from tasks.report.drawing import Drawing


@dataclass(frozen=True)
class Source:
    """A table of the report and what filters it: column -> name of the choice."""

    table: str
    filters: dict[str, str]


@dataclass(frozen=True)
class Chart:
    """One figure of the page: its words, its rows, its picture."""

    name: str
    title: str
    text: str
    """What the marks mean, and what the figure cannot say."""
    published_table: str
    """The table of the published file whose caveat stands below the figure."""
    sources: tuple[Source, ...]
    draw: "Callable[[Drawing], Spec] | None" = None
    """Gives its specification; None for a figure that is a table only."""


PAPERS = Source("shares", {"framework": "frameworks", "venue": "venues"})

_OF_PAPERS = [
    Chart(
        "shares",
        "Frameworks over the years, venue by venue",
        "Share of readable main-track papers that name the framework outside their references. A dotted line "
        "bridges years without data.",
        "framework_mentions_by_year",
        (PAPERS,),
        lambda draw: draw.share("year", small=True),
    ),
    Chart(
        "venue",
        "Frameworks at one venue",
        "Share of readable main-track papers that name the framework outside their references, with its 95% "
        "interval as a bar. A dotted line bridges years without data.",
        "framework_mentions_by_year",
        (Source("shares", {"framework": "frameworks", "venue": "venue"}),),
        lambda draw: draw.share("year"),
    ),
    Chart(
        "pair",
        "PyTorch against TensorFlow",
        "PyTorch's share of the papers that name only one of the two, with its 95% interval. Where the interval "
        "holds one half, nobody leads: a tie.",
        "sensitivity",
        (Source("pairs", {"venue": "venues", "rule": "rule"}),),
        lambda draw: draw.pair(),
    ),
    Chart(
        "crossovers",
        "Since when one leads for good",
        "Among the years that were collected. Certain: the interval of that first year no longer holds one half.",
        "crossovers",
        (Source("crossovers", {"venue": "venues", "framework_a": "frameworks", "framework_b": "frameworks"}),),
    ),
]

_OF_MONTHS = [
    Chart(
        "arxiv",
        "arXiv by month",
        "Share of preprints first submitted in the month. Abstracts and full texts are different figures: an "
        "abstract names a framework far more rarely. Bars: 95% intervals. A dotted line bridges months without "
        "data.",
        "framework_mentions_by_month",
        (Source("months", {"framework": "frameworks", "series": "arxiv"}),),
        lambda draw: draw.share("month"),
    ),
    Chart(
        "jobs",
        "Job ads by month",
        "Share of ads posted in the month. In 'all', an ad that stands on several boards counts once. Bars: 95% "
        "intervals; a month of few ads says little. A dotted line bridges months without data.",
        "framework_mentions_by_month",
        (Source("months", {"framework": "frameworks", "series": "jobs"}),),
        lambda draw: draw.share("month"),
    ),
    Chart(
        "together",
        "Papers and jobs on one time axis",
        "Solid: papers of the chosen venues, pooled, drawn in the middle of the year. Dashed: job ads by month. "
        "Both as shares of what could be read; a change of the venues collected moves the solid lines too. Dotted: "
        "more than a year without data.",
        "framework_mentions_by_month",
        (PAPERS, Source("months", {"framework": "frameworks", "series": "jobs"})),
        lambda draw: draw.together(),
    ),
]

_SURVEY_SOURCES = tuple(
    Source(table, {"venue": "venues", "series": choice})
    for table, choice in (("measured", "survey"), ("printed", "published"))
)
_HOLLOW = "Filled marks: our documents under the chosen rule. Hollow marks: the survey's figures as published."
_OF_SURVEY = [
    Chart(
        "ratio",
        "The survey of 2019: ratio",
        f"PyTorch's share of papers that name only PyTorch or only TensorFlow. {_HOLLOW}",
        "published_figures",
        _SURVEY_SOURCES,
        lambda draw: draw.survey("ratio", "Ratio", "~%", of="pytorch"),
    ),
    Chart(
        "portion",
        "The survey of 2019: share of all papers",
        f"Papers that name only this one of the two, of all papers read. {_HOLLOW}",
        "published_figures",
        _SURVEY_SOURCES,
        lambda draw: draw.survey("portion", "Share of all papers", "~%"),
    ),
    Chart(
        "counts",
        "The survey of 2019: raw counts",
        f"Papers that name only this one of the two. {_HOLLOW}",
        "published_figures",
        _SURVEY_SOURCES,
        lambda draw: draw.survey("only_count", "Papers", "d"),
    ),
]

_OF_COVERAGE = Chart(
    "coverage",
    "What was collected",
    "Read documents as a share of those listed, or expected where that is more. A cross: somebody tried and "
    "failed. A dot: never tried. Neither is a zero.",
    "coverage",
    (Source("coverage", {"venue": "venues"}),),
    lambda draw: draw.coverage(),
)

CHARTS = (*_OF_PAPERS, *_OF_MONTHS, *_OF_SURVEY, _OF_COVERAGE)
"""Every figure of the page in its order."""


def specifications(frameworks: Sequence[str], kept: Path | None) -> dict[str, Spec]:
    """Give the specification of every chart by its name, in the looks of all frameworks that are looked for.

    From the file `kept`, where an earlier report left them: Altair takes a second over it, its import included.
    """
    if kept is not None:
        with contextlib.suppress(ValueError):  # damaged
            specs: dict[str, Spec] = json.loads(kept.read_bytes())
            return specs
    return _drawn(tuple(frameworks))


@functools.cache
def _drawn(frameworks: tuple[str, ...]) -> dict[str, Spec]:
    from altair.utils.schemapi import debug_mode

    from tasks.report.drawing import Drawing

    draw = Drawing(looks.looks(frameworks))
    with debug_mode(False):  # else Altair checks each part of what never changes, which takes twice as long
        return {chart.name: chart.draw(draw) for chart in CHARTS if chart.draw}


def name_of_specifications(frameworks: Sequence[str]) -> str:
    """Name the file of the specifications by all that they are made of: they change with it and with nothing else."""
    code = (Path(__file__), Path(__file__).with_name("drawing.py"), Path(looks.__file__))
    made_of = [version("altair").encode(), json.dumps(list(frameworks)).encode(), *(file.read_bytes() for file in code)]
    return f"charts-{hashlib.sha256(b''.join(made_of)).hexdigest()[:16]}.json"

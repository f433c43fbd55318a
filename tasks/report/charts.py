"""The charts of the report: their words, and which rows of which table each one draws.

A specification holds no rows: the page and `pictures` put them in. A chart names its tables (tasks/report/data.py)
and the choices that filter them; page and pictures filter alike: a row stays where each filtered column is NULL or
among the chosen values.
"""

import functools
from dataclasses import dataclass

from altair.utils.schemapi import debug_mode

from tasks.report.drawing import Drawing, Spec, looks


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
    spec: Spec | None = None
    """None for a figure that is a table only."""


@functools.cache  # Altair takes half a second over it
def charts(frameworks: tuple[str, ...]) -> list[Chart]:
    """Give every figure of the page in its order, in the looks of all frameworks that are looked for."""
    draw = Drawing(looks(frameworks))
    with debug_mode(False):  # else Altair checks each part of what never changes, which takes twice as long
        return [*_of_papers(draw), *_of_months(draw), *_of_survey(draw), _of_coverage(draw)]


PAPERS = Source("shares", {"framework": "frameworks", "venue": "venues"})


def _of_papers(draw: Drawing) -> list[Chart]:
    return [
        Chart(
            "shares",
            "Frameworks over the years, venue by venue",
            "Share of readable main-track papers that name the framework outside their references. A dotted line "
            "bridges years without data.",
            "framework_mentions_by_year",
            (PAPERS,),
            draw.share("year", small=True),
        ),
        Chart(
            "venue",
            "Frameworks at one venue",
            "Share of readable main-track papers that name the framework outside their references, with its 95% "
            "interval as a bar. A dotted line bridges years without data.",
            "framework_mentions_by_year",
            (Source("shares", {"framework": "frameworks", "venue": "venue"}),),
            draw.share("year"),
        ),
        Chart(
            "pair",
            "PyTorch against TensorFlow",
            "PyTorch's share of the papers that name only one of the two, with its 95% interval. Where the interval "
            "holds one half, nobody leads: a tie.",
            "sensitivity",
            (Source("pairs", {"venue": "venues", "rule": "rule"}),),
            draw.pair(),
        ),
        Chart(
            "crossovers",
            "Since when one leads for good",
            "Among the years that were collected. Certain: the interval of that first year no longer holds one half.",
            "crossovers",
            (Source("crossovers", {"venue": "venues", "framework_a": "frameworks", "framework_b": "frameworks"}),),
        ),
    ]


def _of_months(draw: Drawing) -> list[Chart]:
    return [
        Chart(
            "arxiv",
            "arXiv by month",
            "Share of preprints first submitted in the month. Abstracts and full texts are different figures: an "
            "abstract names a framework far more rarely. Bars: 95% intervals. A dotted line bridges months without "
            "data.",
            "framework_mentions_by_month",
            (Source("months", {"framework": "frameworks", "series": "arxiv"}),),
            draw.share("month"),
        ),
        Chart(
            "jobs",
            "Job ads by month",
            "Share of ads posted in the month. In 'all', an ad that stands on several boards counts once. Bars: 95% "
            "intervals; a month of few ads says little. A dotted line bridges months without data.",
            "framework_mentions_by_month",
            (Source("months", {"framework": "frameworks", "series": "jobs"}),),
            draw.share("month"),
        ),
        Chart(
            "together",
            "Papers and jobs on one time axis",
            "Solid: papers of the chosen venues, pooled, drawn in the middle of the year. Dashed: job ads by month. "
            "Both as shares of what could be read; a change of the venues collected moves the solid lines too. Dotted: "
            "more than a year without data.",
            "framework_mentions_by_month",
            (PAPERS, Source("months", {"framework": "frameworks", "series": "jobs"})),
            draw.together(),
        ),
    ]


def _of_survey(draw: Drawing) -> list[Chart]:
    sources = tuple(
        Source(table, {"venue": "venues", "series": choice})
        for table, choice in (("measured", "survey"), ("printed", "published"))
    )
    hollow = "Filled marks: our documents under the chosen rule. Hollow marks: the survey's figures as published."
    return [
        Chart(
            "ratio",
            "The survey of 2019: ratio",
            f"PyTorch's share of papers that name only PyTorch or only TensorFlow. {hollow}",
            "published_figures",
            sources,
            draw.survey("ratio", "Ratio", "~%", of="pytorch"),
        ),
        Chart(
            "portion",
            "The survey of 2019: share of all papers",
            f"Papers that name only this one of the two, of all papers read. {hollow}",
            "published_figures",
            sources,
            draw.survey("portion", "Share of all papers", "~%"),
        ),
        Chart(
            "counts",
            "The survey of 2019: raw counts",
            f"Papers that name only this one of the two. {hollow}",
            "published_figures",
            sources,
            draw.survey("only_count", "Papers", "d"),
        ),
    ]


def _of_coverage(draw: Drawing) -> Chart:
    return Chart(
        "coverage",
        "What was collected",
        "Read documents as a share of those listed, or expected where that is more. A cross: somebody tried and "
        "failed. A dot: never tried. Neither is a zero.",
        "coverage",
        (Source("coverage", {"venue": "venues"}),),
        draw.coverage(),
    )

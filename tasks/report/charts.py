"""The charts of the report as Vega-Lite specifications, and which rows of which table each one draws.

A specification holds no rows: the page and `pictures` put them in. A chart names its tables (tasks/report/data.py)
and the choices that filter them; page and pictures filter alike: a row stays where each filtered column is NULL or
among the chosen values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import altair as alt

FIXED_LOOKS = {
    "pytorch": ("#d55e00", "circle"),
    "tensorflow": ("#0072b2", "square"),
    "jax": ("#009e73", "diamond"),
    "keras": ("#b0588a", "triangle-up"),
    "theano": ("#767676", "cross"),
    "caffe": ("#8c6d1f", "triangle-down"),
}
"""Looks that never change. After Okabe and Ito's colours, which colour-blind readers can tell apart
(https://jfly.uni-koeln.de/color/), darkened where needed: each has a contrast of 3 : 1 on white and on the dark page
(WCAG 2.1, 1.4.11)."""

COLOURS = [colour for colour, _ in FIXED_LOOKS.values()]
SHAPES = ["circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "triangle-right", "triangle-left"]

Spec = dict[str, Any]

_WORDS = {"labelColor": "currentColor", "titleColor": "currentColor"}
CONFIG: Spec = {
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {**_WORDS, "gridColor": "#8884", "domainColor": "#888", "tickColor": "#888", "labelFontSize": 11},
    "legend": {**_WORDS, "labelFontSize": 12, "symbolSize": 90, "symbolOpacity": 1},
    "header": {"labelColor": "currentColor"},
    "text": {"color": "currentColor"},
    "title": {"color": "currentColor", "subtitleColor": "currentColor", "anchor": "start", "subtitleFontSize": 11},
}
"""Neutral colours; `currentColor` follows the page, light or dark. Altair's schema does not know that word."""


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


def looks(frameworks: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Give every framework its colour and shape, the same in every chart; no two of up to 48 look alike."""
    free = [(colour, shape) for shape in SHAPES for colour in COLOURS]
    free = [look for look in free if look not in FIXED_LOOKS.values()]
    others = sorted(set(frameworks) - FIXED_LOOKS.keys())
    return FIXED_LOOKS | {name: free[number % len(free)] for number, name in enumerate(others)}


def charts(appearance: dict[str, tuple[str, str]]) -> list[Chart]:
    """Give every figure of the page in its order."""
    draw = Drawing(appearance)
    return [*_of_papers(draw), *_of_months(draw), *_of_survey(draw), _of_coverage(draw)]


PAPERS = Source("shares", {"framework": "frameworks", "venue": "venues"})


def _of_papers(draw: "Drawing") -> list[Chart]:
    return [
        Chart(
            "shares",
            "Frameworks over the years, venue by venue",
            "Share of readable main-track papers that name the framework outside their references.",
            "framework_mentions_by_year",
            (PAPERS,),
            draw.share("year", small=True),
        ),
        Chart(
            "venue",
            "Frameworks at one venue",
            "Share of readable main-track papers that name the framework outside their references, with its 95% "
            "interval.",
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


def _of_months(draw: "Drawing") -> list[Chart]:
    return [
        Chart(
            "arxiv",
            "arXiv by month",
            "Share of preprints first submitted in the month. Abstracts and full texts are different figures: an "
            "abstract names a framework far more rarely.",
            "framework_mentions_by_month",
            (Source("months", {"framework": "frameworks", "series": "arxiv"}),),
            draw.share("month"),
        ),
        Chart(
            "jobs",
            "Job ads by month",
            "Share of ads posted in the month. In 'all', an ad that stands on several boards counts once.",
            "framework_mentions_by_month",
            (Source("months", {"framework": "frameworks", "series": "jobs"}),),
            draw.share("month"),
        ),
        Chart(
            "together",
            "Papers and jobs on one time axis",
            "Solid: papers of the chosen venues, pooled, drawn in the middle of the year. Dashed: job ads by month. "
            "Both as shares of what could be read; a change of the venues collected moves the solid lines too.",
            "framework_mentions_by_month",
            (PAPERS, Source("months", {"framework": "frameworks", "series": "jobs"})),
            draw.together(),
        ),
    ]


def _of_survey(draw: "Drawing") -> list[Chart]:
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
            draw.survey("ratio", "PyTorch's share of the two", ".0%", of="pytorch"),
        ),
        Chart(
            "portion",
            "The survey of 2019: share of all papers",
            f"Papers that name only this one of the two, of all papers read. {hollow}",
            "published_figures",
            sources,
            draw.survey("portion", "Share of all papers", ".0%"),
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


def _of_coverage(draw: "Drawing") -> Chart:
    return Chart(
        "coverage",
        "What was collected",
        "Read documents as a share of those listed, or expected where that is more. A cross: somebody tried and "
        "failed. A dot: never tried. Neither is a zero.",
        "coverage",
        (Source("coverage", {"venue": "venues"}),),
        draw.coverage(),
    )


class Drawing:
    """Vega-Lite specifications that share their colours, shapes and axes."""

    def __init__(self, appearance: dict[str, tuple[str, str]]) -> None:
        """Take what each framework looks like."""
        domain, values = list(appearance), list(appearance.values())
        legend = alt.Legend(
            title=None, orient="top", values=alt.ExprRef("frameworks"), labelExpr="names[datum.label]", columns=4
        )
        self.colour = alt.Color(
            "framework:N", legend=legend, scale=alt.Scale(domain=domain, range=[colour for colour, _ in values])
        )
        self.shape = alt.Shape(
            "framework:N", legend=legend, scale=alt.Scale(domain=domain, range=[shape for _, shape in values])
        )

    def share(self, period: str, small: bool = False) -> Spec:
        """Draw shares over years or months as lines; small: one frame a venue."""
        chart = alt.Chart(alt.NamedData(name="rows")).encode(x=_time(period), color=self.colour)
        y = alt.Y("share:Q", title=None if small else "Share", axis=alt.Axis(format=".0%"))
        details = _tooltip("venue", period, "framework", "mentioning_count", "readable_count", "share", "share_low")
        points = chart.mark_point(filled=True, opacity=1, size=36 if small else 80, cursor="pointer")
        layers = [
            chart.mark_line(strokeWidth=1.5, aria=False).encode(y=y),
            points.encode(y=y, shape=self.shape, tooltip=[*details, *_tooltip("share_high")]),
        ]
        if not small:
            band = chart.mark_area(opacity=0.12, aria=False).encode(y=alt.Y("share_low:Q"), y2=alt.Y2("share_high:Q"))
            layers.insert(0, band)
        return _finished(alt.layer(*layers), facet=small)

    def pair(self) -> Spec:
        """Draw PyTorch's share against TensorFlow with intervals, one frame a venue."""
        chart = alt.Chart(alt.NamedData(name="rows")).encode(x=_time("year"))
        y = alt.Y("a_share:Q", title=None, axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1]))
        leader = alt.Color(
            "leader:N",
            scale=alt.Scale(
                domain=["pytorch", "tensorflow", "tie"],
                range=[FIXED_LOOKS["pytorch"][0], FIXED_LOOKS["tensorflow"][0], "#767676"],
            ),
            legend=alt.Legend(title="Leader", orient="top"),
        )
        half = chart.mark_rule(strokeDash=[4, 4], color="#767676", aria=False).encode(
            x=alt.value(0), x2=alt.value("width")
        )
        details = _tooltip("venue", "year", "rule", "a_only_count", "b_only_count", "a_share")
        return _finished(
            alt.layer(
                half.encode(y=alt.datum(0.5)),
                chart.mark_line(color="#767676", strokeWidth=1, aria=False).encode(y=y),
                chart.mark_rule(strokeWidth=2, aria=False).encode(
                    y=alt.Y("a_share_low:Q"), y2=alt.Y2("a_share_high:Q"), color=leader
                ),
                chart.mark_point(filled=True, opacity=1, size=50, cursor="pointer").encode(
                    y=y,
                    color=leader,
                    tooltip=[*details, *_tooltip("a_share_low", "a_share_high", "leader")],
                ),
            ),
            facet=True,
        )

    def together(self) -> Spec:
        """Draw pooled papers by year and job ads by month over the same dates."""
        chart = (
            alt.Chart(alt.NamedData(name="rows"))
            .transform_calculate(
                kind="datum.month ? 'job ads' : 'papers'", date="toDate(datum.month || datum.year + '-07-01')"
            )
            .transform_aggregate(
                mentioning_count="sum(mentioning_count)",
                readable_count="sum(readable_count)",
                groupby=["kind", "framework", "date"],
            )
            .transform_calculate(share="datum.mentioning_count / datum.readable_count")
            .encode(
                x=alt.X("date:T", title=None, scale=alt.Scale(type="utc")),
                y=alt.Y("share:Q", title="Share", axis=alt.Axis(format=".0%")),
                color=self.colour,
            )
        )
        dash = alt.StrokeDash(
            "kind:N",
            scale=alt.Scale(domain=["papers", "job ads"], range=[[1, 0], [4, 3]]),
            legend=alt.Legend(title=None, orient="top"),
        )
        details = [
            alt.Tooltip("date:T", format="%Y-%m", title="date"),
            *_tooltip("kind", "framework", "mentioning_count", "readable_count", "share"),
        ]
        points = chart.mark_point(filled=True, opacity=1, size=60, cursor="pointer").encode(
            shape=self.shape, tooltip=details
        )
        return _finished(alt.layer(chart.mark_line(aria=False).encode(strokeDash=dash), points))

    def survey(self, field: str, title: str, number_format: str, of: str | None = None) -> Spec:
        """Draw one of the survey's charts, one frame a venue: ours filled, theirs hollow."""
        chart = alt.Chart(alt.NamedData(name="rows")).encode(
            x=_time("year"),
            y=alt.Y(f"{field}:Q", title=title, axis=alt.Axis(format=number_format)),
            color=self.colour,
            tooltip=_tooltip("venue", "year", "framework", "series", "only_count", "paper_count", "portion", "ratio"),
        )
        if of:
            chart = chart.transform_filter(f"datum.framework === '{of}'")
        ours = chart.transform_filter("!datum.is_published")
        theirs = chart.transform_filter("datum.is_published").encode(shape=self.shape)
        return _finished(
            alt.layer(
                ours.mark_line(strokeWidth=1.5, aria=False),
                ours.mark_point(filled=True, opacity=1, size=40, cursor="pointer").encode(shape=self.shape),
                theirs.mark_point(filled=False, size=110, strokeWidth=2, opacity=1),
            ),
            facet=True,
        )

    def coverage(self) -> Spec:
        """Draw venues against years; what was not collected stays empty and carries a mark."""
        chart = alt.Chart(alt.NamedData(name="rows")).encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=-90)), y=alt.Y("venue:N", title=None)
        )
        details = _tooltip("venue", "year", "outcome", "listed_count", "readable_count", "official_count")
        read = chart.transform_filter("isValid(datum.read_share)").mark_rect(stroke="#8888", strokeWidth=0.5)
        colour = alt.Color(
            "read_share:Q",
            scale=alt.Scale(scheme="cividis", domain=[0, 1]),
            legend=alt.Legend(title="Read", format=".0%", orient="top"),
        )
        gaps = chart.transform_filter("!isValid(datum.read_share)").mark_text(fontSize=16)
        sign = alt.condition("datum.outcome === 'not tried'", alt.value("·"), alt.value("×"))
        return _finished(
            alt.layer(
                read.encode(color=colour, tooltip=details),
                gaps.encode(text=sign, tooltip=[*details, *_tooltip("problem")]),
            ),
            height=None,
        )


def _time(period: str) -> alt.X:
    if period == "month":  # a date without a time is UTC to JavaScript; drawn in local time, a month would slip
        return alt.X("month:T", title=None, scale=alt.Scale(type="utc"))
    # A frame of few years would have ticks between them, whose labels read like years.
    axis = alt.Axis(labelExpr="datum.value % 1 ? '' : format(datum.value, 'd')", tickCount=5, grid=False)
    return alt.X("year:Q", title=None, scale=alt.Scale(zero=False, nice=False, padding=8), axis=axis)


def _tooltip(*fields: str) -> list[alt.Tooltip]:
    def of(field: str) -> alt.Tooltip:
        if field.endswith(("share", "_low", "_high", "portion", "ratio")):
            return alt.Tooltip(f"{field}:Q", format=".1%", title=field)
        if field == "month":
            return alt.Tooltip("month:N", title=field)
        return alt.Tooltip(f"{field}:{'Q' if field.endswith('_count') else 'N'}", title=field)

    return [of(field) for field in fields]


def _finished(chart: "alt.LayerChart | alt.FacetChart", facet: bool = False, height: int | None = 320) -> Spec:
    """Give the specification with its size, one frame a venue where asked for."""
    sized: Any = chart
    if facet:
        header = alt.Header(title=None, labelFontWeight="bold", labelFontSize=12)
        sized = sized.properties(width=200, height=120).facet(
            facet=alt.Facet("venue:N", header=header), columns=3, bounds="flush", spacing={"row": 45, "column": 45}
        )
    else:
        sized = sized.properties(width=640, **({"height": height} if height else {}))
    sized = sized.add_params(alt.param(name="frameworks", value=[]), alt.param(name="names", value={"": ""}))
    return {**cast("Spec", sized.to_dict()), "background": "transparent", "config": CONFIG}

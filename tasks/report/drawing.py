"""Vega-Lite specifications, without rows, that share their colours, shapes and axes.

Years and months that are missing are seen as missing: a line is solid only between neighbours.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt

from tasks.report.looks import FIXED_LOOKS, NEUTRAL, Spec

FEW_TICKS = alt.Scale(nice=3)
"""Of a small frame, whose uppermost tick is then above all marks."""

_WORDS = {"labelColor": "currentColor", "titleColor": "currentColor"}
CONFIG: Spec = {
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {**_WORDS, "gridColor": "#8884", "domainColor": "#888", "tickColor": "#888", "labelFontSize": 11},
    # One legend below the other: beside each other they would leave a phone's page.
    "legend": {
        **_WORDS,
        "labelFontSize": 12,
        "symbolSize": 90,
        "symbolOpacity": 1,
        "layout": {"top": {"direction": "vertical", "anchor": "start"}},
    },
    "header": {"labelColor": "currentColor"},
    "text": {"color": "currentColor"},
    "title": {"color": "currentColor", "subtitleColor": "currentColor", "anchor": "start", "subtitleFontSize": 11},
}
"""Neutral colours; `currentColor` follows the page, light or dark. Altair's schema does not know that word."""


_COLOURS, _SHAPES = "every framework's colour", "every framework's shape"
"""Stand for the scales of all frameworks while a chart is made: Altair copies all of it at every step."""


class Drawing:
    """Vega-Lite specifications that share their colours, shapes and axes."""

    def __init__(self, appearance: dict[str, tuple[str, str]]) -> None:
        """Take what each framework looks like."""
        self._scales = {
            _COLOURS: (list(appearance), [colour for colour, _ in appearance.values()]),
            _SHAPES: (list(appearance), [shape for _, shape in appearance.values()]),
        }
        legend = alt.Legend(
            title=None, orient="top", values=alt.ExprRef("frameworks"), labelExpr="names[datum.label]", columns=6
        )
        self.colour = alt.Color("framework:N", legend=legend, scale=alt.Scale(domain=[_COLOURS]))
        self.shape = alt.Shape("framework:N", legend=legend, scale=alt.Scale(domain=[_SHAPES]))

    def share(self, period: str, small: bool = False) -> Spec:
        """Draw shares over years or months, with their intervals; small: one frame a venue, and none."""
        # Several frameworks stand side by side, some pixels apart, so that each one's interval can be seen.
        step = {"year": 5, "month": 1.5}[period]
        place: Any = (
            {}
            if small
            else {
                "xOffset": alt.ExprRef(
                    f"(indexof(frameworks, datum.framework) - (length(frameworks) - 1) / 2) * {step}"
                )
            }
        )
        chart = alt.Chart(alt.NamedData(name="rows")).encode(
            x=_time(period, padding=8 if small else 20), color=self.colour
        )
        scale = FEW_TICKS if small else alt.Scale()
        y = alt.Y("share:Q", title=None if small else "Share", axis=alt.Axis(format="~%"), scale=scale)
        details = _tooltip("venue", period, "framework", "mentioning_count", "readable_count", "share", "share_low")
        points = chart.mark_point(
            filled=True, opacity=1, size=36 if small or period == "month" else 70, cursor="pointer", **place
        )
        layers = [
            *_lines(chart.encode(y=y), **place),
            points.encode(
                y=y,
                shape=self.shape,
                tooltip=[*details, *_tooltip("share_high")],
                description=alt.Description("said:N"),
            ),
        ]
        if not small:
            interval = chart.mark_rule(opacity=0.4, strokeWidth=2 if period == "year" else 1, aria=False, **place)
            layers.insert(0, interval.encode(y=alt.Y("share_low:Q"), y2=alt.Y2("share_high:Q")))
        said = "utcFormat(toDate(datum.month), '%Y-%m')" if period == "month" else "datum.year"
        drawn = _in_runs(alt.layer(*layers), MONTHS if period == "month" else "datum.year").transform_calculate(
            said=f"names[datum.framework] + ', ' + datum.venue + ', ' + {said} + ': '"
            " + format(datum.share, '.1%') + ' (' + datum.mentioning_count + ' of ' + datum.readable_count + ')'",
        )
        return self._finished(drawn, facet=small)

    def pair(self) -> Spec:
        """Draw PyTorch's share against TensorFlow with intervals, one frame a venue."""
        chart = alt.Chart(alt.NamedData(name="rows")).encode(x=_time("year"))
        y = alt.Y("a_share:Q", title=None, axis=alt.Axis(format="~%"), scale=alt.Scale(domain=[0, 1]))
        leader = alt.Color(
            "leader:N",
            scale=alt.Scale(
                domain=["pytorch", "tensorflow", "tie"],
                range=[FIXED_LOOKS["pytorch"][0], FIXED_LOOKS["tensorflow"][0], NEUTRAL],
            ),
            legend=alt.Legend(title="Leader", orient="top", labelExpr="names[datum.label] || datum.label"),
        )
        half = chart.mark_rule(strokeDash=[4, 4], color=NEUTRAL, aria=False).encode(
            x=alt.value(0), x2=alt.value("width")
        )
        details = _tooltip("venue", "year", "rule", "a_only_count", "b_only_count", "a_share")
        layers = alt.layer(
            half.encode(y=alt.datum(0.5)),
            *_lines(chart.encode(y=y, color=alt.value(NEUTRAL))),
            chart.mark_rule(strokeWidth=2, aria=False).encode(
                y=alt.Y("a_share_low:Q"), y2=alt.Y2("a_share_high:Q"), color=leader
            ),
            chart.mark_point(filled=True, opacity=1, size=50, cursor="pointer").encode(
                y=y,
                color=leader,
                tooltip=[*details, *_tooltip("a_share_low", "a_share_high", "leader")],
            ),
        )
        return self._finished(_in_runs(layers, "datum.year"), facet=True)

    def together(self) -> Spec:
        """Draw pooled papers by year and job ads by month over the same dates."""
        chart = alt.Chart(alt.NamedData(name="rows")).encode(
            x=alt.X("date:T", title=None, scale=alt.Scale(type="utc")),
            y=alt.Y("share:Q", title="Share", axis=alt.Axis(format="~%")),
            color=self.colour,
        )
        dash = alt.StrokeDash(
            "kind:N",
            scale=alt.Scale(domain=["papers", "job ads"], range=[[1, 0], [6, 3]]),
            legend=alt.Legend(title=None, orient="top"),
        )
        details = [
            alt.Tooltip("date:T", format="%Y-%m", title="date"),
            *_tooltip("kind", "framework", "mentioning_count", "readable_count", "share"),
        ]
        points = chart.mark_point(filled=True, opacity=1, size=50, cursor="pointer")
        bridge, line = _lines(chart)
        layers = (
            alt.layer(
                bridge.encode(detail="kind:N"),
                line.encode(strokeDash=dash),
                points.encode(shape=self.shape, tooltip=details),
            )
            .transform_calculate(
                kind="datum.month ? 'job ads' : 'papers'", date="toDate(datum.month || datum.year + '-07-01')"
            )
            .transform_aggregate(
                mentioning_count="sum(mentioning_count)",
                readable_count="sum(readable_count)",
                groupby=["kind", "framework", "date"],
            )
            .transform_calculate(share="datum.mentioning_count / datum.readable_count")
        )
        return self._finished(_in_runs(layers, "datum.date / 864e5", apart=366, groupby=["kind", "framework"]))

    def survey(self, field: str, title: str, number_format: str, of: str | None = None) -> Spec:
        """Draw one of the survey's charts, one frame a venue: ours filled, theirs hollow."""
        chart = alt.Chart(alt.NamedData(name="rows")).encode(
            x=_time("year"),
            y=alt.Y(f"{field}:Q", title=title, axis=alt.Axis(format=number_format), scale=FEW_TICKS),
            color=self.colour,
            tooltip=_tooltip("venue", "year", "framework", "series", "only_count", "paper_count", "portion", "ratio"),
        )
        if of:
            chart = chart.transform_filter(f"datum.framework === '{of}'")
        ours = chart.transform_filter("!datum.is_published")
        theirs = chart.transform_filter("datum.is_published").encode(shape=self.shape)
        layers = alt.layer(
            *_lines(ours),
            ours.mark_point(filled=True, opacity=1, size=40, cursor="pointer").encode(shape=self.shape),
            theirs.mark_point(filled=False, size=110, strokeWidth=2, opacity=1),
        )
        return self._finished(_in_runs(layers, "datum.year"), facet=True)

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
            legend=alt.Legend(title="Read", format=".0%", orient="top", values=[0, 0.5, 1]),
        )
        gaps = chart.transform_filter("!isValid(datum.read_share)").mark_text(fontSize=16)
        sign = alt.condition("datum.outcome === 'not tried'", alt.value("·"), alt.value("×"))
        return self._finished(
            alt.layer(
                read.encode(color=colour, tooltip=details),
                gaps.encode(text=sign, tooltip=[*details, *_tooltip("problem")]),
            ),
            height=None,
        )

    def _finished(
        self, chart: "alt.LayerChart | alt.FacetChart", facet: bool = False, height: int | None = 320
    ) -> Spec:
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
        # Not held against the schema here, which takes as long again: tests draw every chart.
        drawn = self._filled(sized.to_dict(validate=False))
        return {**drawn, "background": "transparent", "config": CONFIG}

    def _filled(self, part: Any) -> Any:
        """Put the scales of all frameworks in the places of what stands for them."""
        if isinstance(part, list):
            return [self._filled(each) for each in part]
        if not isinstance(part, dict):
            return part
        domain = part.get("domain")
        if isinstance(domain, list) and domain[0] in self._scales:
            names, looks_of_them = self._scales[domain[0]]
            return {**part, "domain": names, "range": looks_of_them}
        return {key: self._filled(each) for key, each in part.items()}


MONTHS = "utcyear(toDate(datum.month)) * 12 + utcmonth(toDate(datum.month))"
"""Vega turns the column into dates where an axis shows it, and leaves it text where none does."""


def _in_runs(
    layers: "alt.LayerChart | alt.FacetChart",
    number: str,
    apart: int = 1,
    groupby: Sequence[str] = ("venue", "framework", "is_published"),
) -> "alt.LayerChart | alt.FacetChart":
    """Number the stretches whose neighbours lie no further apart as `run`, so that lines can break between them."""
    order: Any = {"groupby": list(groupby), "sort": [alt.SortField("number")]}
    return (
        layers.transform_calculate(number=number)
        .transform_window(previous="lag(number)", **order)
        .transform_calculate(is_new=f"datum.previous === null || datum.number - datum.previous > {apart} ? 1 : 0")
        .transform_window(run="sum(is_new)", **order)
    )


def _lines(chart: alt.Chart, **place: Any) -> list[alt.Chart]:
    """Draw a line through all points: solid along a run, dotted where it only bridges what is not known."""
    return [
        chart.mark_line(strokeWidth=1.5, strokeDash=[1.5, 4], aria=False, **place),
        chart.mark_line(strokeWidth=1.5, aria=False, **place).encode(detail="run:N"),
    ]


def _time(period: str, padding: int = 8) -> alt.X:
    if period == "month":  # a date without a time is UTC to JavaScript; drawn in local time, a month would slip
        return alt.X("month:T", timeUnit="utcyearmonth", title=None)
    # A frame of few years would have ticks between them, whose labels read like years.
    axis = alt.Axis(labelExpr="datum.value % 1 ? '' : format(datum.value, 'd')", tickCount=5, grid=False)
    return alt.X("year:Q", title=None, scale=alt.Scale(zero=False, nice=False, padding=padding), axis=axis)


def _tooltip(*fields: str) -> list[alt.Tooltip]:
    def of(field: str) -> alt.Tooltip:
        if field.endswith(("share", "_low", "_high", "portion", "ratio")):
            return alt.Tooltip(f"{field}:Q", format=".1%", title=field)
        if field == "month":
            return alt.Tooltip("month:N", title=field)
        return alt.Tooltip(f"{field}:{'Q' if field.endswith('_count') else 'N'}", title=field)

    return [of(field) for field in fields]

"""The report's folder: a page that works from disk, and pictures. Fetches nothing.

The folder: `index.html`, and beside it one folder `build-*` with scripts, style and data, which a new report leaves
alone for the readers of the page before. Browsers refuse `fetch` to pages opened from disk, so the data are JSON inside
of small scripts, `receive("shares/pytorch", {...})`, that the page loads when it needs them; this works from a web
server just as well. The page's Content-Security-Policy admits scripts and styles from its own folder only: nothing in
a title or sentence can run, and nothing can be asked of any other machine.
"""

import functools
import json
import re
import shutil
import textwrap
import uuid
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tasks.report import data
from tasks.report.charts import CHARTS, Chart, name_of_specifications, specifications
from tasks.report.data import Contents, Row
from tasks.report.evidence import evidence
from tasks.report.looks import Spec, looks

SPLIT = {
    "shares": ("framework",),
    "months": ("framework", "series"),
    "pairs": ("rule",),
    "measured": ("series",),
    "printed": ("series",),
}
"""Tables that the page loads in parts, by the columns that people choose; the others come with the page."""

VEGA = f"vega-{version('vl-convert-python')}.js"
"""Each report's own copy of the charts' library, of the one before where there is one."""

SUBTITLE_WIDTH = 110
"""Characters of a picture's subtitle in a line: about as wide as the charts are at that size of letters."""

PICTURE_SCALE = 2
"""Pixels a point in PNG files: sharp in print and on dense screens."""


def write(published: Path, folder: Path) -> Path:
    """Write the report on a published file into a folder and return its first page, which replaces an older one whole.

    Raises `WarehouseError` where there is no published file.
    """
    contents = data.read(published)
    build = folder / f"build-{uuid.uuid4().hex[:12]}"
    text = _page(contents, build.name)
    aside = build.with_name(f".{build.name}")
    aside.mkdir(parents=True)
    try:
        _fill(aside, published, contents)
        aside.rename(build)
    finally:
        if aside.exists():  # writing failed
            shutil.rmtree(aside)
    page = folder / "index.html"
    before = _build_of(page)
    _replace(page, text.encode())
    for old in folder.glob("build-*"):
        if old.name not in (build.name, before):
            shutil.rmtree(old)
    return page


def _fill(build: Path, published: Path, contents: Contents) -> None:
    """Write everything that the page loads."""
    if (before := _kept(build.parent, VEGA)) is not None:
        shutil.copyfile(before, build / VEGA)
    else:  # two seconds
        build.joinpath(VEGA).write_text(_vega(), encoding="utf-8")
    for name in ("papers.js", "report.js", "report.css"):
        build.joinpath(name).write_text(
            files("tasks.report").joinpath("static", name).read_text("utf-8"), encoding="utf-8"
        )
    parts = dict(_parts(contents))
    for key, part in parts.items():
        _write_data(build, key, part)
    for figure, found in evidence(published):
        _write_data(build, address("evidence", *figure), _packed(found))
    name = name_of_specifications(contents.known)
    specs = specifications(contents.known, _kept(build.parent, name))
    build.joinpath(name).write_text(json.dumps(specs), encoding="utf-8")
    _write_data(build, "base", _base(contents, specs, sorted(parts)))


def _kept(folder: Path, name: str) -> Path | None:
    """Find in the report before what takes long to make and has not changed."""
    return next(folder.glob(f"build-*/{name}"), None)


def write_pictures(published: Path, folder: Path) -> list[Path]:
    """Write each chart, as the page first shows it, as SVG and PNG; charts without rows have none."""
    contents = data.read(published)
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    specs = specifications(contents.known, None)
    for chart in CHARTS:
        rows = _rows(chart, contents)
        if chart.name not in specs or not rows:
            continue
        spec = json.dumps(_picture(chart, specs[chart.name], rows, contents))
        for ending, picture in (
            ("svg", vl_convert.vegalite_to_svg(spec).encode()),
            ("png", vl_convert.vegalite_to_png(spec, scale=PICTURE_SCALE)),
        ):
            written.append(folder / f"{chart.name}.{ending}")
            _replace(written[-1], picture)
    return written


def address(*names: str) -> str:
    """Give the path of a part, below the build's folder and without its ending; report.js does the same.

    Whatever a name holds, it is one step of the path and cannot lead elsewhere.
    """
    return "/".join(re.sub(r"[^A-Za-z0-9_-]", lambda found: f"~{ord(found[0]):x}~", name) for name in names)


@functools.cache
def _vega() -> str:
    """Give Vega, Vega-Lite and vega-embed as one script, which vl-convert carries."""
    return str(vl_convert.javascript_bundle())  # type: ignore[call-arg]  # its stub forgets the default


def _rows(chart: Chart, contents: Contents) -> list[Row]:
    return [row for source in chart.sources for row in contents.rows(source.table, source.filters, contents.defaults)]


def _picture(chart: Chart, spec: Spec, rows: list[Row], contents: Contents) -> Spec:
    """Give a specification with rows, title and date, as it stands in an article."""
    named = {row.get("framework") for row in rows}
    values = {
        "frameworks": [name for name in contents.options["frameworks"] if name in named],
        "names": contents.options["frameworks"],
    }
    venues = {row["venue"] for row in rows} if chart.name == "venue" else set()
    return {
        **spec,
        "background": "white",
        "datasets": {"rows": rows},
        "params": [{**param, "value": values[param["name"]]} for param in spec["params"]],
        "title": {
            "text": ": ".join([chart.title, *venues]),
            "subtitle": [*textwrap.wrap(chart.text, SUBTITLE_WIDTH), dated(contents)],
        },
    }


def dated(contents: Contents) -> str:
    """Say for which data a figure holds."""
    release = f"release {contents.release}" if contents.release else "not released yet"
    dates = f"Framework Mentions, {release}, collected until {contents.collected_until or 'no date'}"
    return f"{dates}. {contents.notice}" if contents.notice else dates


def _parts(contents: Contents) -> Iterator[tuple[str, Any]]:
    """Yield each part of the split tables under its address; what all its rows share is said once."""
    for table, columns in SPLIT.items():

        def key(row: Row, columns: tuple[str, ...] = columns) -> tuple[str, ...]:
            return tuple(row[column] for column in columns)

        for values, rows in groupby(sorted(contents.tables[table], key=key), key):
            shared = dict(zip(columns, values, strict=True))
            rest = [{name: value for name, value in row.items() if name not in shared} for row in rows]
            yield address(table, *values), _packed(rest) | {"shared": shared}


def _packed(rows: list[Row]) -> dict[str, Any]:
    columns = list(rows[0]) if rows else []
    return {"columns": columns, "rows": [[row[column] for column in columns] for row in rows]}


def _base(contents: Contents, specs: dict[str, Spec], parts: list[str]) -> dict[str, Any]:
    """Give what the page needs before anything is chosen."""
    return {
        "charts": [
            {
                "name": chart.name,
                "spec": specs.get(chart.name),
                "sources": [{"table": source.table, "filters": source.filters} for source in chart.sources],
            }
            for chart in CHARTS
        ],
        "tables": {name: _packed(rows) for name, rows in contents.tables.items() if name not in SPLIT},
        "split": SPLIT,
        "parts": parts,
        "options": contents.options,
        "defaults": contents.defaults,
        "release": contents.release or "unreleased",
    }


def _page(contents: Contents, build: str) -> str:
    environment = Environment(
        loader=PackageLoader("tasks.report", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    seen: set[str] = set()
    controls: dict[str, list[str]] = {}
    for chart in CHARTS:  # a choice of one value stands beside the first chart that it decides about
        choices = [choice for source in chart.sources for choice in source.filters.values()]
        controls[chart.name] = [choice for choice in choices if choice not in {"frameworks", "venues"} | seen]
        seen.update(choices)
    return environment.get_template("report.html").render(
        contents=contents,
        charts=CHARTS,
        controls=controls,
        looks=looks(contents.known),
        comments={name: _paragraphs(comment) for name, comment in contents.comments.items()},
        dated=dated(contents),
        build=build,
        vega=VEGA,
    )


def _paragraphs(comment: str) -> dict[str, str]:
    """Take a table's comment apart at its headings (Grain, Caveat, Built); what stands before them is under ''."""
    heading, *rest = re.split(r"(?:^|\s)(Grain|Caveat|Built):\s*", comment)
    return {"": heading} | dict(zip(rest[::2], rest[1::2], strict=True))


def _write_data(build: Path, key: str, value: Any) -> None:
    path = build / f"{key}.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    path.write_text(f"receive({json.dumps(key)},{text})\n", encoding="utf-8")


def _build_of(page: Path) -> str | None:
    """Name the build that the page now in place reads."""
    found = re.search(r'data-build="(build-\w+)"', page.read_text("utf-8")) if page.is_file() else None
    return found[1] if found else None


def _replace(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    aside.write_bytes(content)
    aside.replace(path)

"""What people see in a terminal: rows as a table, CSV or JSON lines; the practice web's trend."""

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tasks.collecting import expectations
from tasks.records import Edition

TREND = """
with shares as (
    select year, framework, sum(mentioning_count) / sum(readable_count) as share
    from framework_mentions_by_year
    where framework in (
        select framework from mentions group by framework order by count(*) desc, framework limit 5
    )
    group by all
)
select year, map_from_entries(list((framework, share) order by framework)) as shares
from shares
group by year
order by year
"""
"""The share of readable papers that name each of the five most named frameworks, over all venues, by year."""

STATUS = """
select
    source,
    venue,
    year,
    cast(sum(official_count) as bigint) as official_count,
    cast(sum(listed_count) as bigint) as listed_count,
    cast(sum(readable_count) as bigint) as readable_count,
    bool_and(complete) as complete,
    max(last_collected_at) as last_collected_at,
    max_by(problem, last_collected_at) as problem
from coverage
where month is null or main_count is distinct from 0
group by source, venue, year
order by source, venue, year
"""
"""Coverage a line a year, also of sources that go by month; of these without venues that only cross-lists come from."""


JOB_TREND = """
with shares as (
    select year(month) as year, framework, sum(technical_share * technical_count) / sum(technical_count) as share
    from framework_mentions_by_month
    where
        kind = 'job_ad'
        and venue = 'all'
        and framework in ('pytorch', 'tensorflow', 'keras', 'jax', 'scikit-learn')
    group by all
)
select year, map_from_entries(list((framework, share) order by framework)) as shares
from shares
group by year
order by year
"""
"""The share of technical job ads that name each of the five frameworks most asked for, by year of posting."""


def formatted(rows: pa.Table, output: str) -> str:
    """Lay rows out as 'table', 'csv' or 'json' (one object a line)."""
    names = distinct(rows.column_names)
    records = [list(record.values()) for record in rows.rename_columns(names).to_pylist()]
    if output == "json":
        objects = [dict(zip(names, map(finite, record), strict=True)) for record in records]
        return "\n".join(json.dumps(found, default=str, ensure_ascii=False) for found in objects)
    if output == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([names, *records])
        return text.getvalue().rstrip("\n")
    return as_table(names, records)


def distinct(names: Sequence[str]) -> list[str]:
    """Tell columns of the same name apart, as DuckDB's own shell does: a, a_1."""
    found: list[str] = []
    for name in names:
        others = (f"{name}_{number}" for number in range(1, len(names) + 1))
        free = (other for other in others if other not in found and other not in names)
        found.append(next(free) if name in found else name)
    return found


def finite(value: Any) -> Any:
    """Give None for what JSON has no number for."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def as_table(names: list[str], records: list[list[Any]]) -> str:
    """Lay rows out with aligned columns, numbers to the right; every cell in full, whatever the terminal's width."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, name in enumerate(names):
        is_number = all(isinstance(record[index], int | float | None) for record in records)
        table.add_column(Text(name), justify="right" if is_number else "left", no_wrap=True)
    for record in records:
        table.add_row(*(Text(cell(value)) for value in record))
    width = 10_000  # wider than any sensible row: pipes and pagers can scroll, cut text is lost
    console = Console(width=width, file=io.StringIO(), color_system=None)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().rstrip("\n").splitlines())


def years(editions: Iterable[Edition]) -> str:
    """Lay editions out: a line a venue, each year with the papers that its catalogues count, where any does."""
    by_venue: dict[str, list[str]] = {}
    for edition in sorted(editions, key=lambda edition: (edition.venue, edition.period)):
        count = expectations.official_count(edition.venue, edition.period.year)
        by_venue.setdefault(edition.venue, []).append(f"{edition.period} ({count})" if count else str(edition.period))
    return "\n".join(f"  {venue:<8} {', '.join(found)}" for venue, found in by_venue.items())


def cell(value: Any) -> str:
    """Write one value as people read it: no more digits than a share needs, nothing for NULL."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    return " ".join(str(value).split())


def trend(rows: pa.Table) -> str:
    """Lay the rows of `TREND` out: a line a year, a column a framework, shares in per cent."""
    records = rows.to_pylist()
    shares = [dict(record["shares"]) for record in records]
    names = sorted(
        {name for row in shares for name in row}, key=lambda name: (-max(row.get(name, 0) for row in shares), name)
    )
    lines = [
        [str(record["year"]), *(f"{row[name]:.0%}" if name in row else "" for name in names)]
        for record, row in zip(records, shares, strict=True)
    ]
    return as_table(["year", *names], lines)

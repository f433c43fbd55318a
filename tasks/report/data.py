"""What the report shows, out of the published DuckDB file alone: the tables of its charts.

Tables that a file does not have yet, and columns that only newer files have, are left out; the chart then says so.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tasks import warehouse

Row = dict[str, Any]

CHANGES_SHOWN = 200
"""Revised figures shown of the newest release; the table `revisions` has them all."""

DIGITS = 4
"""Of a share: a hundredth of a percent, far below every interval."""

NOTICE = "notice.txt"
"""Beside the published file: what stands above the page and below every figure, as that the demo's are invented."""

PRINTED_METRICS = ("unique_mention_papers", "unique_mention_papers_no_affiliation_exclusion_no_keras")
"""What published_figures calls a count of papers that name only one of the two frameworks."""


@dataclass(frozen=True)
class Contents:
    """Everything that the page and the pictures draw from."""

    tables: dict[str, list[Row]]
    """By the names that charts use."""
    frameworks: list[Row]
    """framework and name, those that most papers name first."""
    known: tuple[str, ...]
    """Every framework that is looked for, named or not, so that one keeps its looks when another is named at last."""
    options: dict[str, dict[str, str]]
    """By choice: value -> what people read."""
    defaults: dict[str, list[str]]
    """By choice: what is chosen before anybody chooses."""
    comments: dict[str, str]
    """By published table: its grain and caveat."""
    changes: list[Row] = field(default_factory=list)
    change_count: int = 0
    """Of which `changes` holds the first."""
    release: str = ""
    """Empty before the first release."""
    previous_release: str = ""
    collected_until: str = ""
    notice: str = ""
    """What everybody must know first; empty where there is no such file."""

    def rows(self, table: str, filters: dict[str, str], chosen: dict[str, list[str]]) -> list[Row]:
        """Give the rows of a table whose filtered columns are NULL or chosen, as the page does."""
        return [
            row
            for row in self.tables[table]
            if all(row[column] is None or row[column] in chosen[choice] for column, choice in filters.items())
        ]


class Published:
    """The published file, asked table by table."""

    def __init__(self, connection: warehouse.Connection) -> None:
        """Learn which tables and columns there are, over a connection of `warehouse.reader`."""
        self._connection = connection
        self.columns: dict[str, list[str]] = {}
        for row in self.rows("select table_name, column_name from duckdb_columns() where schema_name = 'main'"):
            self.columns.setdefault(row["table_name"], []).append(row["column_name"])

    def rows(self, sql: str) -> list[Row]:
        """Answer a query as dictionaries of what JSON knows."""
        return list(self.stream(sql))

    def stream(self, sql: str) -> Iterator[Row]:
        """Answer a query of many rows, some of them in memory at a time."""
        with warehouse.stream(self._connection, sql) as batches:
            for batch in batches:
                for row in batch.to_pylist():
                    yield {name: _plain(value) for name, value in row.items()}

    def has(self, table: str, *columns: str) -> bool:
        """Say whether the file has the table, and these columns of it."""
        return table in self.columns and set(columns) <= set(self.columns[table])

    def all_of(self, table: str, rest: str = "") -> list[Row]:
        """Give a table's rows, or none where the file does not have it."""
        return self.rows(f"select * from {table} {rest}") if self.has(table) else []  # noqa: S608 our own names


def read(path: Path) -> Contents:
    """Read everything but the evidence; raises `WarehouseError` where there is no published file."""
    with warehouse.reader(path) as connection:
        return _contents(Published(connection), path.with_name(NOTICE))


def _contents(published: Published, notice: Path) -> Contents:
    shares = published.all_of("framework_mentions_by_year", "order by framework, venue, year")
    pairs = _pairs(published)
    tables = {
        "shares": shares,
        "months": _months(published),
        "pairs": pairs,
        "measured": [row for pair in pairs for row in _measured(pair)],
        "printed": _printed(published),
        "crossovers": published.all_of("crossovers", "order by venue, since, framework_a, framework_b"),
        "coverage": _coverage(published),
    }
    frameworks = _frameworks(published, tables)
    options = _options(published, tables, frameworks)
    dates = published.rows("select max(last_collected_at)::date as until from coverage")
    releases = published.all_of("releases", "order by created_at desc, release desc limit 2")
    newest = "where release = (select max_by(release, created_at) from releases)" if releases else ""
    counted = published.rows(f"select count(*) as n from revisions {newest}") if published.has("revisions") else []  # noqa: S608
    return Contents(
        tables=tables,
        frameworks=frameworks,
        known=tuple(row["framework"] for row in [*published.all_of("frameworks"), *frameworks]),
        options=options,
        defaults=_defaults(tables, options),
        comments={
            row["table_name"]: row["comment"] or ""
            for row in published.rows("select table_name, comment from duckdb_tables() order by table_name")
        },
        changes=published.all_of(
            "revisions", f"{newest} order by table_name, row_key, column_name limit {CHANGES_SHOWN}"
        ),
        change_count=sum(row["n"] for row in counted),
        release=releases[0]["release"] if releases else "",
        previous_release=releases[1]["release"] if len(releases) > 1 else "",
        collected_until=dates[0]["until"] or "",
        notice=notice.read_text("utf-8").strip() if notice.is_file() else "",
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):  # datetimes too
        return value.isoformat()
    return round(float(value), DIGITS) if isinstance(value, float | Decimal) else value


def _months(published: Published) -> list[Row]:
    """Give the figures by month; `series` is what people choose: a category and scope, or a job source."""
    rows = published.all_of("framework_mentions_by_month", "order by framework, kind, venue, text_scope, month")
    scopes = {"abstract": "abstracts", "full_text": "full texts"}
    for row in rows:
        scope = scopes.get(row["text_scope"], row["text_scope"])
        row["series"] = f"{row['venue']}, {scope}" if row["kind"] == "preprint" else row["venue"]
    return rows


def _pairs(published: Published) -> list[Row]:
    """Give PyTorch against TensorFlow by counting rule; the rule 'default' is head_to_head's."""
    where = "where framework_a = 'pytorch' and framework_b = 'tensorflow'"
    rows = (
        published.all_of("sensitivity", f"{where} order by rule, venue, year")
        if published.has("sensitivity", "framework_a")
        else []
    )
    if not any(row["rule"] == "default" for row in rows):
        for row in published.all_of("head_to_head", f"{where} order by venue, year"):
            count = sum(row[name] for name in ("a_only_count", "b_only_count", "both_count", "neither_count"))
            rows.append({"rule": "default", "document_count": count, **row})
    wanted = ("venue", "year", "rule", "document_count", "a_only_count", "b_only_count", "both_count")
    shares = ("a_share", "a_share_low", "a_share_high", "leader")
    return [{name: row.get(name) for name in (*wanted, *shares)} for row in rows]


def _measured(pair: Row) -> Iterator[Row]:
    """Turn one of our pairs into the survey's form: a row a framework."""
    both = pair["a_only_count"] + pair["b_only_count"]
    for framework, count in (("pytorch", pair["a_only_count"]), ("tensorflow", pair["b_only_count"])):
        yield _survey_row(pair["venue"], pair["year"], framework, pair["rule"], count, pair["document_count"], both)


def _printed(published: Published) -> list[Row]:
    """Give the survey's figures as they were published; `series` is the publication."""
    metrics = ", ".join(f"'{metric}'" for metric in PRINTED_METRICS)
    rows = published.all_of(
        "published_figures",
        f"where metric in ({metrics}, 'papers_scraped') and year is not null and value is not null",
    )
    papers = {
        (row["source"], row["venue"], row["year"]): row["value"] for row in rows if row["metric"] == "papers_scraped"
    }
    counts = {
        (row["source"], row["venue"], row["year"], row["framework"]): row["value"]
        for row in rows
        if row["metric"] in PRINTED_METRICS
    }
    pair = ("pytorch", "tensorflow")
    return [
        _survey_row(
            venue,
            year,
            framework,
            source,
            value,
            papers.get((source, venue, year)),
            sum(counts.get((source, venue, year, name), 0) for name in pair),
            is_published=True,
        )
        for (source, venue, year, framework), value in sorted(counts.items())
        if framework in pair
    ]


def _survey_row(
    venue: str,
    year: int,
    framework: str,
    series: str,
    count: float,
    paper_count: float | None,
    both: float,
    is_published: bool = False,
) -> Row:
    return {
        "venue": venue,
        "year": year,
        "framework": framework,
        "series": series,
        "is_published": is_published,
        "only_count": count,
        "paper_count": paper_count,
        "portion": round(count / paper_count, DIGITS) if paper_count else None,
        "ratio": round(count / both, DIGITS) if both else None,
    }


def _coverage(published: Published) -> list[Row]:
    """Give every venue and year between the first and the last of all, months together; the best source of several."""
    return published.rows(
        """
        with
            by_source as (
                select source, venue, year, sum(official_count)::bigint as official_count,
                    sum(listed_count)::bigint as listed_count, sum(readable_count)::bigint as readable_count,
                    case when bool_and(complete) then 'complete' when sum(readable_count) is null then 'failed'
                        else 'incomplete' end as outcome,
                    min(problem) as problem
                from coverage group by source, venue, year
            ),
            best as (
                from by_source
                qualify row_number() over (partition by venue, year order by readable_count desc nulls last, source) = 1
            ),
            years as (select unnest(range(min(year), max(year) + 1)) as year from coverage)
        select source, venues.venue, years.year, official_count, listed_count, readable_count,
            readable_count / nullif(greatest(listed_count, official_count), 0) as read_share,
            coalesce(outcome, 'not tried') as outcome, problem
        from (select distinct venue from coverage) as venues
        cross join years
        left join best on venues.venue = best.venue and years.year = best.year
        order by venues.venue, years.year
        """
    )


def _frameworks(published: Published, tables: dict[str, list[Row]]) -> list[Row]:
    """Give the frameworks that anything names, PyTorch and TensorFlow first, then by how many documents name them."""
    counts = {"pytorch": 0, "tensorflow": 0}
    for row in [*tables["shares"], *tables["months"]]:
        counts[row["framework"]] = counts.get(row["framework"], 0) + (row["mentioning_count"] or 0)
    first = [name for name in ("pytorch", "tensorflow") if name in counts]
    others = sorted(
        (name for name in counts.keys() - set(first) if counts[name]), key=lambda name: (-counts[name], name)
    )
    has_names = published.has("frameworks", "name")
    names = {row["framework"]: row["name"] for row in published.all_of("frameworks")} if has_names else {}
    return [{"framework": name, "name": names.get(name) or name} for name in [*first, *others]]


def _options(published: Published, tables: dict[str, list[Row]], frameworks: list[Row]) -> dict[str, dict[str, str]]:
    names = {row["venue"]: row["name"] for row in published.rows("select venue, name from venues")}
    venues = {row["venue"] for table in ("shares", "pairs", "coverage", "printed") for row in tables[table]}
    meanings = {row["rule"]: row["meaning"] for row in published.all_of("counting_rules")}
    rules = {row["rule"]: meanings.get(row["rule"], "") for row in tables["pairs"]}
    series = {
        kind: {row["series"]: row["series"] for row in tables["months"] if row["kind"] == kind}
        for kind in ("preprint", "job_ad")
    }
    return {
        "frameworks": {row["framework"]: row["name"] for row in frameworks},
        "venues": {venue: names.get(venue, venue) for venue in sorted(venues)},
        "venue": {venue: names.get(venue, venue) for venue in sorted({row["venue"] for row in tables["shares"]})},
        "rule": rules,
        "survey": rules,
        "published": {row["series"]: "" for row in tables["printed"]},
        "arxiv": series["preprint"],
        "jobs": series["job_ad"],
    }


def _defaults(tables: dict[str, list[Row]], options: dict[str, dict[str, str]]) -> dict[str, list[str]]:
    """Choose what most people look for, as far as it is there."""
    sizes: dict[str, int] = {}
    for row in tables["shares"]:
        sizes[row["venue"]] = sizes.get(row["venue"], 0) + row["readable_count"]
    wanted = {
        "venue": max(sizes, key=lambda venue: sizes[venue], default=""),
        "rule": "default",
        "survey": "survey_2019",
        "published": "Horace He, The Gradient, Oct 2019",
        "arxiv": "cs.LG, abstracts",
        "jobs": "all",
    }
    single = {
        choice: [value] if value in options[choice] else list(options[choice])[:1] for choice, value in wanted.items()
    }
    return {"frameworks": list(options["frameworks"])[:5], "venues": list(options["venues"]), **single}

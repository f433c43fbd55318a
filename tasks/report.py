"""The published DuckDB file -> a page that works from disk. Reads nothing else, and fetches nothing."""

import uuid
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tasks import warehouse

QUERIES = {
    "years": "select venue, year, framework_a, a_only_count, framework_b, b_only_count, both_count, neither_count, "
    "a_share, a_share_low, a_share_high, leader from head_to_head "
    "where framework_a = 'pytorch' and framework_b = 'tensorflow' order by venue, year",
    "crossovers": "select * from crossovers order by venue, since",
    "coverage": "select source, venue, year, official_count, listed_count, readable_count, missing_count, complete, "
    "problem, last_collected_at from coverage order by source, venue, year",
    "caveats": "select table_name, comment from duckdb_tables() where schema_name = 'main' order by table_name",
}


def write(published: Path, folder: Path) -> Path:
    """Write the report on a published file into a folder and return its first page; replaces an older one at once.

    Titles and sentences come from the web: the template escapes every value.
    """
    environment = Environment(
        loader=PackageLoader("tasks", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    tables = {name: warehouse.query(published, sql).to_pylist() for name, sql in QUERIES.items()}
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    aside = page.with_name(f".{page.name}.{uuid.uuid4().hex}")
    aside.write_text(environment.get_template("report.html").render(tables), encoding="utf-8")
    aside.replace(page)
    return page

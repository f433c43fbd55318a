"""A published file with every table that the report draws, made of small invented rows."""

from pathlib import Path

import duckdb

from tasks import warehouse
from tasks.records import Period
from tests.lakes import SEEDS, add_ads, add_edition, add_month, lake_in

HOSTILE = (
    "<img src=x onerror=\"document.title='taken over'\"></script><script>document.title='taken over'</script>"
    " {{7*7}} ${7*7} \u202ekcab"  # of templates, and turning the reading direction
)


EXTRA_TABLES = (
    "sensitivity",
    "counting_rules",
    "published_figures",
    "releases",
    "revisions",
)


def here(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def small(folder: Path) -> Path:
    """Publish four venue-years of invented papers, a year that failed, and half a year of preprints and job ads."""
    lake = lake_in(folder)
    add_edition(lake, "ICML", 2018, ["tensorflow", "tensorflow", "pytorch", "keras tensorflow", ""])
    add_edition(lake, "ICML", 2019, ["pytorch", "pytorch", "pytorch tensorflow", "tensorflow", "-jax", "jax"])
    add_edition(lake, "AISTATS", 2018, ["tensorflow", "caffe", ""])
    add_edition(lake, "AISTATS", 2020, ["pytorch", "jax", ""])
    add_edition(lake, "AISTATS", 2019, [], outcome="failed")
    for number in range(1, 7):
        preprints = [
            {"abstract": "pytorch", "body": "pytorch -jax", "status": "read"},
            {"body": "pytorch", "status": "read"},
        ]
        add_month(lake, [*preprints, {"abstract": "tensorflow"}, {}], Period(2018, number))
        add_ads(lake, "hacker_news", Period(2018, number), ["pytorch", "tensorflow pytorch", ""])
    return warehouse.publish(lake, SEEDS, folder / "mentions.duckdb").path


def without(file: Path, *tables: str) -> Path:
    """Take tables away that the report draws."""
    with duckdb.connect(str(file)) as connection:
        for table in tables:
            connection.execute(f"drop table if exists {table}")
    return file


def whole(folder: Path) -> Path:
    """Publish the same with every table that the report draws."""
    file = without(small(folder), *EXTRA_TABLES)
    with duckdb.connect(str(file)) as connection:
        for statement in here("published_extra.sql").split(";\n"):
            if statement.strip():
                connection.execute(statement, {"title": HOSTILE} if "$title" in statement else None)
    return file


def large(folder: Path) -> Path:
    """Make a published file of 100,000 invented papers of 40 venues and 16 years, and 14 years of months."""
    file = folder / "mentions.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(here("published_large.sql"))
    return file

"""Publishing again makes only the rows of editions that changed, and gives what making everything anew gives."""

import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tasks import warehouse
from tasks.lake.lake import Lake
from tasks.records import Edition, Period
from tasks.warehouse import staleness
from tests import ROOT
from tests.lakes import SEEDS, WHEN, add_edition, document, run
from tests.marks import long_but

YEARS = range(2007, 2017)

TOMORROW = run("complete", 5) | {"started_at": WHEN + timedelta(1), "finished_at": WHEN + timedelta(1)}


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Path:
    """Lay a lake and publish it once; each test changes a copy."""
    folder = tmp_path_factory.mktemp("original")
    lake = Lake(folder)
    for year in YEARS:
        names = ["pytorch", "pytorch tensorflow", "~jax -keras", "", "tensorflow"][: 2 + year % 4]
        add_edition(lake, "MLHC", year, names, flags=["pytorch", "keras, google.com"])
    change_a_month(lake)
    warehouse.publish(lake, SEEDS, folder / "mentions.duckdb")
    return folder


@pytest.fixture
def lake(original, tmp_path):
    shutil.copytree(original, tmp_path / "data")  # with its files' times, by which they are known
    return Lake(tmp_path / "data")


@pytest.fixture
def published(lake):
    return lake.root.parent / "mentions.duckdb"


def contents(path):
    with warehouse.reader(path) as connection:
        names = connection.execute("select schema_name || '.' || table_name from duckdb_tables() order by 1").fetchall()
        return {name: sorted(map(repr, connection.execute(f"from {name}").fetchall())) for (name,) in names}


def made_rows(path):
    """Say in which order rows lie: rows that were made again lie behind those that were kept."""
    with warehouse.reader(path) as connection:
        return [year for (year,) in connection.execute("select year from documents").fetchall()]


def withdraw(lake):
    for dataset in ("documents", "texts", "mentions", "scans", "runs"):
        lake.path(dataset, Edition("pmlr", "MLHC", Period(2011))).unlink()


def change_a_month(lake):
    """Write a month of arXiv, whose documents are of several venues, as a harvest leaves it."""
    month = Edition("arxiv", "all", Period(2019, 7))
    rows = [document(month, f"arxiv:1907.{number}") | {"kind": "preprint", "venue": "cs.LG"} for number in range(3)]
    lake.write_rows("documents", month, rows)


CHANGES = {
    "a month of many venues": change_a_month,
    "nothing": lambda lake: None,
    "an edition": lambda lake: add_edition(lake, "MLHC", 2010, ["jax", "jax keras"], flags=["jax"]),
    "a new edition": lambda lake: add_edition(lake, "MLHC", 2025, ["jax", "-pytorch"]),
    "a withdrawn edition": withdraw,
    "a second source": lambda lake: add_edition(lake, "MLHC", 2012, ["jax"] * 9, source="openreview"),
    "only a visit": lambda lake: lake.add_run(Edition("pmlr", "MLHC", Period(2013)), run("incomplete", 4)),
    "a year that failed": lambda lake: lake.add_run(Edition("pmlr", "MLHC", Period(2030)), run("failed", None)),
}


@pytest.mark.parametrize("name", long_but(CHANGES, "a month of many venues", "an edition", "a withdrawn edition"))
def test_publishing_again_gives_what_making_everything_anew_gives(lake, published, tmp_path, name):
    CHANGES[name](lake)
    warehouse.publish(lake, SEEDS, published)
    anew = tmp_path / "anew.duckdb"
    warehouse.publish(lake, SEEDS, anew)
    assert contents(published) == contents(anew)


@pytest.mark.long
def test_many_nights_in_a_row_give_the_same_as_one_build(lake, published, tmp_path):
    for change in CHANGES.values():
        if change is not withdraw:
            change(lake)
            warehouse.publish(lake, SEEDS, published)
    anew = tmp_path / "anew.duckdb"
    warehouse.publish(lake, SEEDS, anew)
    assert contents(published) == contents(anew)


def test_only_rows_of_changed_editions_are_made_again(lake, published):
    add_edition(lake, "MLHC", 2010, ["jax", "jax"])
    warehouse.publish(lake, SEEDS, published)
    years = made_rows(published)
    assert years[-2:] == [2010, 2010]
    assert years[:-2] == sorted(years[:-2])


def test_a_change_of_models_makes_everything_anew(lake, published, tmp_path):
    add_edition(lake, "MLHC", 2010, ["jax", "jax"])
    sql = tmp_path / "sql"
    shutil.copytree(ROOT / "sql", sql)
    (sql / "macros.sql").write_text((sql / "macros.sql").read_text() + "\ncreate temp macro one() as 1;\n")
    warehouse.publish(lake, SEEDS, published, sql)
    assert made_rows(published) == sorted(made_rows(published))


@pytest.mark.parametrize("content", [b"", b"not a database", b"x" * 100_000])
def test_a_damaged_file_is_made_anew(lake, published, content):
    published.write_bytes(content)
    warehouse.publish(lake, SEEDS, published)
    assert warehouse.query(published, "select count(*) as n from documents").to_pylist()[0]["n"] > 0
    assert [path.name for path in published.parent.glob(".mentions*")] == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("drop table kept.made", "its layout is older"),
        ("alter table kept.editions rename built_from to built_of", "its layout is older"),
        (None, "it is damaged, or not ours"),
    ],
)
def test_a_file_that_cannot_be_built_upon_is_made_anew_with_a_plain_line(lake, published, caplog, change, why):
    caplog.set_level("INFO")
    if change is None:
        published.write_bytes(b"not a database")
    else:
        with duckdb.connect(str(published)) as connection:
            connection.execute(change)
    warehouse.publish(lake, SEEDS, published)
    assert caplog.messages == [f"{published} is made anew: {why}"]
    assert warehouse.query(published, "select count(*) > 0 as found from documents").to_pylist() == [{"found": True}]


def test_where_most_changed_everything_is_made_anew():
    before = {Edition("pmlr", "MLHC", Period(year)): "old" for year in YEARS}
    few = {**before, Edition("pmlr", "MLHC", Period(2010)): "new"}
    assert staleness.stale(before, few) == {Edition("pmlr", "MLHC", Period(2010))}
    assert staleness.stale(before, dict.fromkeys(before, "new")) is None
    assert staleness.stale({}, before) is None
    twin = {**few, Edition("openreview", "MLHC", Period(2010)): "new"}
    assert staleness.stale(before, twin) == {Edition(source, "MLHC", Period(2010)) for source in ("pmlr", "openreview")}


def test_a_night_with_nothing_new_makes_only_what_tells_of_it(lake, published):
    """What a table was made from is told by the file: a visit changes coverage, and no figure is made from that."""

    def made():
        with warehouse.reader(published) as connection:
            return dict(connection.execute("select model, made_from from kept.made").fetchall())

    warehouse.publish(lake, SEEDS, published)  # files of the lake are known by their places, too
    before = made()
    lake.add_run(Edition("pmlr", "MLHC", Period(2013)), TOMORROW)
    warehouse.publish(lake, SEEDS, published)
    changed = {model for model, made_from in made().items() if before[model] != made_from}
    assert {"coverage", "staging.latest_runs", "staging.preferred_sources"} <= changed
    assert not changed & {"documents", "mentions", "kept.profiles", "kept.editions", "sensitivity", "head_to_head"}
    assert not changed & {"framework_mentions_by_year", "framework_mentions_by_month", "staging.job_ads"}


def test_a_changed_model_is_made_again_of_an_empty_lake_too(tmp_path):
    sql, path = shutil.copytree(ROOT / "sql", tmp_path / "sql"), tmp_path / "mentions.duckdb"
    warehouse.publish(Lake(tmp_path), SEEDS, path, sql)
    aliases = sql / "published" / "aliases.sql"
    aliases.write_text(aliases.read_text().replace("from seeds.aliases", "from seeds.aliases where false"))
    assert warehouse.publish(Lake(tmp_path), SEEDS, path, sql).row_counts["aliases"] == 0


def test_a_warning_is_told_as_long_as_it_holds(lake, published):
    add_edition(lake, "MLHC", 2019, [""] * 40, status="unreadable")
    told = warehouse.publish(lake, SEEDS, published).warnings
    assert len(told) == 1
    lake.add_run(Edition("pmlr", "MLHC", Period(2013)), TOMORROW)
    assert warehouse.publish(lake, SEEDS, published).warnings == told

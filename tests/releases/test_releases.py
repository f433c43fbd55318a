"""Releases and revisions, on small lakes, through the same door as `mentions publish`."""

import csv
import datetime as dt
import hashlib
import json

import pyarrow.parquet as pq
import pytest

from tasks import releases, warehouse
from tasks.lake.lake import Lake
from tests.lakes import SEEDS, add_edition

DAY = dt.datetime(2026, 11, 23, 3, 0, tzinfo=dt.UTC)
VERSIONS = releases.Versions(lexicon="l1", detector="d1", models="m1", code="0.1.0")


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


@pytest.fixture
def publish(lake, tmp_path):
    """Give a function that publishes the lake with a release on a day and under versions; gives the new release."""
    made = []

    def run(day: int = 0, kept: int | None = None, **versions: str) -> str | None:
        def keep(build: warehouse.Build) -> None:
            given = releases.Versions(**{**vars(VERSIONS), **versions})
            now = DAY + dt.timedelta(days=day)
            made.append(releases.keep(build, tmp_path / "releases", given, now, kept))

        warehouse.publish(lake, SEEDS, tmp_path / "mentions.duckdb", keep=keep)
        return made[-1] and made[-1]["release"]

    return run


@pytest.fixture
def ask(tmp_path):
    return lambda sql: [tuple(row.values()) for row in warehouse.query(tmp_path / "mentions.duckdb", sql).to_pylist()]


def hashes(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def test_a_publication_that_changes_no_figure_makes_no_release(lake, publish, ask, tmp_path):
    add_edition(lake, "MLHC", 2019, ["pytorch"])
    assert publish() == "2026-11-23"
    before = hashes(tmp_path / "releases")
    assert publish(day=1) is None
    assert publish(day=2, code="0.2.0") is None
    assert hashes(tmp_path / "releases") == before
    assert ask("select release, previous_release from releases") == [("2026-11-23", None)]


@pytest.mark.long
def test_a_second_release_on_a_day_bears_a_number_and_the_first_stays_as_it_was(lake, publish, tmp_path):
    add_edition(lake, "MLHC", 2019, ["pytorch"])
    publish()
    before = hashes(tmp_path / "releases")
    names = []
    for count in range(2, 12):
        add_edition(lake, "MLHC", 2019, ["pytorch"] * count)
        names.append(publish())
    assert names == [f"2026-11-23.{number}" for number in range(2, 12)]
    after = hashes(tmp_path / "releases")
    assert {path: after[path] for path in before} == before
    assert [path for path in after if path.name.startswith(".")] == []


def test_a_release_without_figures_is_none(publish, tmp_path):
    assert publish() is None
    assert not (tmp_path / "releases").exists()


def test_the_manifest_tells_hashes_rows_and_versions(lake, publish, ask, tmp_path):
    add_edition(lake, "MLHC", 2019, ["pytorch", "tensorflow"])
    folder = tmp_path / "releases" / publish()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["lexicon_version"], manifest["detector_version"], manifest["code_version"]) == (
        "l1",
        "d1",
        "0.1.0",
    )
    assert manifest["files"].keys() == {path.name for path in folder.iterdir()} - {
        *("manifest.json", "datapackage.json", "croissant.json")
    }
    for name, file in manifest["files"].items():
        assert file["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest(), name
    for name, table in manifest["tables"].items():
        [(count,)] = ask(f"select count(*) from {name}")
        assert table["row_count"] == pq.read_metadata(folder / f"{name}.parquet").num_rows == count, name
        with (folder / f"{name}.csv").open(newline="") as file:
            assert len(list(csv.DictReader(file))) == count, name
    assert not {"documents", "mentions"} & manifest["tables"].keys()


def test_descriptions_for_other_tools_name_every_table_and_column(lake, publish, ask, tmp_path):
    add_edition(lake, "MLHC", 2019, ["pytorch", "tensorflow"])
    folder = tmp_path / "releases" / publish()
    package = json.loads((folder / "datapackage.json").read_text())
    croissant = json.loads((folder / "croissant.json").read_text())
    manifest = json.loads((folder / "manifest.json").read_text())
    columns = {name: table["columns"] for name, table in manifest["tables"].items()}
    assert {r["name"]: [field["name"] for field in r["schema"]["fields"]] for r in package["resources"]} == columns
    assert {r["name"]: [field["name"] for field in r["field"]] for r in croissant["recordSet"]} == columns
    for resource in package["resources"]:
        path = folder / resource["path"]
        assert resource["hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        with path.open(newline="") as file:
            assert next(csv.reader(file)) == columns[resource["name"]]
    for file in croissant["distribution"]:
        assert file["sha256"] == hashlib.sha256((folder / file["contentUrl"]).read_bytes()).hexdigest()
    meanings = dict(ask("select column_name, comment from duckdb_columns() where table_name = 'head_to_head'"))
    [ours] = [r for r in package["resources"] if r["name"] == "head_to_head"]
    assert {field["name"]: field["description"] for field in ours["schema"]["fields"]} == meanings
    assert {field["type"] for field in ours["schema"]["fields"]} == {"string", "integer", "number"}


@pytest.mark.parametrize(
    ("versions", "why"),
    [
        ({}, "documents"),
        pytest.param({"models": "m2"}, "rule", marks=pytest.mark.long),
        pytest.param({"detector": "d2"}, "rule", marks=pytest.mark.long),
        ({"lexicon": "l2", "models": "m2"}, "lexicon"),
    ],
)
def test_revisions_say_what_changed_and_why(lake, publish, ask, versions, why):
    add_edition(lake, "MLHC", 2019, ["pytorch", ""])
    publish()
    add_edition(lake, "MLHC", 2019, ["pytorch", "pytorch"])
    publish(day=1, **versions)
    assert ask(
        "select release, previous_release, row_key, column_name, old, new, why from revisions "
        "where table_name = 'framework_mentions_by_year' and column_name in ('mentioning_count', 'share') "
        "order by column_name"
    ) == [
        ("2026-11-24", "2026-11-23", "venue=MLHC, year=2019, framework=pytorch", "mentioning_count", "1", "2", why),
        ("2026-11-24", "2026-11-23", "venue=MLHC, year=2019, framework=pytorch", "share", "0.5", "1.0", why),
    ]


def test_new_years_are_counted_and_revise_nothing(lake, publish, ask):
    add_edition(lake, "MLHC", 2018, ["pytorch"])
    publish()
    add_edition(lake, "MLHC", 2019, ["pytorch"])
    publish(day=1)
    assert ask("select count(*) from revisions where row_key like '%2019%'") == [(0,)]
    assert ask("select changed_count, added_count > 0, removed_count from releases where release = '2026-11-24'") == [
        (0, True, 0)
    ]


def test_a_figure_that_is_no_longer_given_is_revised_to_nothing(lake, publish, ask):
    add_edition(lake, "MLHC", 2018, ["jax"])
    add_edition(lake, "MLHC", 2019, ["pytorch"])
    publish()
    add_edition(lake, "MLHC", 2019, ["pytorch"], status="missing")
    publish(day=1)
    found = ask(
        "select column_name, old, new from revisions where table_name = 'framework_mentions_by_year' "
        "and row_key = 'venue=MLHC, year=2019, framework=pytorch' and column_name = 'mentioning_count'"
    )
    assert found == [("mentioning_count", "1", None)]


@pytest.mark.long
def test_revisions_of_earlier_releases_stay(lake, publish, ask):
    for count in range(1, 4):
        add_edition(lake, "MLHC", 2019, ["pytorch"] * count)
        publish(day=count)
    assert ask(
        "select release, old, new from revisions where table_name = 'framework_mentions_by_year' "
        "and column_name = 'readable_count' order by release"
    ) == [("2026-11-25", "1", "2"), ("2026-11-26", "2", "3")]


@pytest.mark.long
def test_only_the_oldest_releases_are_deleted(lake, publish, ask, tmp_path):
    for count in range(1, 5):
        add_edition(lake, "MLHC", 2019, ["pytorch"] * count)
        publish(day=count, kept=2)
    kept = ["2026-11-26", "2026-11-27"]
    assert sorted(path.name for path in (tmp_path / "releases").iterdir()) == kept
    assert ask("select release from releases order by 1") == [(name,) for name in kept]
    assert publish(day=9, kept=2) is None
    assert ask("select release from releases order by 1") == [(name,) for name in kept]


@pytest.mark.long
def test_a_name_that_retention_freed_is_not_given_again(lake, publish, ask):
    names = []
    for count in range(1, 5):
        add_edition(lake, "MLHC", 2019, ["pytorch"] * count)
        names.append(publish(kept=2))
    assert names == ["2026-11-23", "2026-11-23.2", "2026-11-23.3", "2026-11-23.4"]
    assert ask("select release, previous_release from releases order by release") == [
        ("2026-11-23.3", "2026-11-23.2"),
        ("2026-11-23.4", "2026-11-23.3"),
    ]


@pytest.mark.long
def test_a_release_made_by_a_clock_that_was_ahead_comes_before_the_next_all_the_same(lake, publish, ask):
    names = []
    for count, day in ((1, 400), (2, 0), (3, 1), (4, 401)):
        add_edition(lake, "MLHC", 2019, ["pytorch"] * count)
        names.append(publish(day=day))
    assert names == ["2027-12-28", "2027-12-28.2", "2027-12-28.3", "2027-12-29"]
    found = "select release from releases where previous_release = ? or previous_release is null order by created_at"
    assert ask(found.replace("?", "'2027-12-28'")) == [("2027-12-28.2",), ("2027-12-28",)]
    sizes = "select distinct old, new from revisions where release = '2027-12-28.3' and column_name = 'readable_count'"
    assert ask(sizes) == [("2", "3")], "held against the one before"


@pytest.mark.parametrize("damage", [b"", b"{"])
def test_a_damaged_release_is_an_error_and_the_file_stays(lake, publish, ask, tmp_path, damage):
    add_edition(lake, "MLHC", 2019, ["pytorch"])
    folder = tmp_path / "releases" / publish()
    name = "head_to_head.parquet" if damage == b"" else "manifest.json"
    (folder / name).write_bytes(damage)
    add_edition(lake, "MLHC", 2020, ["pytorch"])
    with pytest.raises(warehouse.WarehouseError, match=name):
        publish(day=1)
    assert ask("select distinct year from head_to_head") == [(2019,)]


def test_a_failing_check_leaves_no_release(lake, publish, tmp_path):
    twin = add_edition(lake, "MLHC", 2019, ["pytorch"])
    rows = lake.read("documents", twin)
    lake.write("documents", add_edition(lake, "AISTATS", 2019, [""]), rows)
    with pytest.raises(warehouse.CheckFailed):
        publish()
    assert not (tmp_path / "releases").exists()


def test_every_grain_tells_the_rows_of_its_table_apart(lake, tmp_path, ask):
    """`revisions` names a figure by its table's grain."""
    add_edition(lake, "MLHC", 2019, ["pytorch jax", "tensorflow"], flags=["pytorch", "tensorflow"])
    add_edition(lake, "MLHC", 2020, ["pytorch"])
    tables = []
    warehouse.publish(lake, SEEDS, tmp_path / "mentions.duckdb", keep=lambda build: tables.extend(build.tables))
    assert len(tables) > 15
    for table in tables:
        key = ", ".join(table.grain)
        assert key, table.name
        assert ask(f"select {key} from {table.name} group by all having count(*) > 1") == [], table.name

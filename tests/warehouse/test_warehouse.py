"""The models, their checks and the publication, on small lakes and a real DuckDB file."""

import datetime as dt
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import duckdb
import pytest

from tasks import releases, warehouse
from tasks.lake.lake import Lake
from tasks.records import Edition, Period
from tests import ROOT
from tests.lakes import SEEDS, add_edition, run


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


@pytest.fixture
def published(tmp_path):
    return tmp_path / "mentions.duckdb"


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    """Publish an empty lake once, for who asks only how tables are asked and described."""
    folder = tmp_path_factory.mktemp("empty")
    return warehouse.publish(Lake(folder), SEEDS, folder / "mentions.duckdb").path


def ask(path: Path, sql: str) -> list[tuple]:
    return [tuple(row.values()) for row in warehouse.query(path, sql).to_pylist()]


SQL = ROOT / "sql"

PAIR = "from head_to_head where framework_a = 'pytorch' and framework_b = 'tensorflow'"


def test_head_to_head_counts_papers_that_name_one_and_not_the_other(lake, published):
    add_edition(lake, "MLHC", 2019, ["pytorch", "pytorch jax", "tensorflow", "pytorch tensorflow", "", "-tensorflow"])
    warehouse.publish(lake, SEEDS, published)
    columns = "a_only_count, b_only_count, both_count, neither_count, round(a_share, 3), leader"
    assert ask(published, f"select {columns} {PAIR}") == [(2, 1, 1, 2, 0.667, "tie")]


def test_leader_is_a_tie_where_the_interval_holds_one_half(lake, published):
    expected = {
        "COLT": (["pytorch"], "tie"),  # one paper decides nothing
        "UAI": ([""], "tie"),
        "ICML": (["pytorch"] * 10 + ["tensorflow"], "pytorch"),
        "AISTATS": (["pytorch"] + ["tensorflow"] * 10, "tensorflow"),
        "MLHC": (["pytorch tensorflow"] * 10, "tie"),
    }
    for venue, (papers, _) in expected.items():
        add_edition(lake, venue, 2019, papers)
    warehouse.publish(lake, SEEDS, published)
    leaders = {venue: leader for venue, (_, leader) in expected.items()}
    assert dict(ask(published, f"select venue, leader {PAIR}")) == leaders


def test_intervals_are_wilsons(lake, published):
    add_edition(lake, "MLHC", 2019, ["pytorch"] * 7 + [""] * 3)
    warehouse.publish(lake, SEEDS, published)
    shares = ask(
        published,
        "select share, round(share_low, 4), round(share_high, 4) "
        "from framework_mentions_by_year where framework = 'pytorch'",
    )
    assert shares == [(0.7, 0.3968, 0.8922)]  # R: prop.test(7, 10, correct = FALSE)


def test_a_year_without_readable_papers_has_no_figures_but_coverage(lake, published):
    add_edition(lake, "MLHC", 2018, ["pytorch", ""], status="missing")
    add_edition(lake, "MLHC", 2019, ["pytorch", ""])
    lake.add_run(Edition("pmlr", "MLHC", Period(2020)), run("failed", None))
    warehouse.publish(lake, SEEDS, published)
    assert ask(published, "select distinct year from framework_mentions_by_year") == [(2019,)]
    assert ask(
        published,
        "select year, listed_count, readable_count, missing_count, complete, outcome from coverage order by year",
    ) == [
        (2018, 2, 0, 2, True, "complete"),
        (2019, 2, 2, 0, True, "complete"),
        (2020, None, None, None, False, "failed"),
    ]


def test_zero_in_a_collected_year_is_a_row(lake, published):
    add_edition(lake, "MLHC", 2018, [""])
    add_edition(lake, "MLHC", 2019, ["pytorch"])
    warehouse.publish(lake, SEEDS, published)
    assert ask(
        published,
        "select year, mentioning_count from framework_mentions_by_year where framework = 'pytorch' order by 1",
    ) == [(2018, 0), (2019, 1)]


def test_only_the_main_track_is_counted(lake, published):
    add_edition(lake, "ACL", 2019, ["pytorch"])
    add_edition(lake, "ACL-W", 2019, ["pytorch"], track="workshop")
    warehouse.publish(lake, SEEDS, published)
    assert ask(published, "select distinct venue from framework_mentions_by_year") == [("ACL",)]


def test_crossovers_say_since_when_one_leads_for_good(lake, published):
    expected = {
        "MLHC": ({2017: (1, 6), 2018: (5, 3), 2019: (3, 5), 2021: (20, 2), 2022: (30, 1)}, ("2021", True, False)),
        "UAI": ({2017: (1, 6), 2018: (5, 4)}, ("2018", False, False)),
        "ICML": ({2017: (6, 1), 2018: (5, 4)}, ("2017", False, True)),
        "COLT": ({2017: (1, 6), 2018: (4, 4)}, None),
        "AISTATS": ({2017: (1, 6), 2018: (0, 0), 2019: (9, 0)}, ("2019", True, False)),
    }
    for venue, (years, _) in expected.items():
        for year, (pytorch, tensorflow) in years.items():
            add_edition(lake, venue, year, ["pytorch"] * pytorch + ["tensorflow"] * tensorflow + [""])
    warehouse.publish(lake, SEEDS, published)
    found = ask(
        published,
        "select venue, since, certain, is_from_start from crossovers "
        "where framework_a = 'pytorch' and framework_b = 'tensorflow'",
    )
    assert {venue: rest for venue, *rest in found} == {
        venue: list(crossover) for venue, (_, crossover) in expected.items() if crossover
    }


@pytest.mark.parametrize(("count", "rows"), [(3, []), (4, [("2019", True, 4, 0, 1.0)])])
def test_pairs_that_too_few_papers_tell_apart_do_not_clutter_crossovers(lake, published, count, rows):
    add_edition(lake, "MLHC", 2019, ["jax"] * count + ["keras jax", "pytorch"])
    warehouse.publish(lake, SEEDS, published)
    found = ask(
        published,
        "select framework_b, since, certain, a_only_count, b_only_count, a_share from crossovers "
        "where framework_a in ('jax', 'pytorch') and framework_b in ('keras', 'tensorflow') order by framework_b",
    )
    assert [row[1:] for row in found if row[0] == "keras"] == rows
    assert ("tensorflow", "2019", False, 1, 0, 1.0) in found, "PyTorch and TensorFlow are always there"


def test_a_failing_check_leaves_the_published_file_and_names_the_rows(lake, published):
    add_edition(lake, "MLHC", 2019, ["pytorch"])
    warehouse.publish(lake, SEEDS, published)
    before = published.read_bytes()
    twin = add_edition(lake, "AISTATS", 2019, [""])
    rows = lake.read("documents", Edition("pmlr", "MLHC", Period(2019)))
    lake.write("documents", twin, rows)
    with pytest.raises(warehouse.CheckFailed, match=r"document_id is unique.*pmlr:MLHC2019/0"):
        warehouse.publish(lake, SEEDS, published)
    assert published.read_bytes() == before
    assert [path.name for path in published.parent.glob(".mentions*")] == []


def test_a_warning_is_reported_and_published_all_the_same(lake, published):
    add_edition(lake, "MLHC", 2019, ["pytorch"] * 4, status="missing")
    publication = warehouse.publish(lake, SEEDS, published)
    assert "nearly every listed paper" in publication.warnings[0]
    assert publication.row_counts["documents"] == 4


def test_an_open_reader_keeps_its_file_while_a_new_one_is_published(lake, published):
    add_edition(lake, "MLHC", 2018, ["pytorch"])
    warehouse.publish(lake, SEEDS, published)
    with duckdb.connect(str(published), read_only=True) as reader:
        add_edition(lake, "MLHC", 2019, ["pytorch"])
        warehouse.publish(lake, SEEDS, published)
        assert reader.execute("select count(*) from documents").fetchone() == (1,)
    assert ask(published, "select count(*) from documents") == [(2,)]


READS = 200
"""Opening the file costs 15 ms of CPU; benchmarks/readers.py reads a thousand times, by DuckDB's command line too."""

POLLER = """
import sys, duckdb
while not sys.stdin.closed:
    with duckdb.connect(sys.argv[1], read_only=True) as reader:
        [(documents, figures, released)] = reader.execute(
            "select (select count(*) from documents), (select sum(listed_count) from framework_mentions_by_year), "
            "(select count(*) from releases)"
        ).fetchall()
        assert documents == figures == released, (documents, figures, released)
        print(documents, flush=True)
"""


def test_a_poller_never_sees_a_lock_or_half_a_build(lake, published, tmp_path):
    versions = releases.Versions("l1", "d1", "m1")

    def publish(year: int) -> None:
        add_edition(lake, "MLHC", year, ["pytorch"])
        now = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
        keep = partial(releases.keep, folder=tmp_path / "releases", versions=versions, now=now)
        warehouse.publish(lake, SEEDS, published, keep=keep)

    publish(2001)
    with subprocess.Popen(
        [sys.executable, "-c", POLLER, str(published)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as poller:
        seen = [poller.stdout.readline()]
        for year in range(2002, 2008):
            publish(year)
        while len(seen) < READS or seen[-1] != "7\n":
            line = poller.stdout.readline()
            assert line, poller.stderr.read()
            seen.append(line)
        poller.kill()
    assert seen == sorted(seen)
    assert len(set(seen)) > 1


def test_every_table_and_column_says_what_it_means(empty):
    tables = ask(empty, "select table_name, comment from duckdb_tables()")
    assert {"documents", "mentions", "head_to_head", "crossovers", "coverage"} <= {name for name, _ in tables}
    assert [name for name, comment in tables if "Grain:" not in (comment or "")] == []
    uncommented = "select table_name, column_name from duckdb_columns() where comment is null and not internal"
    assert ask(empty, uncommented) == []
    assert ask(empty, "select view_name from duckdb_views() where not internal") == []


@pytest.mark.parametrize(
    "sql",
    [
        "delete from documents",
        "create table x as select 1",
        "select * from read_csv('/etc/passwd')",
        "copy documents to '/tmp/stolen.csv'",
        "attach '/tmp/other.duckdb'",
        "set enable_external_access = true",
        "selec 1",
        "",
        "select 1; select 2",
        "select 1; drop table documents",
        "select case when range > 150000 then error('late') end from range(200000)",
    ],
)
def test_query_only_reads(empty, sql):
    with pytest.raises(warehouse.QueryRefused):
        warehouse.query(empty, sql)


@pytest.mark.parametrize("sql", ["select 1 as n;", "select 1 as n -- ;", "select 1 as n where ';' <> ''"])
def test_a_semicolon_makes_no_second_statement(empty, sql):
    assert ask(empty, sql) == [(1,)]


def test_query_before_the_first_publication_says_what_to_do(published):
    with pytest.raises(warehouse.WarehouseError, match="mentions publish"):
        warehouse.query(published, "select 1")


def test_models_that_read_each_other_in_a_circle_are_named(tmp_path):
    for layer in ("staging", "published"):
        (tmp_path / layer).mkdir()
    (tmp_path / "macros.sql").touch()
    (tmp_path / "published" / "chicken.sql").write_text("select * from egg")
    (tmp_path / "published" / "egg.sql").write_text("select * from chicken")
    with pytest.raises(warehouse.WarehouseError, match=r"circle.*chicken"):
        warehouse.read_models(tmp_path)


def test_a_broken_model_is_named_and_leaves_nothing(lake, published, tmp_path):
    sql = tmp_path / "sql"
    shutil.copytree(SQL, sql)
    (sql / "published" / "venues.sql").write_text("-- Broken\nselect no_such_column from documents")
    with pytest.raises(warehouse.WarehouseError, match="venues"):
        warehouse.publish(lake, SEEDS, published, sql)
    assert list(tmp_path.glob("*duckdb*")) == []


def test_the_file_is_written_for_released_clients(lake, published):
    warehouse.publish(lake, SEEDS, published)
    with duckdb.connect(str(published), read_only=True) as connection:
        (tags,) = connection.execute("select tags from duckdb_databases() where database_name = 'mentions'").fetchone()
    assert tags["storage_version"].startswith("v1.5")

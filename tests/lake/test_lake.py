"""The lake: atomic editions, parts that survive a crash, schemas that hold."""

import os

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks import warehouse
from tasks.lake.lake import Lake
from tasks.lake.storage import LakeError
from tasks.records import Edition, Period
from tests.lakes import SEEDS, add_edition, text

MLHC = Edition("pmlr", "MLHC", Period(2019))


@pytest.fixture(params=["disk", "bucket"])
def lake(request, tmp_path):
    return Lake(tmp_path if request.param == "disk" else request.getfixturevalue("bucket"))


@pytest.fixture
def local_lake(tmp_path):
    return Lake(tmp_path)


def damage(lake: Lake, path) -> None:
    """Cut the end of a file off."""
    filesystem = lake.storage.filesystem
    whole = filesystem.open_input_file(str(path)).read()
    with filesystem.open_output_stream(str(path)) as file:
        file.write(whole[:-50])


def ids(table: pa.Table) -> list[str]:
    return table["document_id"].to_pylist()


def test_an_edition_is_one_zstd_file_at_its_place(local_lake, tmp_path):
    lake = local_lake
    add_edition(lake, "MLHC", 2019, ["pytorch"])
    path = tmp_path / "lake" / "texts" / "source=pmlr" / "venue=MLHC" / "period=2019" / "edition.parquet"
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"
    assert lake.editions("texts") == [MLHC]
    assert Lake(str(tmp_path)).editions("texts") == [MLHC]


@pytest.mark.parametrize("venue", ["../../etc", "a/b", "..", "cs.LG", "Übung & Co=1", "x" * 60])
def test_no_name_leads_out_of_the_lake_and_every_name_comes_back(lake, venue):
    edition = Edition("pmlr", venue, Period(2019, 7))
    lake.write_rows("texts", edition, [text("a")])
    assert os.path.normpath(lake.path("texts", edition)).startswith(str(lake.root / "texts"))
    assert lake.editions("texts") == [edition]


def test_a_write_of_another_shape_leaves_the_old_edition(lake):
    lake.write_rows("texts", MLHC, [text("a")])
    with pytest.raises((pa.ArrowInvalid, KeyError)):
        lake.write("texts", MLHC, pa.table({"document_id": ["b"]}))
    with pytest.raises(ValueError, match="null"):
        lake.write_rows("texts", MLHC, [text("b") | {"text_status": None}])
    assert ids(lake.read("texts", MLHC)) == ["a"]
    assert [path.name for path in lake.storage.files(lake.root, "*")] == ["edition.parquet"]


def test_parts_become_the_edition_and_the_newest_text_wins(lake):
    lake.write_rows("texts", MLHC, [text("a", "missing"), text("b", body="old"), text("gone")])
    lake.write_part(MLHC, [text("a", body="now there")])
    lake.write_part(MLHC, [text("c")])
    assert lake.seal(MLHC, {"a", "b", "c"})
    sealed = {row["document_id"]: row["text"] for row in lake.read("texts", MLHC).to_pylist()}
    assert sealed == {"a": "now there", "b": "old", "c": "Some text."}
    assert not lake.seal(MLHC, {"a", "b", "c"}), "nothing is left to seal"


def test_parts_left_by_a_crash_count_as_read(lake):
    lake.write_rows("texts", MLHC, [text("a")])
    lake.write_part(MLHC, [text("b")])
    assert sorted(ids(lake.text_states(MLHC))) == ["a", "b"]
    assert ids(lake.read("texts", MLHC)) == ["a"], "parts are not visible"


def test_a_part_cut_short_costs_its_own_texts_only(local_lake, caplog):
    lake = local_lake
    lake.write_part(MLHC, [text("a")])
    (whole,) = lake.parts_root.rglob("*.parquet")
    torn = whole.with_name("torn.parquet")
    torn.write_bytes(whole.read_bytes()[:-50])
    assert ids(lake.text_states(MLHC)) == ["a"]
    lake.seal(MLHC, {"a"})
    assert ids(lake.read("texts", MLHC)) == ["a"]
    assert "torn.parquet" in caplog.text


BACKFILL = "`mentions backfill --venue MLHC --since 2019 --until 2019 --source pmlr` collects it again"


@pytest.mark.parametrize(
    ("dataset", "remedy"),
    [
        ("documents", BACKFILL),
        ("texts", BACKFILL),
        ("mentions", "`mentions publish` makes it again"),
        ("scans", "`mentions publish` makes it again"),
        ("postings", "`mentions publish` makes it again"),
        ("sightings", "cannot be asked for again"),
    ],
)
def test_a_damaged_edition_says_what_to_do(lake, dataset, remedy):
    lake.write_rows(dataset, MLHC, [])
    path = lake.path(dataset, MLHC)
    damage(lake, path)
    with pytest.raises(LakeError) as caught:
        lake.read(dataset, MLHC)
    assert str(caught.value).startswith(lake.storage.address(path))
    assert str(caught.value).endswith(remedy)
    assert lake.damaged() == [str(caught.value)]


def test_a_damaged_month_of_arxiv_is_harvested_again(lake):
    month = Edition("arxiv", "all", Period(2019, 7))
    lake.write_rows("documents", month, [])
    damage(lake, lake.path("documents", month))
    harvests = lake.storage.address(lake.root / "harvests")
    with pytest.raises(LakeError, match=f"and {harvests} too: `mentions nightly --source arxiv` harvests"):
        lake.read("documents", month)


def test_what_others_leave_beside_an_edition_is_not_published(lake, tmp_path):
    edition = add_edition(lake, "MLHC", 2019, ["pytorch"])
    path = lake.path("documents", edition)
    below = path.relative_to(lake.root / "documents")
    whole = lake.storage.filesystem.open_input_file(str(path)).read()
    beside = (path.with_name("edition (copy).parquet"), lake.root / "documents" / "backup" / below)
    for other, content in [*((other, whole) for other in beside), (path.with_name("damaged.parquet"), b"moved away")]:
        with lake.storage.written_whole(other) as file:
            file.write(content)
    assert lake.files("documents") == [path]
    assert lake.editions("documents") == [edition]
    warehouse.publish(lake, SEEDS, tmp_path / "x.duckdb")
    assert lake.damaged() == []


def test_metadata_tells_one_writing_from_the_next(lake):
    lake.write_rows("scans", MLHC, [], lexicon="v1")
    first = lake.metadata("scans", MLHC)
    lake.write_rows("scans", MLHC, [], lexicon="v1")
    second = lake.metadata("scans", MLHC)
    assert first["lexicon"] == second["lexicon"] == "v1"
    assert first["written_id"] != second["written_id"]


def test_runs_are_a_history(lake):
    add_edition(lake, "MLHC", 2019, ["pytorch"], outcome="incomplete")
    add_edition(lake, "MLHC", 2019, ["pytorch"], outcome="complete")
    assert lake.read("runs", MLHC)["outcome"].to_pylist() == ["incomplete", "complete"]


def written_before(lake: Lake, dataset: str, column: str) -> None:
    """Make a file as a version of before wrote it, when there was no such column."""
    path, filesystem = str(lake.path(dataset, MLHC)), lake.storage.filesystem
    table = pq.ParquetFile(path, filesystem=filesystem).read()
    pq.write_table(table.drop_columns([column]), path, filesystem=filesystem)


def test_a_file_of_before_a_column_reads_as_null_there_and_publishes(lake, tmp_path):
    add_edition(lake, "MLHC", 2019, ["pytorch"])
    written_before(lake, "documents", "organization")
    written_before(lake, "texts", "text_problem")
    assert lake.read("documents", MLHC)["organization"].to_pylist() == [None]
    lake.write_part(MLHC, [text("pmlr:MLHC2019/1")])
    assert lake.seal(MLHC, {"pmlr:MLHC2019/0", "pmlr:MLHC2019/1"})
    warehouse.publish(lake, SEEDS, tmp_path / "x.duckdb")
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from documents").fetchone() == (1,)


def test_a_file_that_today_cannot_be_read_says_its_version_and_what_to_do(lake):
    lake.write_rows("texts", MLHC, [text("a")])
    assert lake.metadata("texts", MLHC)["schema_version"] == "1"
    written_before(lake, "texts", "page_starts")
    with pytest.raises(LakeError, match=r"no column page_starts; schema version .*move it away"):
        lake.read("texts", MLHC)

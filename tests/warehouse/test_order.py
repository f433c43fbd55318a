"""Tables follow from what is stored, not from the order in which its rows lie."""

import datetime as dt

import pytest

from tasks import warehouse
from tasks.lake.lake import Lake
from tasks.records import Edition, Period
from tests.lakes import SEEDS, add_edition, document, mention, run, text

MONTH = Edition("greenhouse", "greenhouse", Period(2026, 5))
NIGHT = dt.date(2026, 5, 4)
ADS = [f"greenhouse:{number}" for number in range(3)]


def contents(lake: Lake) -> dict[str, list[str]]:
    path = lake.root.parent / "mentions.duckdb"
    warehouse.publish(lake, SEEDS, path)
    with warehouse.reader(path) as connection:
        names = connection.execute("select table_name from duckdb_tables() where schema_name = 'main'").fetchall()
        return {name: sorted(map(repr, connection.execute(f"from {name}").fetchall())) for (name,) in names}


def board_visit(board: str, outcome: str = "read", captures: int | None = None) -> dict[str, object]:
    place = {"source": "greenhouse", "board": board, "organization": f"{board} Ltd", "visited_on": NIGHT}
    return {**place, "outcome": outcome, "ad_count": 2, "capture_count": captures, "problem": None}


def write(lake: Lake, turn) -> None:
    """Write what leaves things open: ads first seen on one day, an ad on two boards, runs that ended together."""
    paper = add_edition(lake, "MLHC", 2019, ["pytorch", "jax -keras", "tensorflow pytorch"], flags=["pytorch"])
    for dataset in ("documents", "texts", "mentions", "scans"):
        lake.write_rows(dataset, paper, turn(lake.read(dataset, paper).to_pylist()))
    place = {"source": "pmlr", "venue": "MLHC", "period": "2019"}
    ends = [run("complete", 3), run("incomplete", 3), run("failed", None)]
    lake.write_rows("runs", paper, turn([place | end for end in ends]))
    rows = [document(MONTH, id_) | {"kind": "job_ad", "organization": f"Employer of {id_}"} for id_ in ADS]
    lake.write_rows("documents", MONTH, turn(rows))
    lake.write_rows("texts", MONTH, turn([text(id_) for id_ in ADS]))
    lake.write_rows("mentions", MONTH, turn([mention(id_, "jax") for id_ in ADS]))
    lake.write_rows("postings", MONTH, turn([{"document_id": id_, "posting_id": ADS[0]} for id_ in ADS]))
    seen = [{"document_id": id_, "board": board, "seen_on": NIGHT} for id_ in ADS for board in ("acme", "bolt")]
    lake.write_night("sightings", "greenhouse", NIGHT, turn(seen))
    visits = [board_visit("acme"), board_visit("bolt", "failed"), board_visit("bolt", captures=5)]
    lake.write_night("board_visits", "greenhouse", NIGHT, turn(visits))


@pytest.mark.parametrize("turn", [lambda rows: rows[::-1], lambda rows: rows[1:] + rows[:1]], ids=["back", "on"])
def test_the_order_of_rows_changes_no_table(tmp_path, turn):
    write(Lake(tmp_path / "one"), lambda rows: rows)
    write(Lake(tmp_path / "other"), turn)
    assert contents(Lake(tmp_path / "other")) == contents(Lake(tmp_path / "one"))


def test_a_night_that_lies_in_the_lake_twice_counts_once(tmp_path):
    """As a crash leaves it, between making a month's nights one file and deleting them."""
    lake = Lake(tmp_path)
    write(lake, lambda rows: rows)
    before = contents(lake)
    for dataset in ("sightings", "board_visits"):
        lake.write(dataset, MONTH, lake.read_nights(dataset, "greenhouse"))
    assert contents(lake) == before

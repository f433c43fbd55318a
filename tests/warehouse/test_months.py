"""Figures by month, on small lakes: what is counted, what it is divided by, and what is never mixed."""

import datetime as dt
from pathlib import Path

import pytest

from tasks import warehouse
from tasks.lake.lake import Lake
from tasks.records import Edition, Period
from tests.lakes import SEEDS, add_month, mention, run


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


@pytest.fixture
def ask(lake, tmp_path):
    """Give a function that publishes the lake and answers one query."""

    def answer(sql: str) -> list[tuple]:
        warehouse.publish(lake, SEEDS, tmp_path / "mentions.duckdb")
        return [tuple(row.values()) for row in warehouse.query(tmp_path / "mentions.duckdb", sql).to_pylist()]

    return answer


FIGURES = (
    "select text_scope, listed_count, readable_count, mentioning_count, used_count, round(share, 3) "
    "from framework_mentions_by_month where framework = 'pytorch' order by text_scope, venue, month"
)


def test_abstracts_are_counted_over_all_papers_and_full_texts_over_those_read(lake, ask):
    add_month(
        lake,
        [
            {"abstract": "pytorch", "body": "pytorch", "status": "read"},
            {"body": "pytorch", "status": "read"},
            {"body": "-pytorch", "status": "read"},
            {"abstract": "pytorch"},
            {"abstract": "pytorch", "status": "missing"},
            {},
        ],
    )
    assert ask(FIGURES) == [("abstract", 6, 6, 3, 0, 0.5), ("full_text", 6, 3, 2, 2, 0.667)]


def test_reading_texts_does_not_change_the_figures_of_abstracts(lake, ask):
    """What the text says, even on its first page, is not what the listing says."""
    add_month(lake, [{"abstract": "pytorch"}, {}])
    before = [row for row in ask(FIGURES) if row[0] == "abstract"]
    edition = add_month(lake, [{"abstract": "pytorch", "body": "pytorch", "status": "read"}, {"status": "read"}])
    mentions = [
        *lake.read("mentions", edition).to_pylist(),
        mention("arxiv:1907.00001", "pytorch") | {"in_abstract": True},
    ]
    lake.write_rows("mentions", edition, mentions)
    assert [row for row in ask(FIGURES) if row[0] == "abstract"] == before == [("abstract", 2, 2, 1, 0, 0.5)]


def test_a_month_of_which_nothing_was_read_has_no_full_text_figures(lake, ask):
    add_month(lake, [{"body": "pytorch", "status": "read"}], Period(2019, 6))
    add_month(lake, [{"abstract": "pytorch", "status": "unreadable"}])
    assert ask("select distinct text_scope, month from framework_mentions_by_month order by 1, 2") == [
        ("abstract", dt.date(2019, 6, 1)),
        ("abstract", dt.date(2019, 7, 1)),
        ("full_text", dt.date(2019, 6, 1)),
    ]


def test_zero_in_a_collected_month_is_a_row(lake, ask):
    add_month(lake, [{}], Period(2019, 6))
    add_month(lake, [{"abstract": "pytorch"}])
    assert ask(FIGURES) == [("abstract", 1, 1, 0, 0, 0.0), ("abstract", 1, 1, 1, 0, 1.0)]


@pytest.mark.parametrize("other", [{"is_withdrawn": True}, {"track": "cross_list", "venue": "math.OC"}])
def test_withdrawn_papers_and_cross_lists_from_elsewhere_are_not_counted(lake, ask, other):
    add_month(lake, [{"abstract": "pytorch"}, {"abstract": "pytorch", **other}])
    assert ask(FIGURES) == [("abstract", 1, 1, 1, 0, 1.0)]
    assert ask("select distinct venue from framework_mentions_by_month") == [("cs.LG",)]


def test_categories_are_venues_and_the_columns_are_those_promised(lake, ask):
    add_month(lake, [{"abstract": "pytorch"}, {"venue": "stat.ML"}])
    promised = (
        "kind, text_scope, venue, month, framework, listed_count, readable_count, mentioning_count, "
        "used_count, share, technical_count, technical_share"
    )
    assert ask(f"select {promised} from framework_mentions_by_month order by venue") == [
        ("preprint", "abstract", "cs.LG", dt.date(2019, 7, 1), "pytorch", 1, 1, 1, 0, 1.0, None, None),
        ("preprint", "abstract", "stat.ML", dt.date(2019, 7, 1), "pytorch", 1, 1, 0, 0, 0.0, None, None),
    ]


def test_documents_have_year_and_month(lake, ask):
    add_month(lake, [{}])
    assert ask("select kind, venue, year, month, published_on, text_status from documents") == [
        ("preprint", "cs.LG", 2019, dt.date(2019, 7, 1), dt.date(2019, 7, 2), "not_fetched")
    ]


def test_preprints_do_not_enter_the_figures_by_year(lake, ask):
    add_month(lake, [{"abstract": "pytorch", "body": "pytorch", "status": "read"}])
    assert ask("select * from framework_mentions_by_year") == []


def test_coverage_tells_of_every_category_of_a_month_and_of_a_harvest_that_failed(lake, ask):
    add_month(lake, [{}, {"venue": "stat.ML", "status": "not_fetched"}])
    lake.add_run(Edition("arxiv", "all", Period(2019, 8)), run("failed", None))
    columns = "venue, month, listed_count, readable_count, complete, outcome"
    assert ask(f"select {columns} from coverage order by month, venue") == [
        ("cs.LG", dt.date(2019, 7, 1), 1, 0, True, "complete"),
        ("stat.ML", dt.date(2019, 7, 1), 1, 0, False, "complete"),
        ("all", dt.date(2019, 8, 1), None, None, False, "failed"),
    ]


def test_a_document_in_two_months_is_not_published(lake, ask, tmp_path: Path):
    edition = add_month(lake, [{}])
    lake.write("documents", Edition("arxiv", "all", Period(2019, 8)), lake.read("documents", edition))
    with pytest.raises(warehouse.CheckFailed, match="document_id is unique"):
        ask("select 1")

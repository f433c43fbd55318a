"""The employers' file, its boards, and what `list` gives of them."""

import csv
import datetime as dt
import json

import pytest

from tasks.collecting import listing
from tasks.collecting.employers import boards_of
from tasks.records import PageMissing, Period, UnknownEdition
from tests import ROOT, boards
from tests.commands import environment, run
from tests.servers import serving

SEED = ROOT / "sql" / "seeds" / "employers.csv"
ROWS = list(csv.DictReader(SEED.read_text("utf-8").splitlines()))


def test_there_are_sixty_employers_and_more_each_named_and_listed_once():
    assert len({row["name"] for row in ROWS}) >= 60
    assert len({(row["source"], row["board"]) for row in ROWS}) == len(ROWS)
    assert all(row["name"].strip() and row["board"] == row["board"].strip() for row in ROWS)
    assert {row["source"] for row in ROWS} == {"ashby", "greenhouse", "json_ld", "lever"}
    assert sorted(ROWS, key=lambda row: (row["source"], row["board"])) == ROWS


def test_a_source_without_employers_is_one_board_and_archives_follow_the_employers():
    assert [(board.key, board.name) for board in boards_of("remotive")] == [("", "remotive")]
    archived = [board.key for board in boards_of("wayback")]
    assert {"boards.greenhouse.io/stripe", "job-boards.greenhouse.io/stripe"} <= set(archived)
    assert "jobs.lever.co/palantir" in archived
    assert not any(":" in key or "openai" in key for key in archived)


def test_another_file_replaces_all_employers(tmp_path):
    (tmp_path / "employers.csv").write_text("source,board,name\nlever,lumen,Lumen Works\n")
    assert [board.key for board in boards_of("lever", tmp_path / "employers.csv")] == ["lumen"]
    assert boards_of("greenhouse", tmp_path / "employers.csv") == []


@pytest.fixture
def web(tmp_path):
    (tmp_path / "web").mkdir()
    with serving(tmp_path / "web") as web:
        yield web


@pytest.fixture
def settings(configure, web, tmp_path):
    employers = tmp_path / "employers.csv"
    employers.write_text(boards.BOARDS)
    return configure(mirror=web.address, employers=employers, retries=0)


def ids(settings, venue, period=None, source=None) -> list[str]:
    return [ad.document_id for ad in listing.listed_ads(settings, venue, period and Period.parse(period), source)]


def test_ads_are_listed_by_the_month_of_posting_and_a_missing_board_costs_no_other(web, settings):
    boards.greenhouse(web.root, "lumen", n1="Cook", n2="Diver")  # tide answers 404
    assert ids(settings, "greenhouse") == ids(settings, "greenhouse", "2030-02") == ids(settings, "greenhouse", "2030")
    assert ids(settings, "greenhouse", "2030-02") == ["greenhouse:lumen/1", "greenhouse:lumen/2"]
    assert ids(settings, "greenhouse", "2030-03") == []
    boards.greenhouse(web.root, "unlisted", n3="Poet")
    assert ids(settings, "unlisted", source="greenhouse") == ["greenhouse:unlisted/3"]


def test_a_source_of_which_every_board_fails_says_why(settings):
    with pytest.raises(PageMissing):
        ids(settings, "greenhouse")


def test_a_month_that_a_source_of_the_past_has_not_is_unknown(web, settings):
    hit = {"objectID": "7", "title": "Ask HN: Who is hiring? (March 2030)", "created_at": "2030-03-01T00:00:00Z"}
    boards.put(web.root, "hn.algolia.com/api/v1/search_by_date", {"hits": [hit]})
    boards.put(web.root, "hn.algolia.com/api/v1/items/7", {"id": 7, "children": [{"id": 8, "text": "Lumen | Cook"}]})
    assert ids(settings, "hacker_news", "2030-03") == ids(settings, "hacker_news", "2030") == ["hacker_news:8"]
    with pytest.raises(UnknownEdition):
        ids(settings, "hacker_news", "2030-04")
    with pytest.raises(UnknownEdition, match="--month"):
        ids(settings, "hacker_news")


def test_a_month_that_fails_costs_no_other_of_its_year(web, settings):
    hits = [
        {"objectID": "7", "title": "Ask HN: Who is hiring? (March 2030)", "created_at": "2030-03-01T00:00:00Z"},
        {"objectID": "5", "title": "Ask HN: Who is hiring? (January 2030)", "created_at": "2030-01-01T00:00:00Z"},
    ]
    boards.put(web.root, "hn.algolia.com/api/v1/search_by_date", {"hits": hits})
    boards.put(web.root, "hn.algolia.com/api/v1/items/7", {"id": 7, "children": [{"id": 8, "text": "Lumen | Cook"}]})
    assert ids(settings, "hacker_news", "2030") == ["hacker_news:8"]


def test_the_command_prints_json_lines(web, settings, tmp_path):
    boards.greenhouse(web.root, "lumen", n1="Cook | Soup.")
    env = environment(tmp_path / "other", mirror=web.address, employers=settings.employers)
    done = run("list", "--source", "greenhouse", "--month", "2030-02", env=env)
    assert done.returncode == 0, done.stderr
    ad = json.loads(done.stdout)
    assert (ad["document_id"], ad["organization"], ad["text"]) == ("greenhouse:lumen/1", "Lumen Works", "Soup.")
    assert dt.date.fromisoformat(ad["published_on"]) == dt.date(2030, 2, 20)
    assert run("list", "--year", "2030", env=env).returncode == 2

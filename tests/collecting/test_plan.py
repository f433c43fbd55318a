"""The plan of a backfill: what is expected, and the least time that the manners allow."""

import pytest

from tasks.collecting import plan
from tasks.records import Edition, Period
from tasks.sources.catalogue import discover, kind_of, known_editions


def at(*venue_years: tuple[str, int]) -> list[Edition]:
    return [Edition("pmlr", venue, Period(year)) for venue, year in venue_years]


def test_before_any_listing_the_catalogues_tell():
    said = plan.before_listing(at(("ICML", 2018), ("ICML", 2019), ("MLHC", 2019)), lambda host: 1.0, None)
    assert said.startswith("3 editions, 1 of unknown size, about 1,394 papers expected")
    assert "at least 0:23:14" in said


def test_where_no_size_is_known_no_time_is_told():
    nobody_knows = [Edition("pmlr", "NOPE", Period(2019))]
    assert plan.before_listing(nobody_knows, lambda host: 1.0, None) == "1 editions, 1 of unknown size"
    assert plan.before_listing([], lambda host: 1.0, None) == "0 editions"


def test_after_the_listings_the_slowest_host_decides():
    links = ["https://fast.org/1.pdf"] * 100 + ["https://slow.org/1.pdf"] * 40 + [None]
    said = plan.after_listing(links, {"fast.org": 1.0, "slow.org": 3.0}.__getitem__)
    assert said == "140 papers to read, at least 0:02:00"
    assert plan.after_listing([], lambda host: 1.0) == "0 papers to read, at least 0:00:00"


@pytest.mark.parametrize("name", [name for name, source in discover().items() if kind_of(source) == "papers"])
def test_every_source_knows_some_editions_without_asking(name):
    assert known_editions(name)

"""Hosts that say how often a day they may be asked are asked no oftener, whichever process asks."""

import pytest

from tasks.manners import HostQueue, rule_for
from tasks.records import PageUnavailable

FEED = "https://remotive.com/api/remote-jobs"


def ask(folder, url: str = FEED) -> None:
    with HostQueue("remotive.com", rule_for("remotive.com"), folder).turn(0.001, url):
        pass


def test_the_fifth_call_of_a_day_is_refused_with_the_reason(tmp_path):
    for _ in range(4):
        ask(tmp_path)
    with pytest.raises(PageUnavailable, match="four times a day"):
        ask(tmp_path)
    ask(tmp_path, "https://remotive.com/robots.txt")


@pytest.mark.parametrize("ledger", [b"2001-01-01 4", b"", b"\xff torn"])
def test_yesterdays_calls_and_a_torn_ledger_do_not_count(tmp_path, ledger):
    (tmp_path / "remotive.com.day").write_bytes(ledger)
    ask(tmp_path)
    assert (tmp_path / "remotive.com.day").read_text().endswith(" 1")


def test_a_mirror_on_loopback_is_not_counted(tmp_path):
    for _ in range(6):
        with HostQueue("remotive.com", rule_for("remotive.com"), tmp_path).turn(0, FEED):
            assert not list(tmp_path.glob("*.day"))

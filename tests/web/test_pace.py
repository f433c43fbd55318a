"""Hosts that say how often a day they may be asked are asked no oftener, whichever process asks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from tasks.records import PageUnavailable
from tasks.web.pace import HostQueue, rule_for

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


def test_a_page_comes_before_the_documents_that_wait(tmp_path):
    queue, started = HostQueue("example.org", None, tmp_path), []
    in_line, begun = Barrier(8), Event()

    def ask_for_document(_: int) -> None:
        in_line.wait()
        with queue.turn(0.2, "https://example.org/a.pdf", is_document=True):
            started.append("document")
            begun.set()

    with ThreadPoolExecutor(8) as threads:
        documents = threads.map(ask_for_document, range(8))
        begun.wait()
        with queue.turn(0.2, "https://example.org/"):
            started.append("page")
        list(documents)
    assert started.index("page") <= 2  # one document had begun, a second may have been taking its turn
    assert started.count("document") == 8

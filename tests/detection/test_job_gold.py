"""How good the detector is on job ads: sentences of ours, with names and with what only looks like them."""

import pytest

from tasks.detection import lexicon
from tasks.detection.evaluation import ALL, OURS, evaluate, read_gold
from tasks.detection.scanner import Scanner

GOLD = read_gold(OURS / "job_ads.csv")


def test_the_set_is_large_and_has_names_and_false_friends():
    assert len({row.text for row in GOLD}) >= 150
    assert sum(row.framework is None for row in GOLD) >= 50
    assert {row.is_tuning for row in GOLD} == {True, False}


@pytest.mark.parametrize("is_tuning", [True, False], ids=["tuning", "held_out"])
@pytest.mark.parametrize("measure", ["precision", "recall"])
def test_job_ads_are_read_right(is_tuning, measure):
    scores = evaluate(Scanner(lexicon.load()), GOLD, kind="job_ad")
    (score,) = [s for s in scores if (s.framework, s.measure, s.is_tuning) == (ALL, measure, is_tuning)]
    assert score.value >= 0.95, score

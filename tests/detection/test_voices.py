"""Clauses are cut where another subject begins, and whose doing they tell is told apart."""

import pytest

from tasks.detection import voices


def voice(sentence: str) -> str:
    return voices.tell_voice(*voices.clause(*sentence.split("■")))


@pytest.mark.parametrize(
    ("sentence", "clause"),
    [
        ("We use A; they use ■, as said.", (" they use ", ", as said.")),
        ("Our net follows that of Ito, who used ■.", ("who used ", ".")),
        ("It is in ■ (Nobody et al., 2014), whose speed we quote.", ("It is in ", "")),
        ("Both are in ■ [3] and trained.", ("Both are in ", " † and trained.")),
    ],
)
def test_clauses_are_cut(sentence, clause):
    assert voices.clause(*sentence.split("■")) == clause


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("We trained it in ■.", "ours"),
        ("It was trained in ■.", "unclear"),
        ("Ito et al. trained it in ■.", "others"),
        ("[12] used ■ for it.", "others"),
        ("Of the 40 papers that we reviewed, 9 used ■.", "others"),
        ("Users of ■ know it.", "others"),
        ("The authors' ■ code was run on the same data.", "unclear"),
        ("Ito et al. trained it in C; we wrote it in ■.", "ours"),
        ("Training used ■ on one card.", "unclear"),
    ],
)
def test_voices(sentence, expected):
    assert voice(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("We did not use ■.", True),
        ("We do not only use ■ here.", False),
        ("Instead of ■ we took C.", True),
        ("A port to ■ is planned.", True),
        ("We plan to release our ■ code.", False),
        ("We moved from ■ to C.", True),
        ("A version on MIMIC data using ■ is ours.", False),
    ],
)
def test_what_is_not_done(sentence, expected):
    assert voices.is_undone(*voices.clause(*sentence.split("■"))) is expected

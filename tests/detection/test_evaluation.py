"""Precision and recall are counted as said, and gold files are checked."""

import pytest

from tasks.detection import lexicon
from tasks.detection.evaluation import ALL, GoldError, GoldRow, evaluate, measure, read_gold
from tasks.detection.scanner import Scanner

SCANNER = Scanner(lexicon.load())
HEADER = "corpus,doc_id,start,surface,framework,role,left,right,split\n"


def row(left: str, surface: str, framework: str | None, role: str | None = None, is_tuning: bool = False) -> GoldRow:
    return GoldRow("c", f"{left}{surface}.", len(left), len(left) + len(surface), framework, role, is_tuning)


def scores(*rows: GoldRow) -> dict[tuple[str, str, bool], tuple[float, int]]:
    return {
        (s.framework, s.measure, s.is_tuning): (s.right_count / s.place_count, s.place_count)
        for s in evaluate(SCANNER, rows)
    }


def test_right_wrong_and_missed_places_are_counted():
    measured = scores(
        row("We train in ", "PyTorch", "pytorch", "used"),
        row("We train in ", "Keras", None),  # found, and the label says that it should not be
        row("We train in ", "Nothing", "theano"),  # missed
        row("We train in ", "Keras", "keras", is_tuning=True),
    )
    assert measured["pytorch", "precision", False] == (1, 1)
    assert measured["keras", "precision", False] == (0, 1)
    assert measured["theano", "recall", False] == (0, 1)
    assert measured[ALL, "precision", False] == (0.5, 2)
    assert measured[ALL, "recall", False] == (0.5, 2)
    assert measured[ALL, "role_agreement", False] == (1, 1)
    assert measured["keras", "precision", True] == (1, 1)
    assert ("theano", "precision", False) not in measured  # never found: no share, not zero


def test_an_implied_framework_is_no_error_beside_the_labelled_one():
    assert scores(row("We use ", "torchvision", "torchvision"))[ALL, "precision", False] == (1, 1)
    assert scores(row("We use ", "torchvision", None))[ALL, "precision", False] == (0, 2)


def test_our_own_gold_files_give_rows_of_both_kinds():
    measured = measure(SCANNER)
    assert {score.is_tuning for score in measured} == {True, False}
    assert all(0 <= s.right_count <= s.place_count > 0 for s in measured)
    assert {s.lexicon_version for s in measured} == {SCANNER.lexicon.version}


def test_another_gold_file_is_measured_where_it_exists(tmp_path):
    other = tmp_path / "gold.csv"
    assert measure(SCANNER, [other]) == measure(SCANNER)
    other.write_text(HEADER + "other,d,0,PyTorch,pytorch,used,We train in ,.,held_out\n", encoding="utf-8")
    assert {s.corpus for s in measure(SCANNER, [other])} - {s.corpus for s in measure(SCANNER)} == {"other"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("corpus,surface\n", "framework"),
        (HEADER + "c,d,0,PyTorch,pytorch,loved,,,tuning\n", "row 2: unknown role 'loved'"),
        (HEADER + "c,d,0,PyTorch,pytorch,used,,,train\n", "row 2: split is 'train'"),
    ],
)
def test_broken_gold_files_are_refused(tmp_path, text, words):
    path = tmp_path / "gold.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GoldError, match=words):
        read_gold(path)

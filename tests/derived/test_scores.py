"""What was measured of the detector is kept until rules, names or gold files change."""

from tasks.derived.scores import measure_once
from tasks.detection import lexicon
from tasks.detection.evaluation import Score, measure
from tasks.detection.scanner import Scanner

SCANNER = Scanner(lexicon.load())
HEADER = "corpus,doc_id,start,surface,framework,role,left,right,split\n"


def test_what_was_measured_is_kept_until_something_changes(tmp_path):
    gold, kept = tmp_path / "gold.csv", tmp_path / "kept" / "scores.json"

    def again(detector: str = "1") -> list[Score]:
        return measure_once(SCANNER, [gold], detector, kept)

    first = again()
    assert first == measure(SCANNER)
    whole = kept.read_text()
    kept.write_text(whole.replace('"right_count": ', '"right_count": 1'))
    assert [score.right_count for score in again()] == [int(f"1{score.right_count}") for score in first], "not measured"
    assert again("2") == first, "other rules"
    kept.write_text(whole[:-9])
    assert again("2") == first, "damaged"
    gold.write_text(HEADER + "other,d,0,PyTorch,pytorch,used,We train in ,.,held_out\n", encoding="utf-8")
    assert again("2") == measure(SCANNER, [gold])

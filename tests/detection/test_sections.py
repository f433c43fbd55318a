"""Sections are found from the text itself."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.detection.sections import find_sections

REFERENCES = "".join(f"[{n}] A. Nobody. A title. Journal of Trees, {2000 + n}.\n" for n in range(1, 20))
FRONT = "Trees\nAnna Nobody\nAbstract\nWe study them.\n1 Introduction\nThey grow.\n"


def names(text: str, kind: str = "paper") -> list[str]:
    return [section.name for section in find_sections(text, kind).sections]  # type: ignore[arg-type]


def section_of(text: str, words: str, kind: str = "paper") -> str:
    return find_sections(text, kind).at(text.index(words))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "heading", ["References", "REFERENCES", "R EFERENCES", "7. References", "Bibliography", "References:"]
)
@pytest.mark.parametrize(
    "appendix", ["Appendix A", "A Proofs", "Supplementary Material", "APPENDICES", "B.2 Training Details"]
)
def test_a_whole_paper(heading, appendix):
    text = f"{FRONT}{heading}\n{REFERENCES}{appendix}\nEvery oak is tall.\n"
    assert names(text) == ["title", "abstract", "body", "references", "appendix"]
    assert section_of(text, "Every oak") == "appendix"


@pytest.mark.parametrize("start", ["Abstract\nWe", "ABSTRACT\nWe", "Abstract— We", "Abstract. We", "A BSTRACT\nWe"])
@pytest.mark.parametrize("end", ["1 Introduction", "I. INTRODUCTION", "Introduction", "1. Introduction and Motivation"])
def test_the_abstract_lies_between_its_headings(start, end):
    text = f"Trees\n{start} study them.\n{end}\nThey grow.\n"
    assert [section_of(text, w) for w in ("Trees", "study", "They grow")] == ["title", "abstract", "body"]


def test_an_abstract_without_end_ends_by_itself():
    assert section_of("Abstract\n" + "leaf " * 2_000 + "root", "root") == "body"


def test_of_two_headings_the_one_with_the_years_counts():
    text = f"{FRONT}The list called\nReferences\nis long.\n" + "leaf " * 900 + f"\nReferences\n{REFERENCES}"
    assert section_of(text, "is long") == "body"
    assert section_of(text, "Journal") == "references"


def test_the_word_alone_makes_no_section():
    assert names("We thank all references.\nThe appendix is long.\n") == ["body"]


def test_an_appendix_may_stand_before_the_references():
    text = FRONT + "leaf. " * 200 + f"\nAppendix\nEvery oak.\nReferences\n{REFERENCES}"
    assert section_of(text, "Every oak") == "appendix"
    assert names(text)[-1] == "references"


def test_a_line_that_ends_a_sentence_is_no_appendix():
    broken = "the chosen oaks and the beeches are listed once more in\nAppendix C.\nWe chose ten.\n"
    text = FRONT + "leaf " * 200 + broken + f"References\n{REFERENCES}"
    assert section_of(text, "We chose") == "body"


def test_an_appendix_without_heading_begins_where_years_cease():
    text = f"{FRONT}References\n{REFERENCES}" + "Every oak is tall. " * 400
    assert names(text)[-2:] == ["references", "appendix"]


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("Requirements", "required"),
        ("Minimum Qualifications:", "required"),
        ("What you'll need", "required"),
        ("Preferred qualifications", "nice_to_have"),
        ("Nice to have", "nice_to_have"),
        ("Bonus points if you have", "nice_to_have"),
        ("Great if you have", "nice_to_have"),
        ("Strong candidates may also have", "nice_to_have"),
        ("You may be a good fit if you", "required"),
        ("Dein Profil", "required"),
        ("Das bringst du mit:", "required"),
        ("Wünschenswert", "nice_to_have"),
        ("Skallkrav", "required"),
        ("Vi söker dig som", "required"),
        ("Meriterande", "nice_to_have"),
        ("Deine Aufgaben", "elsewhere"),
        ("Arbetsuppgifter", "elsewhere"),
        ("Responsibilities", "elsewhere"),
        ("We do research in forests, meadows and the sea.", "elsewhere"),
    ],
)
def test_job_ads(heading, section):
    assert section_of(f"Forester\n{heading}\n- an axe\n", "an axe", "job_ad") == section


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("abA1.\n 2019é\ud800") | st.sampled_from("References Abstract Appendix"), max_size=300))
def test_sections_cover_every_text_in_order(text):
    for kind in ("paper", "job_ad"):
        sections = find_sections(text, kind).sections
        assert sections[0].start == 0
        assert sections[-1].end == len(text)
        assert all(a.end == b.start for a, b in pairwise(sections))

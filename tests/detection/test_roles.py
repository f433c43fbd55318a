"""Used or named: the sentence and the section tell."""

import pytest

from tasks.detection.roles import sentence_bounds, tell_role

USED = [
    "We implemented the model in X.",
    "All networks were trained with X on two cards.",
    "Our code is available in X.",
    "X was used for all experiments.",
    "The framework of choice was X.",
    "Trees were grown by X.",
    "Our X implementation is public.",
    "We ran everything on X 2.1.",
    "We convert the weights to X.",
    "from X.data import Loader",
    "The layer was written as an extension to X.",
    "Gradients are obtained via automatic differentiation with X.",
]
NAMED = [
    "Libraries such as X compute gradients.",
    "The model can be implemented in X.",
    "We thank the X team.",
    "Unlike X, our compiler is slow.",
    "X was introduced later.",
    "We follow the X implementation of the authors.",
    "It is supported by existing frameworks (e.g., X).",
    "X is a library.",
]


def role(sentence: str, section: str = "body", match: str = "word") -> str:
    before, _, after = sentence.partition("X")
    return tell_role(before, after, section=section, match=match)  # type: ignore[arg-type]


@pytest.mark.parametrize("sentence", USED)
def test_used(sentence):
    assert role(sentence) == "used"


@pytest.mark.parametrize("sentence", NAMED)
def test_named(sentence):
    assert role(sentence) == "named"


@pytest.mark.parametrize(
    ("sentence", "section", "match", "wanted"),
    [
        ("A. Nobody. Trees in X. 2019.", "references", "word", "named"),
        ("We trained it with X for a day.", "references", "word", "used"),  # an appendix filed as references
        ("import X", "body", "code", "used"),
        ("We used the page at X for all of it.", "body", "address", "named"),
        ("X", "required", "word", "used"),
        ("We use X.", "nice_to_have", "word", "named"),
        ("Hands-on experience with X", "elsewhere", "word", "used"),
    ],
)
def test_section_and_match_have_their_say(sentence, section, match, wanted):
    assert role(sentence, section, match) == wanted


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("It rains. We use X here. It stops.", "We use X here."),
        (
            "As in Fig. 2 of A. Nobody et al. We say X v. 2.1 works, e.g. Here. It stops.",
            "As in Fig. 2 of A. Nobody et al. We say X v. 2.1 works, e.g. Here.",
        ),
        ("Heading\n\nWe use X\nin lines\n\nNext", "We use X\nin lines"),
        ("• one • with X • three", "with X •"),
        ("X", "X"),
    ],
)
def test_sentences_end_where_they_end(text, sentence):
    place = text.index("X")
    start, end = sentence_bounds(text, place, place + 1)
    assert text[start:end].strip() == sentence

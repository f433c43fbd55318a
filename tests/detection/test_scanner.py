"""The detector: planted names are found at their place, look-alikes are not, and the gold files are met."""

import csv
import string
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasks.detection import lexicon
from tasks.detection.evaluation import OURS
from tasks.detection.scanner import EVIDENCE_CHARACTERS, Hit, Scanner
from tasks.reading.normalisation import normalise
from tests import SHARED

SCANNER = Scanner(lexicon.load())
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared with real documents is absent")


def found(text: str, **known: object) -> set[str]:
    return {hit.framework for hit in SCANNER.hits(text, **known)}  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ planted names

LIGATURES = [("ffi", "\ufb03"), ("ffl", "\ufb04"), ("ff", "\ufb00"), ("fi", "\ufb01"), ("fl", "\ufb02")]
BREAKS = ["-\n", "-\r\n", "- \n  ", "\u00ad", "\u00ad\n", "\ufffe", "\ufffe\n", "\x02", "\u2010\n", "\u200b"]
BLANKS = [" ", "\n", "\u00a0", "  ", " \n ", "\t", "\u2009"]
NAMES = sorted({a.alias for a in SCANNER.lexicon.aliases if a.context is None and a.match in ("word", "library")})
WORDS = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=9), min_size=1, max_size=6).map(" ".join)
WORDS = WORDS.filter(lambda words: not SCANNER.hits(words))  # Hypothesis knows "pytorch" from this file


def printed(draw: st.DrawFn, name: str) -> str:
    """Print a name as a PDF may give it: any case, ligatures, broken inside or between its words."""
    name = draw(st.sampled_from([name, name.lower(), name.upper(), name.title()]))
    if draw(st.booleans()):
        for plain, ligature in LIGATURES:
            name = name.replace(plain, ligature)
    pieces = []
    broken = draw(st.integers(0, len(name) - 1))
    for place, character in enumerate(name):
        if character == " ":
            pieces.append(draw(st.sampled_from(BLANKS)))
        elif character == "-":
            pieces.append(draw(st.sampled_from(["", "-", "-\n", " ", "\u2011", "-\n  "])))
        else:
            pieces.append(character)
            if place == broken and name[place + 1 : place + 2].isalpha() and character.isalpha():
                pieces.append(draw(st.sampled_from(BREAKS)))
    return "".join(pieces)


@st.composite
def plantings(draw: st.DrawFn) -> tuple[str, str, str, str]:
    name = draw(st.sampled_from(NAMES))
    before = draw(WORDS) + draw(st.sampled_from([" ", "\n", " (", ", ", "\u00a0", ": "]))
    after = draw(st.sampled_from([" ", ".", ",\n", ") ", "\n\n", "'s ", " [12] "])) + draw(WORDS)
    return name, before, printed(draw, name), after


@settings(max_examples=400, deadline=None)
@given(plantings())
def test_any_name_is_found_at_its_place_however_it_is_printed(planting):
    name, before, shown, after = planting
    hits = SCANNER.hits(before + shown + after)
    wanted = {a.framework for a in SCANNER.lexicon.aliases if a.alias == name and a.holds_in(None)}
    place = (len(before), len(before) + len(shown))
    assert wanted <= {hit.framework for hit in hits if (hit.start, hit.end) == place}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted({a.alias for a in SCANNER.lexicon.aliases if a.match != "code"})), st.data())
def test_no_name_is_found_inside_a_longer_word(name, data):
    left, right = data.draw(
        st.sampled_from([("zq", "qz"), ("zq", ""), ("", "qz"), ("_", ""), ("", "_x"), ("Zq-\n", "")])
    )
    place = len("a ") + len(left)
    hits = SCANNER.hits(f"a {left}{name}{right} b")
    assert not [hit for hit in hits if hit.start <= place and hit.end >= place + len(name)]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.integers(1990, 2040))
@example("Py\ud800Torch PyTorch", 2019)
@example("\ufb00 caf\ufb00e", 2014)
def test_any_text_can_be_scanned_and_hits_lie_inside_it(text, year):
    document = SCANNER.document(title=text, abstract=text, text=text, page_starts=[0], year=year)
    hits = SCANNER.hits(text, year=year)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert {hit.framework for hit in hits} == {mention.framework for mention in document.mentions}


@pytest.mark.parametrize(
    ("text", "frameworks"),
    [
        ("written in PyTorch1 and Keras2", {"pytorch", "keras"}),  # footnote marks
        ("1PyTorch is free", {"pytorch"}),
        ("TensorFlow2.0 and PyTorchv1", {"tensorflow", "pytorch"}),
        ("a PyTorchbased and a Keras-\nbased model", {"pytorch", "keras"}),  # glued by a PDF's reader
        ("TheanoTheano", {"theano"}),
        ("caffe14 team2016theano", set()),  # keys of citations
        ("Flax-\nman and Caf-\nfey", set()),
        ("Caffe\u0300 in Rome", set()),  # an accent written on its own
        ("We use torchvision.", {"torchvision", "pytorch"}),
        ("We call tf.keras.Model.", {"keras", "tensorflow"}),
        ("we call torch.nn.Linear", {"pytorch"}),
        ("trained in TF with care", set()),
        ("we use fairseq, gpytorch and GPflow", {"fairseq", "pytorch", "tensorflow"}),
        ("scikit-learn, scikitlearn, scikit- learn", {"scikit-learn"}),
        ("code in scikit - image", set()),
    ],
)
def test_spellings(text, frameworks):
    assert found(text) == frameworks


@pytest.mark.parametrize(
    ("text", "frameworks"),
    [
        ("https://github.com/pytorch/examples", {"pytorch"}),
        ("https://github.com/somebody/pytorch-gadget", set()),
        ("https://github.com/somebody/\npytorch-gadget", set()),
        ("https: // github.com / somebody / keras - gadget", set()),
        ("https: // github.com / somebody / gadget keras", {"keras"}),
        ("http://deeplearning.net/software/theano/", {"theano"}),
        ("http: // www.vlfeat.org / matconvnet / package", {"matconvnet"}),
        ("https://blog.keras.io/post", {"keras"}),
        ("https://github.\ncom/fchollet/keras", {"keras"}),
        ("served at tools.jax.org", set()),
        ("write to theano@example.org", set()),
        ("PyTorch (https://example.org/x)", {"pytorch"}),
        ("PyTorch: https://example.org/x", {"pytorch"}),
    ],
)
def test_addresses_count_only_where_they_are_the_frameworks_own(text, frameworks):
    assert found(text) == frameworks


@pytest.mark.parametrize(
    ("text", "year", "frameworks"),
    [
        ("implemented in Torch on a GPU", 2016, {"torch7"}),
        ("implemented in Torch on a GPU", 2022, {"pytorch"}),
        ("libraries for deep learning: Torch and PyTorch", 2022, {"torch7", "pytorch"}),
        ("implemented in Keras on a GPU", 2016, {"keras"}),
        ("implemented in Keras on a GPU", 2022, {"keras", "tensorflow"}),
    ],
)
def test_meanings_hold_in_their_years(text, year, frameworks):
    assert found(text, year=year) == frameworks


def test_the_whole_document_may_tell_the_sense():
    far = "leaf " * 100
    assert found(f"We switched to JAX halfway through. {far} neural networks") == {"jax"}
    assert found(f"We switched to JAX halfway through. {far} beans") == set()
    assert found(f"We switched to JAX halfway through. {far} Jackson Laboratory {far} neural networks") == set()
    assert found(f"We use the CNTK here. {far}") == {"cntk"}
    assert found(f"We use the CNTK here. {far} convolutional neural tangent kernel (CNTK)") == set()


def test_offsets_are_characters_of_the_text_as_given():
    text = "Größe \U0001f600 we use Tensor\ufffe\nFlow and Ke-\nras."
    assert [text[hit.start : hit.end] for hit in SCANNER.hits(text)] == ["Tensor\ufffe\nFlow", "Ke-\nras"]


# ---------------------------------------------------------------------------------------------------- documents

PAPER = """A Paper on Trees
Anna Nobody, google brain
Abstract
We study trees with PyTorch.
1 Introduction
Caffe [1] is a library. Our model was implemented in Keras with the TensorFlow backend.
References
[1] Y. Jia. Caffe. 2014.
[2] A. Paszke. PyTorch. 2019.
[3] T. Team. Theano. 2016.
Appendix A
We trained the baseline in MXNet.
"""


def mention(name: str, **document: object):
    scan = SCANNER.document(**{"title": "A Paper on Trees", "abstract": None, "text": PAPER, **document})  # type: ignore[arg-type]
    return next(m for m in scan.mentions if m.framework == name)


def test_a_document_says_where_and_how():
    keras = mention("keras", page_starts=[0, PAPER.index("1 Intro"), PAPER.index("References")])
    assert (keras.role, keras.is_implied, keras.evidence_section, keras.evidence_page) == ("used", False, "body", 2)
    assert keras.evidence == "Our model was implemented in Keras with the TensorFlow backend."
    assert mention("theano").only_in_references
    assert mention("theano").role == "named"
    pytorch = mention("pytorch", abstract="We study trees with PyTorch.")
    assert (pytorch.in_abstract, pytorch.in_body, pytorch.mention_count) == (True, False, 2)  # the abstract counts once
    assert mention("caffe").role == "named"
    assert mention("mxnet").evidence_section == "appendix"


def test_without_text_title_and_abstract_speak():
    scan = SCANNER.document(title="PyTorch: a library", abstract="We present PyTorch.", text=None)
    (only,) = scan.mentions
    assert (only.in_title, only.in_abstract, only.in_body, only.mention_count) == (True, True, False, 2)
    assert only.evidence_page is None


def test_a_direct_name_beats_an_implied_one():
    text = "We use PyTorch and torchvision."
    assert [hit.framework for hit in SCANNER.hits(text)] == ["pytorch", "torchvision"]
    assert mention("pytorch", text="We use torchvision. We use PyTorch.").is_implied is False
    assert mention("pytorch", text="We use torchvision and GPyTorch.").is_implied is True


def test_the_surveys_words_are_plain_substrings():
    text = "CaffeNet and ajax, by GOOGLE BRAIN (me@fb.com), see https://github.com/x/pytorch-y"
    scan = SCANNER.document(title="", abstract=None, text=text)
    assert scan.mentions == ()
    assert scan.survey_words == ("pytorch", "caffe", "torch", "jax")
    assert scan.vendor_strings == ("google brain", "fb.com")


@given(st.integers(0, 3_000), st.integers(0, 3_000))
@settings(max_examples=50, deadline=None)
def test_evidence_is_short_whole_words_around_the_name(left, right):
    text = "word " * left + "PyTorch" + " word" * right
    (hit,) = SCANNER.hits(text)
    assert "PyTorch" in hit.sentence
    assert len(hit.sentence) <= EVIDENCE_CHARACTERS
    assert set(hit.sentence.split()) <= {"word", "PyTorch"}


def test_job_ads_have_their_own_sections():
    ad = "About us\nWe love PyTorch.\nRequirements\n- Keras\nNice to have\n- JAX and TensorFlow\nBenefits\nFree Caffe\n"
    hits = SCANNER.hits(ad, kind="job_ad", year=2023)
    where = {hit.framework: (hit.section, hit.role) for hit in hits if not hit.is_implied}
    assert where["keras"] == ("required", "used")
    assert where["tensorflow"] == ("nice_to_have", "named")
    assert where["caffe"][0] == where["pytorch"][0] == "elsewhere"


# --------------------------------------------------------------------------------------------------------- gold

# The plain search counts links to Hugging Face and an automatic differentiation library of none as frameworks, and any
# "torch", which stands for PyTorch in these papers.
NO_FRAMEWORK = {"huggingface", "autograd_lib"}
OTHER_NAMES = {"torch_any": "pytorch"}


@needs_shared
def test_nothing_that_a_plain_search_finds_in_the_mlhc_papers_is_lost():
    with (SHARED / "truth" / "mlhc_mentions.csv").open(encoding="utf-8", newline="") as file:
        wanted: dict[tuple[str, str, int], set[str]] = {}
        for row in csv.DictReader(file):
            if row["framework"] not in NO_FRAMEWORK:
                key = (row["volume"], row["paper_id"], int(row["year"]))
                wanted.setdefault(key, set()).add(OTHER_NAMES.get(row["framework"], row["framework"]))
    for (volume, paper, year), frameworks in wanted.items():
        (path,) = (SHARED / "web" / "proceedings.mlr.press" / volume / paper).glob(f"{paper}.pdf")
        with pypdfium2.PdfDocument(path) as pdf:
            text, _ = normalise([page.get_textpage().get_text_range() for page in pdf])
        assert frameworks <= found(text, year=year), paper


USED = {"used", "release", "environment", "usage"}


def gold(path: Path) -> list[tuple[dict[str, str], list[Hit]]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    judged = []
    for row in rows:
        start, end = len(row["left"]), len(row["left"]) + len(row["surface"])
        hits = SCANNER.hits(row["left"] + row["surface"] + row["right"])
        judged.append((row, [hit for hit in hits if hit.start < end and hit.end > start]))
    return judged


def precision_and_recall(judged) -> tuple[float, float]:
    right = sum(row["framework"] in {hit.framework for hit in hits} for row, hits in judged if row["framework"])
    wrong = sum(bool(hits) for row, hits in judged if not row["framework"])
    return right / (right + wrong), right / sum(bool(row["framework"]) for row, _ in judged)


def role_agreement(judged) -> float:
    agree = [
        (row["role"] in USED) == any(hit.role == "used" for hit in hits if hit.framework == row["framework"])
        for row, hits in judged
        if row["role"] and hits
    ]
    return sum(agree) / len(agree)


@needs_shared
def test_the_shared_gold_file_is_met():
    judged = gold(SHARED / "gold" / "mentions_in_context.csv")
    corpora = {name: [j for j in judged if j[0]["corpus"] == name] for name in ("scirex", "sofair", "somesci")}
    for name, (precision, recall) in {"scirex": (0.99, 0.99), "sofair": (0.95, 0.98)}.items():
        measured = precision_and_recall(corpora[name])
        assert measured >= (precision, recall), name
        assert measured[1] >= recall, name
    assert sum(bool(hits) for row, hits in corpora["somesci"] if not row["framework"]) <= 1
    assert role_agreement(judged) >= 0.9


@pytest.mark.parametrize("split", ["tuning", "held_out"])
def test_our_own_gold_file_is_met(split):
    judged = [j for j in gold(OURS / "papers.csv") if j[0]["split"] == split]
    precision, recall = precision_and_recall(judged)
    assert precision >= 0.97
    assert recall >= 0.95
    assert role_agreement(judged) >= 0.85


@pytest.mark.parametrize("text", ["我们使用PyTorch实现模型", "モデルはPyTorchで実装した", "모델은 PyTorch로 구현했다"])
def test_a_name_among_letters_that_set_no_blanks_is_found(text):
    (hit,) = SCANNER.hits(text)
    assert (hit.framework, text[hit.start : hit.end], hit.alias) == ("pytorch", "PyTorch", "PyTorch")

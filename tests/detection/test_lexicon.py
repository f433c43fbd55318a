"""The lexicon: the shipped file is sound, broken ones are told apart, and the version follows the content."""

import re
from pathlib import Path

import pytest

from tasks.detection import lexicon

WANTED = """
    pytorch tensorflow keras jax flax haiku equinox mxnet gluon caffe caffe2 theano lasagne torch7 chainer cntk dynet
    matconvnet paddlepaddle mindspore oneflow jittor megengine tinygrad mlx deepspeed lightning fastai transformers timm
    torchvision fairseq allennlp opennmt-py opennmt-tf onnx scikit-learn xgboost lightgbm numpyro pyro stan
"""

SMALL = """
schema = 1
survey_words = ["pytorch"]
vendor_strings = ["fb.com"]
software = 'library'
glued_suffixes = ["based"]
[framework.pytorch]
name = "PyTorch"
vendor = "Meta"
homepage = "https://pytorch.org"
released_on = 2016-09-01
names = ["PyTorch"]
[framework.fairseq]
name = "fairseq"
vendor = "Meta"
homepage = "https://example.org"
released_on = 2018-06-15
implies = ["pytorch@2018-"]
sensed = [{ name = "fairseq", context = "sure" }]
[context.sure]
needs_near = '{software}'
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "lexicon.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_lexicon_names_every_framework_asked_for():
    shipped = lexicon.load()
    assert set(WANTED.split()) <= {framework.framework for framework in shipped.frameworks}
    assert shipped is lexicon.load()
    assert re.fullmatch(r"[0-9a-f]{12}", shipped.version)


def test_every_alias_points_to_a_framework_and_a_rule():
    shipped = lexicon.load()
    ids = {framework.framework for framework in shipped.frameworks}
    assert {alias.framework for alias in shipped.aliases} == ids
    assert {alias.context for alias in shipped.aliases} - {None} == set(shipped.contexts)


def test_implications_become_aliases_with_their_years(tmp_path):
    small = lexicon.load(write(tmp_path, SMALL))
    own, implied = (alias for alias in small.aliases if alias.alias == "fairseq")
    assert (own.is_implied, implied.is_implied, implied.context) == (False, True, "sure")
    assert [implied.holds_in(year) for year in (2017, 2018, 2030, None)] == [False, True, True, True]


def test_the_version_follows_the_content_not_the_layout(tmp_path):
    first = lexicon.load(write(tmp_path, SMALL)).version
    assert lexicon.load(write(tmp_path, "# a comment\n\n" + SMALL)).version == first
    assert lexicon.load(write(tmp_path, SMALL.replace('"PyTorch"]', '"PyTorch", "Py Torch"]'))).version != first


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("schema = 1", "schema = 2", "schema"),
        ('name = "PyTorch"', 'nam = "PyTorch"', "framework.pytorch"),
        ("2016-09-01", '"long ago"', "released_on"),
        ("pytorch@2018-", "torch9", "unknown 'torch9'"),
        ("pytorch@2018-", "pytorch@then", "id@2020-2023"),
        ("pytorch@2018-", "fairseq", "implies itself"),
        ('context = "sure"', 'context = "unsure"', "'unsure' of 'fairseq' is not defined"),
        ('names = ["PyTorch"]', "", "no name at all"),
        ("'{software}'", "'('", "context.sure.needs_near"),
        ("[context.sure]", "[context.spare]\n[context.sure]", "no name asks for: spare"),
        ("[framework.fairseq]", "[framework.FairSeq]", "lower-case"),
        ("schema = 1", "schema = ", "line 2"),
    ],
)
def test_a_broken_lexicon_is_refused_with_its_place(tmp_path, old, new, words):
    assert old in SMALL
    with pytest.raises(lexicon.LexiconError, match=re.escape(words)) as error:
        lexicon.load(write(tmp_path, SMALL.replace(old, new, 1)))
    assert "lexicon.toml" in str(error.value)


def test_a_missing_lexicon_is_refused(tmp_path):
    with pytest.raises(lexicon.LexiconError, match="nowhere"):
        lexicon.load(tmp_path / "nowhere.toml")

"""Hostile input for every parser: only the house's own errors come out, and soon.

`make test` gives each 25 inputs, `make test-all` a hundred, `make fuzz` 10,000 (FUZZ_INPUTS). Seeds are fixed: what
failed once fails again, and its message names the seed.
"""

import json
import os
import random
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.detection import affiliations, lexicon
from tasks.detection.scanner import Scanner
from tasks.detection.sections import find_sections
from tasks.reading.html import read_html
from tasks.reading.normalisation import normalise
from tasks.reading.pdf import read_pdf
from tasks.reading.results import Limits
from tasks.reading.strokes import without_strokes
from tasks.records import Edition, Paper, SiteError
from tasks.settings import Settings
from tasks.sources.catalogue import discover
from tests import ROOT, pdfs
from tests.sources.test_contract import Recorded, read_edition

INPUTS = int(os.environ.get("FUZZ_INPUTS", "25"))
SECONDS = 10.0
"""Of CPU, for one input; the slowest whole page takes 0.2 s."""

SOURCES = discover()
LIMITS = Limits.of(Settings())
NASTY = (
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"<", b">", b'"', b"&#x110000;", b"&#0;", b"&unknown;", b"<!--",
    b"]]>", b"<![CDATA[",
    b"{", b"[", b"]", b"null", b"-1", b"1e999", b"NaN", b"99999999999999999999", b"\\ud800", b"true",
    b"../../../etc/passwd",
    b"javascript:alert(1)", b"http://[::1", b"http://169.254.169.254/", b"//", b"%zz", b"\xe2\x80\xae", b"0000-00-00",
    b"1900",
    b"",
    b'<!DOCTYPE x [<!ENTITY a "b">]>', b"&a;", b"<a href=''>", b"</div>", b"<div>" * 300, b"9" * 5000,
    b"[" * 900 + b"]" * 900, b"[" * 100_000,
)  # fmt: skip


def mutated(page: bytes, chance: random.Random) -> bytes:
    """Damage a page at some places: bytes, pieces, tags, attributes, keys and values."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        page = chance.choice(MUTATIONS)(page, chance)
    return page


def flip(page: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(page)
    for _ in range(chance.randint(1, 20)):
        if damaged:
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def cut(page: bytes, chance: random.Random) -> bytes:
    first, last = sorted(chance.randrange(len(page) + 1) for _ in range(2))
    return chance.choice((page[:first], page[first:], page[:first] + page[last:], page[:last] + page[first:]))


def insert(page: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(page) + 1)
    return page[:place] + chance.choice(NASTY) + page[place:]


TOKENS = (rb'"[^"<>]{0,80}"', rb"\b\w+\b", rb"<[^<>]{0,80}>", rb"\d+", rb"\b[\w-]{1,80}(?==)", rb">[^<>]{1,999}<")


def replace_token(page: bytes, chance: random.Random) -> bytes:
    """Put something nasty in the place of a value, a word, a tag or an attribute, once or everywhere."""
    found = list(re.finditer(chance.choice(TOKENS), page))
    if not found:
        return page
    token = chance.choice(found)
    nasty = chance.choice(NASTY)
    if chance.random() < 0.3:
        return page.replace(token[0], nasty)
    return page[: token.start()] + nasty + page[token.end() :]


def reshape(page: bytes, chance: random.Random) -> bytes:
    """Change the type of a value somewhere in JSON; other pages lose or repeat an element."""
    try:
        data = json.loads(page)
    except (ValueError, RecursionError):
        pieces = re.split(rb"(?=<)", page)
        place = chance.randrange(len(pieces))
        pieces[place : place + 1] = chance.choice(([], pieces[place : place + 1] * 3, pieces[::-1][:5]))
        return b"".join(pieces)
    node = data
    while isinstance(node, dict | list) and node:
        key = chance.choice(list(node)) if isinstance(node, dict) else chance.randrange(len(node))
        if not isinstance(node[key], dict | list) or not node[key] or chance.random() < 0.3:
            node[key] = chance.choice((None, [], {}, "", "x", -1, 1e308, True, [[]], {"value": None}, ["\ud800"]))
            break
        node = node[key]
    return json.dumps(data).encode()


MUTATIONS = (flip, cut, insert, replace_token, reshape)


def asks(name: str):
    """Give what can be asked of a source's recorded pages, and the pages' folder."""
    module = SOURCES[name]
    kind = module.__name__.split(".")[-2]
    folder = ROOT / "tests" / "sources" / kind / name
    expected = json.loads((folder / "expected.json").read_text())
    editions = [read_edition(name, line) for line in expected.get("editions") or expected["boards"]]
    by_key = {edition.key or str(edition.period): edition for edition in editions}
    found = [lambda get: list(module.editions(get))] if hasattr(module, "editions") else []
    for key in expected.get(kind, {}):
        found.append(lambda get, edition=by_key[key]: list(getattr(module, kind)(edition, get)))
        if hasattr(module, "stated_count"):
            found.append(lambda get, edition=by_key[key]: [module.stated_count(edition, get)])
    return folder, found


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_raises_its_own_errors_only(name):
    """Whatever it gives from a damaged page has the types that the lake stores."""
    folder, found = asks(name)
    for seed in range(INPUTS):
        chance = random.Random(f"{name} {seed}")
        ask = chance.choice(found)
        whole = Recorded(folder)
        ask(whole)
        if not whole.used:  # what a source knows by itself
            continue
        get = Recorded(folder)
        get.damage[chance.choice(sorted(whole.used))] = lambda page, chance=chance: mutated(page, chance)
        began = time.process_time()
        try:
            records = ask(get)
        except SiteError:
            records = []
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}: {type(error).__name__}: {error}") from error
        assert time.process_time() - began < SECONDS, f"{name}, seed {seed}"
        for record in records:
            assert is_storable(record), f"{name}, seed {seed}: {record!r}"


def is_storable(record) -> bool:
    """Say whether the lake could hold a record: its texts are UTF-8, its year has four digits."""
    if isinstance(record, Paper):
        texts = [record.document_id, record.title, *record.authors, record.track, record.url, record.pdf_url or ""]
        texts += [record.abstract or "", *(text for pair in record.attributes.items() for text in pair)]
        return bool(record.document_id) and all(isinstance(text, str) and is_utf8(text) for text in texts)
    if isinstance(record, Edition):
        return 1000 <= record.period.year <= 9999 and is_utf8(record.venue + record.key)
    return True


def is_utf8(text: str) -> bool:
    return text.encode("utf-8", "replace").decode() == text


# ---------------------------------------------------------------------------------------------------------------- text

SCANNER = Scanner(lexicon.load())
WORDS = st.sampled_from(
    ["PyTorch", "Tensor-\n", "flow", "References\n", "Abstract\n", "[1] ", "we used ", "torch.nn", "JAX", "\f", "\0",
     "ﬁ",
     "-\n",
     "\u00ad", "A Appendix\n", "import tensorflow as tf", "a@b.example", "\u2028", "e\u0301", "𝒳", " ", "\n\n", "("]
)  # fmt: skip
TEXTS = st.lists(WORDS | st.text(max_size=30), max_size=60).map("".join)
HEAVY = settings(max_examples=INPUTS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@HEAVY
@given(
    pages=st.lists(TEXTS, min_size=1, max_size=4),
    title=TEXTS,
    abstract=st.none() | TEXTS,
    kind=st.sampled_from(["paper", "job_ad"]),
)
def test_any_text_is_scanned(pages, title, abstract, kind):
    text, starts = normalise(pages)
    assert is_utf8(text)
    found = SCANNER.document(title=title, abstract=abstract, text=text, page_starts=starts, kind=kind, year=2019)
    assert all(mention.mention_count > 0 and is_utf8(mention.evidence) for mention in found.mentions)
    sections = find_sections(text, kind)
    assert sections is not None
    assert all(is_utf8(domain) for domain in affiliations.email_domains(text, list(starts)))


@HEAVY
@given(
    data=st.binary(max_size=400)
    | TEXTS.map(lambda text: f"<p>{text}</p><br><table><tr><td>{text}".encode("utf-8", "replace"))
)
def test_any_bytes_are_read_as_html(data):
    assert is_utf8(read_html(data))


OPERATORS = (
    b"q", b"Q", b"1 0 0 1 9 -20 cm", b"2 0 0 .5 0 40 cm", b".1 w", b"8 w", b"% (q\n",
    b"0 0 m", b"9 9 l", b"1 2 3 4 5 6 c", b"0 0 9 9 re", b"W* n", b"h", b"S", b"f*", b"[3 1]0 d", b"/C cs",
    b".5 0 1 rg", b"BT", b"ET", b"/F 9 Tf", b"/F 30 Tf", b"2 Tr", b"0 Tr", b"3 Tc", b"12 TL", b"/P BMC", b"EMC",
    b"30 300 Td", b"3 0 Td", b"1 0 0 1 50 200 Tm", b"T*",
    b"(PyTorch) Tj", b"(o)Tj", b"[(Ke)-9(ras)]TJ", b"<4A4158> Tj", b"(0 0 m 9 9 l S Q) '", b'1 2 (\\(ET) "',
)  # fmt: skip


@HEAVY
@given(operators=st.lists(st.sampled_from(OPERATORS), min_size=40, max_size=80))
def test_any_drawing_has_the_same_text_without_its_strokes(tmp_path_factory, operators):
    content = b"BT /F 9 Tf 30 100 Td (Quillnet) Tj ET " + b" ".join(operators)
    rest = without_strokes(content)
    assert rest is not None
    folder = tmp_path_factory.getbasetemp()
    whole = read_pdf(pdfs.write_content(folder / "whole.pdf", content), LIMITS)
    assert read_pdf(pdfs.write_content(folder / "rest.pdf", rest), LIMITS) == whole


@pytest.mark.parametrize(
    "piece", ["(", "References\n", "PyTorch ", "a.b@", "-\n", "<div>", "[1] ", "A. ", "&amp;", "1 Introduction\n"]
)
def test_a_long_text_of_one_piece_takes_linear_time(piece):
    text = piece * (60_000 // len(piece))
    began = time.process_time()
    normalised, starts = normalise([text])
    SCANNER.document(title="", abstract=None, text=normalised, page_starts=starts, kind="paper", year=2019)
    affiliations.email_domains(normalised, list(starts))
    read_html(text.encode())
    assert time.process_time() - began < SECONDS

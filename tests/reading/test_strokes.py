"""Contents of drawings without what they only paint: the same text is read from them."""

from pathlib import Path

import pikepdf
import pytest

from tasks.reading.pdf import read_pdf
from tasks.reading.results import Limits
from tasks.reading.strokes import without_strokes
from tasks.settings import Settings
from tests import SHARED, pdfs

WEB = SHARED / "web"
LIMITS = Limits.of(Settings())

LINES = b"1 0 0 RG [3 1] 0 d 0 0 m 9.5 -9 l 1 2 3 4 5 6 c h S\n0 0 5 5 re W* n /P0 cs .5 sc f*\n"
LABEL = b"BT /F 9 Tf 30 300 Td (PyTorch) Tj ET\n"


def read_content(path: Path, content: bytes) -> str:
    return read_pdf(pdfs.write_content(path, content), LIMITS).text


@pytest.mark.parametrize(
    "content",
    [
        LINES + LABEL + LINES,
        b"q " + LINES + b"q 1 0 0 1 5 5 cm " + LINES + b"Q Q " + LABEL,
        b"q q q 2 0 0 2 0 0 cm /G0 gs 1 w " + LINES + b"Q Q Q " + LABEL,
        LINES.replace(b" ", b"\r\n") + LABEL,
        b"% 0 0 m\n" + LINES + b"0 0 m % (\n9 9 l S " + LABEL,
        b"[]0 d 0 0 m 9 9 l S[(Py)-3(Torch)]TJ " + LABEL,
    ],
)
def test_lines_go_and_letters_stay(tmp_path, content):
    rest = without_strokes(content)
    assert not {b"l", b"c", b"h", b"S", b"W*", b"f*"} & set(rest.split())
    text = read_content(tmp_path / "rest.pdf", rest)
    assert "PyTorch" in text
    assert text == read_content(tmp_path / "whole.pdf", content)


@pytest.mark.parametrize(
    "content",
    [
        LINES + b"q .5 0 0 .5 0 0 cm q " + LINES + LABEL + b"Q Q",  # a saved state in which there is text
        LINES + b"1 0 0 1 0 -200 cm " + LINES + LABEL + b"BT /F 9 Tf 30 300 Td (below) Tj ET",
        LINES + b"/F 9 Tf 3 Tc 5 TL " + LINES + b"BT 30 300 Td (PyTorch) Tj T* (Keras) Tj ET",
        LINES + b"BT /F 9 Tf 30 300 Td (1 0 0 rg 0 0 m 9 9 l S) Tj ET " + LINES,
        LINES + b"BT /F 9 Tf 30 300 Td (\\(0 0 m 9 9 l S) Tj <5079 546F72 6368> ' ET " + LINES,
        LINES + b"/Span << /ActualText (JAX) /MCID 1 >> BDC " + LABEL + b"EMC " + LINES,
        b"BT " + LINES + b"/F 9 Tf 30 300 Td 0 g (Py) Tj 1 g (Torch) Tj ET",
    ],
)
def test_what_text_depends_on_is_kept(tmp_path, content):
    rest = without_strokes(content)
    assert len(rest) < len(content)
    assert read_content(tmp_path / "rest.pdf", rest) == read_content(tmp_path / "whole.pdf", content) != ""


def test_the_width_of_lines_is_kept_for_it_can_make_two_letters_one(tmp_path):
    letters = b"BT 2 Tr /F 9 Tf 30 300 Td (o) Tj 3 0 Td (o) Tj ET"
    wide, thin = b"9 w " + LINES + letters, b".1 w " + LINES + letters
    assert read_content(tmp_path / "wide.pdf", wide) != read_content(tmp_path / "thin.pdf", thin)
    assert read_content(tmp_path / "rest.pdf", without_strokes(wide)) == read_content(tmp_path / "wide.pdf", wide)


@pytest.mark.parametrize(
    "content",
    [
        LINES + b"BI /W 1 /H 1 /BPC 8 /CS /G ID (0 0 m EI " + LABEL,  # a picture's bytes are no tokens
        LINES + b"BT /F 9 Tf (a (nested) bracket) Tj ET",
        LINES + b"BT /F 9 Tf (no end",
        LINES + b"1 2 3 unheard-of " + LABEL,
        LINES + b"<< /A << /B 1 >> >> x",
        LINES + b"q 0 0 m " * 100_000,
        LINES + b"0 " * 100_000,
        (LABEL + LINES) * 2000,
    ],
)
def test_what_is_not_understood_is_left_alone(content):
    assert without_strokes(content) is None


@pytest.mark.skipif(not WEB.exists(), reason="needs the real papers in ../shared")
def test_pages_of_real_papers_have_the_same_text_without_their_strokes(tmp_path):
    changed = 0
    for path in sorted(WEB.rglob("*.pdf"))[::10]:
        with pikepdf.open(path) as pdf:
            for page in pdf.pages:
                page.contents_coalesce()
                rest = without_strokes(page.Contents.read_bytes())
                if rest is not None:
                    changed += rest != page.Contents.read_bytes()
                    page.Contents = pdf.make_stream(rest)
            pdf.save(tmp_path / "rest.pdf")
        assert read_pdf(tmp_path / "rest.pdf", LIMITS) == read_pdf(path, LIMITS)
    assert changed > 50

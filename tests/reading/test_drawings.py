"""What drawings are hidden from the reader: those without a letter, and of large ones all but the letters."""

import mmap
import zlib
from pathlib import Path

import pikepdf
import pytest

from tasks.reading.drawings import hide_drawings
from tasks.reading.pdf import read_pdf
from tasks.reading.pool import ReaderPool
from tasks.reading.results import Limits
from tasks.settings import Settings
from tests import SHARED, pdfs

LIMITS = Limits.of(Settings())
MARKER = b"0 0 m 9 9 l S"
MARKERS = [MARKER] * 20
LINES = b"0 0 m " + b"".join(b"%d %d l " % (x, x**3 % 9973) for x in range(5000)) + b"S "


def hidden_in(path: Path) -> int:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as data:
        return hide_drawings(data)


def shows(word: str) -> bytes:
    return f"BT /F 9 Tf 0 5 Td ({word}) Tj ET".encode()


def test_markers_are_hidden_and_all_text_is_read(tmp_path):
    content = shows("Axes") + b" /0 Do /5 Do /20 Do " + shows("Keras")
    path = pdfs.write_content(tmp_path / "plot.pdf", content, [*MARKERS, shows("PyTorch")])
    before = path.read_bytes()
    assert hidden_in(path) == len(MARKERS)
    text = read_pdf(path, LIMITS).text
    assert all(word in text for word in ("Axes", "PyTorch", "Keras"))
    assert path.read_bytes() == before


def test_a_plot_of_very_many_points_is_read_within_its_time(tmp_path):
    """Drawn out, this one takes more than a minute, or all the memory that a reader may have."""
    marker = b"0 0 m 9 9 l S " * 1000
    path = pdfs.write_content(tmp_path / "plot.pdf", b"/0 Do " * 200_000 + shows("PyTorch"), [marker] * 8)
    with ReaderPool(Settings(readers=1, reader_seconds=10)) as pool:
        assert "PyTorch" in pool.submit(path).result().text


def test_of_a_large_plot_the_labels_are_left(tmp_path, monkeypatch):
    plot = LINES + shows("Axes") + b" q 1 0 0 1 0 300 cm " + LINES + shows("PyTorch") + b" Q /2 Do " + LINES
    content = b"/0 Do " + shows("Keras") + b" /1 Do"
    path = pdfs.write_content(tmp_path / "plot.pdf", content, [plot, LINES, shows("JAX")])
    assert hidden_in(path) == 2
    text = read_pdf(path, LIMITS).text
    assert all(word in text for word in ("Axes", "PyTorch", "JAX", "Keras"))
    monkeypatch.setattr("tasks.reading.pdf.hide_drawings", lambda _data: 0)
    assert text == read_pdf(path, LIMITS).text


@pytest.mark.parametrize(
    "form",
    [
        b"/F 9 Tf (PyTorch) Tj",
        b"/F 9 Tf [(Py) 3 (Torch)] TJ",
        b"/F 9 Tf (PyTorch) '",
        b'/F 9 Tf 0 0 (PyTorch) "',
        b"/F 9 Tf <5079546F726368> Tj",
        b"/21 Do",
        MARKER * 4000 + shows("PyTorch"),
    ],
)
def test_what_shows_text_in_any_way_is_read(tmp_path, form):
    path = pdfs.write_content(tmp_path / "plot.pdf", b"/20 Do", [*MARKERS, form, shows("PyTorch")])
    assert hidden_in(path) == len(MARKERS)
    assert "PyTorch" in read_pdf(path, LIMITS).text


def twice(form: pikepdf.Stream) -> None:
    form.write(zlib.compress(zlib.compress(shows("PyTorch"))), filter=[pikepdf.Name.FlateDecode] * 2)


def in_hex(form: pikepdf.Stream) -> None:
    form.write(shows("PyTorch").hex().encode() + b">", filter=pikepdf.Name.ASCIIHexDecode)


def predicted(form: pikepdf.Stream) -> None:
    """Write every byte as its difference from the one before, by PNG's filter "sub"."""
    text = shows("PyTorch")
    row = bytes((byte - before) % 256 for byte, before in zip(text, b"\0" + text, strict=False))
    parameters = pikepdf.Dictionary(Predictor=11, Columns=len(text))
    form.write(zlib.compress(b"\1" + row), filter=pikepdf.Name.FlateDecode, decode_parms=parameters)


@pytest.mark.parametrize("write", [twice, in_hex, predicted])
def test_a_content_that_is_encoded_otherwise_is_left_to_the_reader(tmp_path, write):
    path = pdfs.write_content(tmp_path / "plot.pdf", b"/20 Do", [*MARKERS, b""])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        write(pdf.pages[0].Resources.XObject["/20"])
        pdf.save(path, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert hidden_in(path) == len(MARKERS)
    assert "PyTorch" in read_pdf(path, LIMITS).text


def test_nothing_is_hidden_in_an_encrypted_document(tmp_path):
    path = pdfs.write_content(tmp_path / "plot.pdf", b"/0 Do /20 Do", [*MARKERS, LINES + shows("PyTorch")])
    with pikepdf.open(path) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="owner", user=""))
    assert hidden_in(tmp_path / "locked.pdf") == 0
    assert "PyTorch" in read_pdf(tmp_path / "locked.pdf", LIMITS).text


@pytest.mark.parametrize(
    "junk", [b"/Subtype /Form ", b"obj << /Subtype /Form >> stream\n", b"/Subtype/Form stream\n\x78"]
)
def test_junk_between_objects_is_no_drawing(tmp_path, junk):
    path = pdfs.write_content(tmp_path / "plot.pdf", shows("PyTorch"))
    path.write_bytes(path.read_bytes() + junk * 20_000)
    assert hidden_in(path) == 0


@pytest.mark.skipif(not (SHARED / "web").exists(), reason="needs the real papers in ../shared")
def test_real_papers_have_the_same_text_with_their_drawings_hidden(monkeypatch):
    papers = [path for path in sorted((SHARED / "web").rglob("*.pdf"))[::2] if hidden_in(path)]
    readings = [read_pdf(path, LIMITS) for path in papers]
    monkeypatch.setattr("tasks.reading.pdf.hide_drawings", lambda _data: 0)
    assert len(papers) >= 10
    assert readings == [read_pdf(path, LIMITS) for path in papers]

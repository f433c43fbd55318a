"""Practice papers as PDFs: real ones, with what makes real ones hard to read."""

import functools
import io
from collections.abc import Iterator
from pathlib import Path

import reportlab
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tasks.practice.papers import Work

WIDTH, HEIGHT = letter
MARGIN = 72.0  # one inch, in points
GUTTER = 18.0
BROKEN = {"PyTorch": "Py-\nTorch", "TensorFlow": "Ten-\nsorFlow", "Theano": "Thea-\nno", "Caffe ": "Caf-\nfe "}
"""How a line's end breaks a name in the style "hyphens"; readers give pdfium's U+FFFE or U+0002 for that hyphen."""


def paper_pdf(work: Work) -> bytes:
    """Set one paper on two or three pages; the same paper gives the same bytes."""
    return _image_only() if work.fault == "image" else _Setter(work).set()


def _image_only() -> bytes:
    """Give a paper that was scanned: one page, one picture, no text."""
    pixels = bytes(255 if (row // 4) % 2 else (row * column) % 251 for row in range(130) for column in range(100))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter, invariant=1)
    canvas.drawImage(ImageReader(io.BytesIO(b"P5 100 130 255\n" + pixels)), 0, 0, WIDTH, HEIGHT)
    canvas.save()
    return buffer.getvalue()


class _Setter:
    """Sets one paper line by line: much faster than reportlab's flowing text, and a line may be broken on purpose."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=letter, invariant=1)
        self.canvas.setTitle(work.title)
        self.canvas.setAuthor(", ".join(work.authors))
        self.body = _ligature_font() if work.style == "ligatures" else "Times-Roman"
        columns = work.volume.columns
        self.width = (WIDTH - 2 * MARGIN - (columns - 1) * GUTTER) / columns
        self.column, self.y = 0, HEIGHT - MARGIN
        self.top = self.y

    def set(self) -> bytes:
        work = self.work
        whole = WIDTH - 2 * MARGIN
        self._lines(work.title, "Times-Bold", 16, whole)
        for author, email in zip(work.authors, work.emails, strict=True):
            self._lines(f"{author}   {email}", "Times-Roman", 10, whole)
        self.top = self.y = self.y - 12
        self._section("Abstract", work.abstract)
        for heading, text in work.sections:
            self._section(heading, text)
        volume = work.volume
        self.canvas.setFont("Times-Italic", 8)
        self.canvas.drawString(MARGIN, MARGIN / 2, f"Practice proceedings, {volume.name}, {volume.year}. All invented.")
        self.canvas.save()
        return self.buffer.getvalue()

    def _section(self, heading: str, text: str) -> None:
        self._advance(8)
        self._lines(heading, "Times-Bold", 12, self.width)
        for paragraph in self._styled(text).split("\n\n" if heading != "References" else "\n"):
            self._lines(paragraph, self.body, 11, self.width)

    def _styled(self, text: str) -> str:
        if self.work.style == "ligatures":
            return text.replace("TensorFlow", "tensorflow").replace("fi", "ﬁ").replace("fl", "ﬂ")
        # A reference stands in one paragraph a line, where a break of our own would begin a new one.
        if self.work.style == "hyphens" and not text.startswith("[1]"):
            for name, broken in BROKEN.items():
                text = text.replace(name, broken)
        return text

    def _lines(self, text: str, font: str, size: float, width: float) -> None:
        leading = size * 1.35
        for line in _wrap(text, font, size, width):
            self._advance(leading)
            self.canvas.setFont(font, size)
            self.canvas.drawString(MARGIN + self.column * (self.width + GUTTER), self.y, line)

    def _advance(self, points: float) -> None:
        """Go down, to the next column or page where this one is full."""
        self.y -= points
        if self.y >= MARGIN:
            return
        self.column += 1
        if self.column == self.work.volume.columns:
            self.canvas.showPage()
            self.column, self.top = 0, HEIGHT - MARGIN
        self.y = self.top - points


def _wrap(text: str, font: str, size: float, width: float) -> Iterator[str]:
    """Break at blanks as late as fits, and at every newline in the text."""
    blank = _width(" ", font) * size
    for forced in text.split("\n"):
        line: list[str] = []
        used = 0.0
        for word in forced.split():
            length = _width(word, font) * size
            if line and used + blank + length > width:
                yield " ".join(line)
                line, used = [], 0.0
            used += length + (blank if line else 0)
            line.append(word)
        yield " ".join(line)


@functools.cache
def _width(word: str, font: str) -> float:
    """Give a word's width at size 1; the same few hundred words make up all papers."""
    return float(pdfmetrics.stringWidth(word, font, 1))


@functools.cache
def _ligature_font() -> str:
    """Register a font that has the ligatures fi and fl, which PDF's built-in ones cannot address; give its name."""
    pdfmetrics.registerFont(TTFont("Vera", str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")))
    return "Vera"

"""Makers of PDFs, good and bad, for the tests; all text is our own."""

import io
import zlib
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

GOOD_TEXT = "We train the Quillnet model with PyTorch and compare it with TensorFlow."


def write_pdf(path: Path, pages: Sequence[str] = (GOOD_TEXT,)) -> Path:
    """Write a PDF with the given text on its pages, line ends as they are."""
    canvas = Canvas(str(path), pagesize=A5)
    for page in pages:
        for row, line in enumerate(page.split("\n")):
            canvas.drawString(40, 540 - 14 * row, line)
        canvas.showPage()
    canvas.save()
    return path


def write_encrypted(path: Path, user: str) -> Path:
    """Write a PDF that asks for a password; with an empty one it opens for everybody."""
    with pikepdf.open(write_pdf(path.with_suffix(".plain"))) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(owner="owner", user=user))
    return path


def write_image_only(path: Path) -> Path:
    """Write a PDF such as a scanner makes: a picture a page."""
    canvas = Canvas(str(path), pagesize=A5)
    canvas.rect(50, 50, 200, 300, fill=1)
    canvas.showPage()
    canvas.save()
    return path


def write_content(path: Path, content: bytes, forms: Sequence[bytes] = ()) -> Path:
    """Write a page with the given drawing operators; form number N (`/N Do`) has the content forms[N]."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=A5)
    streams = [
        pdf.make_stream(form, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9]) for form in forms
    ]
    resources = pdf.make_indirect(
        pikepdf.Dictionary(
            XObject=pikepdf.Dictionary({f"/{number}": stream for number, stream in enumerate(streams)}),
            Font=pikepdf.Dictionary(
                F=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
                )
            ),
        )
    )
    for stream in streams:
        stream.Resources = resources
    pdf.pages[0].Resources = resources
    pdf.pages[0].Contents = pdf.make_stream(content)
    pdf.save(path, compress_streams=True)
    return path


def write_flate_bomb(path: Path, size: int) -> Path:
    """Write a page whose content unpacks to `size` bytes of blanks from a thousandth of that."""
    packer = zlib.compressobj(9)
    packed = io.BytesIO()
    for _ in range(size // 2**20):
        packed.write(packer.compress(b" " * 2**20))
    packed.write(packer.flush())
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=A5)
    pdf.pages[0].Contents = pikepdf.Stream(pdf, packed.getvalue(), Filter=pikepdf.Name.FlateDecode)
    pdf.save(path)
    return path


def write_slow(path: Path) -> Path:
    """Write a PDF that takes pdfium 18 s, on a slow core 30, and 200 MB: one heavy page, shown many times."""
    with pikepdf.open(write_content(path, b"q 1 0 0 1 0 0 cm Q\n" * 3_000_000)) as pdf:
        for _ in range(29):  # a page takes 0.6 s
            pdf.pages.append(pdf.pages[0])
        pdf.save(path.with_suffix(".slow"))
    return path.with_suffix(".slow").rename(path)

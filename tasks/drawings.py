"""What a PDF draws again and again without a letter in it: hidden from the reader, which would parse it every time.

A plot's marker is a form XObject, drawn once a point; pdfium inflates and parses it each time. In a paper that plots
some thousand points that is up to half of the time that reading it takes.
"""

import re
import zlib
from itertools import islice
from mmap import mmap

import re2

# A form XObject is a stream whose dictionary has /Subtype /Form (ISO 32000-1, 8.10).
_FORM = re2.compile(rb"/Subtype\s*/Form\b")
_STREAM = re.compile(rb"\bstream\r?\n")
_FORMS_LEAST, _FORMS_MOST = 8, 10_000  # a few are seldom drawn often; each costs 10 us
_HEAD_BYTES = 2000  # of a dictionary before, and after, its subtype
_COMPRESSED_BYTES, _CONTENT_BYTES = 4096, 2**14  # a marker is small; the larger a drawing, the likelier its letters


def hide_drawings(data: mmap) -> int:
    """Hide the small form XObjects of a PDF that show no text, in this memory; returns how many.

    One is hidden by a subtype that readers do not know and pass over; nothing else changes, no length, no offset.
    """
    forms = list(islice(_FORM.finditer(data), _FORMS_MOST))
    if len(forms) < _FORMS_LEAST:
        return 0
    count = 0
    for form in forms:
        end = form.end()
        start = data.rfind(b"obj", max(0, end - _HEAD_BYTES), end)
        stream = _STREAM.search(data, end, end + _HEAD_BYTES)
        if start < 0 or stream is None:
            continue
        content = _content(data[start : stream.start()], data[stream.end() : stream.end() + _COMPRESSED_BYTES])
        if content is not None and not _may_show_text(content):
            data[end - len(b"Form") : end] = b"None"
            count += 1
    return count


def _content(head: bytes, stream: bytes) -> bytes | None:
    """Give a stream's content; None where it is long, or not plainly deflated as its dictionary says."""
    is_plain = head.count(b"Filter") == 1 == head.count(b"/FlateDecode") and b"Parms" not in head
    if not is_plain or b"endobj" in head or b"#" in head:  # "#" may spell another filter: /#46ilter
        return None
    inflating = zlib.decompressobj()
    try:
        content = inflating.decompress(stream, _CONTENT_BYTES)
    except zlib.error:  # encrypted, most often
        return None
    return content if inflating.eof else None


def _may_show_text(content: bytes) -> bool:
    r"""Look for Tj, TJ, ' and ", which show text, and Do, which draws another form (ISO 32000-1, annex A)."""
    return b"T" in content or b"Do" in content or b"'" in content or b'"' in content

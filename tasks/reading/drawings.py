"""What a PDF draws without a letter in it: hidden from the reader, which would parse it every time that it is drawn.

A plot's marker is a form XObject, drawn once a point; pdfium inflates and parses it each time. In a paper that plots
some thousand points that is up to half of the time that reading it takes. A plot of very many lines is a form, too:
of it the labels are left.
"""

import re
import zlib
from itertools import islice
from mmap import mmap

import re2

from tasks.reading.strokes import without_strokes

# A form XObject is a stream whose dictionary has /Subtype /Form (ISO 32000-1, 8.10).
_FORM = re2.compile(rb"/Subtype\s*/Form\b")
_STREAM = re.compile(rb"\bstream\r?\n")
_END = b"endstream"
_FORMS_LEAST, _FORMS_MOST = 8, 10_000  # a few are seldom drawn often; each costs 10 us
_HEAD_BYTES = 2000  # of a dictionary before, and after, its subtype
_LARGE_BYTES = 2**13  # compressed; below it, looking for strokes costs more than they do
_SMALL_CONTENT_BYTES, _LARGE_CONTENT_BYTES = 2**14, 2**25  # a marker is small; the larger a drawing, the likelier text


def hide_drawings(data: mmap) -> int:
    """Hide the form XObjects of a PDF that show no text, and the strokes of large ones, in this memory.

    Returns how many were changed. A form is hidden by a subtype that readers do not know and pass over; a content
    without its strokes is written over the old one, of which the rest then follows the stream's end. Nothing else
    changes, no length, no offset.
    """
    forms = list(islice(_FORM.finditer(data), _FORMS_MOST))
    stream_end = count = 0
    for form in forms:
        end = form.end()
        head = data.rfind(b"obj", max(0, end - _HEAD_BYTES), end)
        stream = _STREAM.search(data, end, end + _HEAD_BYTES)
        if head < 0 or stream is None:
            continue
        start = stream.end()
        if stream_end < start:
            stream_end = data.find(_END, start)
            if stream_end < 0:
                break
        is_large = stream_end - start >= _LARGE_BYTES
        if not is_large and len(forms) < _FORMS_LEAST:
            continue
        longest = _LARGE_CONTENT_BYTES if is_large else _SMALL_CONTENT_BYTES
        content = _content(data[head : stream.start()], data[start:stream_end], longest)
        if content is not None and is_large:
            content = without_strokes(content)
        if content is None:
            continue
        if not _may_show_text(content):
            data[end - len(b"Form") : end] = b"None"
        elif is_large and 2 * len(packed := zlib.compress(content, 1)) <= stream_end - start:
            # Half as long, it lies within the /Length that the dictionary states, and is worth the writing.
            data[start : start + len(packed)] = packed
        else:
            continue
        count += 1
    return count


def _content(head: bytes, stream: bytes, longest: int) -> bytes | None:
    """Give a stream's content; None where it is longer, or not plainly deflated as its dictionary says."""
    is_plain = head.count(b"Filter") == 1 == head.count(b"/FlateDecode") and b"Parms" not in head
    if not is_plain or b"endobj" in head or b"#" in head:  # "#" may spell another filter: /#46ilter
        return None
    inflating = zlib.decompressobj()
    try:
        content = inflating.decompress(stream, longest)
    except zlib.error:  # encrypted, most often
        return None
    return content if inflating.eof else None


def _may_show_text(content: bytes) -> bool:
    r"""Look for Tj, TJ, ' and ", which show text, and Do, which draws another form (ISO 32000-1, annex A)."""
    return b"T" in content or b"Do" in content or b"'" in content or b'"' in content

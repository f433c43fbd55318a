"""The text of a document's pages made one: odd characters plain, words whole that a line's end broke.

The rules and their order are MEASURED.md's, "Text from PDFs": in real papers they find every name that pdftotext finds.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

# Signs of our own while the text is made; `plain` has removed what a document holds of them. Between two pages stands
# _PAGE, or _PAGE_IN_WORD where a word runs on over it. A hyphen at a line's end is one of the three _ENDS.
_PAGE, _PAGE_IN_WORD = "\f", "\v"
_END_BY_PDFIUM, _END_OF_LINE, _END_OF_PAGE = _ENDS = "\x02\x03\x04"
_WRITTEN = {_END_BY_PDFIUM: "", _END_OF_LINE: "-\n", _END_OF_PAGE: "-" + _PAGE}
"""What an end stands for that breaks no word; pdfium's is then a sign that its font does not name, and is dropped."""

# Ligatures of the Alphabetic Presentation Forms block; hyphens and spaces that look like the plain ones.
_REPLACED = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
    "\u2010": "-",
    "\u2011": "-",
    "\u00a0": " ",
    "\u200b": "",
    "\ufeff": "",
}
# Control characters come from fonts without a mapping to Unicode. A blank keeps the words around one apart. U+0002 is
# not among them: like U+FFFE it is how pdfium marks a hyphen at a line's end, depending on its version.
_CONTROLS = [chr(code) for code in range(32) if chr(code) not in "\t\n\f\v\x02"] + ["\x7f"]

_WORD = re.compile(r"[^\W_]+")
_WORD_LENGTH = 40  # no name is longer; bounds the look around a break

# Right parts before which a hyphen is the author's own even where nothing else in the document tells: no name ends so,
# and "bar-code" for "barcode" costs nobody anything.
_COMBINING = frozenset(
    b"accelerated and backed backend based code compatible dependent driven enabled framework free implementation "
    b"implemented independent inspired level library like model models native only or powered related specific style "
    b"trained using version wrapped".split()
)


def _letters(others: str) -> bytes:
    """Make a table that turns every byte but letters, digits and some others into a blank."""
    return bytes(byte if chr(byte) in others or bytes([byte]).isalnum() else 32 for byte in range(256))


# What is broken is no evidence: the ends count as letters, so that the halves of a word do not stand alone.
_TOKENS, _WORDS = _letters("-" + _ENDS), _letters(_ENDS)


def normalise(pages: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    r"""Join the pages of a document, as pdfium gives them, to one text; say at which character of it each page begins.

    Pages are parted by a newline. "Py-\nTorch" becomes "PyTorch"; a hyphen that belongs ("PyTorch-\nbased") stays, as
    `_Evidence` tells. The text can always be encoded as UTF-8.
    """
    text = _PAGE.join(page.rstrip("\r\n").replace("\f", " ").replace("\v", " ") for page in pages)
    text = _mend_words(_mark_ends(plain(text)))
    pieces: list[str] = []
    starts: list[int] = []
    length = 0
    for page in text.replace(_PAGE_IN_WORD, _PAGE + _PAGE_IN_WORD).split(_PAGE) if pages else ():
        piece = page[1:] if page.startswith(_PAGE_IN_WORD) else "\n" + page if starts else page
        starts.append(length + len(piece) - len(page.lstrip(_PAGE_IN_WORD)))
        length += len(piece)
        pieces.append(piece)
    return "".join(pieces), tuple(starts)


def plain(text: str) -> str:
    """Write line ends as newlines and odd characters as plain ones (a replace of what is not there costs a memchr)."""
    text = text.replace("\r\n", "\n")
    for control in _CONTROLS:
        text = text.replace(control, " ")
    if text.isascii():
        return text
    for odd, usual in _REPLACED.items():
        text = text.replace(odd, usual)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return text.encode("utf-8", "replace").decode()
    return text


class _Evidence:
    """The words of one document, which tell hyphens that only break a word from those that belong to it.

    Joining always would make "Kerasbased" of "Keras-\\nbased", where a word-bounded search loses the name; keeping
    always loses "Ten-\\nsorFlow". Of 4,700 line-end hyphens in 97 papers 3,100 joined words and 300 hyphenated ones
    stand elsewhere in the same paper; where neither does but both halves stand alone (115), it belonged in 58 of
    60 that were looked at.
    """

    def __init__(self, text: str, halves: Iterable[tuple[str, str]]) -> None:
        """Look for what tells of these halves of words, those before and after the hyphens in question."""
        self._raw = text.encode("ascii", "replace")
        self._spaced = b""
        wanted: set[bytes] = set()
        for left, right in halves:
            before, after = _folded(left), _folded(right)
            wanted |= {before, after, before + after, before + b"-" + after}
        self._tokens: set[bytes] = set()
        for page in self._raw.lower().split(_PAGE.encode()):  # all words at once would be a megabyte of new memory
            self._tokens |= wanted.intersection(page.translate(_TOKENS).split())

    def keeps_hyphen(self, left: str, right: str) -> bool:
        """Say whether the hyphen between the two halves belongs to the word."""
        low_before, low_after = _folded(left), _folded(right)
        if low_before + low_after in self._tokens:
            return False
        if low_before + b"-" + low_after in self._tokens:
            return True
        if len(left) == 1 or not (left[-1] + right[0]).isalpha():
            return True  # a broken word leaves two letters or more (TeX: \lefthyphenmin=2) and is not broken at a digit
        if low_after in _COMBINING or (left.islower() and right[0].isupper()):
            return True  # Keras-based; non-Keras
        return low_before in self._tokens and low_after in self._tokens and self._stand_alone(left, right)

    def _stand_alone(self, *words: str) -> bool:
        """Say whether each stands in the text in this very case: "flow" says nothing about Tensor-Flow."""
        self._spaced = self._spaced or b" " + self._raw.translate(_WORDS) + b" "
        return all(b" " + word.encode("ascii", "replace") + b" " in self._spaced for word in words)


def _folded(word: str) -> bytes:
    return word.encode("ascii", "replace").lower()


def _mark_ends(text: str) -> str:
    """Put the signs of our own for hyphens at the ends of lines and pages; drop soft hyphens that are not shown."""
    text = text.replace("\ufffe", _END_BY_PDFIUM)
    if "\u00ad" in text:
        text = text.replace("\u00ad\n", "-\n").replace("\u00ad" + _PAGE, "-" + _PAGE).replace("\u00ad", "")
    return text.replace("-\n", _END_OF_LINE).replace("-" + _PAGE, _END_OF_PAGE)


class _End(NamedTuple):
    """One of the ends of a text, with what of a word stands before and after it."""

    at: int
    left: str
    right: str
    breaks_word: bool


def _ends(text: str) -> list[_End]:
    """List the ends of a text in their order."""
    ends: list[_End] = []
    done = 0
    for at in sorted(at for mark in _ENDS for at in _places(text, mark)):
        left = _WORD.match(text[max(done, at - _WORD_LENGTH) : at][::-1])
        right = _WORD.match(text, at + 1, at + 1 + _WORD_LENGTH)
        breaks_word = left and right and (text[at] == _END_BY_PDFIUM or right[0][0].isalpha())
        ends.append(_End(at, left[0][::-1] if left else "", right[0] if right else "", bool(breaks_word)))
        done = at + 1
    return ends


def _places(text: str, mark: str) -> Iterator[int]:
    """Yield where a character stands (an expression for several takes ten times as long)."""
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def _mend_words(text: str) -> str:
    """Make words whole that the end of a line or page broke; a hyphen there that breaks no word stays as it stood."""
    ends = _ends(text)
    evidence = _Evidence(text, ((end.left, end.right) for end in ends if end.breaks_word))
    pieces: list[str] = []
    done = 0
    for end in ends:
        mark = text[end.at]
        written = _WRITTEN[mark]
        if end.breaks_word:
            written = "-" if evidence.keeps_hyphen(end.left, end.right) else ""
            written += _PAGE_IN_WORD if mark == _END_OF_PAGE else ""
        pieces += text[done : end.at], written
        done = end.at + 1
    return "".join(pieces) + text[done:]

"""Names as TeX writes them, Bal\\'azs and {\\O}yvind, in the letters that they stand for.

arXiv stores its authors so; its pages and its service of before 2025 show them decoded.
"""

import re
import unicodedata

_MARKS = dict(
    zip(
        "'`^\"~=.uvHckdbr",
        "\u0301\u0300\u0302\u0308\u0303\u0304\u0307\u0306\u030c\u030b\u0327\u0328\u0323\u0331\u030a",
        strict=True,
    )
)
"""TeX's accents, by the character after the backslash, as Unicode's combining ones."""

_LETTERS = {
    **{"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø", "l": "ł"},
    **{"L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ"},
}

_BASE = r"(?:\\[ij](?![A-Za-z])\s*|[^\W\d_])"
# An accent that is a letter ends at a brace, a blank or a backslash: \v{S}, \v S, \v\i, but not \vec.
_ACCENT = re.compile(rf"""\\(['`^"~=.]|[uvHckdbr](?=[\s{{\\]))\s*(?:\{{\s*({_BASE})\s*\}}|({_BASE}))""")
_LETTER = re.compile(rf"\\({'|'.join(sorted(_LETTERS, key=len, reverse=True))})(?![A-Za-z])(?:\{{\}}|\s+)?")


def decoded(names: str) -> str:
    """Write TeX's accents, letters, ties and escaped marks as Unicode; what else there is of TeX stays as it is."""
    before = ""
    while names != before:  # accents stand on accents: Nguy\~{\^e}n
        before, names = names, _ACCENT.sub(_accented, names)
    names = _LETTER.sub(lambda match: _LETTERS[match[1]], names)
    return re.sub(r"\\([&%#_$])", r"\1", re.sub(r"[{}]", "", names).replace("~", " "))


def _accented(match: re.Match[str]) -> str:
    letter = (match[2] or match[3]).strip().removeprefix("\\")
    return unicodedata.normalize("NFC", letter + _MARKS[match[1]])

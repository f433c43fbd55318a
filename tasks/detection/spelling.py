"""How a name is spelt in text that came out of a PDF: broken at line ends, with ligatures, in any case.

`pattern` makes the expression that finds every spelling of one name; `canonical` brings what it found back to the keys
that `keys` gives for the name. Expressions are RE2's (UTF-8).
"""

import itertools
import re
from collections.abc import Iterator

_WS = r"[\s\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]"
# Soft hyphen, pdfium's marks of a line-end hyphen (U+FFFE, U+0002), zero-width blanks and joiners: print shows none.
_INVISIBLE = r"[\x{AD}\x{FFFE}\x{02}\x{200B}-\x{200D}\x{2060}\x{FEFF}]"
# A word broken inside: a hyphen at a line's end (and the next line's indent), or an invisible mark, perhaps a break.
_BREAK = rf"(?:[-\x{{2010}}\x{{2011}}][ \t\r]*\n{_WS}*|{_INVISIBLE}{_WS}*)?"
# Long names are known even where the break's hyphen was kept and its line end lost: "Ten-sorFlow", "Ten- sorFlow".
_KEPT_BREAK = rf"(?:[-\x{{2010}}\x{{2011}}]{_WS}*|{_INVISIBLE}{_WS}*)?"
_LONG = 7
_HYPHEN = r"[-\x{2010}\x{2011}\x{2012}\x{2013}\x{2212}]"
# '-' in an alias: nothing, a hyphen with the line broken after it, or a blank. Never " - ": that dash parts words.
# (SciREX's tokeniser sets "scikit - learn"; its labels do not count that either, and no PDF gives it.)
_LOOSE = rf"(?:{_HYPHEN}{_WS}*|{_WS}+|{_INVISIBLE}{_WS}*)?"
_BLANK = rf"(?:{_WS}+|{_HYPHEN}{_WS}*)"
_LIGATURES = {"ff": "\ufb00", "fi": "\ufb01", "fl": "\ufb02", "ffi": "\ufb03", "ffl": "\ufb04"}

_SHORT = 5
"""Longest name that is looked for as a whole word only, so that a footnote's mark before it hides it."""

INVISIBLE = "\u00ad\ufffe\u0002\u200b\u200c\u200d\u2060\ufeff"
_PY_INVISIBLE = re.compile(rf"[{INVISIBLE}]\s*")
_PY_BREAK = re.compile(r"[-\u2010\u2011][ \t\r]*\n\s*")
_PY_HYPHEN = re.compile(r"[-\u2010-\u2013\u2212]\s*")
_PY_SLASH = re.compile(r"\s*([./])\s*")
_PY_SPACE = re.compile(r"\s+")


def pattern(alias: str, *, is_exact: bool = False, start: int = 0) -> str:
    """Give the RE2 expression, for use blind to case, of every spelling of a name; exact keeps hyphens and blanks.

    With `start`, of what such a spelling holds from that character on, which must not be inside of a ligature.
    """
    # A short name ends many words ("understand" for RStan): there RE2 asks for the word's bound itself.
    is_short = len(alias) <= _SHORT and alias.isalpha()
    pieces = [r"\b"] if is_short else []
    end = 0
    for kind, run in itertools.groupby(alias, key=_kind):
        text = "".join(run)
        end += len(text)
        if end <= start:
            continue
        if kind == "word":
            pieces.append(_broken(text, max(0, start - end + len(text))))
        elif kind == "-":
            pieces.append(_HYPHEN + _WS + "*" if is_exact else _LOOSE)
        elif kind == " ":
            pieces.append(_WS + "+" if is_exact else _BLANK)
        elif kind == "/":
            pieces.append(rf"{_WS}?/{_WS}?")
        elif kind == "'":
            pieces.append("['\u2018\u2019]")
        else:
            # An address is broken after a full stop as well, and set with blanks around it by tokenisers.
            pieces.append(rf"{_WS}?\.{_WS}?" if text == "." and "/" in alias else _escape(text))
    return "".join([*pieces, r"\b"] if is_short and not alias.isupper() else pieces)


def _kind(character: str) -> str:
    if character in "- /'":
        return character
    return "'" if character == "\u2019" else "word" if character.isalnum() else "sign"


def _escape(text: str) -> str:
    return "".join(c if c.isalnum() or c in "_/ =" else "\\" + c for c in text)


def _broken(word: str, start: int) -> str:
    """Allow a break between any two letters from `start` on, and ligatures."""
    pieces: list[str] = []
    broken = _KEPT_BREAK if len(word) >= _LONG else _BREAK
    for run in re.split(r"(?i)(ffi|ffl|ff|fi|fl)", word[start:]):
        ways = sorted({broken.join(parts) for parts in _typeset(run.lower())}) if run.lower() in _LIGATURES else None
        pieces.append("(?:" + "|".join(ways) + ")" if ways else broken.join(run))
    return broken.join(piece for piece in pieces if piece)


def _typeset(letters: str) -> Iterator[list[str]]:
    """Yield the ways to set letters with and without ligatures: f-f-i, ff-i, f-fi, ffi."""
    if not letters:
        yield []
        return
    for size in (1, 2, 3):
        head = letters[:size]
        if size == 1 or head in _LIGATURES:
            for rest in _typeset(letters[size:]):
                yield [_LIGATURES.get(head, head), *rest]


def keys(alias: str, *, is_exact: bool = False) -> set[str]:
    """Give every canonical text that `canonical` may make of a spelling of this name."""
    folded = alias.casefold().replace("\u2019", "'")
    if is_exact:
        return {folded}
    ways = {"-": ("", "-", " "), " ": (" ", "-")}
    parts = re.split(r"([- ])", folded)
    return {"".join(choice) for choice in itertools.product(*(ways.get(part, (part,)) for part in parts))}


def canonical(found: str) -> tuple[str, ...]:
    """Undo breaks and typography, keeping case; where a hyphen may or may not belong to the name, every reading."""
    found = _PY_INVISIBLE.sub("", found).replace("\u2018", "'").replace("\u2019", "'")
    readings = {_PY_BREAK.sub("", found), _PY_BREAK.sub("-", found), _PY_HYPHEN.sub("", found)}
    return tuple(_PY_SPACE.sub(" ", _PY_SLASH.sub(r"\1", _PY_HYPHEN.sub("-", reading))) for reading in sorted(readings))

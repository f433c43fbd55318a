"""A drawing's content without what it only paints: paths, colours, and saved states in which no text is shown.

A plot in a paper is a few labels among a hundred thousand lines. Where a line lies says nothing of a text, so a reader
gets the same text from the labels alone. Two grammars take turns from the content's first byte to its last, so that
nothing within a string passes for an operator; where neither goes on, the content is left as it is. The tokens are
those of ISO 32000-1, 7.2, the operators those of its annex A.
"""

from typing import Any

import re2

_GAP = r"(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])"
_NAME = r"/[^\0\t\n\f\r ()<>\[\]{}/%]*"
_NUMBER = rf"[-+.0-9]+{_GAP}*"
_STRING = rf"\((?:[^()\\]|\\(?s:.))*\){_GAP}*"  # one that holds brackets, which may nest, is no match and ends it all
_HEX = rf"<[0-9A-Fa-f\0\t\n\f\r ]*>{_GAP}*"
_VALUE = rf"(?:{_NUMBER}|{_NAME}{_GAP}+|(?:{_NAME})?(?:{_STRING}|{_HEX}))"
_ARRAY = rf"\[{_GAP}*{_VALUE}*\]{_GAP}*"
_DICTIONARY = rf"(?:{_NAME})?<<{_GAP}*{_VALUE}*>>{_GAP}*"
_DASHES = rf"\[{_GAP}*(?:{_NUMBER})*\]{_GAP}*"

_LOOKS = "[JjMdigGkK]|ri|rg|RG|cs|CS|scn?|SCN?"  # of lines and areas; kept among letters, where each is short
_PAINTING = rf"[fBbW]\*|(?:[mlcvyhsSfFBbnW]|re|sh|{_LOOKS})\b"
# A line's width is none of them: text may be drawn in lines, and pdfium takes their width for a part of its extent.
_STATE = r"(?:cm|gs|w)\b"
_OTHER = rf"T\*|['\"]|(?:Q|Do|BT|ET|T[cdDfjJLmrswz]|BMC|BDC|EMC|MP|DP|BX|EX|{_LOOKS})\b"


def _instruction(operand: str, operator: str) -> str:
    return rf"(?:(?:{operand})*(?:{operator}){_GAP}*)"


def _saved(inside: str) -> str:
    """Give what stands between the saving of a state and its return, with both."""
    return rf"(?:q\b{_GAP}*{inside}*Q\b{_GAP}*)"


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    return re2.compile(pattern.encode(), options)


_PLAIN = rf"{_NUMBER}|{_NAME}{_GAP}+|{_DASHES}"
_STROKE = _instruction(_PLAIN, _PAINTING)
_INNER = _instruction(_PLAIN, f"{_PAINTING}|{_STATE}")
_NESTED = _saved(f"(?:{_INNER}|{_saved(f'(?:{_INNER}|{_saved(_INNER)})')})")  # programs that plot nest no deeper
_STROKES = _compiled(f"(?:{_STROKE}|{_NESTED})+")

_KEPT = _instruction(f"{_VALUE}|{_ARRAY}|{_DICTIONARY}", f"{_OTHER}|{_STATE}")
_OTHERS = _compiled(rf"(?:{_KEPT}|q\b{_GAP}*|{_GAP}+){_KEPT}*")

_PIECES_MOST = 1000  # where text stands all over, the search costs more than it saves


def without_strokes(content: bytes) -> bytes | None:
    """Give a content stream from which the same text is read; None where it is better left as it is."""
    kept: list[bytes] = []
    at = 0
    while at < len(content):
        if strokes := _STROKES.match(content, at):
            at = strokes.end()
            continue
        others = _OTHERS.match(content, at)
        if others is None or len(kept) == _PIECES_MOST:
            return None
        kept.append(content[at : others.end()])
        at = others.end()
    return b"".join(kept)

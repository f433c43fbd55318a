"""Whether a name that stands in a text is the framework's: whole words, addresses of others, and context rules."""

import re
from collections.abc import Callable

from tasks.detection.lexicon import Context
from tasks.detection.spelling import INVISIBLE

_SIDE = 60
"""Characters on a side that "before" and "after" rules see: a phrase."""
_NEAR = 150
"""Characters on a side that "near" rules see: a sentence or two."""

_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Kana, Han and Hangul: Chinese and Japanese set no blanks, and Korean glues its particles to foreign names."""

# A letter and the accents that follow it: "Caffe\u0300" is another word.
_LETTER = rf"[\w\u0300-\u036f](?<![{_UNSPACED}])"
_LEFT_WORD = re.compile(rf"((?:{_LETTER}|[{INVISIBLE}]\s*|(?<=[^\W\d_])[-\u2010\u2011][ \t\r]*\n\s*)*)\Z")
_RIGHT_WORD = re.compile(rf"((?:{_LETTER}|[{INVISIBLE}]\s*|[-\u2010\u2011][ \t\r]*\n\s*(?=[^\W\d_]))*)")
_BREAKS = re.compile(rf"[{INVISIBLE}]+\s*|[-\u2010\u2011][ \t\r]*\n\s*")
_WORD_CHARACTERS = 40
"""Longest stretch looked at for the rest of a word."""

_TLD = r"(?:com|org|net|edu|gov|io|ai|dev|info|tech|app|sh|cc|me|co|ac|ch|cn|de|fr|uk|jp|kr|ca|eu|it|nl|us|au|ru|be)"
_ADDRESS_STOPS = re.compile(r"[\s()\[\]{}<>,;\"“”|]")
_SCHEME = re.compile(r"(?i)(?:https?|ftp|git|ssh)\s?:\s?/\s?/|\bwww\.")
_BARE_HOST = re.compile(rf"(?i)^[\w-]+(?:\.[\w-]+)*\.{_TLD}(?:[/:?#]|$)")
_SPACED_ADDRESS = re.compile(
    rf"(?i)(?:(?:https?\s?:\s?//|www)\s?)?[\w-]+(?:\s?\.\s?[\w-]+)*\s?\.\s?{_TLD}(?:\s?/\s?[\w.~%+-]+(?:\s-\s[\w.~%+-]+)*)*(?:\s?/\s?|\s-\s)$"
)
_CONTINUES = re.compile(r"(?i)((?:https?://|www\.)\S*[/_.?=&~-])[ \t]*\n[ \t]*$")
_ADDRESS_SIDE = 200


def rest_of_word(text: str, start: int, end: int) -> tuple[str, str]:
    """Give what is glued to [start, end) left and right, line-end hyphens resolved; both are empty for a whole word."""
    left = _LEFT_WORD.search(text, max(0, start - _WORD_CHARACTERS), start)
    right = _RIGHT_WORD.match(text, end, end + _WORD_CHARACTERS)
    return _BREAKS.sub("", left[1] if left else ""), _BREAKS.sub("", right[1] if right else "")


def is_in_address(text: str, start: int, end: int) -> bool:
    """Say whether [start, end) is part of a web or mail address, written whole, over two lines, or with blanks."""
    before, after = text[max(0, start - _ADDRESS_SIDE) : start], text[end : end + _ADDRESS_SIDE]
    continued = _CONTINUES.search(before)
    token_left = _ADDRESS_STOPS.split(before)[-1]
    if continued and before.endswith(token_left) and continued.end() == len(before) - len(token_left):
        return True
    token = token_left + text[start:end] + _ADDRESS_STOPS.split(after, maxsplit=1)[0]
    scheme = _SCHEME.search(token)
    if scheme is not None:
        return scheme.start() < len(token_left)
    host = _BARE_HOST.match(token)
    if "@" in token or (host and host[0].rstrip("/:?#") != text[start:end]):  # fast.ai is a host and a name
        return True
    # Asked only where it can match, since it is dear.
    return before.rstrip()[-1:] in ("/", "-") and _SPACED_ADDRESS.search(before) is not None


def is_meant(
    context: Context, text: str, start: int, end: int, document_matches: Callable[[re.Pattern[str]], bool]
) -> bool:
    """Say whether a context rule lets the name at [start, end) count as the framework's."""
    name = _flat(text[start:end])
    if context.spelled and not context.spelled.fullmatch(name):
        return False
    before, after = _flat(text[max(0, start - _NEAR) : start]), _flat(text[end : end + _NEAR])
    if context.never_before and context.never_before.search(before[-_SIDE:]):
        return False
    if context.never_after and context.never_after.match(after[:_SIDE]):
        return False
    near = f"{before}■{after}"  # a sign for the name itself, so that it is no context of its own
    if context.never_near and context.never_near.search(near):
        return False
    return _has_what_it_needs(context, before, after, near, document_matches) and not (
        context.never_in_document and document_matches(context.never_in_document)
    )


def _has_what_it_needs(
    context: Context, before: str, after: str, near: str, document_matches: Callable[[re.Pattern[str]], bool]
) -> bool:
    answers = [
        context.needs_before and context.needs_before.search(before[-_SIDE:]),
        context.needs_after and context.needs_after.match(after[:_SIDE]),
        context.needs_near and context.needs_near.search(near),
    ]
    if any(answers):
        return True
    if context.needs_in_document:
        return document_matches(context.needs_in_document)
    return not (context.needs_before or context.needs_after or context.needs_near)


def _flat(text: str) -> str:
    """Resolve line-end hyphens and make all white space one blank."""
    return re.sub(r"\s+", " ", _BREAKS.sub("", text))

"""Which documents a change of the lexicon can concern: those that hold a name which came, went or changed its rules.

Every other document keeps its mentions unread, so that a new framework is looked for in years of stored text at about
the pace of reading them. Each lexicon that mentions were made by is kept beside them, for the next one to be held
against.
"""

import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import re2

from tasks.detection import Alias, Lexicon, spelling
from tasks.lake import Lake

Names = dict[str, str]
"""By a name as the lexicon spells it, with a mark for one that is taken exactly: a hash of all that decides on it."""

_EXACT = "="
_FOR_ALL = ""
"""In the place of a name: what decides on every name."""

_SELDOM = "qxzj4867921w3b5yv0gfpuhcdml"
"""Letters and digits to begin a search with, the best first: where few places do, RE2 passes over text up to four times
as fast (0.4 to 1.1 ns a byte of papers, 1.6 to 2.4 for the other letters, 1.7 for several names at once). With f before
l and without i no search begins inside of a ligature."""

_SEARCHED_SINGLY = 2
"""Names up to this many are faster looked for one after the other."""


def remember(lake: Lake, lexicon: Lexicon) -> None:
    """Keep what a later lexicon is held against."""
    path = lake.root / "lexicons" / f"{lexicon.version}.json"
    if not lake.storage.exists(path):
        with lake.storage.written_whole(path) as file:
            file.write(json.dumps(_names(lexicon), indent=1).encode())


@dataclass(frozen=True)
class Search:
    """Tells which texts hold one of some names, in any of their spellings."""

    _hints: Sequence[Any]
    _whole: Any

    def finds_in(self, text: bytes | pa.Buffer) -> bool:
        """Say whether a text, as UTF-8, holds one of the names; inside of a word, too: it may be glued to another."""
        return any(hint.search(text) for hint in self._hints) and self._whole.search(text) is not None


def changed_names(lake: Lake, before: str, lexicon: Lexicon) -> Search | None:
    """Give a search for all names whose rules are not those of the lexicon `before`.

    None where every document may be concerned: that lexicon is not known any more, or a rule for all names changed.
    """
    path = lake.root / "lexicons" / f"{before}.json"
    if not lake.storage.exists(path):
        return None
    try:
        old: Names = json.loads(lake.storage.read(path))
    except ValueError:
        old = {}
    if not isinstance(old, dict):
        old = {}  # damaged: it only saves work
    new = _names(lexicon)
    changed = frozenset(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return None if _FOR_ALL in changed else _search(changed)


@functools.lru_cache(maxsize=4)
def _names(lexicon: Lexicon) -> Names:
    rules: dict[str, list[Any]] = {}
    for alias in lexicon.aliases:
        rules.setdefault((_EXACT if alias.is_exact else " ") + alias.pattern, []).append(_rules(alias, lexicon))
    for word in (*lexicon.survey_words, *lexicon.vendor_strings):
        rules.setdefault(_EXACT + word, []).append("counted by the survey")
    names = {name: _hash(found) for name, found in sorted(rules.items())}
    return names | {_FOR_ALL: _hash(sorted(lexicon.glued_suffixes))}


def _rules(alias: Alias, lexicon: Lexicon) -> Any:
    context = lexicon.contexts[alias.context] if alias.context else None
    patterns = {name: getattr(value, "pattern", value) for name, value in vars(context).items()} if context else {}
    return [vars(alias), patterns]


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


@functools.lru_cache(maxsize=8)
def _search(names: frozenset[str]) -> Search:
    whole = _compiled("|".join(map(_pattern, sorted(names))))
    if len(names) > _SEARCHED_SINGLY:
        return Search([whole], whole)
    return Search([_compiled(_pattern(name, _best_start(name[1:]))) for name in names], whole)


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    options.max_mem = 64 * 2**20
    return re2.compile(pattern, options)


def _pattern(name: str, start: int = 0) -> str:
    return spelling.pattern(name[1:], is_exact=name[0] == _EXACT, start=start).replace(r"\b", "")


def _best_start(name: str) -> int:
    """Say from which of its first characters on a name is searched, enough of it being left to be seldom."""
    first = name[: max(0, min(4, len(name) - 3))].lower()
    starts = [place for place, character in enumerate(first) if character in _SELDOM]
    return min(starts, key=lambda place: _SELDOM.index(first[place]), default=0)

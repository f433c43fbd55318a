"""Which documents a change of the lexicon can concern: those that hold a name which came, went or changed its rules.

Every other document keeps its mentions unread, so that a new framework is looked for in years of stored text at about
the pace of reading them. Each lexicon that mentions were made by is kept beside them, for the next one to be held
against.
"""

import functools
import hashlib
import json
from typing import Any

import re2

from tasks import spelling
from tasks.lake import Lake
from tasks.lexicon import Alias, Lexicon

Names = dict[str, str]
"""By a name as the lexicon spells it, with a mark for one that is taken exactly: a hash of all that decides on it."""

_EXACT = "="
_FOR_ALL = ""
"""In the place of a name: what decides on every name."""


def remember(lake: Lake, lexicon: Lexicon) -> None:
    """Keep what a later lexicon is held against."""
    path = lake.root / "lexicons" / f"{lexicon.version}.json"
    if not lake.storage.exists(path):
        with lake.storage.written_whole(path) as file:
            file.write(json.dumps(_names(lexicon), indent=1).encode())


def changed_names(lake: Lake, before: str, lexicon: Lexicon) -> Any | None:
    """Give an RE2 expression over bytes, blind to case, that finds every name whose rules are not those of `before`.

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
    return None if _FOR_ALL in changed else _expression(changed)


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
def _expression(names: frozenset[str]) -> Any:
    """Make the expression; a name counts inside of a word, too, since it may be what is glued to another one."""
    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    options.max_mem = 64 * 2**20
    spelt = [spelling.pattern(name[1:], is_exact=name[0] == _EXACT).replace(r"\b", "") for name in sorted(names)]
    return re2.compile("|".join(spelt) or r"[^\x{0}-\x{10FFFF}]", options)

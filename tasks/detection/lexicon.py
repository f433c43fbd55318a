"""The lexicon: which frameworks there are, which names stand for them, and in which sense.

The facts stand in `lexicon.toml` beside this module, which explains its own keys. This module checks them against a
schema, lays them flat (one `Alias` for each name and framework it stands for) and gives them a version: a hash of the
content, so that a comment or a blank line in the file re-reads nothing.
"""

import datetime as dt
import functools
import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Match = Literal["word", "code", "address", "library"]
"""How a name is held against the text: a word of prose, an identifier or import line, the framework's own address, or
the name of a library that needs it. All match whole words only; code also by case."""

UNDATED = 2019
"""The year that a text without one is read as: the last in which "Torch" was Torch7 and Keras not TensorFlow alone."""

SHIPPED = Path(__file__).with_name("lexicon.toml")


class LexiconError(ValueError):
    """The lexicon's file is broken. Raised by `load`; names the file, the entry and what is wrong with it."""


@dataclass(frozen=True)
class Implication:
    """A framework that cannot be had without another one, in the years [from, until], both inclusive; None is open."""

    framework: str
    meaning_from: int | None = None
    meaning_until: int | None = None


@dataclass(frozen=True)
class Framework:
    """One framework, as people and the table `frameworks` see it."""

    framework: str
    name: str
    vendor: str
    homepage: str
    released_on: dt.date
    ended_on: dt.date | None = None
    implies: tuple[Implication, ...] = ()


@dataclass(frozen=True)
class Alias:
    """One name and one framework that it stands for; a name that stands for two has two rows."""

    alias: str
    framework: str
    match: Match = "word"
    context: str | None = None
    """The context rule that tells the framework from other senses of the name; None: it has no other sense."""
    meaning_from: int | None = None
    """First year, inclusive, in which the name has this meaning; None: since ever."""
    meaning_until: int | None = None
    is_implied: bool = False
    """The name is that of a library that needs the framework: torchvision for pytorch."""
    seams: str = ""
    """The name with a hyphen wherever print may part it ("Py-Torch"); empty where it is not parted."""

    @property
    def pattern(self) -> str:
        """Give what spellings are made from."""
        return self.seams or self.alias

    @property
    def is_exact(self) -> bool:
        """Say whether hyphens and blanks stay as they are written."""
        return self.match in ("code", "address")

    def holds_in(self, year: int | None) -> bool:
        """Say whether the name has this meaning in a document of that year.

        A document without a year is read as one of `UNDATED`.
        """
        year = UNDATED if year is None else year
        return (self.meaning_from or year) <= year <= (self.meaning_until or year)


@dataclass(frozen=True)
class Context:
    """A context rule; each pattern is None where it does not restrict. The file says what each is held against."""

    context: str
    spelled: re.Pattern[str] | None = None
    never_before: re.Pattern[str] | None = None
    never_after: re.Pattern[str] | None = None
    never_near: re.Pattern[str] | None = None
    never_in_document: re.Pattern[str] | None = None
    needs_before: re.Pattern[str] | None = None
    needs_after: re.Pattern[str] | None = None
    needs_near: re.Pattern[str] | None = None
    needs_in_document: re.Pattern[str] | None = None


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The whole lexicon, flat; equal versions mean equal content. What is derived of one is cached by the object."""

    version: str
    frameworks: tuple[Framework, ...]
    aliases: tuple[Alias, ...]
    contexts: Mapping[str, Context] = field(default_factory=dict)
    glued_suffixes: frozenset[str] = frozenset()
    survey_words: tuple[str, ...] = ()
    vendor_strings: tuple[str, ...] = ()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Sensed(_Strict):
    name: str = Field(min_length=2)
    context: str
    first: int | None = Field(None, alias="from", ge=1990, le=2100)
    last: int | None = Field(None, alias="until", ge=1990, le=2100)


class _FrameworkEntry(_Strict):
    name: str = Field(min_length=2)
    vendor: str = Field(min_length=2)
    homepage: str = Field(pattern=r"^https?://[\w.-]+")
    released_on: dt.date
    ended_on: dt.date | None = None
    implies: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    sensed: tuple[_Sensed, ...] = ()


class _ContextEntry(_Strict):
    spelled: str | None = None
    never_before: str | None = None
    never_after: str | None = None
    never_near: str | None = None
    never_in_document: str | None = None
    needs_before: str | None = None
    needs_after: str | None = None
    needs_near: str | None = None
    needs_in_document: str | None = None


class _File(_Strict):
    schema_: Literal[1] = Field(alias="schema")
    software: str
    glued_suffixes: tuple[str, ...]
    survey_words: tuple[str, ...]
    vendor_strings: tuple[str, ...]
    framework: dict[str, _FrameworkEntry]
    context: dict[str, _ContextEntry]


def load(path: Path | None = None) -> Lexicon:
    """Read and check a lexicon; without a path the shipped one, which is read once a process.

    Raises `LexiconError` for a file that is missing, is no TOML, or breaks the schema.
    """
    return _shipped() if path is None else _read(path)


@functools.cache
def _shipped() -> Lexicon:
    return _read(SHIPPED)


def _read(path: Path) -> Lexicon:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        parsed = _File.model_validate(raw)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{path}: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise LexiconError(f"{path}: {problems}") from error
    try:
        return _flatten(parsed, _version(raw))
    except ValueError as error:
        raise LexiconError(f"{path}: {error}") from error


def _version(raw: dict[str, Any]) -> str:
    content = json.dumps(raw, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:12]  # 48 bits: no two of a few thousand versions collide


def _flatten(file: _File, version: str) -> Lexicon:
    frameworks = tuple(_framework(name, entry) for name, entry in file.framework.items())
    contexts = {name: _context(name, entry, file.software) for name, entry in file.context.items()}
    aliases: dict[tuple[str, str, str | None, int | None], Alias] = {}
    for framework in frameworks:
        _check_implications(framework, file)
        for alias in _aliases(framework, file.framework[framework.framework]):
            if alias.context is not None and alias.context not in contexts:
                raise ValueError(
                    f"framework.{framework.framework}: context {alias.context!r} of {alias.alias!r} is not defined"
                )
            key = (alias.alias.casefold(), alias.framework, alias.context, alias.meaning_from)
            if key not in aliases or aliases[key].is_implied:  # a direct name beats an implied one
                aliases[key] = alias
    unused = contexts.keys() - {alias.context for alias in aliases.values()}
    if unused:
        raise ValueError(f"contexts that no name asks for: {', '.join(sorted(unused))}")
    return Lexicon(
        version=version,
        frameworks=frameworks,
        aliases=tuple(aliases.values()),
        contexts=contexts,
        glued_suffixes=frozenset(file.glued_suffixes),
        survey_words=file.survey_words,
        vendor_strings=file.vendor_strings,
    )


def _framework(name: str, entry: _FrameworkEntry) -> Framework:
    if re.fullmatch(r"[a-z0-9-]+", name) is None:
        raise ValueError(f"framework.{name}: an id has lower-case letters, digits and hyphens only")
    implies = tuple(_implication(name, text) for text in entry.implies)
    return Framework(name, entry.name, entry.vendor, entry.homepage, entry.released_on, entry.ended_on, implies)


def _implication(framework: str, text: str) -> Implication:
    match = re.fullmatch(r"([a-z0-9-]+?)(?:@(\d{4})-(\d{4})?)?", text)
    if match is None:
        raise ValueError(f"framework.{framework}: implies {text!r} is not 'id' or 'id@2020-2023' or 'id@2018-'")
    return Implication(match[1], int(match[2]) if match[2] else None, int(match[3]) if match[3] else None)


def _check_implications(framework: Framework, file: _File) -> None:
    for implied in framework.implies:
        if implied.framework not in file.framework:
            raise ValueError(f"framework.{framework.framework}: implies unknown {implied.framework!r}")
        if implied.framework == framework.framework:
            raise ValueError(f"framework.{framework.framework}: implies itself")


def _context(name: str, entry: _ContextEntry, software: str) -> Context:
    patterns: dict[str, re.Pattern[str]] = {}
    for key, text in entry.model_dump(exclude_none=True).items():
        try:
            patterns[key] = re.compile(text.replace("{software}", software))
        except re.error as error:
            raise ValueError(f"context.{name}.{key}: {error}") from error
    return Context(name, **patterns)


def _named(name: str, framework: Framework) -> Alias:
    """Give the alias of a name: spelled as the framework spells itself, where only the seams differ."""
    is_own = name != framework.name and name.replace("-", "").casefold() == framework.name.replace("-", "").casefold()
    return Alias(framework.name, framework.framework, seams=name) if is_own else Alias(name, framework.framework)


def _aliases(framework: Framework, entry: _FrameworkEntry) -> Iterator[Alias]:
    own = [_named(name, framework) for name in entry.names]
    own += [Alias(name, framework.framework, "code") for name in entry.code]
    own += [Alias(name, framework.framework, "address") for name in entry.addresses]
    own += [
        Alias(sensed.name, framework.framework, "word", sensed.context, sensed.first, sensed.last)
        for sensed in entry.sensed
    ]
    if not own:
        raise ValueError(f"framework.{framework.framework}: has no name at all")
    yield from own
    for library in entry.libraries:
        yield Alias(library, framework.framework, "library", is_implied=True)
    for implied in framework.implies:
        for alias in own:
            first = max(filter(None, (alias.meaning_from, implied.meaning_from)), default=None)
            last = min(filter(None, (alias.meaning_until, implied.meaning_until)), default=None)
            yield replace(alias, framework=implied.framework, meaning_from=first, meaning_until=last, is_implied=True)

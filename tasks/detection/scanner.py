"""Text to mentions: pure functions over one document at a time.

One expression of google-re2 holds every spelling of every name and reads the text's bytes once; a document without a
hit costs that one pass. Only where it stops, Python decides with care: is it a whole word, somebody's address, the
right sense (`senses`), which section (`sections`), used or named (`roles`).
"""

import functools
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from tasks.detection import roles, senses, spelling
from tasks.detection.lexicon import Alias, Lexicon
from tasks.detection.roles import Role
from tasks.detection.sections import SectionName, Sections, find_sections
from tasks.records import Kind

EVIDENCE_CHARACTERS = 400
"""Longest evidence: a long sentence; a figure's caption or a table is cut around the name."""
_PATTERN_MEMORY = 256 * 2**20
"""Memory of the automaton: with the default of 8 MB it is thrown away and built again all the time."""
_NAME_CHARACTERS = 80
"""Longest name with its breaks."""


@dataclass(frozen=True)
class Hit:
    """One place where a framework's name stands; `start` and `end` are characters of the text as given."""

    framework: str
    alias: str
    start: int
    end: int
    section: SectionName
    role: Role
    sentence: str
    is_implied: bool


@dataclass(frozen=True)
class Mention:
    """One framework in one document.

    `mention_count` counts places in the text, names of libraries that need the framework included; title and abstract
    as the site gives them count only where the text has no place, since it repeats them. `in_body` includes appendices.
    """

    framework: str
    role: Role
    is_implied: bool
    mention_count: int
    in_title: bool
    in_abstract: bool
    in_body: bool
    only_in_references: bool
    evidence: str
    evidence_section: SectionName
    evidence_page: int | None
    listed_role: Role | None = None
    """Its role in title and abstract as the site gives them, whatever the text says; None where they do not name it."""


@dataclass(frozen=True)
class DocumentScan:
    """All that the detector says about one document."""

    mentions: tuple[Mention, ...]
    survey_words: tuple[str, ...]
    vendor_strings: tuple[str, ...]


class Scanner:
    """A lexicon made ready for scanning; keeps nothing between texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Lay the lexicon's names out by their spellings."""
        self.lexicon = lexicon
        self._by_key: dict[str, list[Alias]] = {}
        for alias in lexicon.aliases:
            for key in spelling.keys(alias.pattern, is_exact=alias.is_exact):
                self._by_key.setdefault(key, []).append(alias)
        self._flags = tuple(word.casefold() for word in (*lexicon.survey_words, *lexicon.vendor_strings))
        # What may be glued to another name: single words, long enough not to be the end of another word.
        self._glue = lexicon.glued_suffixes | {key for key in self._by_key if key.isalpha() and len(key) > 4}

    @functools.cached_property
    def _pattern(self) -> Any:
        """Compile all spellings into one expression: 0.1 s, which a night without a new text need not spend."""
        expressions = {spelling.pattern(alias.pattern, is_exact=alias.is_exact): None for alias in self.lexicon.aliases}
        options = re2.Options()
        options.case_sensitive = False
        options.longest_match = True
        options.never_capture = True
        options.max_mem = _PATTERN_MEMORY
        return re2.compile("|".join([*expressions, *map(re.escape, self._flags)]), options)

    def hits(self, text: str, *, kind: Kind = "paper", year: int | None = None) -> list[Hit]:
        """Find every framework's name in a text, in order of place; a name that stands for two gives two hits.

        A framework that is itself named in the text has only those hits: that torchvision needs PyTorch adds nothing
        where PyTorch is named.
        """
        hits = self._hits(text, self.candidates(text), kind, year)
        named = {hit.framework for hit in hits if not hit.is_implied}
        return [hit for hit in hits if not (hit.is_implied and hit.framework in named)]

    def document(
        self,
        *,
        title: str,
        abstract: str | None,
        text: str | bytes | None,
        page_starts: Sequence[int] = (),
        kind: Kind = "paper",
        year: int | None = None,
    ) -> DocumentScan:
        """Scan one document: what the site says of it (title, abstract) and its text, where that could be read.

        A text given as UTF-8, as it is stored, is decoded only where a name may stand in it.

        `page_starts` are the characters of `text` at which its pages begin; without them evidence has no page.
        """
        listed: list[Hit] = []
        raw: list[str] = []
        for part, section in ((title, "title"), (abstract or "", "abstract")):
            spans = self.candidates(part)
            raw += [part[start:end] for start, end in spans]
            listed += self._hits(part, spans, kind, year, section)  # type: ignore[arg-type]
        body: list[Hit] = []
        if text is not None:
            spans = self.candidates(text)
            whole = text if isinstance(text, str) else text.decode() if spans else ""
            raw += [whole[start:end] for start, end in spans]
            body = self._hits(whole, spans, kind, year)
        found = {flag for piece in {piece.casefold() for piece in raw} for flag in self._flags if flag in piece}
        frameworks = sorted({hit.framework for hit in (*listed, *body)})
        return DocumentScan(
            mentions=tuple(
                _mention(
                    [hit for hit in listed if hit.framework == framework],
                    [hit for hit in body if hit.framework == framework],
                    has_text=text is not None,
                    page_starts=page_starts,
                )
                for framework in frameworks
            ),
            survey_words=tuple(word for word in self.lexicon.survey_words if word.casefold() in found),
            vendor_strings=tuple(word for word in self.lexicon.vendor_strings if word.casefold() in found),
        )

    def candidates(self, text: str | bytes) -> list[tuple[int, int]]:
        """Find every place where a name may stand, as characters [start, end): the only pass over the whole text.

        These are spellings, not yet names: part of a word, an address, another sense are among them.
        """
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        spans = [match.span() for match in self._pattern.finditer(data)]
        return spans if not spans or data.isascii() else list(_characters(data, spans))

    def _hits(
        self,
        text: str,
        spans: list[tuple[int, int]],
        kind: Kind,
        year: int | None,
        section: SectionName | None = None,
    ) -> list[Hit]:
        if not spans:
            return []
        sections: Sections | None = None
        answers: dict[re.Pattern[str], bool] = {}

        def document_matches(pattern: re.Pattern[str]) -> bool:
            if pattern not in answers:
                answers[pattern] = pattern.search(text) is not None
            return answers[pattern]

        hits: list[Hit] = []
        for start, end, aliases in self._named(text, spans, year, document_matches):
            if sections is None and section is None:
                sections = find_sections(text, kind)
            where = section or (sections.at(start) if sections else "body")
            hits += _as_hits(text, start, end, aliases, where)
        return hits

    def _named(
        self,
        text: str,
        spans: Iterable[tuple[int, int]],
        year: int | None,
        document_matches: Callable[[re.Pattern[str]], bool],
    ) -> Iterator[tuple[int, int, list[Alias]]]:
        """Yield the places that are names in the right sense.

        Where the longest reading is none, a shorter one that begins later may be: "Py Torch_geometric".
        """
        done = 0
        for span in spans:
            start, end = span
            while done <= start < end:
                aliases = self._accepted(text, start, end, year, document_matches)
                if aliases:
                    yield start, end, aliases
                    done = end
                    break
                first = start + 1
                later = self.candidates(text[first : end + _NAME_CHARACTERS])
                inside = [(first + a, first + b) for a, b in later[:1] if first + a < end]
                start, end = inside[0] if inside else (end, end)

    def _accepted(
        self,
        text: str,
        start: int,
        end: int,
        year: int | None,
        document_matches: Callable[[re.Pattern[str]], bool],
    ) -> list[Alias]:
        readings = spelling.canonical(text[start:end])
        candidates = [
            alias
            for reading in readings
            for alias in self._by_key.get(reading.casefold(), ())
            if alias.holds_in(year) and (alias.match != "code" or reading == alias.alias)
        ]
        if not candidates or not self._is_whole(text, start, end):
            return []
        surface = text[start:end].casefold()  # of two spellings that read alike, the one that is printed gives its name
        candidates.sort(key=lambda alias: alias.alias.casefold() != surface)
        in_address = senses.is_in_address(text, start, end)
        accepted: dict[str, Alias] = {}
        for alias in candidates:
            if in_address and alias.match != "address":
                continue
            context = self.lexicon.contexts[alias.context] if alias.context else None
            if context and not senses.is_meant(context, text, start, end, document_matches):
                continue
            if alias.framework not in accepted or accepted[alias.framework].is_implied:
                accepted[alias.framework] = alias
        return list(accepted.values())

    def _is_whole(self, text: str, start: int, end: int) -> bool:
        """Say whether the name is a word of its own; versions, footnote marks and glued names may adjoin it."""
        name = text[start:end]
        left, right = senses.rest_of_word(text, start, end)
        if start and text[start - 1] in ".@#" and name[0].islower() and start > 1 and text[start - 2].isalnum():
            return name.count(".") > 0  # fb.resnet.torch is a part of another name; www.keras.io is not
        if left and name[0].isalnum() and left.casefold() not in self._glue:
            is_footnote = left.isdigit() and len(left) <= 2 and name[0].isupper()
            if not is_footnote:
                return False
        if right and name[-1].isalnum() and right.casefold() not in self._glue:
            is_mark = re.fullmatch(r"[vV]?\d", right) or (right.isdigit() and len(right) == 2 and not name.islower())
            return bool(is_mark)
        return True


def _characters(data: bytes, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Turn places in bytes into places in characters, decoding only what lies between them."""
    byte = character = 0
    for start, end in spans:
        first = character + len(data[byte:start].decode("utf-8", "surrogatepass"))
        last = first + len(data[start:end].decode("utf-8", "surrogatepass"))
        byte, character = end, last
        yield first, last


def _as_hits(text: str, start: int, end: int, aliases: list[Alias], section: SectionName) -> Iterator[Hit]:
    first, last = roles.sentence_bounds(text, start, end)
    before, after = text[first:start], text[end:last]
    for alias in aliases:
        role = roles.tell_role(before, after, section=section, match=alias.match)
        sentence = _cut(before, text[start:end], after)
        yield Hit(alias.framework, alias.alias, start, end, section, role, sentence, alias.is_implied)


def _cut(before: str, name: str, after: str) -> str:
    """Trim a sentence to its evidence: at most `EVIDENCE_CHARACTERS` around the name, on word bounds, one line."""
    before, name, after = (re.sub(r"\s+", " ", part) for part in (before, name, after))
    room = max(EVIDENCE_CHARACTERS - len(name), 0)
    left = min(len(before), max(room // 2, room - len(after)))
    right = min(len(after), room - left)
    if left < len(before):
        before = before[len(before) - left :].partition(" ")[2]
    if right < len(after):
        after = after[:right].rpartition(" ")[0]
    # Half of a surrogate pair, which damaged PDFs give, could not be stored.
    return (before + name + after).strip().encode("utf-8", "replace").decode()


_WEIGHT = {"references": 0, "title": 1, "nice_to_have": 1, "abstract": 2, "elsewhere": 2}
"""How telling a section is; body, appendix and required weigh 3."""


def _mention(listed: list[Hit], body: list[Hit], *, has_text: bool, page_starts: Sequence[int]) -> Mention:
    hits = [*body, *listed]
    best = max(hits, key=lambda hit: (hit.role == "used", not hit.is_implied, _WEIGHT.get(hit.section, 3)))
    page = bisect_right(page_starts, best.start) if page_starts and any(best is hit for hit in body) else None
    return Mention(
        framework=best.framework,
        role=best.role,
        is_implied=all(hit.is_implied for hit in hits),
        mention_count=len(body) if has_text and body else len(listed),
        in_title=any(hit.section == "title" for hit in hits),
        in_abstract=any(hit.section == "abstract" for hit in hits),
        in_body=any(hit.section not in ("title", "abstract", "references") for hit in hits),
        only_in_references=all(hit.section == "references" for hit in hits),
        evidence=best.sentence,
        evidence_section=best.section,
        evidence_page=page,
        listed_role=max((hit.role for hit in listed), default=None),  # 'used' comes after 'named'
    )

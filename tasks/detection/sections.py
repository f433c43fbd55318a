"""Where a text's sections lie, found from the text itself: headings alone on a line, and how dense years are.

Papers: title, abstract, body, references, appendix. Job ads: required, nice_to_have, elsewhere. No publisher's layout
is known here. The rule for references was right in all but 10 of 1,700 papers (MEASURED.md): of the headings
"References" the one with the densest years after it, the last on a tie; the section ends at an appendix heading.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import re2

from tasks.records import Kind

SectionName = Literal["title", "abstract", "body", "references", "appendix", "required", "nice_to_have", "elsewhere"]

# "3", "3.", "III." or "A" before a heading's words.
_NUMBER = r"(?:(?:section[ ]+)?(?:\d{1,2}|[IVX]{1,5}|[A-H])?(?:\.\d{1,2})*[.:)]?[ \t]+)?"
# Small capitals leave a blank after the first letter: "R EFERENCES". A heading stands on a short line.
_LETTERED = r"[A-H](?:\.\d{1,2})*\.?[ \t]+[A-Z][a-z]+(?:[ \t]+[A-Za-z-]+){0,6}[ \t]*"
_options = re2.Options()
_options.never_capture = True
_HEADINGS = re2.compile(
    rf"(?im)^[ \t]*{_NUMBER}(?:r ?eferences|b ?ibliography|literature cited|works cited|a ?bstract|i ?ntroduction|"
    r"motivation|background|a ?ppendix|a ?ppendices|supplement(?:ary|al)|supporting information|"
    r"(?:neurips |paper |reproducibility )*checklist)\b[^\n]{0,100}$"
    rf"|^[ \t]*(?-i:{_LETTERED})$",
    _options,
)
_ANY_NUMBER = rf"[ \t]*(?i:{_NUMBER})"
_REFERENCES = re.compile(
    rf"{_ANY_NUMBER}(?i:r ?eferences(?: and notes| cited)?|b ?ibliography|literature cited|works cited)[ \t]*[.:]?\s*"
)
_ABSTRACT = re.compile(r"[ \t]*(?i:a ?bstract)(?:\s*$|[ \t]*[.:—–-])")
_INTRODUCTION = re.compile(rf"{_ANY_NUMBER}(?i:i ?ntroduction|motivation|background)(?: and \w+)?[ \t]*[.:]?\s*")
_APPENDIX = re.compile(
    rf"{_ANY_NUMBER}(?i:a ?ppendix|a ?ppendices|supporting information|"
    r"supplement(?:ary|al)(?: (?:materials?|information|appendix|appendices))?)"
    r"(?:[ \t]+[A-Z0-9][\d.]*)?[.:]?(?:[ \t]+[A-Z].{0,80})?\s*"
    r"|[ \t]*(?i:(?:neurips |paper |reproducibility )*checklist)\s*"
    rf"|[ \t]*{_LETTERED}\s*"
)
_PLAIN_APPENDIX = re.compile(r"[ \t]*(?i:a ?ppendix|a ?ppendices|supplementary materials?)(?:[ \t]+[A-Z0-9])?[.:]?\s*")
_YEAR = re.compile(r"19[5-9]\d|20[0-4]\d")

_FRONT_CHARACTERS = 8_000
"""How far into a paper its abstract may begin: two pages of title, authors and notes."""
_ABSTRACT_CHARACTERS = 4_000
"""Longest abstract where no heading ends it; structured medical abstracts reach 3,500."""
_DENSITY_CHARACTERS = 3_000
"""How much text after a heading is held to be its start: a page of references names 20 years or more, prose few."""
_REFERENCES_YEARS = 3
"""Fewest years in that text for it to be references: a short paper cites three works."""
_SHORT_LINE = 40
"""A line of prose is longer; a page number or a table's last row is shorter."""
_STEP = 500  # characters looked through at a time; two or three references
_YEARLESS_CHARACTERS = 4_000
"""References do not go without a year for a page; where they seem to, an appendix without a heading has begun."""


@dataclass(frozen=True)
class Section:
    """A stretch [start, end) of a text, in characters."""

    name: SectionName
    start: int
    end: int


@dataclass(frozen=True)
class Sections:
    """All sections of one text, in order and without gaps."""

    sections: tuple[Section, ...]
    starts: tuple[int, ...]

    def at(self, offset: int) -> SectionName:
        """Name the section in which a character stands."""
        return self.sections[max(bisect_right(self.starts, offset) - 1, 0)].name


def find_sections(text: str, kind: Kind = "paper") -> Sections:
    """Cut a text into sections; a text without headings is one body (papers) or one elsewhere (job ads)."""
    marks = _job_marks(text) if kind == "job_ad" else _paper_marks(text)
    merged: list[tuple[int, SectionName]] = []
    for mark in marks:
        if merged and merged[-1][0] == mark[0]:
            merged.pop()
        if not merged or merged[-1][1] != mark[1]:
            merged.append(mark)
    ends: Sequence[int] = [start for start, _ in merged[1:]] + [len(text)]
    sections = tuple(Section(name, start, end) for (start, name), end in zip(merged, ends, strict=True))
    return Sections(sections, tuple(section.start for section in sections))


@dataclass(frozen=True)
class _Heading:
    start: int
    line: str


def _headings(text: str) -> list[_Heading]:
    """Find the lines that may be headings, by one pass of RE2 over the bytes."""
    data = text.encode("utf-8", "surrogatepass")
    headings = []
    byte = character = 0
    for match in _HEADINGS.finditer(data):
        start, end = match.span()
        character += len(data[byte:start].decode("utf-8", "surrogatepass")) if start > byte else 0
        byte = start
        headings.append(_Heading(character, data[start:end].decode("utf-8", "surrogatepass")))
    return headings


def _paper_marks(text: str) -> list[tuple[int, SectionName]]:
    headings = _headings(text)
    marks: list[tuple[int, SectionName]] = [(0, "body")]
    abstract = next((h for h in headings if h.start < _FRONT_CHARACTERS and _ABSTRACT.match(h.line)), None)
    if abstract:
        marks = [(0, "title"), (abstract.start, "abstract")]
        limit = min(abstract.start + _ABSTRACT_CHARACTERS, len(text))
        introduction = (h.start for h in headings if h.start > abstract.start and _INTRODUCTION.fullmatch(h.line))
        marks.append((min(next(introduction, limit), limit), "body"))
    body = marks[-1][0]
    references = _references(text, [h for h in headings if h.start >= body])
    early = next((h.start for h in headings if _is_early_appendix(text, h, body)), None)
    if early is not None and (references is None or early < references):
        marks.append((early, "appendix"))
    if references is not None:
        marks.append((references, "references"))
        end = _references_end(text, references, [h for h in headings if h.start > references])
        if end is not None:
            marks.append((end, "appendix"))
    return marks


def _is_early_appendix(text: str, heading: _Heading, body: int) -> bool:
    """Say whether a heading begins an appendix that stands before the references.

    "Appendix C." alone on a line is more often the end of a broken sentence: the line before must end one.
    """
    if heading.start <= max(body, len(text) // 3) or not _PLAIN_APPENDIX.fullmatch(heading.line):
        return False
    before = text[max(0, heading.start - 200) : heading.start].rstrip()
    return before[-1:] in ".!?)" or len(before.rpartition("\n")[2]) < _SHORT_LINE


def _references(text: str, headings: Sequence[_Heading]) -> int | None:
    """Find the heading with the densest years after it, the last on a tie; None where no heading has enough."""
    found = [
        (_years(text, heading.start, heading.start + _DENSITY_CHARACTERS), heading.start)
        for heading in headings
        if _REFERENCES.fullmatch(heading.line)
    ]
    years, place = max(found, default=(0, 0))
    return place if years >= _REFERENCES_YEARS else None


def _references_end(text: str, start: int, headings: Sequence[_Heading]) -> int | None:
    """Find where the references end: at an appendix heading after which years are rare, or where years cease."""
    end = _yearless(text, start)
    for heading in headings:
        if end is not None and heading.start > end + _YEARLESS_CHARACTERS:
            break
        # A heading that says "Appendix" is surer than "A Proofs", which a table's row may look like.
        share = 0.75 if "ppend" in heading.line.lower() else 0.5
        if _APPENDIX.fullmatch(heading.line) and _is_thinner(text, start, heading.start, share):
            return heading.start
    return end


def _is_thinner(text: str, start: int, place: int, share: float) -> bool:
    """Say whether years are at most `share` as frequent after a place as before it, back to `start` at most."""
    before = min(place - start, _DENSITY_CHARACTERS)
    after = min(len(text) - place, _DENSITY_CHARACTERS)
    return _years(text, place, place + after) * before <= share * _years(text, place - before, place) * after


def _yearless(text: str, start: int) -> int | None:
    """Find the line's end after the last year before a stretch without years, None where there is no such stretch."""
    last = start
    while len(text) - last > _YEARLESS_CHARACTERS:
        following = _last_year(text, last, last + _YEARLESS_CHARACTERS)
        if following is None:
            line_end = text.find("\n", last)
            return len(text) if line_end < 0 else line_end
        last = following
    return None


def _last_year(text: str, start: int, end: int) -> int | None:
    """Give the end of the last year within [start, end), looking from the end: one is seldom far."""
    for low in range(end - _STEP, start - _STEP, -_STEP):
        years = list(_YEAR.finditer(text, max(low, start), low + _STEP + len("2019") - 1))
        if years:
            return years[-1].end()
    return None


def _years(text: str, start: int, end: int) -> int:
    return len(_YEAR.findall(text, start, end))


# In the languages of our boards: Arbeitnow's ads are German, JobTech's Swedish.
_JOB_HEADINGS: tuple[tuple[SectionName, re.Pattern[str]], ...] = (
    (
        "nice_to_have",
        re.compile(
            r"^[^\w\n]{0,9}(?:[\w’', -]{0,40}\b)?(?:nice[- ]to[- ]haves?|preferred|bonus(?: points)?|"
            r"desir(?:ed|able)|pluses|(?:a|big|huge|would be a) plus|good to have|great if|extra credit|brownie points|"
            r"optional|ideally|strong candidates may also|wünschenswert|von vorteil|idealerweise|pluspunkte?|"
            r"meriterande|bör-?krav)\b[^.\n]{0,40}$",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        "required",
        re.compile(
            r"^[^\w\n]{0,9}(?:[\w’', -]{0,40}\b)?(?:requirements?|required|qualifications|must[- ]haves?|"
            r"what you(?:['’]ll)? (?:bring|need|have)|"
            r"what we(?:['’]re| are) looking for|who you are|your (?:profile|skills|background|experience)|you have|"
            r"skills(?: and experience)?|about you|we expect|you bring|you (?:may|might) be a good fit|"
            r"(?:dein|ihr|din) profil|anforderungen|voraussetzungen|qualifikation(?:en)?|(?:du|sie) mitbring(?:st|en)|"
            r"bringst du mit|bringen sie mit|(?:ska(?:ll)?-?)?krav|kvalifikationer|vi söker dig|"
            r"din bakgrund)\b[^.\n]{0,40}$",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        "elsewhere",
        re.compile(
            r"^[^\w\n]{0,9}(?:responsibilities|what you(?:['’]ll| will) (?:do|work on|be doing)|the role|"
            r"your (?:role|tasks|mission)|about (?:us|the (?:role|team|job|company))|our (?:team|stack|company)|"
            r"benefits|perks|what we offer|we offer|why (?:join|us)\b|compensation|how to apply|who we are|"
            r"equal opportunity|location|salary|tech stack|interview process|(?:deine|ihre) aufgaben|"
            r"(?:was )?wir bieten|über uns|arbetsuppgifter|vi erbjuder|om (?:oss|företaget|tjänsten))\b[^.\n]{0,40}$",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
)
_JOB_HEADING_CHARACTERS = 80
"""A heading is a short line; "5 years of experience required with ..." is none."""


def _job_marks(text: str) -> list[tuple[int, SectionName]]:
    marks: dict[int, SectionName] = {}
    for name, pattern in _JOB_HEADINGS:
        for match in pattern.finditer(text):
            if len(match[0].strip()) <= _JOB_HEADING_CHARACTERS:
                marks.setdefault(
                    match.start(), name
                )  # the first kind wins: "preferred qualifications" are nice to have
    ordered = sorted(marks.items())
    return [(0, "elsewhere"), *ordered]

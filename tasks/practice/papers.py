"""The practice papers: who wrote what, in which volume, with which framework, told in invented sentences."""

import functools
import hashlib
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

Fault = Literal["", "missing", "image", "html"]
Style = Literal["plain", "ligatures", "hyphens"]


@dataclass(frozen=True)
class Volume:
    """One practice volume, such as MLHC 2019."""

    venue: str
    name: str
    year: int
    number: int
    when: str
    columns: int


@dataclass(frozen=True)
class Work:
    """One practice paper: what its volume's page says of it, what its PDF says, and what is true of it."""

    volume: Volume
    key: str
    title: str
    authors: tuple[str, ...]
    emails: tuple[str, ...]
    abstract: str
    sections: tuple[tuple[str, str], ...]
    """(heading, text), in the order of the paper; References hold one entry a line."""
    uses: tuple[str, ...]
    """Framework ids that the paper says it used, or whose library it used."""
    names: tuple[str, ...]
    """Framework ids that stand only among its references."""
    is_implied: bool
    style: Style
    fault: Fault


@functools.cache
def facts() -> dict[str, Any]:
    """Read practice.toml once."""
    return tomllib.loads(files("tasks.practice").joinpath("practice.toml").read_text("utf-8"))


def volumes() -> list[Volume]:
    """Give the practice volumes, newest number first, as the front page lists them."""
    found = [
        Volume(acronym, venue["name"], int(year), number, venue["when"], venue["columns"])
        for acronym, venue in facts()["venues"].items()
        for year, number in venue["volumes"].items()
    ]
    return sorted(found, key=lambda volume: -volume.number)


def works(volume: Volume) -> list[Work]:
    """Give the papers of one volume by key; the same volume always gives the same papers."""
    venue, plan = facts()["venues"][volume.venue], facts()["plan"]
    stories = plan[str(max(volume.year - venue.get("lag", 0), min(map(int, plan))))].split()
    fault = facts()["faults"].get(f"{volume.venue} {volume.year}", {})
    found: dict[str, Work] = {}
    for place, story in enumerate(stories):
        teller = _Teller(volume, place, story)
        letter = next(letter for letter in "abcdefghij" if teller.key(letter) not in found)
        work = teller.work(teller.key(letter), fault["fault"] if fault.get("place") == place else "")
        found[work.key] = work
    return sorted(found.values(), key=lambda work: work.key)


def tell(volume: Volume, place: int, story: str, key: str) -> Work:
    """Write one paper that stands in no volume's plan, under a key of its own."""
    return _Teller(volume, place, story).work(key, "")


class _Teller:
    """Fills the sentences of one paper with its words; a place in a volume always gets the same words."""

    def __init__(self, volume: Volume, place: int, story: str) -> None:
        self.volume, self.place, self.words = volume, place, facts()["words"]
        self.story: dict[str, Any] = facts()["stories"][story]
        count = 1 + self._number("authors") % 4
        first = self._number("family")
        # Steps of 7 and 5 have no divisor in common with 32 families and 12 given names: all authors differ.
        families = [self.words["family"][(first + 7 * i) % len(self.words["family"])] for i in range(count)]
        givens = [self.words["given"][(first + 5 * i) % len(self.words["given"])] for i in range(count)]
        self.authors = tuple(f"{given} {family}" for given, family in zip(givens, families, strict=True))
        self.slots = {
            "topic": self._pick("topic"),
            "method": self._pick("method"),
            "house": self._pick("house"),
            "n": str(3 + self._number("n") % 40),
            "version": self._version(),
        }

    def _number(self, *salt: object) -> int:
        """Give a number that looks random and never changes; `random` promises that for no version but its own."""
        seed = f"{self.volume.venue} {self.volume.year} {self.place} {salt}"
        return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big")

    def _pick(self, what: str, *salt: object) -> str:
        options: list[str] = self.words[what]
        return options[self._number(what, *salt) % len(options)]

    def _version(self) -> str:
        """Give the framework's version of the year, or the last before it."""
        versions: dict[str, str] = self.story.get("versions", {"0": ""})
        return versions[max((year for year in versions if int(year) <= self.volume.year), default=min(versions))]

    def key(self, letter: str) -> str:
        """Give the paper's key as PMLR makes them: first author, year, letter."""
        return f"{self.authors[0].split()[-1].lower()}{self.volume.year % 100}{letter}"

    def work(self, key: str, fault: Fault) -> Work:
        """Write the whole paper."""
        styles: tuple[Style, ...] = ("plain", "hyphens", "plain", "ligatures", "plain")
        title = self._pick("title").format(
            topic=self.slots["topic"].title(), method=self.slots["method"].title().replace("'S", "'s")
        )
        return Work(
            volume=self.volume,
            key=key,
            title=title,
            authors=self.authors,
            emails=tuple(f"{author.lower().replace(' ', '.')}@practice.example" for author in self.authors),
            abstract=self._tell("abstract") + self._told("abstract", every=2),
            sections=tuple(self._sections()),
            uses=tuple(self.story.get("uses", ())),
            names=tuple(self.story.get("names", ())),
            is_implied=self.story.get("implied", False),
            style=styles[self.place % len(styles)],
            fault=fault,
        )

    def _sections(self) -> list[tuple[str, str]]:
        experiments = self._tell("experiments_section").split(". ")
        experiments.insert(2, self._told("experiments").strip().removesuffix("."))
        sections = [
            ("1 Introduction", self._tell("introduction")),
            ("2 Related Work", self._tell("related")),
            ("3 Method", self._tell("method_section")),
            ("4 Experiments", ". ".join(experiments)),
            ("5 Discussion", self._tell("discussion")),
            ("6 Conclusion", self._tell("conclusion")),
            ("Acknowledgments", self._tell("thanks") + self._told("thanks")),
            ("References", "\n".join(self._references())),
        ]
        if appendix := self._told("appendix", every=2):
            sections.append(("A Implementation Details", self._fill(self.words["method_section"][0]) + appendix))
        return sections

    def _tell(self, what: str) -> str:
        return " ".join(self._fill(sentence) for sentence in self.words[what])

    def _told(self, what: str, every: int = 1) -> str:
        """Give one of the story's own sentences with a blank before it; nothing where it has none, or not its turn."""
        options = self.story.get(what, [])
        if not options or self.place % every:
            return ""
        return " " + self._fill(options[self._number(what) % len(options)])

    def _fill(self, sentence: str, **more: str) -> str:
        filled = sentence.format(**self.slots, **more)
        return filled[:1].upper() + filled[1:]

    def _references(self) -> list[str]:
        """Give the framework's own paper first, then invented ones, none younger than the paper itself."""
        cited = [facts()["citations"][framework] for framework in self.story.get("references", ())]
        entries = [citation["text"] for citation in cited if citation["year"] <= self.volume.year]
        for place, reference in enumerate(self.words["reference"]):
            year = str(self.volume.year - 1 - self._number("year", place) % 15)
            family, family2 = (self._pick("family", place, author) for author in "ab")
            entries.append(self._fill(reference, family=family, family2=family2, year=year))
        return [f"[{number}] {entry}" for number, entry in enumerate(entries, 1)]

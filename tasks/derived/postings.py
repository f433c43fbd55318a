"""Which job ads are one posting: the same ad on several boards, under several ids, or posted again each month.

Two ads are one posting where all of this holds:
- their organisations are the same once case, accents, legal forms ("Inc.", "GmbH") and brackets are gone;
- their titles name the same level and are alike (`TITLE_ALIKE` of rapidfuzz's token_sort_ratio, after the same
  cleaning), where both have one: a Hacker News ad's first line is no title, and then the text alone decides;
- their texts are alike: the Jaccard similarity of their sets of five-word shingles (Broder 1997) is `TEXT_ALIKE` at
  least, estimated from the `SKETCH_SIZE` smallest hashes of each (bottom-k sketches: Cohen and Kaplan 2007). Without a
  text on either side the titles have to be equal;
- no more than `GAP_DAYS` lie between the one's end and the other's start: an ad that comes back after a pause is new.

One text that is offered in several cities at once is one posting. A posting bears the id of its first ad. An ad of
which no organisation is known is merged only with one whose text is the same.

Precision and recall are measured on pairs labelled by hand, tests/gold/posting_pairs.csv.
"""

import datetime as dt
import re
import sys
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from rapidfuzz import fuzz

from tasks.lake import Lake
from tasks.records import Edition
from tasks.sources import catalogue
from tasks.versions import code_version

SHINGLE_WORDS = 5
"""Long enough that employers share few by chance, short enough that one changed word spoils five of some hundred."""
SKETCH_SIZE = 128
"""Hashes kept of a text: an estimated similarity of 0.5 has a standard error of 0.04."""
TITLE_ALIKE = 90.0
"""Of 100: one letter or an ending may differ, "Senior" may not be missing."""
TEXT_ALIKE = 0.5
"""Reposts change a date, a link or a paragraph; other jobs of an employer share only what it says of itself."""
GAP_DAYS = 100
"""A monthly thread may be missed twice; after more than a quarter it is another search for people."""

_LEGAL = re.compile(
    r"\b(?:inc|incorporated|llc|ltd|limited|gmbh|mbh|ag|se|ab|bv|b v|nv|corp|corporation|plc|sa|sas|sarl|srl|oy|as|aps|"
    r"pty|pte|kg|co|company|the)\b"
)
_LEVELS = frozenset(
    {"junior", "senior", "staff", "principal", "lead", "head", "director", "manager", "intern", "internship"}
    | {"trainee", "graduate", "associate", "i", "ii", "iii", "iv", "1", "2", "3", "4"}
)
"""Words that make another job of a title that is else the same."""
_ABBREVIATED = {"sr": "senior", "jr": "junior", "ml": "machine learning", "swe": "software engineer", "eng": "engineer"}


@dataclass(frozen=True)
class Ad:
    """What of an ad tells whether it is another's twin."""

    document_id: str
    organization: str
    """As `plain_organization` gives it; '' where unknown."""
    title: str
    """As `plain_title` gives it; '' where it has none."""
    shingles: frozenset[int]
    """The smallest hashes of its text, as `sketch` gives them; none where it has no text."""
    starts_on: dt.date
    ends_on: dt.date


def plain_organization(name: str | None) -> str:
    """Give an employer's name without case, accents, brackets, legal form and the ending of an address."""
    name = re.sub(r"\(.*?\)|\[.*?\]", " ", _folded(name or ""))
    name = re.sub(r"\.(?:com|io|ai|org|net|co|de)\b", " ", name)
    words = " ".join(re.findall(r"[^\W_]+", name))
    return " ".join(_LEGAL.sub(" ", words).split()) or words


def plain_title(title: str) -> str:
    """Give a title's words without case, brackets ("(m/w/d)") and "remote", abbreviations written out."""
    title = re.sub(r"\(.*?\)|\[.*?\]", " ", _folded(title))
    words = re.findall(r"[\w+#]+", re.sub(r"\b(?:100% )?remote\b|\b[mfwdx](?:/[mfwdx]){1,3}\b", " ", title))
    return " ".join(_ABBREVIATED.get(word, word) for word in words)


def sketch(text: str | None) -> frozenset[int]:
    """Give the smallest hashes of a text's shingles; a text shorter than a shingle is one."""
    words = re.findall(r"\w+", (text or "").casefold())
    if not words:
        return frozenset()
    starts = range(max(len(words) - SHINGLE_WORDS, 0) + 1)
    hashes = {zlib.crc32(" ".join(words[start : start + SHINGLE_WORDS]).encode()) for start in starts}
    return frozenset(sorted(hashes)[:SKETCH_SIZE])


def similarity(first: frozenset[int], second: frozenset[int]) -> float:
    """Estimate the Jaccard similarity of two texts, 0..1, from their sketches."""
    common = first & second
    if not common:  # most pairs: spares them the sorting
        return 0.0
    smallest = sorted(first | second)[:SKETCH_SIZE]
    return sum(value in common for value in smallest) / len(smallest)


def is_same(first: Ad, second: Ad) -> bool:
    """Say whether two ads are one posting, by the rule above."""
    earlier, later = sorted((first, second), key=lambda ad: (ad.starts_on, ad.document_id))
    if (later.starts_on - earlier.ends_on).days > GAP_DAYS or first.organization != second.organization:
        return False
    if not first.organization:
        return bool(first.shingles) and first.shingles == second.shingles
    if not first.shingles or not second.shingles:
        return bool(first.title) and first.title == second.title
    return _may_match(first.title, second.title) and similarity(first.shingles, second.shingles) >= TEXT_ALIKE


def merge(ads: Iterable[Ad]) -> dict[str, str]:
    """Give the posting of each ad: {document_id: posting_id}; the order in which ads come does not matter."""
    blocks: dict[object, list[Ad]] = defaultdict(list)
    for ad in ads:
        blocks[ad.organization or ad.shingles or ad.document_id].append(ad)
    return {document_id: posting_id for block in blocks.values() for document_id, posting_id in _merge_block(block)}


@dataclass
class _Posting:
    """A posting being put together; new ads are held against its newest one, whose end is the latest of all."""

    posting_id: str
    newest: Ad
    ends_on: dt.date


def _merge_block(block: list[Ad]) -> Iterator[tuple[str, str]]:
    """Merge the ads of one organisation in order of time, each into the newest posting that it is the same as."""
    by_title: dict[str, list[_Posting]] = defaultdict(list)
    alike: dict[str, list[str]] = {}
    for ad in sorted(block, key=lambda ad: (ad.starts_on, ad.document_id)):
        if ad.title not in alike:
            alike[ad.title] = [title for title in alike if _may_match(ad.title, title)] + [ad.title]
            for title in alike[ad.title][:-1]:
                alike[title].append(ad.title)
        rivals = (posting for title in alike[ad.title] for posting in reversed(by_title[title]))
        home = next((posting for posting in rivals if _belongs(ad, posting)), None)
        if home is None:
            home = _Posting(ad.document_id, ad, ad.ends_on)
            by_title[ad.title].append(home)
        home.newest, home.ends_on = ad, max(home.ends_on, ad.ends_on)
        yield ad.document_id, home.posting_id


def _may_match(first: str, second: str) -> bool:
    """Say whether titles allow that two ads are one posting."""
    if not first or not second or first == second:
        return True
    has_same_level = _LEVELS.intersection(first.split()) == _LEVELS.intersection(second.split())
    return has_same_level and fuzz.token_sort_ratio(first, second) >= TITLE_ALIKE


def _belongs(ad: Ad, posting: _Posting) -> bool:
    if (ad.starts_on - posting.ends_on).days > GAP_DAYS:
        return False
    newest = posting.newest
    ended = Ad(
        newest.document_id, newest.organization, newest.title, newest.shingles, newest.starts_on, posting.ends_on
    )
    return is_same(ended, ad)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


# --- the lake --------------------------------------------------------------------------------------------------------


def update(lake: Lake) -> int:
    """Find the postings of all stored job ads and store them beside their editions; returns how many there are."""
    sources = catalogue.discover()
    editions = [edition for edition in lake.editions("documents") if _is_of_jobs(lake, edition, sources)]
    for edition in editions:
        if lake.metadata("sketches", edition).items() >= _fingerprint(lake, edition).items():
            continue
        lake.write_rows("sketches", edition, _sketches(lake, edition), **_fingerprint(lake, edition))
    seen = _last_seen(lake, {edition.source for edition in editions})
    posting_ids = merge(ad for edition in editions for ad in _ads(lake, edition, seen))
    for edition in editions:
        ids = lake.read("sketches", edition, ["document_id"])["document_id"].to_pylist()
        rows = [{"document_id": document_id, "posting_id": posting_ids[document_id]} for document_id in ids]
        if lake.read("postings", edition).to_pylist() != rows or not ids:
            lake.write_rows("postings", edition, rows)
    return len(set(posting_ids.values()))


def _is_of_jobs(lake: Lake, edition: Edition, sources: Mapping[str, ModuleType]) -> bool:
    """Say whether an edition holds job ads; one of a source that is gone tells by its rows."""
    if edition.source in sources:
        return catalogue.kind_of(sources[edition.source]) == "jobs"
    kinds = lake.read("documents", edition, ["kind"])["kind"]
    return len(kinds) > 0 and kinds[0].as_py() == "job_ad"


def _version() -> str:
    return code_version(sys.modules[__name__])


def _fingerprint(lake: Lake, edition: Edition) -> dict[str, str]:
    return {
        "rule": _version(),
        "documents": lake.metadata("documents", edition).get("written_id", ""),
        "texts": lake.metadata("texts", edition).get("written_id", ""),
    }


def _sketches(lake: Lake, edition: Edition) -> Iterator[dict[str, object]]:
    columns = ["document_id", "title", "organization"]
    listed = {row["document_id"]: row for row in lake.read("documents", edition, columns).to_pylist()}
    texts = {
        row["document_id"]: sketch(row["text"])
        for group in lake.stream("texts", edition, ["document_id", "text"])
        for row in group.to_pylist()
    }
    for document_id, row in sorted(listed.items()):
        yield {
            "document_id": document_id,
            "organization": plain_organization(row["organization"]),
            # The first line of a Hacker News ad stands in for a title, and changes from month to month.
            "title": "" if edition.source == "hacker_news" else plain_title(row["title"]),
            "shingles": sorted(texts.get(document_id, ())),
        }


def _last_seen(lake: Lake, sources: Iterable[str]) -> dict[str, tuple[dt.date, dt.date]]:
    """Give the first and the last night on which each ad was seen."""
    seen: dict[str, tuple[dt.date, dt.date]] = {}
    for source in sources:
        nights = lake.read_nights("sightings", source).select(["document_id", "seen_on"])
        days = nights.group_by("document_id").aggregate([("seen_on", "min"), ("seen_on", "max")])
        for row in days.to_pylist():
            seen[row["document_id"]] = (row["seen_on_min"], row["seen_on_max"])
    return seen


def _ads(lake: Lake, edition: Edition, seen: dict[str, tuple[dt.date, dt.date]]) -> Iterator[Ad]:
    published = lake.read("documents", edition, ["document_id", "published_on"]).to_pylist()
    dates = {row["document_id"]: row["published_on"] for row in published}
    month = dt.date(edition.period.year, edition.period.month or 1, 1)
    for row in lake.read("sketches", edition).to_pylist():
        first, last = seen.get(row["document_id"], (None, None))
        starts_on = dates.get(row["document_id"]) or first or month
        yield Ad(
            document_id=row["document_id"],
            organization=row["organization"],
            title=row["title"],
            shingles=frozenset(row["shingles"]),
            starts_on=starts_on,
            ends_on=max(starts_on, last or starts_on),
        )

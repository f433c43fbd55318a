"""The contract of every source: whatever lies in tasks/sources keeps it, against recorded pages beside its tests.

tests/sources/<kind>/<name>/ holds the pages as HOST/PATH (a folder's page is index.html, a query is part of the name)
and expected.json, written by a person after reading the pages:
`editions` as "VENUE PERIOD KEY" (some of them, where the source goes by month), and under <kind> for each key whose
page is recorded the records' telling fields.
"""

import dataclasses
import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tasks.records import Edition, PageMissing, Period, SiteError
from tasks.sources.catalogue import discover, kind_of, sources_of
from tests import ROOT

SOURCES = discover()
HEADINGS = ("Publisher", "Access", "Permits", "Caveats")


class Recorded:
    """`get` over one source's recorded pages; notes which were asked for, and may damage one of them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.used: set[Path] = set()
        self.damage = {}

    def __call__(self, url: str) -> bytes:
        parts = urlsplit(url)
        path = self.folder / parts.netloc / unquote(parts.path.lstrip("/"))
        path = path.parent / f"{path.name}?{parts.query}" if parts.query else path
        if max(map(len, path.parts)) > 200:  # no file system has longer names
            raise PageMissing(f"not recorded: {url}")
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            raise PageMissing(f"not recorded: {url}")
        self.used.add(path)
        return self.damage.get(path, bytes)(path.read_bytes())


def without_records(page: bytes) -> bytes:
    """What the site would send if it held nothing."""
    if page.lstrip()[:1] in b"[{":
        return b"[]" if page.lstrip().startswith(b"[") else b"{}"
    return b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><main>Nothing here.</main></body></html>"


def challenge(_page: bytes) -> bytes:
    """A 200 that asks for a browser instead."""
    return (
        b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>"
        b"<p>Verifying your browser. Please enable JavaScript.</p></body></html>"
    )


def cut_in_half(page: bytes) -> bytes:
    return page[: len(page) // 2]


def relaid(page: bytes) -> bytes:
    """The same words under other names: classes, ids and data attributes in HTML, keys in JSON, elements in XML."""
    if page.lstrip().startswith(b"<?xml"):
        return re.sub(rb"<(/?)(\w)", rb"<\1new-\2", page)
    if page.lstrip()[:1] in b"[{":
        return re.sub(rb'"(\w+)"\s*:', rb'"new_\1":', page)
    return re.sub(rb"\b(class|id|data-[\w-]+)=([\"']?)", rb"\1=\2new-", page)


DAMAGES = (without_records, challenge, cut_in_half, relaid)


@pytest.fixture(params=SOURCES)
def source(request):
    return SOURCES[request.param]


@pytest.fixture
def kind(source) -> str:
    return source.__name__.split(".")[-2]


@pytest.fixture
def folder(source, kind) -> Path:
    return ROOT / "tests" / "sources" / kind / source.__name__.split(".")[-1]


@pytest.fixture
def expected(folder) -> dict:
    return json.loads((folder / "expected.json").read_text())


@pytest.fixture
def listings(source, kind, expected) -> list:
    """Everything that can be asked of a source here: what is expected, and how to ask it."""
    # A source whose boards or months no page of its own names has "boards": what to ask for, written the same way.
    lines = expected["editions"] if "editions" in expected else expected["boards"]
    editions = [read_edition(source.__name__.split(".")[-1], line) for line in lines]
    by_key = {edition.key or str(edition.period): edition for edition in editions}

    def records_of(edition):
        return lambda get: [write_record(record) for record in getattr(source, kind)(edition, get)]

    def list_editions(get):
        if hasattr(source, "edition"):  # months have no end: it is asked for each
            return [write_edition(source.edition(edition.venue, edition.period)) for edition in editions]
        return [write_edition(edition) for edition in source.editions(get)]

    return [
        *([(expected["editions"], list_editions)] if "editions" in expected else []),
        *((records, records_of(by_key[key])) for key, records in expected[kind].items()),
    ]


def read_edition(source: str, line: str) -> Edition:
    venue, period, *key = line.split(" ")
    return Edition(source, venue, Period.parse(period), "".join(key))


def write_edition(edition: Edition) -> str:
    return f"{edition.venue} {edition.period} {edition.key}".strip()


def write_record(record) -> dict:
    """A record as JSON would hold it, without the fields that say nothing."""
    nothing = (None, "", False, {}, ())
    fields = {name: value for name, value in dataclasses.asdict(record).items() if value not in nothing}
    return json.loads(json.dumps(fields, default=str))


def test_a_source_says_who_publishes_it_and_under_which_terms(source):
    found = re.findall(r"^(\w+)$\n  \S", source.__doc__ or "", re.MULTILINE)
    assert found == list(HEADINGS)


def test_a_venue_that_no_source_claims_is_looked_for_where_papers_are():
    """A source of job ads is its own venue: to ask it for a conference would cost requests and blame it for a 404."""
    looked_at = {kind_of(SOURCES[name]) for name in sources_of("NewConf")}
    assert looked_at == {"papers"}
    assert sources_of("hacker_news") == ["hacker_news"]


def test_a_source_yields_what_its_recorded_pages_hold(listings, folder, expected):
    get = Recorded(folder)
    for records, ask in listings:
        assert ask(get) == records
    recorded = {path for path in folder.rglob("*") if path.is_file()} - {folder / "expected.json"}
    assert recorded == get.used, "a recorded page is not used"


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_source_never_takes_a_wrong_page_for_an_empty_one(listings, folder, damage):
    for records, ask in listings:
        whole = Recorded(folder)
        ask(whole)
        for path in whole.used:
            get = Recorded(folder)
            get.damage[path] = damage
            try:
                found = ask(get)
            except SiteError:
                continue
            # Reading on in spite of new class names is welcome; fewer or other records are not.
            assert damage is relaid, f"{path} {damage.__name__} gave {len(found)} records"
            assert found == records, f"{path} {damage.__name__}"

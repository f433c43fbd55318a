"""A lexicon that changes: what is kept of the last scan is what a scan of everything would find."""

import random
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.collecting import document_row, now
from tasks.derived import mentions, rescan
from tasks.detection import lexicon
from tasks.detection.scanner import Scanner
from tasks.lake.lake import Lake
from tasks.lake.storage import LakeError
from tasks.records import Edition, Paper, Period
from tests.marks import long_but

EDITION = Edition("pmlr", "ICML", Period(2019))
SHIPPED = lexicon.load()


def store(lake: Lake, texts: dict[str, str | None], edition: Edition = EDITION) -> None:
    papers = [Paper(name, f"About {name}", pdf_url=None) for name in texts]
    lake.write_rows("documents", edition, [document_row(edition, paper) for paper in papers])
    rows = [
        {"document_id": name, "text_status": "read", "text": text, "page_starts": [0], "read_at": now()}
        for name, text in texts.items()
        if text is not None
    ]
    lake.write_rows("texts", edition, rows)


def scan(lake: Lake, lexicon: lexicon.Lexicon) -> list[list[dict]]:
    for edition in mentions.stale_editions(lake, lexicon):
        mentions.scan_edition(lake, Scanner(lexicon), edition)
    return [lake.read(dataset, EDITION).to_pylist() for dataset in ("mentions", "scans")]


def without(*names: str) -> lexicon.Lexicon:
    """Give a lexicon that does not know some frameworks."""
    aliases = tuple(alias for alias in SHIPPED.aliases if alias.framework not in names)
    return replace(SHIPPED, version=f"without {' '.join(names)}", aliases=aliases)


def mark(lake: Lake) -> None:
    """Change what is stored of every mention, so that it shows which of them a later scan made anew."""
    rows = [{**row, "evidence": "kept"} for row in lake.read("mentions", EDITION).to_pylist()]
    lake.write_rows("mentions", EDITION, rows)


def kept(lake: Lake) -> set[str]:
    return {row["document_id"] for row in lake.read("mentions", EDITION).to_pylist() if row["evidence"] == "kept"}


TEXTS = {"a": "We use PyTorch.", "b": "We use PyTorch and Ke-\nras.", "c": "We use kerasPyTorch.", "d": None}


def test_a_new_name_is_looked_for_and_other_documents_keep_what_they_have(tmp_path):
    store(lake := Lake(tmp_path), TEXTS)
    scan(lake, without("keras"))
    mark(lake)
    mentions, scans = scan(lake, SHIPPED)
    assert kept(lake) == {"a"}
    assert {(row["document_id"], row["framework"]) for row in mentions} >= {("a", "pytorch"), ("b", "keras")}
    assert [row["document_id"] for row in scans] == list(TEXTS)


def test_a_name_that_goes_takes_its_mentions_along(tmp_path):
    store(lake := Lake(tmp_path), TEXTS)
    scan(lake, SHIPPED)
    mark(lake)
    mentions, _ = scan(lake, without("keras"))
    assert kept(lake) == {"a"}
    assert "keras" not in {row["framework"] for row in mentions}


def test_a_lexicon_that_tells_more_of_a_framework_reads_nothing_again(tmp_path):
    store(lake := Lake(tmp_path), TEXTS)
    scan(lake, SHIPPED)
    mark(lake)
    scan(lake, replace(SHIPPED, version="another homepage"))
    assert kept(lake) == {"a", "b", "c"}


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]"])
def test_without_the_old_lexicon_all_is_scanned(tmp_path, content):
    store(lake := Lake(tmp_path), TEXTS)
    scan(lake, without("keras"))
    mark(lake)
    (file,) = (tmp_path / "lake" / "lexicons").iterdir()
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    scan(lake, SHIPPED)
    assert kept(lake) == set()


def test_a_changed_text_is_scanned_whole(tmp_path):
    store(lake := Lake(tmp_path), TEXTS)
    scan(lake, without("keras"))
    mark(lake)
    store(lake, TEXTS | {"a": "We use TensorFlow."})
    mentions, _ = scan(lake, SHIPPED)
    assert kept(lake) == set()
    assert ("a", "tensorflow") in {(row["document_id"], row["framework"]) for row in mentions}


def test_a_lake_that_was_copied_without_its_files_times_is_not_scanned_again(tmp_path):
    store(lake := Lake(tmp_path / "here"), TEXTS)
    scan(lake, SHIPPED)
    shutil.copytree(tmp_path / "here", tmp_path / "there", copy_function=shutil.copy)
    assert mentions.stale_editions(lake, SHIPPED) == []
    assert mentions.stale_editions(Lake(tmp_path / "there"), SHIPPED) == []


@pytest.mark.parametrize("dataset", ["documents", "texts"])
def test_an_older_file_that_was_brought_back_is_scanned(tmp_path, dataset):
    store(lake := Lake(tmp_path), TEXTS)
    file = lake.path(dataset, EDITION)
    older = shutil.copy2(file, tmp_path / "older")
    store(lake, TEXTS)
    scan(lake, SHIPPED)
    shutil.move(older, file)
    assert mentions.stale_editions(lake, SHIPPED) == [EDITION]


@pytest.mark.parametrize("seed", long_but(range(12), 0, 1))
def test_whatever_changes_the_result_is_that_of_a_scan_of_everything(tmp_path, seed):
    """Names come, go and change context and years, in texts that glue, break and repeat them."""
    chance = random.Random(seed)
    names = sorted({alias.alias for alias in SHIPPED.aliases})
    joints = (" ", "", "-", "-\n", ", ", ". We use ", " such as ", "\n\nReferences\n\n[1] 2017. 2018. 2019. ")

    def text() -> str:
        chosen = chance.sample(names, 8)
        chosen = [chance.choice((name, name.upper(), name[:3] + "-\n" + name[3:])) for name in chosen]
        return "".join(name + chance.choice(joints) for name in chosen)

    def version() -> lexicon.Lexicon:
        aliases = [alias for alias in SHIPPED.aliases if chance.random() > 0.05]
        for place in chance.sample(range(len(aliases)), 5):
            aliases[place] = replace(aliases[place], context=None, meaning_until=chance.choice((None, 2018)))
        glued = SHIPPED.glued_suffixes - ({"lightning"} if chance.random() < 0.2 else set())
        words = SHIPPED.survey_words[chance.randrange(2) :]
        name = f"{chance.random()}"
        return replace(SHIPPED, version=name, aliases=tuple(aliases), glued_suffixes=glued, survey_words=words)

    texts = {f"paper {number}": text() for number in range(40)}
    old, new = version(), version()
    store(lake := Lake(tmp_path / "changed"), texts)
    store(whole := Lake(tmp_path / "whole"), texts)
    scan(lake, old)
    assert scan(lake, new) == scan(whole, new)


@pytest.mark.parametrize("name", sorted({alias.alias for alias in SHIPPED.aliases if not alias.is_exact}))
def test_a_name_alone_is_found_wherever_it_is_broken_and_set_with_ligatures(tmp_path, name):
    aliases = tuple(alias for alias in SHIPPED.aliases if alias.alias.lower() != name.lower())
    others = replace(SHIPPED, version="others", aliases=aliases)
    rescan.remember(lake := Lake(tmp_path), others)
    search = rescan.changed_names(lake, "others", SHIPPED)
    breaks = ("-\n", "\u00ad", "\u200c", "\ufffe\n")
    gaps = [gap for gap in range(1, len(name)) if name[gap - 1 : gap + 1].isalnum()]
    spellings = [name, name.upper(), name.replace("-", "-\n"), name.replace(" ", "\n")]
    spellings += [name[:gap] + mark + name[gap:] for gap in gaps for mark in breaks]
    spellings += [re.sub("(?<=[a-z0-9])(?=[a-z0-9])", mark, name) for mark in breaks]
    for ligature, letters in (
        ("\ufb03", "ffi"),
        ("\ufb04", "ffl"),
        ("\ufb00", "ff"),
        ("\ufb01", "fi"),
        ("\ufb02", "fl"),
    ):
        spellings.append(re.sub(letters, ligature, name, flags=re.I))
    assert [spelt for spelt in spellings if not search.finds_in(f"We use {spelt}.".encode())] == []
    assert not search.finds_in(b"We use nothing.")


def many(lake: Lake) -> list[Edition]:
    """Store three editions of other texts."""
    editions = [Edition("pmlr", "ICML", Period(year)) for year in (2017, 2018, 2019)]
    for edition in editions:
        store(lake, {f"{edition.period}/{name}": f"{text} Then Theano." for name, text in TEXTS.items()}, edition)
    return editions


@pytest.mark.long
def test_worker_processes_find_what_one_process_finds_on_a_disk_and_in_a_bucket(tmp_path, bucket):
    scanner, found = Scanner(SHIPPED), []
    for place, worth_workers in ((tmp_path / "one", 2**60), (tmp_path / "several", 0), (bucket, 0)):
        editions = many(lake := Lake(place))
        assert mentions.scan_editions(lake, scanner, editions, 2, worth_workers) == len(editions) * len(TEXTS)
        assert mentions.stale_editions(lake, SHIPPED) == []
        found.append([lake.read(kind, edition).to_pylist() for edition in editions for kind in ("mentions", "scans")])
    assert found[0] == found[1] == found[2]
    assert any(row["framework"] == "theano" for row in found[0][0])


def test_a_damaged_edition_ends_the_worker_processes_by_its_own_words(tmp_path):
    editions = many(lake := Lake(tmp_path))
    damaged = Path(lake.path("texts", editions[1]))
    damaged.write_bytes(b"PAR1 no more")
    with pytest.raises(LakeError, match=f"{damaged} cannot be read"):
        mentions.scan_editions(lake, Scanner(SHIPPED), editions, 2, 0)
    damaged.unlink()
    mentions.scan_editions(lake, Scanner(SHIPPED), mentions.stale_editions(lake, SHIPPED), 2, 0)
    assert mentions.stale_editions(lake, SHIPPED) == []

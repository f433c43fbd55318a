"""Texts in the lake -> mentions in the lake: a pure function of stored text and the lexicon, edition by edition.

An edition is scanned again only where its texts, its listing, the lexicon or the detector changed, so that a new
framework is found in years of stored text without the network, and a night with nothing new costs nothing. Where only
the lexicon changed, documents keep their mentions that hold none of the names concerned (`rescan`).
"""

import functools
import heapq
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pebble
import pyarrow as pa
import pyarrow.compute as pc

from tasks.derived import rescan
from tasks.detection import RULES, DocumentScan, Lexicon, Scanner, email_domains, first_page_end
from tasks.lake import SCHEMAS, Lake
from tasks.processes import LightContext, begin
from tasks.records import Edition
from tasks.versions import code_version

WORTH_WORKERS = 32 * 2**20
"""Bytes of stored texts from which on worker processes scan them: a core takes two seconds, a worker's start one."""

FILES = "files"
"""Key of what tells at a glance that files are unchanged; where it differs, as in a copy, their footers decide."""


def stale_editions(lake: Lake, lexicon: Lexicon) -> list[Edition]:
    """List the editions whose mentions are not those of their present texts under this lexicon."""

    def is_stale(edition: Edition) -> bool:
        # A file of mentions may have been moved away, because it was damaged.
        if not lake.has("mentions", edition):
            return True
        before = lake.metadata("scans", edition)
        if before.get(FILES) and _files_now(lake, edition) == before[FILES]:
            return bool(_rules(lexicon).items() - before.items())
        return bool(_fingerprint(lake, edition, lexicon).items() - before.items())

    stored = lake.editions("documents")
    looked = zip(stored, lake.storage.look_at(is_stale, stored), strict=True)
    return [edition for edition, stale in looked if stale]


def scan_editions(
    lake: Lake, scanner: Scanner, editions: Sequence[Edition], processes: int, worth_workers: int = WORTH_WORKERS
) -> int:
    """Scan editions, by worker processes beside this one where it is worth their start; returns how many documents."""
    looked = lake.storage.look_at(functools.partial(lake.size, "texts"), editions)
    sizes = dict(zip(editions, looked, strict=True))
    if min(processes, len(editions)) < 2 or sum(sizes.values()) < worth_workers:
        return sum(scan_edition(lake, scanner, edition) for edition in editions)
    own, *others = _shares(sizes, min(processes, len(editions)))
    pool = pebble.ProcessPool(
        len(others), initializer=_prepare_worker, initargs=(lake, scanner.lexicon), context=LightContext()
    )
    try:
        scanning = [pool.schedule(_scan_in_worker, [share]) for share in others]
        count = sum(scan_edition(lake, scanner, edition) for edition in own)
        return count + sum(future.result() for future in scanning)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]  # after an error or a stop: what is not written now is stale still
        pool.join()


def _shares(sizes: Mapping[Edition, int], count: int) -> list[list[Edition]]:
    """Divide editions into shares of about one size: the largest first, each to the smallest share."""
    shares: list[tuple[int, int, list[Edition]]] = [(0, number, []) for number in range(count)]
    for edition in sorted(sizes, key=lambda edition: -sizes[edition]):
        size, number, share = shares[0]
        share.append(edition)
        heapq.heapreplace(shares, (size + sizes[edition], number, share))
    return [share for _, _, share in shares]


_worker: tuple[Lake, Scanner]
"""What a worker process scans with."""


def _prepare_worker(lake: Lake, lexicon: Lexicon) -> None:
    global _worker
    begin()
    _worker = (lake, Scanner(lexicon))


def _scan_in_worker(editions: Sequence[Edition]) -> int:
    return sum(scan_edition(*_worker, edition) for edition in editions)


def scan_edition(lake: Lake, scanner: Scanner, edition: Edition) -> int:
    """Find the mentions of one edition and store them; returns how many documents it has.

    `scans` is written last and bears the fingerprint, so a crash in between makes the next run scan again.
    """
    files = _files_now(lake, edition)  # before anything is read: what is written meanwhile shall differ
    fingerprint = _fingerprint(lake, edition, scanner.lexicon)
    changed, before = _last_scan(lake, scanner.lexicon, edition, fingerprint)
    kept = set(before["document_id"].to_pylist())
    places: dict[str, int] = {}
    mentions: list[dict[str, Any]] = []
    scans: list[dict[str, Any]] = []
    for document, text, page_starts in _documents(lake, edition):
        document_id = document["document_id"]
        places[document_id] = len(places)
        if changed is not None and document_id in kept and not _concerns(changed, document, text):
            continue
        kept.discard(document_id)
        found, domains = _scan_one(scanner, edition, document, text, page_starts)
        mentions += [{"document_id": document_id, **vars(mention)} for mention in found.mentions]
        scans.append(
            {
                "document_id": document_id,
                "survey_words": list(found.survey_words),
                "vendor_strings": list(found.vendor_strings),
                "email_domains": list(domains),
            }
        )
    kept &= places.keys()
    rescan.remember(lake, scanner.lexicon)
    if scans or not kept or len(kept) < before.num_rows:
        of_kept = lake.read("mentions", edition) if kept else SCHEMAS["mentions"].empty_table()
        lake.write("mentions", edition, _merged(of_kept, kept, mentions, places))
        before = _merged(before, kept, scans, places)
    lake.write("scans", edition, before, **fingerprint, **{FILES: files})
    return len(places)


def _last_scan(
    lake: Lake, lexicon: Lexicon, edition: Edition, fingerprint: dict[str, str]
) -> tuple[rescan.Search | None, pa.Table]:
    """Give a search for the names whose rules changed since the last scan, and what that stored.

    No rows where more changed than the lexicon: then nothing of it can be kept.
    """
    nothing = None, SCHEMAS["scans"].empty_table()
    before = lake.metadata("scans", edition)
    if {key for key, value in fingerprint.items() if before.get(key) != value} != {"lexicon"}:
        return nothing
    changed = rescan.changed_names(lake, before.get("lexicon", ""), lexicon)
    if changed is None or not lake.has("mentions", edition):
        return nothing
    return changed, lake.read("scans", edition)


def _concerns(changed: rescan.Search, document: dict[str, Any], text: pa.Buffer | None) -> bool:
    """Say whether a document holds one of the names."""
    listed = f"{document['title']}\n{document['abstract'] or ''}".encode()
    return changed.finds_in(listed) or (text is not None and changed.finds_in(text))


def _merged(rows: pa.Table, kept: set[str], found: list[dict[str, Any]], places: Mapping[str, int]) -> pa.Table:
    """Put the rows of documents that are kept and those found of the others in the order of the documents."""
    kept_rows = rows.filter(pc.is_in(rows["document_id"], pa.array(kept, pa.string())))
    merged = pa.concat_tables([kept_rows, pa.Table.from_pylist(found, schema=rows.schema)])
    place = pc.index_in(merged["document_id"], pa.array(places, pa.string()))
    return merged.take(pc.sort_indices(place))  # stable: of one document they stay in their order


def _documents(lake: Lake, edition: Edition) -> Iterator[tuple[dict[str, Any], pa.Buffer | None, pa.Scalar | None]]:
    """Yield the documents of an edition, those that have one with their text and its pages' starts."""
    columns = ["document_id", "kind", "title", "abstract"]
    listed = {row["document_id"]: row for row in lake.read("documents", edition, columns).to_pylist()}
    for group in lake.stream("texts", edition, ["document_id", "text", "page_starts"]):
        for document_id, text, page_starts in rows(group):
            document = listed.pop(document_id, None)
            if document is not None:
                yield document, text, page_starts
    for document in listed.values():
        yield document, None, None


def rows(table: pa.Table) -> Iterator[tuple[str, pa.Buffer | None, pa.Scalar]]:
    """Yield rows of `texts`; texts stay where Arrow has them, since most name nothing and need not be copied."""
    for document_id, text, page_starts in zip(*table.columns, strict=True):
        yield document_id.as_py(), text.as_buffer(), page_starts


def _scan_one(
    scanner: Scanner, edition: Edition, document: dict[str, Any], text: pa.Buffer | None, page_starts: pa.Scalar | None
) -> tuple[DocumentScan, tuple[str, ...]]:
    whole = text.to_pybytes() if text is not None else None
    starts: list[int] = page_starts.as_py() if page_starts is not None else []
    found = scanner.document(
        title=document["title"],
        abstract=document["abstract"],
        text=whole,
        page_starts=starts,
        kind=document["kind"],
        year=edition.period.year,
    )
    return found, email_domains(_front(whole, starts), starts) if whole else ()


def _front(text: bytes, page_starts: list[int]) -> str:
    """Decode the first page of a text, and some more: a character has four bytes at most."""
    return text[: 4 * first_page_end(page_starts)].decode("utf-8", "ignore")


def detector_version() -> str:
    """Give a hash of the code that turns text into mentions: what it finds changes with its rules, too."""
    return code_version(*RULES, rescan)


def _rules(lexicon: Lexicon) -> dict[str, str]:
    return {"lexicon": lexicon.version, "detector": detector_version()}


def _files_now(lake: Lake, edition: Edition) -> str:
    """Give what tells at a glance that the files scanned are still those, empty in a bucket; see `Lake.stamp`."""
    return " ".join(filter(None, (lake.stamp(dataset, edition) for dataset in ("documents", "texts"))))


def _fingerprint(lake: Lake, edition: Edition, lexicon: Lexicon) -> dict[str, str]:
    return _rules(lexicon) | {
        "documents": lake.metadata("documents", edition).get("written_id", ""),
        "texts": lake.metadata("texts", edition).get("written_id", ""),
    }

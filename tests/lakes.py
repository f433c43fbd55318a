"""Small lakes for tests: papers and mentions written as they would have been collected."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from tasks.lake.lake import Lake
from tasks.records import Edition, Period

SEEDS = {
    "frameworks": pa.table({"framework": ["caffe", "jax", "keras", "pytorch", "tensorflow"]}),
    "aliases": pa.table({"alias": ["pytorch", "torchvision"], "framework": ["pytorch", "pytorch"]}),
}

JULY = Period(2019, 7)

WHEN = dt.datetime(2026, 11, 1, 3, 0, tzinfo=dt.UTC)


def add_edition(
    lake: Lake,
    venue: str,
    year: int,
    papers: Iterable[str],
    *,
    status: str = "read",
    track: str = "main",
    outcome: str = "complete",
    source: str = "pmlr",
    flags: Iterable[str] = (),
) -> Edition:
    """Add an edition whose papers are given by what they name: 'pytorch keras', '-jax' (in the references only), ''.

    '~jax' is implied by a library, '?jax' named and not used, '^jax' named in the title alone. `flags` are the survey's
    words and vendor strings that each paper's text holds, comma separated: 'pytorch, google brain'.
    """
    edition = Edition(source, venue, Period(year))
    papers = list(papers)
    ids = [f"{source}:{venue}{year}/{number}" for number in range(len(papers))]
    lake.write_rows("scans", edition, [scan(id_, words) for id_, words in zip(ids, flags, strict=False)])
    lake.write_rows("documents", edition, [document(edition, document_id, track) for document_id in ids])
    lake.write_rows("texts", edition, [text(document_id, status) for document_id in ids])
    lake.write_rows(
        "mentions",
        edition,
        [mention(id_, name) for id_, names in zip(ids, papers, strict=True) for name in names.split()],
    )
    lake.add_run(edition, run(outcome, len(ids)))
    return edition


def add_month(lake: Lake, papers: list[dict], period: Period = JULY, outcome: str = "complete") -> Edition:
    """Add a month of arXiv; a paper says its `venue`, what its abstract and body name, and whether it was read."""
    edition = Edition("arxiv", "all", period)
    rows, texts, mentions = [], [], []
    for number, paper in enumerate(papers):
        id_ = f"arxiv:{period.year % 100:02d}{period.month:02d}.{number:05d}"
        row = document(edition, id_, paper.get("track", "main")) | {
            "kind": "preprint",
            "venue": paper.get("venue", "cs.LG"),
            "published_on": dt.date(period.year, period.month, 2),
            "is_withdrawn": paper.get("is_withdrawn", False),
        }
        rows.append(row)
        if "status" in paper:
            texts.append(text(id_, paper["status"]))
        for name in sorted({*paper.get("abstract", "").split(), *paper.get("body", "").split()}):
            in_abstract = name in paper.get("abstract", "").split()
            is_listed = {"in_abstract": True, "listed_role": "named"} if in_abstract else {}
            in_body = name in paper.get("body", "").split() and not name.startswith("-")
            mentions.append(mention(id_, name) | is_listed | {"in_body": in_body})
    lake.write_rows("documents", edition, rows)
    lake.write_rows("texts", edition, texts)
    lake.write_rows("mentions", edition, mentions)
    lake.add_run(edition, run(outcome, len(rows)))
    return edition


def add_ads(lake: Lake, source: str, month: Period, ads: Iterable[str]) -> Edition:
    """Add a month of a job board; an ad is given by what it names, and no employer has two."""
    edition = Edition(source, source, month)
    rows, texts, mentions = [], [], []
    for number, names in enumerate(ads):
        id_ = f"{source}:{month}-{number}"
        rows.append(
            document(edition, id_)
            | {"kind": "job_ad", "organization": f"Lamps {id_}", "published_on": dt.date(month.year, month.month, 2)}
        )
        texts.append(text(id_, body=f"Engineer of lamps, {id_}."))
        mentions += [mention(id_, name) | {"evidence_page": None} for name in names.split()]
    lake.write_rows("documents", edition, rows)
    lake.write_rows("texts", edition, texts)
    lake.write_rows("mentions", edition, mentions)
    lake.add_run(edition, run("complete", len(rows)))
    return edition


def document(edition: Edition, document_id: str, track: str = "main") -> dict[str, object]:
    return {
        "document_id": document_id,
        "kind": "paper",
        "source": edition.source,
        "venue": edition.venue,
        "period": str(edition.period),
        "title": f"On {document_id}",
        "authors": ["A. Author"],
        "track": track,
        "url": "https://proceedings.mlr.press/x.html",
        "is_withdrawn": False,
        "attributes": [],
    }


def text(document_id: str, status: str = "read", body: str = "Some text.") -> dict[str, object]:
    is_read = status == "read"
    return {
        "document_id": document_id,
        "text_status": status,
        "text_problem": None if is_read else "answered 404",
        "text": body if is_read else None,
        "page_starts": [0] if is_read else [],
        "read_at": WHEN,
    }


VENDOR_STRINGS = {"google.com", "google brain", "fb.com", "facebook ai research"}


def scan(document_id: str, flags: str) -> dict[str, object]:
    words = [word.strip() for word in flags.split(",") if word.strip()]
    return {
        "document_id": document_id,
        "survey_words": [word for word in words if word not in VENDOR_STRINGS],
        "vendor_strings": [word for word in words if word in VENDOR_STRINGS],
        "email_domains": [],
    }


def mention(document_id: str, name: str) -> dict[str, object]:
    in_references = name.startswith("-")
    return {
        "document_id": document_id,
        "framework": name.lstrip("-~?^"),
        "role": "named" if in_references or name.startswith("?") else "used",
        "is_implied": name.startswith("~"),
        "mention_count": 1,
        "in_title": name.startswith("^"),
        "in_abstract": False,
        "in_body": not in_references and not name.startswith("^"),
        "only_in_references": in_references,
        "evidence": f"We use {name}.",
        "evidence_section": "references" if in_references else "body",
        "evidence_page": 1,
    }


def run(outcome: str, listed_count: int | None) -> dict[str, object]:
    problem = None if outcome == "complete" else "the site answered 503"
    return {
        "started_at": WHEN,
        "finished_at": WHEN,
        "outcome": outcome,
        "problem": problem,
        "official_count": None,
        "listed_count": listed_count,
        "new_count": listed_count or 0,
    }


def lake_in(folder: Path) -> Lake:
    return Lake(folder / "data")

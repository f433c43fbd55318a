"""Full texts of preprints: which months hold papers that are wished for and unread, and where their PDFs lie."""

import logging
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tasks.collecting.editions import Visit
from tasks.collecting.oai_harvest import ALL, editions
from tasks.collecting.papers import settled_ids
from tasks.collecting.runs import now
from tasks.collecting.tools import Workbench
from tasks.records import PageMissing, Paper, Period
from tasks.sources.preprints import arxiv

log = logging.getLogger("mentions")


class PdfFolder:
    """Brings documents from a folder on this machine, for which their addresses are paths."""

    def download(self, url: str, path: Path) -> None:
        """Copy a document; raises `PageMissing` where it is gone."""
        try:
            shutil.copyfile(url, path)
        except FileNotFoundError as error:
            raise PageMissing(f"{url} is gone") from error


def with_pdfs(bench: Workbench) -> Workbench:
    """Give the workbench that brings PDFs from where the setting says."""
    place = bench.settings.arxiv_pdfs
    return replace(bench, place=place, pdfs=None if "://" in place else PdfFolder())


def located(paper: Paper, pdfs: str) -> Paper:
    """Give the paper with its PDF's place under the setting: arXiv's own link, the bucket's address, a path or none."""
    if pdfs.rstrip("/").endswith("//arxiv.org/pdf"):
        return paper
    places = arxiv.pdf_places(paper)
    if "://" in pdfs:
        return replace(paper, pdf_url=f"{pdfs.rstrip('/')}/{places[0]}")
    found = (Path(pdfs) / place for place in places)
    return replace(paper, pdf_url=next((str(path) for path in found if path.is_file()), None))


def unread(bench: Workbench, since: Period, until: Period, categories: Sequence[str]) -> Iterator[Visit]:
    """Yield the months within [since, until] that hold papers of these categories whose text has not been read.

    Also those whose texts a killed run read but did not seal. A paper that a folder does not hold is left as it is,
    for it may be had elsewhere; raises `PageMissing` where there is no such folder.
    """
    place = bench.settings.arxiv_pdfs
    if categories and "://" not in place and not Path(place).is_dir():
        raise PageMissing(f"MENTIONS_ARXIV_PDFS: {place} is neither an address nor a folder")
    for edition in editions(bench.lake):
        if not categories or not edition.period.is_within(since, until):
            continue
        settled = settled_ids(bench, edition)
        rows = bench.lake.read(
            "documents", edition, ["document_id", "venue", "title", "pdf_url", "is_withdrawn", "attributes"]
        )
        papers = [
            located(
                Paper(row["document_id"], row["title"], pdf_url=row["pdf_url"], attributes=dict(row["attributes"])),
                place,
            )
            for row in rows.to_pylist()
            if not row["is_withdrawn"] and row["document_id"] not in settled and is_chosen(row["venue"], categories)
        ]
        held = tuple(paper for paper in papers if paper.pdf_url)
        if len(held) < len(papers):
            log.warning("%s: %s holds %d of %d PDFs", edition, place, len(held), len(papers))
        if held or bench.lake.has_parts(edition):
            yield Visit(edition, now(), "complete", None, None, rows.num_rows, held)


def is_chosen(category: str, categories: Sequence[str]) -> bool:
    """Say whether a category is among those named, each of which may be an archive, or 'all'."""
    return any(name in (category, category.partition(".")[0], ALL) for name in categories)

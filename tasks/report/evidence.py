"""The documents behind each figure of the report, out of the published DuckDB file alone.

A figure's documents are those that its table counts, no more and no fewer; each query below says again, over published
columns, what the model of its table says.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tasks import warehouse
from tasks.report.data import Published, Row

COLUMNS = """framework, documents.document_id, title, url, organization, role, is_implied,
    evidence, evidence_section, evidence_page, evidence_url"""
FOUND = "from documents inner join mentions on documents.document_id = mentions.document_id"

PAPERS = f"select venue, year::varchar as period, {COLUMNS} {FOUND} where kind = 'paper' and is_counted"
PREPRINTS = f"""
    select venue, strftime(month, '%Y-%m') as period, {COLUMNS}, in_listing as in_abstract,
        text_status = 'read' and not only_in_references as in_full_text
    {FOUND}
    where kind = 'preprint' and track = 'main' and not is_withdrawn
        and (in_abstract or in_full_text)
"""
ADS = f"""
    select venue, strftime(month, '%Y-%m') as period, {COLUMNS} {FOUND}
    where kind = 'job_ad' and text_status = 'read' and not only_in_references
"""
ALL_ADS = "all"
"""The venue under which framework_mentions_by_month counts postings."""

POSTINGS = f"""
    with
        postings as (
            select posting_id, strftime(min(month), '%Y-%m') as period, bool_or(text_status = 'read') as is_readable
            from job_ads inner join documents on job_ads.document_id = documents.document_id
            group by posting_id
        )
    select '{ALL_ADS}' as venue, period, {COLUMNS} {FOUND}
    inner join job_ads on documents.document_id = job_ads.document_id
    inner join postings on job_ads.posting_id = postings.posting_id
    where is_readable and not only_in_references
    qualify row_number() over (partition by postings.posting_id, framework order by month, documents.document_id) = 1
"""  # noqa: S608 all ours
"""Postings, each by its first ad that names the framework, in the month in which its very first ad was posted."""


def evidence(path: Path) -> Iterator[tuple[tuple[str, str, str], list[Row]]]:
    """Yield the documents behind each figure: (venue, period, framework) and rows with sentence, section and link.

    One figure's are in memory at a time. Raises `WarehouseError` where the file was published by an older version.
    """
    with warehouse.reader(path) as connection:
        published = Published(connection)
        for sql in (PAPERS, PREPRINTS, ADS, *([POSTINGS] if published.has("job_ads") else [])):
            rows = published.stream(f"from ({sql}) order by venue, period, framework, document_id")
            for figure, found in groupby(rows, lambda row: (row.pop("venue"), row.pop("period"), row.pop("framework"))):
                yield figure, list(found)

"""Bring arXiv up to date: one task fetches and merges its records, then one task a batch of papers reads full texts."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import replace

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.execution.batches import whole
from flows.execution.turns import turns
from flows.outcomes import as_row, final_state
from flows.papers import read_all
from tasks.collecting import Result, Workbench, oai_harvest, preprints, workbench
from tasks.lake import alone
from tasks.records import PageMissing, Period
from tasks.settings import settings

log = logging.getLogger("mentions")


# One task for all sets: a page takes seconds, and what came so far lies in the lake's inbox, where any run goes on.
@task(name="harvest records", cache_policy=NO_CACHE, persist_result=False)
def harvest_records(bench: Workbench) -> Result:
    """Fetch and merge what changed since the last complete harvest; see tasks.collecting.oai_harvest.harvest."""
    result = oai_harvest.harvest(bench.crawler, bench.lake, bench.settings)
    log.info("arxiv: %s", result.problem or f"{result.new_count} new records, all sets complete")
    return result


@flow(name="harvest", flow_run_name="arxiv {since} to {until}", persist_result=True)
def harvest_arxiv(
    since: str, until: str, venues: Sequence[str] = (), only_due: bool = False, full_text: bool = False
) -> list[Result]:
    """Harvest what changed, whatever its month, then read the full texts asked for within [since, until].

    Full texts are those of the categories of MENTIONS_ARXIV_FULL_TEXT, of `venues` alone where these are given; with
    `full_text` those of all `venues`. `only_due` means this month and the last. Ends Degraded where a harvest failed
    or papers could not be fetched.
    """
    first, last = Period.parse(since), Period.parse(until)
    if only_due:
        first = last_month()
    with alone(settings(), "harvest arxiv"), workbench(settings(), turns()) as plain:
        bench = preprints.with_pdfs(plain)
        results = [harvest_records(whole(bench))]
        categories = full_text_categories(venues, full_text)
        if results[0].outcome == "complete":
            try:
                results += read_all(bench, list(preprints.unread(bench, first, last, categories)))
            except PageMissing as error:  # the folder of PDFs
                results.append(replace(results[0], outcome="failed", problem=str(error), new_count=0))
    create_table_artifact(key="harvested-arxiv", table=[as_row(result) for result in results])
    return final_state(results)


def full_text_categories(venues: Sequence[str], full_text: bool) -> list[str]:
    """Name the categories whose PDFs are read: of the venues, or of all where none is given, those that are wished."""
    wished = oai_harvest.chosen(settings().arxiv_full_text)
    if full_text:
        return list(venues) or ["all"]
    return [*(venue for venue in venues if preprints.is_chosen(venue, wished))] if venues else list(wished)


def last_month() -> Period:
    """Give the month before this one."""
    day_before = dt.datetime.now(dt.UTC).date().replace(day=1) - dt.timedelta(days=1)
    return Period(day_before.year, day_before.month)

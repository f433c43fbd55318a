"""Collect job ads: a flow a source, a task a batch of boards or one past month, everything else plain functions."""

import logging
from collections.abc import Sequence

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.execution.batches import whole
from flows.execution.turns import turns
from flows.outcomes import as_row, describe, final_state
from tasks.collecting import Board, JobBench, Result, ad_months, boards, boards_of, job_bench, month_of, now
from tasks.lake import alone
from tasks.records import Edition, Period, SiteError
from tasks.settings import settings
from tasks.sources.catalogue import discover

log = logging.getLogger("mentions")

BATCH_BOARDS = 25
"""Boards a task: half a minute at one request a second, and what a killed night loses at most."""


@task(name="read boards", task_run_name="{name}: {place}", cache_policy=NO_CACHE, persist_result=False)
def read_boards(bench: JobBench, name: str, batch: Sequence[Board], place: str) -> int:
    """Read a batch of boards; see tasks.collecting.boards.read_boards."""
    new_count = boards.read_boards(bench, name, discover()[name], batch)
    log.info("%s: boards %s: %d new ads", name, place, new_count)
    return new_count


@task(name="collect month", task_run_name="{edition}", cache_policy=NO_CACHE, persist_result=False)
def collect_month(bench: JobBench, name: str, edition: Edition) -> Result:
    """Collect one past month; see tasks.collecting.ad_months.collect_month."""
    result = ad_months.collect_month(bench, name, discover()[name], edition)
    log.info("%s", describe(result))
    return result


@flow(name="collect jobs", flow_run_name="{name} {since} to {until}", persist_result=True)
def collect_jobs(name: str, since: str, until: str, venues: Sequence[str] = (), only_due: bool = False) -> list[Result]:
    """Take tonight's snapshot of a source of job ads, or collect its months within [since, until].

    A source that only knows what is open now gives tonight's snapshot where [since, until] holds tonight, or where it
    was asked for by name: there is no other way to its past. `only_due` leaves out complete months of the past. Ends
    Degraded where a board or month failed or stayed incomplete.
    """
    first, last = Period.parse(since), Period.parse(until)
    if venues and name not in venues:
        return final_state([])
    with alone(settings(), f"collect {name}"), job_bench(settings(), turns=turns()) as bench:
        if getattr(discover()[name], "IS_SNAPSHOT", False):
            results = take_snapshot(bench, name, first, last, is_named=bool(venues))
        else:
            results = collect_months(bench, name, first, last, only_due)
    if results:
        create_table_artifact(key=f"collected-{name.replace('_', '-')}", table=[as_row(result) for result in results])
    return final_state(results)


def take_snapshot(bench: JobBench, name: str, since: Period, until: Period, is_named: bool) -> list[Result]:
    """Read every board of a source tonight, a batch at a time."""
    month = month_of(bench.today)
    if not month.is_within(since, until):
        if not is_named:
            return []
        log.warning("%s: tells only what is open now, whenever it was posted; nothing that closed before", name)
    if not boards_of(name, bench.settings.employers):
        return []
    started_at, unread, new_count = now(), boards.unread_boards(bench, name), 0
    for start in range(0, len(unread), BATCH_BOARDS):
        batch = unread[start : start + BATCH_BOARDS]
        new_count += read_boards(whole(bench), name, whole(batch), f"{start + 1} to {start + len(batch)}")
    result = boards.finish_night(bench, name, started_at, new_count)
    log.info("%s", describe(result))
    return [result]


def collect_months(bench: JobBench, name: str, since: Period, until: Period, only_due: bool) -> list[Result]:
    """Collect the months of a source that tells the past; one dead month does not cost the others."""
    module = discover()[name]
    try:
        editions = ad_months.months(bench, name, module, since, until)
    except SiteError as error:
        log.warning("%s: %s", name, error)
        return [Result(Edition(name, "(index)", until), "failed", str(error), None, None, 0)]
    if only_due:
        editions = [edition for edition in editions if ad_months.is_month_due(bench, edition, module)]
    return [collect_month(whole(bench), name, edition) for edition in editions]

"""Collect the editions of one source: a flow a source, a task a batch of papers, everything else plain functions."""

import contextlib
import datetime as dt
import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.execution.batches import outcome, take_back
from flows.execution.turns import turns
from flows.outcomes import as_row, describe, final_state
from tasks.collecting import (
    Result,
    Ticket,
    Visit,
    Workbench,
    find_editions,
    finish,
    is_due,
    plan,
    read_batch,
    visit,
    workbench,
)
from tasks.lake import LakeError, alone
from tasks.records import Edition, Paper, Period, SiteError
from tasks.settings import settings
from tasks.sources.catalogue import discover

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State
    from prefect.futures import PrefectFuture

log = logging.getLogger("mentions")

T = TypeVar("T")


def is_worth_another_try(_task: Any, _run: Any, state: "State[Any]") -> bool:
    """Say whether a batch is read again: a crash of this machine's own tools, not a run that is being stopped.

    What a site does never raises here: the crawler tries 429, 5xx and broken connections again with jitter, and takes
    404, 403 and robots.txt for answers.
    """
    return not isinstance(state.result(raise_on_failure=False), CancelledError)


class Batch:
    """Papers of an edition that one task reads, in this process or another.

    No dataclass: neither Prefect nor Dask shall walk through it in search of futures, and Dask undoes Prefect's quote.
    """

    def __init__(self, tools: Workbench | Ticket, edition: Edition, papers: Sequence[Paper], place: str) -> None:
        """Take the papers, what people call them, and the tools to read them with."""
        self._tools = tools
        self.edition = edition
        self.papers = papers
        self.place = place

    @property
    def bench(self) -> Workbench:
        """Give this process's tools."""
        return self._tools.here()

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel with a ticket in the place of tools, which cannot."""
        return Batch, (self._tools.ticket(), self.edition, self.papers, self.place)

    def __str__(self) -> str:
        """Name the batch in logs and on Prefect's pages."""
        return f"{self.edition}: papers {self.place}"


@task(
    name="read batch",
    task_run_name="{batch}",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=1,
    retry_delay_seconds=5,
    retry_condition_fn=is_worth_another_try,
)
def read(batch: Batch) -> int:
    """Download and read a batch of papers; see tasks.collecting.editions.read_batch."""
    bench = batch.bench
    try:
        read_count = read_batch(bench, batch.edition, batch.papers)
    except Exception as error:
        if bench.crawler.is_stopped:  # whatever its tools say while they are being closed
            raise CancelledError("the run was stopped") from error
        raise
    log.info("%s: %d read", batch, read_count)
    return read_count


def visit_all(bench: Workbench, name: str, editions: Sequence[Edition]) -> Iterator[Visit]:
    """List one edition after the other, and say before and after it what there is to do."""
    source = discover()[name]
    interval = bench.crawler.interval
    log.info("%s: %s", name, plan.before_listing(editions, interval, bench.settings.official_counts))
    links: list[str | None] = []
    for edition in editions:
        visited = visit(bench, source, edition)
        links += [paper.pdf_url for paper in visited.unread]
        yield visited
    log.info("%s: %s", name, plan.after_listing(links, interval))


@flow(name="collect", flow_run_name="{name} {since} to {until}", persist_result=True)
def collect_source(
    name: str, since: str, until: str, venues: Sequence[str] = (), only_due: bool = False
) -> list[Result]:
    """Bring one source's editions within [since, until] up to date; one dead edition does not cost the others.

    `since` and `until` are YYYY or YYYY-MM; `venues` empty means all; `only_due` leaves out complete editions of the
    past. Ends Degraded where an edition failed or stayed incomplete.
    """
    first, last = Period.parse(since), Period.parse(until)
    with alone(settings(), f"collect {name}"), workbench(settings(), turns()) as bench:
        try:
            editions = find_editions(bench, name, discover()[name], first, last, frozenset(venues))
        except SiteError as error:
            index = Edition(name, "(index)", last)
            log.warning("%s: %s", name, error)
            return final_state([Result(index, "failed", str(error), None, None, 0)])
        if only_due:
            editions = [edition for edition in editions if is_due(edition, bench.lake, dt.datetime.now(dt.UTC).date())]
        results = read_all(bench, visit_all(bench, name, editions))
    if results:
        create_table_artifact(key=f"collected-{name.replace('_', '-')}", table=[as_row(result) for result in results])
    return final_state(results)


def read_all(bench: Workbench, visits: Iterable[Visit]) -> list[Result]:
    """Read what is unread of every edition, batch by batch, and seal each edition when its last batch is done.

    An edition is read while the next ones are visited: papers may lie at another host than the listings, and a core
    need not wait for either.
    """
    running: deque[tuple[Visit, list[PrefectFuture[int]]]] = deque()
    results = []
    try:
        for visited in visits:
            running.append((visited, [read.submit(batch) for batch in in_batches(bench, visited)]))
        while running:
            visited, batches = running[0]
            for batch in batches:
                outcome(batch, lambda: bench.crawler.is_stopped)
            running.popleft()
            results.append(finish(bench, visited))
            log.info("%s", describe(results[-1]))
    except BaseException as error:
        is_stopped = isinstance(error, CancelledError) or not isinstance(error, Exception)
        take_back((batch for _, batches in running for batch in batches), bench.run if is_stopped else None)
        if not is_stopped:
            break_off(bench, running, error)
        raise
    return results


def in_batches(bench: Workbench, visited: Visit) -> Iterator[Batch]:
    """Divide the papers of an edition that are to be read."""
    size = bench.settings.batch_size
    for start in range(0, len(visited.unread), size):
        papers = visited.unread[start : start + size]
        yield Batch(bench, visited.edition, papers, f"{start + 1} to {start + len(papers)}")


def break_off(bench: Workbench, left: Iterable[tuple[Visit, Sequence[Any]]], error: BaseException) -> None:
    """Seal what was read of editions whose batches ended by an error: the run ends, and is published without more."""
    for visited, batches in left:
        unfinished = replace(visited, outcome="incomplete", problem=f"the run broke off: {error}")
        with contextlib.suppress(LakeError, OSError):  # of storage that is why
            finish(bench, unfinished if batches else visited)

"""Collect a source by the flow of its kind: papers by editions, preprints by harvest, job ads by night and month."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context

from flows.execution import progress
from flows.execution.batches import task_runner
from flows.execution.turns import turns
from flows.job_ads import collect_jobs
from flows.papers import collect_source
from flows.preprints import harvest_arxiv
from tasks.collecting import Result, shared_tools
from tasks.settings import settings
from tasks.sources.catalogue import discover, kind_of


def collect_all(
    names: Sequence[str],
    since: str,
    until: str,
    venues: Sequence[str] = (),
    only_due: bool = False,
    full_text: bool = False,
) -> tuple[list[Result], list[Exception]]:
    """Collect some sources at once: while one host keeps us waiting, the others are asked and their papers read.

    A thread a source, which mostly waits: for its host's turn, or for the readers that all share. Threads have the
    caller's context, in it the lock on the data folder and the flow that theirs is part of. What a source raised is
    given beside the others' results, so that these can be published before it is raised.
    """
    with shared_tools(settings(), turns()) as tools, ThreadPoolExecutor(len(names) or 1, "source") as threads:
        running = [
            threads.submit(copy_context().run, collect_by_kind, name, since, until, venues, only_due, full_text)
            for name in names
        ]
        try:
            wait(running)
        except BaseException:
            tools.crawler.stop("the run was stopped")
            raise
        ended = [(thread, thread.exception()) for thread in running]
        errors = [error for _, error in ended if isinstance(error, Exception)]
        return [result for thread, error in ended if error is None for result in thread.result()], errors


def collect_by_kind(
    name: str,
    since: str,
    until: str,
    venues: Sequence[str] = (),
    only_due: bool = False,
    full_text: bool = False,
) -> list[Result]:
    """Run the flow that collects sources of this source's kind; `full_text` concerns preprints only."""
    runner = task_runner(settings())
    with progress.about(name):
        match kind_of(discover()[name]):
            case "preprints":
                results = harvest_arxiv.with_options(task_runner=runner)(since, until, venues, only_due, full_text)
            case "jobs":
                results = collect_jobs(name, since, until, venues, only_due)
            case _:
                results = collect_source.with_options(task_runner=runner)(name, since, until, venues, only_due)
        progress.step(summary(results))
    return results


def summary(results: Sequence[Result]) -> str:
    """Say in a line what came of a source."""
    bad = sum(result.outcome != "complete" for result in results)
    new = sum(result.new_count for result in results)
    return f"{len(results)} editions, {bad} of them incomplete or failed; {new:,} documents new"

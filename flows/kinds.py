"""Collect a source by the flow of its kind: papers by editions, preprints by harvest, job ads by night and month."""

from collections.abc import Sequence

from flows.collect import collect_source
from flows.harvest import harvest_arxiv
from flows.jobs import collect_jobs
from flows.runners import task_runner
from tasks.collect import Result
from tasks.settings import settings
from tasks.sources.catalogue import discover, kind_of


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
    match kind_of(discover()[name]):
        case "preprints":
            return harvest_arxiv.with_options(task_runner=runner)(since, until, venues, only_due, full_text)
        case "jobs":
            return collect_jobs(name, since, until, venues, only_due)
        case _:
            return collect_source.with_options(task_runner=runner)(name, since, until, venues, only_due)

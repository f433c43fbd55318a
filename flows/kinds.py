"""Collect a source by the flow of its kind: papers by editions, preprints by harvest, job ads by night and month."""

from collections.abc import Sequence

from flows.collect import collect_source
from flows.harvest import harvest_arxiv
from flows.jobs import collect_jobs
from tasks.collect import Result
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
    match kind_of(discover()[name]):
        case "preprints":
            return harvest_arxiv(since, until, venues, only_due, full_text)
        case "jobs":
            return collect_jobs(name, since, until, venues, only_due)
        case _:
            return collect_source(name, since, until, venues, only_due)

"""What runs every night: collect what is new everywhere, then publish."""

import datetime as dt

from prefect import flow

from flows.execution.endings import NOTIFYING, warn_of_failing_sources
from flows.fan_out import collect_all
from flows.outcomes import final_state
from flows.publish import publish
from tasks.collecting import Result
from tasks.lake import alone
from tasks.settings import settings
from tasks.sources.catalogue import discover

FIRST_YEAR = "2010"
"""Older editions name no framework of today; they can still be asked for by backfill."""


@flow(name="nightly", flow_run_name="nightly", persist_result=True, **NOTIFYING)
def nightly(source: str | None = None) -> list[Result]:
    """Visit the editions that are due, of one source or of all, and publish.

    Due are this year's and last year's editions and those that an earlier run left incomplete. Ends Degraded where an
    edition failed or stayed incomplete; everything else is published all the same.

    Args:
        source: Only what this source publishes, such as pmlr; see `mentions sources`.
    """
    until = str(dt.datetime.now(dt.UTC).year)
    names = [source] if source else list(discover())
    with alone(settings(), "nightly"):
        results, errors = collect_all(names, FIRST_YEAR, until, only_due=True)
        publish()
    warn_of_failing_sources()
    if errors:
        raise errors[0]
    return final_state(results)

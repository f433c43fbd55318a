"""Fill in past years of some venues, or of all."""

from prefect import flow

from flows.execution.endings import NOTIFYING
from flows.fan_out import collect_all
from flows.outcomes import final_state
from flows.publish import publish
from tasks.collecting import Result
from tasks.lake import alone
from tasks.settings import settings
from tasks.sources.catalogue import sources_of


@flow(name="backfill", flow_run_name="{venues} {since} to {until}", persist_result=True, **NOTIFYING)
def backfill(
    venues: list[str], since: str, until: str, source: str | None = None, full_text: bool = False
) -> list[Result]:
    """Collect these venues' editions within [since, until] and publish.

    A pure function of its parameters: it can be run again at any time and goes on where it stopped. Ends Degraded where
    an edition failed or stayed incomplete. Prefect's pages show what is said of the parameters beside the form.

    Args:
        venues: Venues such as ICML, cs.LG or hacker_news; "all" means every one.
        since: First year or month, YYYY or YYYY-MM.
        until: Last year or month, YYYY or YYYY-MM.
        source: Only what this source publishes, such as pmlr; see `mentions sources`.
        full_text: Read the PDFs of preprints, too, not only their abstracts.
    """
    names = [source] if source else sorted({name for venue in venues for name in sources_of(venue)})
    wanted = () if "all" in venues else tuple(venues)
    with alone(settings(), "backfill"):
        results, errors = collect_all(names, since, until, wanted, full_text=full_text)
        if results or errors:  # a venue that nobody lists changes nothing
            publish()
    if errors:
        raise errors[0]
    return final_state(results)

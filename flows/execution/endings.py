"""What a run tells people at its end: sources that failed night after night, and a notice where it did not go well."""

import logging
from typing import Any, TypedDict

from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import FlowRun, State

from tasks.collecting import history
from tasks.lake import Lake
from tasks.notices import notify
from tasks.settings import settings

log = logging.getLogger("mentions")


def warn_of_failing_sources() -> list[str]:
    """Log the sources that failed three nights in a row, and keep the list as an artifact; gives the lines."""
    lines = history.warnings(history.failing(Lake(settings().data_dir)))
    for line in lines:
        log.warning("%s", line)
    said = "\n".join(f"- `{line.replace('`', '')}`" for line in lines)
    create_markdown_artifact(key="failing-sources", markdown=said or f"None failed {history.NIGHTS} nights in a row.")
    return lines


def tell(flow: Any, run: FlowRun, state: "State[Any]") -> None:
    """Notify of a run that ended other than complete; a flow inside another leaves that to the outer one."""
    if run.parent_task_run_id is not None or state.name == "Completed":
        return
    lines = [f"mentions {flow.name} ({run.name}): {state.name}", state.message or ""]
    failing = history.warnings(history.failing(Lake(settings().data_dir)))
    notify(settings(), "\n".join([*lines, *failing, ""]))


class Hooks(TypedDict):
    """Prefect's names of the ends of a run; a Degraded one is a completed one by its type."""

    on_completion: list[Any]
    on_failure: list[Any]
    on_crashed: list[Any]
    on_cancellation: list[Any]


NOTIFYING = Hooks(on_completion=[tell], on_failure=[tell], on_crashed=[tell], on_cancellation=[tell])

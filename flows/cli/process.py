"""How the command line runs a flow: in this process, with Prefect kept quiet; what ends badly becomes a line.

Prefect is imported where a flow is run and not before: it takes seconds, which `mentions query` need not spend.
"""

import importlib
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import click

from flows.cli.signals import children_end_with_us, stopped_by_signal
from flows.execution import progress
from tasks.records import SiteError
from tasks.settings import settings

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.schemas.objects import State

    from tasks.collecting import Result
    from tasks.lake import Lake
    from tasks.web import Turns

NOTHING_DONE, BAD_USAGE, DEGRADED = 1, 2, 3
"""Exit statuses beside 0, all done: see `mentions --help`."""


def quiet_prefect() -> None:
    """Keep Prefect's own words off the terminal and its database beside the data, unless the user runs a server.

    Has to come before Prefect is imported. Its errors reach the user through `run`; in a worker, where this module is
    not used, Prefect logs as it is told to.
    """
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "")
    os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "CRITICAL")
    if not may_have_server():
        home = os.environ.setdefault("PREFECT_HOME", str(settings().local_dir.absolute() / "prefect"))
        # Prefect opens one connection only where the address holds ":memory:". With more of them, flows that start
        # together meet SQLite's "database is locked" and wait: 22 sources 96 s, which now take 24 s.
        os.environ.setdefault("PREFECT_SERVER_DATABASE_CONNECTION_URL", f"sqlite+aiosqlite:///{home}/:memory:.db")


def may_have_server() -> bool:
    """Say whether the user set Prefect up, most often with a server of their own."""
    return "PREFECT_API_URL" in os.environ or Path("~/.prefect/profiles.toml").expanduser().exists()


def turns_over_machines() -> "Turns | None":
    """Give the turns at hosts that a Prefect server of the user's gives, where there is one."""
    if not may_have_server():
        return None
    from flows.execution.turns import turns

    return turns()


def run(name: str, **parameters: Any) -> int:
    """Run the flow of that name in this process and give the exit status; expected errors become a line."""
    with prepared():
        return run_flow(name, **parameters)


@contextmanager
def prepared() -> Iterator[None]:
    """Make a process ready for flows: a lake, a home for Prefect, a terminal that shows progress, ends by a signal."""
    open_lake()  # a bucket out of reach is told before Prefect's slow start
    make_folder(Path(os.environ.get("PREFECT_HOME", settings().local_dir)))  # Prefect wants its home when imported
    with children_end_with_us(), stopped_by_signal(), progress.shown():
        yield


@contextmanager
def server_starting() -> Iterator[None]:
    """Have Prefect and its embedded server start beside the block, on the other core."""

    def start() -> None:
        from prefect.client.orchestration import get_client

        get_client(sync_client=True)

    with ThreadPoolExecutor(1, "server") as thread:
        started = thread.submit(start)
        yield
        started.result()


def run_flow(name: str, **parameters: Any) -> int:
    """Run the flow of that name in a process that is `prepared`; see `run`."""
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL

    from flows.execution.batches import RunnerError, task_runner
    from flows.outcomes import DEGRADED as DEGRADED_STATE
    from tasks.detection import LexiconError
    from tasks.lake import LakeError, Occupied
    from tasks.warehouse import WarehouseError

    flow: Flow[..., Any] = getattr(importlib.import_module(f"flows.{name}"), name)
    if settings().dask_address:
        try:
            task_runner(settings())  # tells what is amiss before anything is begun
        except RunnerError as problem:
            give_up(str(problem))
        for name in ("distributed", "distributed.client"):  # kept quiet as Prefect is; their import sets levels
            logging.getLogger(name).setLevel(logging.CRITICAL)
    if not (server := PREFECT_API_URL.value()):
        click.echo("Starting Prefect's embedded server; its first start takes up to a minute ...", err=True)
    else:
        with get_client(sync_client=True) as client:
            if silence := client.api_healthcheck():
                advice = "start it, or mend or unset PREFECT_API_URL"
                give_up(f"no Prefect server answers at {server} ({silence}); {advice}")
    state = cast("State[Any]", flow(**parameters, return_state=True))
    if state.is_completed():
        results: list[Result] = state.result() if name == "backfill" or state.name == DEGRADED_STATE else []
        if name == "backfill":
            check_venues(results, parameters["venues"])
        return 0 if state.name != DEGRADED_STATE else report_results(results)
    error = state.result(raise_on_failure=False)
    if not isinstance(error, SiteError | LakeError | LexiconError | WarehouseError | Occupied | RunnerError | OSError):
        raise error if isinstance(error, BaseException) else RuntimeError(state.message)
    traceback.clear_frames(error.__traceback__)  # else DuckDB complains of connections left open at exit
    here = settings()
    away = "" if here.data_dir == here.local_dir else f", or {here.data_dir} out of reach"
    advice = f"; is {here.local_dir} full or read-only{away}? Nothing stored was lost: put it right and run this again"
    give_up(f"{error}{advice if isinstance(error, OSError) else ''}")


def check_venues(results: "list[Result]", venues: list[str]) -> None:
    """Say of which venues no source is known and none was found; end there where nothing was found at all."""
    from tasks.sources.catalogue import is_known

    found = {result.edition.venue for result in results} | {"all"}
    unknown = [venue for venue in venues if venue not in found and not is_known(venue)]
    if not results:
        give_up(f"no source lists such editions{did_you_mean(*venues)}")
    if unknown:
        click.echo(f"no source lists editions of {', '.join(unknown)}{did_you_mean(*unknown)}", err=True)


def did_you_mean(*venues: str) -> str:
    """Advise on venues that no source is known for; empty where they are known."""
    from difflib import get_close_matches

    from tasks.sources.catalogue import is_known, known_venues

    unknown = [venue for venue in venues if not is_known(venue)]
    close = [other for venue in unknown for other in get_close_matches(venue, known_venues(), 3, 0.5)]
    lists = "`mentions sources` lists all"
    return (f"; did you mean {' or '.join(close)}? {lists}" if close else f"; {lists}") if unknown else ""


def make_folder(folder: Path) -> None:
    """Make the folder that everything is written to, or say that it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        give_up(f"{error}; {wants_folder()}")


def wants_folder() -> str:
    """Say which setting leads to the folder that cannot be written."""
    here = settings()
    name = "MENTIONS_DATA_DIR" if here.data_dir == here.local_dir else "MENTIONS_LOCAL_DIR"
    return f"set {name} to a folder that can be written"


def report_results(results: "list[Result]") -> int:
    """Print what went wrong and give the exit status."""
    from flows.outcomes import describe

    for result in results:
        if result.outcome != "complete":
            click.echo(describe(result), err=True)
    return NOTHING_DONE if all(result.outcome == "failed" for result in results) else DEGRADED


def open_lake() -> "Lake":
    """Open the lake, or say why it cannot be."""
    from tasks.lake import Lake, LakeError

    try:
        return Lake(settings().data_dir)
    except LakeError as error:
        give_up(str(error))


def give_up(message: str) -> NoReturn:
    """Say why nothing useful could be done."""
    click.echo(f"Error: {message}", err=True)
    sys.exit(NOTHING_DONE)

"""Where batches of papers are read: in threads of the process that leads a run, or by the workers of a Dask cluster."""

import socket
from typing import Any
from urllib.parse import urlsplit

from prefect.settings import PREFECT_API_URL
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from tasks.settings import Settings

BATCHES_AT_ONCE = 2
"""While the last papers of one batch are read, the next one's downloads already run."""


class RunnerError(Exception):
    """Batches cannot be read where a setting says. Raised by `task_runner`; says what to do."""


def task_runner(settings: Settings) -> TaskRunner[Any]:
    """Give what runs the tasks of a collecting flow; raises `RunnerError` where Dask is asked for and cannot be had."""
    if settings.dask_address is None:
        return ThreadPoolTaskRunner(max_workers=BATCHES_AT_ONCE)
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise RunnerError("MENTIONS_DASK_ADDRESS wants more packages: pip install framework-mentions[dask]") from error
    if not PREFECT_API_URL.value():  # each worker would start a server of its own
        raise RunnerError("MENTIONS_DASK_ADDRESS wants PREFECT_API_URL, a Prefect server that all workers reach")
    scheduler = urlsplit(settings.dask_address)
    try:
        socket.create_connection((scheduler.hostname, scheduler.port), settings.connect_timeout).close()
    except (OSError, ValueError, OverflowError) as error:
        raise RunnerError(
            f"MENTIONS_DASK_ADDRESS: no scheduler answers at {settings.dask_address} ({error}); start `dask scheduler` "
            "or mend the address"
        ) from error
    return DaskTaskRunner(address=settings.dask_address)

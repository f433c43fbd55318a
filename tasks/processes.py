"""Worker processes that start fast, whatever the main program has imported, and that end when it does.

They are multiprocessing's own (forkserver), short of one habit. Knows nothing of documents.
"""

import ctypes.util
import fcntl
import functools
import io
import multiprocessing as mp
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing import connection, context, forkserver, popen_forkserver, reduction, spawn, util
from typing import Any


class _LightPopen(popen_forkserver.Popen):
    """Starts a worker that does not import the program's main module.

    multiprocessing imports `__main__` again in every worker. Ours need nothing of it, and where Prefect's engine is the
    main module that costs 2 s and 150 MB a worker. joblib's loky has the same (LokyContext beside LokyInitMainContext).
    """

    def _launch(self, process_obj: Any) -> None:
        """Do what the base class does, without the two keys that name the main module."""
        preparation: dict[str, Any] = spawn.get_preparation_data(process_obj._name)
        preparation["environment"] = _Environment()  # before what the worker works with, which may look there
        preparation.pop("init_main_from_name", None)
        preparation.pop("init_main_from_path", None)
        message = io.BytesIO()
        start_server()
        context.set_spawning_popen(self)
        try:
            reduction.dump(preparation, message)
            reduction.dump(process_obj, message)
        finally:
            context.set_spawning_popen(None)
        self.sentinel, pipe = forkserver.connect_to_new_process(self._fds)  # type: ignore[attr-defined]
        parent_pipe = os.dup(pipe)  # by its end the worker sees that this process is gone
        self.finalizer = util.Finalize(self, util.close_fds, (parent_pipe, self.sentinel))  # type: ignore[attr-defined]
        with open(pipe, "wb", closefd=True) as stream:  # noqa: PTH123 -- a file descriptor
            stream.write(message.getbuffer())
        self.pid = forkserver.read_signed(self.sentinel)


class _Environment:
    """Becomes, where it is unpickled, this program's present environment: the server has that of its own start.

    A bucket's keys are found there.
    """

    def __reduce__(self) -> tuple[Callable[[dict[str, str]], None], tuple[dict[str, str]]]:
        return _take_environment, (dict(os.environ),)


def _take_environment(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)


class _LightProcess(context.ForkServerProcess):
    def start(self) -> None:
        """Start, also where this process is itself a daemon, as Dask's workers are: ours end with it all the same."""
        config = mp.current_process()._config  # type: ignore[attr-defined]
        is_daemon = config.pop("daemon", None)
        try:
            super().start()
        finally:
            if is_daemon is not None:
                config["daemon"] = is_daemon

    @staticmethod
    def _Popen(process_obj: Any) -> _LightPopen:  # noqa: N802 -- multiprocessing's name
        return _LightPopen(process_obj)


class LightContext(context.ForkServerContext):
    """Workers are forked from a small server process: forking the main one, full of threads, can deadlock."""

    Process = _LightProcess


_starting = threading.Lock()


def start_server() -> None:
    """Start the server that workers are forked from, if it does not run: with tcmalloc where this machine has it.

    A sixth of pdfium's time is malloc and free; gperftools' tcmalloc takes 5% off the whole. A process has its malloc
    from its beginning, so the loader is told by LD_PRELOAD, which is left alone where the user has set it.
    """
    with _starting:
        malloc = tcmalloc()
        if malloc is None or "LD_PRELOAD" in os.environ:
            forkserver.ensure_running()
            return
        os.environ["LD_PRELOAD"] = malloc
        try:
            forkserver.ensure_running()
        finally:
            del os.environ["LD_PRELOAD"]


@functools.cache
def tcmalloc() -> str | None:
    """Give the name by which the loader finds tcmalloc; None where it is not installed."""
    return ctypes.util.find_library("tcmalloc_minimal") if sys.platform == "linux" else None


def cores() -> int:
    """Say how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else mp.cpu_count()


def begin() -> None:
    """Make this worker one that ends when it is told to, and when its main process is gone; call it first in each.

    pebble's own handler of SIGTERM waits for the call under way to return, which inside a library may be never.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = mp.parent_process()
    if parent is not None:
        _end_with(parent.sentinel)


def _end_with(sentinel: int) -> None:
    """Have this worker killed when the main process is gone, even by kill -9, which closes its end of the sentinel.

    Without it a worker caught in an endless loop would stay for ever, since its time limit ended with the main process.
    """
    if sys.platform == "linux":
        # The kernel tells it by a signal that ends a process, fcntl(2). A thread that waits for it would make malloc
        # take locks: 2% of the time that pdfium takes to read a paper.
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(sentinel, fcntl.F_SETFL, fcntl.fcntl(sentinel, fcntl.F_GETFL) | os.O_ASYNC)
        if connection.wait([sentinel], 0):  # it was gone before
            os.kill(os.getpid(), signal.SIGKILL)
        return
    threading.Thread(target=_wait_for_end, args=(sentinel,), daemon=True).start()


def _wait_for_end(sentinel: int) -> None:
    connection.wait([sentinel])
    os.kill(os.getpid(), signal.SIGKILL)

"""What a benchmark runs on, and what a run costs with all its child processes: wall, CPU, memory (Linux)."""

import contextlib
import ctypes
import os
import platform
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.processes import tcmalloc

PAGE_BYTES = resource.getpagesize()
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
SAMPLED_EVERY = 0.25  # seconds; looking at all processes takes 5 ms, and a reader lives for minutes


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds on the clock, CPU seconds of all its processes, bytes of memory they held at once."""

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int


def describe() -> dict[str, object]:
    """Say which machine this is, so that figures can be compared."""
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "")
    return {
        "cpu": model.partition(":")[2].strip() or platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "system": platform.platform(),
        "readers_malloc": tcmalloc() or "the system's",
    }


def has(program: str, package: str) -> bool:
    """Say whether a program is there, and what is amiss where it is not."""
    if shutil.which(program):
        return True
    print(f"left out: what wants {program}, which this machine lacks (Debian's package {package})", file=sys.stderr)
    return False


def run(command: Sequence[str], env: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end and give its cost; raises CalledProcessError where it fails."""
    _adopt_orphans()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(command, env=env)
    peak = _Peak(process.pid)
    status = process.wait()
    wall = time.perf_counter() - started
    peak.stop()
    _reap_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status:
        raise subprocess.CalledProcessError(status, command)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, peak.bytes)


class _Peak(threading.Thread):
    """Watches the memory of a process and its descendants."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.bytes, self._done = pid, 0, threading.Event()
        self.start()

    def run(self) -> None:
        while not self._done.wait(SAMPLED_EVERY):
            self.bytes = max(self.bytes, sum(process.bytes for process in _family(self.pid).values()))

    def stop(self) -> None:
        """Stop watching."""
        self._done.set()
        self.join()


def cpu_seconds() -> dict[str, float]:
    """Give the CPU seconds so far of this process and those below it: beside the readers, and the readers' own.

    A reader that ended is counted by the server that it was forked from.
    """
    seconds = {"beside_readers": 0.0, "readers": 0.0}
    for pid, process in _family(os.getpid()).items():
        if _is_reader(pid):
            seconds["readers"] += process.cpu_seconds + process.cpu_seconds_of_ended
        else:
            seconds["beside_readers"] += process.cpu_seconds
    return seconds


@dataclass(frozen=True)
class _Process:
    parent: int
    cpu_seconds: float
    cpu_seconds_of_ended: float
    """Of its children that ended."""
    bytes: int


def _family(root: int) -> dict[int, _Process]:
    """Look at a process and all below it."""
    processes = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):  # it ended while we looked
            fields = file.read_text().rpartition(")")[2].split()
            own, ended = (sum(map(int, fields[at : at + 2])) / TICKS_A_SECOND for at in (11, 13))
            processes[int(file.parent.name)] = _Process(int(fields[1]), own, ended, int(fields[21]) * PAGE_BYTES)
    family = {root}
    for _ in range(6):  # generations: cli, forkserver, reader, and some to spare
        family |= {pid for pid, process in processes.items() if process.parent in family}
    return {pid: processes[pid] for pid in family & processes.keys()}


def _is_reader(pid: int) -> bool:
    try:
        return b"multiprocessing.forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it ended while we looked
        return True


def _adopt_orphans() -> None:
    """Become the parent of readers and server when theirs ends, so that their CPU seconds are counted here."""
    pr_set_child_subreaper = 36
    if ctypes.CDLL(None, use_errno=True).prctl(pr_set_child_subreaper, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def _reap_orphans() -> None:
    """Wait until every process of a run is gone."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()

"""Progress: a live line a source in a terminal, a line a step in a pipe."""

import os
import pty
import re
import subprocess
import sys

PROGRAM = """
import logging, sys
from flows.execution import progress
logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
log = logging.getLogger("mentions")
log.setLevel(logging.INFO)
with progress.shown():
    for name in ("pmlr", "neurips"):
        with progress.about(name):
            log.info("%s: 35 editions", name)
            log.info("ICML 2019 (%s): complete", name)
            progress.step("1 edition")
    log.warning("pmlr FAILED 3 NIGHTS IN A ROW")
"""


def in_terminal() -> str:
    """Run the program with a terminal for its errors; give all that was written there, as it was."""
    ours, theirs = pty.openpty()
    env = os.environ | {"TERM": "xterm", "COLUMNS": "60"}
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=theirs, stdout=theirs, stderr=theirs, env=env) as run:
        os.close(theirs)
        written = b""
        try:
            while piece := os.read(ours, 2**16):
                written += piece
        except OSError:  # the end of what the other side wrote
            pass
        os.close(ours)
    assert run.returncode == 0, written
    return written.decode()


def test_a_terminal_has_a_line_a_source_and_warnings_stay():
    written = in_terminal()
    assert "\x1b[?25h" in written, "a run that is killed leaves a cursor"
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written)
    lines = [line.split() for line in plain.splitlines() if line.strip()]  # each picture of the lines follows the last
    assert [line[:4] for line in lines[-2:]] == [["✓", "pmlr", "1", "edition"], ["✓", "neurips", "1", "edition"]]
    assert plain.count("pmlr FAILED 3 NIGHTS IN A ROW") == 1


def test_a_pipe_has_a_line_a_step():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == [
        "pmlr: 35 editions",
        "ICML 2019 (pmlr): complete",
        "neurips: 35 editions",
        "ICML 2019 (neurips): complete",
        "pmlr FAILED 3 NIGHTS IN A ROW",
    ]

"""The command line as users run it: a process of its own, its output and its exit status."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

from flows.cli import main
from tasks.settings import settings

MENTIONS = Path(sys.executable).with_name("mentions")
PREFECT_HOME = Path(tempfile.mkdtemp(prefix="prefect-"))
"""Where all runs of this process have Prefect's database: to lay a new one takes each of them 7 s of CPU."""
atexit.register(shutil.rmtree, PREFECT_HOME, ignore_errors=True)


def environment(data_dir: Path, **settings: object) -> dict[str, str]:
    """Give this process's environment with MENTIONS_* as given and nothing else of it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MENTIONS_", "PREFECT_"))}
    given = {f"MENTIONS_{name.upper()}": str(value) for name, value in settings.items()}
    # An empty home, as on a new machine: nothing of the developer's own Prefect is used or touched.
    places = {"MENTIONS_DATA_DIR": data_dir, "HOME": data_dir, "PREFECT_HOME": PREFECT_HOME}
    return kept | given | {name: str(place) for name, place in places.items()}


def run(*arguments: str, env: dict[str, str], timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run `mentions` to its end."""
    return subprocess.run([MENTIONS, *arguments], env=env, capture_output=True, text=True, timeout=timeout, check=False)


def invoke(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command that starts no flow in this process, which takes a hundredth of the time of one of its own."""
    with patch.dict(os.environ, env, clear=True):
        settings.cache_clear()
        try:
            result = CliRunner().invoke(main, arguments, prog_name="mentions", catch_exceptions=False)
        finally:
            settings.cache_clear()
    return subprocess.CompletedProcess(arguments, result.exit_code, result.stdout, result.stderr)

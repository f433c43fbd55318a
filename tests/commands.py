"""The command line as users run it: a process of its own, its output and its exit status."""

import os
import subprocess
import sys
from pathlib import Path

MENTIONS = Path(sys.executable).with_name("mentions")


def environment(data_dir: Path, **settings: object) -> dict[str, str]:
    """Give this process's environment with MENTIONS_* as given and nothing else of it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MENTIONS_", "PREFECT_"))}
    given = {f"MENTIONS_{name.upper()}": str(value) for name, value in settings.items()}
    # An empty home, as on a new machine: nothing of the developer's own Prefect is used or touched.
    return kept | given | {"MENTIONS_DATA_DIR": str(data_dir), "HOME": str(data_dir)}


def run(*arguments: str, env: dict[str, str], timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run `mentions` to its end."""
    return subprocess.run([MENTIONS, *arguments], env=env, capture_output=True, text=True, timeout=timeout, check=False)

"""Run every benchmark, one after the other, and write their figures as JSON and as a table.

    make benchmark

Each is a module of its own that can be run alone, says in its docstring what it measures, and ends by a line of JSON.
Real papers come from ../shared/web. Ratios hold on a busy machine, seconds on the clock do not.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import machine

BENCHMARKS = {
    "pipeline": [],
    "scanner": [],
    "rescan": [],
    "night": [],
    "orchestration": [],
    "publish, 100,000 documents": ["--documents", "100000"],
    "publish, 1,000,000 documents": ["--documents", "1000000"],
    "publish, 3,000,000 documents": ["--documents", "3000000"],
}


def main() -> int:
    """Run them; gives 1 where one failed, whose error is then above."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/benchmark.json"))
    parser.add_argument("--only", nargs="+", default=list(BENCHMARKS), choices=list(BENCHMARKS))
    arguments = parser.parse_args()
    told: dict[str, Any] = {"measured_at": time.strftime("%Y-%m-%d"), "machine": machine.describe(), "results": {}}
    for name in arguments.only:
        print(f"{name} ...", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name.partition(',')[0]}", *BENCHMARKS[name]]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        lines = done.stdout.splitlines()
        told["results"][name] = json.loads(lines[-1]) if done.returncode == 0 else {"failed": done.returncode}
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(told, indent=2) + "\n")
    for what, value in flat(told):
        print(f"{what:<78}{value}")
    return int(any("failed" in result for result in told["results"].values()))


def flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Lay nested figures out as rows."""
    if isinstance(value, dict):
        return [row for key, inner in value.items() for row in flat(inner, f"{path}: {key}" if path else key)]
    return [(path.removeprefix("results: "), f"{value:.4g}" if isinstance(value, float) else str(value))]


if __name__ == "__main__":
    sys.exit(main())

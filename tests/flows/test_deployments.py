"""prefect.yaml: every entrypoint loads, every parameter exists, and the pinned Prefect really schedules."""

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests import ROOT, plain
from tests.commands import MENTIONS, environment
from tests.nights import asked, wait_for
from tests.servers import serving

FILE = ROOT / "prefect.yaml"
PREFECT = Path(sys.executable).with_name("prefect")
DEPLOYMENTS = yaml.safe_load(FILE.read_text())["deployments"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: deployment["name"])
def test_a_deployment_loads_and_its_parameters_are_the_flows(deployment):
    from prefect.flows import load_flow_from_entrypoint

    flow = load_flow_from_entrypoint(deployment["entrypoint"])
    assert flow.name == deployment["name"]
    signature = inspect.signature(flow.fn)
    signature.bind(**deployment["parameters"])
    flow.validate_parameters(deployment["parameters"])


def test_the_nightly_is_scheduled():
    from prefect.client.schemas.schedules import construct_schedule

    (nightly,) = (deployment for deployment in DEPLOYMENTS if deployment["name"] == "nightly")
    (schedule,) = nightly["schedules"]
    assert construct_schedule(**schedule).cron == "0 3 * * *"


@pytest.mark.long
def test_the_documented_commands_deploy_and_the_schedule_makes_runs(own_server, tmp_path):
    """With other versions of its dependencies Prefect's scheduler fails silently and no run ever comes."""
    server = environment(tmp_path) | own_server
    for arguments in (
        ["work-pool", "create", "--type", "process", "local-pool", "--overwrite"],
        ["--no-prompt", "deploy", "--all"],
    ):
        done = subprocess.run([PREFECT, *arguments], env=server, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    scheduled = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    runs = wait_for("a scheduled run", lambda: asked(server, "POST", "flow_runs/filter", scheduled))
    assert {run["expected_start_time"][11:16] for run in runs} == {"03:00"}
    deployments = wait_for("the deployments", lambda: asked(server, "POST", "deployments/filter", {}))
    assert {deployment["name"] for deployment in deployments} == {"nightly", "backfill", "publish"}
    form = next(each["parameter_openapi_schema"] for each in deployments if each["name"] == "backfill")
    fields = {name: (field.get("type"), field.get("description")) for name, field in form["properties"].items()}
    assert {name: kind for name, (kind, _) in fields.items()} == {
        "venues": "array",
        "since": "string",
        "until": "string",
        "source": None,
        "full_text": "boolean",
    }
    assert form["required"] == ["venues", "since", "until"]
    assert all(description for _, description in fields.values()), "the form says what to write"


@pytest.mark.long
def test_the_crontab_of_the_operations_page_runs_as_cron_would_run_it(practice_web, tmp_path):
    """By /bin/sh, from the home folder, with next to nothing in the environment; the mirror stands for the sites."""
    crontab = re.search(r"```cron\n(.+?)```", (ROOT / "docs" / "OPERATIONS.md").read_text("utf-8"), re.DOTALL)[1]
    *variables, line = crontab.strip().splitlines()
    given = dict(variable.split("=", 1) for variable in variables)
    assert given.keys() == {"MENTIONS_DATA_DIR", "MENTIONS_CONTACT", "MENTIONS_NOTIFY_COMMAND"}
    minute, hour, day, month, weekday, command = line.split(maxsplit=5)
    assert (day, month, weekday) == ("*", "*", "*")
    assert (int(minute), int(hour)) == (0, 3)
    command = command.replace("/opt/mentions/.venv/bin", str(MENTIONS.parent)) + " --source pmlr"
    told = tmp_path / "told"
    with serving(plain.tiny_web(practice_web, tmp_path / "web")) as web:
        env = given | {
            "MENTIONS_DATA_DIR": str(tmp_path / "data"),
            "MENTIONS_NOTIFY_COMMAND": f"tee {told}",
            "MENTIONS_MIRROR": web.address,
            "MENTIONS_OFFICIAL_COUNTS": str(web.root / "counts.csv"),
        }
        env |= {"HOME": str(tmp_path), "LOGNAME": "me", "SHELL": "/bin/sh", "PATH": os.environ["PATH"]}
        done = subprocess.run(
            ["/bin/sh", "-c", command], env=env, cwd=tmp_path, capture_output=True, text=True, check=False
        )
    # The practice web ends in 2024: whatever is due tonight fails, and the mail says so.
    assert done.returncode == 1, done.stderr
    assert (tmp_path / "data" / "mentions.duckdb").is_file()
    assert {line.endswith("answered 404 Not Found") for line in told.read_text().strip().splitlines()[1:]} == {True}

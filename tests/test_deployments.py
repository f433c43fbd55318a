"""prefect.yaml: every entrypoint loads, every parameter exists, and the pinned Prefect really schedules."""

import datetime as dt
import inspect
from pathlib import Path

import pytest
import yaml

FILE = Path(__file__).parents[1] / "prefect.yaml"
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


def test_a_cron_deployment_gets_its_runs(prefect_api):
    """With other versions of its dependencies Prefect's scheduler fails silently and no run ever comes."""
    from prefect import get_client
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.server.api import server  # noqa: F401  fails at import with a newer fastapi

    from flows.nightly import nightly

    with get_client(sync_client=True) as client:
        schedule = DeploymentScheduleCreate(schedule=CronSchedule(cron="0 3 * * *"))
        client.create_deployment(client.create_flow(nightly), name="nightly", schedules=[schedule])
        deadline = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=120)
        while not (runs := client.read_flow_runs()) and dt.datetime.now(dt.UTC) < deadline:
            pass
        scheduled = [run for run in runs if run.state.is_scheduled()]
    assert scheduled
    assert {run.expected_start_time.hour for run in scheduled} == {3}

"""What Prefect's server may do to a run: answers that get lost under load, refusals, and what is published then."""

import re
import shutil

import pytest

from flows.backfill import backfill
from flows.fan_out import collect_all
from tasks import warehouse
from tasks.lake.lock import alone
from tasks.practice.web import OFFICIAL_COUNTS
from tests.prefect_api import between
from tests.servers import serving

pytestmark = pytest.mark.usefixtures("prefect_api")

COMPLETED = re.compile(rb"POST /api/flow_runs/([0-9a-f-]+)/set_state .*\"COMPLETED\"", re.DOTALL)
JOBS_RUN = re.compile(rb"POST /api/task_runs/ .*collect jobs", re.DOTALL)


@pytest.fixture
def settings(configure, practice_web, tmp_path):
    """Serve a volume of papers and Hacker News: two kinds of sources."""
    root = tmp_path / "web"
    for name in ("proceedings.mlr.press/v106", "hn.algolia.com"):
        shutil.copytree(practice_web / name, root / name)
    shutil.copy(practice_web / "proceedings.mlr.press/index.html", root / "proceedings.mlr.press")
    with serving(root) as web:
        yield configure(mirror=web.address, official_counts=practice_web / OFFICIAL_COUNTS, retries=0)


@pytest.mark.long
def test_results_survive_an_answer_that_got_lost(settings):
    """Prefect's client asks again, and the server refuses what it has already done: its answer bears no results."""
    lost = set()

    def refuse(request: bytes) -> int | None:
        found = COMPLETED.match(request)
        if not found or found[1] in lost:
            return None
        lost.add(found[1])
        return 503

    with between(refuse), alone(settings, "backfill"):
        results, errors = collect_all(["pmlr"], "2019", "2019", ["MLHC"])
    assert lost
    assert errors == []
    assert [(str(result.edition), result.outcome) for result in results] == [("MLHC 2019 (pmlr)", "complete")]


@pytest.mark.long
def test_a_source_whose_flow_breaks_costs_the_others_nothing(settings):
    broken = []

    def refuse(request: bytes) -> int | None:
        if JOBS_RUN.match(request):
            broken.append(request)
            return 500
        return None

    with between(refuse):
        state = backfill(["MLHC", "hacker_news"], "2019", "2019", return_state=True)
    assert broken
    assert state.is_failed(), "and whoever reads the exit status is told"
    file = settings.data_dir / "mentions.duckdb"
    assert warehouse.query(file, "select venue, outcome from coverage").to_pylist() == [
        {"venue": "MLHC", "outcome": "complete"}
    ]

"""What a publication leaves on Prefect's pages: coverage, what is incomplete, revisions."""

import json

import httpx
import pytest
from prefect.settings import PREFECT_API_URL

from flows.publish import ASSETS, publish
from tests import plain
from tests.servers import serving

pytestmark = pytest.mark.usefixtures("prefect_api")


def artifact(key: str) -> list[dict]:
    # Not by Prefect's client, which outside of a flow leaves its connection to the garbage collector.
    return json.loads(httpx.get(f"{PREFECT_API_URL.value()}/artifacts/{key}/latest").json()["data"])


@pytest.fixture
def settings(practice_web, tmp_path, configure):
    """Collect a volume of which one paper cannot be had."""
    with serving(plain.tiny_web(practice_web, tmp_path / "web")) as web:
        settings = configure(mirror=web.address, official_counts=web.root / "counts.csv", retries=0)
        paper = plain.papers(web.root)[0]
        web.answers["/" + str(paper.relative_to(web.root))] = lambda handler: handler.send_error(500)
        assert plain.collect(settings) == ["incomplete"]
        yield settings
        web.answers.clear()


def test_a_publication_of_nothing_says_so(configure, tmp_path, caplog):
    configure(data_dir=tmp_path / "mistyped")
    publish()
    assert f"nothing is stored below {tmp_path / 'mistyped'} yet" in caplog.text


def test_a_publication_shows_what_it_made_what_is_missing_and_what_it_revised(settings):
    publish()
    (coverage,) = artifact("coverage")
    assert (coverage["source"], coverage["editions"], coverage["complete"]) == ("pmlr", 1, 0)
    assert (coverage["listed"], coverage["readable"]) == (plain.PAPERS, plain.PAPERS - 1)
    (incomplete,) = artifact("incomplete-editions")
    assert (incomplete["venue"], incomplete["year"]) == ("MLHC", 2019)
    assert "could not be fetched" in incomplete["problem"]
    assert artifact("revisions") == [], "a first release revises nothing"
    rows = {row["table"]: row["rows"] for row in artifact("published-tables")}
    assert rows["documents"] == plain.PAPERS
    assert {asset.key for asset in ASSETS} == {f"duckdb://mentions/{name}" for name in rows}

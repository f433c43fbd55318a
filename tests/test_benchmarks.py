"""The benchmarks run on the code of today: once a benchmark of publication had fallen behind the lake's columns."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks import orchestration, pipeline, publish
from tasks import warehouse
from tasks.lake.lake import Lake
from tests import ROOT, machine


def test_the_invented_lake_publishes_and_its_cost_is_told(tmp_path, capsys):
    edition = publish.edition(0)
    publish.write(Lake(tmp_path), edition, 50, seed=1)
    publish.publish(tmp_path)
    cost = json.loads(capsys.readouterr().out)
    assert cost.keys() == {"wall", "cpu", "memory_mb", "file_mb", "release_mb"}
    found = warehouse.query(
        tmp_path / "mentions.duckdb", "select count(*) as n, any_value(venue) as venue from documents"
    )
    assert found.to_pylist() == [{"n": 50, "venue": edition.venue}]


@pytest.mark.long
@pytest.mark.parametrize("benchmark", ["pipeline", "orchestration"])
def test_a_benchmark_of_collecting_ends_by_its_figures(own_server, benchmark):
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{benchmark}", "--papers", "6", "--rounds", "1"],
        cwd=ROOT,
        env=os.environ | own_server | {"PATH": machine.PATH},  # with pdftotext where it is there, and without
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1])["papers"] == 6


@pytest.mark.long
def test_invented_papers_can_stand_in_for_real_ones(practice_web):
    papers = orchestration.readable(practice_web)
    assert len(papers) > 10
    assert all(pipeline.read_bare(paper) > 0 for paper in papers)

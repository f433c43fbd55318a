"""CONTRIBUTING is under test: the source that it walks through is built from its text and keeps the contract."""

import os
import pydoc
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.+?)```", CONTRIBUTING, re.DOTALL))


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory) -> Path:
    """Give a copy of the repository with the files of the walk-through added."""
    copy = tmp_path_factory.mktemp("newcomer") / "main"
    for name in ("tasks", "flows", "sql", "tests", "pyproject.toml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
    for name, text in FILES.items():
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return copy


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, so that its packages are found before the installed ones."""
    env = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


def test_the_new_source_keeps_the_contract(newcomer):
    done = python(
        newcomer, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/sources/test_contract.py", "-k", "jmlr"
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"[6-9] passed", done.stdout), done.stdout


def test_the_new_source_is_found_without_being_listed(newcomer):
    done = python(newcomer, "-c", "from tasks.sources.catalogue import sources_of; print(sources_of('JMLR'))")
    assert done.stdout == "['jmlr']\n", done.stderr


def test_the_new_source_passes_the_checks(newcomer):
    done = python(newcomer, "-m", "ruff", "check", "--no-cache", "tasks/sources/papers/jmlr.py")
    assert done.returncode == 0, done.stdout
    done = python(newcomer, "-m", "ruff", "format", "--check", "--no-cache", "tasks/sources/papers/jmlr.py")
    assert done.returncode == 0, done.stdout


def test_a_papers_way_names_what_is_there():
    """Each dotted name is a function, class or method; each path a file."""
    way = re.search(r"## A paper's way through the house\n(.+?)\n## ", CONTRIBUTING, re.DOTALL)[1]
    names = re.findall(r"`((?:tasks|flows)\.[\w.]+)`", way)
    assert len(names) > 20
    assert [name for name in names if not pydoc.locate(name)] == []
    paths = re.findall(r"`(sql/[\w/.]+)`", way)
    assert paths
    assert [path for path in paths if not (ROOT / path).is_file()] == []


def test_every_place_in_the_table_is_there():
    table = re.search(r"\| place \| takes → gives \|.+?\n\n", CONTRIBUTING, re.DOTALL)[0]
    rows = [line for line in table.splitlines()[2:] if line]
    places = [place for line in rows for place in re.findall(r"`([\w/.]+)`", line.split("|")[1])]
    assert len(places) > 15
    here = [place if "/" in place else f"tasks/{place}" for place in places]
    assert [place for place in here if not (ROOT / place).exists()] == []
    rooms = {f"tasks/{path.parent.name}/" for path in (ROOT / "tasks").glob("*/__init__.py")}
    assert rooms <= set(places), "every room stands in the table"

"""requirements.lock: what running needs, then what testing needs beside it; exact versions with hashes, no address."""

import re
import tomllib

from tests import ROOT

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
RUNNING, TESTING = LOCK.split("# --- What testing needs beside it ---\n")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def locked(part: str) -> list[str]:
    return re.findall(r"(?m)^([a-z0-9-]+)==", part)


def named(dependencies: list[str]) -> set[str]:
    return {re.match(r"[\w-]+", each)[0].lower() for each in dependencies}


def test_each_part_has_what_it_is_for():
    assert named(PROJECT["project"]["dependencies"]) <= set(locked(RUNNING))
    others = named(PROJECT["dependency-groups"]["dev"]) | named(PROJECT["project"]["optional-dependencies"]["dask"])
    assert others <= set(locked(RUNNING)) | set(locked(TESTING))
    assert not set(locked(RUNNING)) & set(locked(TESTING)), "testing moves nothing that runs"


def test_every_version_has_hashes_and_nothing_names_a_registry():
    for package in re.split(r"(?m)^(?=[a-z0-9-]+==)", LOCK)[1:]:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", package), package
    assert "://" not in LOCK


def test_the_makefile_knows_where_the_second_part_begins():
    assert "What testing needs beside it" in (ROOT / "Makefile").read_text("utf-8")

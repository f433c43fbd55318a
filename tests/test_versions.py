"""The version of code is of what it does, wherever it stands."""

import importlib.util
from types import ModuleType

import pytest

from tasks.versions import code_version

CODE = """\"\"\"What it is for.\"\"\"

import re

WORDS = re.compile("a")


def found(text):
    \"\"\"Say whether there is one.\"\"\"
    return WORDS.search(text)
"""


@pytest.fixture
def module(tmp_path):
    """Give a function that makes a module of some code, at a place of its own."""

    def make(code: str) -> ModuleType:
        path = tmp_path / f"made_{len(list(tmp_path.iterdir()))}.py"
        path.write_text(code)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return made

    return make


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import re\n", "import re\nimport os\n"),
        ("What it is for", "Something else"),
        ("Say whether", "Tell whether"),
        ("WORDS = re", "# Because of b.\nWORDS = re"),
    ],
)
def test_what_changes_nothing_that_is_done_changes_no_version(module, old, new):
    assert code_version(module(CODE)) == code_version(module(CODE.replace(old, new)))


def test_what_changes_something_changes_the_version(module):
    assert code_version(module(CODE)) != code_version(module(CODE.replace('"a"', '"b"')))
    assert code_version(module(CODE)) != code_version(module(CODE), module("ONE = 1"))

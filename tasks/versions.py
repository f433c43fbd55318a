"""Which code made something: a hash of what modules do, wherever they stand."""

import ast
import functools
import hashlib
from pathlib import Path
from types import ModuleType
from typing import TypeGuard


@functools.cache
def code_version(*modules: ModuleType) -> str:
    """Give a hash of what the code of some modules does.

    Where a module stands, what it imports and what its comments say is left out, so that nothing that is stored is made
    anew because somebody tidied up.
    """
    codes = sorted(_code(Path(str(module.__file__)).read_text("utf-8")) for module in modules)
    return hashlib.sha256("\n".join(codes).encode()).hexdigest()[:16]


def _code(text: str) -> str:
    """Give the lines that do something; as text, since syntax trees differ between versions of Python."""
    silent: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom) or _is_docstring(node):
            silent.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(text.splitlines(), start=1)
    return "\n".join(line for number, line in lines if number not in silent and line.strip()[:1] not in ("", "#"))


def _is_docstring(node: ast.AST) -> TypeGuard[ast.Expr]:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)

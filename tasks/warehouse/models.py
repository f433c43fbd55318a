"""The models: one bare SELECT in a file named after its table, with its checks beside it. Text only, no database."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

LAYERS = {"staging": "staging.", "kept": "kept.", "published": ""}
"""Folders below sql/ and what models write before the names of their tables: staging tables live in memory during a
build, kept ones in a schema of their own in the published file, where the next build finds them."""


@dataclass(frozen=True)
class Model:
    """One SELECT and the table that it makes."""

    name: str
    """As other models write it: 'documents', 'staging.counted_documents'."""
    sql: str
    checks: tuple["Check", ...] = ()
    reads: frozenset[str] = frozenset()
    """The tables that it and its checks read, as `name` is written; `warehouse.read_models` asks DuckDB for them."""

    @property
    def is_by_edition(self) -> bool:
        """Say whether its rows of an edition follow from the lake's files of that venue and year alone."""
        return re.search(r"^-- Built: +by edition$", self.sql, re.MULTILINE) is not None

    @property
    def description(self) -> str:
        """Give the comment lines above the SELECT."""
        lines = [line[2:].strip() for line in self.sql.splitlines() if line.startswith("--")]
        return re.sub(r"\s+", " ", " ".join(lines)).strip()


@dataclass(frozen=True)
class Check:
    """A query whose rows break a rule, and how bad that is: `fail` stops the publication, `warn` is reported."""

    severity: str
    rule: str
    sql: str


def read_checks(text: str) -> tuple[Check, ...]:
    """Split a checks file: each query stands below a line `-- fail: RULE` or `-- warn: RULE`."""
    pieces = re.split(r"^-- (fail|warn): (.+)$", text, flags=re.MULTILINE)[1:]
    return tuple(Check(*piece) for piece in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True))


def published_names() -> list[str]:
    """Name the tables that a publication makes."""
    return [model.name for model in models_below(files("sql")) if "." not in model.name]


def models_below(sql: Traversable) -> Iterator[Model]:
    """Read every model below sql/, in no order."""
    for layer, prefix in LAYERS.items():
        folder = sql.joinpath(layer)
        for file in folder.iterdir() if folder.is_dir() else ():
            name = file.name.removesuffix(".sql")
            if file.name.endswith(".sql") and not name.endswith(".checks"):
                checks = folder.joinpath(f"{name}.checks.sql")
                found = read_checks(checks.read_text("utf-8")) if checks.is_file() else ()
                yield Model(prefix + name, file.read_text("utf-8"), found)


def models_version(sql: Traversable | None = None) -> str:
    """Give a hash of all that makes tables of the lake's: models, macros and seeds, not the words of comments."""
    sql = sql or files("sql")
    digest = hashlib.sha256(sql.joinpath("macros.sql").read_bytes())
    for layer in (*LAYERS, "seeds"):
        for file in sorted(sql.joinpath(layer).iterdir(), key=lambda file: file.name):
            if not file.name.endswith(".checks.sql"):
                code = file.read_text("utf-8")
                digest.update("\n".join(line for line in code.splitlines() if not line.startswith("--")).encode())
    return digest.hexdigest()[:16]

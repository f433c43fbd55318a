"""Progress of a run as people watch it: one live line a source in a terminal; elsewhere each step stays a line."""

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

log = logging.getLogger("mentions")

_about: ContextVar[str] = ContextVar("about", default="")
"""What the present context works on, threads that were given it included: a source, or 'publish'."""


@contextmanager
def about(name: str) -> Iterator[None]:
    """Have what is logged in the block stand in the line of that name; at its end the line stays as it is."""
    token = _about.set(name)
    try:
        yield
    finally:
        _about.reset(token)
        for lines in _live():
            lines.end(name)


def step(said: str) -> None:
    """Show a step that is worth no line elsewhere."""
    for lines in _live():
        lines.show(_about.get(), said)


def _live() -> "list[LiveLines]":
    return [handler for handler in log.handlers if isinstance(handler, LiveLines)]


@dataclass
class _Line:
    """What is known of a name: its last step, and how long it has taken."""

    step: str = ""
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    def seconds(self) -> float:
        return (time.monotonic() if self.ended is None else self.ended) - self.began


class LiveLines(logging.Handler):
    """Shows the last step of each name in a line of its own, and warnings above, where they stay."""

    def __init__(self, console: Console) -> None:
        """Take the terminal."""
        super().__init__(logging.INFO)
        self._console = console
        self._lines: dict[str, _Line] = {}
        self._guard = threading.Lock()
        self._spinner = Spinner("dots")

    def emit(self, record: logging.LogRecord) -> None:
        """Show what is logged."""
        name, said = _about.get(), record.getMessage()
        if record.levelno >= logging.WARNING or not name:
            self._console.print(Text(said))
        else:
            self.show(name, said)

    def show(self, name: str, said: str) -> None:
        """Put a step into the line of a name."""
        with self._guard:
            line = self._lines.setdefault(name, _Line())
            line.step, line.ended = said.removeprefix(f"{name}: "), None

    def end(self, name: str) -> None:
        """Note that nothing more will come of a name."""
        with self._guard:
            if name in self._lines:
                self._lines[name].ended = time.monotonic()

    def __rich__(self) -> RenderableType:
        """Lay the lines out; each stays one, however long its step is."""
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        table.add_column(no_wrap=True, justify="right")
        with self._guard:
            for name, line in self._lines.items():
                mark = self._spinner if line.ended is None else Text("✓", "green")
                table.add_row(mark, Text(name, "bold"), Text(line.step), Text(f"{line.seconds:.0f} s", "dim"))
        return table


@contextmanager
def shown() -> Iterator[None]:
    """Show what is logged in the block as live lines, where standard error is a terminal that can."""
    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal:
        yield
        return
    lines = LiveLines(console)
    before, log.propagate = log.propagate, False
    log.addHandler(lines)
    try:
        with Live(lines, console=console, refresh_per_second=5):
            console.show_cursor()  # a run that is killed shall not leave a terminal without one
            yield
    finally:
        log.removeHandler(lines)
        log.propagate = before
        sys.stderr.flush()

"""The command line `mentions`: its commands, the process that a flow runs in, and what people see."""

from flows.cli.commands import main

__all__ = ["main"]

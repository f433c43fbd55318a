"""`mentions demo`: the whole job, offline, on a small practice web of invented papers and job ads."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from flows.cli import tables
from flows.cli.process import prepared, run_flow, server_starting
from tasks.settings import settings

INVENTED = "Invented practice papers and job ads, not real figures"


def run() -> int:
    """Set the practice web, collect and publish it, show what came of it; gives the exit status."""
    from tasks.practice import jobs, web
    from tasks.report.data import NOTICE

    folder = settings().local_dir / "demo"
    venues, since, until = web.covered()
    with prepared():
        click.echo(f"Setting a practice web of invented papers under {folder / 'web'} ...", err=True)
        with server_starting():
            web.build(folder / "web")
        (folder / NOTICE).write_text(INVENTED + "\n", encoding="utf-8")
        with (
            web.serve(folder / "web") as mirror,
            environment(
                MENTIONS_DATA_DIR=str(folder),
                MENTIONS_MIRROR=mirror,
                MENTIONS_OFFICIAL_COUNTS=str(folder / "web" / web.OFFICIAL_COUNTS),
                MENTIONS_ARXIV_FULL_TEXT=web.FULL_TEXT,
                MENTIONS_EMPLOYERS=str(folder / "web" / web.EMPLOYERS),
            ),
        ):
            status = run_flow("backfill", venues=[*venues, *jobs.VENUES], since=str(since), until=str(until))
    show(folder)
    return status


def show(folder: Path) -> None:
    """Print the trend and say where everything is."""
    from tasks import warehouse

    published = folder / settings().published_path.name
    click.echo("\nShare of readable papers that name each framework (invented practice papers, not real figures):\n")
    click.echo(tables.trend(warehouse.query(published, tables.TREND)))
    click.echo("\nShare of technical job ads, each posting counted once (invented, too):\n")
    click.echo(tables.trend(warehouse.query(published, tables.JOB_TREND)))
    click.echo(f"\nDuckDB file  {published}\nReport       {folder / 'report' / 'index.html'}")
    ours = "mentions" if shutil.which("mentions") else sys.argv[0]
    click.echo(f"\nSee it:      MENTIONS_DATA_DIR={folder} {ours} report --open")
    click.echo(f'Ask it:      MENTIONS_DATA_DIR={folder} {ours} query "from crossovers"')


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Set environment variables for a while; settings are read anew on both ends."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        settings.cache_clear()

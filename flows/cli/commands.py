"""The command line `mentions`: what people and cron call. Every command that collects or publishes runs its flow."""

import logging
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import ValidationError

from flows.cli.process import (
    DEGRADED,
    NOTHING_DONE,
    did_you_mean,
    give_up,
    open_lake,
    quiet_prefect,
    run,
    turns_over_machines,
    wants_folder,
)
from flows.cli.signals import MARK
from tasks.records import JobAd, Paper, Period, SiteError
from tasks.settings import misspelt, settings

if TYPE_CHECKING:
    from tasks.records import Kind


class PeriodType(click.ParamType[Period]):
    """YYYY or YYYY-MM."""

    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        """Read the period; a wrong one is bad usage."""
        if isinstance(value, Period):
            return value
        try:
            return Period.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


PERIOD = PeriodType()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="framework-mentions")
def main() -> None:
    """Which machine-learning framework is used where, since when, and how do we know?

    Settings come from MENTIONS_* environment variables (MENTIONS_DATA_DIR, default ./data).

    Exit status: 0 all done; 1 nothing useful could be done; 2 bad usage; 3 done, but degraded: some source failed, the
    rest is published.
    """
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr, level=logging.WARNING)
    logging.getLogger("mentions").setLevel(logging.INFO)
    for line in misspelt(os.environ.keys() - {MARK}):
        click.echo(line, err=True)
    try:
        settings()
        quiet_prefect()
    except ValidationError as error:
        named = [(f"MENTIONS_{'_'.join(map(str, e['loc'])).upper()}: ", e["msg"]) for e in error.errors()]
        lines = [name + problem.removeprefix("Value error, ").removeprefix(name) for name, problem in named]
        raise click.UsageError("\n".join(lines)) from error


def only_one(_context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]) -> str | None:
    """Refuse a second source, where click would take the last without a word, and one that does not exist."""
    if len(names) > 1:
        raise click.UsageError("--source can be given once; without it all sources are meant")
    for name in names:
        check_source(name)
    return names[0] if names else None


source_option = click.option(
    "--source", multiple=True, callback=only_one, help="Only this source (see `mentions sources`)."
)


@main.command("demo")
def run_demo() -> None:
    """Run the whole job offline, in about a minute, on a small practice web of invented papers and job ads."""
    from flows.cli import demo

    sys.exit(demo.run())


@main.command()
@source_option
def nightly(source: str | None) -> None:
    """Collect what is new everywhere, then publish."""
    sys.exit(run("nightly", source=source))


@main.command()
@click.option("--venue", "venues", required=True, multiple=True, help="A venue such as CVPR, or 'all'; repeatable.")
@click.option("--since", required=True, type=PERIOD, help="First year or month, YYYY or YYYY-MM.")
@click.option("--until", required=True, type=PERIOD, help="Last year or month, included.")
@source_option
@click.option("--full-text", is_flag=True, help="Read the PDFs of arXiv's papers too, of these venues and months.")
def backfill(venues: tuple[str, ...], since: Period, until: Period, source: str | None, full_text: bool) -> None:
    """Collect past years of venues, then publish. Can be run again at any time and goes on where it stopped."""
    from tasks.sources.catalogue import canonical

    if until < since:
        raise click.UsageError(f"--until {until} is before --since {since}")
    period = {"since": str(since), "until": str(until)}
    names = [canonical(venue) for venue in venues]
    sys.exit(run("backfill", venues=names, **period, source=source, full_text=full_text))


@main.command()
def publish() -> None:
    """Make mentions, tables, DuckDB file and report again from the stored texts; no network."""
    sys.exit(run("publish"))


@main.command("query")
@click.argument("sql")
@click.option(
    "--format", "output", type=click.Choice(["table", "csv", "json"]), default="table", help="How rows are written."
)
def query(sql: str, output: str) -> None:
    """Answer one SELECT from the published file, read-only: mentions query "from coverage"."""
    from flows.cli import tables

    text = tables.formatted(ask(sql), output)
    click.echo(text, nl=bool(text))  # no rows are no JSON lines, not an empty one


@main.command("list")
@click.option("--venue", help="A venue such as CVPR, or a source of job ads.")
@click.option("--year", type=int, help="The edition's year.")
@click.option("--month", type=PERIOD, help="The month, YYYY-MM, for arXiv and job ads.")
@click.option("--announced", type=click.Choice(["new", "recent"]), help="What arXiv announced last, or these days.")
@source_option
def list_papers(
    venue: str | None, year: int | None, month: Period | None, announced: str | None, source: str | None
) -> None:
    """Print what a source lists as JSON lines; stores nothing."""
    import json

    from tasks.collecting import listing
    from tasks.sources.catalogue import canonical

    venue = canonical(venue or source or "")
    if not venue:
        raise click.UsageError("give --venue, or --source for job ads")

    is_of_jobs = listing.is_of_jobs(venue, source)
    given = 3 - [year, month, announced].count(None)
    if given > 1 or not (given or is_of_jobs):
        raise click.UsageError("give one of --year YYYY, --month YYYY-MM and --announced")

    period, turns = month or Period(year or 0), turns_over_machines()
    try:
        records: Iterable[Paper | JobAd]
        if announced:
            records = listing.announced(settings(), venue, announced, turns)
        elif is_of_jobs:
            records = listing.listed_ads(settings(), venue, period if given else None, source, turns)
        else:
            records = listing.listed(settings(), venue, period, source, turns)
        for record in records:
            click.echo(json.dumps(asdict(record), default=str, ensure_ascii=False))
    except SiteError as error:
        give_up(f"{error}{did_you_mean(venue)}")
    except OSError as error:  # pages are kept even where nothing else is stored
        give_up(f"{error}; {wants_folder()}")


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(["paper", "preprint", "job_ad"]), default="paper", help="What the files are.")
@click.option("--year", type=int, help="Year of the files, for names whose meaning changed (Torch, Keras).")
def scan(files: tuple[Path, ...], kind: "Kind", year: int | None) -> None:
    """Print what the detector finds in text, HTML or PDF files as JSON lines; stores nothing."""
    import json

    from tasks.derived import UnreadableFile, scan_files

    problems = []
    for found in scan_files(files, settings(), kind, year):
        if isinstance(found, UnreadableFile):
            problems.append(found)
            click.echo(f"Error: {found}", err=True)
        else:
            for hit in found:
                click.echo(json.dumps(hit, ensure_ascii=False))
    sys.exit(0 if not problems else NOTHING_DONE if len(problems) == len(files) else DEGRADED)


@main.command("sources")
def list_sources() -> None:
    """Print the catalogue: what each source gives, since when, under which terms, and how many papers are expected.

    The years are those that are known without asking the sites; their index pages may name newer ones.
    """
    import inspect

    from flows.cli.tables import years
    from tasks.sources.catalogue import discover, known_editions

    for name, module in discover().items():
        click.echo(f"{click.style(name, bold=True)}\n{inspect.cleandoc(module.__doc__ or '')}\n")
        click.echo(f"Years (papers expected)\n{years(known_editions(name))}\n")


@main.command()
def status() -> None:
    """Print coverage and freshness of what is stored, and what failed last."""
    from flows.cli import tables
    from tasks.collecting import history
    from tasks.lake import LakeError

    lake = open_lake()
    try:
        failing = history.failing(lake)
    except (LakeError, OSError) as error:
        give_up(f"{lake.storage.address(lake.root)} cannot be read: {error}")
    for line in history.warnings(failing):
        click.echo(line, err=True)
    click.echo(tables.formatted(ask(tables.STATUS), "table"))


@main.command("report")
@click.option("--open", "opened", is_flag=True, help="Show it in the browser.")
@click.option("--images", is_flag=True, help="Write each chart as SVG and PNG, too, for articles.")
def write_report(opened: bool, images: bool) -> None:
    """Write the report on the published file again: one folder that works from disk, offline."""
    from tasks import report
    from tasks.warehouse import WarehouseError

    folder = settings().local_dir / "report"
    try:
        page = report.write(settings().published_path, folder)
        pictures = report.write_pictures(settings().published_path, folder / "pictures") if images else []
    except WarehouseError as error:
        give_up(str(error))
    for path in (page, *pictures):
        click.echo(path)
    if opened:
        click.launch(str(page.absolute()))


def ask(sql: str) -> Any:
    """Query the published file; what DuckDB says against the query goes to the user."""
    from tasks import warehouse
    from tasks.warehouse import WarehouseError

    try:
        return warehouse.query(settings().published_path, sql)
    except warehouse.QueryRefused as error:
        raise click.UsageError(str(error)) from error
    except WarehouseError as error:
        give_up(str(error))


def check_source(name: str) -> None:
    """Refuse a source that does not exist, and say which do."""
    from tasks.sources.catalogue import discover

    if name not in discover():
        raise click.UsageError(f"there is no source {name!r}; there are: {', '.join(discover())}")

"""Make everything right of the stored texts again: mentions, models, the DuckDB file, the report. No network."""

import datetime as dt
import logging
from functools import partial

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.assets import Asset, materialize
from prefect.cache_policies import NO_CACHE

from flows.execution import progress
from flows.execution.batches import whole
from flows.execution.endings import NOTIFYING
from tasks import releases, report, warehouse
from tasks.derived import mentions, postings, scores, seeds
from tasks.detection import Scanner, lexicon
from tasks.lake import Lake, alone
from tasks.settings import settings

log = logging.getLogger("mentions")

ASSETS = tuple(Asset(key=f"duckdb://mentions/{name}") for name in sorted(warehouse.published_names()))
"""The published tables, as Prefect's pages list them with the runs that made them."""

ARTIFACTS = {
    "coverage": """
        select
            source,
            count(*) as editions,
            count(*) filter (where complete) as complete,
            cast(sum(listed_count) as bigint) as listed,
            cast(sum(readable_count) as bigint) as readable,
            cast(sum(missing_count) as bigint) as missing
        from coverage group by source order by source""",
    "incomplete-editions": """
        select source, venue, year, strftime(month, '%Y-%m') as month, outcome, problem
        from coverage where not complete order by last_collected_at desc, source, venue, year, month limit 200""",
    "revisions": """
        select table_name, row_key, column_name, old, new, why
        from revisions where release = (select max_by(release, created_at) from releases) order by all limit 200""",
}
"""What each publication leaves for people to look at, and the query that says it; pages, not archives: 200 rows."""


@task(name="find mentions", cache_policy=NO_CACHE)
def find_mentions(scanner: Scanner) -> int:
    """Scan every edition whose texts or lexicon changed; returns how many documents were scanned."""
    lake = Lake(settings().data_dir)
    stale = mentions.stale_editions(lake, scanner.lexicon)
    count = mentions.scan_editions(lake, scanner, stale, settings().processes)
    log.info("mentions: %d documents of %d editions scanned", count, len(stale))
    return count


@task(name="merge postings", cache_policy=NO_CACHE)
def merge_postings() -> int:
    """Find which job ads are one posting; returns how many postings there are."""
    return postings.update(Lake(settings().data_dir))


@materialize(*ASSETS, name="build tables", cache_policy=NO_CACHE)
def build_tables(scanner: Scanner) -> warehouse.Publication:
    """Run the models and their checks and put the new file in the old one's place."""
    detector, kept = mentions.detector_version(), settings().local_dir / "scores.json"
    measured = scores.measure_once(scanner, [settings().gold], detector, kept)
    tables = seeds.lexicon_tables(scanner.lexicon) | seeds.score_table(measured)
    versions = releases.Versions(scanner.lexicon.version, detector, warehouse.models_version())
    publication = warehouse.publish(
        Lake(settings().data_dir),
        tables,
        settings().published_path,
        papers_with_code=settings().papers_with_code,
        keep=partial(
            releases.keep,
            folder=settings().local_dir / "releases",
            versions=versions,
            now=dt.datetime.now(dt.UTC),
            kept=settings().releases_kept,
        ),
    )
    for warning in publication.warnings:
        log.warning("%s", warning)
    if not publication.row_counts["documents"]:
        log.warning("nothing is stored below %s yet, so every table is empty; collect first", settings().data_dir)
    for asset in ASSETS:
        asset.add_metadata({"rows": publication.row_counts[asset.key.rpartition("/")[2]]})
    return publication


@flow(name="publish", flow_run_name="publish", **NOTIFYING)
def publish() -> warehouse.Publication:
    """Bring the published DuckDB file and the report up to the stored texts; raises CheckFailed, changing nothing."""
    with progress.about("publish"):
        with alone(settings(), "publish"):
            scanner = Scanner(lexicon.load())
            progress.step("finding mentions in new texts")
            find_mentions(whole(scanner))
            progress.step("building tables")
            merge_postings()
            publication = build_tables(whole(scanner))
            progress.step("writing the report")
            report.write(settings().published_path, settings().local_dir / "report")
        leave_artifacts(publication)
        counts = publication.row_counts
        progress.step(f"{counts['documents']:,} documents, {counts['mentions']:,} mentions")
    return publication


def leave_artifacts(publication: warehouse.Publication) -> None:
    """Show on Prefect's pages what was published, how complete it is and what it revised."""
    rows = [{"table": name, "rows": count} for name, count in publication.row_counts.items()]
    create_table_artifact(key="published-tables", table=rows, description="\n".join(publication.warnings))
    for key, sql in ARTIFACTS.items():
        create_table_artifact(key=key, table=warehouse.query(publication.path, sql).to_pylist())

"""Make everything right of the stored texts again: mentions, models, the DuckDB file, the report. No network."""

import datetime as dt
import logging
from functools import partial

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.watching import NOTIFYING
from tasks import detect, evaluation, lexicon, models, postings, releases, report, warehouse
from tasks.exclusive import alone
from tasks.lake import Lake
from tasks.scan import Scanner
from tasks.settings import settings

log = logging.getLogger("mentions")


@task(name="find mentions", cache_policy=NO_CACHE)
def find_mentions() -> int:
    """Scan every edition whose texts or lexicon changed; returns how many documents were scanned."""
    lake, scanner = Lake(settings().data_dir), Scanner(lexicon.load())
    stale = detect.stale_editions(lake, scanner.lexicon)
    count = sum(detect.scan_edition(lake, scanner, edition) for edition in stale)
    log.info("mentions: %d documents of %d editions scanned", count, len(stale))
    return count


@task(name="merge postings", cache_policy=NO_CACHE)
def merge_postings() -> int:
    """Find which job ads are one posting; returns how many postings there are."""
    return postings.update(Lake(settings().data_dir))


@task(name="build tables", cache_policy=NO_CACHE)
def build_tables() -> warehouse.Publication:
    """Run the models and their checks and put the new file in the old one's place."""
    scanner = Scanner(lexicon.load())
    tables = detect.lexicon_tables(scanner.lexicon) | detect.score_table(evaluation.measure(scanner, [settings().gold]))
    versions = releases.Versions(scanner.lexicon.version, detect.detector_version(), models.models_version())
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
    return publication


@flow(name="publish", flow_run_name="publish", **NOTIFYING)
def publish() -> warehouse.Publication:
    """Bring the published DuckDB file and the report up to the stored texts; raises CheckFailed, changing nothing."""
    with alone(settings(), "publish"):
        find_mentions()
        merge_postings()
        publication = build_tables()
        report.write(settings().published_path, settings().local_dir / "report")
    rows = [{"table": name, "rows": count} for name, count in publication.row_counts.items()]
    create_table_artifact(key="published-tables", table=rows, description="\n".join(publication.warnings))
    return publication

"""A whole run on a tiny practice web without Prefect: quick enough to be killed at every step.

`python -m tests.plain sweep DATA_DIR ...` kills runs at their write points; see `sweep`.
"""

import datetime as dt
import functools
import json
import os
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from tasks import releases, report, warehouse
from tasks.collecting.ad_months import collect_month, months
from tasks.collecting.boards import job_bench, take_snapshot
from tasks.collecting.editions import find_editions, finish, visit
from tasks.collecting.oai_harvest import harvest
from tasks.collecting.papers import read_batch
from tasks.collecting.preprints import unread, with_pdfs
from tasks.collecting.tools import workbench
from tasks.derived import mentions, postings, seeds
from tasks.detection import evaluation, lexicon
from tasks.detection.scanner import Scanner
from tasks.lake.lake import Lake
from tasks.lake.lock import alone
from tasks.records import Period, SiteError
from tasks.settings import Settings
from tasks.sources.catalogue import discover

__all__ = ["Period", "Settings", "SiteError", "discover", "find_editions", "read_batch", "run", "visit", "workbench"]

SOURCE, YEAR, PAPERS = "pmlr", Period(2019), 4
VOLUME = "/proceedings.mlr.press/v106/"


def tiny_web(practice_web: Path, root: Path) -> Path:
    """Copy one volume of the practice web, its listing cut to four papers; give the folder."""
    site = root / "proceedings.mlr.press"
    site.mkdir(parents=True)
    shutil.copytree(practice_web / "proceedings.mlr.press" / "v106", site / "v106")
    index = (practice_web / "proceedings.mlr.press" / "index.html").read_text()
    (site / "index.html").write_text(index)
    listing = site / "v106" / "index.html"
    head, *entries = listing.read_text().split('<div class="paper">')
    listing.write_text('<div class="paper">'.join([head, *entries[: PAPERS - 1], entries[-1]]))
    (root / "counts.csv").write_text(f"venue,year,track,paper_count,catalogue\nMLHC,2019,main,{PAPERS},practice\n")
    return root


def tiny_world(practice_web: Path, root: Path) -> Path:
    """Make the tiny web one with all kinds of sources: arXiv and the job boards too; give the folder."""
    for host in ("arxiv.org", "oaipmh.arxiv.org", "boards-api.greenhouse.io", "hn.algolia.com"):
        shutil.copytree(practice_web / host, root / host)
    shutil.copy(practice_web / "employers.csv", root)
    return tiny_web(practice_web, root)


def papers(web_root: Path) -> list[Path]:
    """Give the PDFs that the tiny listing names, in its order."""
    listing = (web_root / VOLUME.strip("/") / "index.html").read_text()
    found = [path for path in sorted((web_root / VOLUME.strip("/")).rglob("*.pdf")) if path.name in listing]
    assert len(found) == PAPERS
    return found


def run(settings: Settings, *more: Callable[[Settings], list[str]]) -> list[str]:
    """Collect the volume, and more, and publish, as a nightly does; give the outcomes."""
    with alone(settings, "plain"):
        outcomes = [outcome for kind in (collect, *more) for outcome in kind(settings)]
        publish(settings)
    return outcomes


def collect(settings: Settings, year: Period = YEAR) -> list[str]:
    source = discover()[SOURCE]
    with workbench(settings) as bench:
        editions = find_editions(bench, SOURCE, source, year, year, frozenset(["MLHC"]))
        visits = [visit(bench, source, edition) for edition in editions]
        for visited in visits:
            read_batch(bench, visited.edition, visited.unread)
        return [finish(bench, visited).outcome for visited in visits]


def collect_preprints(settings: Settings) -> list[str]:
    """Harvest all records, and read the full texts of two categories in one month."""
    with workbench(settings) as plain_bench:
        bench = with_pdfs(plain_bench)
        harvested = harvest(bench.crawler, bench.lake, bench.settings)
        visits = unread(bench, Period(2019, 7), Period(2019, 7), ["cs.LG", "cs.CV"])
        for visited in visits:
            read_batch(bench, visited.edition, visited.unread)
        return [harvested.outcome, *(finish(bench, visited).outcome for visited in visits)]


def collect_ads(settings: Settings) -> list[str]:
    """Take tonight's snapshot of one source, and a past month of another."""
    month = Period(2019, 2)
    with job_bench(settings) as bench:
        tonight = take_snapshot(bench, "greenhouse", discover()["greenhouse"])
        series = discover()["hacker_news"]
        past = [
            collect_month(bench, "hacker_news", series, edition)
            for edition in months(bench, "hacker_news", series, month, month)
        ]
        return [tonight.outcome, *(result.outcome for result in past)]


@functools.cache
def made_ready() -> tuple[Scanner, dict[str, pa.Table]]:
    """Give what every publication starts from, the same for all of them."""
    scanner = Scanner(lexicon.load())
    return scanner, seeds.lexicon_tables(scanner.lexicon) | seeds.score_table(evaluation.measure(scanner))


def publish(settings: Settings) -> None:
    lake, (scanner, seeds) = Lake(settings.data_dir), made_ready()
    for edition in mentions.stale_editions(lake, scanner.lexicon):
        mentions.scan_edition(lake, scanner, edition)
    postings.update(lake)
    versions = releases.Versions(scanner.lexicon.version, mentions.detector_version(), warehouse.models_version())
    now = dt.datetime.now(dt.UTC)
    keep = partial(releases.keep, folder=settings.local_dir / "releases", versions=versions, now=now)
    warehouse.publish(lake, seeds, settings.published_path, keep=keep)
    report.write(settings.published_path, settings.local_dir / "report")


def rows(data_dir: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(data_dir / "mentions.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def tables(published: Path) -> dict[str, list[str]]:
    """Give every row of every published table but its times, sorted: what two runs have to agree on.

    Without the history of what was published when, which is each folder's own.
    """
    with duckdb.connect(str(published), read_only=True) as connection:
        found = {}
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() "
            "where schema_name = 'main' and table_name not in ('releases', 'revisions') order by 1"
        ).fetchall():
            columns = connection.execute(f"describe {name}").fetchall()
            kept = ", ".join(f'"{column}"' for column, kind, *_ in columns if "TIMESTAMP" not in kind)
            found[name] = sorted(map(str, connection.execute(f"select {kept} from {name}").fetchall()))
        return found


# ------------------------------------------------------------------------------------------------ kill -9, at each step

WATCHED = ("replace", "rename", "fsync", "unlink", "rmdir", "mkdir", "truncate")
"""Functions of `os` by which everything stored appears, is settled or goes; all of ours end in one of them."""


def die_at(place: int | None) -> list[str]:
    """Have this process killed before its `place`-th call of a watched function; gives the list that notes them."""
    calls: list[str] = []
    lock = threading.Lock()

    def watched(name, original):
        def call(*arguments, **options):
            with lock:
                calls.append(f"{name} {arguments[0] if arguments else ''}")
                if len(calls) == place:
                    os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **options)

        return call

    for name in WATCHED:
        setattr(os, name, watched(name, getattr(os, name)))
    return calls


def forked(work) -> int:
    """Run `work` in a fork of this process, which has all modules imported; give its exit status, -9 where killed."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def everything(settings: Settings) -> list[str]:
    return run(settings, collect_preprints, collect_ads)


def sweep(root: Path, step: int) -> Iterator[dict]:
    """Kill a run before every `step`-th write point, run it again, and say what each left and came to."""
    settings = Settings(data_dir=root / "whole")
    noted = root / "calls.json"
    root.mkdir(parents=True, exist_ok=True)
    made_ready()  # for all forks

    def undisturbed():
        calls = die_at(None)
        assert set(everything(settings)) == {"complete"}
        noted.write_text(json.dumps(calls))

    assert forked(undisturbed) == 0
    calls = json.loads(noted.read_text())
    wanted = tables(settings.published_path)
    for place in range((step + 1) // 2, len(calls) + 1, step):
        again = Settings(data_dir=root / f"at{place}")
        killed = forked(lambda place=place, again=again: (die_at(place), everything(again)))
        rerun = forked(lambda again=again: everything(again))
        same = rerun == 0 and tables(again.published_path) == wanted
        left = [str(path) for path in again.data_dir.rglob(".*") if "raw" not in path.parts]
        yield {"place": place, "call": calls[place - 1], "killed": killed, "same": same, "left": left}
        shutil.rmtree(again.data_dir)


if __name__ == "__main__":
    for found in sweep(Path(sys.argv[1]), int(sys.argv[2])):
        print(json.dumps(found), flush=True)

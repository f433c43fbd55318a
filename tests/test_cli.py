"""The command line from outside: the demo, bad usage, a run that is killed."""

import json
import signal
import subprocess
from threading import Event

import duckdb
import pytest

from tests.commands import MENTIONS, environment, run
from tests.servers import serving


def test_the_demo_shows_the_trend_and_says_where_everything_is(demo):
    folder, done = demo
    papers, _, jobs = done.stdout.partition("job ads")
    years = {told: [line[:4] for line in told.splitlines() if line[:2] == "20"] for told in (papers, jobs)}
    assert years[papers] == [str(year) for year in range(2016, 2025)]
    assert years[jobs] == [str(year) for year in range(2018, 2025)]
    assert str(folder / "mentions.duckdb") in done.stdout
    assert (folder / "report" / "index.html").is_file()
    assert str(folder / "report" / "index.html") in done.stdout


def test_the_demo_prints_no_noise(demo):
    _, done = demo
    unexpected = ("Traceback", "WARNING", "prefect.io", "database is locked", "telemetry", "nanobind", "leaked")
    assert [word for word in unexpected if word in done.stderr + done.stdout] == []
    assert "embedded server" in done.stderr, "the wait for it is announced"


def test_the_demo_finds_what_was_planted(demo):
    folder, _ = demo
    with duckdb.connect(str(folder / "mentions.duckdb"), read_only=True) as connection:
        statuses = dict(
            connection.execute("select text_status, count(*) from documents where kind = 'paper' group by 1").fetchall()
        )
        first, last = connection.execute(
            "select min_by(leader, year), max_by(leader, year) from (select year, "
            "case when sum(a_only_count) > sum(b_only_count) then 'pytorch' else 'tensorflow' end as leader "
            "from head_to_head where framework_a = 'pytorch' and framework_b = 'tensorflow' group by year)"
        ).fetchone()
        ads = dict(connection.execute("select venue, sum(ad_count) from job_ad_counts group by 1").fetchall())
        (shared,) = connection.execute("select count(*) from postings where document_count > 1").fetchone()
        (contacts,) = connection.execute("select count(*) from mentions where evidence like '%@%'").fetchone()
    assert ads == {"all": 174, "greenhouse": 6, "hacker_news": 168}
    assert (shared, contacts) == (2, 0), "the job on two boards and the one that comes back, and no address"
    assert statuses == {"read": 377, "missing": 1, "unreadable": 2}
    assert (first, last) == ("tensorflow", "pytorch")


@pytest.mark.parametrize("output", ["table", "csv", "json"])
def test_query_writes_what_people_and_programs_read(demo, output):
    folder, _ = demo
    sql = "select 'ICML' as venue, 2019 as year, 0.5::double as share, null as nothing"
    done = run("query", sql, "--format", output, env=environment(folder))
    assert done.returncode == 0
    if output == "json":
        assert json.loads(done.stdout) == {"venue": "ICML", "year": 2019, "share": 0.5, "nothing": None}
    elif output == "csv":
        assert done.stdout == "venue,year,share,nothing\nICML,2019,0.5,\n"
    else:
        assert done.stdout.splitlines()[2].split() == ["ICML", "2019", "0.500"]


def test_status_and_sources_answer(demo):
    folder, _ = demo
    status = run("status", env=environment(folder))
    assert status.stdout.count("\npmlr") == 35
    sources = run("sources", env=environment(folder))
    assert "Permits" in sources.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "advice"),
    [
        (["query", "select 1"], 1, "mentions publish"),
        (["backfill", "--venue", "ICML", "--since", "19", "--until", "2019"], 2, "YYYY or YYYY-MM"),
        (["backfill", "--venue", "ICML", "--since", "2019", "--until", "2018"], 2, "before"),
        (["backfill", "--venue", "ICML", "--since", "2019", "--until", "2019", "--source", "x"], 2, "pmlr"),
        (["list", "--venue", "ICML"], 2, "--year"),
        (["nightly", "--source", "nonsense"], 2, "pmlr"),
        (["frobnicate"], 2, "No such command"),
    ],
)
def test_bad_usage_says_what_to_do(tmp_path, arguments, status, advice):
    done = run(*arguments, env=environment(tmp_path))
    assert done.returncode == status
    assert advice in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named(tmp_path):
    done = run("status", env=environment(tmp_path, batch_size="many"))
    assert done.returncode == 2
    assert "MENTIONS_BATCH_SIZE" in done.stderr


def test_a_query_that_writes_is_refused(demo):
    folder, _ = demo
    done = run("query", "drop table documents", env=environment(folder))
    assert done.returncode == 2
    assert run("query", "select count(*) from documents", env=environment(folder)).returncode == 0


def test_a_killed_run_goes_on_and_asks_for_no_paper_twice(practice_web, tmp_path):
    """kill -9 while the seventh paper is on its way; then the same command again."""
    arguments = ["backfill", "--venue", "MLHC", "--since", "2020", "--until", "2020"]
    with serving(practice_web) as web:
        settings = {"mirror": web.address, "batch_size": 2, "downloads": 1}  # a part is never larger than a batch
        env = environment(tmp_path, official_counts=practice_web / "official_counts.csv", **settings)
        arrived, gone = Event(), Event()
        stuck = sorted((practice_web / "proceedings.mlr.press" / "v126").rglob("*.pdf"))[6]
        path = "/" + str(stuck.relative_to(practice_web))

        def hang(_handler):
            arrived.set()
            gone.wait(60)

        web.answers[path] = hang
        with subprocess.Popen([MENTIONS, *arguments], env=env, stderr=subprocess.DEVNULL) as killed:
            assert arrived.wait(120)
            killed.send_signal(signal.SIGKILL)
        gone.set()
        before = set(web.asked(".pdf")) - {path}
        kept = {part.name for part in (tmp_path / "parts").rglob("*.parquet")}
        assert kept, "parts of the killed run are there"
        assert not list((tmp_path / "lake").rglob("texts/**/*.parquet")), "no half edition is visible"

        web.answers.clear()
        web.requests.clear()
        done = run(*arguments, env=env)
        assert done.returncode == 0, done.stderr
        again = set(web.asked(".pdf")) & before
        assert len(again) < 2 * 2, "papers of parts that were written are not asked for again"
        with duckdb.connect(str(tmp_path / "mentions.duckdb"), read_only=True) as connection:
            counts = connection.execute("select count(*), count(distinct document_id) from documents").fetchone()
            read = connection.execute("select count(*) from documents where text_status = 'read'").fetchone()
    assert counts == (11, 11)
    assert read == (11,)
    assert not list((tmp_path / "parts").rglob("*.parquet"))

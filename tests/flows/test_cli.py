"""The command line from outside: the demo, bad usage, a run that is killed."""

import json
import signal
import subprocess
from threading import Event

import duckdb
import pytest

from tasks.settings import Settings
from tests import ROOT
from tests.commands import MENTIONS, environment, invoke, run
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
            connection.execute(
                "select text_status, count(*) from documents where kind <> 'job_ad' group by 1"
            ).fetchall()
        )
        months = connection.execute(
            "select text_scope, venue, count(distinct month) from framework_mentions_by_month "
            "where kind = 'preprint' group by 1, 2 order by 1, 2"
        ).fetchall()
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
    assert statuses == {"read": 377 + 48, "missing": 1, "unreadable": 2, "not_fetched": 60}
    assert months == [
        ("abstract", "cs.CV", 6),
        ("abstract", "cs.LG", 6),
        ("abstract", "stat.ML", 6),
        ("full_text", "cs.LG", 6),
    ]
    assert (first, last) == ("tensorflow", "pytorch")


@pytest.mark.parametrize("output", ["table", "csv", "json"])
def test_query_writes_what_people_and_programs_read(demo, output):
    folder, _ = demo
    sql = "select 'ICML' as venue, 2019 as year, 0.5::double as share, null as nothing"
    done = invoke("query", sql, "--format", output, env=environment(folder))
    assert done.returncode == 0
    if output == "json":
        assert json.loads(done.stdout) == {"venue": "ICML", "year": 2019, "share": 0.5, "nothing": None}
    elif output == "csv":
        assert done.stdout == "venue,year,share,nothing\nICML,2019,0.5,\n"
    else:
        assert done.stdout.splitlines()[2].split() == ["ICML", "2019", "0.500"]


@pytest.mark.parametrize(("output", "expected"), [("csv", "a,a_1\n1,2\n"), ("json", '{"a": 1, "a_1": 2}\n')])
def test_columns_of_one_name_are_told_apart(demo, output, expected):
    assert invoke("query", "select 1 as a, 2 as a", "--format", output, env=environment(demo[0])).stdout == expected


@pytest.mark.parametrize(("output", "expected"), [("csv", "a\n"), ("json", ""), ("table", "a\n─\n")])
def test_no_rows_are_no_lines(demo, output, expected):
    done = invoke("query", "select 1 as a where false", "--format", output, env=environment(demo[0]))
    assert (done.stdout, done.returncode) == (expected, 0)


def test_of_several_statements_none_is_answered(demo):
    done = invoke("query", "select 1 as a; select 2 as a", env=environment(demo[0]))
    assert (done.stdout, done.returncode) == ("", 2)
    assert "one at a time" in done.stderr


def test_status_and_sources_answer(demo):
    folder, _ = demo
    status = invoke("status", env=environment(folder))
    assert status.stdout.count("\npmlr") == 35
    sources = invoke("sources", env=environment(folder))
    assert "Permits" in sources.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "advice"),
    [
        (["query", "select 1"], 1, "mentions publish"),
        (["backfill", "--venue", "ICML", "--since", "19", "--until", "2019"], 2, "YYYY or YYYY-MM"),
        (["backfill", "--venue", "ICML", "--since", "3019", "--until", "3020"], 2, "1900 to 2200"),
        (["backfill", "--venue", "ICML", "--since", "2019", "--until", "2018"], 2, "before"),
        (["backfill", "--venue", "ICML", "--since", "2019", "--until", "2019", "--source", "x"], 2, "pmlr"),
        (["list", "--venue", "ICML"], 2, "--year"),
        (["list", "--venue", "cs.LG", "--month", "1907"], 1, "YYYY-MM"),
        (["list", "--venue", "cs.LG", "--month", "201907"], 2, "YYYY-MM"),
        (["list", "--venue", "cs.LG", "--month", "2019-07", "--announced", "new"], 2, "one of"),
        (["list", "--venue", "MLHC", "--announced", "new"], 1, "no source"),
        (["nightly", "--source", "nonsense"], 2, "pmlr"),
        (["frobnicate"], 2, "No such command"),
    ],
)
def test_bad_usage_says_what_to_do(tmp_path, arguments, status, advice):
    done = invoke(*arguments, env=environment(tmp_path))
    assert done.returncode == status
    assert advice in done.stderr
    assert "Traceback" not in done.stderr


def test_what_arxiv_announced_can_be_listed(tmp_path):
    """The page of a month stands in for that of these days: both are laid out alike."""
    recorded = ROOT / "tests" / "sources/preprints/arxiv/arxiv.org/list/cs.LG/2019-07?skip=0&show=2000"
    folder = tmp_path / "web/arxiv.org/list/cs.LG"
    folder.mkdir(parents=True)
    (folder / "recent?skip=0&show=2000").write_bytes(recorded.read_bytes())
    with serving(tmp_path / "web") as web:
        done = invoke(
            "list", "--venue", "cs.LG", "--announced", "recent", env=environment(tmp_path / "data", mirror=web.address)
        )
    assert [json.loads(line)["venue"] for line in done.stdout.splitlines()] == ["cs.LG", "eess.IV", "cs.LG", "stat.ML"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch_size", "many"),
        ("mirror", "foo"),
        ("mirror", "http://127.0.0.1:99999"),
        ("contact", "é"),
        ("openreview_token", "é"),
        ("request_interval", "inf"),
        ("connect_timeout", "inf"),
        ("official_counts", "/nope"),
        ("official_counts", __file__),
        ("employers", __file__),
        ("dask_address", "bogus"),
        ("dask_address", "http://127.0.0.1:8786"),
        ("data_dir", "s3:/bucket/a"),
        ("data_dir", "http:x"),
        ("local_dir", "s3://bucket/a"),
    ],
)
@pytest.mark.parametrize("has_server", [False, True])
def test_a_wrong_setting_is_named(tmp_path, name, value, has_server):
    server = {"PREFECT_API_URL": "http://127.0.0.1:1/api"} if has_server else {}
    done = invoke("status", env=environment(tmp_path) | {f"MENTIONS_{name.upper()}": value} | server)
    assert done.returncode == 2
    assert done.stderr.count(f"MENTIONS_{name.upper()}") == 1
    assert name != "openreview_token" or value not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_misspelt_setting_is_told(tmp_path):
    done = invoke("sources", env=environment(tmp_path, datadir="/srv/mentions", frobnicate="1"))
    assert done.returncode == 0
    first, second = done.stderr.splitlines()
    assert first == "MENTIONS_DATADIR is no setting, and nothing heeds it; did you mean MENTIONS_DATA_DIR?"
    assert second == "MENTIONS_FROBNICATE is no setting, and nothing heeds it"


def test_a_folder_may_begin_with_the_users_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    found = Settings(data_dir="~/x")
    assert (found.data_dir, found.local_dir) == (tmp_path / "x", tmp_path / "x")


def test_the_folder_that_cannot_be_written_is_named_by_its_setting(practice_web, tmp_path):
    with serving(practice_web) as web:
        env = environment(tmp_path, mirror=web.address, local_dir="/proc/x")
        done = invoke("list", "--venue", "ICML", "--year", "2019", env=env)
    assert done.returncode == 1
    assert "MENTIONS_LOCAL_DIR" in done.stderr
    assert "MENTIONS_DATA_DIR" not in done.stderr


@pytest.mark.long
def test_a_prefect_server_that_does_not_answer_is_named(tmp_path):
    done = run("publish", env=environment(tmp_path) | {"PREFECT_API_URL": "http://127.0.0.1:1/api"})
    assert done.returncode == 1
    assert "no Prefect server answers at http://127.0.0.1:1/api" in done.stderr
    assert "PREFECT_API_URL" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.long
def test_a_scheduler_that_does_not_answer_is_named(own_server, tmp_path):
    env = environment(tmp_path, dask_address="tcp://127.0.0.1:1") | own_server
    done = run("backfill", "--venue", "ICML", "--since", "2019", "--until", "2019", env=env)
    assert done.returncode == 1
    assert "MENTIONS_DASK_ADDRESS: no scheduler answers at tcp://127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.long
def test_a_misspelt_venue_beside_a_known_one_is_told(own_server, practice_web, tmp_path):
    with serving(practice_web) as web:
        env = environment(tmp_path, mirror=web.address) | own_server
        command = ["backfill", "--venue", "MLHC", "--venue", "MLCH", "--since", "2020", "--until", "2020"]
        done = run(*command, "--source", "pmlr", env=env)
    assert "no source lists editions of MLCH; did you mean MLHC" in done.stderr


@pytest.mark.long
def test_a_backfill_that_finds_nothing_publishes_nothing(own_server, practice_web, tmp_path):
    with serving(practice_web) as web:
        command = ["backfill", "--venue", "IMCL", "--since", "2019", "--until", "2019", "--source", "pmlr"]
        done = run(*command, env=environment(tmp_path, mirror=web.address) | own_server)
    assert done.returncode == 1
    assert "no source lists such editions; did you mean ICML" in done.stderr
    assert not (tmp_path / "mentions.duckdb").exists()


def test_an_unknown_venue_is_advised(practice_web, tmp_path):
    with serving(practice_web) as web:
        done = invoke("list", "--venue", "IMCL", "--year", "2019", env=environment(tmp_path, mirror=web.address))
    assert done.returncode == 1
    assert "did you mean ICML" in done.stderr


def test_a_year_of_a_category_is_refused_before_it_is_sent(practice_web, tmp_path):
    with serving(practice_web) as web:
        done = invoke("list", "--venue", "cs.lg", "--year", "1907", env=environment(tmp_path, mirror=web.address))
        assert web.requests == []
    assert done.returncode == 1
    assert "write the month of cs.LG as YYYY-MM" in done.stderr
    assert "did you mean" not in done.stderr


def test_a_venue_is_known_however_it_is_written(practice_web, tmp_path):
    with serving(practice_web) as web:
        done = invoke("list", "--venue", "icml", "--year", "2019", env=environment(tmp_path, mirror=web.address))
    assert done.stdout.count("pmlr:v97/") == done.stdout.count("\n") == 11


def test_a_query_that_writes_is_refused(demo):
    folder, _ = demo
    done = invoke("query", "drop table documents", env=environment(folder))
    assert done.returncode == 2
    assert invoke("query", "select count(*) from documents", env=environment(folder)).returncode == 0


@pytest.mark.long
def test_a_killed_run_goes_on_and_asks_for_no_paper_twice(own_server, practice_web, tmp_path):
    """kill -9 while the seventh paper is on its way; then the same command again."""
    arguments = ["backfill", "--venue", "MLHC", "--since", "2020", "--until", "2020"]
    with serving(practice_web) as web:
        settings = {"mirror": web.address, "batch_size": 2, "downloads": 1}  # a part is never larger than a batch
        env = environment(tmp_path, official_counts=practice_web / "official_counts.csv", **settings) | own_server
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

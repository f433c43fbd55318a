"""Nights of job boards over real HTTP: what is stored, what is closed, and what a failing board costs."""

import datetime as dt
from contextlib import contextmanager

import pytest

from tasks import warehouse
from tasks.collecting.ad_months import collect_month, is_month_due, months
from tasks.collecting.boards import NIGHTS_TO_BELIEVE, job_bench, take_snapshot
from tasks.derived import mentions, postings, seeds
from tasks.detection import lexicon
from tasks.detection.scanner import Scanner
from tasks.lake.lake import Lake
from tasks.records import Edition, Period
from tasks.sources.jobs import greenhouse, hacker_news, lever, remotive, wayback
from tests import boards
from tests.servers import serving

FIRST = dt.date(2030, 3, 1)


@pytest.fixture
def web(tmp_path):
    (tmp_path / "web").mkdir()
    with serving(tmp_path / "web") as web:
        yield web


@pytest.fixture
def settings(configure, web, tmp_path):
    employers = tmp_path / "employers.csv"
    employers.write_text(boards.BOARDS)
    return configure(mirror=web.address, employers=employers, retries=0)


@pytest.fixture
def lake(settings):
    return Lake(settings.data_dir)


@pytest.fixture
def night(settings):
    """Give a function that takes one source's snapshot of a night, counted from 0."""

    def take(number: int, module=greenhouse):
        name = module.__name__.rpartition(".")[2]
        with job_bench(settings, FIRST + dt.timedelta(days=number)) as bench:
            return take_snapshot(bench, name, module)

    return take


@pytest.fixture
def ask(settings, lake):
    """Give a function that publishes what is stored and answers a query."""

    def query(sql: str) -> list[tuple]:
        scanner = Scanner(lexicon.load())
        for edition in mentions.stale_editions(lake, scanner.lexicon):
            mentions.scan_edition(lake, scanner, edition)
        postings.update(lake)
        warehouse.publish(lake, seeds.lexicon_tables(scanner.lexicon), settings.published_path)
        return [tuple(row.values()) for row in warehouse.query(settings.published_path, sql).to_pylist()]

    return query


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def answer(status: int, body: bytes = b"", **headers: str):
    """Give an answer of that status in place of a page."""

    def send(handler):
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


@contextmanager
def answering(web, path: str, send):
    web.answers[f"/{path}"] = send
    yield
    del web.answers[f"/{path}"]


def test_three_nights_in_which_ads_appear_change_move_and_vanish(web, night, ask):
    boards.greenhouse(web.root, "tide", n7="Diver")
    stays, moves = "Machine Learning Engineer", "Research Scientist"
    boards.greenhouse(web.root, "lumen", n1=stays, n2=moves, n3="Night Watch | No lamps, no models, only the dark.")
    boards.lever(web.root, "lumen", a="Office Manager | You keep the lamps in order, all of them, every single day.")
    assert [night(0, module).outcome for module in (greenhouse, lever)] == ["complete", "complete"]

    # The second night: 1 asks for TensorFlow now, 2 has moved to Lever, 4 appears.
    boards.greenhouse(
        web.root,
        "lumen",
        n1=f"{stays} | {boards.text('TensorFlow')}",
        n3="Night Watch | No lamps, no models, only the dark.",
        n4="Cook | Soup.",
    )
    boards.lever(
        web.root, "lumen", a="Office Manager | You keep the lamps in order, all of them, every single day.", b=moves
    )
    night(1), night(1, lever)

    # The third night: 3 has vanished.
    boards.greenhouse(web.root, "lumen", n1=f"{stays} | {boards.text('TensorFlow')}", n4="Cook | Soup.")
    night(2), night(2, lever)

    seen = {row[0]: row[1:] for row in ask("select document_id, first_seen_on, last_seen_on, is_open from job_ads")}
    assert seen == {
        "greenhouse:tide/7": (day(0), day(2), True),
        "greenhouse:lumen/1": (day(0), day(2), True),
        "greenhouse:lumen/2": (day(0), day(0), False),
        "greenhouse:lumen/3": (day(0), day(1), False),
        "greenhouse:lumen/4": (day(1), day(2), True),
        "lever:lumen/a": (day(0), day(2), True),
        "lever:lumen/b": (day(1), day(2), True),
    }
    columns = "first_seen_on, last_seen_on, is_open, document_count, sources"
    assert ask(f"select {columns} from postings where posting_id = 'greenhouse:lumen/2'") == [
        (day(0), day(2), True, 2, "greenhouse, lever")
    ]
    assert ask("select framework from mentions where document_id = 'greenhouse:lumen/1'") == [("tensorflow",)]
    assert ask(
        "select venue, sum(ad_count), sum(posting_count), sum(duplicate_count) from job_ad_counts group by 1 order by 1"
    ) == [
        ("all", 7, 6, 1),
        ("greenhouse", 5, 5, 0),
        ("lever", 2, 1, 1),
    ]
    by_month = (
        "select venue, month, listed_count, mentioning_count "
        "from framework_mentions_by_month where framework = 'pytorch' order by 1, 2"
    )
    february, march = dt.date(2030, 2, 1), dt.date(2030, 3, 1)
    assert ask(by_month) == [
        ("all", february, 5, 2),  # the diver, and the scientist where it was first posted
        ("all", march, 1, 0),
        ("greenhouse", february, 5, 2),
        ("lever", march, 2, 1),
    ]


def test_a_posting_counts_in_the_month_of_its_first_ad_though_another_was_seen_before(web, night, ask):
    boards.lever(web.root, "lumen", a="Cook")  # posted in March
    night(0, lever)
    boards.greenhouse(web.root, "lumen", n1="Cook")  # posted in February
    night(1), night(1, lever)
    february, march = dt.date(2030, 2, 1), dt.date(2030, 3, 1)
    assert ask("select posting_id, first_seen_on from postings") == [("greenhouse:lumen/1", day(0))]
    assert ask("select venue, month, posting_count, duplicate_count from job_ad_counts order by 1, 2") == [
        ("all", february, 1, 0),
        ("all", march, 0, 1),
        ("greenhouse", february, 1, 0),
        ("lever", march, 0, 1),
    ]


def test_an_ad_that_its_board_dates_anew_stays_in_the_month_of_its_first_posting(web, night, ask):
    for number, posted in enumerate(("2030-02-27", "2030-03-02")):
        job = {"id": 1, "title": "Cook", "first_published": posted, "absolute_url": ""}
        boards.put(web.root, boards.GREENHOUSE.format("lumen"), {"jobs": [job]})
        night(number)
    assert ask("select published_on, month from documents") == [(dt.date(2030, 2, 27), dt.date(2030, 2, 1))]


def test_the_same_night_again_changes_nothing_and_asks_for_nothing(web, night, lake):
    boards.greenhouse(web.root, "lumen", n1="Cook")
    boards.greenhouse(web.root, "tide", n2="Diver")
    first = night(0)
    edition = Edition("greenhouse", "greenhouse", Period(2030, 2))
    written = lake.metadata("documents", edition)
    web.requests.clear()
    again = night(0)
    assert web.asked("/jobs") == []
    assert (first.new_count, again.new_count) == (2, 0)
    assert again.listed_count == 2
    night(1)
    assert lake.metadata("documents", edition) == written
    assert lake.read_nights("sightings", "greenhouse").num_rows == 4


@pytest.mark.parametrize(
    ("send", "words"),
    [
        (answer(404), "404"),
        pytest.param(answer(500), "500", marks=pytest.mark.long),
        (answer(200, b"<!DOCTYPE html><html><title>Just a moment...</title></html>"), "challenge"),
        pytest.param(
            answer(200, b"<!DOCTYPE html><html><title>Welcome</title></html>"), "not JSON", marks=pytest.mark.long
        ),
        pytest.param(answer(200, b'{"error": "gone"}'), "no list", marks=pytest.mark.long),
    ],
)
def test_a_failing_board_closes_nothing_and_costs_no_other(web, night, ask, send, words):
    boards.greenhouse(web.root, "lumen", n1="Cook")
    boards.greenhouse(web.root, "tide", n2="Diver")
    night(0)
    with answering(web, boards.GREENHOUSE.format("lumen"), send):
        result = night(1)
    assert result.outcome == "incomplete"
    assert words in result.problem
    assert result.problem.startswith("lumen:")
    assert dict(ask("select document_id, is_open from job_ads")) == {
        "greenhouse:lumen/1": True,
        "greenhouse:tide/2": True,
    }
    assert ask("select outcome, last_read_on from boards where board = 'lumen'") == [("failed", day(0))]


def test_an_emptied_board_is_believed_on_the_third_night(web, night, ask):
    boards.greenhouse(web.root, "lumen", n1="Cook")
    boards.greenhouse(web.root, "tide")
    assert night(0).outcome == "complete", "a board that never listed anything is no failure"
    boards.greenhouse(web.root, "lumen")
    outcomes = [night(number).outcome for number in range(1, NIGHTS_TO_BELIEVE + 1)]
    assert outcomes == ["incomplete"] * (NIGHTS_TO_BELIEVE - 1) + ["complete"]
    assert ask("select last_seen_on, is_open from job_ads") == [(day(0), False)]


def test_a_board_that_lists_a_tenth_is_doubted_and_its_ads_stay_open(web, night, ask):
    many = {f"n{number}": f"Engineer of lamp {number}" for number in range(1, 13)}
    boards.greenhouse(web.root, "lumen", **many)
    night(0)
    boards.greenhouse(web.root, "lumen", n1=many["n1"])
    assert "nothing was closed" in night(1).problem
    assert ask("select count(*) from job_ads where is_open") == [(12,)]


def test_a_board_that_was_never_there_does_not_degrade_the_night(web, night, ask):
    boards.greenhouse(web.root, "lumen", n1="Cook")
    result = night(0)
    assert result.outcome == "complete"
    assert "tide" in result.problem
    assert ask("select board, outcome from boards order by 1") == [("lumen", "read"), ("tide", "unknown")]


def test_a_feed_that_is_gone_fails(night):
    result = night(0, remotive)
    assert (result.outcome, result.listed_count) == ("failed", None)
    assert "404" in result.problem


def test_a_long_retry_after_stops_the_host_tonight_and_the_next_night_resumes(web, night):
    boards.greenhouse(web.root, "lumen", n1="Cook")
    boards.greenhouse(web.root, "tide", n2="Diver")
    with answering(web, boards.GREENHOUSE.format("lumen"), answer(429, Retry_After="83276")):
        result = night(0)
    assert result.outcome == "failed"
    assert "83276" in result.problem
    assert web.asked("tide/jobs") == [], "the host is not asked again tonight"
    assert night(0).outcome == "complete", "nothing was read, so the same night may try again"
    assert night(1).listed_count == 2


def test_months_past_are_compacted_to_one_file(web, night, lake, settings):
    boards.greenhouse(web.root, "lumen", n1="Cook")
    for number in (29, 30, 31):  # the last two nights of March and the first of April
        night(number)
    march = Edition("greenhouse", "greenhouse", Period(2030, 3))
    names = [path.name for path in lake.path("sightings", march).parent.iterdir()]
    assert names == ["edition.parquet"]
    assert lake.read_nights("sightings", "greenhouse").num_rows == 3


def test_terms_travel_with_the_ad_and_keep_its_words_in(web, night, ask):
    path = "remotive.com/api/remote-jobs"
    job = {
        "id": 1,
        "title": "Cook",
        "company_name": "Lumen",
        "url": "https://remotive.com/1",
        "description": boards.text(),
    }
    boards.put(web.root, path, {"jobs": [job | {"publication_date": "2030-03-01T01:00:00"}]})
    night(0, remotive)
    assert ask("select framework, evidence from mentions") == [("pytorch", None)]
    assert ask("select attribution from job_ads") == [("Remotive",)]


def test_no_contact_is_published_wherever_it_stands(web, night, ask):
    contact = "ann@lumen.example"
    job = {
        "id": 1,
        "title": f"Engineer {contact}",
        "content": f"Write PyTorch for a year, then to {contact} or (555) 010-0199 and be hired.",
        "absolute_url": "https://job-boards.greenhouse.io/lumen/jobs/1",
        "company_name": f"Lumen, {contact}",
        "location": {"name": f"Porto {contact}"},
    }
    boards.put(web.root, boards.GREENHOUSE.format("lumen"), {"jobs": [job]})
    night(0)
    rows = ask(
        "select documents.title, documents.organization, location, evidence, postings.title, postings.organization "
        "from mentions inner join documents using (document_id) inner join job_ads using (document_id) "
        "inner join postings using (posting_id)"
    )
    assert rows
    for published in rows[0]:
        assert "[contact removed]" in published
        assert not any(part in published for part in ("ann", "example", "0199"))


HN_SEARCH = "hn.algolia.com/api/v1/search_by_date"
HN_ITEM = "hn.algolia.com/api/v1/items/{}"


def thread(root, key: int, month: str, *comments: str | None) -> dict:
    children = [
        {"id": key * 100 + number, "parent_id": key, "text": text, "created_at": f"{month}-02T10:00:00Z", "author": "x"}
        for number, text in enumerate(comments)
    ]
    boards.put(root, HN_ITEM.format(key), {"id": key, "children": children})
    return {
        "objectID": str(key),
        "title": f"Ask HN: Who is hiring? ({dt.date.fromisoformat(month + '-01'):%B %Y})",
        "created_at": f"{month}-01T00:00:00Z",
    }


def test_a_month_keeps_ads_that_were_deleted_later(web, settings, lake):
    hits = [
        thread(web.root, 7, "2030-03", "Lumen | Engineer | PyTorch", "Tide | Diver"),
        thread(web.root, 6, "2030-02", "Lumen | Cook"),
    ]
    boards.put(web.root, HN_SEARCH, {"hits": hits})
    with job_bench(settings, FIRST) as bench:
        editions = months(bench, "hacker_news", hacker_news, Period(2030), Period(2030))
        results = [collect_month(bench, "hacker_news", hacker_news, edition) for edition in editions]
        assert [(result.outcome, result.listed_count) for result in results] == [("complete", 1), ("complete", 2)]
        assert [is_month_due(bench, edition, hacker_news) for edition in editions] == [True, True]
    thread(web.root, 7, "2030-03", "Lumen | Engineer | PyTorch", None, "Quill | Poet")
    with job_bench(settings, FIRST + dt.timedelta(days=40)) as bench:
        due = [is_month_due(bench, edition, hacker_news) for edition in editions]
        result = collect_month(bench, "hacker_news", hacker_news, editions[1])
    assert due == [False, True]
    assert (result.listed_count, result.new_count) == (2, 1)
    assert lake.read("documents", editions[1]).num_rows == 3


def test_a_dead_thread_is_a_failure_that_the_next_night_tries_again(web, settings):
    boards.put(web.root, HN_SEARCH, {"hits": [thread(web.root, 6, "2029-01", "Lumen | Cook")]})
    with job_bench(settings, FIRST) as bench, answering(web, HN_ITEM.format(6), answer(500)):
        (edition,) = months(bench, "hacker_news", hacker_news, Period(2029), Period(2029))
        assert collect_month(bench, "hacker_news", hacker_news, edition).outcome == "failed"
        assert is_month_due(bench, edition, hacker_news)


def test_copies_are_counted_so_that_a_thin_month_is_not_taken_for_a_fall(web, settings, ask):
    index = [["timestamp", "original"], ["20190704130000", "https://boards.greenhouse.io/lumen/jobs/15"]]
    boards.put(web.root, "web.archive.org/cdx/search/cdx", index)
    page = f"<html><body><h1 class=app-title>Engineer</h1><div id=content>{boards.text('Theano')}</div></body></html>"
    boards.put(web.root, "web.archive.org/web/20190704130000id_/https:/boards.greenhouse.io/lumen/jobs/15", page)
    web.answers["/web.archive.org/web/20190704130000id_/https://boards.greenhouse.io/lumen/jobs/15"] = answer(
        200, page.encode()
    )
    with job_bench(settings, FIRST) as bench:
        editions = months(bench, "wayback", wayback, Period(2019, 7), Period(2019, 8))
        assert [str(edition.period) for edition in editions] == ["2019-07", "2019-08"]
        results = [collect_month(bench, "wayback", wayback, edition) for edition in editions]
    assert [result.outcome for result in results] == ["complete", "complete"]
    assert ask("select month, listed_count, capture_count from coverage order by month") == [
        (dt.date(2019, 7, 1), 1, 3),  # the same answer serves the three boards of that year
        (dt.date(2019, 8, 1), None, 0),
    ]
    assert ask("select is_open from job_ads") == [(None,)]

"""Boards: empty ones, pages after pages, what the parts of a description become, and the real samples."""

import datetime as dt
import json

import pytest
from bs4 import BeautifulSoup

from tasks.records import Edition, EmptyBoard, LayoutChanged, PageMissing, Period
from tasks.sources.job_pages import board_ad
from tasks.sources.jobs import (
    arbeitnow,
    ashby,
    greenhouse,
    hacker_news,
    jobtech,
    json_ld,
    lever,
    remoteok,
    remotive,
    usajobs,
    wayback,
)
from tests import SHARED

SAMPLES = SHARED / "samples"


def edition(module, key: str = "lumen") -> Edition:
    name = module.__name__.rpartition(".")[2]
    return Edition(name, name, Period(2030, 3), key)


def always(page: object):
    body = page if isinstance(page, bytes) else json.dumps(page).encode()
    return lambda _url: body


@pytest.mark.parametrize(
    ("module", "page"),
    [
        (greenhouse, {"jobs": [], "meta": {"total": 0}}),
        (lever, []),
        (ashby, {"apiVersion": "1", "jobs": [{"isListed": False, "id": "1", "title": "Secret"}]}),
        (remotive, {"jobs": []}),
        (remoteok, [{"legal": "Link back."}]),
        (arbeitnow, {"data": [], "links": {}}),
        (jobtech, {"total": {"value": 0}, "hits": []}),
        (usajobs, {"data": [], "paging": {}}),
        (wayback, []),
        (json_ld, b"<html><body><a href='/about'>About</a></body></html>"),
    ],
    ids=lambda value: getattr(value, "__name__", "").rpartition(".")[2],
)
def test_an_empty_board_is_named_as_such(module, page):
    with pytest.raises(EmptyBoard):
        list(module.jobs(edition(module), always(page)))


@pytest.mark.parametrize("module", [greenhouse, lever, ashby, remotive, remoteok, arbeitnow, jobtech, usajobs, wayback])
@pytest.mark.parametrize("page", [{"error": "x"}, "x", 7, None, [7]])
def test_other_json_is_no_empty_board(module, page):
    with pytest.raises(LayoutChanged):
        list(module.jobs(edition(module), always(page)))


@pytest.mark.parametrize("odd", [7, True, "x", ["x"], [None], {"x": 1}])
@pytest.mark.parametrize(
    ("module", "page", "name"),
    [
        (greenhouse, {"jobs": [{"id": 1, "title": "Cook"}]}, "departments"),
        (lever, [{"id": "1", "text": "Cook"}], "lists"),
        (ashby, {"jobs": [{"id": "1", "title": "Cook"}]}, "secondaryLocations"),
    ],
    ids=lambda value: getattr(value, "__name__", "").rpartition(".")[2],
)
def test_a_list_that_is_none_costs_no_board(module, page, name, odd):
    rows = page if isinstance(page, list) else page["jobs"]
    rows[0][name] = odd
    assert [ad.title for ad in module.jobs(edition(module), always(page))] == ["Cook"]


@pytest.mark.parametrize(
    ("workplace", "location", "is_remote"),
    [("remote", "Porto", True), ("on-site", "Porto", False), ("onsite", "", False), ("hybrid", "Porto", None)],
)
def test_lever_says_where_one_works(workplace, location, is_remote):
    row = {"id": "1", "text": "Cook", "workplaceType": workplace, "categories": {"location": location}}
    (ad,) = lever.jobs(edition(lever), always([row]))
    assert ad.is_remote is is_remote


def test_lever_is_paged_and_its_european_boards_have_a_host_of_their_own():
    def get(url: str) -> bytes:
        assert url.startswith("https://api.eu.lever.co/v0/postings/lumen?mode=json")
        skip = int(url.partition("&skip=")[2].partition("&")[0] or 0)
        rows = [{"id": str(number), "text": "Cook"} for number in range(1700)]
        return json.dumps(rows[skip : skip + lever.PAGE_SIZE]).encode()

    assert len({ad.document_id for ad in lever.jobs(edition(lever, "eu:lumen"), get)}) == 1700


def test_a_page_may_be_an_ad_itself():
    posting = b'[{"@type": ["JobPosting"], "title": "Cook", "hiringOrganization": "Lumen"}]'
    body = b'<script type="application/ld+json">' + posting + b"</script>"
    (ad,) = json_ld.jobs(edition(json_ld, "lumen.example/jobs/cook"), always(body))
    assert (ad.document_id, ad.organization) == ("json_ld:lumen.example/jobs/cook", "Lumen")


def test_remote_ok_may_leave_a_title_out():
    rows = [
        {"legal": "Link back."},
        {"id": 1, "position": "", "slug": "remote-cook-lumen-1"},
        {"id": 2, "position": "Poet"},
    ]
    assert [ad.title for ad in remoteok.jobs(edition(remoteok), always(rows))] == ["remote-cook-lumen-1", "Poet"]


@pytest.mark.parametrize(("year", "asked_count"), [(2019, 0), (2024, 1)])
def test_a_host_is_not_asked_for_months_before_it_was(year, asked_count):
    asked = []

    def get(url: str) -> bytes:
        asked.append(url)
        return b"[]"

    with pytest.raises(EmptyBoard):
        list(wayback.jobs(Edition("wayback", "wayback", Period(year, 3), "job-boards.greenhouse.io/lumen"), get))
    assert len(asked) == asked_count


def test_a_copy_whose_address_is_none_is_left_out():
    rows = [["timestamp", "original"], ["20300304130000", "https://[boards/lumen/jobs/1"]]
    rows.append(["20300305130000", "https://boards.greenhouse.io/lumen/jobs/2"])
    found = wayback.captures(edition(wayback, "boards.greenhouse.io/lumen"), always(rows))
    assert [capture.url for capture in found] == ["https://boards.greenhouse.io/lumen/jobs/2"]


def test_an_archived_page_of_lever_gives_its_words_without_its_header():
    page = BeautifulSoup(
        """<body class="posting-page"><div class="section page-centered posting-header">
        <div class="posting-headline"><h2>Engineer</h2>
        <div class="posting-categories"><div class="sort-by-time posting-category">Porto /</div>
        <div class="sort-by-team posting-category">Lamps</div></div></div></div>
        <div class="section page-centered"><div>We make lamps.</div></div>
        <div class="section page-centered"><h3>You know</h3><ul><li>Theano</li></ul></div>
        <div class="section page-centered last-section-apply"><a>Apply for this job</a></div></body>""",
        "lxml",
    )
    ad = board_ad(page, "wayback:x", "")
    assert ad is not None
    assert (ad.title, ad.location) == ("Engineer", "Porto")
    assert ad.text == "We make lamps.\n\nYou know\n\n- Theano"


def sample(path: str):
    file = SAMPLES / path
    if not file.is_file():
        pytest.skip(f"{file} is absent on this machine")

    def get(url: str) -> bytes:
        if "/search_by_date" in url:
            return (SAMPLES / "jobs/hn/algolia_search_trimmed.json").read_bytes()
        if "page=" in url:
            raise PageMissing(url)
        return file.read_bytes()

    return get


@pytest.mark.parametrize(
    ("module", "key", "path", "ids", "first_on", "organization"),
    [
        (
            greenhouse,
            "stripe",
            "greenhouse/stripe_2026-07_trimmed.json",
            ["greenhouse:stripe/7954688", "greenhouse:stripe/8029128"],
            "2026-06-02",
            "Stripe",
        ),
        (
            greenhouse,
            "vercel",
            "greenhouse/vercel_2026-09_trimmed.json",
            ["greenhouse:vercel/6136160004"],
            "2026-08-06",
            "Vercel",
        ),
        (
            lever,
            "palantir",
            "lever/palantir_2026-07.json",
            [
                "lever:palantir/ac978161-6f46-4f6b-ad9e-a258e642751c",
                "lever:palantir/0bbfd4f4-41ff-4ec6-b73f-5200efd5d4d3",
            ],
            "2024-03-25",
            None,
        ),
        (
            ashby,
            "openai",
            "ashby/openai_2026-07.json",
            ["ashby:openai/8fb1615c-34bf-47c4-a1d1-b7b2f836bbd3", "ashby:openai/240d459b-696d-43eb-8497-fab3e56ecd9b"],
            "2026-03-12",
            None,
        ),
        (
            remoteok,
            "",
            "remoteok/api_2026-09_trimmed.json",
            ["remoteok:1137431", "remoteok:1137429"],
            "2026-09-24",
            "Mercier Consultancy Group",
        ),
        (
            remotive,
            "",
            "remotive/remote-jobs_2026-09_trimmed.json",
            ["remotive:2091144", "remotive:2091141"],
            "2026-09-21",
            "TELUS Digital",
        ),
        (
            arbeitnow,
            "",
            "arbeitnow/job-board-api_2026-09_trimmed.json",
            ["arbeitnow:werkstudent-customer-success-berlin-berlin-72879"],
            "2026-09-26",
            "Doctolib",
        ),
        (
            json_ld,
            "www.metacareers.com/profile/job_details/1650887963003826/",
            "jsonld/metacareers_job_details_1650887963003826_2026-09.html",
            ["json_ld:www.metacareers.com/profile/job_details/1650887963003826"],
            "2026-04-06",
            "Meta",
        ),
        (
            hacker_news,
            "48747976",
            "hn/algolia_item_48747976_trimmed.json",
            [f"hacker_news:{key}" for key in (48747987, 48747990, 48748003, 48748007)],
            "2026-07-01",
            "CaseLight",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", "").rpartition(".")[2],
)
def test_the_real_samples_parse(module, key, path, ids, first_on, organization):
    ads = list(module.jobs(edition(module, key), sample(f"jobs/{path}")))
    assert [ad.document_id for ad in ads] == ids
    assert (ads[0].published_on, ads[0].organization) == (dt.date.fromisoformat(first_on), organization)
    for ad in ads:
        for trace in ("<p", "&lt;", "&nbsp;", "&#x", "Ã", "\xa0"):
            assert trace not in f"{ad.title} {ad.text}", ad.document_id


def test_the_real_index_of_threads_is_read():
    editions = list(hacker_news.editions(sample("jobs/hn/algolia_search_trimmed.json")))
    assert [f"{edition.period} {edition.key}" for edition in editions] == [
        "2026-05 47975571", "2026-06 48357725", "2026-07 48747976",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "count", "key"),
    [
        ("cdx_doc.iowa.gov_2017.json", 3, ""),
        ("cdx_resume_key_shape.json", 1, "eJxLzs_VSa1IzC3ISdXUVzAyMDA3MDI0MDA2tDQ2AwB_XgeS"),
    ],
)
def test_the_real_answers_of_the_index_are_read(path, count, key):
    rows, resume = wayback.read_cdx(json.loads(sample(f"wayback/{path}")("")), path)
    assert (len(rows), resume) == (count, key)
    assert all(row["statuscode"] == "200" and len(row["timestamp"]) == 14 for row in rows)

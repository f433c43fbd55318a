"""What is special about Hacker News: two APIs, a cap on hits, threads that are no hiring threads, first lines."""

import json

import pytest

from tasks.records import Edition, LayoutChanged, PageMissing, PageUnavailable, Period
from tasks.sources.jobs import hacker_news
from tasks.sources.jobs.hacker_news import FIREBASE, ITEM, SEARCH

MARCH = Edition("hacker_news", "hacker_news", Period(2030, 3), "7")


def web(**_unused: object):
    pages: dict[str, object] = {}

    def get(url: str) -> bytes:
        if url not in pages:
            raise PageMissing(url)
        if isinstance(pages[url], Exception):
            raise pages[url]
        return json.dumps(pages[url]).encode()

    return pages, get


def hit(key: int, title: str, at: int = 1_898_611_200) -> dict:
    return {"objectID": str(key), "title": title, "created_at_i": at}


def ads_of(*texts: str) -> list:
    pages, get = web()
    children = [{"id": number, "parent_id": 7, "text": text} for number, text in enumerate(texts)]
    pages[ITEM.format(7)] = {"id": 7, "children": children}
    return list(hacker_news.jobs(MARCH, get))


def test_the_cap_of_a_thousand_hits_is_passed_by_asking_for_older_ones():
    pages, get = web()
    other = [hit(number, "Ask HN: Freelancer?", 1_898_611_200 - number) for number in range(1, 1000)]
    pages[SEARCH] = {"hits": [hit(7, "Ask HN: Who is hiring? (March 2030)"), *other], "nbHits": 1001}
    older = f"{SEARCH}&numericFilters=created_at_i<{1_898_611_200 - 999}"
    pages[older] = {"hits": [hit(6, "Ask HN: Who is hiring? (February 2030)")], "nbHits": 1}
    assert [(str(e.period), e.key) for e in hacker_news.editions(get)] == [("2030-02", "6"), ("2030-03", "7")]


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("Ask HN: Who is hiring? (March 2030)", "2030-03"),
        ("Ask HN: Who Is Hiring? (Feb. 2030)", "2030-02"),
        ("Who is Hiring?", "2030-03"),  # by the day when it was posted
    ],
)
def test_the_month_is_the_threads(title, period):
    pages, get = web()
    pages[SEARCH] = {"hits": [hit(7, title)]}
    assert [str(edition.period) for edition in hacker_news.editions(get)] == [period]


@pytest.mark.parametrize(
    "title",
    [
        "Ask HN: Who wants to be hired? (March 2030)",
        "Ask HN: Freelancer? Seeking freelancer?",
        "Who is hiring right now?",
    ],
)
def test_other_threads_are_no_editions(title):
    pages, get = web()
    pages[SEARCH] = {"hits": [hit(7, title)]}
    with pytest.raises(LayoutChanged):
        list(hacker_news.editions(get))


@pytest.mark.parametrize("failure", [PageUnavailable("503"), {"error": "x"}])
def test_the_official_api_serves_where_algolia_fails(failure):
    pages, get = web()
    pages[SEARCH] = pages[ITEM.format(7)] = failure
    pages[f"{FIREBASE}user/whoishiring.json"] = {"submitted": [7, 8]}
    pages[f"{FIREBASE}item/7.json"] = {
        "id": 7,
        "type": "story",
        "title": "Ask HN: Who is hiring? (March 2030)",
        "time": 1_898_611_200,
        "kids": [1, 2, 3, 4],
    }
    pages[f"{FIREBASE}item/8.json"] = None
    pages[f"{FIREBASE}item/1.json"] = {
        "id": 1,
        "by": "ann",
        "time": 1_898_611_200,
        "text": "Lumen | Engineer<p>PyTorch",
    }
    pages[f"{FIREBASE}item/2.json"] = {"id": 2, "deleted": True, "time": 1_898_611_200}
    pages[f"{FIREBASE}item/3.json"] = {"id": 3, "dead": True, "text": "spam", "time": 1_898_611_200}
    pages[f"{FIREBASE}item/4.json"] = None
    assert list(hacker_news.editions(get)) == [MARCH]
    (ad,) = hacker_news.jobs(MARCH, get)
    assert (ad.document_id, ad.organization, ad.text) == ("hacker_news:1", "Lumen", "Lumen | Engineer\n\nPyTorch")


def test_deleted_and_flagged_comments_are_no_ads():
    assert [ad.document_id for ad in ads_of("Lumen | Cook", "", "[deleted]", "[flagged]")] == ["hacker_news:0"]
    with pytest.raises(LayoutChanged):
        ads_of("", "[dead]")


@pytest.mark.parametrize(
    ("line", "organization", "location", "is_remote"),
    [
        ("Lumen Works (YC S29) | Engineer | Porto | Full-time", "Lumen Works", "Porto", None),
        ("Lumen (https://lumen.example) | REMOTE (EU) | $150k", "Lumen", "REMOTE (EU)", True),
        ("Lumen | Onsite, Porto | Multiple roles", "Lumen", "Onsite, Porto", False),
        ("Lumen | Porto | No remote", "Lumen", "Porto", False),
        ("Lumen - Senior Engineer - Porto", "Lumen", None, None),
        ("Lumen is hiring engineers", "Lumen", None, None),
        ("We are looking for a cook", None, None, None),
        ("Hello there", None, None, None),
        ("San Francisco, CA - Full time. Lumen makes lamps", None, "San Francisco, CA", None),
        ("London, UK. Full time. No H1B.", None, "London, UK", None),
        ("Lumen - Porto, Portugal - INTERN", "Lumen", "Porto, Portugal", None),
        ("Lumen • Berlin • Full-time", "Lumen", "Berlin", None),
        ("H1B, INTERN - Lumen", None, None, None),
        ("At Lumen, we make lamps", None, None, None),
        ("Company: Lumen | Role: Poet | Location: Austin", "Lumen", "Austin", None),
        ("ONSITE | Lumen | Berlin", "Lumen", "Berlin", False),
        ("Full Stack Developer | Lumen | Remote", "Lumen", "Remote", True),
        ("Lumen | lumen.io | jobs@lumen.io | ONSITE | Porto", "Lumen", "Porto", False),
        ("Lead Bank | Poet | New York", "Lead Bank", "New York", None),
        ("New York Times | Poet | NYC", "New York Times", "NYC", None),
    ],
)
def test_company_place_and_remote_are_read_from_the_first_line(line, organization, location, is_remote):
    (ad,) = ads_of(f"{line}<p>More words.")
    assert (ad.title, ad.organization, ad.location, ad.is_remote) == (line, organization, location, is_remote)


def test_a_first_line_that_goes_on_is_shortened():
    (ad,) = ads_of("Lumen makes lamps. " * 30)
    assert len(ad.title) <= hacker_news.TITLE_CHARACTERS + 2
    assert ad.title.endswith("…")

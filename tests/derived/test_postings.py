"""Which ads are one posting: held against pairs labelled by hand, and the rules one by one."""

import csv
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.derived.postings import GAP_DAYS, Ad, is_same, merge, plain_organization, plain_title, similarity, sketch
from tests import ROOT

GOLD = ROOT / "tests" / "gold" / "posting_pairs.csv"
PAIRS = list(csv.DictReader(GOLD.read_text("utf-8").splitlines()))
DAY = dt.date(2030, 3, 1)


def ad(number: int, title: str = "Engineer", text: str = "you make lamps for us", on: dt.date = DAY, **more: str) -> Ad:
    organization = plain_organization(more.get("organization", "Lumen Works"))
    return Ad(str(number), organization, plain_title(title), sketch(text), on, on)


def pair_of(row: dict[str, str]) -> list[Ad]:
    sides = [
        {name: row[f"{side}_{name}"] for name in ("source", "organization", "title", "text", "posted_on")}
        for side in ("first", "second")
    ]
    return [
        Ad(
            str(number),
            plain_organization(side["organization"]),
            "" if side["source"] == "hacker_news" else plain_title(side["title"]),
            sketch(side["text"]),
            dt.date.fromisoformat(side["posted_on"]),
            dt.date.fromisoformat(side["posted_on"]),
        )
        for number, side in enumerate(sides)
    ]  # fmt: skip


def test_precision_and_recall_on_labelled_pairs():
    """The pairs hold cases that the rule cannot get right: an agency's name, a text cut to a line."""
    assert len(PAIRS) >= 60
    verdicts = [(is_same(*pair_of(row)), row["is_same"] == "1", row["why"]) for row in PAIRS]
    right = sum(said and is_so for said, is_so, _ in verdicts)
    precision = right / sum(said for said, _, _ in verdicts)
    recall = right / sum(is_so for _, is_so, _ in verdicts)
    wrong = [why for said, is_so, why in verdicts if said != is_so]
    assert precision >= 0.95, wrong
    assert recall >= 0.90, wrong


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Lumen Works, Inc.", "lumen works"),
        ("Lumen Works GmbH & Co. KG", "Lumen Works"),
        ("Lumen (YC S29)", "LUMEN"),
        ("lumen.ai", "Lumen"),
        ("Café Lumen", "CAFE LUMEN"),
    ],
)
def test_an_employer_is_known_however_it_is_written(first, second):
    assert plain_organization(first) == plain_organization(second) != ""


def test_a_name_that_is_all_legal_form_stays():
    assert plain_organization("The Company") == "the company"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (ad(1), ad(2), True),
        (ad(1), ad(2, organization="Tidepool"), False),
        (ad(1), ad(2, title="Cook"), False),
        (ad(1), ad(2, text="you count fish at sea"), False),
        (ad(1), ad(2, on=DAY + dt.timedelta(days=GAP_DAYS)), True),
        (ad(1), ad(2, on=DAY + dt.timedelta(days=GAP_DAYS + 1)), False),
        (ad(1, text=""), ad(2), True),
        (ad(1, text=""), ad(2, title="Engineer of lamps"), False),
        (ad(1, title=""), ad(2), True),
        (ad(1, organization=""), ad(2, organization=""), True),
        (ad(1, organization="", text=""), ad(2, organization="", text=""), False),
    ],
)
def test_each_rule(first, second, same):
    assert is_same(first, second) is is_same(second, first) is same
    assert (len(set(merge([first, second]).values())) == 1) is same


def test_a_posting_lives_on_through_its_reposts_and_bears_its_first_ads_id():
    monthly = [ad(number, on=DAY + dt.timedelta(days=30 * number)) for number in range(1, 13)]
    assert set(merge(monthly).values()) == {"1"}
    assert merge(monthly[::-1]) == merge(monthly)


def test_an_ad_still_open_reaches_over_the_gap():
    long_open = Ad("1", "lumen works", "engineer", sketch("you make lamps for us"), DAY, DAY + dt.timedelta(days=300))
    assert is_same(long_open, ad(2, on=DAY + dt.timedelta(days=350)))


@given(
    st.lists(
        st.sampled_from(["lamp", "fish", "boat", "moon", "tide", "oven", "pen", "mill"]), min_size=12, max_size=300
    )
)
def test_a_text_is_like_itself_and_unlike_nothing(words):
    own = sketch(" ".join(words))
    assert similarity(own, own) == 1
    assert similarity(own, frozenset()) == 0


def test_the_sketch_estimates_the_share_of_common_shingles():
    words = [f"w{number}" for number in range(2000)]
    first, second = sketch(" ".join(words[:1500])), sketch(" ".join(words[500:]))
    assert similarity(first, second) == pytest.approx(0.5, abs=0.15)  # 996 of 1996 shingles are common

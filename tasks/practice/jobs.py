"""The practice pages of two job boards: a Hacker News series, and two employers on Greenhouse; all invented.

Among the ads are what real ones do: one is posted again each month, one stands on two boards, answers follow an ad,
a comment was deleted, and people write their addresses to mislead robots.
"""

import html
import json
from collections.abc import Iterator

VENUES = ("greenhouse", "hacker_news")
"""What `mentions demo` asks for beside the papers' venues."""

EMPLOYERS = "source,board,name\ngreenhouse,lanternworks,Lantern Works\ngreenhouse,tidepool,Tidepool Robotics\n"
"""The employers of this world, for MENTIONS_EMPLOYERS."""

YEARS, MONTHS = range(2018, 2025), {2: "February", 5: "May", 8: "August", 11: "November"}
COMPANIES = ("Quill Mind", "Lantern Works", "Tidepool Robotics", "Paper Mill Analytics", "Nimbus Bakery", "Attic Labs")
ROLES = ("Machine Learning Engineer", "Data Scientist", "Perception Engineer", "Research Engineer", "Backend Engineer")
PLACES = ("Remote", "Porto", "Bergen, onsite", "Lund or remote", "Nowhere")
PLAN = {
    2018: "tensorflow tensorflow keras theano none",
    2019: "tensorflow tensorflow keras pytorch none",
    2020: "tensorflow pytorch keras pytorch none",
    2021: "tensorflow pytorch pytorch either none",
    2022: "pytorch pytorch either tensorflow none",
    2023: "pytorch pytorch pytorch either none",
    2024: "pytorch pytorch jax either none",
}
"""What the ads of a month ask for, year by year."""
ASKS = {
    "tensorflow": "You have trained and shipped models with TensorFlow.",
    "keras": "You have built neural networks in Keras.",
    "theano": "You still read the Theano models that we keep running.",
    "pytorch": "You have trained deep learning models in PyTorch.",
    "jax": "You write training loops for neural networks in JAX and Flax.",
    "either": "Experience with deep learning frameworks such as PyTorch or TensorFlow.",
    "none": "You write services in Go and look after our databases.",
}


def pages() -> Iterator[tuple[str, bytes]]:
    """Yield HOST/PATH and body of every page of the two boards."""
    threads = [(year, month) for year in YEARS for month in MONTHS]
    hits = []
    for number, (year, month) in enumerate(threads):
        key = 9_000_000 + 100 * number
        day = f"{year}-{month:02d}-01T16:00:00.000Z"
        title = f"Ask HN: Who is hiring? ({MONTHS[month]} {year})"
        hits.append({"objectID": str(key), "title": title, "author": "whoishiring", "created_at": day})
        thread = {"id": key, "title": title, "created_at": day, "children": list(_comments(key, year, number, day))}
        yield f"hn.algolia.com/api/v1/items/{key}", _json(thread)
    yield "hn.algolia.com/api/v1/search_by_date", _json({"hits": hits[::-1], "nbHits": len(hits)})
    for board in ("lanternworks", "tidepool"):
        yield f"boards-api.greenhouse.io/v1/boards/{board}/jobs", _json({"jobs": list(_jobs(board))})


def _comments(key: int, year: int, number: int, day: str) -> Iterator[dict[str, object]]:
    """Yield the comments of one thread: an ad a story, one that comes each time, one deleted, one with an answer."""
    texts: list[str | None] = [
        _ad(COMPANIES[(place + number) % len(COMPANIES)], ROLES[place], PLACES[place], ASKS[story], number)
        for place, story in enumerate(PLAN[year].split())
    ]
    same = "You keep our ovens' forecasts running, in Python and scikit-learn, and taste what they got wrong."
    texts += [
        f"Nimbus Bakery | Forecast Baker | Nowhere | ONSITE<p>{same}<p>Write to oven [at] nimbus [dot] example",
        None,
    ]
    for place, text in enumerate(texts):
        child = {"id": key + 50 + place, "parent_id": key + place + 1, "text": "Is PyTorch a must?", "children": []}
        yield {
            "id": key + place + 1,
            "parent_id": key,
            "author": "practice" if text else None,
            "created_at": day,
            "text": text,
            "children": [child] if place == 0 else [],
        }


def _ad(company: str, role: str, place: str, asks: str, number: int) -> str:
    """Write an ad as people do there: a first line with bars, paragraphs that nobody closes."""
    return html.escape(f"{company} | {role} | {place} | Full-time", quote=True) + (
        f"<p>We are practising for the {number + 1}th time.<p>Requirements:<p>- {html.escape(asks)}"
        f"<p>Call +351 900 000 {number:03d} or write to jobs@{company.split()[0].lower()}.example"
    )


def _jobs(board: str) -> Iterator[dict[str, object]]:
    """Yield the jobs of a Greenhouse board; the first of Lantern Works stands on Tidepool's board, too."""
    shared = ("Machine Learning Engineer", ASKS["pytorch"], "TensorFlow")
    jobs = {
        "lanternworks": [shared, ("Research Engineer", ASKS["jax"], "PyTorch"), ("Cook", "You cook.", "Baking")],
        "tidepool": [shared, ("Perception Engineer", ASKS["either"], "C++"), ("Diver", "You dive.", "Swimming")],
    }[board]
    for place, (title, asks, nice) in enumerate(jobs):
        content = (
            f"<p>An invented job at a practice company &amp; nowhere else.</p><h3>Requirements</h3><ul><li>{asks}</li>"
            f"<li>Two years of practice.</li></ul><h3>Nice to have</h3><ul><li>{nice}</li></ul>"
        )
        number = 4_000_000 + (100 if board == "tidepool" else 0) + place
        yield {
            "id": number,
            "title": title,
            "company_name": "Lantern Works"
            if place == 0
            else {"tidepool": "Tidepool Robotics"}.get(board, "Lantern Works"),
            "absolute_url": f"https://job-boards.greenhouse.io/{board}/jobs/{number}",
            "location": {"name": "Remote" if place else "Porto"},
            "first_published": f"2024-{10 + place}-15T09:00:00-05:00",
            "updated_at": "2024-12-20T09:00:00-05:00",
            "content": html.escape(content),
        }


def _json(page: object) -> bytes:
    return json.dumps(page, ensure_ascii=False).encode()

"""Stand-ins for job boards on loopback: what a test says is open tonight, served as the real APIs serve it."""

import json
from pathlib import Path
from typing import Any

GREENHOUSE = "boards-api.greenhouse.io/v1/boards/{}/jobs"
LEVER = "api.lever.co/v0/postings/{}"
BOARDS = "source,board,name\ngreenhouse,lumen,Lumen Works\ngreenhouse,tide,Tidepool Robotics\nlever,lumen,Lumen Works\n"

WORDS = (
    "We are a small company that makes lamps for people who read at night. You will design, train and ship the models "
    "that dim our lamps before their readers fall asleep. You know {}, and you have shown models to people who did not "
    "ask for them. We pay well, we meet by daylight, and nobody works after the lamps are lit. Send us something that "
    "you have made, and a page about why you made it."
)


def text(framework: str = "PyTorch") -> str:
    """Give the text of an invented ad that asks for a framework."""
    return WORDS.format(framework)


def put(root: Path, path: str, body: Any) -> None:
    """Lay a page down: JSON for what is no text or bytes."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(
        body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    )


def greenhouse(root: Path, board: str, **ads: str) -> None:
    """Set what a Greenhouse board lists: title by id, or 'title | text'."""
    jobs = [
        {
            "id": int(key.lstrip("n")),
            "title": title.partition(" | ")[0],
            "content": title.partition(" | ")[2] or text(),
            "absolute_url": f"https://job-boards.greenhouse.io/{board}/jobs/{key}",
            "first_published": "2030-02-20T10:00:00-05:00",
            "location": {"name": "Remote"},
        }
        for key, title in ads.items()
    ]
    put(root, GREENHOUSE.format(board), {"jobs": jobs, "meta": {"total": len(jobs)}})


def lever(root: Path, board: str, **ads: str) -> None:
    """Set what a Lever board lists."""
    rows = [
        {
            "id": key,
            "text": title.partition(" | ")[0],
            "descriptionPlain": title.partition(" | ")[2] or text(),
            "lists": [],
            "createdAt": 1_898_700_000_000,  # 2 March 2030
            "hostedUrl": f"https://jobs.lever.co/{board}/{key}",
            "categories": {"location": "Porto"},
        }
        for key, title in ads.items()
    ]
    put(root, LEVER.format(board), rows)

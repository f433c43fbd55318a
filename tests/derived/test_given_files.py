"""`mentions scan`: what people try the lexicon with, on files of every kind."""

import json

import pytest

from tests.commands import environment, run
from tests.pdfs import write_pdf

SENTENCE = "We implemented our model in PyTorch 1.0 and compare it with Kim (2014)."


def scan(tmp_path, *names: str, **options: str):
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    done = run("scan", *(str(tmp_path / name) for name in names), *arguments, env=environment(tmp_path / "data"))
    return done, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("name", ["paper.txt", "page.html", "paper.pdf", "pdf-without-its-ending"])
def test_every_kind_of_file_is_read_by_what_it_is(tmp_path, name):
    path = tmp_path / name
    if "pdf" in name:
        write_pdf(path, [SENTENCE])
    else:
        path.write_text(f"<!doctype html><p>{SENTENCE}</p>" if "html" in name else SENTENCE)
    done, hits = scan(tmp_path, name)
    assert done.returncode == 0, done.stderr
    assert [(hit["file"], hit["framework"], hit["role"]) for hit in hits] == [(str(path), "pytorch", "used")]
    assert hits[0]["sentence"] == SENTENCE


def test_offsets_are_those_of_the_text_file_as_given(tmp_path):
    text = "Ünïcödé 🙂 first.\r\n\r\nThe net was trained with Py-\nTorch, then with TensorFlow.\n"
    (tmp_path / "a.txt").write_bytes(text.encode())
    _, hits = scan(tmp_path, "a.txt")
    assert [text[hit["start"] : hit["end"]] for hit in hits] == ["Py-\nTorch", "TensorFlow"]


def test_a_bad_file_costs_itself_only(tmp_path):
    (tmp_path / "good.txt").write_text(SENTENCE)
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 nothing")
    done, hits = scan(tmp_path, "bad.pdf", "absent.txt", "good.txt")
    assert done.returncode == 3
    assert [hit["framework"] for hit in hits] == ["pytorch"]
    assert "bad.pdf" in done.stderr
    assert "absent.txt: No such file" in done.stderr
    assert scan(tmp_path, "absent.txt")[0].returncode == 1


def test_the_year_decides_what_torch_means(tmp_path):
    (tmp_path / "a.txt").write_text("We implemented the network in Torch.")
    assert [hit["framework"] for hit in scan(tmp_path, "a.txt", year="2015")[1]] == ["torch7"]
    assert [hit["framework"] for hit in scan(tmp_path, "a.txt", year="2023")[1]] == ["pytorch"]


def test_nothing_is_stored(tmp_path):
    (tmp_path / "a.txt").write_text(SENTENCE)
    scan(tmp_path, "a.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]

import dataclasses
import subprocess
from pathlib import Path

import pytest

from tasks.web.raw_pages import Archive, Capture, written_whole
from tests.machine import program

CAPTURE = Capture("https://a.org/x", "2026-11-01T00:00:00+00:00", 200, "ab" * 32, '"tag"', None, "https://a.org/x")


def stored_file(folder: Path) -> Path:
    (file,) = folder.rglob("*.zst")
    return file


def test_a_body_comes_back_and_is_stored_once(tmp_path):
    archive = Archive(tmp_path)
    assert archive.store(b"page") == archive.store(b"page")
    assert archive.body(archive.store(b"page")) == b"page"
    assert archive.body(archive.store(b"")) == b""
    assert len(list(tmp_path.rglob("*.zst"))) == 2


def test_the_zstd_command_reads_a_body(tmp_path):
    Archive(tmp_path).store(b"page" * 1000)
    shown = subprocess.run([program("zstd"), "-dc", stored_file(tmp_path)], capture_output=True, check=True)
    assert shown.stdout == b"page" * 1000


@pytest.mark.parametrize("damage", [b"", b"junk", None])
def test_a_damaged_body_is_none_and_can_be_stored_again(tmp_path, damage, caplog):
    archive = Archive(tmp_path)
    sha256 = archive.store(b"page" * 1000)
    file = stored_file(tmp_path)
    file.write_bytes(file.read_bytes()[:-4] if damage is None else damage)
    assert archive.body(sha256) is None
    assert sha256 in caplog.text
    assert archive.body(archive.store(b"page" * 1000)) == b"page" * 1000


@pytest.mark.parametrize("sha256", ["", "ff" * 32, "../../../etc/passwd", "AB" * 32])
def test_an_unknown_body_is_none(tmp_path, sha256):
    assert Archive(tmp_path).body(sha256) is None


def test_captures_come_back_in_order_around_a_torn_line(tmp_path, caplog):
    archive = Archive(tmp_path)
    later = dataclasses.replace(CAPTURE, status=304)
    assert archive.captures(CAPTURE.url) == []
    archive.record(CAPTURE)
    (log,) = tmp_path.rglob("*.jsonl")
    log.write_bytes(log.read_bytes() + b'{"url": "https://a.o')
    assert archive.captures(CAPTURE.url) == [CAPTURE]
    assert "cannot be read" in caplog.text
    archive.record(later)
    assert archive.captures(CAPTURE.url) == [CAPTURE, later]


@pytest.mark.parametrize("line", [b"[]", b"7", b'{"url": 1}', b"\xff\xfe", b"null", b'{"url":"u","sha256":null}'])
def test_a_line_of_nonsense_is_left_out(tmp_path, line):
    archive = Archive(tmp_path)
    archive.record(CAPTURE)
    (log,) = tmp_path.rglob("*.jsonl")
    log.write_bytes(line + b"\n" + log.read_bytes())
    assert archive.captures(CAPTURE.url) == [CAPTURE]


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "deep" / "file"
    with written_whole(path) as file:
        file.write(b"old")
    with pytest.raises(TypeError), written_whole(path) as file:
        file.writelines([b"half of the ne", None])
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]

"""The lake in a bucket: the same tables as on a disk, and the same guarantee against a kill."""

import os
import signal
import subprocess
import sys
import uuid
from dataclasses import replace

import pytest
from pyarrow import fs
from pydantic import ValidationError

from tasks.lake.inbox import Inbox
from tasks.lake.lake import Lake
from tasks.lake.storage import LakeError, storage_at
from tasks.records import Edition, Period
from tasks.settings import Settings
from tests import plain
from tests.commands import environment
from tests.commands import run as mentions
from tests.lakes import add_edition, document, text
from tests.servers import serving

MLHC = Edition("pmlr", "MLHC", Period(2019))

WRITE_LARGE = """
import base64, os, sys
from tasks.lake.lake import Lake
from tests.lakes import text
from tests.lake.test_bucket import MLHC
large = base64.b64encode(os.urandom(30_000_000)).decode()  # several parts of an upload, however well it is compressed
Lake(sys.argv[1]).write_rows("texts", MLHC, [text("b", body=large)])
"""


def write_large(address: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", WRITE_LARGE, address])


def ids(lake: Lake) -> list[str]:
    return lake.read("texts", MLHC, ["document_id"])["document_id"].to_pylist()


@pytest.mark.long
def test_a_run_on_a_bucket_publishes_the_same_tables_as_on_a_disk(practice_web, bucket, tmp_path):
    site = plain.tiny_web(practice_web, tmp_path / "web")
    with serving(site) as web:
        common = {"mirror": web.address, "official_counts": site / "counts.csv", "readers": 1}
        on_disk = Settings(data_dir=tmp_path / "disk", **common)
        in_bucket = Settings(data_dir=bucket, local_dir=tmp_path / "local", **common)
        assert plain.run(on_disk) == plain.run(in_bucket) == ["complete"]
        asked = len(web.asked(".pdf"))
        assert plain.run(in_bucket) == ["complete"]
        assert len(web.asked(".pdf")) == asked, "what was read is in the bucket, and is not asked for again"
    assert plain.tables(in_bucket.published_path) == plain.tables(on_disk.published_path)
    assert not (tmp_path / "local" / "lake").exists()
    lake = Lake(bucket)
    assert lake.editions("texts") == [MLHC]
    assert lake.storage.files(lake.parts_root, "*.parquet") == [], "parts went with the sealing"


@pytest.mark.long
def test_a_changed_edition_is_built_upon_the_published_file(bucket, tmp_path):
    settings = Settings(data_dir=bucket, local_dir=tmp_path)
    lake = Lake(bucket)
    for year in range(2010, 2020):
        add_edition(lake, "MLHC", year, ["pytorch"])
    plain.publish(settings)
    add_edition(lake, "MLHC", 2019, ["pytorch", "jax"])
    plain.publish(settings)
    counts = plain.rows(tmp_path, "select year, count(*) from documents group by year order by year")
    assert counts == [(year, 2 if year == 2019 else 1) for year in range(2010, 2020)]


def test_a_writer_killed_in_the_middle_of_an_upload_leaves_the_old_edition(bucket, monkeypatch, tmp_path):
    from moto.s3.models import S3Backend

    lake, upload_part, parts = Lake(bucket), S3Backend.upload_part, []
    lake.write_rows("texts", MLHC, [text("a")])

    def upload_and_kill(*arguments, **options):
        parts.append(upload_part(*arguments, **options))
        if len(parts) == 2:
            child.send_signal(signal.SIGKILL)
        return parts[-1]

    monkeypatch.setattr(S3Backend, "upload_part", upload_and_kill)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    child = write_large(bucket)
    assert child.wait(60) == -signal.SIGKILL
    assert ids(lake) == ["a"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    monkeypatch.undo()


@pytest.mark.long
def test_a_large_edition_arrives_whole(bucket):
    child = write_large(bucket)
    assert child.wait(60) == 0
    (body,) = Lake(bucket).read("texts", MLHC)["text"].to_pylist()
    assert len(body) == 40_000_000


def test_a_block_that_fails_writes_nothing(bucket):
    storage = storage_at(bucket)
    with pytest.raises(TypeError), storage.written_whole(storage.root / "x") as file:
        file.writelines([b"half", None])
    assert not storage.exists(storage.root / "x")


@pytest.mark.parametrize("place", ["disk", "bucket"])
def test_an_inbox_is_emptied_at_once_though_its_pages_go_one_by_one(place, request, tmp_path):
    storage = storage_at(tmp_path if place == "disk" else request.getfixturevalue("bucket"))
    folder = storage.root / "inbox"
    inbox = Inbox(storage, folder)
    for number in range(3):
        inbox.add([document(MLHC, f"a{number}") | {"published_on": None}], token=str(number))
    storage.delete(inbox.pages()[:1])
    with storage.written_whole(folder / "emptying") as mark:  # as a run leaves it that is killed after the first page
        mark.write(b"x")
    again = Inbox(storage, folder)
    assert again.pages() == []
    again.add([document(MLHC, "b")], token="new")
    assert [note["token"] for note in Inbox(storage, folder).notes()] == ["new"]


def test_an_address_that_cannot_be_used_says_what_to_do(bucket, tmp_path, monkeypatch):
    with pytest.raises(LakeError, match=r"there is no bucket no-such.*MENTIONS_DATA_DIR"):
        Lake("s3://no-such/place")
    done = mentions("status", env=environment("s3://no-such/place", local_dir=tmp_path) | {"HOME": str(tmp_path)})
    assert done.returncode == 1
    assert "there is no bucket no-such" in done.stderr
    assert "Traceback" not in done.stderr
    for endpoint in ("localhost:8790", "127.0.0.1:8790", "minio", "http:/a:1", "http://", "ftp://a", "http://a:1/sub"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        with pytest.raises(LakeError, match="AWS_ENDPOINT_URL"):
            Lake(f"s3://of-{uuid.uuid4().hex}/place")
    for address, problem in (
        ("gs://bucket/x", "neither a folder nor an address"),
        ("http://bucket", "neither a folder nor an address"),
        ("s3://", "names no bucket"),
        ("s3://Lake/x", "names no bucket: its name is of small letters"),
        ("s3://bucket//x", "has // in it"),
    ):
        with pytest.raises(ValidationError, match=problem):
            Settings(data_dir=address)


def test_what_a_key_may_not_read_is_not_called_damaged(bucket, tmp_path, monkeypatch):
    def refuse(handler) -> None:
        handler.send_response(403)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    lake = Lake(bucket)
    with serving(tmp_path) as web:
        path = f"/{lake.path('texts', MLHC)}"
        web.answers[path] = refuse
        filesystem = fs.S3FileSystem(
            access_key="id", secret_key="key", region="us-east-1", endpoint_override=web.address
        )
        monkeypatch.setattr(lake, "storage", replace(lake.storage, filesystem=filesystem))
        with pytest.raises(LakeError, match=r"the key may not read it: see to the rights of AWS_ACCESS_KEY_ID"):
            lake.metadata("texts", MLHC)


def test_everything_else_lies_on_a_disk(tmp_path, monkeypatch):
    assert Settings(data_dir=tmp_path).local_dir == tmp_path
    assert Settings(data_dir="s3://bucket/x").local_dir.name == "data"
    monkeypatch.setenv("MENTIONS_DATA_DIR", "s3://bucket/x/")
    monkeypatch.setenv("MENTIONS_LOCAL_DIR", str(tmp_path))
    assert Settings().data_dir == "s3://bucket/x"
    assert Settings().published_path == tmp_path / "mentions.duckdb"
    assert os.fspath(Settings(data_dir=tmp_path / "shared").local_dir) == str(tmp_path), "a disk of its own beside NFS"

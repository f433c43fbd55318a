"""Whatever breaks, nothing stored is lost: afterwards a plain run ends in the tables of an undisturbed one."""

import gzip
import json
import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tasks.lake.lake import Lake
from tasks.lake.lock import alone
from tasks.lake.storage import LakeError
from tasks.records import Edition
from tasks.settings import Settings
from tasks.warehouse.published_tables import WarehouseError
from tests import ROOT, plain
from tests.commands import environment
from tests.commands import run as mentions
from tests.machine import program
from tests.marks import long_but
from tests.pdfs import write_flate_bomb
from tests.servers import serving

EDITION = Edition("pmlr", "MLHC", plain.YEAR)
# Patient enough for a loaded machine to serve what is not broken; only the slow drip lasts as long as that.
# One retry: a connection that the site closes without a word may have been taken for the next request by then.
IMPATIENT = {"retries": 1, "response_timeout": 6.0, "page_bytes_max": 2**20}
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


@pytest.fixture(scope="module")
def tiny(practice_web, tmp_path_factory) -> Path:
    return plain.tiny_web(practice_web, tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def wanted(tiny, tmp_path_factory) -> dict[str, list[str]]:
    """Give the tables of an undisturbed run."""
    with serving(tiny) as web:
        settings = settings_for(web, tmp_path_factory.mktemp("undisturbed"))
        assert plain.run(settings) == ["complete"]
    found = plain.tables(settings.published_path)
    assert len(found["documents"]) == plain.PAPERS
    return found


@pytest.fixture
def web(practice_web, tmp_path):
    with serving(plain.tiny_web(practice_web, tmp_path / "web")) as web:
        yield web


@pytest.fixture
def data_dir(tmp_path) -> Path:
    return tmp_path / "data"


def settings_for(web, data_dir: Path, **more) -> Settings:
    return Settings(data_dir=data_dir, mirror=web.address, official_counts=web.root / "counts.csv", readers=1, **more)


def collected(settings: Settings) -> list[str]:
    """Collect alone; a source without an index has failed as a whole, unless it knows its volumes by itself."""
    with alone(settings, "test"):
        try:
            return plain.collect(settings)
        except plain.SiteError as error:
            return [str(error)]


def assert_heals(web, data_dir: Path, wanted) -> None:
    """Run again as if nothing had been; bad papers are asked for again at once instead of in a month."""
    web.answers.clear()
    assert plain.run(settings_for(web, data_dir, missing_recheck_days=0)) == ["complete"]
    assert plain.tables(data_dir / "mentions.duckdb") == wanted


# ------------------------------------------------------------------------------------------------------------- kill -9


@pytest.mark.long
def test_a_run_killed_at_any_write_point_is_made_good_by_the_next(practice_web, tmp_path):
    """Hundreds of write points over papers, preprints and job ads; `make faults` takes all, the usual tests a few."""
    step = int(os.environ.get("SWEEP_STEP", "401"))
    with serving(plain.tiny_world(practice_web, tmp_path / "web")) as web:
        env = environment(
            tmp_path,
            mirror=web.address,
            official_counts=web.root / "counts.csv",
            employers=web.root / "employers.csv",
            downloads=1,
            readers=1,
            run_wait_max=0,
        )
        command = [sys.executable, "-m", "tests.plain", str(tmp_path / "data"), str(step)]
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) >= 500 // step
    assert [one for one in found if one["killed"] != -9 or not one["same"] or one["left"]] == []


# ------------------------------------------------------------------------------------------------------- what sites do


def reset(handler):
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(handler.connection.detach())  # close() would wait for the files that the handler has on it
    handler.close_connection = True


def slow_drip(handler):
    start(handler, ("Content-Length", "1000000"))
    pour(handler, b".", pause=0.02)


def endless(handler):
    start(handler)
    pour(handler, b"%PDF-1.7 " + b"x" * 2**16)


def pour(handler, piece: bytes, pause: float = 0.0):
    try:
        while True:
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(pause)  # of the site, whose slowness is tested
    except OSError:
        handler.close_connection = True


def start(handler, *headers: tuple[str, str], status: int = 200):
    handler.send_response(status)
    for name, value in headers:
        handler.send_header(name, value)
    if not any(name == "Content-Length" for name, _ in headers):
        handler.send_header("Connection", "close")
        handler.close_connection = True
    handler.end_headers()


def body(content: bytes, *headers: tuple[str, str], length: int | None = None):
    def answer(handler):
        start(handler, ("Content-Length", str(len(content) if length is None else length)), *headers)
        handler.wfile.write(content)
        handler.close_connection = True

    return answer


def redirect_loop(handler):
    start(handler, ("Location", handler.path), ("Content-Length", "0"), status=302)


def status(code: int):
    return lambda handler: handler.send_error(code)


APOLOGY = b"<!DOCTYPE html><title>Sorry</title><p>We are back soon.</p>"
FAULTS = {
    "reset": reset,
    "slow drip": slow_drip,
    "endless": endless,
    "Content-Length too long": body(b"%PDF-1.7 half", length=10**5),
    "Content-Length too short": body(b"%PDF-1.7 and the rest", length=12),
    "redirect loop": redirect_loop,
    "gzip bomb": body(gzip.compress(bytes(2**26)), ("Content-Encoding", "gzip")),
    "malformed Unicode": body(b"\xff\xfe\x00\xd8 \xed\xa0\x80 \xc3( <p>\xf8\x88</p>"),
    "apology": body(APOLOGY),
    "nothing": body(b""),
    "429": status(429),
    "500": status(500),
    "503": status(503),
    "403": status(403),
    "404": status(404),
}


@pytest.mark.parametrize("fault", long_but(FAULTS, "404"))
def test_what_a_site_does_costs_what_it_breaks_and_only_until_it_ends(web, data_dir, wanted, fault):
    """First the index, then the listing, then a paper misbehave; each time the run ends by itself and publishes."""
    broken = plain.papers(web.root)[1]
    places = ["/proceedings.mlr.press/", plain.VOLUME, "/" + str(broken.relative_to(web.root))]
    if fault == "404":
        places.pop(0)  # pmlr then takes the volumes of its own table, which is tested with the source
    impatient = settings_for(web, data_dir, **IMPATIENT)
    for place in places:
        web.answers = {place: FAULTS[fault]}
        began = time.monotonic()
        outcomes = collected(impatient)
        assert outcomes == ["failed"] or place != plain.VOLUME
        assert time.monotonic() - began < 30
    texts = Lake(data_dir).read("texts", EDITION).to_pylist()
    assert sorted(row["text_status"] == "read" for row in texts) == [False, True, True, True], texts
    assert_heals(web, data_dir, wanted)


PRIVATE = ["http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "http://localhost:22/", "http://[::1]/x"]


@pytest.mark.parametrize("link", long_but(PRIVATE))
def test_a_link_to_a_private_place_costs_that_paper_only(web, data_dir, wanted, link):
    """Through the listing of a real host's page, without a mirror between: the crawler itself refuses."""
    listing = web.root / plain.VOLUME.strip("/") / "index.html"
    whole, name = listing.read_text(), plain.papers(web.root)[0].name
    links = [part for part in whole.split('"') if part.endswith(name)]
    listing.write_text(whole.replace(links[0], link))
    outcomes = plain.run(settings_for(web, data_dir, **IMPATIENT))
    assert outcomes == ["incomplete"]
    rows = Lake(data_dir).read("texts", EDITION).to_pylist()
    (refused,) = [row for row in rows if row["text_status"] != "read"]
    assert refused["text_status"] == "not_fetched"
    assert "root:" not in json.dumps([row["text"] for row in rows])
    assert all("169.254" not in path and "passwd" not in path for path, _ in web.requests)
    listing.write_text(whole)
    assert_heals(web, data_dir, wanted)


@pytest.mark.parametrize("address", long_but(["http://no-such-host.invalid", "http://127.0.0.1:1"]))
def test_no_network_is_a_failed_night_and_no_more(web, data_dir, wanted, address):
    """DNS that fails, connections that are refused."""
    plain.run(settings_for(web, data_dir))
    away = settings_for(web, data_dir, **IMPATIENT).model_copy(update={"mirror": address})
    with pytest.raises(plain.SiteError, match=r"no answer|robots"):
        plain.run(away)
    plain.publish(away)
    assert len(plain.tables(away.published_path)["documents"]) == plain.PAPERS
    assert_heals(web, data_dir, wanted)


@pytest.mark.long
def test_a_changed_layout_keeps_what_is_stored(web, data_dir, wanted):
    listing = web.root / plain.VOLUME.strip("/") / "index.html"
    whole = listing.read_text()
    plain.run(settings_for(web, data_dir))
    listing.write_text(whole.replace('class="', 'class="new-'))
    assert plain.run(settings_for(web, data_dir)) == ["failed"]
    assert plain.tables(data_dir / "mentions.duckdb")["documents"] == wanted["documents"]
    listing.write_text(whole)
    assert_heals(web, data_dir, wanted)


# ----------------------------------------------------------------------------------------------------------- documents


@pytest.mark.long
def test_a_pdf_bomb_and_a_reader_out_of_memory_cost_their_papers(web, data_dir, wanted):
    paper = plain.papers(web.root)[2]
    whole = paper.read_bytes()
    write_flate_bomb(paper, 2**29)
    plain.run(settings_for(web, data_dir, reader_memory_bytes=2**28, reader_seconds=10))
    states = {row["document_id"]: row for row in Lake(data_dir).read("texts", EDITION).to_pylist()}
    assert sorted(row["text_status"] for row in states.values()) == ["read", "read", "read", "unreadable"]
    paper.write_bytes(whole)
    assert_heals(web, data_dir, wanted)


# ---------------------------------------------------------------------------------------------------------- the machine


@pytest.fixture
def small_disk(tmp_path):
    """Mount a disk of 200 kB; give its folder and a function that mounts it anew with other options."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting, unmounting = program("mount"), program("umount")

    def mount(options: str) -> bool:
        command = [mounting, "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    if not mount("size=200k"):
        pytest.skip("mounting a small disk needs root")
    yield folder, lambda options: mount(f"remount,{options}")
    subprocess.run([unmounting, "-l", str(folder)], check=True)


@pytest.mark.long
def test_a_full_disk_ends_the_run_and_room_makes_it_good(web, small_disk, wanted):
    folder, mount = small_disk
    settings = settings_for(web, folder / "data")
    sizes, ends = range(40, 1000, 120), []
    for size in sizes:
        mount(f"size={size}k")
        try:
            plain.run(settings)
            ends.append("done")
        except (OSError, WarehouseError) as error:
            ends.append(str(error))
    assert any("No space left" in end for end in ends), ends
    mount("size=50m")
    assert_heals(web, settings.data_dir, wanted)


@pytest.mark.long
def test_a_read_only_disk_is_named_and_nothing_is_lost(web, small_disk, wanted, own_server):
    folder, mount = small_disk
    mount("size=50m")
    settings = settings_for(web, folder / "data")
    plain.run(settings)
    mount("ro")
    with pytest.raises(OSError, match="Read-only"):
        plain.run(settings)
    done = mentions("publish", env=environment(settings.data_dir) | own_server)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "MENTIONS_DATA_DIR" in done.stderr or "read-only" in done.stderr.lower()
    assert plain.tables(settings.published_path) == wanted, "questions are answered all the same"
    mount("rw")
    assert_heals(web, settings.data_dir, wanted)


@pytest.mark.long
@pytest.mark.parametrize("jump", ["+400d", pytest.param("-400d", marks=pytest.mark.long)])
def test_a_clock_that_jumps_changes_nothing(web, data_dir, wanted, jump):
    """A run on a clock that is a year ahead or behind, in which a paper is missing; then one on the right clock."""
    if not FAKETIME.exists():
        pytest.skip("libfaketime is absent")
    paper = plain.papers(web.root)[0]
    whole = paper.read_bytes()
    paper.unlink()
    settings = {"mirror": web.address, "official_counts": web.root / "counts.csv", "readers": 1}
    # The monotonic clock is faked with it: libfaketime breaks time.sleep now and then (EINVAL) where it is not.
    env = environment(data_dir, **settings) | {"LD_PRELOAD": str(FAKETIME), "FAKETIME": jump}
    command = [sys.executable, "-c", "from tests import plain; print(plain.run(plain.Settings()))"]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "['complete']\n", done.stderr
    paper.write_bytes(whole)
    web.requests.clear()
    assert plain.run(settings_for(web, data_dir)) == ["complete"]
    assert len(web.asked(".pdf")) == 1, "a time in the future settles nothing, one long past neither"
    assert_heals(web, data_dir, wanted)
    assert plain.rows(data_dir, "select last_collected_at < now() from coverage") == [(True,)]


# ------------------------------------------------------------------------------------------------------- damaged files


@pytest.mark.parametrize(
    ("dataset", "damage"),
    [
        ("mentions", "cut short"),
        *(
            pytest.param(*case, marks=pytest.mark.long)
            for case in (
                *((dataset, "cut short") for dataset in ("documents", "texts", "scans", "runs")),
                *((dataset, "zeros inside") for dataset in ("texts", "mentions")),
            )
        ),
    ],
)
def test_a_damaged_edition_says_what_to_do_and_doing_it_works(web, data_dir, wanted, dataset, damage):
    settings = settings_for(web, data_dir)
    plain.run(settings)
    path = Lake(data_dir).path(dataset, EDITION)
    data = path.read_bytes()
    path.write_bytes(
        data[: len(data) // 2] if damage == "cut short" else data[:4] + bytes(len(data) - 400) + data[-396:]
    )
    before = plain.tables(settings.published_path)
    with pytest.raises((LakeError, WarehouseError)) as caught:
        plain.run(settings)
    assert str(path) in str(caught.value)
    assert "move it away" in str(caught.value)
    assert plain.tables(settings.published_path) == before, "what was published stays"
    path.rename(data_dir / "moved-away")
    assert_heals(web, data_dir, wanted)


@pytest.mark.long
def test_a_part_cut_short_is_read_again(web, data_dir, wanted):
    settings = settings_for(web, data_dir)
    source = plain.discover()[plain.SOURCE]
    with alone(settings, "test"), plain.workbench(settings) as bench:
        visited = plain.visit(
            bench, source, plain.find_editions(bench, "pmlr", source, plain.YEAR, plain.YEAR, frozenset(["MLHC"]))[0]
        )
        plain.read_batch(bench, visited.edition, visited.unread[:2])
        plain.read_batch(bench, visited.edition, visited.unread[2:])
    torn, _ = sorted((data_dir / "parts").rglob("*.parquet"))
    torn.write_bytes(torn.read_bytes()[:-30])
    web.requests.clear()
    plain.run(settings)
    assert len(web.asked(".pdf")) == 2
    assert_heals(web, data_dir, wanted)


def test_a_reader_that_holds_the_file_open_does_not_stop_a_publication(web, data_dir, wanted):
    settings = settings_for(web, data_dir)
    plain.run(settings)
    program = (
        "import duckdb, sys\n"
        f"held = duckdb.connect({str(settings.published_path)!r}, read_only=True)\n"
        "print(held.execute('select count(*) from documents').fetchone()[0], flush=True)\n"
        "sys.stdin.read()\n"
        "print(held.execute('select count(*) from documents').fetchone()[0])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout.readline() == "4\n"
        assert_heals(web, data_dir, wanted)
        rest, _ = reader.communicate()
    assert rest == "4\n"


def test_stored_parquet_is_what_the_lake_says(web, data_dir):
    """A guard of this file's own: an undisturbed run leaves one whole file a dataset and nothing beside."""
    plain.run(settings_for(web, data_dir))
    files = [path for path in (data_dir / "lake").rglob("*.*") if path.is_file()]
    (lexicon,) = [path for path in files if path.parent.name == "lexicons"]
    files.remove(lexicon)
    assert {path.name for path in files} == {"edition.parquet"}
    assert all(pq.read_metadata(path).num_rows >= 0 for path in files)

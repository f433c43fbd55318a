"""What a page, a PDF or a query may try: nothing is read, written or told beyond what it is for."""

import logging
from pathlib import Path

import pytest

from tasks import warehouse
from tasks.lake.lake import Lake
from tasks.records import SiteError
from tasks.settings import Settings
from tasks.sources.catalogue import discover
from tasks.web.crawler import Crawler
from tests.lakes import SEEDS, add_edition
from tests.servers import serving
from tests.sources.test_contract import Recorded
from tests.test_fuzz import asks

SECRET = "s3cr3t-0f-the-host"


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    (folder / "secret.txt").write_text(SECRET)
    (folder / "secret.json").write_text(f'{{"a": "{SECRET}"}}')
    lake = Lake(folder)
    add_edition(lake, "MLHC", 2019, ["pytorch"])
    target = folder / "mentions.duckdb"
    warehouse.publish(lake, SEEDS, target)
    return target


ATTEMPTS = [
    "select content from read_text('{folder}/secret.txt')",
    "select * from read_blob('{folder}/secret.txt')",
    "select * from glob('{folder}/*')",
    "select * from '{folder}/secret.json'",
    "from read_json('{folder}/secret.json')",
    "from read_parquet('{folder}/lake/texts/*/*/*/*.parquet')",
    "from parquet_metadata('{folder}/lake/texts/*/*/*/*.parquet')",
    "from sniff_csv('{folder}/secret.txt')",
    "select getenv('HOME')",
    "attach '{folder}/other.duckdb' as other",
    "attach '{folder}/mentions.duckdb' as again (read_only false)",
    "copy (select 1) to '{folder}/written.csv'",
    "copy documents from '{folder}/secret.txt'",
    "export database '{folder}/exported'",
    "import database '{folder}'",
    "install httpfs",
    "load httpfs",
    "load '{folder}/x.duckdb_extension'",
    "pragma enable_profiling='json'; pragma profiling_output='{folder}/written.json'; select 1",
    "set temp_directory = '{folder}/temporary'",
    "set home_directory = '{folder}'",
    "set lock_configuration = false",
    "reset enable_external_access",
    "create secret (type s3, key_id 'a', secret 'b')",
    "select 1; drop table documents",
    "select 1; copy (select 1) to '{folder}/written.csv'",
    "update documents set title = 'x'",
    "insert into documents select * from documents",
    "select * from query('copy (select 1) to ''{folder}/written.csv''')",
    "select * from query_table('{folder}/secret.json')",
    "select * from duckdb_secrets()",
    "vacuum documents",
]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_query_reaches_nothing_but_the_published_tables(published, attempt):
    folder = published.parent
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    try:
        answer = str(warehouse.query(published, attempt.format(folder=folder)).to_pylist())
    except warehouse.QueryRefused:
        answer = ""
    assert SECRET not in answer
    assert str(folder) not in answer
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert warehouse.query(published, "select count(*) as count from documents").to_pylist() == [{"count": 1}]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "%s"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY file SYSTEM "file://%s">]>"""


@pytest.mark.parametrize("name", discover())
def test_no_entity_of_a_page_is_followed(name, tmp_path):
    """Put a DTD with a bomb and a local file before every recorded page, and entities in its texts."""
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    folder, asked = asks(name)
    get = Recorded(folder)

    def poisoned(url: str) -> bytes:
        page = get(url)
        page = page.split(b"?>", 1)[1] if page.startswith(b"<?xml") else page
        return BOMB % (b"A" * 1000, str(secret).encode()) + page.replace(b">", b">&file;&d;", 40)

    found = []
    for ask in asked:
        try:
            found += [str(record) for record in ask(poisoned)]
        except SiteError as error:
            found.append(str(error))
    assert SECRET not in "".join(found)
    assert len("".join(found)) < 10**6


def test_a_token_is_never_logged_nor_shown(tmp_path, caplog):
    """Neither by logging at its most talkative nor in errors nor when settings are printed."""
    caplog.set_level(logging.DEBUG)
    with serving(tmp_path) as web:
        settings = Settings(data_dir=tmp_path / "data", mirror=web.address, openreview_token=SECRET, retries=0)
        with Crawler(settings) as crawler, pytest.raises(SiteError) as caught:
            crawler.get("https://api2.openreview.net/notes?content.venueid=x")
    assert SECRET not in caplog.text + str(caught.value) + repr(caught.value) + repr(settings) + str(
        settings.model_dump()
    )
    assert web.requests, "it was asked"
    assert not any(SECRET in path.read_text("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file())

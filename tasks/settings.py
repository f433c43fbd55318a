"""Every setting, its default and why. Values come from MENTIONS_* environment variables."""

import csv
import functools
import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tasks.addresses import Mirror
from tasks.processes import cores

_COLUMNS = {
    "official_counts": {"venue", "year", "track", "paper_count"},
    "employers": {"source", "board", "name"},
}
"""What the files that settings name have to hold."""


class Settings(BaseSettings):
    """The settings of one run; `MENTIONS_DATA_DIR=/srv/mentions` sets `data_dir`, and so on."""

    # Errors say what is wrong with a value without showing it: it may be a token.
    model_config = SettingsConfigDict(
        env_prefix="MENTIONS_", frozen=True, env_ignore_empty=True, allow_inf_nan=False, hide_input_in_errors=True
    )

    data_dir: Path | str = Field(
        Path("data"),
        description="Where the lake lies: a folder, or s3://BUCKET/PREFIX on storage of S3's kind, with the usual "
        "variables (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL).",
    )
    local_dir: Path = Field(
        Path("data"),
        description="Where everything else lies, which wants a disk: the published file, the report, releases, raw "
        "pages, locks. Default: MENTIONS_DATA_DIR where that is a folder, else ./data.",
    )
    mirror: str | None = Field(
        None, description="An http address that answers HOST/PATH?QUERY in place of https://HOST/PATH?QUERY."
    )
    contact: str = Field(
        "https://github.com/framework-mentions/framework-mentions",
        description="An address or e-mail in the User-Agent by which a site's owner can reach whoever runs this.",
    )
    request_interval: float | None = Field(
        None,
        ge=0,
        description="Seconds between requests to one host. Default 1; 0 to a mirror on loopback; a host's own rule "
        "and a longer Crawl-delay hold where they ask for more.",
    )
    connect_timeout: float = Field(10.0, gt=0, description="Seconds until a connection must stand.")
    read_timeout: float = Field(60.0, gt=0, description="Seconds that a site may be silent in the middle of an answer.")
    response_timeout: float = Field(300.0, gt=0, description="Seconds for one whole answer, so that a slow drip ends.")
    page_bytes_max: int = Field(64 * 2**20, gt=0, description="Largest page; ACL's event pages reach 12 MB.")
    document_bytes_max: int = Field(100 * 2**20, gt=0, description="Largest PDF; real papers stay below 60 MB.")
    retries: int = Field(4, ge=0, description="Further tries on 429, 5xx and broken connections.")
    retry_after_max: float = Field(
        600.0,
        ge=0,
        description="Longest Retry-After in seconds waited for; a longer one ends that host tonight. "
        "arXiv asks for 300.",
    )
    downloads: int = Field(4, ge=1, description="Documents asked for at once, over all hosts; each host stays paced.")
    readers: int = Field(
        0,
        ge=0,
        description="Worker processes that read PDFs and scan texts; 0: one a core. Threads abort in pdfium.",
    )
    reader_memory_bytes: int = Field(2 * 2**30, gt=0, description="Address space of a worker; a flate bomb wants 2 GB.")
    reader_seconds: float = Field(60.0, gt=0, description="Time for one document before its worker is killed.")
    document_pages_max: int = Field(2_000, gt=0, description="Pages of one document; a longer one is not read at all.")
    document_characters_max: int = Field(
        20_000_000, gt=0, description="Characters of one document; a longer one is not read."
    )
    openreview_token: SecretStr | None = Field(
        None,
        description="The token that POST https://api2.openreview.net/login gives for id and password; OpenReview's API "
        "asks for it since 2026. Sent to that API alone, never logged.",
    )
    official_counts: Path | None = Field(
        None,
        description="A CSV file of expected counts in place of sql/seeds/official_counts.csv, for a mirror that holds "
        "another web.",
    )
    gold: Path = Field(
        Path("../shared/gold/mentions_in_context.csv"),
        description="One more gold file that publish measures the detector with, where it exists.",
    )
    arxiv_sets: str = Field(
        "cs,stat", description="OAI-PMH sets of arXiv, comma separated; cs:cs:LG is one category, which is much less."
    )
    arxiv_full_text: str = Field(
        "",
        description="Categories of arXiv, comma separated, of which PDFs are read as well: every night those of this "
        "month and the last. Without it titles and abstracts are scanned. A category is hundreds of GB a year.",
    )
    arxiv_pdfs: str = Field(
        "https://arxiv.org/pdf",
        description="Where PDFs of arXiv come from: there; https://storage.googleapis.com/arxiv-dataset/arxiv, the "
        "public bucket, for backfills; or a folder of PDFs on this machine.",
    )
    employers: Path | None = Field(
        None,
        description="A CSV file of job boards (source, board, name) in place of sql/seeds/employers.csv.",
    )
    dask_address: str | None = Field(
        None,
        description="A Dask scheduler, tcp://HOST:PORT, whose workers read batches of papers in this process's place; "
        "wants PREFECT_API_URL and the extra framework-mentions[dask], see docs/SCALE.md.",
    )
    batch_size: int = Field(
        500,
        ge=1,
        description="Papers a Prefect task, which costs up to 0.2 s of CPU, its share of the server included.",
    )
    releases_kept: int | None = Field(
        None, ge=1, description="Releases kept under releases/; older ones are deleted. Default: all of them."
    )
    papers_with_code: Path | None = Field(
        None,
        description="Papers with Code's links-between-papers-and-code.json (July 2025, CC-BY-SA), plain or gzipped, "
        "downloaded by the user; fills imported_series.",
    )
    run_wait_max: float = Field(
        20 * 3600.0,
        ge=0,
        description="Seconds to wait for another run on the same data folder; below a day, so that nights that wait "
        "behind a long backfill do not pile up.",
    )
    notify_command: str | None = Field(
        None,
        description="A command, such as 'mail -s mentions me@example.org', that gets a text on its standard input when "
        "a run ends degraded or failed. Run without a shell: nothing of a page can become a command.",
    )
    missing_recheck_days: int = Field(30, ge=0, description="Days until a paper that answered 404 is asked for again.")

    @model_validator(mode="before")
    @classmethod
    def _keep_together(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Let everything lie in the data folder, where it is one and nothing else is said."""
        place = given.get("data_dir")
        return {"local_dir": place, **given} if place is not None and "://" not in str(place) else given

    @field_validator("data_dir", mode="before")
    @classmethod
    def _is_place(cls, place: Path | str) -> Path | str:
        address = str(place)
        if address.startswith("s3://"):
            bucket, *folders = address.removeprefix("s3://").rstrip("/").split("/")
            if not re.fullmatch(r"[a-z0-9][a-z0-9.-]+", bucket):
                raise ValueError(
                    f"MENTIONS_DATA_DIR: {str(place)!r} names no bucket: its name is of small letters, digits, dots "
                    "and hyphens, as in s3://my-bucket/PREFIX"
                )
            if "" in folders:
                raise ValueError(f"MENTIONS_DATA_DIR: {str(place)!r} has // in it; write one / there")
            return address.rstrip("/")
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", address):  # pyarrow takes it for an address
            raise ValueError(
                f"MENTIONS_DATA_DIR: {str(place)!r} is neither a folder nor an address such as s3://BUCKET/PREFIX; "
                "write a folder with a colon in its name from the root on"
            )
        return Path(place).expanduser()

    @field_validator("local_dir", mode="before")
    @classmethod
    def _is_folder(cls, place: Path | str) -> Path:
        if "://" in str(place):
            raise ValueError(f"MENTIONS_LOCAL_DIR: {str(place)!r} is no folder; only MENTIONS_DATA_DIR may be a bucket")
        return Path(place).expanduser()

    @field_validator("mirror")
    @classmethod
    def _is_address(cls, mirror: str | None) -> str | None:
        if mirror is not None:
            Mirror.parse(mirror)
        return mirror

    @field_validator("contact")
    @classmethod
    def _can_be_sent(cls, contact: str) -> str:
        if not contact.isascii() or not contact.isprintable():
            raise ValueError(
                f"MENTIONS_CONTACT: {contact!r} cannot stand in a User-Agent; write an address or an e-mail"
            )
        return contact

    @field_validator("openreview_token")
    @classmethod
    def _is_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not re.fullmatch(r"[!-~]+", token.get_secret_value().strip()):
            raise ValueError("MENTIONS_OPENREVIEW_TOKEN: it is empty, or holds blanks or odd characters: no token")
        return token

    @field_validator("dask_address")
    @classmethod
    def _is_scheduler(cls, address: str | None) -> str | None:
        if address is not None and not re.fullmatch(r"(tcp|tls|ws|wss)://[^/\s]+:\d{1,5}", address):
            raise ValueError(f"MENTIONS_DASK_ADDRESS: {address!r} is no scheduler's address: write tcp://HOST:PORT")
        return address

    @field_validator("official_counts", "employers")
    @classmethod
    def _is_file(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is not None:
            columns = _COLUMNS[str(info.field_name)]
            name = f"MENTIONS_{str(info.field_name).upper()}"
            try:
                with path.open(encoding="utf-8") as file:
                    missing = columns - set(next(csv.reader(file), []))
            except (OSError, ValueError, csv.Error) as error:
                raise ValueError(f"{name}: {path} cannot be read ({error})") from error
            if missing:
                raise ValueError(f"{name}: {path} is no CSV file with columns {', '.join(sorted(columns))}")
        return path

    def anywhere(self) -> Self:
        """Give the same settings for a process that was started elsewhere on this machine, or on another."""
        local = {"local_dir": self.local_dir.absolute()}
        if isinstance(self.data_dir, Path):
            local["data_dir"] = self.data_dir.absolute()
        return self.model_copy(update=local)

    @property
    def processes(self) -> int:
        """Say how many worker processes read and scan."""
        return self.readers or cores()

    @property
    def published_path(self) -> Path:
        """Give the path of the published DuckDB file."""
        return self.local_dir / "mentions.duckdb"


def misspelt(names: Iterable[str]) -> list[str]:
    """Say of each environment variable that is named like a setting and is none what it may have been meant for."""
    known = {f"MENTIONS_{name.upper()}" for name in Settings.model_fields}
    lines = []
    for name in sorted({name.upper() for name in names} - known):
        if name.startswith("MENTIONS_"):
            close = get_close_matches(name, known, 1, 0.8)
            advice = f"; did you mean {close[0]}?" if close else ""
            lines.append(f"{name} is no setting, and nothing heeds it{advice}")
    return lines


@functools.cache
def settings() -> Settings:
    """Read the settings once a process; raises pydantic's ValidationError naming the variable that is wrong."""
    return Settings()

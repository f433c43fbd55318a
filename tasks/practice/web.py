"""Build the practice web as files and serve it on loopback, as a mirror that MENTIONS_MIRROR may name."""

import email.utils
import hashlib
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

from tasks.practice import arxiv, jobs, pmlr
from tasks.practice.papers import volumes, works
from tasks.records import Period

SITES = (arxiv, jobs, pmlr)
"""The practice sites: modules with `pages()`, which yields HOST/PATH and body of all that the site holds."""


OFFICIAL_COUNTS = "official_counts.csv"
"""Below the web's folder: what this world's catalogues say, for MENTIONS_OFFICIAL_COUNTS."""
FULL_TEXT = ",".join(arxiv.FULL_TEXT)
"""For MENTIONS_ARXIV_FULL_TEXT: the categories of which the practice arXiv has PDFs."""


EMPLOYERS = "employers.csv"
"""Below the web's folder: this world's job boards, for MENTIONS_EMPLOYERS."""


def covered() -> tuple[tuple[str, ...], Period, Period]:
    """Give the venues that the practice web holds, its first and its last year: what `mentions demo` asks for."""
    years = [volume.year for volume in volumes()]
    venues = {volume.venue for volume in volumes()} | {*arxiv.categories()}
    return tuple(sorted(venues)), Period(min(years)), Period(max(years))


def build(folder: Path) -> None:
    """Write the practice web below a folder as HOST/PATH, index.html for folders; always the same bytes."""
    for site in SITES:
        for path, body in site.pages():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
    counts = [f"{volume.venue},{volume.year},main,{len(works(volume))},practice" for volume in volumes()]
    header = "venue,year,track,paper_count,catalogue"
    (folder / EMPLOYERS).write_text(jobs.EMPLOYERS, encoding="utf-8")
    (folder / OFFICIAL_COUNTS).write_text("\n".join([header, *counts, ""]), encoding="utf-8")


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder of HOST/PATH files on loopback, at a free port, and give its address without a slash at the end.

    The server listens when the address is given, and is gone when the context ends. Raises OSError where no port can
    be had.
    """

    class Handler(_StoredWeb):
        root = folder.resolve()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        # 0.05 s, not 0.5: the context ends that much sooner.
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _StoredWeb(BaseHTTPRequestHandler):
    """Answers HOST/PATH from files: `/x` by x.html, a folder by its index.html, all else by 404."""

    root: Path
    protocol_version = "HTTP/1.1"
    # Head and body leave in one packet, else a client that keeps its connection waits 40 ms for the second.
    wbufsize = 2**16
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        file = self._file()
        if file is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        body = file.read_bytes()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        changed = int(file.stat().st_mtime)
        fresh = self._is_fresh(tag, changed)
        self.send_response(HTTPStatus.NOT_MODIFIED if fresh else HTTPStatus.OK)
        self.send_header("ETag", tag)
        self.send_header("Last-Modified", email.utils.formatdate(changed, usegmt=True))
        if not fresh:
            self.send_header("Content-Type", _content_type(file, body))
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not fresh and self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the client reports what it asked for."""

    def _file(self) -> Path | None:
        """Find the file of a request; None where there is none, or where it lies outside the folder."""
        path, _, query = self.path.partition("?")
        path = unquote(path).lstrip("/")
        candidates = ([f"{path}?{unquote(query)}"] if query else []) + [path, f"{path}.html", f"{path}/index.html"]
        for candidate in candidates:
            try:
                file = (self.root / candidate).resolve()
                if file.is_relative_to(self.root) and file.is_file():
                    return file
            except (ValueError, OSError):
                continue  # a NUL, or a name longer than the file system's
        return None

    def _is_fresh(self, tag: str, changed: int) -> bool:
        """Say whether the client's copy is ours; If-None-Match counts before If-Modified-Since (RFC 9110, 13.2.2)."""
        if known := self.headers.get("If-None-Match"):
            return tag in (part.strip().removeprefix("W/") for part in known.split(",")) or known.strip() == "*"
        since = email.utils.parsedate_tz(self.headers.get("If-Modified-Since", ""))
        return since is not None and changed <= email.utils.mktime_tz(since)


def _content_type(file: Path, body: bytes) -> str:
    """Guess by name, save that a PDF without its mark is called what it is: a page."""
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return "text/html" if kind == "application/pdf" and not body.startswith(b"%PDF-") else kind

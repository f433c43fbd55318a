"""Web servers on loopback for tests: files as HOST/PATH, every request noted, answers that a test can change."""

import hashlib
import socketserver
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit


class Unmoved(socketserver.BaseServer):
    """A server to which clients that hang up are no error: that is what they do where an answer goes on for ever."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class HTTPServer(Unmoved, ThreadingHTTPServer):
    """Serves HTTP, a thread a connection."""


@dataclass
class Web:
    """What is served and what was asked for."""

    root: Path
    address: str = ""
    requests: list[tuple[str, int]] = field(default_factory=list)
    """Path and status of every answer so far."""
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    """By path: what answers in place of the file."""

    def asked(self, ending: str) -> list[str]:
        """List the paths asked for that end so, in order."""
        return [path for path, _ in self.requests if path.endswith(ending)]


@contextmanager
def serving(root: Path) -> Iterator[Web]:
    """Serve a folder until the context ends."""
    web = Web(root)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 2**16

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            if path in web.answers:
                web.requests.append((path, 0))
                web.answers[path](self)
                return
            query = unquote(urlsplit(self.path).query)
            file = root / f"{path.strip('/')}?{query}"
            file = file if query and file.is_file() else root / path.strip("/")
            file = file / "index.html" if file.is_dir() else file
            self.answer(path, file.read_bytes() if file.is_file() else None)

        def do_HEAD(self) -> None:
            web.answers[unquote(urlsplit(self.path).path)](self)

        def answer(self, path: str, body: bytes | None) -> None:
            tag = f'"{hashlib.sha256(body or b"").hexdigest()}"'
            status = 404 if body is None else 304 if self.headers.get("If-None-Match") == tag else 200
            web.requests.append((path, status))
            self.send_response(status)
            if status == 200:
                self.send_header("ETag", tag)
            if status != 304:
                self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            if status == 200:
                self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent: `web.requests` tells."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        web.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()

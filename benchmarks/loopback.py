"""A web of files on loopback, as cheap as one can be: what is measured is who asks it."""

import contextlib
import threading
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer


class _Handler(StreamRequestHandler):
    """Answers GET alone, and keeps connections open, as real sites do; http.server parses and writes more headers."""

    disable_nagle_algorithm = True
    server: "_Server"

    def handle(self) -> None:
        while line := self.rfile.readline():
            headers = dict(header.rstrip().lower().split(b": ", 1) for header in iter(self.rfile.readline, b"\r\n"))
            path = self.server.folder / line.split()[1].decode().lstrip("/")
            self._answer(path / "index.html" if path.is_dir() else path, headers.get(b"if-modified-since", b""))

    def _answer(self, path: Path, known: bytes) -> None:
        if not path.is_file():
            self.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        found = path.stat()
        changed = formatdate(found.st_mtime, usegmt=True).encode()
        if known == changed.lower():
            self.wfile.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")
            return
        self.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nLast-Modified: %b\r\n\r\n" % (found.st_size, changed)
        )
        with path.open("rb", buffering=0) as file:
            self.connection.sendfile(file)  # the kernel's work


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64
    folder: Path


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder until the context ends; gives the address. Unchanged files answer 304 by their date."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.folder = folder
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield "http://{}:{}".format(*server.server_address)
        server.shutdown()

"""A web of files on loopback, as cheap as one can be: what is measured is who asks it."""

import contextlib
import functools
import os
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
            path = self.server.folder + line.split()[1].decode()
            self._answer(path + "index.html" if path.endswith("/") else path, headers.get(b"if-modified-since", b""))

    def _answer(self, path: str, known: bytes) -> None:
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            self.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        try:
            found = os.fstat(file)
            changed = _http_date(found.st_mtime)
            if known == changed.lower():
                self.wfile.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")
                return
            self.wfile.write(
                b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nLast-Modified: %b\r\n\r\n" % (found.st_size, changed)
            )
            sent = 0
            while sent < found.st_size:
                sent += os.sendfile(self.connection.fileno(), file, sent, found.st_size - sent)  # the kernel's work
        finally:
            os.close(file)


@functools.lru_cache(4096)
def _http_date(time: float) -> bytes:
    return formatdate(time, usegmt=True).encode()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64
    folder: str


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder until the context ends; gives the address. Unchanged files answer 304 by their date."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.folder = str(folder)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield "http://{}:{}".format(*server.server_address)
        server.shutdown()

"""The connections of crawl.py, which alone imports this: what requests and urllib3 leave open.

- an address is sent as it is written (urllib3 rewrites `..` and percent-encodings);
- an address leads to public machines only, looked up once and connected to by number;
- one exchange ends after a time, however slowly its bytes drip.
"""

import contextlib
import math
import socket
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from types import TracebackType
from typing import Self

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError

from tasks.addresses import Address, public_addresses
from tasks.records import WrongContent

CHUNK_BYTES = 192 * 1024
"""Of a body, at once: with less, threads hand Python's lock around more; from 384 KiB on, new memory costs more."""
_ADDRESSES_TRIED = 4  # of one name: two machines with IPv4 and IPv6; each may cost a whole connect_timeout


class Broken(Exception):
    """An answer that it is worth asking for again. Raised here and in crawl.py, and caught there."""


class _Clock:
    """Ends exchanges whose time is over; one thread for all of them, where a Timer each would be a thread a request."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._deadlines: dict[Exchange, float] = {}
        self._wakes_at = math.inf
        self._thread: threading.Thread | None = None

    def start(self, exchange: "Exchange", seconds: float) -> None:
        """End an exchange in so many seconds."""
        deadline = time.monotonic() + seconds
        with self._changed:
            self._deadlines[exchange] = deadline
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="exchanges", daemon=True)
                self._thread.start()
            elif deadline < self._wakes_at:
                self._changed.notify()

    def cancel(self, exchange: "Exchange") -> None:
        """Let an exchange be: it is over."""
        with self._changed:
            self._deadlines.pop(exchange, None)

    def _run(self) -> None:
        while True:
            with self._changed:
                now = time.monotonic()
                overdue = [exchange for exchange, deadline in self._deadlines.items() if deadline <= now]
                for exchange in overdue:
                    del self._deadlines[exchange]
                if not overdue:
                    self._wakes_at = min(self._deadlines.values(), default=math.inf)
                    self._changed.wait(None if self._wakes_at == math.inf else self._wakes_at - now)
            for exchange in overdue:
                exchange.expire()


_clock = _Clock()


class Exchange:
    """One request and its answer: what the connection must know, and the clock that ends it. A context manager."""

    def __init__(self, wire: str, address: Address, seconds: float, is_guarded: bool) -> None:
        """Take the address to send to, the one that it stands for, and whether private machines are out of bounds."""
        self.wire = wire
        self.address = address
        self.target = "/" + wire.split("/", 3)[3]
        self.is_guarded = is_guarded
        self._seconds = seconds
        self._is_expired = False
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        """Start the clock."""
        self._token = _current.set(self)
        _clock.start(self, self._seconds)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the clock."""
        _clock.cancel(self)
        _current.reset(self._token)

    def watch(self, connected: socket.socket) -> None:
        """Name the socket that the clock shall shut down."""
        self._socket = connected
        if self._is_expired:
            self._shut_down()

    def abort(self) -> None:
        """End the exchange from another thread; it breaks off there like a lost connection."""
        self._shut_down()

    def check_time(self) -> None:
        """Raise `WrongContent` if the time is over: whatever was read before is not the whole."""
        if self._is_expired:
            raise WrongContent(f"{self.address}: the answer took longer than {self._seconds:g} s")

    def expire(self) -> None:
        """End the exchange because its time is over."""
        self._is_expired = True
        self._shut_down()

    def _shut_down(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it is closed already
                self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for its bytes


_current: ContextVar[Exchange] = ContextVar("exchange")


def chunks(raw: urllib3.BaseHTTPResponse, limit: int, exchange: Exchange) -> Iterator[bytes]:
    """Yield a body, decoded; raises `WrongContent` beyond `limit` bytes or the time, `Broken` where it is cut short."""
    too_large = f"{exchange.address}: larger than {limit} bytes"
    if (raw.length_remaining or 0) > limit:
        raise WrongContent(f"{too_large}, says its Content-Length ({raw.length_remaining})")
    received = 0
    try:
        for chunk in raw.stream(CHUNK_BYTES, decode_content=True):  # urllib3 unpacks a bomb no further than asked
            received += len(chunk)
            if received > limit:
                raise WrongContent(too_large)
            yield chunk
    except (HTTPError, OSError) as error:
        exchange.check_time()
        raise Broken(f"the answer broke off after {received} bytes ({error})") from error
    exchange.check_time()


class _HTTPConnection(HTTPConnection):
    def putrequest(self, method: str, url: str, skip_host: bool = False, skip_accept_encoding: bool = False) -> None:
        is_path = url.startswith("/")  # to a proxy goes a whole address
        super().putrequest(method, _current.get().target if is_path else url, skip_host, skip_accept_encoding)

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3 itself does
        if self.sock is not None:
            _current.get().watch(self.sock)
        return super().getresponse()

    def _new_conn(self) -> socket.socket:
        if self.proxy is not None or not _current.get().is_guarded:
            return super()._new_conn()
        name = self.host
        try:
            addresses = public_addresses(name, self.port)
        except socket.gaierror as error:
            raise NameResolutionError(name, self, error) from error
        failure: HTTPError = NewConnectionError(self, "the name has no address")
        try:
            for self.host in addresses[:_ADDRESSES_TRIED]:
                try:
                    return super()._new_conn()
                except (NewConnectionError, ConnectTimeoutError) as error:
                    failure = error
        finally:
            self.host = name  # TLS checks the certificate against it
        raise failure


class _HTTPSConnection(_HTTPConnection, HTTPSConnection):
    """The same below TLS."""


class _HTTPConnectionPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSConnectionPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


_POOLS = {"http": _HTTPConnectionPool, "https": _HTTPSConnectionPool}


class Adapter(HTTPAdapter):
    """The adapter of requests over these connections. It never tries again: retries are paced in crawl.py."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: object) -> None:
        """Make the pools."""
        super().init_poolmanager(connections, maxsize, block, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: object) -> urllib3.PoolManager:
        """Make the pools that go through a proxy; a SOCKS proxy keeps its own kind of connection."""
        manager: urllib3.PoolManager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager

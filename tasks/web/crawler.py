"""The only module that speaks HTTP: fetches pages and documents with manners, within limits, and keeps the raw pages.

The rules of hosts and their pace stand in manners.py, what robots.txt permits in robots.py, the rules of addresses in
addresses.py, the raw pages in archive.py, and what its connections do differently from others in connections.py.

A proxy from the environment (HTTPS_PROXY, NO_PROXY, ...) is used, but not to reach a mirror. The proxy connects then,
so the rule against private machines can only look at what a name means here; a name unknown here is left to the proxy.
"""

import contextlib
import datetime as dt
import importlib.metadata
import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Literal, NoReturn, Self, TypeVar

import requests
from requests.utils import select_proxy
from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError
from urllib3.util import Retry

from tasks.addresses import Address, Mirror, parse_address, public_addresses, resolve
from tasks.records import PageError, PageForbidden, PageMissing, PageUnavailable, UnsafeAddress
from tasks.settings import Settings
from tasks.web.connections import Adapter, Broken, Exchange, chunks
from tasks.web.logins import Logins
from tasks.web.pace import DEFAULT_INTERVAL, HostQueue, Turns, rule_for
from tasks.web.pdf_download import save_pdf, written_over
from tasks.web.raw_pages import Archive, Capture
from tasks.web.robots import ROBOT, Robots

log = logging.getLogger(__name__)

REDIRECTS_MAX = 10  # RFC 9309 asks for 5 at least, browsers give up at 20; no site of ours needs more than 3
_REDIRECTS = (301, 302, 303, 307, 308)
_RETRIED = (429, 500, 502, 503, 504)  # what passes by itself; other 5xx are a server's settled opinion
_CONNECTIONS = 64  # kept open over all hosts, and to one of them (a mirror is all hosts): some for each source

Purpose = Literal["page", "document", "robots"]

T = TypeVar("T")
Receive = Callable[[Iterator[bytes]], T]
"""Takes the decoded chunks of one body; called anew with another body where the one before broke off."""


class Crawler:
    """Fetches pages and documents for one run. Safe for threads; use it in a `with` block, or `close` it.

    Every method that fetches raises the errors of records.py, whose messages name the address and the cause:
    `PageMissing`, `PageForbidden`, `PageUnavailable`, `UnsafeAddress`, `WrongContent`, or a bare `PageError` for a
    status that none of these fits. OSError means that our own disk failed, never the site.
    """

    def __init__(self, settings: Settings, run: str = "", turns: Turns | None = None) -> None:
        """Take the settings, the name of a run that has other crawlers too, and where all machines take turns."""
        self._settings = settings
        self._run = run
        self.turns = turns
        """Where all machines take turns, for crawlers of the same run in other processes."""
        self._mirror = Mirror.parse(settings.mirror) if settings.mirror else None
        self._is_unpaced = (
            self._mirror is not None and self._mirror.is_on_loopback and settings.request_interval is None
        )
        self._user_agent = _user_agent(settings.contact)
        self._logins = Logins(settings)
        self._archive = Archive(settings.local_dir / "raw")
        self._session = requests.Session()
        adapter = Adapter(pool_connections=_CONNECTIONS, pool_maxsize=_CONNECTIONS)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._exchanges: set[Exchange] = set()
        self._queues: dict[str, HostQueue] = {}
        self._environments: dict[str, dict[str, Any]] = {}
        self._robots = Robots(self._get_robots, inf if self._is_unpaced else settings.retry_after_max)
        self._pages: defaultdict[str, _Page] = defaultdict(_Page)
        self.request_counts: dict[str, int] = Counter()
        """Requests sent by host, robots.txt, retries and redirects included."""

    def __enter__(self) -> Self:
        """Give the crawler itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections that are kept open between requests, and end turns that are still held."""
        self._session.close()
        if self.turns is not None:
            self.turns.close()

    @property
    def is_stopped(self) -> bool:
        """Say whether `stop` was called: what fails from then on says nothing of the sites."""
        return self._stopping.is_set()

    def stop(self, reason: str) -> None:
        """End every request that waits, for its turn or for its answer, and refuse all others by `CancelledError`."""
        self._stopping.set()
        with self._lock:
            for queue in self._queues.values():
                queue.stop(reason)
            for exchange in self._exchanges:
                exchange.abort()

    def get(self, url: str) -> bytes:
        """Give the body of a page, asked for once in this crawler's life and conditionally if the archive has it."""
        address = parse_address(url)
        with self._lock:
            page = self._pages[str(address)]
        with page.lock:
            if page.refusal is not None:
                raise type(page.refusal)(*page.refusal.args)
            body = self._archive.body(page.sha256) if page.sha256 else None
            return self._visit(address, page) if body is None else body

    def forget(self, url: str) -> None:
        """Let the next `get` of a page ask the site again, which a list that ran out of time needs."""
        with self._lock:
            self._pages.pop(str(parse_address(url)), None)

    def download(self, url: str, path: Path) -> None:
        """Stream a PDF to `path`, over what is there; afterwards it is complete, or gone. Nothing is archived.

        Raises `WrongContent` where the body is no PDF (an HTML page, most often), `PageUnavailable` where it is cut
        short time and again.
        """
        address = parse_address(url)
        with written_over(path) as file:
            # A compressed PDF saves nothing, and without an encoding Content-Length tells its size before we read.
            self._fetch(
                address,
                lambda body: save_pdf(body, file, address),
                self._settings.document_bytes_max,
                {"Accept-Encoding": "identity"},
                purpose="document",
            )

    def interval(self, host: str, crawl_delay: float = 0.0) -> float:
        """Give the seconds between the starts of two requests to a host: the longest that anybody asks for."""
        if self._is_unpaced:
            return 0.0
        wished, rule = self._settings.request_interval, rule_for(host)
        own = DEFAULT_INTERVAL if wished is None else wished
        return max(own, rule.interval if rule else 0.0, crawl_delay)

    def _visit(self, address: Address, page: "_Page") -> bytes:
        known = self._known(address)
        headers = {"Accept-Encoding": "gzip, deflate"}
        try:
            answer = self._fetch(address, b"".join, self._settings.page_bytes_max, headers, known[0] if known else None)
        except (PageMissing, PageForbidden) as error:
            page.refusal = error.with_traceback(None)
            raise
        if answer.body is not None:
            body, page.sha256 = answer.body, self._archive.store(answer.body)
        else:
            assert known is not None, "a 304 is taken only as the answer to a condition"
            body, page.sha256 = known[1], known[0].sha256
        self._archive.record(
            Capture(
                url=str(address),
                fetched_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                status=answer.status,
                sha256=page.sha256,
                etag=answer.headers.get("ETag") or (known[0].etag if known and answer.body is None else None),
                last_modified=answer.headers.get("Last-Modified")
                or (known[0].last_modified if known and answer.body is None else None),
                final_url=str(answer.address),
            )
        )
        return body

    def _known(self, address: Address) -> tuple[Capture, bytes] | None:
        """Give the last capture and its body, or None where there is none or it is damaged: then we ask outright."""
        captures = self._archive.captures(str(address))
        body = self._archive.body(captures[-1].sha256) if captures else None
        return None if body is None else (captures[-1], body)

    def _fetch(
        self,
        asked: Address,
        receive: Receive[T],
        limit: int,
        headers: dict[str, str],
        known: Capture | None = None,
        purpose: Purpose = "page",
    ) -> "_Answer[T]":
        """Ask for an address, following redirects; each of them is checked and paced like the first."""
        address, via = asked, ""
        try:
            for _ in range(REDIRECTS_MAX + 1):
                answer = self._ask(address, receive, limit, headers | _conditions(known, address), purpose)
                if not answer.location:
                    return answer
                via = f"{asked}: redirected: "
                address = parse_address(self._redirect_target(answer))
        except PageError as error:
            if not via:
                raise
            raise type(error)(f"{via}{error}") from error
        raise PageUnavailable(f"{asked}: redirected more than {REDIRECTS_MAX} times, at last to {address}")

    def _ask(
        self, address: Address, receive: Receive[T], limit: int, headers: dict[str, str], purpose: Purpose
    ) -> "_Answer[T]":
        """Ask for one address in its turn, again where the answer breaks off or the site is busy."""
        crawl_delay = 0.0 if purpose == "robots" else self._robots.delay(address)
        queue = self._queue(address.host)
        interval = self.interval(address.host, crawl_delay)
        retry = Retry(self._settings.retries, backoff_factor=interval, backoff_jitter=interval)
        while True:
            try:
                with queue.turn(interval, str(address), is_document=purpose == "document"):
                    return self._exchange(address, receive, limit, headers, queue)
            except (Broken, PageUnavailable) as error:
                if self.is_stopped:  # what could not be had now says nothing of the site
                    raise CancelledError(f"{address}: not asked for, because the run was stopped") from error
                if isinstance(error, PageUnavailable):
                    raise
                try:
                    retry = retry.increment("GET", str(address), error=error)
                except MaxRetryError:
                    tries = len(retry.history) + 1
                    raise PageUnavailable(f"{address}: {error} (tried {tries} times)") from error
                log.info("%s: %s; trying again", address, error)
            self._stopping.wait(retry.get_backoff_time())

    def _exchange(
        self, address: Address, receive: Receive[T], limit: int, headers: dict[str, str], queue: HostQueue
    ) -> "_Answer[T]":
        """Send one request and take its answer; raises `Broken` where it is worth asking again."""
        with self._lock:
            self.request_counts[address.host] += 1
        with self._exchanging(address) as exchange:
            response = self._send(exchange, headers)
            with contextlib.closing(response.raw) as raw:
                status, location = response.status_code, response.headers.get("Location")
                is_unchanged = status == 304 and bool(headers.keys() & {"If-None-Match", "If-Modified-Since"})
                if raw.length_remaining == 0:
                    raw.read()  # gives the connection back instead of closing it
                if is_unchanged or (status in _REDIRECTS and location):
                    return _Answer(status, address, response.headers, None, "" if is_unchanged else location or "")
                if status not in (200, 203):
                    self._refuse(address, response, queue)
                body = receive(chunks(raw, limit, exchange))
                return _Answer(status, address, response.headers, body)

    @contextlib.contextmanager
    def _exchanging(self, address: Address) -> Iterator[Exchange]:
        """Make an exchange that `stop` can end."""
        with Exchange(self._wire(address), address, self._settings.response_timeout, self._mirror is None) as exchange:
            with self._lock:
                self._exchanges.add(exchange)
            try:
                yield exchange
            finally:
                with self._lock:
                    self._exchanges.discard(exchange)

    def _wire(self, address: Address) -> str:
        return self._mirror.to_wire(address) if self._mirror else str(address)

    def _redirect_target(self, answer: "_Answer[T]") -> str:
        location = answer.location.encode("latin-1", "replace").decode("utf-8", "replace")  # headers come as Latin-1
        target = resolve(self._wire(answer.address), location)
        return self._mirror.from_wire(target, answer.address.scheme) if self._mirror else target

    def _send(self, exchange: Exchange, headers: dict[str, str]) -> requests.Response:
        own = {"User-Agent": self._user_agent, "Accept": "*/*"} | self._logins.headers(exchange.address)
        request = requests.Request("GET", exchange.wire, headers=own | headers)
        options = self._environment(exchange.wire)
        try:
            if select_proxy(exchange.wire, options["proxies"]):
                with contextlib.suppress(OSError):  # a name unknown here is left to the proxy
                    public_addresses(exchange.address.host, 0)
            # The adapter itself: Session.send reads the whole body of a redirect, however long, and keeps cookies.
            timeout = (self._settings.connect_timeout, self._settings.read_timeout)
            adapter = self._session.get_adapter(exchange.wire)
            prepared = request.prepare()
            prepared.url = exchange.wire  # requests wrote it anew
            return adapter.send(prepared, timeout=timeout, **options)
        except UnsafeAddress as error:
            raise UnsafeAddress(f"{exchange.address}: {error}") from error
        except (requests.RequestException, HTTPError) as error:
            exchange.check_time()
            raise Broken(f"no answer ({error})") from error

    def _environment(self, wire: str) -> dict[str, Any]:
        """Give proxy and certificates for an address as the environment has them: 1 ms, so asked once a host."""
        origin = wire[: wire.index("/", len("https://"))]
        if origin not in self._environments:
            options: Any = self._session.merge_environment_settings(wire, {}, True, None, None)
            self._environments[origin] = options | {"proxies": {}} if self._mirror else options
        return self._environments[origin]

    def _refuse(self, address: Address, response: requests.Response, queue: HostQueue) -> NoReturn:
        """Raise the error that an answer's status stands for, and stop or pause the host where it asks for that."""
        status = response.status_code
        problem = f"answered {status} {response.reason or ''}".rstrip()
        if status in (404, 410):
            raise PageMissing(f"{address}: {problem}")
        if status in (401, 403):
            if status == 403 and queue.rule is not None and queue.rule.stops_on_forbidden:
                queue.refuse(f"{address} {problem}, and {queue.rule.reason} ({queue.rule.source})")
            raise PageForbidden(f"{address}: {problem}")
        if status != 429 and status < 500:
            raise PageError(f"{address}: {problem} instead of the page")
        asked = response.headers.get("Retry-After", "")
        seconds = _retry_after(asked)
        if seconds > self._settings.retry_after_max:
            longest = f"MENTIONS_RETRY_AFTER_MAX is {self._settings.retry_after_max:g} s"
            queue.refuse(f"{address} {problem} with Retry-After: {asked}, and {longest}")
            raise PageUnavailable(f"{address}: {problem} with Retry-After: {asked}, and {longest}")
        queue.pause(seconds)
        if status in _RETRIED:
            raise Broken(problem)
        raise PageUnavailable(f"{address}: {problem}")

    def _get_robots(self, address: Address) -> bytes:
        answer = self._fetch(address, b"".join, self._settings.page_bytes_max, {}, purpose="robots")
        return answer.body or b""

    def _queue(self, host: str) -> HostQueue:
        rule = rule_for(host)
        name = rule.domain if rule else host
        with self._lock:
            if name not in self._queues:
                folder = self._settings.local_dir / "locks"
                longest = self._settings.response_timeout
                self._queues[name] = HostQueue(name, rule, folder, self._run, self.turns, longest)
                if self.is_stopped:
                    self._queues[name].stop("the run was stopped")
            return self._queues[name]


@dataclass
class _Page:
    """What this crawler's life has brought of one page."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    sha256: str = ""
    refusal: PageError | None = None


@dataclass(frozen=True)
class _Answer(Generic[T]):
    """A site's answer: a body, the Location of a redirect, or neither of them (304)."""

    status: int
    address: Address
    headers: Mapping[str, str]
    body: T | None
    location: str = ""


def _user_agent(contact: str) -> str:
    return f"{ROBOT}/{importlib.metadata.version('framework-mentions')} (+{contact})"


def _conditions(known: Capture | None, address: Address) -> dict[str, str]:
    """Give the headers that make the site answer 304 if the page is as it was, at the address where it was found."""
    if known is None or known.final_url != str(address):
        return {}
    wished = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in wished.items() if value and value.isprintable()}


def _retry_after(text: str) -> float:
    """Give the seconds that a Retry-After asks for, written as a number or as a date; 0 where it cannot be read."""
    try:
        return Retry().parse_retry_after(text)
    except (InvalidHeader, ValueError, OverflowError):
        return 0.0

"""What each host's robots.txt permits (RFC 9309), read once in a crawler's life and asked before every request."""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from protego import Protego

from tasks.addresses import Address
from tasks.records import PageError, PageForbidden, PageUnavailable, UnsafeAddress, WrongContent

ROBOT = "FrameworkMentions"
"""The name by which a robots.txt can address us."""

_BYTES_MAX = 500 * 1024  # RFC 9309 section 2.5: a robot reads 500 KiB of it and may stop there


@dataclass
class _Host:
    """What one host's robots.txt says; rules and refusal are both empty until it was asked for."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    rules: Protego | None = None
    refusal: str = ""


class Robots:
    """The rules of all hosts that a crawler asks. Safe for threads."""

    def __init__(self, fetch: Callable[[Address], bytes], longest_delay: float) -> None:
        """Take what brings a robots.txt, raising a `PageError`, and the longest Crawl-delay in seconds to wait for."""
        self._fetch = fetch
        self._longest_delay = longest_delay
        self._lock = threading.Lock()
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)

    def delay(self, address: Address) -> float:
        """Give the host's Crawl-delay in seconds; raises `PageForbidden` or `PageUnavailable` where we are kept out."""
        where = address.with_target("/robots.txt")
        with self._lock:
            host = self._hosts[address.netloc]
        with host.lock:
            if host.rules is None and not host.refusal:
                self._read(address, where, host)
        if host.rules is None:
            raise PageUnavailable(f"{address}: {host.refusal}")
        if not host.rules.can_fetch(str(address), ROBOT):
            raise PageForbidden(f"{address}: forbidden by {where}")
        delay = host.rules.crawl_delay(ROBOT) or 0.0
        if delay > self._longest_delay:
            raise PageUnavailable(f"{address}: {where} asks for {delay:g} s between requests, too long to wait")
        return delay

    def _read(self, address: Address, where: Address, host: _Host) -> None:
        try:
            body = self._fetch(where)
        except (PageUnavailable, WrongContent) as error:
            # RFC 9309 section 2.3.1.4: unreachable means that everything is forbidden, until it can be read again.
            host.refusal = f"everything is forbidden while robots.txt cannot be read (RFC 9309): {error}"
        except UnsafeAddress as error:
            raise UnsafeAddress(f"{address}: asking for robots.txt first: {error}") from error
        except PageError:
            host.rules = Protego.parse("")  # RFC 9309 section 2.3.1.3: none, so all is allowed
        else:
            host.rules = Protego.parse(body[:_BYTES_MAX].decode("utf-8-sig", "replace"))

"""Which addresses may be asked for, how they are written, and where a mirror keeps them. Sends nothing."""

import ipaddress
import re
import socket
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import quote, urljoin, urlsplit

from tasks.records import UnsafeAddress

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_ADDRESS = re.compile(r"(https?)://([^/?#\\]+)((?:[/?][^#]*)?)(?:#.*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:@%\s]+)(?::(\d{0,5}))?")
_HOST_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_HOST_LENGTH_MAX = 253  # RFC 1035 section 2.3.4, less the length octets
_LAST_PORT = 65535
# All that is printable stays as it came, but space, quotes and angle brackets, which no server expects bare. The per
# cent sign stays too, as in browsers (https://url.spec.whatwg.org/#percent-encoded-bytes): nothing is encoded twice.
_KEPT = "!#$%&'()*+,/:;=?@[\\]^`{|}~"

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215
_IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291 section 2.5.5.1; holds :: and ::1 as well


@dataclass(frozen=True)
class Address:
    """An http(s) address in one spelling: host in lower case, no fragment, path and query as they came."""

    scheme: str
    host: str
    """Name or IP literal; an IPv6 literal keeps its brackets."""
    port: str
    """Empty where it is the scheme's own."""
    target: str
    """Path and query, starting with a slash."""

    @property
    def netloc(self) -> str:
        """Give the host, with its port where that is not the scheme's own."""
        return f"{self.host}:{self.port}" if self.port else self.host

    def __str__(self) -> str:
        """Give the absolute address."""
        return f"{self.scheme}://{self.netloc}{self.target}"

    def with_target(self, target: str) -> "Address":
        """Give another address on the same host; `target` starts with a slash."""
        return replace(self, target=target)

    def is_on_loopback(self) -> bool:
        """Say whether the host is loopback by its spelling alone."""
        address = _literal(self.host)
        return (
            self.host == "localhost"
            or self.host.endswith(".localhost")
            or (address is not None and address.is_loopback)
        )


def parse_address(url: str) -> Address:
    """Read an address that a page or a person gave.

    Raises `UnsafeAddress` where it is not http(s), is malformed, carries a password, or spells out a machine that is
    not public: loopback, private, link-local, in any of the forms that systems accept (127.1, 2130706433, 0x7f.1,
    [::ffff:7f00:1], localhost). A name is looked up only when it is connected to: `public_addresses`.
    """
    address = _split(url)
    literal = _literal(address.host)
    if (literal is not None and not is_public(literal)) or address.is_on_loopback():
        raise UnsafeAddress(f"{url}: leads to {address.host}, which is not a public machine")
    return address


def _split(url: str) -> Address:
    # Browsers drop these characters; markup breaks long addresses over lines.
    text = re.sub(r"[\t\r\n]", "", url).strip(" \x00\x0b\x0c")
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise UnsafeAddress(f"{url}: not an http(s) address")
    authority = _AUTHORITY.fullmatch(match[2])
    if authority is None:
        raise UnsafeAddress(f"{url}: {match[2]!r} is not a host with a port (nor are user names sent)")
    scheme, host, port = match[1].lower(), _host(authority[1], url), (authority[2] or "").lstrip("0")
    if port and int(port) > _LAST_PORT:
        raise UnsafeAddress(f"{url}: there is no port {port}")
    target = match[3] if match[3].startswith("/") else "/" + match[3]
    target = quote(target, safe=_KEPT, errors="surrogatepass")
    return Address(scheme, host, "" if port == _DEFAULT_PORTS[scheme] else port, target)


def _host(text: str, url: str) -> str:
    if text.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(text[1:-1])}]"
        except ValueError as error:
            raise UnsafeAddress(f"{url}: {text} is not an IPv6 address") from error
    try:
        host = text.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as error:
        raise UnsafeAddress(f"{url}: {text!r} is not a host name ({error})") from error
    if len(host) > _HOST_LENGTH_MAX or not _HOST_NAME.fullmatch(host):
        raise UnsafeAddress(f"{url}: {text!r} is not a host name")
    return host


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if host.startswith("["):
        return ipaddress.IPv6Address(host[1:-1])
    try:
        return ipaddress.IPv4Address(
            socket.inet_aton(host)
        )  # reads 127.1, 2130706433 and 0x7f000001, as connect() does
    except OSError:
        return None


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Say whether an address is of the public internet, looking into IPv6 forms that carry an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and (address in _IPV4_COMPATIBLE or any(address in network for network in _NAT64)):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def public_addresses(host: str, port: int) -> list[str]:
    """Look a host up and give its IP addresses in the resolver's order.

    Raises `UnsafeAddress` where one of them is not public, OSError (socket.gaierror) where the name does not resolve.
    Connecting to what this returns, not to the name, is what defeats DNS rebinding.
    """
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = [str(sockaddr[0]) for *_, sockaddr in found]
    for text in addresses:
        if not is_public(ipaddress.ip_address(text)):
            raise UnsafeAddress(f"{host}: leads to {text}, which is not a public machine")
    return addresses


def resolve(base: str, location: str) -> str:
    """Resolve a redirect's Location against the address that sent it, keeping the `//` of Wayback's paths."""
    location = location.strip()
    is_below = re.match(r"[^/?#.:][^:?#]*(?:[?#]|$)", location) is not None
    if is_below:  # urljoin would fold `//` in the folder of the base
        parts = urlsplit(base)
        folder = parts.path.rpartition("/")[0]
        return f"{parts.scheme}://{parts.netloc}{folder}/{location}"
    try:
        return urljoin(base, location)
    except ValueError as error:
        raise UnsafeAddress(f"{location}: not an address ({error})") from error


@dataclass(frozen=True)
class Mirror:
    """The address that answers HOST/PATH?QUERY in place of https://HOST/PATH?QUERY."""

    base: str
    """Without a slash at its end."""
    is_on_loopback: bool

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read MENTIONS_MIRROR; raises ValueError with advice where it is not an http(s) address."""
        try:
            address = _split(url)
        except UnsafeAddress as error:
            raise ValueError(f"MENTIONS_MIRROR: {error}; write something like http://127.0.0.1:8765") from error
        if "?" in address.target:
            raise ValueError(f"MENTIONS_MIRROR: {url}: a mirror's address has no query")
        return cls(str(address).rstrip("/"), address.is_on_loopback())

    def to_wire(self, address: Address) -> str:
        """Give where the mirror keeps an address; http and https alike."""
        return f"{self.base}/{address.netloc}{address.target}"

    def from_wire(self, url: str, scheme: str) -> str:
        """Map an address on the mirror back to the one that it stands for; any other stays as it is."""
        inside = url.removeprefix(self.base + "/")
        return url if inside == url else f"{scheme}://{inside}"

import ipaddress
import socket

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasks.addresses import Mirror, is_public, parse_address, public_addresses, resolve
from tasks.records import UnsafeAddress


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("HTTPS://Example.ORG", "https://example.org/"),
        ("https://example.org:443/a#part", "https://example.org/a"),
        ("http://example.org:8080?q=1", "http://example.org:8080/?q=1"),
        ("https://example.org/a b/é.pdf", "https://example.org/a%20b/%C3%A9.pdf"),
        ("https://example.org/a%20b/100%.pdf?x=%7e&y=[1]|2", "https://example.org/a%20b/100%.pdf?x=%7e&y=[1]|2"),
        (
            "https://example.org/web/2019id_/http://a.org//b/../c",
            "https://example.org/web/2019id_/http://a.org//b/../c",
        ),
        (" https://example.org/a\n/b ", "https://example.org/a/b"),
        ("https://bücher.example./", "https://xn--bcher-kva.example/"),
        ("http://8.8.8.8/", "http://8.8.8.8/"),
    ],
)
def test_an_address_has_one_spelling_and_a_verbatim_path(written, sent):
    assert str(parse_address(written)) == sent
    assert str(parse_address(sent)) == sent


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/a",
        "//example.org/a",
        "example.org/a",
        "https://",
        "https:///a",
        "http://localhost/",
        "http://LOCALHOST.:80/",
        "http://a.localhost/",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127。0。0。1/",
        "http://0/",
        "http://10.0.0.8/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[fe80::1%25eth0]/",
        "http://[nonsense]/",
        "http://user:secret@example.org/",
        "http://example.org\\@127.0.0.1/",
        "http://example.org:99999/",
        "http://../x",
        "http://a..b/",
        "http://exa mple.org/",
        "http://127%2e0.0.1/",
        "http://" + "a" * 64 + ".org/",
    ],
)
def test_an_address_of_a_private_machine_or_no_address_is_unsafe(url):
    with pytest.raises(UnsafeAddress) as caught:
        parse_address(url)
    assert url in str(caught.value)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07::1", True),
        ("64:ff9b::5db8:d70e", True),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("ff02::1", False),
        ("fec0::1", False),
        ("64:ff9b:1::a00:1", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ],
)
def test_public_addresses_are_told_from_others(address, expected):
    assert is_public(ipaddress.ip_address(address)) is expected


def test_a_name_with_one_private_address_is_unsafe(monkeypatch):
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 80)) for host in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(UnsafeAddress, match=r"10\.0\.0\.1"):
        public_addresses("two.example", 80)


@pytest.mark.parametrize(
    ("base", "location", "expected"),
    [
        ("https://a.org/x/y", "z", "https://a.org/x/z"),
        ("https://a.org/x/y", "../z", "https://a.org/z"),
        ("https://a.org/x/y?q", "?r", "https://a.org/x/y?r"),
        ("https://a.org/x", "//b.org/y", "https://b.org/y"),
        ("https://a.org/x", "http://b.org//y", "http://b.org//y"),
        ("https://a.org/web/1/http://b.org/c", "/web/2/http://b.org//c", "https://a.org/web/2/http://b.org//c"),
        ("https://a.org/web/1/http://b.org/c", "d?e=f:g", "https://a.org/web/1/http://b.org/d?e=f:g"),
        ("https://a.org/x", "file:///etc/passwd", "file:///etc/passwd"),
    ],
)
def test_a_redirect_is_resolved(base, location, expected):
    assert resolve(base, location) == expected


@pytest.mark.parametrize("base", ["http://127.0.0.1:8765", "http://127.0.0.1:8765/", "https://mirror.example/papers/"])
@pytest.mark.parametrize("url", ["https://a.org/x//y?q=//z", "http://a.org:8080/"])
def test_a_mirror_maps_there_and_back(base, url):
    mirror = Mirror.parse(base)
    address = parse_address(url)
    wire = mirror.to_wire(address)
    assert wire == base.rstrip("/") + "/" + url.split("//", 1)[1]
    assert mirror.from_wire(wire, address.scheme) == url
    assert mirror.from_wire("https://elsewhere.org/x", "http") == "https://elsewhere.org/x"
    assert mirror.is_on_loopback == ("127.0.0.1" in base)


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8765", "ftp://127.0.0.1", "", "http://", "http://127.0.0.1:x", "http://m/?q"]
)
def test_a_bad_mirror_is_named(url):
    with pytest.raises(ValueError, match="MENTIONS_MIRROR"):
        Mirror.parse(url)


LETTERS = st.text(alphabet="abz019.:/?#[]@%\\ -_\n\ud800é。\x00", max_size=40) | st.text(max_size=40)


@given(st.sampled_from(["", "http://", "https://a.org/", "HTTP://[", "//"]), LETTERS)
@settings(deadline=None)  # of a busy machine
@example("http://", "a.org/\ud800")
def test_whatever_a_page_holds_is_an_address_or_unsafe(start, text):
    try:
        address = parse_address(resolve("https://a.org/x//y", start + text))
    except UnsafeAddress:
        return
    sent = str(address)
    assert sent.isascii()
    assert sent.isprintable()
    assert " " not in sent
    assert parse_address(sent) == address

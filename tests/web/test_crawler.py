"""The crawler against a real server on loopback, used as its mirror, that says exactly what each test scripts."""

import gzip
import itertools
import socket
import socketserver
import struct
import threading
import time
import tracemalloc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest
import urllib3.util.connection

from tasks.records import PageError, PageForbidden, PageMissing, PageUnavailable, UnsafeAddress, WrongContent
from tasks.settings import Settings
from tasks.web.connections import CHUNK_BYTES
from tasks.web.crawler import Crawler
from tasks.web.raw_pages import Archive
from tests.servers import Unmoved

PAGE = "https://papers.example/volume"
PDF = b"%PDF-1.7\n" + b"0123456789" * 20_000


def reply(status=200, body=b"", length=None, connection="close", **headers):
    """Write an answer that announces the close, else the client may send its next request into it."""
    lines = [f"Connection: {connection}"] if connection else []
    lines[:0] = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(location, status=302):
    return reply(status, Location=location)


class Site(Unmoved, socketserver.ThreadingTCPServer):
    """Answers a path with its bytes, a list's next bytes (the last one for ever), or what a function sends."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 50

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Visit)
        self.answers = {}
        self.asked = []
        self.is_over = threading.Event()

    def put(self, url, answer):
        self.answers["/" + url.split("://", 1)[1]] = answer

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def paths(self):
        return [path for path, _, _ in self.asked if not path.endswith("/robots.txt")]


class Visit(socketserver.StreamRequestHandler):
    def handle(self):
        asked_at = time.monotonic()
        _, path, _ = self.rfile.readline().decode().split(" ", 2)
        headers = dict(line.decode().strip().split(": ", 1) for line in iter(self.rfile.readline, b"\r\n"))
        self.server.asked.append((path, headers, asked_at))
        answer = self.server.answers.get(path, reply(404))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        self.connection.sendall(answer if isinstance(answer, bytes) else answer(self) or b"")


@pytest.fixture
def site():
    with Site() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.is_over.set()
        server.shutdown()


@pytest.fixture
def crawl(site, tmp_path):
    """Make crawlers that share a data directory and see the site through the mirror."""
    made = []

    def make(**options):
        made.append(Crawler(Settings(**{"data_dir": tmp_path, "mirror": site.address} | options)))
        return made[-1]

    yield make
    for crawler in made:
        crawler.close()


def for_ever(data, pause=0.0):
    def send(visit):
        visit.connection.sendall(data)
        while not visit.server.is_over.wait(pause):
            visit.connection.sendall(data[-1:] if pause else b"x" * 65536)

    return send


def cut_off(answer):
    """Send and then reset the connection, as a dying server does."""

    def send(visit):
        visit.connection.sendall(answer)
        visit.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        visit.connection.close()

    def handle(visit):
        send(visit)
        raise ConnectionAbortedError

    return handle


# What is asked for


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.example/web/2019id_/http://b.example//x/../y?q=//%7e&z", "/a.example/web/2019id_/http://b.example//x/../y?q=//%7e&z"),
        ("http://a.example//x/./%2f%41", "/a.example//x/./%2f%41"),
        ("https://a.example/v68/Copyright 2017/Ä.pdf", "/a.example/v68/Copyright%202017/%C3%84.pdf"),
        ("https://a.example/v68/Copyright%202017/100%.pdf", "/a.example/v68/Copyright%202017/100%.pdf"),
        ("http://a.example:8080?a=[b]|c", "/a.example:8080/?a=[b]|c"),
    ],
)  # fmt: skip
def test_paths_and_queries_are_sent_as_they_are_written(site, crawl, url, path):
    site.answers[path] = reply(body=b"page")
    assert crawl().get(url) == b"page"
    assert site.paths() == [path]


def test_a_request_says_who_asks(site, crawl):
    site.put(PAGE, reply())
    crawl(contact="someone@a.example").get(PAGE)
    agents = {headers["User-Agent"] for _, headers, _ in site.asked}
    assert len(agents) == 1
    assert agents.pop().startswith("FrameworkMentions/0.")
    assert all("(+someone@a.example)" in headers["User-Agent"] for _, headers, _ in site.asked)
    assert not any("Cookie" in headers or "Authorization" in headers for _, headers, _ in site.asked)


@pytest.mark.parametrize("options", [{"mirror": "127.0.0.1:80"}, {"contact": "a\r\nX: y"}, {"contact": "jürgen"}])
def test_a_setting_that_cannot_be_used_is_named(crawl, options):
    (name,) = options
    with pytest.raises(ValueError, match=f"MENTIONS_{name.upper()}"):
        crawl(**options)


API = "https://api2.openreview.net/notes?content.venueid=X"


def logins(site):
    return {path: headers["Authorization"] for path, headers, _ in site.asked if "Authorization" in headers}


@pytest.mark.parametrize(
    ("url", "is_sent"),
    [
        (API, True),
        (API.replace("api2", "api"), True),
        (API.replace("https", "http"), False),
        (API.replace(".net/", ".net:8443/"), False),
        (API.replace("api2.", ""), False),
        (API.replace("api2", "api3"), False),
        (API.replace(".net", ".net.a.example"), False),
        (PAGE, False),
    ],
)
def test_a_login_goes_to_its_own_hosts_only(site, crawl, caplog, url, is_sent):
    caplog.set_level("DEBUG")
    site.put(url, [reply(503), reply(body=b"page")])
    crawler = crawl(openreview_token="s3cret")
    assert crawler.get(url) == b"page"
    path = "/" + url.split("://")[1]
    assert logins(site).get(path) == ("Bearer s3cret" if is_sent else None)
    assert is_sent or not logins(site)
    assert "s3cret" not in caplog.text + repr(crawler._settings)


@pytest.mark.parametrize("target", [PAGE, API.replace("https", "http") + "&again=1"])
def test_a_login_does_not_follow_a_redirect(site, crawl, target):
    # Not through a mirror's own address: that one stands for the host that its path names.
    site.put(API, redirect(target))
    site.put(target, reply(body=b"page"))
    crawl(openreview_token="s3cret").get(API)
    assert "/" + target.split("://")[1] in site.paths()
    assert "/" + target.split("://")[1] not in logins(site)


@pytest.mark.parametrize("token", ["a\r\nX: y", "two words", "\u00fc"])
def test_a_token_that_cannot_be_sent_is_named_and_not_shown(crawl, token):
    with pytest.raises(ValueError, match="MENTIONS_OPENREVIEW_TOKEN") as caught:
        crawl(openreview_token=token)
    assert token not in str(caught.value)


def test_a_page_is_asked_for_once_in_a_life_by_all_threads(site, crawl):
    site.put(PAGE, reply(body=b"page"))
    crawler = crawl()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(crawler.get, [PAGE] * 16)) == {b"page"}
    with pytest.raises(PageMissing):
        crawler.get(PAGE + "/none")
    with pytest.raises(PageMissing, match="404"):
        crawler.get(PAGE + "/none")
    assert Counter(site.paths()).most_common(1) == [("/papers.example/volume", 1)]
    assert crawler.request_counts == {"papers.example": 3}


# Redirects


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/papers.example/volume/", "/papers.example/volume/"),
        ("volume//1?x=//", "/papers.example/volume//1?x=//"),
        ("https://other.example/b//c", "/other.example/b//c"),
        ("MIRROR/other.example/b", "/other.example/b"),
        ("/papers.example/é", "/papers.example/%C3%A9"),
    ],
)
def test_a_redirect_is_mapped_back(site, crawl, tmp_path, location, path):
    site.put(PAGE, redirect(location.replace("MIRROR", site.address)))
    site.answers[path] = reply(body=b"moved")
    assert crawl().get(PAGE) == b"moved"
    assert site.paths() == ["/papers.example/volume", path]
    assert Archive(tmp_path / "raw").captures(PAGE)[-1].final_url == "https:/" + path


UNSAFE = [
    "http://127.0.0.1/", "http://127.0.0.1:22/x", "http://127.1:{port}/", "http://localhost:{port}/", "ftp://a.example/x",
    "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://2130706433:{port}/", "file:///etc/passwd",
    "http://169.254.169.254/latest/", "http://10.0.0.1/",
]  # fmt: skip


@pytest.mark.parametrize("url", [*UNSAFE, "/", "/127.0.0.1:{port}/", "http://[", "http://a:b@c.example/"])
def test_a_redirect_to_a_private_machine_is_refused(site, crawl, url):
    site.put(PAGE, redirect(url.format(port=site.server_address[1])))
    with pytest.raises(UnsafeAddress, match=PAGE):
        crawl().get(PAGE)
    assert site.paths() == ["/papers.example/volume"]


@pytest.mark.parametrize("with_mirror", [True, False])
@pytest.mark.parametrize("url", UNSAFE)
def test_a_private_machine_is_not_asked(site, crawl, tmp_path, url, with_mirror):
    url = url.format(port=site.server_address[1])
    crawler = crawl() if with_mirror else crawl(mirror=None)
    for ask in (crawler.get, lambda url: crawler.download(url, tmp_path / "x.pdf")):
        with pytest.raises(UnsafeAddress) as caught:
            ask(url)
        assert url in str(caught.value)
    assert site.asked == []


def test_a_name_is_looked_up_once_and_connected_to_by_number(site, crawl, monkeypatch):
    """A name that means a public machine when it is checked and loopback when it is connected to gains nothing."""
    meanings = itertools.chain(["8.8.8.8"], itertools.repeat("127.0.0.1"))
    dialled = []

    def look_up(host, port, *_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(meanings), port))]

    def dial(address, *_, **__):
        dialled.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(urllib3.util.connection, "create_connection", dial)
    crawler = crawl(mirror=None, retries=0, request_interval=0)
    url = f"http://rebind.example:{site.server_address[1]}/"
    with pytest.raises(PageUnavailable, match="no answer"):
        crawler.get(url)
    with pytest.raises(UnsafeAddress, match=r"rebind.example.*127\.0\.0\.1"):
        crawl(mirror=None, retries=0, request_interval=0).get(url)
    assert dialled == ["8.8.8.8"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_loop_ends(site, crawl, status):
    site.put(PAGE, redirect("/papers.example/volume", status))
    with pytest.raises(PageUnavailable, match="redirected more than 10 times"):
        crawl().get(PAGE)
    assert len(site.paths()) == 11


def test_the_body_of_a_redirect_is_not_read(site, crawl):
    site.put(PAGE, for_ever(b"HTTP/1.1 302 Moved\r\nLocation: /papers.example/b\r\n\r\n"))
    site.put("https://papers.example/b", reply(body=b"b"))
    assert crawl().get(PAGE) == b"b"


# Answers and errors


@pytest.mark.parametrize(
    ("answer", "error", "cause"),
    [
        (reply(404), PageMissing, "404"),
        (reply(410), PageMissing, "410"),
        (reply(401), PageForbidden, "401"),
        (reply(403), PageForbidden, "403"),
        (reply(429), PageUnavailable, "429"),
        (reply(503), PageUnavailable, "503"),
        (reply(520), PageUnavailable, "520"),
        (reply(400), PageError, "400"),
        (reply(202, b"Verifying your browser"), PageError, "202"),
        (reply(304), PageError, "304"),
        (reply(302), PageError, "302"),
        (b"", PageUnavailable, "Connection aborted"),
        (b"I am no web server\r\n\r\n", PageUnavailable, "no answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", PageUnavailable, "Content-Length"),
        (reply(body=b"no gzip", Content_Encoding="gzip"), PageUnavailable, "gzip"),
        (reply(body=b"short", length=10), PageUnavailable, "5 bytes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort", PageUnavailable, "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nshort", PageUnavailable, "broke off"),
    ],
)
def test_an_answer_that_is_no_page_is_an_error_that_says_why(site, crawl, tmp_path, answer, error, cause):
    site.put(PAGE, answer)
    for ask in (crawl().get, lambda url: crawl().download(url, tmp_path / "x.pdf")):
        with pytest.raises(error) as caught:
            ask(PAGE)
        assert type(caught.value) is error
        assert PAGE in str(caught.value)
        assert cause in str(caught.value)
    assert not (tmp_path / "x.pdf").exists()
    tries = 5 if error is PageUnavailable and cause != "520" else 1
    assert len(site.paths()) == 2 * tries


@pytest.mark.parametrize(
    "trouble",
    [
        reply(503),
        reply(500),
        reply(429, Retry_After="0"),
        reply(429, Retry_After=formatdate(0, usegmt=True)),
        reply(429, Retry_After="soon"),
        reply(body=PDF[:9999], length=len(PDF)),
        cut_off(b""),
        cut_off(reply(body=PDF[:9999], length=len(PDF))),
    ],
)
def test_trouble_that_passes_is_survived(site, crawl, tmp_path, trouble):
    site.put(PAGE, [trouble, trouble, reply(body=PDF)])
    site.put(PAGE + ".pdf", [trouble, trouble, reply(body=PDF)])
    crawler = crawl()
    assert crawler.get(PAGE) == PDF
    crawler.download(PAGE + ".pdf", tmp_path / "x.pdf")
    assert (tmp_path / "x.pdf").read_bytes() == PDF


def test_nothing_of_a_download_that_broke_off_is_left_in_the_next_try(site, crawl, tmp_path):
    """The first try writes more than the whole paper has, so a leftover would show at its start or at its end."""
    broken = b"%PDF-1.7\n" + b"old" * CHUNK_BYTES  # more than one chunk, else nothing was written yet
    paper = b"%PDF-1.7\nnew"
    site.put(PAGE, [reply(body=broken, length=len(broken) + 1), reply(body=paper)])
    crawl().download(PAGE, tmp_path / "x.pdf")
    assert (tmp_path / "x.pdf").read_bytes() == paper
    assert len(site.paths()) == 2


def test_a_mirror_is_not_reached_through_a_proxy(site, crawl, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    site.put(PAGE, reply(body=b"page"))
    assert crawl(retries=0).get(PAGE) == b"page"


def test_a_connection_that_the_site_gave_up_costs_a_try_and_not_the_page(site, crawl):
    """An idle connection is closed just as the next request goes out on it."""

    def close_on_the_next_request(visit):
        visit.connection.sendall(reply(404, connection=None))
        visit.connection.recv(1)

    site.put("https://papers.example/robots.txt", close_on_the_next_request)
    site.put(PAGE, reply(body=b"page"))
    crawler = crawl(retries=1)
    assert crawler.get(PAGE) == b"page"
    assert crawler.request_counts == {"papers.example": 3}
    assert len(site.asked) == 2
    with pytest.raises(PageUnavailable, match="tried 1 times"):
        crawl(retries=0).get(PAGE)


def test_a_dead_mirror_is_unavailable(site, crawl):
    site.server_close()
    with pytest.raises(PageUnavailable, match="refused"):
        crawl().get(PAGE)


def test_a_short_retry_after_holds_for_the_host(site, crawl):
    site.put(PAGE, [reply(429, Retry_After="1"), reply(body=b"page")])
    assert crawl().get(PAGE) == b"page"
    (_, _, first), (_, _, second) = site.asked[1:]
    assert second - first >= 0.9  # the server sees the first a little late


@pytest.mark.parametrize("wait", ["83276", formatdate(time.time() + 83276, usegmt=True)], ids=["seconds", "date"])
def test_a_long_retry_after_stops_the_host_for_the_night(site, crawl, wait):
    site.put(PAGE, reply(429, Retry_After=wait))
    site.put("https://other.example/", reply(body=b"other"))
    crawler = crawl()
    for url in (PAGE, PAGE + "/2"):
        with pytest.raises(PageUnavailable, match="Retry-After") as caught:
            crawler.get(url)
        assert url in str(caught.value)
    assert crawler.get("https://other.example/") == b"other"
    assert site.paths() == ["/papers.example/volume", "/other.example/"]


def test_arxiv_is_left_alone_after_403_and_other_hosts_are_not(site, crawl):
    for url in ("https://arxiv.org/abs/1", PAGE):
        site.put(url, reply(403))
    crawler = crawl()
    with pytest.raises(PageForbidden, match="403"):
        crawler.get("https://arxiv.org/abs/1")
    with pytest.raises(PageUnavailable, match=r"export\.arxiv\.org/abs/2.*attack"):
        crawler.get("https://export.arxiv.org/abs/2")
    with pytest.raises(PageForbidden, match="403"):
        crawler.get(PAGE)
    site.put(PAGE + "/2", reply(body=b"page"))
    assert crawler.get(PAGE + "/2") == b"page"
    assert not any(path.startswith("/export") and "abs" in path for path in site.paths())


# Limits


def chunked(visit):
    visit.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not visit.server.is_over.is_set():
        visit.connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


@pytest.mark.parametrize("answer", [for_ever(b"HTTP/1.1 200 OK\r\n\r\n"), chunked, reply(body=b"", length=10**15)])
def test_an_endless_body_is_refused(site, crawl, tmp_path, answer):
    site.put(PAGE, answer)
    crawler = crawl(page_bytes_max=10**6, document_bytes_max=10**6)
    with pytest.raises(WrongContent, match="larger than 1000000 bytes"):
        crawler.get(PAGE)
    with pytest.raises(WrongContent):
        crawler.download(PAGE, tmp_path / "x.pdf")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


@pytest.mark.parametrize("times", [1, 2])
def test_a_gzip_bomb_is_refused_before_it_fills_memory(site, crawl, times):
    bomb = gzip.compress(bytes(2**27), 1)
    for _ in range(times - 1):
        bomb = gzip.compress(bomb)
    site.put(PAGE, reply(body=bomb, Content_Encoding=", ".join(["gzip"] * times)))
    crawler = crawl(page_bytes_max=2**20)
    tracemalloc.start()
    with pytest.raises(WrongContent, match="larger than"):
        crawler.get(PAGE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**24


@pytest.mark.parametrize(
    "answer",
    [
        for_ever(b"H", 0.01),
        for_ever(b"HTTP/1.1 200 OK\r\nX: y", 0.01),
        for_ever(b"HTTP/1.1 200 OK\r\n\r\nx", 0.01),
        for_ever(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx", 0.01),
        for_ever(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1", 0.01),
    ],
)
def test_a_slow_drip_ends(site, crawl, answer):
    site.put(PAGE, answer)
    with pytest.raises(WrongContent, match=r"longer than 1 s"):
        crawl(response_timeout=1).get(PAGE)
    assert len(site.paths()) == 1


def test_silence_ends(site, crawl):
    site.put(PAGE, lambda visit: visit.server.is_over.wait() and b"")
    with pytest.raises(PageUnavailable, match="timed out"):
        crawl(read_timeout=1, retries=1).get(PAGE)
    assert len(site.paths()) == 2


@pytest.mark.parametrize("body", [b"", b"<!DOCTYPE html><p>Please log in", b" " * 1024 + b"%PDF-1.7", b"x" * 100_000])
def test_what_is_no_pdf_is_not_kept(site, crawl, tmp_path, body):
    site.put(PAGE, reply(body=body))
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7 another paper's")
    with pytest.raises(WrongContent, match="not a PDF"):
        crawl().download(PAGE, tmp_path / "x.pdf")
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.parametrize("body", [PDF, b"%PDF-", b"\xef\xbb\xbf\n" + PDF, b" " * 1019 + b"%PDF-1.7"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_pdf_arrives_whole_and_is_not_archived(site, crawl, tmp_path, body, encoding):
    sent = gzip.compress(body) if encoding == "gzip" else body
    site.put(PAGE, reply(body=sent, Content_Encoding=encoding))
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7 another paper's, which is longer" * 1000)
    for path in (tmp_path / "x.pdf", tmp_path / "deep" / "x.pdf"):
        crawl().download(PAGE, path)
        assert path.read_bytes() == body
    assert not (tmp_path / "raw").exists()


# robots.txt and pace


def test_robots_is_obeyed_and_asked_for_once(site, crawl):
    site.put(
        "https://papers.example/robots.txt", reply(body=b"User-agent: *\nDisallow: /private\nAllow: /private/but\n")
    )
    for path in ("/a", "/private/but"):
        site.put("https://papers.example" + path, reply(body=b"page"))
    site.put(PAGE, redirect("/papers.example/private/x"))
    crawler = crawl()
    assert crawler.get("https://papers.example/a") == crawler.get("http://papers.example/private/but") == b"page"
    for url in ("https://papers.example/private/x", PAGE):
        with pytest.raises(PageForbidden, match=r"robots\.txt"):
            crawler.get(url)
    assert not any(path.endswith("private/x") for path in site.paths())
    assert len(site.asked) - len(site.paths()) == 1


@pytest.mark.parametrize(
    ("robots", "is_allowed"),
    [
        (reply(404), True),
        (reply(403), True),
        (reply(body=b"<html>Not found, with status 200</html>"), True),
        (reply(body=b"\xef\xbb\xbfUser-agent: frameworkmentions\nDisallow: /\n\nUser-agent: *\nAllow: /"), False),
        (reply(body=b"\xff\xfe\x00\nUser-agent: *\nDisallow: /"), False),
        (reply(500), False),
        (cut_off(b""), False),
        (for_ever(b"HTTP/1.1 200 OK\r\n\r\n"), False),
    ],
)
def test_robots_in_every_state(site, crawl, robots, is_allowed):
    site.put("https://papers.example/robots.txt", robots)
    site.put(PAGE, reply(body=b"page"))
    crawler = crawl(retries=1, page_bytes_max=10**6)
    for _ in range(2):
        if is_allowed:
            assert crawler.get(PAGE) == b"page"
        else:
            with pytest.raises((PageForbidden, PageUnavailable), match=r"robots\.txt"):
                crawler.get(PAGE)
    assert site.paths() == (["/papers.example/volume"] if is_allowed else [])


def seconds_from_first_to_last(site):
    moments = sorted(moment for _, _, moment in site.asked)
    return moments[-1] - moments[0]


def ask_in_threads(crawlers, urls):
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda pair: pair[0].get(pair[1]), zip(itertools.cycle(crawlers), urls, strict=False)))


@pytest.mark.parametrize("lives", [1, 2])
def test_threads_and_processes_share_the_pace_of_a_host(site, crawl, lives):
    urls = [f"{PAGE}/{number}" for number in range(8)]
    for url in urls:
        site.put(url, reply(body=b"page"))
    crawlers = [crawl(request_interval=0.05) for _ in range(lives)]  # two crawlers lock each other out as processes do
    ask_in_threads(crawlers, urls)
    # One interval is forgiven: the server may have seen the first request late.
    assert seconds_from_first_to_last(site) >= 0.05 * (len(site.asked) - 2)


def test_retries_and_redirects_are_paced(site, crawl):
    site.put(PAGE, [reply(503), redirect("/papers.example/b")])
    site.put("https://papers.example/b", reply())
    crawl(request_interval=0.1).get(PAGE)
    assert len(site.asked) == 4
    assert seconds_from_first_to_last(site) >= 0.2


def test_back_off_grows(site, crawl):
    site.put(PAGE, [reply(503)] * 3 + [reply()])
    crawl(request_interval=0.05).get(PAGE)
    assert seconds_from_first_to_last(site) >= 0.05 + 0.05 + 0.1 + 0.2 - 0.05


def test_a_crawl_delay_is_kept_unless_it_is_hopeless(site, crawl):
    site.put("https://papers.example/robots.txt", reply(body=b"User-agent: *\nCrawl-delay: 0.1"))
    site.put("https://slow.example/robots.txt", reply(body=b"User-agent: *\nCrawl-delay: 43200"))
    urls = [f"{PAGE}/{number}" for number in range(3)]
    for url in urls:
        site.put(url, reply())
    crawler = crawl(request_interval=0)
    ask_in_threads([crawler], urls)
    assert seconds_from_first_to_last(site) >= 0.2
    with pytest.raises(PageUnavailable, match="43200 s between requests"):
        crawler.get("https://slow.example/")


def test_a_mirror_on_loopback_has_no_pace_and_no_lock_files(site, crawl, tmp_path):
    site.put("https://arxiv.org/robots.txt", reply(body=b"User-agent: *\nCrawl-delay: 43200"))
    site.put("https://arxiv.org/abs/1", reply(body=b"page"))
    assert crawl().get("https://arxiv.org/abs/1") == b"page"
    assert not (tmp_path / "locks").exists()


@pytest.mark.parametrize(("hosts", "most"), [(("arxiv.org", "export.arxiv.org"), 1), (("a.example", "b.example"), 2)])
def test_arxiv_has_one_connection_at_a_time(site, crawl, hosts, most):
    both_here, open_now, seen = threading.Event(), [], []

    def answer(visit):
        open_now.append(visit)
        seen.append(len(open_now))
        if len(open_now) == 2:
            both_here.set()
        both_here.wait(0.3)
        open_now.remove(visit)
        return reply(body=b"page")

    urls = [f"https://{host}/x" for host in hosts]
    for url in urls:
        site.put(url, answer)
    ask_in_threads([crawl()], urls)
    assert max(seen) == most


@pytest.mark.parametrize(
    ("host", "options", "crawl_delay", "seconds"),
    [
        ("a.example", {}, 0, 1),
        ("a.example", {"request_interval": 0.2}, 0, 0.2),
        ("a.example", {"request_interval": 0.2}, 5, 5),
        ("oaipmh.arxiv.org", {"request_interval": 0}, 0, 3),
        ("arxiv.org", {}, 15, 15),
        ("notarxiv.org", {}, 0, 1),
        ("web.archive.org", {}, 0, 2.5),
        ("arxiv.org", {"mirror": "http://mirror.example"}, 0, 3),
        ("arxiv.org", {"mirror": "http://127.0.0.1:1"}, 15, 0),
        ("a.example", {"mirror": "http://127.0.0.1:1", "request_interval": 0.2}, 0, 0.2),
    ],
)
def test_the_longest_interval_that_anybody_asks_for_holds(crawl, host, options, crawl_delay, seconds):
    assert crawl(**{"mirror": None} | options).interval(host, crawl_delay) == seconds


# The archive


def revisit(site, crawl):
    """Ask in a new life; give the body and the conditions of the request."""
    body = crawl().get(PAGE)
    headers = site.asked[-1][1]
    return body, headers.get("If-None-Match"), headers.get("If-Modified-Since")


def test_an_unchanged_page_costs_a_304(site, crawl, tmp_path):
    changed = "Sun, 01 Nov 2026 00:00:00 GMT"
    site.put(PAGE, [reply(body=b"page", ETag='"1"', Last_Modified=changed), reply(304), reply(304), reply(body=b"new")])
    assert revisit(site, crawl) == (b"page", None, None)
    assert revisit(site, crawl) == (b"page", '"1"', changed)
    assert revisit(site, crawl) == (b"page", '"1"', changed)
    assert revisit(site, crawl) == (b"new", '"1"', changed)
    assert revisit(site, crawl) == (b"new", None, None)
    archive = Archive(tmp_path / "raw")
    captures = archive.captures(PAGE)
    assert [capture.status for capture in captures] == [200, 304, 304, 200, 200]
    assert [archive.body(capture.sha256) for capture in captures] == [b"page"] * 3 + [b"new"] * 2
    assert all(capture.fetched_at.endswith("+00:00") for capture in captures)


def test_a_damaged_page_is_fetched_again_without_conditions(site, crawl, tmp_path):
    site.put(PAGE, reply(body=b"page", ETag='"1"'))
    crawler = crawl()
    crawler.get(PAGE)
    (file,) = tmp_path.rglob("*.zst")
    file.write_bytes(b"junk")
    assert crawler.get(PAGE) == b"page"
    file.write_bytes(b"junk")
    assert revisit(site, crawl) == (b"page", None, None)


def test_a_condition_goes_only_to_the_address_that_set_it(site, crawl):
    site.put(PAGE, redirect("/papers.example/b"))
    site.put("https://papers.example/b", [reply(body=b"page", ETag='"1"'), reply(304)])
    crawl().get(PAGE)
    assert revisit(site, crawl)[:2] == (b"page", '"1"')
    assert [headers.get("If-None-Match") for path, headers, _ in site.asked if path.endswith("/volume")] == [None, None]


def test_no_file_lies_outside_the_data_directory(site, crawl, tmp_path):
    url = "https://papers.example/../../../../etc/%2e%2e/x?../../y"
    site.put(url, reply(body=b"page", ETag="../../z"))
    crawl(data_dir=tmp_path / "data", request_interval=0.001).get(url)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    names = {path.name.split(".")[0] for path in tmp_path.rglob("*") if path.is_file()}
    assert all(len(name) == 64 or name == "papers" for name in names)

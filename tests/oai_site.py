"""A stand-in for arXiv's OAI-PMH service on loopback, written after its documentation and samples; all invented.

Lists are sorted by datestamp and identifier and cut into pages; a token is the query itself with what to skip, quoted,
without cursor or size, and ends at midnight UTC; it is absent on a list of one page and empty on a last page.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from threading import Thread
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit
from xml.sax.saxutils import escape

from tests.servers import HTTPServer

PATH = "/oaipmh.arxiv.org/oai"
FIRST_DAY = dt.date(2019, 1, 1)

PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<responseDate>{date}T03:00:00Z</responseDate>
<request verb="ListRecords">http://oaipmh.arxiv.org/oai</request>
{content}
</OAI-PMH>"""
HEADER = "<header{status}><identifier>oai:arXiv.org:{id}</identifier><datestamp>{stamp}</datestamp>{sets}</header>"
RAW = """<record>{header}<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{id}</id>
<submitter>Ann Author</submitter>{versions}<title>{title}</title><authors>{authors}</authors>
<categories>{categories}</categories>{more}<license>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</license>
<abstract>  {abstract}
</abstract></arXivRaw></metadata></record>"""
VERSION = '<version version="v{n}"><date>{date}</date><size>{size}</size>{source}</version>'
PLAIN = """<record>{header}<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{id}</id><created>{created}</created>
<authors><author><keyname>Author</keyname><forenames>Ann</forenames></author></authors><title>{title}</title>
<categories>{categories}</categories>{more}<abstract>  {abstract}
</abstract></arXiv></metadata></record>"""


@dataclass(frozen=True)
class Record:
    """One paper as the service has it."""

    key: str
    first_on: dt.date
    changed_on: dt.date
    categories: str = "cs.LG"
    title: str = "A title\n  on two lines"
    authors: str = "Zoë Author (Nowhere), B. Other and C. Third"
    abstract: str = "We train a model."
    comments: str = ""
    versions: int = 1
    is_deleted: bool = False
    is_empty: bool = False

    def xml(self, metadata_format: str = "arXivRaw") -> str:
        """Write the record as the service does."""
        sets = "".join(f"<setSpec>{set_spec}</setSpec>" for set_spec in sorted(self.sets()))
        status = ' status="deleted"' if self.is_deleted else ""
        header = HEADER.format(status=status, id=self.key, stamp=self.changed_on, sets=sets)
        if self.is_deleted:
            return f"<record>{header}</record>"
        if metadata_format == "arXiv":
            return PLAIN.format(created=self.first_on, **self._fields(header))
        versions = [
            VERSION.format(
                n=n,
                date=(self.first_on + dt.timedelta(days=n - 1)).strftime("%a, %d %b %Y 17:59:59 GMT"),
                size="0kb" if self.is_empty and n == self.versions else "12kb",
                source="<source_type>I</source_type>" if self.is_empty and n == self.versions else "",
            )
            for n in range(1, self.versions + 1)
        ]
        return RAW.format(versions="".join(versions), authors=escape(self.authors), **self._fields(header))

    def _fields(self, header: str) -> dict[str, str]:
        return {
            "header": header,
            "id": self.key,
            "title": escape(self.title),
            "categories": self.categories,
            "more": f"<comments>{escape(self.comments)}</comments>" if self.comments else "",
            "abstract": escape(self.abstract),
        }

    def sets(self) -> set[str]:
        """Name the sets that hold the record, as group:archive:CATEGORY."""
        archives = [category.partition(".") for category in self.categories.split()]
        return {f"{archive}:{archive}:{subject}" for archive, _, subject in archives}


def records(count: int) -> list[Record]:
    """Make so many papers, forty a day; every seventh is of statistics, every tenth was revised a year later."""
    made = []
    for number in range(count):
        first_on = FIRST_DAY + dt.timedelta(days=number // 40)
        is_revised = number % 10 == 0
        made.append(
            Record(
                key=f"{first_on:%y%m}.{number:05d}",
                first_on=first_on,
                changed_on=first_on + dt.timedelta(days=366 if is_revised else 1),
                categories="stat.ML cs.LG" if number % 7 == 0 else "cs.LG" if number % 2 else "cs.CV cs.LG",
                title=f"Invented paper\n  number {number}",
                abstract=f"We train model {number} in PyTorch." if number % 3 == 0 else f"We train model {number}.",
                versions=2 if is_revised else 1,
            )
        )
    return made


@dataclass
class Site:
    """What the service holds, what it was asked, and what goes wrong."""

    records: list[Record]
    page_size: int = 1000
    today: dt.date = dt.date(2026, 11, 20)
    formats: tuple[str, ...] = ("arXivRaw", "arXiv")
    address: str = ""
    queries: list[dict[str, str]] = field(default_factory=list)
    """Every query of a list, in order, with tokens taken apart; without robots.txt."""
    fault: "Callable[[Site, BaseHTTPRequestHandler, dict[str, str]], bool] | None" = None
    """Answers in place of the service where it returns True."""
    expires: str = ""
    """When tokens end; empty: at the next midnight."""

    def answer(self, query: dict[str, str]) -> str:
        """Answer one query, given as verb, metadataPrefix, set, from and skip."""
        if query.get("metadataPrefix") not in self.formats:
            return self.page("<error code='cannotDisseminateFormat'>no such format</error>")
        found = [record for record in self.sorted(query["set"]) if str(record.changed_on) >= query.get("from", "")]
        skip = int(query.get("skip", "0"))
        shown = found[skip : skip + self.page_size]
        if not shown:
            return self.page("<error code='noRecordsMatch'>nothing changed</error>")
        token = ""
        if skip + self.page_size < len(found):
            value = quote(urlencode({**query, "skip": skip + self.page_size}))
            midnight = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
            expires = self.expires or f"{midnight}T00:00:00Z"
            token = f"<resumptionToken expirationDate='{expires}'>{value}</resumptionToken>"
        elif skip:
            token = "<resumptionToken/>"
        return self.list_of(shown, token, query["metadataPrefix"])

    def sorted(self, set_spec: str) -> list[Record]:
        """Give the records of a set by datestamp and identifier."""
        if set_spec not in self._lists:
            kept = [
                record for record in self.records if any(f"{one}:".startswith(f"{set_spec}:") for one in record.sets())
            ]
            self._lists[set_spec] = sorted(kept, key=lambda record: (record.changed_on, record.key))
        return self._lists[set_spec]

    _lists: dict[str, list[Record]] = field(default_factory=dict)

    def list_of(self, shown: list[Record], token: str, metadata_format: str = "arXivRaw") -> str:
        """Write a page of records."""
        listed = "\n".join(record.xml(metadata_format) for record in shown)
        return self.page(f"<ListRecords>{listed}{token}</ListRecords>")

    def page(self, content: str) -> str:
        """Write an answer of the protocol."""
        return PAGE.format(date=self.today, content=content)

    def change(self, *changed: Record) -> None:
        """Put records in the place of those of the same identifiers, or add them."""
        keys = {record.key for record in changed}
        self.records = [record for record in self.records if record.key not in keys] + list(changed)
        self._lists.clear()


def send(handler: BaseHTTPRequestHandler, body: str, status: int = 200, **headers: str) -> None:
    """Send an answer."""
    data = body.encode()
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve the site as a mirror, until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 2**16

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path != PATH:
                send(self, "", 404)
                return
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if "resumptionToken" in query:
                query = {name: values[0] for name, values in parse_qs(unquote(query["resumptionToken"])).items()}
            site.queries.append(query)
            if site.fault is None or not site.fault(site, self, query):
                send(self, site.answer(query))

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent: `site.queries` tells."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        site.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()

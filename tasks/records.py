"""What passes between the layers: records, the errors of reading a site, and the type of `get`.

This is the only module of the house that a source may import.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol, Self

Kind = Literal["paper", "preprint", "job_ad"]
TextStatus = Literal["read", "missing", "unreadable", "not_fetched"]

Get = Callable[[str], bytes]
"""Fetch the page at an absolute http(s) address and return its body; raises a `PageError`.

In production the crawler, in tests a folder of recorded pages.
"""


class SiteError(Exception):
    """A site did not give what it should. Raised by sources and by the crawler; costs one edition, never the run."""


class LayoutChanged(SiteError):
    """A page parsed to no records, or to broken ones. Raised by sources: the site changed, the venue is not empty."""


class UnknownEdition(SiteError):
    """The publisher's index names no such volume. Raised by sources."""


class ChallengePage(SiteError):
    """A 200 that asks for a browser, a login or patience instead of giving the page. Raised by sources."""


class EmptyBoard(SiteError):
    """A job board answered well and lists nothing. Raised by sources; whoever calls decides whether to believe it."""


class PageError(SiteError):
    """A page could not be had. Raised by the crawler."""


class PageMissing(PageError):
    """The site answered 404 or 410: asking again tonight is pointless. Raised by the crawler."""


class PageForbidden(PageError):
    """The site answered 401 or 403, or its robots.txt forbids the address. Raised by the crawler."""


class PageUnavailable(PageError):
    """The site answered 429 or 5xx to the last try, or the connection broke: try later. Raised by the crawler."""


class UnsafeAddress(PageError):
    """The address is not http(s), or leads to loopback, private or link-local machines. Raised by the crawler."""


class WrongContent(PageError):
    """The answer is too large, too slow, cut short, or HTML where a PDF was promised. Raised by the crawler."""


@dataclass(frozen=True, order=True)
class Period:
    """A year, or a month of a year; orders by time, a year before its months."""

    year: int
    month: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read YYYY or YYYY-MM; raises ValueError with advice for anything else."""
        match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?", text.strip())
        if match is None or not (1900 <= int(match[1]) <= 2200) or (match[2] and not 1 <= int(match[2]) <= 12):
            raise ValueError(f"{text!r} is not a period from 1900 to 2200: write YYYY or YYYY-MM, such as 2019-07")
        return cls(int(match[1]), int(match[2] or 0))

    def __str__(self) -> str:
        """Give the text that `parse` reads."""
        return f"{self.year:04d}-{self.month:02d}" if self.month else f"{self.year:04d}"

    def is_within(self, since: "Period", until: "Period") -> bool:
        """Say whether this period overlaps [since, until], both inclusive, years and months mixed freely."""
        first, last = (self.year, self.month or 1), (self.year, self.month or 12)
        return last >= (since.year, since.month or 1) and first <= (until.year, until.month or 12)


@dataclass(frozen=True)
class Edition:
    """The unit of work: one venue and year, one month of arXiv, one job source and month."""

    source: str
    venue: str
    period: Period
    key: str = ""
    """The publisher's own name of it, such as 'v68'; empty where venue and period say all."""

    def __str__(self) -> str:
        """Name the edition for people: 'MLHC 2017 (pmlr)'."""
        return f"{self.venue} {self.period} ({self.source})"


@dataclass(frozen=True)
class Paper:
    """One paper as its publisher lists it."""

    document_id: str
    """`source:` and the publisher's own key, such as 'pmlr:v68/choi17a'."""
    title: str
    authors: tuple[str, ...] = ()
    track: str = "main"
    url: str = ""
    pdf_url: str | None = None
    published_on: dt.date | None = None
    abstract: str | None = None
    is_withdrawn: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    """What only some publishers say (doi, cross-lists, ...), as text."""
    venue: str | None = None
    """Where an edition holds several venues, as a month of arXiv does: the paper's own, its primary category."""


class PaperSource(Protocol):
    """What a module in tasks/sources/papers offers. Its docstring has fixed headings."""

    def editions(self, get: Get) -> Iterator[Edition]:
        """Yield every volume that the publisher's index pages name now."""

    def papers(self, edition: Edition, get: Get) -> Iterator[Paper]:
        """Yield the papers of one volume in page order; raises `LayoutChanged` where there are none."""

    # A source whose pages print how many papers they list offers `stated_count(edition, get) -> int | None` as well.


@dataclass(frozen=True)
class JobAd:
    """One job ad as its board gives it."""

    document_id: str
    """`source:` and the board's own key, such as 'greenhouse:stripe/7954688'."""
    title: str
    """The title; where the board has none (Hacker News), the ad's first line."""
    organization: str | None = None
    text: str | None = None
    """The description as plain text, a paragraph or list item a line; None where the board gives none."""
    url: str = ""
    published_on: dt.date | None = None
    location: str | None = None
    is_remote: bool | None = None
    """None where the ad does not say."""
    attributes: dict[str, str] = field(default_factory=dict)
    """What only some boards say (department, attribution, ...), as text."""


class JobSource(Protocol):
    """What a module in tasks/sources/jobs offers. Its docstring has fixed headings.

    A module whose boards only tell what is open now says `IS_SNAPSHOT = True`; its boards come from
    sql/seeds/employers.csv, or it has one, whose key is empty. A module that tells the past offers `editions(get)`, or
    says `IS_BY_MONTH = True` and answers for any month since its `FIRST_MONTH`. `REPUBLISH = False` says that the
    board's terms forbid to publish its words elsewhere.
    """

    def jobs(self, edition: Edition, get: Get) -> Iterator[JobAd]:
        """Yield the ads of one board (`edition.key`) or month; `EmptyBoard` or `LayoutChanged` where there are none."""

"""The practice arXiv: a few months of three categories, as listing pages, as OAI-PMH, and as PDFs of one category.

Their markup follows the real service of 2026. The web serves files, so a query is part of a file's name, and any other
query of OAI-PMH is answered by the file without one: nothing changed since.
"""

import datetime as dt
import functools
import html
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from tasks.practice.papers import Volume, Work, facts, tell
from tasks.practice.pdf import paper_pdf

HOST = "arxiv.org"
OAI = "oaipmh.arxiv.org/oai"
FULL_TEXT = ("cs.LG",)
PAGE_SIZE = 60
ANSWERED = "2020-01-15T03:00:00Z"

FRAME = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
    <responseDate>{answered}</responseDate>
    <request verb="ListRecords">http://oaipmh.arxiv.org/oai</request>
    {content}
</OAI-PMH>
"""
RECORD = """<record><header><identifier>oai:arXiv.org:{key}</identifier><datestamp>{changed}</datestamp>
<setSpec>{set_spec}</setSpec></header><metadata>
<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{key}</id><submitter>{submitter}</submitter>
<version version="v1"><date>{date}</date><size>{size}</size>{flag}</version>
<title>{title}</title><authors>{authors}</authors><categories>{categories}</categories>
<comments>{comments}</comments>
<license>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</license>
<abstract>  {abstract}
</abstract></arXivRaw></metadata></record>"""
PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>{name} (an invented copy for practice)</title></head>
<body><main><div id="content"><div id='content-inner'><div id='dlpage'>
<h1>{name}</h1><h2>Authors and titles for {month}</h2>
<div class='paging'>Total of {total} entries</div>
<dl id='articles'>
{entries}
</dl></div></div></div></main></body></html>
"""
ENTRY = """<dt><a name='item{place}'>[{place}]</a>
  <a href ="/abs/{key}" title="Abstract" id="{key}">arXiv:{key}</a>{cross}
  [{pdf}<a href="/format/{key}" title="Other formats" id="oth-{key}">other</a>]</dt>
<dd><div class='meta'>
  <div class='list-title mathjax'><span class='descriptor'>Title:</span> {title}</div>
  <div class='list-authors'>{authors}</div>
  <div class='list-comments mathjax'><span class='descriptor'>Comments:</span> {comments}</div>
  <div class='list-subjects'><span class='descriptor'>Subjects:</span>
  <span class="primary-subject">{subjects}</div>
</div></dd>"""


@dataclass(frozen=True)
class Preprint:
    """One practice preprint."""

    work: Work
    month: str
    sent_on: dt.date
    categories: tuple[str, ...]
    is_withdrawn: bool = False

    @property
    def comments(self) -> str:
        """Give what its authors say of it."""
        return "This paper has been withdrawn by its authors" if self.is_withdrawn else "3 pages, all invented"


def categories() -> list[str]:
    """Name the categories of the practice arXiv."""
    return list(facts()["arxiv"]["categories"])


@functools.cache
def preprints() -> tuple[Preprint, ...]:
    """Give the practice preprints by identifier; every fourth is cross-listed, the first month's last withdrawn."""
    found = []
    for index, month in enumerate(facts()["arxiv"]["months"]):
        first = dt.date.fromisoformat(f"{month}-01")
        number = 0
        for category, facts_of in facts()["arxiv"]["categories"].items():
            volume = Volume(category, facts_of["name"], first.year, first.month, f"{first:%B}", facts_of["columns"])
            for place, story in enumerate(facts_of["plan"][index].split()):
                number += 1
                work = tell(volume, 100 * first.month + place, story, f"{first:%y%m}.{number:05d}")
                other = "cs.LG" if category == "stat.ML" else "stat.ML"
                found.append(
                    Preprint(
                        work,
                        month,
                        first + dt.timedelta(days=number),
                        (category, other) if place % 4 == 3 else (category,),
                    )
                )
        if index == 0:
            found[-1] = Preprint(found[-1].work, month, found[-1].sent_on, found[-1].categories, is_withdrawn=True)
    return tuple(found)


def pages() -> Iterator[tuple[str, bytes]]:
    """Yield HOST/PATH?QUERY and body of every page and PDF of the site."""
    for archive in ("cs", "stat"):
        yield from _records(archive)
    yield OAI, _frame("<error code='noRecordsMatch'>Nothing changed in the practice arXiv.</error>")
    for category in categories():
        for month in facts()["arxiv"]["months"]:
            listed = [p for p in preprints() if p.month == month and category in p.categories]
            yield f"{HOST}/list/{category}/{month}?skip=0&show=2000", _listing(category, month, listed)
    for preprint in preprints():
        if preprint.categories[0] in FULL_TEXT and not preprint.is_withdrawn:
            yield f"{HOST}/pdf/{preprint.work.key}v1", paper_pdf(preprint.work)


def _records(archive: str) -> Iterator[tuple[str, bytes]]:
    """Lay a set out as pages of records, the next page's token at the end of each but the last."""
    held = [p for p in preprints() if any(category.startswith(f"{archive}.") for category in p.categories)]
    query = {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "set": archive}
    name = f"{OAI}?{urlencode(query)}"
    for start in range(0, len(held), PAGE_SIZE):
        end, token = start + PAGE_SIZE, quote(urlencode({**query, "skip": start + PAGE_SIZE}))
        mark = "" if len(held) <= PAGE_SIZE else "<resumptionToken/>"
        if end < len(held):
            mark = f"<resumptionToken expirationDate='2099-01-01T00:00:00Z'>{token}</resumptionToken>"
        records = "\n".join(_record(preprint) for preprint in held[start:end])
        yield name, _frame(f"<ListRecords>\n{records}\n{mark}</ListRecords>")
        name = f"{OAI}?verb=ListRecords&resumptionToken={token}"


def _frame(content: str) -> bytes:
    return FRAME.format(answered=ANSWERED, content=content).encode()


def _record(preprint: Preprint) -> str:
    work, primary = preprint.work, preprint.categories[0]
    archive, _, subject = primary.partition(".")
    return RECORD.format(
        key=work.key,
        changed=preprint.sent_on + dt.timedelta(days=2),
        set_spec=f"{archive}:{archive}:{subject}",
        submitter=html.escape(work.authors[0]),
        date=preprint.sent_on.strftime("%a, %d %b %Y 12:00:00 GMT"),
        size="0kb" if preprint.is_withdrawn else "12kb",
        flag="<source_type>I</source_type>" if preprint.is_withdrawn else "",
        title=html.escape(work.title),
        authors=html.escape(", ".join(work.authors)),
        categories=" ".join(preprint.categories),
        comments=html.escape(preprint.comments),
        abstract=html.escape(work.abstract),
    )


def _listing(category: str, month: str, listed: list[Preprint]) -> bytes:
    name = facts()["arxiv"]["categories"][category]["name"]
    own_first = sorted(listed, key=lambda preprint: preprint.categories[0] != category)
    entries = "\n".join(_entry(preprint, place, category) for place, preprint in enumerate(own_first, 1))
    return PAGE.format(name=name, month=month, total=len(listed), entries=entries).encode()


def _entry(preprint: Preprint, place: int, category: str) -> str:
    work, primary = preprint.work, preprint.categories[0]
    names = {name: facts()["arxiv"]["categories"][name]["name"] for name in preprint.categories}
    subjects = [f"{name} ({code})" for code, name in names.items()]
    return ENTRY.format(
        place=place,
        key=work.key,
        cross="" if primary == category else f"\n      (cross-list from {primary})\n",
        pdf="" if preprint.is_withdrawn else f'<a href="/pdf/{work.key}" title="Download PDF">pdf</a>, ',
        title=html.escape(work.title),
        authors=", ".join(f'<a href="https://arxiv.org/search/">{html.escape(name)}</a>' for name in work.authors),
        comments=html.escape(preprint.comments),
        subjects="</span>; ".join([subjects[0], "; ".join(subjects[1:])]) if subjects[1:] else f"{subjects[0]}</span>",
    )

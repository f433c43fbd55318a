"""OpenReview: ICLR since 2013, COLM, TMLR; only what was accepted.

Publisher
  OpenReview Foundation, https://openreview.net/; the papers of ICLR 2014 to 2016 stand in the archive of iclr.cc.
Access
  JSON. Version 1 of the API holds ICLR up to 2023: submissions by invitation, accepted ones told by content.venue
  (2017, 2021 to 2023), by content.decision (2013), by one list of decisions (2018) or by a decision among the replies
  (2019, 2020). Version 2 holds what came later: content.venueid without a suffix is accepted. 1,000 notes a page, each
  list held against its `count`. Where the API refuses, the old page of the conference (/group?id=...) is read, which an
  archive may hold. Both versions want a login since 2026: the crawler adds its token.
Permits
  500 requests an hour. Authors keep the copyright, mostly under CC BY 4.0.
Caveats
  In version 1, content.venueid is no status: rejected papers carry the bare one too. Invitations to ICLR's workshop
  track (2017, 2018) are listed as track 'workshop'. Replies may make a page of 2019 or 2020 tens of MB. Tiny papers of
  2023 have no decisions that one can read, so they are not listed. PDFs of 2013 and of the archive are arXiv's. A few
  papers were withdrawn after they were accepted; they are not told apart. TMLR is one list, of which a year is what
  was published in it.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from tasks.records import (
    ChallengePage,
    Edition,
    Get,
    LayoutChanged,
    PageError,
    PageForbidden,
    PageMissing,
    Paper,
    Period,
    UnknownEdition,
)
from tasks.sources.openreview_pages import ARCHIVED, SITE, archived, by_group_page, people_in
from tasks.sources.pages import CHALLENGE, absolute, parsed_json

V1, V2 = "https://api.openreview.net", "https://api2.openreview.net"
ADVICE = (
    "OpenReview asks for a login since 2026: get a token by POST https://api2.openreview.net/login "
    "with your id and password, and set MENTIONS_OPENREVIEW_TOKEN"
)

NAMES = {
    "ICLR": "international conference on learning representations",
    "COLM": "conference on language modeling",
    "TMLR": "transactions on machine learning research",
}
PARENTS = {"ICLR": "ICLR.cc", "COLM": "colmweb.org/COLM"}
"""Venue -> the group whose children are the venue's years."""
KNOWN = {"ICLR": (2013, 2026), "COLM": (2024, 2025), "TMLR": (2022, 2026)}
"""Venue -> the first and the last year that is known to be there; later ones are found."""

V1_LAST = 2023
SATELLITES = {"TinyPapers": "tiny_papers", "BlogPosts": "blogpost"}
"""A group beside the conference's -> its track, since 2023."""

DECISIONS_IN_REPLIES = {2019: r"-/Paper\d+/Meta_Review", 2020: r"Paper\d+/-/Decision"}
_ACCEPTED = re.compile(r"(?i)\b(accept\w*|oral|spotlight|poster|talk|notable)\b")
_REFUSED = re.compile(r"(?i)submitted to|reject|withdrawn|under review|retracted")
_PAGE_SIZE = 1000  # the API's limit; more is answered with 400


def editions(get: Get) -> Iterator[Edition]:
    """Yield every year of every venue: those known, and later ones that a venue's group has.

    The groups need a login; without one, or in a mirror that lacks them, the table serves alone. TMLR goes on as long
    as ICLR does, since a journal has no group a year.
    """
    last = {venue: known[1] for venue, known in KNOWN.items()}
    for venue, parent in PARENTS.items():
        try:
            groups = _list(f"{V2}/groups?parent={parent}", "groups", get)
        except (PageMissing, PageForbidden, ChallengePage):
            continue
        years = [int(match[1]) for group in groups if (match := re.search(r"/(20\d\d)$", str(group.get("id"))))]
        if not years:
            raise LayoutChanged(f"{V2}/groups?parent={parent} names no year")
        last[venue] = max(last[venue], *years)
    last["TMLR"] = max(last["TMLR"], last["ICLR"] - 1)  # ICLR's group of a year opens in the autumn before
    for venue, (first, _) in KNOWN.items():
        for year in range(first, last[venue] + 1):
            yield Edition("openreview", venue, Period(year), _group(venue, year))


def papers(edition: Edition, get: Get) -> Iterator[Paper]:
    """Yield the accepted papers of one venue and year, each once, the main track first.

    Raises `ChallengePage` with advice where a login is needed; `LayoutChanged` where a list has no accepted paper, is
    not as long as it says, or is broken; `UnknownEdition` where nothing was accepted yet.
    """
    year = edition.period.year
    if edition.venue not in NAMES or edition.key != _group(edition.venue, year):
        raise UnknownEdition(f"{edition}: OpenReview has no group {edition.key!r} that is read here")
    found: dict[str, Paper] = {}
    for paper in archived(year, get) if edition.venue == "ICLR" and year in ARCHIVED else _listed(edition, get):
        found.setdefault(paper.document_id, paper)
    if not found:
        raise LayoutChanged(f"{edition}: none of the submissions is accepted")
    yield from found.values()


def _group(venue: str, year: int) -> str:
    if venue == "ICLR":
        return f"ICLR.cc/{year}/{'conference' if year <= 2017 else 'Conference'}"  # as it is spelt there
    return f"colmweb.org/COLM/{year}/Conference" if venue == "COLM" else f"{venue}/{year}"


def _listed(edition: Edition, get: Get) -> Iterator[Paper]:
    """List an edition by the API, else, where that refuses, by the conference's old page."""
    try:
        yield from list(_by_api(edition, get))
    except (ChallengePage, PageForbidden, PageMissing) as refusal:
        address = f"{SITE}/group?id={edition.key}"
        try:
            yield from list(by_group_page(address, get))
        except (ChallengePage, PageError, LayoutChanged) as error:
            # Today's page shows no papers to programs: then the API's refusal is what there is to mend.
            if isinstance(error, LayoutChanged) and isinstance(refusal, PageMissing):
                raise
            raise refusal from error


def _by_api(edition: Edition, get: Get) -> Iterator[Paper]:
    venue, year = edition.venue, edition.period.year
    if venue == "TMLR":
        every = _list(f"{V2}/notes?content.venueid=TMLR", "notes", get)
        notes = [note for note in every if _published_on(note, True).year == year]
        if every and not notes:
            raise UnknownEdition(f"{edition}: nothing is published yet")
        yield from (_paper(note, "main") for note in notes)
    elif year > V1_LAST:
        notes = _list(f"{V2}/notes?content.venueid={edition.key}", "notes", get)
        if not notes:
            raise UnknownEdition(f"{edition}: nothing is accepted yet")
        yield from (_paper(note, "main") for note in notes if _content(note, "venueid") in (None, edition.key))
    else:
        yield from _by_decisions(edition, get)
    if venue == "ICLR" and year >= V1_LAST:
        yield from _satellites(year, get)


def _by_decisions(edition: Edition, get: Get) -> Iterator[Paper]:
    """Read version 1's submissions of a conference, and which of them were accepted."""
    year = edition.period.year
    name = "submission" if edition.key.endswith("conference") else "Blind_Submission"
    submissions = f"{V1}/notes?invitation={edition.key}/-/{name}"
    try:
        notes = _list(submissions, "notes", get, "directReplies" if year in DECISIONS_IN_REPLIES else "")
    except PageMissing:  # a mirror may hold the notes without their replies
        notes = _list(submissions, "notes", get)
    decisions = {}
    if year == 2018:  # the one year whose decisions are one list
        replies = _list(f"{V1}/notes?invitation={edition.key}/-/Acceptance_Decision", "notes", get)
        decisions = {str(reply.get("forum")): _content(reply, "decision") for reply in replies}
    for note in notes:
        decision = decisions.get(str(note.get("id"))) or _decision(note, year, get)
        if re.search(r"(?i)invite.*workshop|iclr2013-workshop", decision):
            yield _paper(note, "workshop", decision)
        elif re.search(r"(?i)iclr2013-conference", decision) or (
            _ACCEPTED.search(decision) and not _REFUSED.search(decision)
        ):
            yield _paper(note, "main", decision)


def _decision(note: dict[str, Any], year: int, get: Get) -> str:
    """Read what was decided on a submission: from itself, else from the replies that came with it or are asked for."""
    own = _content(note, "venue") or _content(note, "decision")
    if own or year not in DECISIONS_IN_REPLIES:
        return str(own or "")
    details = note.get("details")
    replies = details.get("directReplies") if isinstance(details, dict) else None
    if not isinstance(replies, list):
        address = f"{V1}/notes?forum={note.get('id')}&limit={_PAGE_SIZE}&offset=0"
        replies = _answer(address, get).get("notes")
    if not isinstance(replies, list):
        raise LayoutChanged(f"OpenReview's note {note.get('id')} comes without its replies")
    for reply in replies:
        invitation = str(reply.get("invitation")) if isinstance(reply, dict) else ""
        if re.search(rf"/Conference/{DECISIONS_IN_REPLIES[year]}$", invitation):
            return str(_content(reply, "decision") or _content(reply, "recommendation") or "")
    return ""


def _satellites(year: int, get: Get) -> Iterator[Paper]:
    """Read the tracks beside the conference; a year may lack them, and a mirror too."""
    for group, track in SATELLITES.items():
        where = f"ICLR.cc/{year}/{group}"
        by = f"invitation={where}/-/Blind_Submission" if year <= V1_LAST else f"content.venueid={where}"
        try:
            notes = _list(f"{V1 if year <= V1_LAST else V2}/notes?{by}", "notes", get)
        except PageMissing:
            continue
        for note in notes:
            venue = _content(note, "venue")
            if isinstance(venue, str) and venue and not _REFUSED.search(venue):
                yield _paper(note, track)


def _list(address: str, what: str, get: Get, details: str = "") -> list[dict[str, Any]]:
    """Read all pages of a list, without deleted entries; raises `LayoutChanged` where it is not as long as it says."""
    found: dict[str, dict[str, Any]] = {}
    offset = 0
    while True:
        page = f"{address}&limit={_PAGE_SIZE}&offset={offset}" + (f"&details={details}" if details else "")
        answer = _answer(page, get)
        entries = answer.get(what)
        if not isinstance(entries, list) or not all(isinstance(entry, dict) and entry.get("id") for entry in entries):
            raise LayoutChanged(f"{page} has no {what}: it has {sorted(answer)[:9]}")
        before = len(found)
        found |= {str(entry["id"]): entry for entry in entries}
        if len(found) != before + len(entries):
            raise LayoutChanged(f"{page} repeats what came before")
        offset += len(entries)
        count = answer.get("count")
        if not entries or (len(found) >= count if isinstance(count, int) else len(entries) < _PAGE_SIZE):
            break
    if isinstance(count, int) and count != len(found):
        raise LayoutChanged(f"{address} says {count} {what} and gave {len(found)}")
    return [entry for entry in found.values() if not entry.get("ddate")]


def _answer(address: str, get: Get) -> dict[str, Any]:
    """Fetch one page of JSON; raises `ChallengePage` with advice where a login is asked for."""
    try:
        body = get(address)
    except PageForbidden as error:
        raise ChallengePage(f"{ADVICE} ({error})") from error
    try:
        answer = parsed_json(body)
    except ValueError as error:
        if CHALLENGE.search(body):
            raise ChallengePage(f"{ADVICE} ({address} answered with a page for browsers)") from error
        raise LayoutChanged(f"{address} is not JSON after {len(body)} bytes ({error})") from error
    if not isinstance(answer, dict):
        raise LayoutChanged(f"{address} is not the answer that it was: a {type(answer).__name__}")
    problem = str(answer.get("name", ""))
    if re.search(r"(?i)challenge|forbidden|unauthori[sz]ed|token", problem):
        raise ChallengePage(f"{ADVICE} ({address} answered {problem})")
    return answer


def _content(note: dict[str, Any], field: str) -> Any:
    """Read a field of either version: {"title": "..."} and {"title": {"value": "..."}}."""
    content = note.get("content")
    value = content.get(field) if isinstance(content, dict) else None
    return value.get("value") if isinstance(value, dict) else value


def _paper(note: dict[str, Any], track: str, decision: str = "") -> Paper:
    """Read one submission; raises `LayoutChanged` where it has no title."""
    forum = str(note.get("forum") or note["id"])
    title, authors, abstract = _content(note, "title"), _content(note, "authors"), _content(note, "abstract")
    if not isinstance(title, str) or not title.strip():
        raise LayoutChanged(f"OpenReview's note {forum} has no title")
    names = authors if isinstance(authors, list) else people_in(str(authors or ""))
    attributes = {"decision": decision or str(_content(note, "venue") or "")}
    date = _published_on(note)
    return Paper(
        document_id=f"openreview:{forum}",
        title=" ".join(title.split()),
        authors=tuple(" ".join(str(name).split()) for name in names if str(name).strip()),
        track=track,
        url=f"{SITE}/forum?id={forum}",
        pdf_url=_pdf(_content(note, "pdf"), forum),
        published_on=None if date == dt.date.min else date,
        abstract=" ".join(abstract.split()) or None if isinstance(abstract, str) else None,
        attributes={name: value for name, value in attributes.items() if value},
    )


def _pdf(link: object, forum: str) -> str | None:
    """Give the PDF's address: arXiv's for a paper that stands there, else OpenReview's own."""
    if not isinstance(link, str) or not link.strip():
        return f"{SITE}/pdf?id={forum}"
    arxiv = re.search(r"arxiv\.org/(?:abs|pdf)/([\w.-]+?(?:/\d{7})?)(?:\.pdf)?$", link.strip())
    return f"https://arxiv.org/pdf/{arxiv[1]}" if arxiv else absolute(link, f"{SITE}/") or None


def _published_on(note: dict[str, Any], is_else_created: bool = False) -> dt.date:
    """Read when a note was published, else, if asked for, created (milliseconds of Unix time); else the first date."""
    moment = note.get("pdate") or (is_else_created and (note.get("odate") or note.get("cdate")))
    try:
        return dt.datetime.fromtimestamp(float(moment) / 1000, dt.UTC).date() if moment else dt.date.min
    except (TypeError, ValueError, OverflowError, OSError):
        return dt.date.min

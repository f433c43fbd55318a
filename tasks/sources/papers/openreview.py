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

from bs4 import Tag

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
from tasks.sources.pages import CHALLENGE, absolute, parsed_json, people, soup, text_of

SITE = "https://openreview.net"
V1, V2 = "https://api.openreview.net", "https://api2.openreview.net"
ARCHIVE = "https://iclr.cc/archive"
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
ARCHIVED = {
    2014: f"{ARCHIVE}/2014/conference-proceedings/",
    2015: f"{ARCHIVE}/www/doku.php%3Fid=iclr2015:accepted-main.html",
    2016: f"{ARCHIVE}/www/doku.php%3Fid=iclr2016:accepted-main.html",
}
"""Years whose decisions OpenReview does not have."""
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
    for paper in _archived(year, get) if edition.venue == "ICLR" and year in ARCHIVED else _listed(edition, get):
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
            yield from list(_by_group_page(address, get))
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
    names = authors if isinstance(authors, list) else _people(str(authors or ""))
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


def _people(names: str) -> tuple[str, ...]:
    return people(re.sub(r"\s*;\s*|,?\s+and\s+", ", ", names))


def _by_group_page(address: str, get: Get) -> Iterator[Paper]:
    """Read the tabs of accepted papers of a conference's page, as it was up to 2020 or so."""
    page = soup(address, get, lambda page: page.select_one("ul.submissions-list li.note"))
    for entry in page.select("ul.submissions-list li.note[data-id]"):
        tab = entry.find_parent(class_="tab-pane")
        name = str(tab.get("id", "")) if isinstance(tab, Tag) else ""
        if not re.search(r"accept|oral|spotlight|poster|talk|notable", name) or re.search(r"reject|withdr|all-", name):
            continue
        if isinstance(tab, Tag) and tab.select_one("ul.pagination"):
            raise LayoutChanged(f"{address} shows a part of its papers only, in pages of tab {name!r}")
        yield _listed_note(entry, name, address)


def _listed_note(entry: Tag, tab: str, address: str) -> Paper:
    forum = str(entry["data-id"])
    link, pdf = entry.select_one('h4 > a[href*="forum?id="]'), entry.select_one("a.pdf-link[href]")
    fields = {
        text_of(field).rstrip(":"): text_of(field.find_next_sibling(class_="note-content-value"))
        for field in entry.select(".note-content-field")
    }
    if not text_of(link):
        raise LayoutChanged(f"{address} has a paper without title: {forum}")
    people_of = entry.select(".note-authors a") or entry.select(".note-authors")
    names = [text_of(person) for person in people_of]
    return Paper(
        document_id=f"openreview:{forum}",
        title=text_of(link),
        authors=tuple(names) if len(names) != 1 else people(names[0]),
        url=f"{SITE}/forum?id={forum}",
        pdf_url=absolute(pdf["href"], address) if pdf else None,
        abstract=fields.get("Abstract") or None,
        attributes={"decision": tab},
    )


def _archived(year: int, get: Get) -> Iterator[Paper]:
    """Read the archive's list of accepted papers (2014 to 2016): links to arXiv or to OpenReview, authors behind."""
    address = ARCHIVED[year]
    page = soup(address, get, lambda page: re.search(r"(?i)iclr|accepted|proceedings", page.get_text()))
    section = ""
    is_any = False
    for tag in page.select("h1, h2, h3, li, p"):
        if tag.name not in ("li", "p"):
            section = text_of(tag).casefold()
            continue
        link = tag.find("a", href=re.compile(r"arxiv\.org/(?:abs|pdf)/|openreview\.net/forum\?id="))
        if not isinstance(link, Tag) or not text_of(link) or tag.find(["li", "p"]):
            continue
        is_any = True
        behind = re.sub(r"\[[^\]]*\]", "", text_of(tag).partition(text_of(link))[2]).strip(" ,;:-")
        following = tag.find_next_sibling("p") if tag.name == "p" and not behind else None
        authors = text_of(following) if isinstance(following, Tag) and not following.find("a") else behind
        yield _archived_paper(year, str(link["href"]), text_of(link), authors, section)
    if not is_any:
        raise LayoutChanged(f"{address} lists no papers")


def _archived_paper(year: int, target: str, title: str, authors: str, section: str) -> Paper:
    key = re.search(
        r"(?:forum\?id=|arxiv\.org/(?:abs|pdf)/)([\w.-]+?(?:/\d{7})?)(?:v\d+)?(?:\.pdf)?/?$", target.strip()
    )
    if key is None:
        raise LayoutChanged(f"the archive of ICLR {year} links {title!r} to {target!r}")
    is_forum = "forum?id=" in target
    return Paper(
        document_id=f"openreview:{key[1]}" if is_forum else f"openreview:ICLR{year}/{key[1]}",
        title=title,
        authors=_people(authors),
        track="workshop" if "workshop" in section else "main",
        url=f"{SITE}/forum?id={key[1]}" if is_forum else f"https://arxiv.org/abs/{key[1]}",
        pdf_url=f"{SITE}/pdf?id={key[1]}" if is_forum else f"https://arxiv.org/pdf/{key[1]}",
        attributes={"decision": section} if section else {},
    )

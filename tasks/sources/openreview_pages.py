"""Pages that tell what OpenReview's API does not: the conference's old page, and the archive of iclr.cc."""

import re
from collections.abc import Iterator

from bs4 import Tag

from tasks.records import Get, LayoutChanged, Paper
from tasks.sources.pages import absolute, people, soup, text_of

SITE = "https://openreview.net"
ARCHIVE = "https://iclr.cc/archive"
ARCHIVED = {
    2014: f"{ARCHIVE}/2014/conference-proceedings/",
    2015: f"{ARCHIVE}/www/doku.php%3Fid=iclr2015:accepted-main.html",
    2016: f"{ARCHIVE}/www/doku.php%3Fid=iclr2016:accepted-main.html",
}
"""Years whose decisions OpenReview does not have."""


def people_in(names: str) -> tuple[str, ...]:
    """Split a list of names, which semicolons, commas or a last "and" part."""
    return people(re.sub(r"\s*;\s*|,?\s+and\s+", ", ", names))


def by_group_page(address: str, get: Get) -> Iterator[Paper]:
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


def archived(year: int, get: Get) -> Iterator[Paper]:
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
        authors=people_in(authors),
        track="workshop" if "workshop" in section else "main",
        url=f"{SITE}/forum?id={key[1]}" if is_forum else f"https://arxiv.org/abs/{key[1]}",
        pdf_url=f"{SITE}/pdf?id={key[1]}" if is_forum else f"https://arxiv.org/pdf/{key[1]}",
        attributes={"decision": section} if section else {},
    )

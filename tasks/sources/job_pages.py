"""Job ads that stand in HTML pages: schema.org's JobPosting as JSON-LD, wherever it is, and the boards' own markup."""

import json
import re
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup

from tasks.records import JobAd
from tasks.sources.job_texts import attributes, clean, clean_line, date_of, dict_of, joined
from tasks.sources.pages import text_of


def postings(page: BeautifulSoup) -> Iterator[dict[str, Any]]:
    """Yield every JobPosting of a page: alone, in a list, in an @graph, beside other blocks; broken blocks are none."""
    for script in page.select('script[type="application/ld+json"]'):
        try:
            yield from _postings(json.loads(script.get_text(), strict=False))
        except ValueError:
            continue  # other blocks of the page may be whole; a page of none gives no ad, which its reader reports


def _postings(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for part in value:
            yield from _postings(part)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        if "JobPosting" in (kinds if isinstance(kinds, list) else [kinds]):
            yield value
        else:
            yield from _postings(value.get("@graph"))


def ad_of(posting: dict[str, Any], document_id: str, url: str, **more: str) -> JobAd | None:
    """Lay a JobPosting out as an ad; None where it has no title.

    Responsibilities, qualifications and skills are fields of their own: they follow the description under headings.
    """
    title = clean_line(posting.get("title") or posting.get("name"))
    if not title:
        return None
    employer = posting.get("hiringOrganization")
    is_remote = clean_line(posting.get("jobLocationType")).upper() == "TELECOMMUTE"
    parts = [
        joined(heading, clean(_words(posting.get(name))))
        for name, heading in (
            ("responsibilities", "Responsibilities"),
            ("qualifications", "Qualifications"),
            ("experienceRequirements", "Requirements"),
            ("skills", "Skills"),
        )
        if _words(posting.get(name))
    ]
    return JobAd(
        document_id=document_id,
        title=title,
        organization=clean_line(employer if isinstance(employer, str) else _of(employer, "name")) or None,
        text=joined(clean(_words(posting.get("description"))), *parts),
        url=url,
        published_on=date_of(posting.get("datePosted")),
        location="; ".join(dict.fromkeys(_places(posting.get("jobLocation")))) or None,
        is_remote=is_remote or None,
        attributes=attributes(commitment=posting.get("employmentType"), **more),
    )


def _words(value: Any) -> str:
    """Give a text field as text; some sites give a list of lines, or an object with a description."""
    if isinstance(value, list):
        return "\n".join(filter(None, map(_words, value)))
    if isinstance(value, dict):
        return _words(value.get("description") or value.get("name"))
    return value if isinstance(value, str) else ""


def _of(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _places(value: Any) -> Iterator[str]:
    """Yield the names of places: a list or one, named or by address, the address an object or words."""
    if isinstance(value, list):
        for part in value:
            yield from _places(part)
    elif isinstance(value, str):
        yield clean_line(value)
    elif isinstance(value, dict):
        address = value.get("address")
        parts = [dict_of(value, "address").get(key) for key in ("addressLocality", "addressRegion", "addressCountry")]
        names = [clean_line(_of(part, "name") or part) for part in parts]
        place = clean_line(value.get("name")) or clean_line(address) or ", ".join(dict.fromkeys(filter(None, names)))
        if place:
            yield place


def board_ad(page: BeautifulSoup, document_id: str, url: str, **more: str) -> JobAd | None:
    """Read an ad from the markup of Greenhouse's and Lever's own pages, as archived ones have it; None elsewhere."""
    title = page.select_one("h1.app-title, .posting-headline h2, .job__title h1, h1.section-header")
    if title is None or not text_of(title):
        return None
    location = page.select_one(
        "#header .location, .job__location, .posting-categories .location, .posting-categories .sort-by-time, .location"
    )
    employer = clean_line(text_of(page.select_one(".company-name")))
    for tag in page.select("form, #application, .application-page, .posting-header, .last-section-apply, .footer, nav"):
        tag.extract()
    body = page.select(
        "#content, .job__description, [data-qa=job-description], .posting-page .section.page-centered, .section-wrapper"
    )
    outer = [tag for tag in body if not any(other in tag.parents for other in body)]
    return JobAd(
        document_id=document_id,
        title=clean_line(text_of(title)),
        organization=re.sub(r"(?i)^at\s+", "", employer) or None,
        text=clean("\n".join(map(str, outer))),
        url=url,
        location=clean_line(text_of(location)).strip(" /") or None,
        attributes=attributes(**more),
    )

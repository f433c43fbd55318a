"""
Publisher
  Python Software Foundation: the Python job board.
Access
  HTML: www.python.org/jobs/?page=N lists, /jobs/ID/ describes.
Permits
  robots.txt allows /jobs/. Ads belong to their authors: link back to them.
Caveats
  What is open now; pages of old ids mostly answer 404. Small: some tens of ads. Telecommuting is said by the ad's page
  alone. The contact at the end of a page is left out.
"""

import re
from collections.abc import Iterator

from bs4 import Tag

from tasks.records import Edition, EmptyBoard, Get, JobAd, LayoutChanged, PageMissing
from tasks.sources.job_texts import attributes, clean, clean_line, date_of
from tasks.sources.pages import absolute, soup, text_of

NAMES = {"python_org": "Python job board"}
IS_SNAPSHOT = True
LIST = "https://www.python.org/jobs/"
PAGES_AT_MOST = 50
"""Twenty-five ads a page and some tens of ads: a list that never ends would be a fault."""


def jobs(_edition: Edition, get: Get) -> Iterator[JobAd]:
    """Yield what the board lists now, each ad with its page; raises `EmptyBoard` where it lists nothing."""
    address = LIST
    for _ in range(PAGES_AT_MOST):
        page = soup(address, get, lambda page: page.select_one("ol.list-recent-jobs"))
        entries = page.select("ol.list-recent-jobs > li")
        if not entries and address == LIST:
            raise EmptyBoard(f"{address} lists no jobs")
        for entry in entries:
            if (ad := _ad(entry, address, get)) is not None:
                yield ad
        following = page.select_one("ul.pagination li.next a[href]")
        if following is None or not str(following["href"]):
            return
        address = absolute(following["href"], LIST)


def _ad(entry: Tag, address: str, get: Get) -> JobAd | None:
    """Read one entry and its page; None where the page is gone since the list was made."""
    link = entry.select_one(".listing-company-name a[href]")
    url = absolute(link["href"], LIST) if link else ""
    key = re.search(r"/jobs/(\d+)/", url)
    title = clean_line(text_of(link))
    if key is None or not title:
        raise LayoutChanged(f"{address} lists a job without title or page: {text_of(entry)[:200]!r}")
    try:
        page = soup(url, get, lambda page: page.select_one("div.job-description"))
    except PageMissing:
        return None
    description = page.select_one("div.job-description")
    assert description is not None, "soup has looked for it"
    contact = next((h for h in description.select("h2") if text_of(h).casefold() == "contact info"), None)
    if contact is not None:
        for tag in [*contact.find_next_siblings(), contact]:
            tag.decompose()
    text = clean(str(description))
    # The list's name has the title, a line break and the employer; older pages have the employer alone.
    name = entry.select_one(".listing-company-name")
    parts = [clean_line(part) for part in name.get_text("\n").split("\n")] if name else []
    employer = next((part for part in parts if part and part not in (title, "New")), "")
    posted = entry.select_one("time[datetime]")
    said = text or ""
    return JobAd(
        document_id=f"python_org:{key[1]}",
        title=title,
        organization=employer or clean_line(text_of(page.select_one(".company-name"))) or None,
        text=text,
        url=url,
        published_on=date_of(str(posted["datetime"])) if posted else None,
        location=clean_line(text_of(entry.select_one(".listing-location"))) or None,
        is_remote=True if "Telecommuting is OK" in said else False if "No telecommuting" in said else None,
        attributes=attributes(department=text_of(entry.select_one(".listing-company-category"))),
    )

"""
Publisher
  Employers that publish on pages of their own and on no board that has an API.
Access
  Each page holds its ad as schema.org's JobPosting in JSON-LD, which employers put there for search engines. A board
  (sql/seeds/employers.csv) is the address of a sitemap or of a page that links the ads; it may be one ad itself.
Permits
  What each host's robots.txt permits.
Caveats
  Every site fills the fields differently: descriptions escaped once or not, &nbsp; in plain text, places as object or
  list, several blocks a page. Only pages whose address speaks of jobs are visited, PAGES_AT_MOST of a board a night.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from tasks.records import Edition, EmptyBoard, Get, JobAd, LayoutChanged, PageMissing
from tasks.sources.job_pages import ad_of, postings
from tasks.sources.job_texts import clean_line
from tasks.sources.pages import absolute, parsed_html, refuse_challenge

NAMES = {"json_ld": "Employers' own pages"}
IS_SNAPSHOT = True
PAGES_AT_MOST = 500
"""Eight minutes at one request a second: what one employer may cost a night."""
_JOB = re.compile(r"(?i)/(?:[\w-]*jobs?[\w-]*|careers?|positions?|openings?|vacanc\w+|stellen\w*|roles?)(?:/|_|-|\?|$)")


def jobs(edition: Edition, get: Get) -> Iterator[JobAd]:
    """Yield the ads of a board: of the page itself, else of the pages that it links; `EmptyBoard` where it links none.

    Raises `LayoutChanged` where half of the pages that it links hold no ad.
    """
    address = edition.key if "://" in edition.key else f"https://{edition.key}"
    body = get(address)
    page = _parse(body)
    found = list(_ads(page, address))
    if found:
        yield from found
        return
    if not re.search(rb"(?i)<(?:html|urlset|sitemapindex)\b", body):
        refuse_challenge(body, address)
        raise LayoutChanged(f"{address} is neither a page nor a sitemap: it begins with {body[:60]!r}")
    refuse_challenge(body, address)
    if not re.search(rb"(?i)</(?:html|urlset|sitemapindex)\s*>", body):
        raise LayoutChanged(f"{address} is cut short after {len(body)} bytes")
    links = list(_links(page, address))
    if not links:
        raise EmptyBoard(f"{address} links no jobs")
    count = barren = 0
    for link in links[:PAGES_AT_MOST]:
        try:
            ads = list(_ads(_parse(get(link)), link))
        except PageMissing:
            continue  # gone since the list was made
        count += len(ads)
        barren += not ads
        yield from ads
    if barren >= max(count, 1):
        raise LayoutChanged(f"of the pages that {address} links, {barren} hold no JobPosting and {count} do")


def _parse(body: bytes) -> BeautifulSoup:
    is_sitemap = body.lstrip().startswith(b"<?xml") or re.search(rb"(?i)<(?:urlset|sitemapindex)\b", body[:2000])
    # The encoding is said, because a damaged declaration of it is more than the XML parser bears.
    return BeautifulSoup(body, "lxml-xml", from_encoding="utf-8") if is_sitemap else parsed_html(body)


def _links(page: BeautifulSoup, address: str) -> Iterator[str]:
    """Yield the addresses of jobs that a sitemap or a page names, each once, on the same host."""
    found = [tag.get_text() for tag in page.find_all("loc")] or [str(link["href"]) for link in page.select("a[href]")]
    named = [absolute(link, address) for link in found]
    host = urlsplit(address).netloc
    for link in dict.fromkeys(named):
        parts = urlsplit(link)
        if parts.netloc == host and link.rstrip("/") != address.rstrip("/") and _JOB.search(parts.path):
            yield link


def _ads(page: BeautifulSoup, address: str) -> Iterator[JobAd]:
    for number, posting in enumerate(postings(page)):
        parts = urlsplit(address)
        key = f"{parts.netloc}{parts.path.rstrip('/')}" + (f"#{number}" if number else "")
        url = clean_line(posting.get("url"))
        ad = ad_of(posting, f"json_ld:{key}", url if url.startswith("http") else address)
        if ad is not None:
            yield ad

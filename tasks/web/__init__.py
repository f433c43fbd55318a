"""Addresses to bytes.

Takes an http(s) address; gives its body, kept as it came among the raw pages, or an error that says why not. The only
folder that may speak HTTP: pace, limits, turns at a host, robots.txt, logins, redirects and retries are its business.
Knows nothing of what pages say.
"""

from tasks.web.crawler import Crawler
from tasks.web.pace import NoTurn, Turns

__all__ = ["Crawler", "NoTurn", "Turns"]

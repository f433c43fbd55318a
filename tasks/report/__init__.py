"""mentions.duckdb to a page that works from disk, and pictures.

Takes the published file; gives a folder with a page, its data and evidence, and charts as SVG and PNG. May ask the
published file and write its own folder; fetches nothing.
"""

from tasks.report.data import NOTICE
from tasks.report.page import write, write_pictures

__all__ = ["NOTICE", "write", "write_pictures"]

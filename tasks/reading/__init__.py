"""Files to text.

Takes a PDF as a file or HTML as bytes; gives normalised text with the places where its pages begin, or the cause why
there is none. May run third-party readers, in worker processes that bound what a document costs. Knows no network, no
lake, and nothing of frameworks.
"""

from tasks.reading.html import read_html
from tasks.reading.pdf import read_pdf
from tasks.reading.pool import ReaderPool
from tasks.reading.results import Limits, Reading

__all__ = ["Limits", "ReaderPool", "Reading", "read_html", "read_pdf"]

"""Text to mentions.

Takes the text of one document; gives the frameworks that it names, each with its place, section, sense, role and
sentence. Pure functions over text and the lexicon: may read no file but its own rules, names and gold. `evaluation`
says how often it is right.
"""

from tasks.detection import affiliations, evaluation, lexicon, roles, scanner, sections, senses, spelling, voices
from tasks.detection.affiliations import email_domains, first_page_end
from tasks.detection.evaluation import Score
from tasks.detection.lexicon import Alias, Lexicon, LexiconError
from tasks.detection.scanner import DocumentScan, Hit, Scanner

RULES = (affiliations, roles, scanner, sections, senses, spelling, voices)
"""The modules that decide what is found; who keeps what was found keeps their version beside it."""

__all__ = [
    "RULES",
    "Alias",
    "DocumentScan",
    "Hit",
    "Lexicon",
    "LexiconError",
    "Scanner",
    "Score",
    "email_domains",
    "evaluation",
    "first_page_end",
    "lexicon",
    "spelling",
]

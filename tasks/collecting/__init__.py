"""Editions to documents and texts in the lake.

Takes a source and an edition (a volume of papers, a month of preprints, a night or month of job ads); gives
documents, texts and a note of how it went. May ask the web, parse by sources, have files read, and write the lake.
Plain functions: flows/ decides when they run, and every one of them can be run again.
"""

from tasks.collecting import ad_months, boards, expectations, history, listing, oai_harvest, papers, plan, preprints
from tasks.collecting.boards import JobBench, job_bench
from tasks.collecting.editions import Visit, document_row, find_editions, finish, is_due, visit
from tasks.collecting.employers import Board, boards_of, month_of
from tasks.collecting.papers import read_batch
from tasks.collecting.runs import Result, now
from tasks.collecting.tools import Ticket, Workbench, leave, shared_tools, workbench

__all__ = [
    "Board",
    "JobBench",
    "Result",
    "Ticket",
    "Visit",
    "Workbench",
    "ad_months",
    "boards",
    "boards_of",
    "document_row",
    "expectations",
    "find_editions",
    "finish",
    "history",
    "is_due",
    "job_bench",
    "leave",
    "listing",
    "month_of",
    "now",
    "oai_harvest",
    "papers",
    "plan",
    "preprints",
    "read_batch",
    "shared_tools",
    "visit",
    "workbench",
]

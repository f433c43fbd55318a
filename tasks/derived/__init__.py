"""What follows from what was collected.

Takes texts and documents of the lake; gives mentions, scans, postings and scores, stored beside them. May read and
write the lake, and ask the detector. All of it can be thrown away and made again without the network.
"""

from tasks.derived import mentions, postings, scores, seeds
from tasks.derived.given_files import UnreadableFile, scan_files

__all__ = ["UnreadableFile", "mentions", "postings", "scan_files", "scores", "seeds"]

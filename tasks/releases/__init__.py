"""Figures to frozen releases.

Takes the checked tables of a publication; gives a folder a release, written whenever a figure changed, described for
other tools, and the list of what changed and why. May write below releases/ alone.
"""

from tasks.releases.folders import Versions, keep

__all__ = ["Versions", "keep"]

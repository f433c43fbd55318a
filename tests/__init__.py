"""Tests mirror flows/ and tasks/; what is about the whole stands beside this file, as do the helpers of all."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The repository."""

SHARED = ROOT.parent / "shared"
"""Real pages and papers, which lie beside it on some machines."""

"""What each framework looks like in every chart: its colour and its shape."""

from collections.abc import Sequence
from typing import Any

Spec = dict[str, Any]
"""A Vega-Lite specification."""

FIXED_LOOKS = {
    "pytorch": ("#d55e00", "circle"),
    "tensorflow": ("#0072b2", "square"),
    "jax": ("#009e73", "diamond"),
    "keras": ("#b0588a", "triangle-up"),
    "theano": ("#767676", "cross"),
    "caffe": ("#8c6d1f", "triangle-down"),
    "scikit-learn": ("#8566d6", "circle"),
}
"""Looks that never change. After Okabe and Ito's colours, which colour-blind readers can tell apart
(https://jfly.uni-koeln.de/color/), darkened where needed: each has a contrast of 3 : 1 on white and on the dark page
(WCAG 2.1, 1.4.11)."""

NEUTRAL = "#767676"
"""What belongs to no framework; the same contrast."""

COLOURS = [colour for colour, _ in FIXED_LOOKS.values()]
SHAPES = ["circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "triangle-right", "triangle-left"]


def looks(frameworks: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Give every framework its colour and shape, the same in every chart; no two of up to 48 look alike."""
    free = [(colour, shape) for shape in SHAPES for colour in COLOURS]
    free = [look for look in free if look not in FIXED_LOOKS.values()]
    others = sorted(set(frameworks) - FIXED_LOOKS.keys())
    return FIXED_LOOKS | {name: free[number % len(free)] for number, name in enumerate(others)}

"""Curves with few points, as `trace(..., sparse=True)` likes them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Points

Values = npt.NDArray[np.float64]

TURN_DEG = 15.0
"""Between two points of a curve: `trace(..., sparse=True)` needs 40 or less, and takes more than 55 for a corner."""
PIECES = 6  # of a long way at most


def stepwise(line: Points, longest: float) -> Points:
    """The line with points on its long ways: a hand that goes them in one is out of the next turn before it slows."""
    ways = line[1:] - line[:-1]
    lengths = np.sqrt((ways**2).sum(axis=1))
    pieces = np.clip(np.ceil(np.round(lengths / longest, 6)), 1, PIECES).astype(np.intp)
    row = np.arange(len(ways)).repeat(pieces)
    share = (np.arange(len(row)) - (pieces.cumsum() - pieces)[row]) / pieces[row]
    return np.concatenate((line[row] + ways[row] * share[:, np.newaxis], line[-1:]))


def superellipse(a: float, b: float, power: float, angles: Values) -> tuple[Values, Values]:
    """x, y on |x / a|^power + |y / b|^power = 1, where the normal has these angles, so that even steps turn evenly.

    Radians, counter-clockwise on the screen, from the right.
    """
    u, v = a * np.cos(angles), -b * np.sin(angles)
    q = power / (power - 1)
    one, other = np.abs(u) ** q, np.abs(v) ** q
    both = one + other
    return a * np.copysign((one / both) ** (1 / power), u), b * np.copysign((other / both) ** (1 / power), v)

"""What readers do with the points of a stroke before they become ink: checks, and time from the first point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthink.ink.files.base import Reading
from synthink.ink.model import FARTHEST

Points = npt.NDArray[np.float64]
"""(N, 4): x, y, t in ms (absolute while reading), pressure; NaN where there is none."""


def fault(points: Points) -> str | None:
    """What is wrong with the stroke, if anything."""
    good = np.abs(points[:, :2]) <= FARTHEST  # not so for NaN
    if not good.all():
        row = int((~good).any(axis=1).argmax())
        return f"x, y of point {row} must be finite and within {FARTHEST:g}, is {points[row, :2].tolist()}"
    late = ~(np.abs(points[:, 2]) <= 1e18) & ~np.isnan(points[:, 2])
    if late.any():
        return f"t of point {int(late.argmax())} is out of range, is {points[late.argmax(), 2]:g}"
    return None


def columns(x: npt.ArrayLike, y: npt.ArrayLike, t: npt.ArrayLike = np.nan, pressure: npt.ArrayLike = np.nan) -> Points:
    """(N, 4) from its columns."""
    points = np.empty((np.size(x), 4))
    points[:, 0], points[:, 1], points[:, 2], points[:, 3] = x, y, t, pressure
    return points


def from_first(strokes: Sequence[Points]) -> float | None:
    """Make times relative to the first that there is, in place; returns that one, None where there are no times."""
    for points in strokes:
        known = points[~np.isnan(points[:, 2]), 2]
        if len(known):
            start = float(known[0])
            for each in strokes:
                each[:, 2] -= start
            return start
    return None


class Budget:
    """Counts the strokes and points of a file against its limits."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.strokes = self.points = 0

    def add(self, points: int) -> None:
        """One more stroke of so many points; fails the file beyond its limits."""
        self.strokes += 1
        self.points += points
        limits = self.reading.limits
        if self.points > limits.points or self.strokes > limits.strokes:
            self.reading.fail(f"has more than {limits.points} points or {limits.strokes} strokes")

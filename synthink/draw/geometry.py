"""Boxes and points in pixels: x to the right, y down, the origin at the top-left corner of the top-left pixel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""(N, 2) array of x, y in pixels."""

GRID = 64
"""Geometry is rounded to 1/64 pixel (FreeType's 26.6 format) before it is drawn and stored: numpy's sin, cos and exp
differ in the last bit between processors, and that bit must not reach a dataset."""


class Box(NamedTuple):
    """An upright rectangle; right and bottom are exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def grown(self, by: float) -> Box:
        """The box that reaches farther by so much on all sides."""
        left, top, right, bottom = self
        return Box(left - by, top - by, right + by, bottom + by)

    def corners(self) -> Points:
        """The (4, 2) corners: top-left, top-right, bottom-right, bottom-left."""
        left, top, right, bottom = self
        return np.array(((left, top), (right, top), (right, bottom), (left, bottom)), dtype=np.float64)

    def outline(self) -> Points:
        """The (5, 2) closed outline: the corners, and the first of them again."""
        return self.corners()[[0, 1, 2, 3, 0]]


class Quad(NamedTuple):
    """The corners of a tilted rectangle as x, y: top-left, top-right, bottom-right, bottom-left as it was written."""

    x0: float
    y0: float
    x1: float
    y1: float
    x2: float
    y2: float
    x3: float
    y3: float


class InkPoint(NamedTuple):
    """A point of a pen's stroke: x, y in pixels, time in milliseconds, pressure 0..1; None where not known."""

    x: float
    y: float
    t: float | None
    pressure: float | None


_FIRST = np.zeros(1, dtype=np.intp)


def snap(points: Points) -> Points:
    """The points on the 1/64 pixel grid."""
    snapped: Points = np.rint(points * GRID)
    snapped /= GRID
    return snapped


def bounds(points: Points) -> Box:
    """The smallest box around the points; (N, 2) with N >= 1."""
    # reduceat is several times faster here than min(axis=0).
    return Box(*np.minimum.reduceat(points, _FIRST)[0].tolist(), *np.maximum.reduceat(points, _FIRST)[0].tolist())


def around(boxes: Sequence[Sequence[float]]) -> Box:
    """The smallest box around several boxes, each left, top, right, bottom."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))

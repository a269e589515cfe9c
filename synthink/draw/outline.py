"""Outlines: closed contours of straight lines and Bezier curves, which are filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Box, Points, bounds


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Closed contours that are filled by the nonzero winding rule.

    points: (N, 2) pixels on the 1/64 grid; tags: (N,) FreeType's kind of each point (1: on the curve, 0: conic
    control point, 2: cubic control point); ends: (C,) index of each contour's last point. Tags are contiguous.
    """

    points: Points
    tags: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.integer[Any]]
    parts: tuple[int, ...] = (0,)
    """First contour of each part that may be drawn apart from the others: the rasteriser is faster on small parts, and
    takes at most 32,767 points in one."""

    @property
    def box(self) -> Box:
        """Around all points; for contours without control points, around the ink."""
        return bounds(self.points)


@dataclass(frozen=True, slots=True)
class RuledLines:
    """The lines printed on paper: level ones at `first` and every `gap` pixels, upright ones too when squared."""

    first: float
    gap: float
    width: float
    squared: bool = False

"""Lines of even width as outlines: the marks that circle, underline and strike."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from synthink.geometry import Points, snap
from synthink.scene import Outline


def stroke(points: Points, width_px: float, closed: bool) -> Outline:
    """The outline of a pen of the given width led along a smooth line of (N, 2) points, N >= 2.

    A closed line becomes a ring (two contours), an open one a band with round caps. The line must be sampled densely
    against its curvature; where it bends tighter than half the width, the fold lies inside the band.
    """
    half = width_px / 2
    line = np.empty((len(points) + 2, 2))
    line[1:-1] = points
    line[0], line[-1] = (points[-1], points[0]) if closed else (2 * points[0] - points[1], 2 * points[-1] - points[-2])
    along = line[2:] - line[:-2]
    factor = half / np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    offset = np.empty_like(along)
    offset[:, 0], offset[:, 1] = along[:, 1] * factor, -along[:, 0] * factor
    if closed:
        return polygon([points + offset, (points - offset)[::-1]])
    caps = _half_circle()
    end = points[-1] + caps @ np.stack((offset[-1], _turned(offset[-1])))
    start = points[0] + caps @ np.stack((-offset[0], _turned(-offset[0])))
    return polygon([np.concatenate((points + offset, end, (points - offset)[::-1], start))])


def polygon(contours: list[Points]) -> Outline:
    """An outline of straight-sided contours, on the 1/64 grid."""
    outline = snap(np.concatenate(contours))
    ends = np.cumsum([len(contour) for contour in contours]) - 1
    return Outline(outline, np.ones(len(outline), dtype=np.uint8), ends.astype(np.int16))


def _turned(vector: Points) -> Points:
    """The vector turned a quarter so that a left offset swings over the pen's heading."""
    return np.array((-vector[1], vector[0]))


@lru_cache(maxsize=1)
def _half_circle(steps: int = 8) -> Points:
    """(steps - 1, 2): cos, sin of the inner points of a half turn."""
    angles = [math.pi * step / steps for step in range(1, steps)]
    return np.array([(math.cos(angle), math.sin(angle)) for angle in angles])

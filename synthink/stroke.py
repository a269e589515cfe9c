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
    if closed:
        tangent = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    else:
        tangent = np.empty_like(points)
        tangent[1:-1] = points[2:] - points[:-2]
        tangent[0], tangent[-1] = points[1] - points[0], points[-1] - points[-2]
    length = np.sqrt((tangent * tangent).sum(axis=1, keepdims=True))
    offset = tangent[:, ::-1] * np.array((half, -half)) / np.maximum(length, 1e-9)
    if closed:
        contours = [points + offset, (points - offset)[::-1]]
    else:
        caps = _half_circle()
        end = points[-1] + caps @ np.stack((offset[-1], _turned(offset[-1])))
        start = points[0] + caps @ np.stack((-offset[0], _turned(-offset[0])))
        contours = [np.concatenate((points + offset, end, (points - offset)[::-1], start))]
    return polygon(contours)


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

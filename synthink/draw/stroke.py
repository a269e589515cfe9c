"""Lines of even width as outlines: the marks that circle, underline and strike."""

from __future__ import annotations

import numpy as np

from synthink.draw.geometry import Points, snap
from synthink.draw.outline import Outline
from synthink.draw.pen_outline import ink_outline


def stroke(points: Points, width_px: float, closed: bool) -> Outline:
    """The outline of a pen of the given width led along a smooth line of (N, 2) points, N >= 2.

    A closed line becomes a ring (two contours) and must be sampled densely against its curvature; an open one may cross
    and follow itself, and has round ends.
    """
    if not closed:
        # In three pieces, so that a loop's end does not lie on its beginning: coverage is added up within a piece.
        third, rest = len(points) // 3, 2 * len(points) // 3
        pieces = np.concatenate((points[: third + 1], points[third : rest + 1], points[rest:]))
        return ink_outline(pieces, np.array((0, third + 1, rest + 2)), np.full(len(pieces), width_px))
    line = np.concatenate((points[-1:], points, points[:1]))
    along = line[2:] - line[:-2]
    factor = width_px / 2 / np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    offset = np.stack((along[:, 1] * factor, -along[:, 0] * factor), axis=1)
    return polygon([points + offset, (points - offset)[::-1]])


def polygon(contours: list[Points]) -> Outline:
    """An outline of straight-sided contours, on the 1/64 grid."""
    outline = snap(np.concatenate(contours))
    ends = np.cumsum([len(contour) for contour in contours]) - 1
    return Outline(outline, np.ones(len(outline), dtype=np.uint8), ends)

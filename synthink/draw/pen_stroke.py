"""Lines that a round pen leaves, as outlines: the marks that circle, underline and strike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Points, bounds, snap
from synthink.draw.outline import Extent, Outline, polygon
from synthink.draw.pen_outline import ink_outline
from synthink.draw.transform import Transform


@dataclass(frozen=True, slots=True, eq=False)
class PenStroke:
    """The line of a round pen through (N, 2) points, with round joins and ends; one point is a dot.

    width: of the whole line, or (N,) widths at its points. Both are in the unit of the group that the stroke is put
    into; a group that scales its two axes differently keeps the pen round.
    """

    points: Points
    width: float | npt.NDArray[np.float64]

    def placed(self, transform: Transform) -> Outline:
        """The outline in pixels, on the 1/64 grid."""
        points, scale = snap(transform.points(self.points)), transform.scale
        if isinstance(self.width, np.ndarray):
            return ink_outline(points, np.zeros(1, dtype=np.intp), self.width * scale)
        if len(points) == 1:
            return ink_outline(points, np.zeros(1, dtype=np.intp), np.full(1, self.width * scale))
        return stroke(points, self.width * scale, closed=False)

    def extent(self) -> Extent:
        """The extent of the line in its own unit, from which labels are read."""
        radius = np.broadcast_to(np.asarray(self.width, dtype=np.float64) / 2, len(self.points))[:, np.newaxis]
        discs = self.points[:, np.newaxis] + _CIRCLE * radius[:, np.newaxis]
        low, high = self.points - radius, self.points + radius
        return Extent(discs.reshape(-1, 2), bounds(np.concatenate((low, high))).corners())


_CIRCLE = np.array([(1, 0), (0.924, 0.383), (0.707, 0.707), (0.383, 0.924)])
_CIRCLE = np.concatenate((_CIRCLE, _CIRCLE[:, ::-1] * (-1, 1), -_CIRCLE, _CIRCLE[:, ::-1] * (1, -1)))


def stroke(points: Points, width_px: float, closed: bool) -> Outline:
    """The outline of a pen of the given width led along a smooth line of (N, 2) points in pixels, N >= 2.

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
    return polygon(points + offset, (points - offset)[::-1]).snapped()

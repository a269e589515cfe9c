"""Putting a box into the picture: how large, where, and turned by how much."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from synthink.draw.geometry import GRID, Box, Points, snap
from synthink.draw.transform import Transform, cos_sin
from synthink.streams import Stream


@dataclass(frozen=True, slots=True)
class Placement:
    """The place of a thing in a picture: `unit` of its lengths become `size_px`, its point `anchor` comes to lie at
    `at_px`, and it is turned clockwise around that."""

    size_px: float
    anchor: tuple[float, float]
    at_px: tuple[float, float]
    rotation_deg: float = 0.0
    unit: float = 1.0

    def points(self, points: Points) -> Points:
        """The (..., 2) points of the thing in pixels, on the 1/64 grid."""
        cos, sin = self._cos_sin()
        x, y = points[..., 0] - self.anchor[0], points[..., 1] - self.anchor[1]
        placed = np.empty_like(points)
        placed[..., 0] = x * cos - y * sin + self.at_px[0]
        placed[..., 1] = x * sin + y * cos + self.at_px[1]
        return snap(placed)

    @property
    def transform(self) -> Transform:
        """The placement as a transform, which does not round to the grid."""
        a, b = self._cos_sin()
        (x, y), (right, down) = self.anchor, self.at_px
        return Transform(a, -b, b, a, right - a * x + b * y, down - b * x - a * y)

    def _cos_sin(self) -> tuple[float, float]:
        """Cosine and sine of the turn, times pixels per length of the thing."""
        (cos, sin), scale = cos_sin(self.rotation_deg), self.size_px / self.unit
        return cos * scale, sin * scale


def place_box(  # noqa: PLR0913 - four say what goes where; the rest are keywords with defaults
    stream: Stream,
    box: Box,
    picture_px: tuple[int, int],
    sizes_px: tuple[float, float],
    *,
    unit: float = 1.0,
    rotation_deg: float = 0.0,
    edge_px: float = 0.0,
    spread: float = 0.0,
    position: tuple[float, float] = (0.0, 1.0),
    smallest_px: float = 0.0,
) -> Placement | None:
    """A random size and place at which a box, turned around its middle, lies inside the picture.

    sizes_px: the range of what `unit` of the box's lengths becomes; where the picture has no room for it, both ends
    come down to what fits. edge_px: least distance from the picture's edge. spread: how far things reach beyond the box
    in all, in its own lengths, however it is turned. position: where in the free room the box stands, across and down,
    0.5 is the middle. Draws three numbers from the stream; None, and none drawn, when what fits is below `smallest_px`.
    """
    cos, sin = map(abs, cos_sin(rotation_deg))
    extent = box.width * cos + box.height * sin + spread, box.width * sin + box.height * cos + spread
    room = picture_px[0] - 2 * edge_px, picture_px[1] - 2 * edge_px
    fits = min(room[0] / extent[0], room[1] / extent[1]) * unit
    if fits < smallest_px:
        return None
    least, most = sizes_px
    # Rounded like all geometry: `fits` hangs on the last bits of sin and cos.
    size = max(1, math.floor(stream.uniform(min(least, fits), min(most, fits)) * GRID)) / GRID
    scale = size / unit
    x, y = (
        edge_px + extent[axis] * scale / 2 + stream.within(position) * (room[axis] - extent[axis] * scale)
        for axis in (0, 1)
    )
    return Placement(size, box.centre, (x, y), rotation_deg, unit)

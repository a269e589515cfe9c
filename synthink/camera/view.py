"""How points of a scene come to lie in the picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Box, Points, Quad, snap


@dataclass(frozen=True, eq=False)
class View:
    """A projective map from scene pixels to picture pixels, made by the camera together with the pixels.

    matrix: (3, 3) homography for column vectors (x, y, 1); size_px: the picture's width and height.
    """

    matrix: npt.NDArray[np.float64]
    size_px: tuple[int, int]

    @classmethod
    def straight(cls, size_px: tuple[int, int]) -> View:
        """The view without a camera: nothing moves."""
        return _straight(size_px)

    @cached_property
    def is_straight(self) -> bool:
        return bool((self.matrix == np.eye(3)).all())

    @cached_property
    def _edges(self) -> npt.NDArray[np.float64]:
        """(4,): the most that left, top, right and bottom can be."""
        return np.array(self.size_px * 2, dtype=np.float64)

    def points(self, points: Points) -> Points:
        """The (..., 2) points of the scene as they lie in the picture, on the 1/64 grid; they may lie outside."""
        if self.is_straight:
            return points
        (a, b, c), (d, e, f), (g, h, i) = self.matrix.tolist()
        x, y = points[..., 0], points[..., 1]
        depth = g * x + h * y + i
        moved = np.empty_like(points)
        moved[..., 0] = (a * x + b * y + c) / depth
        moved[..., 1] = (d * x + e * y + f) / depth
        return snap(moved)

    def box(self, points: Points) -> Box:
        """The box around the points' places, clipped to the picture."""
        return self.boxes(points, np.zeros(1, dtype=np.intp))[0]

    def boxes(self, points: Points, starts: npt.NDArray[np.intp]) -> list[Box]:
        """The boxes of several things: the points of thing i begin at `starts[i]`."""
        moved = self.points(points)
        return self.clipped(np.minimum.reduceat(moved, starts), np.maximum.reduceat(moved, starts))

    def clipped(self, lows: Points, highs: Points) -> list[Box]:
        """Boxes from (N, 2) top-left to (N, 2) bottom-right corners that lie in the picture already, clipped to it."""
        extremes = np.concatenate((lows, highs), axis=1)
        np.maximum(extremes, 0.0, out=extremes)
        np.minimum(extremes, self._edges, out=extremes)
        return list(map(Box._make, extremes.tolist()))

    def quad(self, corners: Points) -> Quad:
        """The places of four corners (4, 2); not clipped."""
        return Quad(*self.points(corners).reshape(8).tolist())

    def quads(self, corners: Points) -> list[Quad]:
        """The places of (N, 4, 2) corners; not clipped."""
        return list(map(Quad._make, self.points(corners).reshape(-1, 8).tolist()))


@lru_cache(maxsize=64)
def _straight(size_px: tuple[int, int]) -> View:
    return View(np.eye(3), size_px)

"""How points of a scene come to lie in the picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from synthink.geometry import Box, Points, Quad, bounds, quad, snap


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
        return cls(np.eye(3), size_px)

    @cached_property
    def is_straight(self) -> bool:
        return bool((self.matrix == np.eye(3)).all())

    def points(self, points: Points) -> Points:
        """Where (N, 2) scene points lie in the picture, on the 1/64 grid; they may lie outside."""
        if self.is_straight:
            return points
        moved = points @ self.matrix[:, :2].T + self.matrix[:, 2]
        return snap(moved[:, :2] / moved[:, 2:])

    def box(self, points: Points) -> Box:
        """The box around the points' places, clipped to the picture."""
        return bounds(self.points(points)).clipped(*self.size_px)

    def quad(self, corners: Points) -> Quad:
        """The places of four corners (4, 2); not clipped."""
        return quad(self.points(corners))

"""Where points of a page come to lie in the picture of a square of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthink.camera.view import View
from synthink.core.columns import Packed
from synthink.documents.page.inked import Square
from synthink.documents.page.model import Boxes
from synthink.draw.geometry import Box, Points, snap
from synthink.ink.model import Ink

_CORNERS = np.array((0, 1, 2, 1, 2, 3, 0, 3))  # of left, top, right, bottom: the corners' x and y, clockwise


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A square of a page, enlarged to a picture, and the view of the camera that took the picture."""

    square: Square
    picture_px: int
    view: View

    @property
    def scale(self) -> float:
        """Picture pixels to a page pixel."""
        return self.picture_px / self.square.side

    def points(self, points: Points) -> Points:
        """The places of (..., 2) page points, on the 1/64 grid; they may lie outside."""
        return self.view.points(snap((points - (self.square.left, self.square.top)) * self.scale))

    def boxes(self, boxes: Boxes) -> list[Box]:
        """Around the places of (N, 4) boxes, clipped to the picture."""
        if not len(boxes):
            return []
        if self.view.is_straight:
            corners = self.points(boxes.reshape(-1, 2, 2))
            return self.view.clipped(corners[:, 0], corners[:, 1])
        corners = snap((boxes[:, _CORNERS].reshape(-1, 2) - (self.square.left, self.square.top)) * self.scale)
        return self.view.boxes(corners, np.arange(0, len(corners), 4))

    def strokes(self, ink: Ink) -> Packed:
        """Each stroke's points x, y, t, pressure as they lie in the picture."""
        points = ink.points.astype(np.float64)
        points[:, :2] = self.points(points[:, :2])
        points[:, 2] = np.rint(points[:, 2] * 8) / 8
        points[:, 3] = np.rint(points[:, 3] * 256) / 256
        return Packed(points, ink.starts)

"""A lens: the projective map through which a scene is drawn, instead of moving the pixels of a drawn one.

Curves keep their control points, which is exact for straight lines and off by far less than a pixel for the curves of
letters and rings under the perspectives that cameras have.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from synthink.draw.geometry import Points, snap
from synthink.draw.outline import Outline, RuledLines, polygon
from synthink.draw.paint import LinearGradient, RadialGradient
from synthink.draw.scene import ImageLayer, PlacedLayer
from synthink.draw.transform import IDENTITY, Transform

NEAREST = 0.1  # of a page's distance: what lies closer to the lens would be larger than it can be drawn
Row = tuple[float, float, float]


class Lens(NamedTuple):
    """A map from a scene's pixels to those of a picture of its own size.

    matrix: a homography for column vectors (x, y, 1); size_px: the picture's width and height.
    """

    matrix: tuple[Row, Row, Row]
    size_px: tuple[int, int]

    def through(self, placed: PlacedLayer) -> PlacedLayer:
        """A layer as it lies in the picture. A gradient follows the map at its middle."""
        layer = placed.layer
        assert not isinstance(layer, ImageLayer) and not isinstance(layer.shape, RuledLines), "see `can_show`"
        shape = self._outline(layer.shape.placed(placed.transform))
        transform = IDENTITY
        if isinstance(layer.colour, LinearGradient | RadialGradient):
            transform = placed.transform.then(self._near(placed.transform.points(_middle(layer.colour))))
            shape = shape.moved(transform.inverse())
        return placed._replace(
            layer=replace(layer, shape=shape),
            transform=transform,
            clips=tuple(self._outline(clip) for clip in placed.clips),
        )

    def _outline(self, outline: Outline) -> Outline:
        points = outline.points
        depth = self._depths(points)
        if depth.min() < NEAREST:
            outline = self._before(outline)
            points = outline.points
            depth = self._depths(points)
        (a, b, c), (d, e, f), _ = self.matrix
        x, y = points[:, 0], points[:, 1]
        moved = np.empty_like(points)
        moved[:, 0] = (a * x + b * y + c) / depth
        moved[:, 1] = (d * x + e * y + f) / depth
        return Outline(snap(moved), outline.tags, outline.ends, outline.parts, on_grid=True)

    def _depths(self, points: Points) -> Points:
        """(N,): how far away (N, 2) points lie; what has less than 0 lies behind the lens."""
        g, h, i = self.matrix[2]
        return g * points[:, 0] + h * points[:, 1] + i

    def _before(self, outline: Outline) -> Outline:
        """The part of an outline that lies well before the lens, by Sutherland and Hodgman's clipping, in straight
        lines."""
        contours: list[Points] = []
        for contour in np.split(outline.points, np.asarray(outline.ends[:-1]) + 1):
            depths = self._depths(contour).tolist()
            corners = []
            for point, before, depth, last in zip(
                contour, np.roll(contour, 1, axis=0), depths, [depths[-1], *depths], strict=False
            ):
                if (depth < NEAREST) != (last < NEAREST):
                    corners.append(before + (point - before) * ((NEAREST - last) / (depth - last)))
                if depth >= NEAREST:
                    corners.append(point)
            if len(corners) > 2:
                contours.append(np.array(corners))
        return polygon(*(contours or [np.zeros((3, 2))]))

    def _near(self, point: Points) -> Transform:
        """The map that is closest to the lens around a (2,) point."""
        (a, b, c), (d, e, f), (g, h, i) = self.matrix
        x, y = point.tolist()
        depth = g * x + h * y + i
        right, down = (a * x + b * y + c) / depth, (d * x + e * y + f) / depth
        rows = (a - g * right) / depth, (b - h * right) / depth, (d - g * down) / depth, (e - h * down) / depth
        return Transform(*rows, right - rows[0] * x - rows[1] * y, down - rows[2] * x - rows[3] * y)


def can_show(layers: list[PlacedLayer]) -> bool:
    """Whether a lens can show layers: pictures and ruled lines are moved as pixels."""
    return not any(
        isinstance(placed.layer, ImageLayer) or isinstance(placed.layer.shape, RuledLines) for placed in layers
    )


def _middle(gradient: LinearGradient | RadialGradient) -> Points:
    if isinstance(gradient, RadialGradient):
        return np.array(gradient.centre)
    return (np.array(gradient.start) + gradient.end) / 2

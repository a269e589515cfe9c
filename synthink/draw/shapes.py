"""Shapes as outlines, in any unit: pixels, or those of the group that they are put into.

Angles are in degrees, clockwise as seen, from the right: 90 points down. Round shapes are cubic Bezier curves, sixteen
to a full turn, which leave a true circle by less than a millionth of its radius.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Box, Points
from synthink.draw.outline import Outline, polygon
from synthink.draw.pen_stroke import PenStroke
from synthink.draw.transform import cos_sin
from synthink.draw.type.glyph_outline import CUBIC, ON

PIECE_DEG = 22.5  # the longest arc that one curve draws

Point = tuple[float, float]


def rectangle(box: Sequence[float]) -> Outline:
    """An upright rectangle: left, top, right, bottom, or a `Box`."""
    return polygon(Box(*box).corners())


def rounded_rectangle(box: Sequence[float], radius: float) -> Outline:
    """An upright rectangle with round corners; a radius of more than half a side becomes that half."""
    left, top, right, bottom = box
    r = min(radius, (right - left) / 2, (bottom - top) / 2)
    if r <= 0:
        return rectangle(box)
    corners = ((right - r, bottom - r), (left + r, bottom - r), (left + r, top + r), (right - r, top + r))
    arcs = [_arc(corner, (r, r), 90.0 * i, 90.0 * i + 90.0) for i, corner in enumerate(corners)]
    return _joined([(np.concatenate([points for points, _ in arcs]), np.concatenate([tags for _, tags in arcs]))])


def ellipse(centre: Point, radii: Point) -> Outline:
    """An upright ellipse of horizontal and vertical radii; a group can turn it."""
    return _joined([_circle(centre, radii)])


def disc(centre: Point, radius: float) -> Outline:
    """A filled circle around a centre."""
    return ellipse(centre, (radius, radius))


def ring(centre: Point, inner: float, outer: float) -> Outline:
    """A ring: the area between two circles around one centre, given by their radii."""
    points, tags = _arc(centre, (inner, inner), 0.0, 360.0)
    return _joined([_circle(centre, (outer, outer)), (points[:0:-1], tags[:0:-1])])


def arc(centre: Point, radius: float, width: float, from_deg: float, to_deg: float) -> Outline:
    """A part of a ring, from one angle clockwise to another, with straight ends; `radius` is that of its middle.

    With a width of twice the radius it is a slice of a cake.
    """
    if to_deg - from_deg >= 360:
        return ring(centre, radius - width / 2, radius + width / 2)
    outer, inner = radius + width / 2, max(radius - width / 2, 0.0)
    forth, tags = _arc(centre, (outer, outer), from_deg, to_deg)
    back, back_tags = _arc(centre, (inner, inner), from_deg, to_deg)
    return _joined([(np.concatenate((forth, back[::-1])), np.concatenate((tags, back_tags[::-1])))])


def tick_fan(centre: Point, inner: float, outer: float, angles_deg: Iterable[float], width: float) -> Outline:
    """Straight ticks that point away from a centre, from one radius to another, at each of the angles."""
    ticks = []
    for angle in angles_deg:
        cos, sin = cos_sin(angle)
        ticks.append(_tick((cos, sin), (centre[0] + inner * cos, centre[1] + inner * sin), outer - inner, width))
    return polygon(*ticks)


def tick_row(start: Point, end: Point, count: int, length: float, width: float) -> Outline:
    """Straight ticks along a line, evenly spaced, the first at its start and the last at its end.

    They stand across the line and reach `length` to its right as one goes along (below a line that runs to the right);
    a negative length puts them on the other side.
    """
    right, down = end[0] - start[0], end[1] - start[1]
    way = math.sqrt(right * right + down * down)
    across = (-down / way, right / way)
    shares = [i / max(count - 1, 1) for i in range(count)]
    feet = [(start[0] + share * right, start[1] + share * down) for share in shares]
    return polygon(*(_tick(across, foot, length, width) for foot in feet))


def polyline(points: npt.ArrayLike, width: float, closed: bool = False) -> PenStroke:
    """A line of even width through (N, 2) points, with round joins and ends."""
    line = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    return PenStroke(np.concatenate((line, line[:1])) if closed else line, width)


def _tick(way: Point, foot: Point, length: float, width: float) -> list[Point]:
    """The corners of a rectangle from its foot along the unit vector `way`."""
    (cos, sin), (x, y), half = way, foot, width / 2
    tip = x + length * cos, y + length * sin
    across = (-sin * half, cos * half)
    corners = ((x, y, -1), (*tip, -1), (*tip, 1), (x, y, 1))
    return [(at + side * across[0], down + side * across[1]) for at, down, side in corners]


def _arc(centre: Point, radii: Point, from_deg: float, to_deg: float) -> tuple[Points, npt.NDArray[np.uint8]]:
    """An elliptical arc by its control points, both ends included."""
    points, tags = _unit_arc(from_deg, to_deg)
    return points * radii + centre, tags


@lru_cache(maxsize=256)  # most are full circles and the corners of rectangles
def _unit_arc(from_deg: float, to_deg: float) -> tuple[Points, npt.NDArray[np.uint8]]:
    """An arc of the circle of radius 1 around the origin; the arrays are not to be written into."""
    count = max(1, math.ceil((to_deg - from_deg) / PIECE_DEG))
    step = (to_deg - from_deg) / count
    cos, sin = cos_sin(step / 4)
    reach = 4 / 3 * sin / cos  # from a curve's end to its control point, as a share of the radius
    unit = np.array([cos_sin(from_deg + i * step) for i in range(count + 1)])
    along = np.stack((-unit[:, 1], unit[:, 0]), axis=1) * reach
    points = np.empty((3 * count + 1, 2))
    points[::3], points[1::3], points[2::3] = unit, (unit + along)[:-1], (unit - along)[1:]
    tags = np.full(len(points), CUBIC, dtype=np.uint8)
    tags[::3] = ON
    points.flags.writeable = tags.flags.writeable = False
    return points, tags


def _circle(centre: Point, radii: Point) -> tuple[Points, npt.NDArray[np.uint8]]:
    points, tags = _arc(centre, radii, 0.0, 360.0)
    return points[:-1], tags[:-1]


def _joined(contours: Sequence[tuple[Points, npt.NDArray[np.uint8]]]) -> Outline:
    points = np.concatenate([points for points, _ in contours])
    tags = np.concatenate([tags for _, tags in contours])
    return Outline(points, tags, np.array([last - 1 for last in accumulate(len(points) for points, _ in contours)]))

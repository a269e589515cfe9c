"""The outline of one glyph as arrays, in em units with y down."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]

ON = 1  # bit of FreeType's point tags: the point lies on the outline
CUBIC = 2  # bit: an off point is a third-order control point, else a second-order one
STEPS = 8  # points put on each curve
_T = np.arange(1, STEPS + 1, dtype=np.float64)[:, None] / STEPS


@dataclass(frozen=True, eq=False, slots=True)
class Glyph:
    """The drawing of one character. Lengths are in em; the origin is the pen position on the baseline, y is down."""

    char: str
    points: Points
    """(n, 2): the outline's control points."""
    tags: npt.NDArray[np.uint8]
    """(n,): FreeType's point tags."""
    ends: npt.NDArray[np.int16]
    """(c,): index of the last point of each contour."""
    flat: Points
    """(m, 2): points on the outline, curves cut into 8 pieces; their extent is the ink's box to about 0.001 em."""
    advance: float


def flatten(points: Points, tags: npt.NDArray[np.uint8], ends: npt.NDArray[np.int16]) -> Points:
    """(m, 2): all contours as points on the outline; a curve gives 8 points (TrueType and PostScript curves)."""
    contours = []
    start = 0
    for end in ends.tolist():
        if end >= start:
            contours.append(_contour(points[start : end + 1], tags[start : end + 1].tolist()))
        start = end + 1
    return np.concatenate(contours) if contours else np.empty((0, 2))


def _contour(points: Points, tags: list[int]) -> Points:
    """One closed contour, from its first point on the outline round to the same point."""
    count = len(tags)
    first = next((i for i in range(count) if tags[i] & ON), None)
    if first is None:  # only control points: the outline passes midway between neighbours
        pen, order = (points[0] + points[-1]) / 2, list(range(count))
    else:
        pen, order = points[first], [(first + 1 + i) % count for i in range(count - 1)]
    home = pen
    pieces = [pen[None]]
    controls: list[Points] = []
    for index in order:
        point, tag = points[index], tags[index]
        if tag & ON:
            pieces.append(_curve([pen, *controls, point]))
            pen, controls = point, []
        elif tag & CUBIC or not controls:
            controls.append(point)
        else:  # two second-order control points in a row imply a point between them
            middle = (controls[0] + point) / 2
            pieces.append(_curve([pen, controls[0], middle]))
            pen, controls = middle, [point]
    pieces.append(_curve([pen, *controls, home]))
    return np.concatenate(pieces)


def _curve(control: list[Points]) -> Points:
    """Points on a Bezier curve of first, second or third order, without its start (de Casteljau)."""
    if len(control) == 2:
        return control[1][None]
    layer = [point[None] for point in control]
    while len(layer) > 1:
        layer = [a + (b - a) * _T for a, b in pairwise(layer)]
    return layer[0]

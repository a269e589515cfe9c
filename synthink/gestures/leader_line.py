"""What joins handwriting to what it is about: a line, or an arrow towards it, drawn once the writing has its place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Box, Points, snap
from synthink.gestures.pen_strokes import Place, StrokeSketcher

SPACE = 0.2  # H between the writing and the lead
DEEP = 0.45  # of an image's side: so far into it an arrow from outside points, at least


def lead_end(strokes: Sequence[npt.NDArray[Any]], box: Box, writing: Box) -> Place:
    """Where a lead from the writing's box ends: at the mark's nearest point, without a mark inside the box."""
    if not len(strokes):
        x, y = writing.centre
        across, down = DEEP * box.width, DEEP * box.height
        return min(max(x, box.left + across), box.right - across), min(max(y, box.top + down), box.bottom - down)
    points = snap(np.concatenate(strokes)[:, :2].astype(np.float64))
    x, y = points.T
    away_x = np.maximum(np.maximum(writing.left - x, x - writing.right), 0.0)
    away_y = np.maximum(np.maximum(writing.top - y, y - writing.bottom), 0.0)
    nearest = points[np.argmin(away_x**2 + away_y**2)]
    return float(nearest[0]), float(nearest[1])


def lead(
    pen: StrokeSketcher, from_box: Box, to: Place, kind: Literal["", "line", "arrow"], height: float
) -> list[Points]:
    """The strokes that lead from the writing's box to a place: none where both are nearly as near as that already.

    height: H, the scale of marks, page pixels. The lines are sparse as those of the mark.
    """
    x0, y0 = from_box.centre
    # From the border, where the line between the box's middle and the place leaves it, a little off.
    dx, dy = to[0] - x0, to[1] - y0
    space = SPACE * height
    across = (from_box.width / 2 + space) / abs(dx) if dx else math.inf
    down = (from_box.height / 2 + space) / abs(dy) if dy else math.inf
    share = min(across, down)
    if not kind or share >= 1 or (1 - share) * math.hypot(dx, dy) < 0.5 * height:
        return []
    start = x0 + dx * share, y0 + dy * share
    if kind == "line":
        return [pen.line(start, to)]
    return pen.arrow(start, to, height, bow=pen.normal(0.0, 0.05))

"""The line that a pen leaves: curves where points are far apart, and nothing far outside the picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Points, bounds
from synthink.ink.drawing.pens import Floats, Indices

LONG_PX = 3.0
"""Lines without a longer segment stay as they are; handwriting at 100 Hz has points nearer than that."""
AWAY_PX = 0.15
"""So far from its curve a chord may lie."""
_CORNER = 0.3  # cosine of the turn from which on a point is a corner (73 degrees) and stays one
MARGIN_PX = 1000.0
"""Ink may reach so far outside; FreeType's coordinates end at 32,768 px."""


def rounded(points: Floats, starts: Indices) -> tuple[Floats, Indices]:
    """The line with curves where segments are long: new points and starts.

    points: (N, M) with x and y in front; all given points stay, with new ones between, and the other columns go over
    evenly. Curves are centripetal Catmull-Rom splines (Catmull and Rom, "A class of local interpolating splines", 1974;
    Yuksel, Schaefer and Keyser, "On the parameterization of Catmull-Rom curves", 2009), which make no loops; the line
    ends straight at strokes' ends and at corners.
    """
    if len(points) < 3:
        return points, starts
    way = points[1:, :2] - points[:-1, :2]
    length = np.sqrt(way[:, 0] ** 2 + way[:, 1] ** 2)
    length[starts[1:] - 1] = 0.0
    if len(length) == 0 or length.max() <= LONG_PX:
        return points, starts
    # Centripetal: the parameter goes with the root of the chord.
    knot = np.sqrt(np.maximum(length, 1e-6))[:, np.newaxis]
    slope = way / knot
    tangent = np.zeros((len(points), 2))
    # The parabola through three points has this derivative in the middle one.
    tangent[1:-1] = (slope[:-1] * knot[1:] + slope[1:] * knot[:-1]) / (knot[:-1] + knot[1:])
    size = np.maximum(length[:-1] * length[1:], 1e-12)
    corner = np.ones(len(points), dtype=bool)
    corner[1:-1] = (way[:-1] * way[1:]).sum(axis=1) / size < _CORNER
    corner[1:-1] |= (length[:-1] == 0) | (length[1:] == 0)  # strokes' ends, and points that are repeated
    # An arc lies away from its chord by an eighth of chord times turn.
    turn = np.zeros(len(points))
    turn[1:-1] = np.abs(way[:-1, 0] * way[1:, 1] - way[:-1, 1] * way[1:, 0]) / size
    turn[corner] = 0.0
    away = np.maximum(turn[:-1], turn[1:]) * length / 8
    pieces = np.ones(len(points), dtype=np.intp)
    pieces[:-1] = np.clip(np.ceil(np.sqrt(away / AWAY_PX)), 1, 64)
    row = np.repeat(np.arange(len(points)), pieces)
    place = np.cumsum(pieces) - pieces
    share = ((np.arange(len(row)) - place[row]) / pieces[row])[:, np.newaxis]
    new = np.flatnonzero(share[:, 0] > 0)
    one, share = row[new], share[new]
    result = points[row]
    result[new] += (points[one + 1] - points[one]) * share
    # What the curve adds to the chord, by Hermite's cubics; straight where the tangent is the chord's own.
    unit = knot[one]
    chord = slope[one]
    begin = np.where(corner[one][:, np.newaxis], 0.0, tangent[one] - chord) * unit
    end = np.where(corner[one + 1][:, np.newaxis], 0.0, tangent[one + 1] - chord) * unit
    result[new, :2] += begin * (share * (1 - share) ** 2) - end * (share**2 * (1 - share))
    return result, place[starts]


def clipped(x_y: Points, starts: Indices, widths: Floats, size_px: tuple[int, int]) -> tuple[Points, Indices, Floats]:
    """(N, 2) points, starts and widths of a line without what is far outside the picture; inside, nothing changes."""
    if len(x_y) == 0:
        return x_y, starts, widths
    margin = MARGIN_PX + float(widths.max()) / 2
    box = bounds(x_y)
    if min(box.left, box.top) >= -margin and box.right <= size_px[0] + margin and box.bottom <= size_px[1] + margin:
        return x_y, starts, widths
    low, high = np.full(2, -margin), np.array(size_px) + margin
    inside: npt.NDArray[np.bool_] = np.logical_and.reduce((x_y >= low) & (x_y <= high), axis=1)
    # Runs of points inside stay as they are; every other segment that comes near becomes a stroke of its own.
    starting = np.zeros(len(x_y), dtype=bool)
    starting[starts] = True
    joined = ~starting[1:] & inside[1:] & inside[:-1]
    begins = inside.copy()
    begins[1:] &= ~joined
    firsts = np.flatnonzero(begins[inside])
    crossing = np.flatnonzero(~starting[1:] & ~joined)
    enter, leave = _shares(x_y[crossing], x_y[crossing + 1], low, high)
    near = np.flatnonzero(enter < leave)
    crossing, shares = crossing[near], np.stack((enter[near], leave[near]), axis=1)
    ends = _between(x_y[crossing, np.newaxis], x_y[crossing + 1, np.newaxis], shares[:, :, np.newaxis])
    thick = _between(widths[crossing, np.newaxis], widths[crossing + 1, np.newaxis], shares)
    return (
        np.concatenate((x_y[inside], ends.reshape(-1, 2))),
        np.concatenate((firsts, np.count_nonzero(inside) + 2 * np.arange(len(crossing)))),
        np.concatenate((widths[inside], thick.ravel())),
    )


def _shares(start: Points, stop: Points, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Where segments enter and leave a box, as shares of their length; enter >= leave for those that miss it
    (Liang and Barsky, "A new concept and method for line clipping", 1984)."""
    way = stop - start
    still = way == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - start) / way, (high - start) / way
    never = still & ((start < low) | (start > high))
    enter = np.where(still, np.where(never, np.inf, -np.inf), np.minimum(one, other))
    leave = np.where(still, np.where(never, -np.inf, np.inf), np.maximum(one, other))
    return np.maximum(enter.max(axis=1, initial=0.0), 0.0), np.minimum(leave.min(axis=1, initial=1.0), 1.0)


def _between(start: Floats, stop: Floats, share: Floats) -> Floats:
    return start + (stop - start) * share

"""Curves through the points of ink, so that strokes of few points look as round as they were drawn."""

from __future__ import annotations

import numpy as np

from synthink.ink.drawing.pens import Floats, Indices

LONG_PX = 3.0
"""Lines without a longer segment stay as they are; handwriting at 100 Hz has points nearer than that."""
AWAY_PX = 0.15
"""So far from its curve a chord may lie."""
_CORNER = 0.3  # cosine of the turn from which on a point is a corner (73 degrees) and stays one


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
    knot = np.sqrt(np.maximum(length, 1e-6))[
        :, np.newaxis
    ]  # centripetal: the parameter goes with the root of the chord
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

"""Ink as filled outlines: what a round pen of changing width leaves.

Each stroke becomes one or more closed bands: along the left of the line, round the end, back along the right, round the
start. The line is cut where it turns back sharply and, in between, before it has turned by half a turn inside its own
width; the pieces overlap in round ends. FreeType adds the coverage of overlapping bands within a part and caps it,
which would darken edges that coincide (a stroke that retraces itself), so neighbouring pieces go to different parts, of
which the rasteriser takes the maximum. Within a piece the winding number is never below one inside the ink: where the
line bends more tightly than the pen is wide, the inner side of the band goes through the line's own point.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Points, snap
from synthink.draw.outline import Outline

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
_Plane = npt.NDArray[np.complex128]  # points and vectors as x + iy

SPACING_PX = 0.25  # points nearer along the line than this are thinned: they carry a tablet's noise, no shape
_SHARP = 0.2  # cosine of the turn beyond which the line is cut, 78 degrees
_ANGULAR = 0.9  # cosine of the turn beyond which a join is an arc, 26 degrees; below, edges are mitred
# Turning, in radians weighed by its sine, after which the line is cut: tighter than the pen, and otherwise (a loop).
_TIGHT_TURN, _TURN = 2.6, 6.0
_APART = 12  # up to so many pieces each is a part of its own
_GROUPS, _CHUNK = 3, 27  # beyond: parts of every third of 27 pieces, by measurement on lines of handwriting

# The inner corners of a round end in the frame of the pen's heading: five at 30 degrees, at the radius that gives the
# half disc its area. Broad pens get four conic arcs of 45 degrees by their control points.
_CORNER = (math.sqrt(0.25 + 2 * math.pi) - 0.5) / 2
_CORNERS = np.array(
    [_CORNER * complex(math.cos(math.pi * k / 6), math.sin(math.pi * k / 6)) for k in (2, 1, 0, -1, -2)]
)
_ARC = math.tan(math.pi / 8)
_CONTROLS = np.array([complex(_ARC, 1), complex(1, _ARC), complex(1, -_ARC), complex(_ARC, -1)])
_BROAD_PX = 8.0


def ink_outline(points: Points, starts: Indices, widths: Floats) -> Outline:
    """The union of round-capped, round-joined strokes.

    points: (N, 2) pixels, N >= 1; starts: (S,) row at which each stroke begins, the first 0; widths: (N,) full widths
    in pixels, which between two points go over evenly and should change by less than the way between them. A stroke of
    one point, or of equal ones, is a disc.
    """
    line = _joined(points, starts, widths)
    rows = _pairs(line)
    left, right, middle, inner = _sides(line, rows)
    caps = _CORNERS if 2 * float(line.radius.max()) < _BROAD_PX else _CONTROLS
    head, tail = rows.head, rows.tail
    pairs = tail - head + 1
    base, ends, parts = _arranged(2 * (pairs + len(caps)))
    total = int(ends[-1]) + 1
    drawn, tags = np.empty(total, np.complex128), np.ones(total, np.uint8)
    # One contour a piece: left side, round end, right side backwards, round start.
    row = np.arange(len(left))
    forth, back = row + np.repeat(base - head, pairs), np.repeat(base + tail + pairs + len(caps), pairs) - row
    drawn[forth], drawn[back] = left, right
    if len(middle):
        tags[forth[middle]], tags[back[middle]] = inner, ~inner
    steps = np.arange(len(caps))
    tips = ((pairs, rows.tails, line.before[rows.tails]), (2 * pairs + len(caps), rows.heads, -line.after[rows.heads]))
    for offset, at, way in tips:
        corners = (base + offset)[:, np.newaxis] + steps
        drawn[corners] = (way * line.radius[at])[:, np.newaxis] * caps + line.z[at][:, np.newaxis]
        if caps is _CONTROLS:
            tags[corners] = 0
    flat = drawn.view(np.float64).reshape(-1, 2)
    return Outline(snap(flat), tags, ends, parts, on_grid=True)


class _Joined(NamedTuple):
    """A line's points z, half widths, unit vectors before and after each point, and what kind of join each is."""

    z: _Plane
    radius: Floats
    before: _Plane
    after: _Plane
    cos: Floats
    sin: Floats
    angular: npt.NDArray[np.bool_]
    first: Indices
    last: Indices
    cuts: Indices


def _joined(points: Points, starts: Indices, widths: Floats) -> _Joined:
    z, radius, first = np.ascontiguousarray(points, dtype=np.float64).view(np.complex128)[:, 0], widths / 2, starts
    way = z[1:] - z[:-1]
    length = np.abs(way)
    if len(way) and length.min() < SPACING_PX:
        keep, first = _thinned(length, starts)
        # The widest of those that are left out counts: a dot's points all lie near each other, its ends are thin.
        z, radius = z[keep], np.maximum.reduceat(radius, np.flatnonzero(keep))
        way = z[1:] - z[:-1]
        way[way == 0] = 1e-9  # equal points head to the right
        length = np.abs(way)
        # A disc reaches beyond a thinner neighbour that lies inside it, which a band between both would cut off.
        room = length.copy()
        room[first[1:] - 1] = np.inf
        radius[1:] = np.maximum(radius[1:], radius[:-1] - room)
        radius[:-1] = np.maximum(radius[:-1], radius[1:] - room)
    last = np.append(first[1:], len(z)) - 1
    before, after = np.empty_like(z), np.empty_like(z)
    np.divide(way, length, out=after[:-1])
    before[1:], after[-1] = after[:-1], 1.0
    before[first] = after[first]
    after[last] = before[last]
    before[first] = after[first] = np.where(first == last, 1.0, after[first])

    turn = before.conj() * after
    cos, sin = turn.real, turn.imag
    length[first[1:] - 1] = np.inf
    angular = cos < _ANGULAR
    # Mitred inner edges meet before the middle of both segments, else the join goes through the point.
    meet = np.abs(sin[1:-1]) * radius[1:-1] > np.minimum(length[:-1], length[1:]) * (cos[1:-1] + 1) * 0.5
    angular[1:-1] |= meet
    angular[first] = angular[last] = False
    cuts = _cuts(cos, sin, angular)
    angular[cuts] = False
    return _Joined(z, radius, before, after, cos, sin, angular, first, last, cuts)


def _thinned(length: Floats, starts: Indices) -> tuple[npt.NDArray[np.bool_], Indices]:
    """Which points to keep for about one in `SPACING_PX` at most, first and last ones in any case; the new starts."""
    walked = np.cumsum(length / SPACING_PX).astype(np.intp)
    keep = np.ones(len(length) + 1, dtype=np.bool_)
    np.not_equal(walked[1:], walked[:-1], out=keep[2:])
    keep[starts] = keep[starts[1:] - 1] = keep[-1] = True
    return keep, np.cumsum(keep)[starts] - 1


class _Pairs(NamedTuple):
    """Rows of pairs of left and right: `pairs` of each point, `stop` after its last; heads and tails of the pieces as
    points and as rows."""

    pairs: Indices
    stop: Indices
    heads: Indices
    tails: Indices
    head: Indices
    tail: Indices


def _pairs(line: _Joined) -> _Pairs:
    """Every point becomes one pair of left and right, three where it is angular, two where the line is cut."""
    count = np.where(line.angular, 3, 1)
    heads, tails = line.first, line.last
    if len(line.cuts):
        count[line.cuts] = 2
        heads, tails = np.sort(np.concatenate((heads, line.cuts))), np.sort(np.concatenate((tails, line.cuts)))
    stop = np.cumsum(count)
    return _Pairs(count, stop, heads, tails, stop[heads] - 1, stop[tails] - count[tails])


def _sides(line: _Joined, rows: _Pairs) -> tuple[_Plane, _Plane, Indices, npt.NDArray[np.bool_]]:
    """Left and right of every pair; the rows in the middle of angular joins, and whether left is their inner side."""
    z, quarter = line.z, line.radius * 1j
    # Lines turning straight back are cut: their mitre is not used.
    mitre = (line.before + line.after) * quarter / np.maximum(line.cos + 1, 0.1)
    centre, offset = np.repeat(z, rows.pairs), np.repeat(mitre, rows.pairs)
    cuts = line.cuts
    if len(cuts):
        offset[rows.stop[cuts] - 2] = line.before[cuts] * quarter[cuts]
        offset[rows.stop[cuts] - 1] = line.after[cuts] * quarter[cuts]
    left, right = centre + offset, centre - offset
    bend = np.flatnonzero(line.angular)
    middle, inner = rows.stop[bend] - 2, line.sin[bend] > 0
    if len(bend):
        at, quarter = z[bend], quarter[bend]
        for row, vectors in ((middle - 1, line.before[bend] * quarter), (middle + 1, line.after[bend] * quarter)):
            left[row], right[row] = at + vectors, at - vectors
        left[middle[inner]] = at[inner]
        right[middle[~inner]] = at[~inner]
    return left, right, middle, inner


def _cuts(cos: Floats, sin: Floats, angular: npt.NDArray[np.bool_]) -> Indices:
    """Points at which the line is cut in two: inside strokes, as first and last points have no turn."""
    cut = cos < _SHARP
    turned = np.cumsum(np.abs(sin) * np.where(angular, 1 / _TIGHT_TURN, 1 / _TURN)).astype(np.intp)
    cut[1:] |= turned[1:] != turned[:-1]
    return np.flatnonzero(cut)


def _arranged(sizes: Indices) -> tuple[Indices, Indices, tuple[int, ...]]:
    """Where each piece begins in the outline; the last point of each contour; the first contour of each part."""
    number = np.arange(len(sizes))
    if len(sizes) <= _APART:
        stops = np.cumsum(sizes)
        return stops - sizes, stops - 1, tuple(number.tolist())
    part = number // _CHUNK * _GROUPS + number % _GROUPS
    order = np.argsort(part, kind="stable")
    stops = np.cumsum(sizes[order])
    base = np.empty_like(stops)
    base[order] = stops - sizes[order]
    part = part[order]
    return base, stops - 1, (0, *(np.flatnonzero(part[1:] != part[:-1]) + 1).tolist())

"""Virtual targets: the few points that a hand aims at when it follows a line, and how it bends from one to the next.

A handstroke of the sigma-lognormal model (O'Reilly and Plamondon, "Development of a Sigma-Lognormal representation
for on-line signatures", 2009) runs from target to target along a simple arc. Targets lie where real speed has its
minima: at the ends, at tops and bottoms, at corners; and in between wherever one arc would miss the line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Points

STEP = 0.03  # x-heights between the points that are looked at
REACH = 4  # of these steps on both sides of a corner
CORNER = math.radians(55)  # turn within the reach; round bowls of 0.4 x-heights turn 35 degrees on this way
SWING = 0.15  # x-heights that the pen must come back from a top or a bottom
MISS = 0.1  # x-heights between the line and the handstroke's arc; 2 px where letters are 20 px high
BOW = 0.35  # power with which the arcs of one bow share its time: speed has one peak then, as in real bows
ARC = math.radians(61.7)  # that a handstroke of a sparse line turns by; no multiple of usual angles
FAR, STRAIGHT = 1.5, math.radians(6.1)  # x-heights between the points of a long straight line, and their turn
DOT = 0.07  # x-heights of movement in a dot: pens slide a little
DIGITS = 6  # of angles and lengths that are compared: the last bits of sines and roots differ among processors

ALONE = np.array(((0.0, 0.0, 1.0),))  # a straight way at its own pace


def targets(line: Points) -> tuple[Points, npt.NDArray[np.float64]]:
    """The targets (n, 2), n >= 2, of a line (N, 2) in x-heights, and the ways (n - 1, 3) between them: bend and pace.

    A bend is what the middle of the way lies off the middle between both targets. Pace is the share of time that the
    handstroke takes of what it would take alone: where one bow needs several arcs, they follow each other faster. A
    line of one place becomes a short slide downwards, as pens make dots.
    """
    line = even(np.asarray(line, np.float64), STEP)
    if len(line) < 2:
        return line[:1] + np.array(((0.0, -0.5), (0.35, 0.5))) * DOT, ALONE.copy()
    cuts = sorted({0, len(line) - 1, *_turns(line[:, 1], SWING), *_corners(line)})
    rows = [0]
    ways: list[tuple[float, float, float]] = []
    for first, last in pairwise(cuts):
        arcs = list(_arcs(line, first, last, MISS))
        rows += [end for end, _ in arcs]
        ways += [(*bend.tolist(), len(arcs) ** -BOW) for _, bend in arcs]
    return line[rows], np.array(ways)


def sparse_targets(line: Points) -> tuple[Points, npt.NDArray[np.float64]]:
    """The virtual targets of a line of few points, corners and points along curves every 40 degrees or less; ten times
    faster.

    Targets are corners, points between which the line has turned by about `ARC`, and on straights points further apart
    than `FAR`, as no hand goes a long way at one stroke; no point is looked for in between.
    """
    line = np.ascontiguousarray(line, np.float64)
    z = line.view(np.complex128)[:, 0]
    ways = z[1:] - z[:-1]
    lengths = np.abs(ways)
    if len(line) < 2 or lengths.max() < STEP / 4:
        return targets(line)
    product = ways[1:] * ways[:-1].conj()
    turn = np.abs(np.arctan2(product.imag, product.real)).round(DIGITS)
    corner = turn > CORNER
    bows = (np.where(corner, 0.0, turn).cumsum() / ARC + 0.5).astype(np.intp)
    cut = corner.copy()
    cut[1:] |= bows[1:] != bows[:-1]
    far = lengths > FAR
    stops = corner | (far[1:] & far[:-1] & (turn < STRAIGHT))
    cut |= stops
    rows = np.concatenate(((0,), cut.nonzero()[0] + 1, (len(line) - 1,)))
    first, last = rows[:-1], rows[1:]
    along = np.zeros(len(line))
    lengths.cumsum(out=along[1:])
    bends = np.interp((along[first] + along[last]) / 2, along, z) - (z[first] + z[last]) / 2
    between = np.empty((len(first), 3))
    between[:, 0], between[:, 1] = bends.real, bends.imag
    # Arcs of one bow share its time.
    bow = np.concatenate(((0,), stops[rows[1:-1] - 1].cumsum()))
    between[:, 2] = np.bincount(bow)[bow] ** -BOW
    return line[rows], between


def even(line: Points, step: float) -> Points:
    """The line at equal distances of about `step`, both ends kept; one point when it has no length."""
    lengths = np.hypot(*np.diff(line, axis=0).T) if len(line) > 1 else np.zeros(0)
    along = np.concatenate(([0.0], np.cumsum(lengths)))
    count = max(2, round(along[-1] / step) + 1)
    if along[-1] < step / 4:
        return line[:1]
    at = np.linspace(0.0, along[-1], count)
    return np.stack((np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])), axis=1)


def _turns(y: npt.NDArray[np.float64], swing: float) -> Iterator[int]:
    """Rows of tops and bottoms from which the line comes back by at least `swing`; flat ones in their middle."""
    low = high = 0
    heading = 0
    for row, value in enumerate(y.tolist()):
        if value > y[high]:
            high = row
        if value < y[low]:
            low = row
        if heading <= 0 and value - y[low] > swing:
            if heading < 0:
                yield _middle(y, low, swing / 12)
            heading, high = 1, row
        elif heading >= 0 and y[high] - value > swing:
            if heading > 0:
                yield _middle(y, high, swing / 12)
            heading, low = -1, row


def _middle(y: npt.NDArray[np.float64], row: int, slack: float) -> int:
    """The middle of the rows around `row` that are as high within `slack`."""
    first = last = row
    while first > 0 and abs(y[first - 1] - y[row]) < slack:
        first -= 1
    while last + 1 < len(y) and abs(y[last + 1] - y[row]) < slack:
        last += 1
    return (first + last) // 2


def _corners(line: Points) -> Iterator[int]:
    """Rows at which the line turns sharply: the sharpest of each group."""
    if len(line) <= 2 * REACH:
        return
    before, after = line[REACH:-REACH] - line[: -2 * REACH], line[2 * REACH :] - line[REACH:-REACH]
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    turn = np.abs(np.arctan2(cross, (before * after).sum(axis=1))).round(DIGITS)
    sharp = np.flatnonzero(turn > CORNER)
    for group in np.split(sharp, np.flatnonzero(np.diff(sharp) > REACH) + 1):
        if len(group):
            yield int(group[turn[group].argmax()]) + REACH


def _arcs(line: Points, first: int, last: int, miss: float) -> Iterator[tuple[int, Points]]:
    """The piece as arcs that stay within `miss` of it: (last row, bend) of each."""
    piece = line[first : last + 1]
    share = np.linspace(0.0, 1.0, len(piece))[:, np.newaxis]
    hump = 4 * share * (1 - share)
    off = piece - (piece[0] + (piece[-1] - piece[0]) * share)
    total = float((hump**2).sum())
    bend = (off * hump).sum(axis=0) / total if total else np.zeros(2)
    far = np.hypot(*(off - bend * hump).T).round(DIGITS)
    if far.max() <= miss or len(piece) < 6:
        yield last, bend
        return
    # Between a third and two thirds, so that no handstroke becomes a twitch.
    third = len(piece) // 3
    middle = first + third + int(np.hypot(*off[third : len(piece) - third].T).round(DIGITS).argmax())
    yield from _arcs(line, first, middle, miss)
    yield from _arcs(line, middle, last, miss)

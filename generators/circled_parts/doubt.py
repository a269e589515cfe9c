"""Which letter a ring means: whether it is beyond doubt, and which rings stand side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from synthink.draw import Points, TextLine, bounds
from synthink.ink import Ring

HELD, SPILLED = 0.85, 0.45  # a ring holds this share of its letter's box, and at most this of any other letter's
GAP_EM = 0.15  # between two rings of a row
OPEN = 0.6  # least share of the letter's box that the ring's ink leaves free
_SPOTS = np.stack(np.meshgrid(*(np.arange(4) / 4 + 0.125,) * 2), axis=-1).reshape(1, 16, 2)


def apart(rings: dict[int, Ring], first: int, pen_em: float, most: int) -> dict[int, Ring]:
    """Rings that lie side by side with room between them, in the order of the word's letters: the first one, and of the
    others those that come first, `most` in all."""
    spans = {index: bounds(ring.line()) for index, ring in rings.items()}
    chosen = [first]
    for index, span in spans.items():
        gaps = [max(span.left - spans[other].right, spans[other].left - span.right) for other in chosen]
        if len(chosen) < most and min(gaps) >= GAP_EM + pen_em:
            chosen.append(index)
    return {index: rings[index] for index in sorted(chosen)}


def beyond_doubt(ring: Ring, pen_em: float, line: TextLine, index: int) -> bool:
    """Whether a ring that a pen of that width draws holds its letter and no other, and leaves it to be seen.

    Judged by 16 points in each letter's box, and by as many in its hull, which slants with it: in those of others, what
    the ink covers counts as held.
    """
    if not min(ring.radii) > pen_em / 2:
        return False
    boxed = line.lows[:, np.newaxis] + (line.highs - line.lows)[:, np.newaxis] * _SPOTS
    return all(_holds_one(ring, pen_em, spots, index) for spots in (boxed, _hull_spots(line)))


def _holds_one(ring: Ring, pen_em: float, spots: Points, index: int) -> bool:
    """Whether a ring holds most of the points (L, S, 2) of one letter, and of no other too many."""
    own = spots[index]
    if _inside(ring, 0.0, own).mean() < HELD or _inside(ring, -pen_em / 2, own).mean() < OPEN:
        return False
    others = np.delete(spots, index, axis=0)
    return not len(others) or bool(_inside(ring, pen_em / 2, others).mean(axis=1).max() <= SPILLED)


def _hull_spots(line: TextLine) -> Points:
    """(L, 16, 2): points that fill each letter's hull, four on each of four levels."""
    starts = line.hull_starts
    corners = line.points[starts[0] :]
    letters = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(line.points)))
    following = np.arange(1, len(corners) + 1)
    following[np.append(starts[1:], len(line.points)) - starts[0] - 1] = starts - starts[0]
    ends = corners[following]
    shares = np.arange(4) / 4 + 0.125
    levels = line.lows[:, 1:] + (line.highs - line.lows)[:, 1:] * shares  # (L, 4)
    high, low = corners[:, 1:], ends[:, 1:]
    crossed = (high - levels[letters]) * (low - levels[letters]) <= 0
    along = (levels[letters] - high) / np.where(high == low, 1.0, low - high)
    across = corners[:, :1] + np.clip(along, 0.0, 1.0) * (ends[:, :1] - corners[:, :1])  # (E, 4)
    first = starts - starts[0]
    left = np.minimum.reduceat(np.where(crossed, across, np.inf), first)
    right = np.maximum.reduceat(np.where(crossed, across, -np.inf), first)
    spots = np.empty((len(starts), 4, 4, 2))
    spots[..., 0] = left[..., np.newaxis] + (right - left)[..., np.newaxis] * shares
    spots[..., 1] = levels[..., np.newaxis]
    return spots.reshape(len(starts), 16, 2)


def _inside(ring: Ring, by: float, spots: Points) -> npt.NDArray[np.bool_]:
    """Which points lie in the ring made larger by `by` all around."""
    wide = replace(ring, radii=(ring.radii[0] + by, ring.radii[1] + by))
    inside: npt.NDArray[np.bool_] = wide.reach(spots) < 1
    return inside

"""Cutting off ink that lies far outside a picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Points, bounds
from synthink.ink.drawing.pens import Floats, Indices

MARGIN_PX = 1000.0
"""Ink may reach so far outside; FreeType's coordinates end at 32,768 px."""


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
    kept = np.flatnonzero(begins[inside])
    crossing = np.flatnonzero(~starting[1:] & ~joined)
    enter, leave = _shares(x_y[crossing], x_y[crossing + 1], low, high)
    near = np.flatnonzero(enter < leave)
    crossing, shares = crossing[near], np.stack((enter[near], leave[near]), axis=1)
    ends = _between(x_y[crossing, np.newaxis], x_y[crossing + 1, np.newaxis], shares[:, :, np.newaxis])
    thick = _between(widths[crossing, np.newaxis], widths[crossing + 1, np.newaxis], shares)
    return (
        np.concatenate((x_y[inside], ends.reshape(-1, 2))),
        np.concatenate((kept, np.count_nonzero(inside) + 2 * np.arange(len(crossing)))),
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

"""Strokes drawn once more, by the distance of every pixel from every piece of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.ink_strokes.row import Floats, Strokes

REACH = 2.6  # pixels beyond the ink whose distance is still told
LONGEST = 3.0  # pixels of a piece: its window stays small


def depth(strokes: Strokes, size_px: tuple[int, int]) -> npt.NDArray[np.float32]:
    """(H, W): how deep each pixel's middle lies inside the ink, negative outside, down to -REACH; between -0.5 and 0.5
    it is the share of the pixel that is covered, less 0.5.

    Ink is the union of discs that move along the strokes' points and change evenly from one width to the next.
    """
    width, height = size_px
    points, radius = strokes.points, strokes.widths / 2
    lone = np.zeros(len(points), np.bool_)  # pieces between two strokes
    lone[[stop - 1 for _, stop in strokes.parts]] = True
    begin = np.flatnonzero(~lone)
    single = [first for first, stop in strokes.parts if stop - first == 1]
    start, end = np.append(begin, single).astype(np.intp), np.append(begin + 1, single).astype(np.intp)
    one, two, thick, thin = points[start], points[end], radius[start], radius[end]
    pieces = np.maximum(1, np.ceil(np.sqrt(((two - one) ** 2).sum(axis=1)) / LONGEST)).astype(np.intp)
    if (pieces > 1).any():
        row = np.repeat(np.arange(len(one)), pieces)
        at = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        low, high = (at / pieces[row])[:, np.newaxis], ((at + 1) / pieces[row])[:, np.newaxis]
        one, two = one[row] + (two - one)[row] * low, one[row] + (two - one)[row] * high
        grown = (thin - thick)[row]
        thick, thin = thick[row] + grown * low[:, 0], thick[row] + grown * high[:, 0]
    depths = np.full(width * height, -REACH, np.float32)
    order = np.ceil(np.maximum(thick, thin)).astype(np.intp)
    for size in np.unique(order):  # pieces of about one width have windows of one size
        own = order == size
        _cover(depths, (width, height), one[own], two[own], thick[own], thin[own], int(size))
    return depths.reshape(height, width)


def _cover(
    depths: npt.NDArray[np.float32],
    size_px: tuple[int, int],
    one: Floats,
    two: Floats,
    thick: Floats,
    thin: Floats,
    size: int,
) -> None:
    """Put the depth inside the pieces into the pixels around them."""
    width, height = size_px
    span = int(2 * (size + REACH) + LONGEST) + 2
    corner = np.floor((one + two) / 2 - span / 2).astype(np.intp)
    step = np.arange(span)
    x, y = corner[:, :1] + step, corner[:, 1:] + step
    way = (two - one).astype(np.float32)
    square = np.maximum((way**2).sum(axis=1), np.float32(1e-9))
    right = (x + 0.5 - one[:, :1]).astype(np.float32)[:, np.newaxis, :]
    down = (y + 0.5 - one[:, 1:]).astype(np.float32)[:, :, np.newaxis]
    across, along = way[:, 0, np.newaxis, np.newaxis], way[:, 1, np.newaxis, np.newaxis]
    share = np.clip((right * across + down * along) / square[:, np.newaxis, np.newaxis], 0, 1)
    far = np.sqrt((right - share * across) ** 2 + (down - share * along) ** 2)
    grown = (thin - thick).astype(np.float32)[:, np.newaxis, np.newaxis]
    radius = thick.astype(np.float32)[:, np.newaxis, np.newaxis] + share * grown
    # A line thinner than a pixel covers less of it than its near edge alone would.
    inside = radius - far + np.minimum(radius + far - 0.5, 0)
    visible = (
        (inside > -REACH) & ((x >= 0) & (x < width))[:, np.newaxis, :] & ((y >= 0) & (y < height))[:, :, np.newaxis]
    )
    at = (y * width)[:, :, np.newaxis] + x[:, np.newaxis, :]
    np.maximum.at(depths, at[visible], inside[visible])

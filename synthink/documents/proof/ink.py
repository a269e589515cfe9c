"""The ink of words: what differs from the ground they stand on, whatever the colours, without rules and neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from synthink.documents.page.model import Boxes
from synthink.documents.page.tiles import Pixels, Raster

LEAST_CONTRAST = 16
"""Of 255: what differs less from its ground cannot be seen."""
_DARK = 90  # of 255: ink that is surely ink
_PALE = 0.75  # of a word's contrast in a colour: what it has in grey, to be looked at in that colour
_DIM, _FAINT = 64, 12  # of 255: ink of other lines and of rules may be as faint
_RULE = 0.9  # share of a row inside a box from which on it is a rule's, not a word's
_EVEN, _LONG = 20, 1.5  # of 255, from pixel to pixel of a rule; heights of a box, from which on even ink is one
_COLUMNS, _ROWS = np.linspace(0, 1, 48), np.linspace(0.05, 0.95, 9)  # where a box is looked at
_ALONG, _DOWN = 3, 2  # pixels beside a box that tell whether ink goes on
_CROSSING = 0.25  # of a word's inked columns: a box that cuts through more of them is beside the word
_NEIGHBOUR = 0.3  # of a box's height: the ink of another line reaches no further into it


@dataclass(frozen=True, slots=True)
class Grounds:
    """The grounds of words, and their boxes in whole pixels."""

    pixels: Pixels
    """(H, W) the page in grey, and around some words in a colour."""
    edges: npt.NDArray[np.intp]
    """(W, 4) left, top, right, bottom of each word, inside the picture; at least one pixel each way."""
    levels: npt.NDArray[np.int64]
    """(W,) the grey of the ground."""
    contrasts: npt.NDArray[np.int64]
    """(W,) from the ground to the ink: negative for dark ink on light ground."""

    @property
    def are_plain(self) -> npt.NDArray[np.bool_]:
        """(W,) which boxes hold no ink that can be seen."""
        plain: npt.NDArray[np.bool_] = np.abs(self.contrasts) < LEAST_CONTRAST
        return plain


def grounds_in(raster: Raster, boxes: Boxes) -> Grounds:
    """The ground and the contrast of each word in the page's picture: in grey, or in the colour in which its ink
    differs more."""
    pixels = raster.pixels()
    if pixels.ndim == 2:
        return _grounds(pixels, boxes)
    grounds = _grounds(np.array(Image.fromarray(pixels).convert("L")), boxes)
    channels = [_grounds(np.ascontiguousarray(pixels[:, :, channel]), boxes) for channel in range(3)]
    for word, (left, top, right, bottom) in enumerate(grounds.edges.tolist()):
        best = max(channels, key=lambda channel: abs(int(channel.contrasts[word])))
        if abs(int(grounds.contrasts[word])) < _PALE * abs(int(best.contrasts[word])):
            around = slice(max(0, top - _DOWN), bottom + _DOWN), slice(max(0, left - _ALONG), right + _ALONG)
            grounds.pixels[around] = best.pixels[around]
            grounds.levels[word], grounds.contrasts[word] = best.levels[word], best.contrasts[word]
    return grounds


def _grounds(pixels: Pixels, boxes: Boxes) -> Grounds:
    """The ground and the contrast of each word, from points of its box, or from all where these are alike."""
    height, width = pixels.shape[0], pixels.shape[1]
    low = np.clip(np.floor(boxes[:, :2]), 0, (width - 1, height - 1)).astype(np.intp)
    high = np.clip(np.ceil(boxes[:, 2:]), low + 1, (width, height)).astype(np.intp)
    across = (low[:, :1] + _COLUMNS * (high - low)[:, :1] * 0.9999).astype(np.intp)
    down = (low[:, 1:] + _ROWS * (high - low)[:, 1:]).astype(np.intp)
    points = pixels[down[:, :, None], across[:, None, :]].reshape(len(boxes), -1).astype(np.int64)
    points.sort(axis=1)
    levels = points[:, points.shape[1] // 2]
    darker, lighter = points[:, 0] - levels, points[:, -1] - levels
    for word in np.flatnonzero(np.maximum(-darker, lighter) < LEAST_CONTRAST).tolist():  # a dash lies between points
        part = pixels[low[word, 1] : high[word, 1], low[word, 0] : high[word, 0]].astype(np.int64) - levels[word]
        darker[word], lighter[word] = part.min(), part.max()
    contrasts = np.where(-darker >= lighter, darker, lighter)
    return Grounds(pixels, np.concatenate((low, high), axis=1), levels, contrasts)


def ink_of(grounds: Grounds, singles: npt.NDArray[np.bool_]) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """(H, W) the ink of the words, 0 to 255, and nothing elsewhere; and (W, 2) which boxes cut through letters from
    side to side at their upper and at their lower edge.

    Left out are rules through a box, and what reaches into it from lines above and below. singles: (W,) words of one
    character: a dash of its own looks like a rule.
    """
    height, width = grounds.pixels.shape[0], grounds.pixels.shape[1]
    page = np.zeros((height, width), dtype=np.uint8)
    crossed = np.zeros((len(grounds.edges), 2), dtype=bool)
    for word, (left, top, right, bottom) in enumerate(grounds.edges.tolist()):
        west, north = max(0, left - _ALONG), max(0, top - _DOWN)
        east, south = min(width, right + _ALONG), min(height, bottom + _DOWN)
        contrast = int(grounds.contrasts[word]) or -1
        around = grounds.pixels[north:south, west:east].astype(np.int32) - int(grounds.levels[word])
        around = np.clip(around * 255 // contrast, 0, 255)
        inside = around[top - north : bottom - north, left - west : right - west].copy()
        if min(inside.shape) > 4:
            if not singles[word]:
                _erase_rules(inside)
            _erase_upright_rules(inside, around[:, left - west : right - west])
            above, below = (
                part[:, left - west : right - west] for part in (around[: top - north][::-1], around[bottom - north :])
            )
            _erase_neighbour(inside, above)
            _erase_neighbour(inside[::-1], below)
            crossed[word] = _goes_on(inside, above), _goes_on(inside[::-1], below)
        part = page[top:bottom, left:right]
        np.maximum(part, inside.astype(np.uint8), out=part)
    return page, crossed


def _goes_on(inside: npt.NDArray[np.int32], beyond: npt.NDArray[np.int32]) -> bool:
    """Whether much of a word's ink goes on beyond its first row, and further than smoothing reaches."""
    if len(beyond) < _DOWN:
        return False
    through = (inside[0] > _DARK) & (beyond[0] > _DARK) & (beyond[1] > _DARK)
    inked = np.count_nonzero(inside > _DARK, axis=0) > 0
    return int(np.count_nonzero(through)) > _CROSSING * int(np.count_nonzero(inked))


def _erase_rules(inside: npt.NDArray[np.int32]) -> None:
    """Erase rules along a word: rows that are inked all along, and even ink that is longer than any letter's; and what
    their smoothing left in the rows beside them."""
    height, width = inside.shape
    even = inside > _FAINT
    even[:, 1:] &= np.abs(np.diff(inside, axis=1)) <= _EVEN
    longest = min(_LONG * height, _RULE * width)
    rules = np.zeros(inside.shape, dtype=bool)
    rules[np.count_nonzero(inside > _DARK, axis=1) > _RULE * width] = True
    for row in np.flatnonzero(np.count_nonzero(even, axis=1) >= longest).tolist():
        edges = np.flatnonzero(np.diff(even[row], prepend=False, append=False)).reshape(-1, 2)
        for start, stop in edges[edges[:, 1] - edges[:, 0] >= longest].tolist():
            rules[row, start:stop] = True
    rows = rules.any(axis=1)
    if not rows.any() or rows.all():
        return
    next_rows = np.zeros_like(rules)
    next_rows[:-1] |= rules[1:]
    next_rows[1:] |= rules[:-1]
    inside[rules] = 0
    next_rows &= ~rules
    for row in np.flatnonzero(next_rows.any(axis=1)).tolist():
        part = inside[row, next_rows[row]]
        inside[row, next_rows[row]] = np.maximum(0, part - int(part.min()) * 2)


def _erase_upright_rules(inside: npt.NDArray[np.int32], around: npt.NDArray[np.int32]) -> None:
    """Erase columns at a box's ends that are inked from above it to below it."""
    if inside.shape[1] <= 8:
        return
    full = np.count_nonzero(around > _DARK, axis=0) > _RULE * len(around)
    full[3:-3] = False
    inside[:, full] = 0


def _erase_neighbour(inside: npt.NDArray[np.int32], beyond: npt.NDArray[np.int32]) -> None:
    """Erase the first rows of a box where they are another line's: inked, parted from the rest by an empty row, and
    going on beyond the box."""
    for bound in (_DIM, _FAINT):
        rows = np.count_nonzero(inside > bound, axis=1) > 0
        if not len(beyond) or not rows[0] or rows.all():
            continue
        blank = int(np.argmin(rows))
        if blank <= _NEIGHBOUR * len(rows) and ((inside[0] > bound) & (beyond[0] > bound)).any():
            inside[:blank] = 0

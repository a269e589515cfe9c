"""The glyphs of a page whose source knows which letter stands where: only its fonts can lie, so each glyph is judged
once for all letters that it prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes
from synthink.documents.page.tiles import Pixels
from synthink.documents.proof.faces import HIGH, RISE, STEP, WIDE, WIDTH, Shapes
from synthink.documents.proof.letters import Letters, PlacedLetters, letters_in
from synthink.documents.proof.likeness import mean_shapes, totals_by
from synthink.documents.proof.shapes import drawn

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_SIZES = 4  # to a pixel: boxes of one glyph at one size differ by less
_WIDEST = 2**12  # of a box, in these
_ROUNDS = 3
_SLACK = 0.15  # x-heights that a letter may be off before it counts for less
_TRUST = 0.25  # what the usual x-height counts for, in letters
_USUAL, _LEAST, _MOST = 0.48, 0.3, 0.75  # of an em: x-heights
_OVERLAP = 0.25  # of a letter's width that lies in another's box
_SMOOTHING = 0.4  # pixels by which ink leaves its outline
_FEW = 5  # glyphs that tell how narrow a font is
_NARROW = 1.6  # the most that a font is narrower or wider than usual
_COLUMNS, _ROWS = np.linspace(0, 0.9999, 29), np.linspace(0.05, 0.95, 7)  # where a word is looked at
_FOR_LEVEL = 3  # of these points one that tells the ground


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The different glyphs of a page: one character of one font at one size, each with one form."""

    letters: Letters
    """All letters of the page."""
    of_letters: Indices
    """(N,) the glyph of each letter."""
    kinds: Indices
    """(G,) the number of each glyph's character among `letters.characters`."""
    fonts: Indices
    """(G,) numbers of the glyphs' fonts, from 0."""
    x_heights: Array
    """(G,) in pixels."""
    measures: Array
    """(G, 3) top and bottom over the line and width, in x-heights, as `faces.Measures`; the width as if fonts were
    neither narrow nor wide."""
    shapes: Shapes
    """(G, HIGH * WIDE) the mean shape of up to two letters of each glyph; zero where none stands free."""


def glyphs_of(texts: Sequence[str], placed: PlacedLetters) -> Glyphs:
    """The glyphs of words. placed: the characters of the words."""
    letters, firsts = letters_in(texts, placed)
    fonts = np.unique(placed.fonts[firsts], return_inverse=True)[1]
    sizes, baselines = placed.sizes[firsts], placed.baselines[firsts]
    extents = np.clip(np.rint((letters.boxes[:, 2:] - letters.boxes[:, :2]) * _SIZES), 0, _WIDEST - 1).astype(np.int64)
    forms = extents[:, 0] * _WIDEST + extents[:, 1]
    order = np.lexsort((forms, letters.kinds, fonts))
    keys = np.stack((fonts, letters.kinds, forms))[:, order]
    starts = np.flatnonzero(np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0)))
    counts = np.diff(starts, append=len(order))
    of_letters = np.empty(len(order), dtype=np.intp)
    of_letters[order] = np.repeat(np.arange(len(starts)), counts)
    first = order[starts]
    sample = np.unique(np.concatenate((first, order[starts + counts // 2])))
    sample = sample[_stands_free(letters)[sample]]
    x_heights, breadths = _scales(letters, first, fonts, sizes, baselines)
    scales = np.stack((x_heights, breadths))[:, of_letters[sample]]
    shapes = _shapes(placed.pixels, letters, sample, scales, baselines)
    means = mean_shapes(*totals_by(shapes, of_letters[sample], len(starts)))
    boxes = letters.boxes[first]
    reach = (baselines[first, None] - boxes[:, (1, 3)]) / x_heights[:, None]
    measures = np.column_stack((reach, (boxes[:, 2] - boxes[:, 0]) / breadths))
    return Glyphs(letters, of_letters, letters.kinds[first], fonts[first], x_heights, measures, means)


def _stands_free(letters: Letters) -> npt.NDArray[np.bool_]:
    """(N,) letters whose boxes reach not far into those of the letters before and behind them."""
    left, right = letters.boxes[:, 0], letters.boxes[:, 2]
    allowed = _OVERLAP * (right - left)
    shared = np.where(letters.words[1:] == letters.words[:-1], right[:-1] - left[1:], 0)
    free = np.ones(len(left), dtype=bool)
    free[:-1] &= shared <= allowed[:-1]
    free[1:] &= shared <= allowed[1:]
    return free


def _scales(letters: Letters, first: Indices, fonts: Indices, sizes: Array, baselines: Array) -> tuple[Array, Array]:
    """(G,) the x-height of each glyph's font in pixels, from how far glyphs reach above and below their line; and (G,)
    the pixels that are as wide in it as an x-height is in others: less for a narrow font. first: (G,) a letter of each
    glyph."""
    runs = np.unique(fonts[first] * 2**20 + np.rint(sizes[first] * _SIZES).astype(np.int64), return_inverse=True)[1]
    number = int(runs.max()) + 1
    ems = np.bincount(runs, sizes[first], number) / np.bincount(runs, minlength=number)
    table = [drawn(char) for char in letters.characters]
    known = np.array([entry.is_known for entry in table])[letters.kinds[first]]
    boxes, own = letters.boxes[first][known], runs[known]
    usual = np.stack([entry.usual for entry in table])[letters.kinds[first]][known]
    reach, heights = baselines[first[known], None] - boxes[:, (1, 3)], usual[:, :2]
    weights = np.ones(len(own))
    for _ in range(_ROUNDS):
        of_reach = np.bincount(own, weights * (heights * reach).sum(axis=1), number) + _TRUST * _USUAL * ems
        size = of_reach / (np.bincount(own, weights * (heights**2).sum(axis=1), number) + _TRUST)
        size = np.clip(size, _LEAST * ems, _MOST * ems)
        off = np.abs(reach - size[own][:, None] * heights).max(axis=1) / np.maximum(size[own], 0.5)
        weights = 1 / (1 + (off / _SLACK) ** 2)
    ratios = np.log(np.maximum(boxes[:, 2] - boxes[:, 0], 0.1) / (usual[:, WIDTH] * size[own]))
    order = np.lexsort((ratios, own))
    counts = np.bincount(own, minlength=number)
    middle = order[np.minimum(np.cumsum(counts) - counts + counts // 2, len(order) - 1)] if len(order) else order
    narrow = np.where(counts >= _FEW, np.clip(np.exp(ratios[middle]), 1 / _NARROW, _NARROW), 1.0) if len(order) else 1.0
    return size[runs], (size * narrow)[runs]


def _shapes(pixels: Pixels, letters: Letters, sample: Indices, scales: Array, baselines: Array) -> Shapes:
    """(S, HIGH * WIDE) the shapes of some letters. scales: (2, S) the pixels of an x-height, down and across."""
    if not len(sample):
        return np.zeros((0, HIGH * WIDE), dtype=np.uint8)
    words, which = np.unique(letters.words[sample], return_inverse=True)
    low = np.minimum.reduceat(letters.boxes[:, :2], letters.firsts)[words] - 1
    high = np.maximum.reduceat(letters.boxes[:, 2:], letters.firsts)[words] + 1
    grounds = _grounds(pixels, np.concatenate((low, high), axis=1))[:, which]
    boxes, (tall, wide) = letters.boxes[sample], scales
    y = baselines[sample, None] - (RISE - STEP * np.arange(HIGH)) * tall[:, None]
    x = (boxes[:, :1] + boxes[:, 2:3]) / 2 + (np.arange(WIDE) - (WIDE - 1) / 2) * STEP * wide[:, None]
    ink = _ink_at(pixels, grounds, x, y)
    near, far = boxes[:, :2] - _SMOOTHING, boxes[:, 2:] + _SMOOTHING  # beyond are rules and other letters
    ink *= ((y > near[:, 1:]) & (y < far[:, 1:]))[:, :, None] & ((x > near[:, :1]) & (x < far[:, :1]))[:, None, :]
    return ink.reshape(len(sample), HIGH * WIDE)


def _grounds(pixels: Pixels, boxes: Boxes) -> Indices:
    """(3, W) the channel in which each word's ink differs most from its ground, the ground, and the difference."""
    height, width, channels = pixels.shape
    low = np.clip(np.floor(boxes[:, :2]), 0, (width - 1, height - 1)).astype(np.intp)
    high = np.clip(np.ceil(boxes[:, 2:]), low + 1, (width, height)).astype(np.intp)
    across = (low[:, :1] + _COLUMNS * (high - low)[:, :1]).astype(np.intp)
    down = (low[:, 1:] + _ROWS * (high - low)[:, 1:]).astype(np.intp)
    places = ((down * width).T[:, None, :] + across.T).reshape(-1, len(boxes))
    points = pixels.reshape(-1, channels)[places]  # (points, W, channels)
    some = points[::_FOR_LEVEL]
    levels = np.partition(some, len(some) // 2, axis=0)[len(some) // 2].astype(np.intp)
    darker, lighter = points.min(axis=0) - levels, points.max(axis=0) - levels
    contrasts = np.where(-darker >= lighter, darker, lighter)
    chosen = np.abs(contrasts).argmax(axis=1)
    rows = np.arange(len(boxes))
    return np.stack((chosen, levels[rows, chosen], contrasts[rows, chosen]))


def _ink_at(pixels: Pixels, grounds: Indices, x: Array, y: Array) -> npt.NDArray[np.uint8]:
    """(S, HIGH, WIDE) the ink at points of the page, between pixels in proportion. x, y: (S, WIDE) and (S, HIGH)."""
    height, width, channels = pixels.shape
    x, y = np.clip(x - 0.5, 0, max(0, width - 1.001)), np.clip(y - 0.5, 0, max(0, height - 1.001))
    columns, rows = x.astype(np.intp), y.astype(np.intp)
    across, down = ((x - columns).astype(np.float32)[:, None, :], (y - rows).astype(np.float32)[:, :, None])
    next_row, next_column = min(1, height - 1) * width * channels, min(1, width - 1) * channels
    chosen, levels, contrasts = grounds[:, :, None, None]
    places = (rows * width * channels)[:, :, None] + columns[:, None, :] * channels + chosen
    flat = pixels.ravel()
    above = flat[places] * (1 - across) + flat[places + next_column] * across
    places += next_row
    below = flat[places] * (1 - across) + flat[places + next_column] * across
    values = above * (1 - down) + below * down
    values = (values - levels.astype(np.float32)) * (255 / np.where(contrasts == 0, -1, contrasts)).astype(np.float32)
    ink: npt.NDArray[np.uint8] = np.clip(values + 0.5, 0, 255).astype(np.uint8)
    return ink

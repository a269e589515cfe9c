"""The shapes of glyphs: from text objects drawn large and alone where the source can do so, else from the picture."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes
from synthink.documents.page.tiles import Pixels
from synthink.documents.proof.faces import HIGH, RISE, SOFTNESS, STEP, WIDE, Shapes
from synthink.documents.proof.glyphs import Glyphs
from synthink.documents.proof.letters import CloseUp, Letters, PlacedLetters
from synthink.documents.proof.likeness import LEGIBLE_PX

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]
Ink = npt.NDArray[np.uint8]

_OVERLAP = 0.25  # of a letter's width that lies in another's box
_SMOOTHING = 0.4  # pixels by which ink leaves its outline
_COLUMNS, _ROWS = np.linspace(0, 0.9999, 29), np.linspace(0.05, 0.95, 7)  # where a word is looked at
_FOR_LEVEL = 3  # of these points one that tells the ground
_OBJECT_COSTS = 20  # as much as so many of its characters
_LARGE_PX = 12.0  # the x-height in a text object that is drawn large
_BESIDE_PX = 1.0  # by which drawing moves ink there
_INKED, _CUT_PX = 32, 2.0  # of 255; letters whose ink ends so far inside their boxes are cut off
_LARGEST_PX = 2**8  # of a letter there
_TOGETHER = 512  # letters there that are looked at together: memory is bounded by them


def shapes_in_picture(glyphs: Glyphs, placed: PlacedLetters, wanted: Indices, scales: Array) -> Shapes:
    """(S, HIGH * WIDE) the shapes of some glyphs in the page's picture, zero where none can be told.

    wanted: (S,) their numbers. scales: (2, S) as `scales_of` gives them for each one's font.
    """
    result: Shapes = np.zeros((len(wanted), HIGH * WIDE), dtype=np.uint8)
    numbers, rows = _standing_free(glyphs, wanted)
    sizes = placed.sizes[glyphs.first_characters[numbers]]
    legible = scales[0, rows] * sizes >= LEGIBLE_PX
    numbers, rows, sizes = numbers[legible], rows[legible], sizes[legible]
    if len(numbers):
        order = np.lexsort((-sizes, rows))  # the largest first
        order = order[np.diff(rows[order], prepend=-1) != 0]
        numbers, rows, firsts = numbers[order], rows[order], glyphs.first_characters[numbers[order]]
        pixels = scales[:, rows] * placed.sizes[firsts]
        result[rows] = _from_picture(placed.pixels, glyphs.letters, numbers, pixels, placed.baselines[firsts])
    return result


def shapes_drawn_large(
    glyphs: Glyphs, placed: PlacedLetters, close_up: CloseUp, wanted: Indices, scales: Array
) -> Shapes:
    """(S, HIGH * WIDE) the shapes of some glyphs that are drawn alone and large, zero where the source cannot do so.

    wanted, scales: as for `shapes_in_picture`.
    """
    result: Shapes = np.zeros((len(wanted), HIGH * WIDE), dtype=np.uint8)
    numbers, rows = _standing_free(glyphs, wanted)
    _, owners, lengths = np.unique(placed.objects, return_inverse=True, return_counts=True)
    objects = owners[glyphs.first_characters[numbers]]
    chosen = _in_few_objects(objects, lengths[objects], rows)
    numbers, rows = numbers[chosen], rows[chosen]
    result[rows] = _large(glyphs, placed, close_up, numbers, *scales[:, rows])
    return result


def _standing_free(glyphs: Glyphs, wanted: Indices) -> tuple[Indices, Indices]:
    """The numbers of the letters of some glyphs that no neighbour reaches into, and the row of each one's glyph."""
    places = np.full(len(glyphs.kinds), -1, dtype=np.intp)
    places[wanted] = np.arange(len(wanted))
    rows = places[glyphs.of_letters]
    numbers = np.flatnonzero((rows >= 0) & _stands_free(glyphs.letters))
    return numbers, rows[numbers]


def _stands_free(letters: Letters) -> Flags:
    """(N,) letters whose boxes reach not far into those of the letters before and behind them."""
    left, right = letters.boxes[:, 0], letters.boxes[:, 2]
    allowed = _OVERLAP * (right - left)
    shared = np.where(letters.words[1:] == letters.words[:-1], right[:-1] - left[1:], 0)
    free = np.ones(len(left), dtype=bool)
    free[:-1] &= shared <= allowed[:-1]
    free[1:] &= shared <= allowed[1:]
    return free


def _in_few_objects(objects: Indices, lengths: Indices, glyphs: Indices) -> Indices:
    """A letter for each glyph, so that they stand in few and short objects. objects, glyphs: (N,) of letters. lengths:
    (N,) the characters of these objects."""
    which, starts, owners = np.unique(objects, return_index=True, return_inverse=True)
    order = starts.argsort()  # of the page: objects are addresses, which differ by run
    owners, costs = order.argsort()[owners], _OBJECT_COSTS + lengths[starts[order]]
    _, firsts = np.unique(owners * (int(glyphs.max(initial=0)) + 1) + glyphs, return_index=True)
    owner, glyph = owners[firsts], glyphs[firsts]
    chosen: list[int] = []
    covered = np.zeros(int(glyphs.max(initial=0)) + 1, dtype=bool)
    while len(owner):
        best = (np.bincount(owner, minlength=len(which)) / costs).argmax()
        here = owner == best
        chosen += firsts[here].tolist()
        covered[glyph[here]] = True
        rest = ~covered[glyph]
        owner, glyph, firsts = owner[rest], glyph[rest], firsts[rest]
    return np.array(chosen, dtype=np.intp)


def _large(
    glyphs: Glyphs, placed: PlacedLetters, close_up: CloseUp, numbers: Indices, x_heights: Array, breadths: Array
) -> Shapes:
    """(S, HIGH * WIDE) the shapes of letters in their objects. x_heights, breadths: (S,) of their fonts, in ems."""
    shapes = np.zeros((len(numbers), HIGH * WIDE), dtype=np.uint8)
    if not len(numbers):
        return shapes
    firsts = glyphs.first_characters[numbers]
    objects, sizes, baselines = placed.objects[firsts], placed.sizes[firsts], placed.baselines[firsts]
    boxes = glyphs.letters.boxes[numbers]
    scales, offsets = np.ones((len(numbers), 2)), np.zeros((len(numbers), 2))
    parts: list[tuple[int, int, int, Ink]] = []
    order = np.argsort(objects, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(objects[order])) + 1):
        first = rows[0]
        drawing = close_up(int(objects[first]), float(_LARGE_PX / (x_heights[first] * sizes[first])))
        if drawing is None:
            continue
        ink, (scale, offset) = drawing
        scales[rows], offsets[rows] = scale, offset
        boxes[rows] = boxes[rows] * np.concatenate((scale, scale)) + np.concatenate((offset, offset))
        for row, (left, top, right, bottom) in zip(rows.tolist(), boxes[rows].tolist(), strict=True):
            x, y = max(0, floor(left - _BESIDE_PX)), max(0, floor(top - _BESIDE_PX))
            end = min(ceil(right + _BESIDE_PX), x + _LARGEST_PX)
            part = ink[y : max(0, min(ceil(bottom + _BESIDE_PX), y + _LARGEST_PX)), x : max(0, end)]
            if part.size:
                parts.append((row, x, y, part))
    lines = baselines * scales[:, 1] + offsets[:, 1]
    across, down = breadths * sizes * scales[:, 0], x_heights * sizes * scales[:, 1]
    for start in range(0, len(parts), _TOGETHER):
        rows, x, y, crops = _stacked(parts[start : start + _TOGETHER])
        own = boxes[rows] - np.stack((x, y, x, y), axis=1)
        are_complete = _are_complete(crops, own)
        rows, middle = rows[are_complete], (own[are_complete, 0] + own[are_complete, 2]) / 2
        shapes[rows] = _averaged(crops[are_complete], middle, lines[rows] - y[are_complete], across[rows], down[rows])
    return shapes


def _stacked(parts: Sequence[tuple[int, int, int, Ink]]) -> tuple[Indices, Indices, Indices, Ink]:
    """The rows, the left and the upper edges of parts, and (S, h, w) their pictures."""
    high, wide = (max(part.shape[axis] for *_, part in parts) for axis in (0, 1))
    crops = np.zeros((len(parts), high, wide), dtype=np.uint8)
    for number, (*_, part) in enumerate(parts):
        crops[number, : part.shape[0], : part.shape[1]] = part
    rows, x, y = (np.array(values, dtype=np.intp) for values in list(zip(*parts, strict=True))[:3])
    return rows, x, y, crops


def _are_complete(crops: Ink, boxes: Boxes) -> Flags:
    """(S,) letters whose ink reaches all edges of their boxes: neither cut off nor without an accent of another
    object."""
    inked: Flags = np.greater(crops, _INKED)
    are_complete = np.ones(len(crops), dtype=bool)
    for axis, (first, last) in ((1, (1, 3)), (2, (0, 2))):
        lines: Flags = np.logical_or.reduce(inked, axis=3 - axis)
        start, stop = lines.argmax(axis=1), lines.shape[1] - lines[:, ::-1].argmax(axis=1)
        are_complete &= lines.any(axis=1) & (start < boxes[:, first] + _CUT_PX) & (stop > boxes[:, last] - _CUT_PX)
    return are_complete


def _averaged(crops: Ink, middles: Array, lines: Array, across: Array, down: Array) -> Shapes:
    """(S, HIGH * WIDE) pictures of letters averaged over squares around the points of the grid, as `faces` does.

    crops: (S, h, w). middles, lines: (S,) where each letter's middle and its line are. across, down: (S,) the pixels of
    an x-height."""
    sums = np.zeros((len(crops), crops.shape[1] + 1, crops.shape[2] + 1), dtype=np.int32)
    crops.cumsum(axis=1, dtype=np.int32).cumsum(axis=2, out=sums[:, 1:, 1:])
    y = lines[:, None] - (RISE - STEP * np.arange(HIGH)) * down[:, None]
    x = middles[:, None] + (np.arange(WIDE) - (WIDE - 1) / 2) * STEP * across[:, None]
    half_y, half_x = SOFTNESS * down[:, None], SOFTNESS * across[:, None]
    y = np.clip(np.concatenate((y - half_y, y + half_y), axis=1), 0, crops.shape[1] - 0.001)
    x = np.clip(np.concatenate((x - half_x, x + half_x), axis=1), 0, crops.shape[2] - 0.001)
    rows, columns = y.astype(np.intp), x.astype(np.intp)
    lower, right = (y - rows)[:, :, None], (x - columns)[:, None, :]
    width = sums.shape[2]
    places = (np.arange(len(crops)) * sums.shape[1])[:, None, None] + rows[:, :, None]
    places = places * width + columns[:, None, :]
    flat = sums.ravel()
    above = flat[places] * (1 - right) + flat[places + 1] * right
    below = flat[places + width] * (1 - right) + flat[places + width + 1] * right
    corners = above * (1 - lower) + below * lower
    strips = corners[:, :, WIDE:] - corners[:, :, :WIDE]
    total = (strips[:, HIGH:] - strips[:, :HIGH]) / (4 * half_y * half_x)[:, :, None]
    shapes: Shapes = np.clip(np.floor(total + 0.5), 0, 255).astype(np.uint8).reshape(len(crops), HIGH * WIDE)
    return shapes


def _from_picture(pixels: Pixels, letters: Letters, sample: Indices, scales: Array, baselines: Array) -> Shapes:
    """(S, HIGH * WIDE) the shapes of some letters. scales: (2, S) the pixels of an x-height, down and across."""
    words, which = np.unique(letters.words[sample], return_inverse=True)
    low = np.minimum.reduceat(letters.boxes[:, :2], letters.firsts)[words] - 1
    high = np.maximum.reduceat(letters.boxes[:, 2:], letters.firsts)[words] + 1
    grounds = _grounds(pixels, np.concatenate((low, high), axis=1))[:, which]
    boxes, (tall, wide) = letters.boxes[sample], scales
    y = baselines[:, None] - (RISE - STEP * np.arange(HIGH)) * tall[:, None]
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
    points = pixels.reshape(-1, channels).take(places, axis=0)  # (points, W, channels)
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
    flat, to_left = pixels.ravel(), 1 - across
    above = flat.take(places) * to_left + flat[next_column:].take(places) * across
    flat = flat[next_row:]
    below = flat.take(places) * to_left + flat[next_column:].take(places) * across
    values = above * (1 - down) + below * down
    values = (values - levels.astype(np.float32)) * (255 / np.where(contrasts == 0, -1, contrasts)).astype(np.float32)
    ink: npt.NDArray[np.uint8] = np.clip(values + 0.5, 0, 255).astype(np.uint8)
    return ink

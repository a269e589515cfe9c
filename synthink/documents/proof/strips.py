"""Words as strips: their ink at one x-height on one baseline, from which shapes of letters are cut at any place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.faces import HIGH, RISE, STEP, WIDE
from synthink.documents.proof.ink import Grounds
from synthink.documents.proof.letters import Letters
from synthink.documents.proof.scale import TypeScale

Indices = npt.NDArray[np.intp]
Ink = npt.NDArray[np.uint8]

FINE = STEP / 2
"""X-heights from one column of a strip to the next; a shape has every second column."""
MARGIN = 0.2  # x-heights before the first and behind the last letter
LONGEST = 60
"""Columns of a strip for each letter at most: a longer box does not hold the word alone."""
OFFSETS = 2 * (np.arange(WIDE) - (WIDE - 1) // 2)
"""(WIDE,) the columns of a strip that a shape has, from its middle."""


@dataclass(frozen=True, slots=True)
class Strips:
    """The strips of all words, one after the other."""

    ink: Ink
    """(C, HIGH) the columns of all strips."""
    starts: Indices
    """(W,) the first column of each word."""
    lengths: Indices
    """(W,) the number of columns of each word."""
    lefts: npt.NDArray[np.float64]
    """(W,) where each strip begins, in pixels."""
    x_heights: npt.NDArray[np.float64]
    """(W,) in pixels."""

    def shapes_at(self, words: Indices, columns: Indices) -> Ink:
        """(N, HIGH * WIDE) the shapes around columns of words' strips, counted from the strip's start."""
        places = columns[:, None] + OFFSETS
        inside = (places >= 0) & (places < self.lengths[words][:, None])
        places = np.where(inside, self.starts[words][:, None] + places, len(self.ink))
        padded = np.concatenate((self.ink, np.zeros((1, HIGH), dtype=np.uint8)))
        shapes: Ink = padded[places].transpose(0, 2, 1).reshape(len(words), HIGH * WIDE)
        return shapes

    def columns_of(self, words: Indices, x: npt.NDArray[np.float64]) -> Indices:
        """The columns of words' strips that are nearest to places in pixels."""
        return np.rint((x - self.lefts[words]) / (FINE * self.x_heights[words]) - 0.5).astype(np.intp)


def strips_of(grounds: Grounds, letters: Letters, scale: TypeScale) -> Strips:
    """The strips of words, from their first letter to their last."""
    sizes = scale.x_heights
    lefts = letters.boxes[letters.firsts, 0] - MARGIN * sizes
    rights = np.maximum.reduceat(letters.boxes[:, 2], letters.firsts) + MARGIN * sizes
    lengths = np.clip((rights - lefts) / (FINE * sizes), 3, LONGEST * letters.counts).astype(np.intp) + 1
    starts = np.cumsum(lengths) - lengths
    words = np.repeat(np.arange(len(lengths)), lengths)
    x = lefts[words] + (np.arange(len(words)) - starts[words] + 0.5) * FINE * sizes[words]
    y = scale.baselines[:, None] - (RISE - STEP * np.arange(HIGH)) * sizes[:, None]
    ink = _sampled(grounds, words, x, y)
    return Strips(ink, starts, lengths, lefts, sizes)


def _sampled(grounds: Grounds, words: Indices, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> Ink:
    """(C, HIGH) the ink at the points of columns, between pixels in proportion; none outside of a word's box."""
    height, width = grounds.pixels.shape
    left, top, right, bottom = grounds.edges.T
    rows = np.clip(y - 0.5, 0, max(0, height - 1.001))
    upper = rows.astype(np.intp)
    down = (rows - upper).astype(np.float32)[words]
    columns = np.clip(x - 0.5, 0, max(0, width - 1.001))
    near = columns.astype(np.intp)
    across = (columns - near).astype(np.float32)[:, None]
    next_row, next_column = min(1, height - 1) * width, min(1, width - 1)
    places = (upper * width)[words] + near[:, None]
    flat = grounds.pixels.ravel()
    above = flat[places] * (1 - across) + flat[places + next_column] * across
    below = flat[places + next_row] * (1 - across) + flat[places + next_row + next_column] * across
    values = above * (1 - down) + below * down
    contrasts = np.where(grounds.contrasts == 0, -1, grounds.contrasts)
    scale = (255 / contrasts).astype(np.float32)
    values = (values - grounds.levels.astype(np.float32)[words][:, None]) * scale[words][:, None]
    inside = (y > top[:, None]) & (y < bottom[:, None])
    values *= inside[words] & ((x > left[words]) & (x < right[words]))[:, None]
    sampled: Ink = np.clip(values + 0.5, 0, 255).astype(np.uint8)
    return sampled

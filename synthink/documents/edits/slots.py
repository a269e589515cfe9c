"""The places of a paragraph's lines: where each starts, how far it may reach, and where further lines would stand."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from synthink.documents.page.model import Boxes, Indices, Page, around
from synthink.draw.geometry import GRID, snap

PITCH = 1.2  # of the line's height: from line to line where there is only one
ALIGNED = 0.5  # of the line's height: left edges that near are those of one column
CLEAR = 0.5  # of the line's height: room kept from what stands to the right of a line


class Slot(NamedTuple):
    """The place of a line."""

    left: float
    limit: float
    """The x up to which its words may reach."""
    top: float
    bottom: float
    baseline: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def blocks(line_boxes: Boxes, line_paragraphs: Indices) -> Indices:
    """(L,) rising from 0: the lines that stand below each other, paragraph by paragraph and column by column."""
    middles = (line_boxes[:-1, 1] + line_boxes[:-1, 3]) / 2
    fresh = np.empty(len(line_boxes), dtype=np.intp)
    fresh[:1] = 0
    fresh[1:] = (line_boxes[1:, 1] < middles) | (line_paragraphs[1:] != line_paragraphs[:-1])
    return np.cumsum(fresh)


def paragraph_slots(page: Page, first: int, stop: int) -> tuple[list[Slot], float]:
    """The slots of a paragraph's lines `first` to `stop`, and the pitch of further ones.

    Lines reach as far as the longest of their block does. A block of one line, which does not tell, reaches as far as
    the longest paragraph that starts at its left edge; where it is itself the longest, to a margin as wide as the left
    one. Nothing that stands beside a line is overlapped.
    """
    own = page.line_boxes[first:stop]
    numbers = blocks(own, page.line_paragraphs[first:stop])
    begins = np.searchsorted(numbers, np.arange(numbers[-1] + 1))
    reach = np.maximum.reduceat(own[:, 2], begins)
    for block in np.flatnonzero(np.bincount(numbers) == 1).tolist():
        reach[block] = _column(page, own[begins[block]], int(page.line_paragraphs[first]))
    limits = _clear(page, first, numbers, reach[numbers])
    lefts, tops, _, bottoms = own.T.tolist()
    baselines = page.baselines[first:stop].tolist()
    slots = [Slot(*place) for place in zip(lefts, limits.tolist(), tops, bottoms, baselines, strict=True)]
    steps = sorted((page.baselines[first + 1 : stop] - page.baselines[first : stop - 1])[numbers[1:] == numbers[:-1]])
    pitch = steps[len(steps) // 2] if steps else PITCH * slots[-1].height
    return slots, round(max(pitch, 1.0) * GRID) / GRID


def beyond(page: Page, line: int, slot: Slot) -> Slot:
    """The slot of a paragraph's last line as further lines below have it: clear of what stands beside them and stays.

    What begins below the line will be pushed down, and is not heeded.
    """
    others = np.concatenate((around(page.line_boxes, blocks(page.line_boxes, page.line_paragraphs)), page.image_boxes))
    begun = others[:, 1] < (slot.top + slot.bottom) / 2
    right = float(page.line_boxes[line, 2])
    stays = others[begun & (others[:, 3] > slot.bottom) & (others[:, 0] >= right), 0]
    edge = stays.min(initial=np.inf) - CLEAR * slot.height
    return slot._replace(limit=max(right, min(slot.limit, float(snap(edge)))))


def _column(page: Page, line: Boxes, paragraph: int) -> float:
    """The right edge of the column that a lone line stands in."""
    left, top, right, bottom = line.tolist()
    others = page.paragraph_boxes
    aligned = np.abs(others[:, 0] - left) <= ALIGNED * (bottom - top)
    aligned[paragraph] = False
    reach = float(others[aligned, 2].max(initial=0.0))
    return reach if reach > right else max(right, page.size_px[0] - left)


def _clear(page: Page, first: int, numbers: Indices, reach: Boxes) -> Boxes:
    """(n,) how far the lines from `first` on may reach without touching lines and images to their right.

    numbers: the block of each. Lines of one block do not mind each other: set solid, their boxes overlap.
    """
    own = page.line_boxes[first : first + len(numbers)]
    others = np.concatenate((page.line_boxes, page.image_boxes))
    tops, rights, bottoms = own[:, 1, None], own[:, 2, None], own[:, 3, None]
    right_neighbours = (others[:, 1] < bottoms) & (others[:, 3] > tops) & (others[:, 0] >= rights)
    right_neighbours[:, first : first + len(numbers)] &= numbers[:, None] != numbers
    edges = np.where(right_neighbours, others[:, 0] - CLEAR * (bottoms - tops), np.inf).min(axis=1)
    return np.maximum(snap(np.minimum(edges, reach)), own[:, 2])

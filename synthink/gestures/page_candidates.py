"""What a page offers to gestures: words that can be read, lines that run on, gaps, pictures."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes, Indices, Page
from synthink.draw.geometry import Box
from synthink.errors import ConfigError
from synthink.settings import Between, Settings

BACKGROUND = 0.8  # of the page: a larger picture is what the page is printed on, as of a scan with a text layer
COLUMN = 0.8  # share of its width that a block has in common with the others of its column
WIDEST_GAP = 2.0  # H; what is wider parts the columns of a table
NARROWEST_GAP = 0.05  # H; less stands between a word and a full stop that the source took apart
WIDEST_LEADING = 1.5  # H of white between lines that are read on; text in double spacing has 1.1
TURNED = 1.5  # height to width: words of four letters are never so slender unless they are written upwards
SHORT = 4.0  # H: width of a short line
ROWS = 256  # lines compared with all others at a time, which bounds the memory that a page of thousands takes

Flags = npt.NDArray[np.bool_]


class TargetOptions(Settings):
    """The numbers of words, lines and gaps that gestures are about, and the parts of a page that they leave alone."""

    word_counts: Annotated[tuple[float, ...], Between(0.0)] = (38.0, 24.0, 14.0, 8.0, 6.0, 4.0, 3.0, 3.0)
    """The weights of marks about 1, 2, 3 ... words."""
    line_counts: Annotated[tuple[float, ...], Between(0.0)] = (50.0, 30.0, 20.0)
    """The weights of marks about 1, 2, 3 ... whole lines."""
    over_lines: Annotated[float, Between(0.0, 1.0)] = 0.15
    """The share of marks on words that run on into the next line, where the page has such lines."""
    short_lines: Annotated[float, Between(0.0, 1.0)] = 0.7
    """The share of marks on whole lines that are on short ones, where there are any: a square around a line in the
    margin shows little of long ones."""
    edge_gaps: Annotated[float, Between(0.0, 1.0)] = 0.06
    """The share of gaps that lie before the first or after the last word of a line."""
    pair_within: Annotated[float, Between(0.0, 1.0)] = 0.10
    """The largest distance between the centres of a pair, as a share of the page's width and of its height."""
    crop_shares: Annotated[tuple[float, float], Between(0.4, 0.9)] = (0.42, 0.9)
    """The share of a picture's width, and of its height, that is kept when it is cropped."""
    min_height_px: Annotated[float, Between(1.0)] = 6.0
    """The height of a line's type in page pixels, below which its words are left alone."""
    min_image_px: Annotated[float, Between(1.0)] = 24.0
    """The length of a picture's shorter side in page pixels, below which it is left alone."""
    crowding: Annotated[float, Between(0.0, 1.0)] = 0.35
    """The share of a line's height that other lines may overlap; lines that lie more over each other are left alone."""

    def check(self) -> None:
        for name, shares in (("word_counts", self.word_counts), ("line_counts", self.line_counts)):
            if not sum(shares) > 0:
                raise ConfigError(name, shares, "must have a share above 0")


class PageCandidates:
    """The targets that a page offers, as numbers of its words, lines and images.

    good: the words that can be read; short: those of them that stand in short lines; gaps: the word before each gap;
    breaks: the lines whose text goes on in the next one. Lines that are read on form a group: group_starts and
    group_stops hold for each line the first line of its group, and the one after the last.
    """

    def __init__(self, page: Page, options: TargetOptions) -> None:
        self.options, self.size_px, self.texts = options, page.size_px, page.words
        self.lines: list[list[float]] = page.line_boxes.tolist()
        self.line_of: list[int] = page.word_lines.tolist()
        self.paragraph_of: list[int] = page.line_paragraphs.tolist()
        self.baselines: list[float] = page.baselines.tolist()
        self.starts, self.stops = (numbers.tolist() for numbers in page.line_words)
        self.images = _images(page, options)
        self._image_boxes = page.image_boxes
        self._blocks = np.concatenate((page.paragraph_boxes, page.image_boxes)).T.copy()
        self._paragraphs = page.paragraph_boxes
        self._columns: dict[int, tuple[float, float]] = {}

        heights = page.line_boxes[:, 3] - page.line_boxes[:, 1]
        usable = (heights >= options.min_height_px) & ~_crowded(page.line_boxes, options.crowding)
        usable[page.word_lines[_turned(page)]] = False
        good = usable[page.word_lines] & _readable(page.words)
        self.is_good: list[bool] = good.tolist()
        numbers = np.flatnonzero(good)
        self.good: list[int] = numbers.tolist()
        self._numbers, self._boxes = numbers, page.word_boxes
        short = (page.line_boxes[:, 2] - page.line_boxes[:, 0]) < SHORT * heights
        self.short: list[int] = numbers[short[page.word_lines[numbers]]].tolist()
        self.gaps: list[int] = _gaps(page, good, heights).tolist()
        runs_on = _runs_on(page, usable, heights)
        self.breaks: list[int] = np.flatnonzero(runs_on).tolist()
        group = np.cumsum(np.concatenate(([True], ~runs_on)))[: len(usable)]
        self.group_starts: list[int] = np.searchsorted(group, group).tolist()
        self.group_stops: list[int] = np.searchsorted(group, group, "right").tolist()

    @cached_property
    def _centres(self) -> tuple[Indices, Indices]:
        """Twice the centres of the readable words, in steps of 1/64 pixel, so that comparing them is exact."""
        boxes = np.rint(self._boxes[self._numbers] * 64).astype(np.intp)
        return boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]

    def boxes(self, first: int, stop: int) -> list[list[float]]:
        """The boxes of the words from `first` up to `stop`, each left, top, right, bottom."""
        boxes: list[list[float]] = self._boxes[first:stop].tolist()
        return boxes

    def near(self, place: int) -> list[int]:
        """The readable words around `good[place]`, itself among them."""
        x, y = self._centres
        width, height = (int(128 * self.options.pair_within * side) for side in self.size_px)
        is_near = (np.abs(x - x[place]) <= width) & (np.abs(y - y[place]) <= height)
        numbers: list[int] = self._numbers[is_near].tolist()
        return numbers

    def image_box(self, number: int) -> Box:
        return Box(*self._image_boxes[number].tolist())

    def column_of(self, line: int) -> tuple[float, float]:
        """Left and right edge of the column that a line's paragraph stands in."""
        paragraph = self.paragraph_of[line]
        if paragraph not in self._columns:
            self._columns[paragraph] = self.column(Box(*self._paragraphs[paragraph].tolist()))
        return self._columns[paragraph]

    def column(self, box: Box) -> tuple[float, float]:
        """Left and right edge of the column around a box: of the blocks above and below that share its width and do
        not reach over what stands beside it."""
        left, top, right, bottom = self._blocks
        shared = np.minimum(right, box.right) - np.maximum(left, box.left)
        alongside = (shared <= 0) & (top < box.bottom) & (bottom > box.top)
        west = right[alongside & (left < box.left)].max(initial=0.0)
        east = left[alongside & (left > box.left)].min(initial=self.size_px[0])
        own = (shared >= COLUMN * np.minimum(right - left, box.width)) & (left >= west) & (right <= east)
        return float(left[own].min(initial=box.left)), float(right[own].max(initial=box.right))


_candidates: WeakKeyDictionary[Page, PageCandidates] = WeakKeyDictionary()


def candidates_of(page: Page, options: TargetOptions) -> PageCandidates:
    """The page's candidates, computed once while the page lives."""
    candidates = _candidates.get(page)
    if candidates is None or (candidates.options is not options and candidates.options != options):
        candidates = _candidates[page] = PageCandidates(page, options)
    return candidates


def _images(page: Page, options: TargetOptions) -> list[int]:
    """Numbers of the images that are neither tiny nor the page's background."""
    width, height = (page.image_boxes[:, 2:] - page.image_boxes[:, :2]).T
    large = np.minimum(width, height) >= options.min_image_px
    numbers: list[int] = np.flatnonzero(
        large & (width * height <= BACKGROUND * page.size_px[0] * page.size_px[1])
    ).tolist()
    return numbers


def _readable(words: tuple[str, ...]) -> Flags:
    """(W,) whether a word has a letter or a digit."""
    readable = list(map(str.isalnum, words))
    for number, plain in enumerate(readable):
        readable[number] = plain or any(map(str.isalnum, words[number]))
    return np.array(readable, dtype=np.bool_)


def _turned(page: Page) -> Indices:
    """Words that are written upwards or downwards."""
    width, height = (page.word_boxes[:, 2:] - page.word_boxes[:, :2]).T
    slender = np.flatnonzero(height > TURNED * width)
    return np.array([number for number in slender.tolist() if len(page.words[number]) >= 4], dtype=np.intp)


def _crowded(lines: Boxes, crowding: float) -> Flags:
    """(L,) whether another line overlaps a line by more than that share of its height."""
    left, top, right, bottom = lines.T.copy()
    crowded = np.zeros(len(lines), dtype=np.bool_)
    for start in range(0, len(lines), ROWS):
        own = slice(start, start + ROWS)
        meet = (left[own, None] < right) & (right[own, None] > left)
        depth = np.minimum(bottom[own, None], bottom) - np.maximum(top[own, None], top)
        over = meet & (depth > crowding * (bottom[own, None] - top[own, None]))
        crowded[own] = over.sum(axis=1) > 1  # each overlaps itself
    return crowded


def _gaps(page: Page, good: Flags, heights: Boxes) -> Indices:
    """The word before each gap between two readable words of a line."""
    boxes, lines = page.word_boxes, page.word_lines
    width = boxes[1:, 0] - boxes[:-1, 2]
    height = heights[lines[1:]]
    within = good[1:] & good[:-1] & (lines[1:] == lines[:-1])
    return np.flatnonzero(within & (width > NARROWEST_GAP * height) & (width < WIDEST_GAP * height))


def _runs_on(page: Page, usable: Flags, heights: Boxes) -> Flags:
    """(L - 1,) whether a line's text goes on in the line right below, rather than in the next column."""
    above, below = page.line_boxes[:-1], page.line_boxes[1:]
    same = (page.line_paragraphs[1:] == page.line_paragraphs[:-1]) & usable[1:] & usable[:-1]
    meet = (above[:, 0] < below[:, 2]) & (below[:, 0] < above[:, 2])
    lower = below[:, 1] > (above[:, 1] + above[:, 3]) / 2
    runs_on: Flags = same & meet & lower & (below[:, 1] - above[:, 3] < WIDEST_LEADING * heights[:-1])
    return runs_on

"""Reading order: words into text lines, lines into paragraphs, columns one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes, Indices
from synthink.documents.reading_order.columns import blocks
from synthink.documents.reading_order.lines import (
    Line,
    lines_in_source_order,
    lines_of_rows,
    rows_from_boxes,
    rows_of_line,
)
from synthink.documents.reading_order.paragraphs import paragraphs_of


class Arrangement(NamedTuple):
    """Words in reading order, as `make_page` takes them. order: (W,) the words' numbers. word_lines: (W,) the line of
    each word in that order. line_paragraphs: (L,) the paragraph of each line."""

    order: Indices
    word_lines: Indices
    line_paragraphs: Indices


@dataclass(frozen=True, slots=True)
class SourceOrder:
    """The facts about words besides their boxes, for words in the order in which the source has them.

    baselines: (W,) y. heights: (W,) of each word's type, ascender to descender. runs: (W,) equal for words that the
    source sets in one go, as justified lines are.
    """

    baselines: npt.NDArray[np.float64]
    heights: npt.NDArray[np.float64]
    runs: npt.NDArray[np.uint64]


def arrange(boxes: npt.ArrayLike, texts: Sequence[str], source_order: SourceOrder | None = None) -> Arrangement:
    """The reading order of words, and the lines and paragraphs that they form.

    boxes: (W, 4) left, top, right, bottom. texts: the words, or empty strings for those that are not known.
    source_order: given where words come in the order in which the source has them; else boxes alone decide. Every word
    comes out exactly once; words of a line lie from left to right, and do not overlap by more than italics do.
    """
    box = np.array(boxes, dtype=np.float64).reshape(-1, 4)
    if not len(box):
        return _arrangement([])
    if source_order is None:
        lines = lines_of_rows(box, rows_from_boxes(box))
    else:
        lines = lines_in_source_order(box, source_order.baselines, source_order.heights, source_order.runs)
    return _arranged(lines, texts, box, source_order is not None)


def arrange_lines(boxes: npt.ArrayLike, texts: Sequence[str], lines: Iterable[Sequence[int]]) -> Arrangement:
    """Arrange words as `arrange` does, where the source says which words form a line; each line lists its words'
    numbers. A line of the source that is several, one below the other, is taken apart: some name blocks of lines so."""
    box = np.array(boxes, dtype=np.float64).reshape(-1, 4)
    rows = [row for line in lines for row in rows_of_line(box, line)]
    return _arranged(lines_of_rows(box, rows), texts, box, in_source_order=False) if rows else _arrangement([])


def _arranged(lines: list[Line], texts: Sequence[str], boxes: Boxes, in_source_order: bool) -> Arrangement:
    regions = blocks(lines, in_source_order)
    return _arrangement([part for region in regions for part in paragraphs_of(region, texts, boxes, in_source_order)])


def _arrangement(paragraphs: Sequence[Sequence[Line]]) -> Arrangement:
    lines = [line for paragraph in paragraphs for line in paragraph]
    return Arrangement(
        np.array([word for line in lines for word in line.words], np.intp),
        np.repeat(np.arange(len(lines)), [len(line.words) for line in lines]),
        np.repeat(np.arange(len(paragraphs)), [len(paragraph) for paragraph in paragraphs]),
    )


def parted(
    boxes: npt.ArrayLike, word_lines: npt.ArrayLike, line_paragraphs: npt.ArrayLike, left_out: npt.ArrayLike
) -> tuple[Indices, Indices, Indices]:
    """Lines, and with them paragraphs, ended where something that is no word of the page stands between two words: a
    mark over both would be said to mean them alone.

    boxes: (W, 4) in reading order. left_out: (N, 4) what is printed there besides. Gives (W,) the line of each word,
    (L,) the paragraph of each line, (L,) which line it was.
    """
    box, others = (np.array(array, dtype=np.float64).reshape(-1, 4) for array in (boxes, left_out))
    lines, paragraphs = np.array(word_lines, dtype=np.intp), np.array(line_paragraphs, dtype=np.intp)
    middle, inside = (box[:, 0] + box[:, 2]) / 2, np.diff(lines) == 0
    ends = np.zeros(len(box), dtype=np.intp)
    for left, top, right, bottom in others.tolist():
        x, y = (left + right) / 2, (top + bottom) / 2
        at = inside & (middle[:-1] < x) & (x < middle[1:]) & (box[:-1, 1] < y) & (y < box[:-1, 3])
        ends[1:][at] = 1
    starts = np.flatnonzero(np.diff(lines, prepend=-1) + ends)
    old_lines = lines[starts]
    changes = (np.diff(paragraphs[old_lines], prepend=-1) != 0) | (ends[starts] != 0)
    return lines + np.cumsum(ends), np.cumsum(changes) - 1, old_lines


def without(
    dropped: npt.NDArray[np.bool_], boxes: Boxes, word_lines: npt.ArrayLike, line_paragraphs: npt.ArrayLike
) -> tuple[Indices, Indices]:
    """Lines and paragraphs of the words that stay, parted where others were dropped.

    dropped: (W,). boxes: (W, 4). Gives the line of each word that stays, and the paragraph of each line.
    """
    lines, word_lines = np.unique(np.array(word_lines, dtype=np.intp)[~dropped], return_inverse=True)
    line_paragraphs = np.unique(np.array(line_paragraphs, dtype=np.intp)[lines], return_inverse=True)[1]
    return parted(boxes[~dropped], word_lines, line_paragraphs, boxes[dropped])[:2]

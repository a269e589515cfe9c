"""Lines, paragraphs and their order from word boxes alone, for sources that do not tell them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import LEAN, Boxes, Indices

WORD_SPACE = 1.25
"""Widest space between two words of a line, of the taller one's height; gutters between columns are wider."""
LEADING = 0.75
"""Widest space between two lines of a paragraph, of the lower line's height."""
SAME_TYPE = 1.45
"""Lines of a paragraph differ in height at most by this factor: boxes around the ink alone vary with their letters."""


def arrange(boxes: npt.ArrayLike) -> tuple[Indices, Indices, Indices]:
    """Reading order of words, and the lines and paragraphs they form.

    boxes: (W, 4) left, top, right, bottom. Gives (W,) the words' numbers in reading order, (W,) the line of each word
    in that order, (L,) the paragraph of each line: what `make_page` takes. Words of a line lie from left to right and
    do not overlap by more than italics do. Columns are read one after the other.
    """
    box = np.array(boxes, dtype=np.float64).reshape(-1, 4)
    lines = _lines(box)
    paragraphs = _paragraphs(around(box, lines))
    order: list[int] = []
    word_lines: list[int] = []
    line_paragraphs: list[int] = []
    shapes = around(box, [[word for line in paragraph for word in lines[line]] for paragraph in paragraphs])
    for number, paragraph in enumerate(_reading_order(shapes)):
        for line in paragraphs[paragraph]:
            word_lines += [len(line_paragraphs)] * len(lines[line])
            line_paragraphs.append(number)
            order += lines[line]
    return np.array(order, np.intp), np.array(word_lines, np.intp), np.array(line_paragraphs, np.intp)


def arrange_lines(boxes: npt.ArrayLike, lines: Sequence[Sequence[int]]) -> tuple[Indices, Indices, Indices]:
    """As `arrange`, where the source tells which words form a line."""
    box = np.array(boxes, dtype=np.float64).reshape(-1, 4)
    rows = [row for line in lines for row in untangled(box, line)]
    order, _, line_paragraphs = arrange_paragraphs(around(box, rows))
    words = [word for row in order.tolist() for word in rows[row]]
    numbers = np.repeat(np.arange(len(rows)), [len(rows[row]) for row in order.tolist()])
    return np.array(words, np.intp), numbers.astype(np.intp), line_paragraphs


def arrange_paragraphs(line_boxes: Boxes) -> tuple[Indices, Indices, Indices]:
    """Lines into paragraphs: (L,) their reading order, (L,) the number of each, (L,) its paragraph."""
    paragraphs = _paragraphs(line_boxes)
    reading = _reading_order(around(line_boxes, paragraphs))
    order = [line for paragraph in reading for line in paragraphs[paragraph]]
    numbers = np.repeat(np.arange(len(reading)), [len(paragraphs[paragraph]) for paragraph in reading])
    return np.array(order, np.intp), np.arange(len(order), dtype=np.intp), numbers.astype(np.intp)


def untangled(boxes: Boxes, line: Sequence[int]) -> list[list[int]]:
    """A line's words from left to right; words that lie over others go to lines of their own."""
    rows: list[list[int]] = []
    for word in sorted(line, key=lambda word: (boxes[word, 0], word)):
        for row in rows:
            if follows(boxes[row[-1]], boxes[word]):
                row.append(word)
                break
        else:
            rows.append([word])
    return rows


def follows(left: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> bool:
    """Whether the second box can stand after the first in a line: `make_page` asks for it."""
    room = left[2] - LEAN * (left[3] - left[1])
    # The grid of 1/64 px widens boxes.
    return bool(right[0] - 1 / 64 >= room and right[0] - 1 / 64 > left[0])


def parted(
    boxes: npt.ArrayLike, word_lines: npt.ArrayLike, line_paragraphs: npt.ArrayLike, left_out: npt.ArrayLike
) -> tuple[Indices, Indices, Indices]:
    """Lines, and with them paragraphs, ended where something that is no word of the page stands between two words: a
    mark over both would be said to mean them alone.

    boxes: (W, 4) in reading order. left_out: (N, 4) what is printed there besides. Gives (W,) the line of each word,
    (L,) the paragraph of each line, (L,) which line it was.
    """
    box, others = (np.array(given, dtype=np.float64).reshape(-1, 4) for given in (boxes, left_out))
    lines, paragraphs = np.array(word_lines, dtype=np.intp), np.array(line_paragraphs, dtype=np.intp)
    middle, inside = (box[:, 0] + box[:, 2]) / 2, np.diff(lines) == 0
    ends = np.zeros(len(box), dtype=np.intp)
    for left, top, right, bottom in others.tolist():
        x, y = (left + right) / 2, (top + bottom) / 2
        at = inside & (middle[:-1] < x) & (x < middle[1:]) & (box[:-1, 1] < y) & (y < box[:-1, 3])
        ends[1:][at] = 1
    starts = np.flatnonzero(np.diff(lines, prepend=-1) + ends)
    was = lines[starts]
    changes = (np.diff(paragraphs[was], prepend=-1) != 0) | (ends[starts] != 0)
    return lines + np.cumsum(ends), np.cumsum(changes) - 1, was


def without(
    gone: npt.NDArray[np.bool_], boxes: Boxes, word_lines: npt.ArrayLike, line_paragraphs: npt.ArrayLike
) -> tuple[Indices, Indices]:
    """Lines and paragraphs of the words that stay, parted where others are gone.

    gone: (W,). boxes: (W, 4). Gives the line of each word that stays, and the paragraph of each line.
    """
    lines, word_lines = np.unique(np.array(word_lines, dtype=np.intp)[~gone], return_inverse=True)
    line_paragraphs = np.unique(np.array(line_paragraphs, dtype=np.intp)[lines], return_inverse=True)[1]
    return parted(boxes[~gone], word_lines, line_paragraphs, boxes[gone])[:2]


def around(boxes: Boxes, groups: Sequence[Sequence[int]]) -> Boxes:
    """(G, 4) the box around each group of boxes."""
    found = [(*boxes[list(group), :2].min(0), *boxes[list(group), 2:].max(0)) for group in groups]
    return np.array(found, dtype=np.float64).reshape(-1, 4)


def _lines(boxes: Boxes) -> list[list[int]]:
    """Words that share their height and follow closely; from left to right, each to the nearest line end that fits."""
    order = np.lexsort((boxes[:, 1], boxes[:, 0]))
    ends = np.zeros_like(boxes)  # the last word of each line so far
    lines: list[list[int]] = []
    for word in order.tolist():
        left, top, _, bottom = boxes[word].tolist()
        last = ends[: len(lines)]
        heights = last[:, 3] - last[:, 1]
        shared = np.minimum(last[:, 3], bottom) - np.maximum(last[:, 1], top)
        gap = left - last[:, 2]
        fits = (
            (shared >= 0.5 * np.minimum(heights, bottom - top))
            & (gap <= WORD_SPACE * np.maximum(heights, bottom - top))
            & (left - 1 / 64 >= last[:, 2] - LEAN * heights)
            & (left - 1 / 64 > last[:, 0])
        )
        found = np.flatnonzero(fits)
        if len(found):
            line = int(found[np.argmin(np.abs(gap[found]))])
            lines[line].append(word)
        else:
            line = len(lines)
            lines.append([word])
        ends[line] = boxes[word]
    return lines


def _paragraphs(lines: Boxes) -> list[list[int]]:
    """Lines of like type one close below the other; a line with two candidates below or above ends the paragraph."""
    order = np.lexsort((lines[:, 0], lines[:, 1])).tolist()
    below: dict[int, list[int]] = {line: [] for line in order}
    above: dict[int, list[int]] = {line: [] for line in order}
    heights = lines[:, 3] - lines[:, 1]
    for line in order:
        ratio = heights / heights[line]
        near = (
            (np.abs(lines[:, 1] - lines[line, 3]) <= LEADING * heights)
            & (lines[:, 1] > (lines[line, 1] + lines[line, 3]) / 2)
            & (np.minimum(lines[:, 2], lines[line, 2]) > np.maximum(lines[:, 0], lines[line, 0]))
            & (ratio <= SAME_TYPE)
            & (ratio >= 1 / SAME_TYPE)
        )
        for other in np.flatnonzero(near).tolist():
            below[line].append(other)
            above[other].append(line)
    paragraphs: list[list[int]] = []
    taken: set[int] = set()
    for line in order:
        if line in taken:
            continue
        chain = [line]
        taken.add(line)
        while len(below[chain[-1]]) == 1 and len(above[below[chain[-1]][0]]) == 1:
            chain.append(below[chain[-1]][0])
            taken.add(chain[-1])
        paragraphs.append(chain)
    return paragraphs


def _reading_order(boxes: Boxes) -> list[int]:
    """Blocks in reading order by recursive cuts through white space (Nagy and Seth, "Hierarchical representation of
    optically scanned documents", ICPR 1984): columns first, then the widest space across."""
    if not len(boxes):
        return []
    heights = boxes[:, 3] - boxes[:, 1]
    found: list[int] = []
    pending = [np.lexsort((boxes[:, 0], boxes[:, 1]))]
    while pending:
        blocks = pending.pop()
        if len(blocks) == 1:
            found += blocks.tolist()
            continue
        parts = _cut(boxes, blocks, 0, 0.5 * float(np.median(np.minimum(heights[blocks], 30)))) or _cut(
            boxes, blocks, 1, 0
        )
        if parts is None:
            found += blocks.tolist()  # they lie over one another: from the top
        else:
            pending += parts[::-1]
    return found


def _cut(boxes: Boxes, blocks: Indices, axis: int, least: float) -> list[Indices] | None:
    """The blocks before and behind the widest white strip across an axis; None where none is wider than `least`."""
    order = blocks[np.argsort(boxes[blocks, axis], kind="stable")]
    reached = np.maximum.accumulate(boxes[order, axis + 2])
    gaps = boxes[order[1:], axis] - reached[:-1]
    widest = int(np.argmax(gaps))
    if gaps[widest] <= least:
        return None
    first = set(order[: widest + 1].tolist())
    inside = np.array([block in first for block in blocks.tolist()])
    return [blocks[inside], blocks[~inside]]

"""Reading order from geometry: words into text lines, lines into paragraphs, columns one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from synthink.documents.reading_order.columns import SAME_LINE, Line, blocks

Array = npt.NDArray[np.float64]

# In heights of the words' type (about one em) unless said otherwise.
WORD_GAP, RUN_GAP = 1.3, 5.0  # between words of one line told one after the other; in one run of text
STRAY_GAP = 0.6  # words not told one after the other belong together when nearer than this
FIRST_STEP, NEXT_STEP = 1.9, 1.2  # steps of lines in a paragraph: the second in heights, later ones in the step before
INDENT = 0.7
LAP = 0.25  # of a word's height that the next may reach into its box
BULLET = re.compile(r"[•‣◦▪–—*·-]|\(?[0-9]{1,2}[.)]|[a-z]\)")

HANGING = re.compile(rf"{BULLET.pattern}|.+:")
"""First words of paragraphs whose other lines may be indented."""


def arranged(
    texts: Sequence[str], boxes: Array, baselines: Array, heights: Array, runs: npt.NDArray[np.uint64]
) -> list[list[list[int]]]:
    """Paragraphs of lines of words, in reading order, as numbers of the words given.

    boxes: (W, 4). baselines: (W,). heights: (W,) of each word's type, ascender to descender. runs: (W,)
    equal for words that the source sets in one go, as justified lines are. Words are given in the order in which the
    source tells them. Every word comes out exactly once.
    """
    if not len(texts):
        return []
    lines = _merged(_told_lines(boxes, baselines, heights, runs), boxes)
    paragraphs = (part for block in blocks(lines) for part in _paragraphs(block, texts, boxes))
    return [[line.words for line in paragraph] for paragraph in paragraphs]


def _told_lines(boxes: Array, baselines: Array, height: Array, runs: npt.NDArray[np.uint64]) -> list[Line]:
    """Runs of words that are told one after the other and stand side by side."""
    type_height = np.maximum(height[1:], height[:-1])
    gap = boxes[1:, 0] - boxes[:-1, 2]
    widest = np.where(runs[1:] == runs[:-1], RUN_GAP, WORD_GAP) * type_height
    beside = (np.abs(np.diff(baselines)) <= SAME_LINE * type_height) & (gap <= widest)
    beside &= (gap >= -LAP * height[:-1]) & (boxes[1:, 0] > boxes[:-1, 0])
    starts = [0, *(np.flatnonzero(~beside) + 1).tolist(), len(boxes)]
    lines = []
    for start, stop in pairwise(starts):
        usual = start + int(np.argsort(height[start:stop], kind="stable")[(stop - start) // 2])
        left, right = float(boxes[start, 0]), float(boxes[start:stop, 2].max())
        lines.append(Line(list(range(start, stop)), left, right, float(baselines[usual]), float(height[usual])))
    return lines


def _merged(lines: list[Line], boxes: Array) -> list[Line]:
    """Lines put together that touch on one baseline though they were told apart (a bold word, a footnote's mark)."""
    result: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.base, line.left)):
        for other in reversed(result[-8:]):
            height = max(line.height, other.height)
            if abs(line.base - other.base) > SAME_LINE * height:
                continue
            before, after = (other, line) if other.left <= line.left else (line, other)
            end, _, right, bottom = boxes[before.last].tolist()
            lap = LAP * (bottom - boxes[before.last, 1])
            if after.left > end and -lap <= after.left - right <= STRAY_GAP * height:
                tall = max(before, after, key=lambda part: part.height)
                other.words = before.words + after.words
                other.left, other.right = before.left, max(before.right, after.right)
                other.base, other.height = tall.base, tall.height
                break
        else:
            result.append(line)
    return sorted(result, key=lambda line: line.first)


def _paragraphs(lines: list[Line], texts: Sequence[str], boxes: Array) -> list[list[Line]]:
    """The lines of a block in runs of even steps and equal type, parted where a line ends early."""
    runs: list[list[Line]] = []
    ending: dict[int, list[Line]] = {}
    for line in lines:
        run = ending.get(line.first - 1) or (runs[-1] if runs else None)
        if run is None or not _follows(run, line, texts):
            run = []
            runs.append(run)
        run.append(line)
        ending[line.last] = run
    return [part for run in runs for part in _parted(run, boxes)]


def _follows(run: list[Line], line: Line, texts: Sequence[str]) -> bool:
    """Whether a line goes on with the paragraph above it."""
    above = run[-1]
    step = line.base - above.base
    usual = FIRST_STEP * above.height if len(run) == 1 else NEXT_STEP * (above.base - run[-2].base)
    if not 0.5 * above.height < step <= usual or BULLET.fullmatch(texts[line.first]):
        return False
    if not 0.93 < line.height / above.height < 1.08 or min(line.right, above.right) <= max(line.left, above.left):
        return False
    if len(run) == 1 and HANGING.fullmatch(texts[above.first]):
        return True
    return _centred(above, line) or line.left - above.left < INDENT * line.height


def _parted(run: list[Line], boxes: Array) -> Iterator[list[Line]]:
    """A paragraph ends with a line in which the next line's first word would have had room."""
    right = max(line.right for line in run)
    start = 0
    for number in range(1, len(run)):
        above, line = run[number - 1], run[number]
        word = float(boxes[line.first, 2] - boxes[line.first, 0])
        if above.right + word + 0.6 * line.height < right and not _centred(above, line):
            yield run[start:number]
            start = number
    yield run[start:]


def _centred(above: Line, line: Line) -> bool:
    uneven = abs(above.left - line.left) > 0.4 * line.height
    return uneven and abs(above.left + above.right - line.left - line.right) < 0.5 * line.height

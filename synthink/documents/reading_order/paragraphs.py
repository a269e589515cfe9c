"""Paragraphs: lines of even steps and like type, ended where a line stops early."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from synthink.documents.page.model import Boxes
from synthink.documents.reading_order.lines import Line

FIRST_STEP = 1.9  # of the type's height: the longest step from a paragraph's first line to its second
INDENT = 0.7  # of the type's height: a line that begins further to the right begins a paragraph
BULLET = re.compile(r"[•‣◦▪–—*·-]|\(?[0-9]{1,2}[.)]|[a-z]\)")

HANGING = re.compile(rf"{BULLET.pattern}|.+:")
"""First words of paragraphs whose other lines may be indented."""


class Evenness(NamedTuple):
    """The differences that lines of one paragraph may have. next_step: longest step, of the step before. like_type:
    least and greatest ratio of a line's height to that of the line above."""

    next_step: float
    like_type: tuple[float, float]


MEASURED = Evenness(1.2, (0.93, 1.08))
"""Where the source tells the height of the type and the baseline."""
BY_BOXES = Evenness(1.5, (1 / 1.45, 1.45))
"""Where they come from boxes around the ink, which vary with their letters."""


def paragraphs_of(lines: list[Line], texts: Sequence[str], boxes: Boxes, in_source_order: bool) -> list[list[Line]]:
    """The paragraphs of a region without columns.

    lines: from top to bottom, those of one baseline from left to right. texts, boxes: of all words of the page.
    in_source_order: whether words are numbered in the order in which the source has them, and lines have the measures
    of their type.
    """
    runs: list[list[Line]] = []
    ending: dict[int, list[Line]] = {}
    evenness = MEASURED if in_source_order else BY_BOXES
    for line in lines:
        run = (ending.get(line.first - 1) if in_source_order else None) or (runs[-1] if runs else None)
        if run is None or not _continues(run, line, texts, evenness):
            run = []
            runs.append(run)
        run.append(line)
        ending[line.last] = run
    return [part for run in runs for part in _parted(run, boxes)]


def _continues(run: list[Line], line: Line, texts: Sequence[str], evenness: Evenness) -> bool:
    """Whether a line goes on with the paragraph above it."""
    above = run[-1]
    step = line.base - above.base
    usual = FIRST_STEP * above.height if len(run) == 1 else evenness.next_step * (above.base - run[-2].base)
    if not 0.5 * above.height < step <= usual or BULLET.fullmatch(texts[line.first]):
        return False
    smallest, largest = evenness.like_type
    if not smallest < line.height / above.height < largest or min(line.right, above.right) <= max(
        line.left, above.left
    ):
        return False
    if len(run) == 1 and HANGING.fullmatch(texts[above.first]):
        return True
    return _centred(above, line) or line.left - above.left < INDENT * line.height


def _parted(run: list[Line], boxes: Boxes) -> Iterator[list[Line]]:
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

"""Which strokes are a mark, which lead from it to handwriting, and which are handwriting: the ways to part ink.

People write in one go, before the mark or after it, and pause in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Box, Points, around, bounds

PAUSES = 3  # the longest ones, at which ink may be parted
MOST_MARK = 8  # strokes of a mark and its leader line
LEAST_WRITING = 2  # strokes
LEADERS = {"": 0, "line": 1, "arrow": 2}
"""The most strokes of each kind of leader line."""
TALL, SLIM = 0.45, 1.1  # of a question mark: its hook's share of its height, its width as a share of its height
SMALL, LOW = 0.3, 0.6  # of its dot: size and place, as shares of its height
WRITTEN = 2.5  # H: no stroke of handwriting is higher
APART = 1.5  # H: no stroke of handwriting is so far from those before it


@dataclass(frozen=True)
class InkParts:
    """One way to part ink; each part may be empty."""

    mark: Sequence[Points]
    leader: Sequence[Points]
    writing: Sequence[Points]

    @cached_property
    def ends_in_question_mark(self) -> bool:
        """Whether the writing's last two strokes are a hook and a dot below it."""
        return len(self.writing) >= LEAST_WRITING and _is_question_mark(self.writing[-2:])

    @property
    def is_question_mark(self) -> bool:
        """Whether nothing but a question mark is written."""
        return len(self.writing) == LEAST_WRITING and self.ends_in_question_mark


def ink_parts(strokes: Sequence[Points], pauses: npt.NDArray[np.float64], height: float) -> Iterator[InkParts]:
    """The ways to part ink, all of it mark first.

    strokes: (N, 2) pixels each; pauses: (S - 1,) between each stroke and the next, in any unit; height: H in pixels.
    """
    parts = list(_with_writing(strokes, pauses, height))
    if len(strokes) <= MOST_MARK or not parts:
        yield InkParts(strokes, (), ())
    yield from parts


def _with_writing(strokes: Sequence[Points], pauses: npt.NDArray[np.float64], height: float) -> Iterator[InkParts]:
    """The ways to part ink with handwriting among it."""
    if len(strokes) >= LEAST_WRITING and _is_writing(strokes, height):
        yield InkParts((), (), strokes)
    for cut in (1 + pauses.argsort()[::-1][:PAUSES]).tolist():
        for drawn, written in ((strokes[:cut], strokes[cut:]), (strokes[cut:], strokes[:cut])):
            if len(written) < LEAST_WRITING or len(drawn) > MOST_MARK or not _is_writing(written, height):
                continue
            for count in range(min(max(LEADERS.values()), len(drawn)) + 1):
                end = len(drawn) - count
                yield InkParts(drawn[:end], drawn[end:], written)


def _is_writing(strokes: Sequence[Points], height: float) -> bool:
    """Whether strokes are no larger than handwriting beside type of that height, and each is near those before it."""
    boxes = [bounds(stroke) for stroke in strokes]
    tallest = max(box.height for box in boxes)
    if tallest > WRITTEN * height:
        return False
    written = boxes[0]
    for box in boxes[1:]:
        across = max(written.left, box.left) - min(written.right, box.right)
        if max(across, max(written.top, box.top) - min(written.bottom, box.bottom)) > APART * max(height, tallest):
            return False
        written = around((written, box))
    return True


def _is_question_mark(strokes: Sequence[Points]) -> bool:
    hook, dot = map(bounds, strokes)
    mark = bounds(np.concatenate(strokes))
    size = mark.height
    return (
        hook.height > TALL * size
        and mark.width < SLIM * size
        and max(dot.width, dot.height) < SMALL * size
        and dot.centre[1] > mark.top + LOW * size
        and _near(hook, dot, size)
    )


def _near(hook: Box, dot: Box, size: float) -> bool:
    """Whether the dot lies below its hook, not beside it."""
    return hook.left - SMALL * size < dot.centre[0] < hook.right + SMALL * size and dot.top > hook.top + LOW * size

"""The letters of a pen font as arrays, and the order in which a text's strokes are written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Points
from synthink.ink.handwriting.pen_font import PenFont, PenGlyph
from synthink.ink.handwriting.virtual_targets import ALONE, targets

ARCH = 0.5  # x-heights that the pen comes from and goes to at the turn of an arch
BAR = 0.2  # x-heights that a late stroke runs to the right when it is a bar, not a dot


class LetterShape(NamedTuple):
    """One shape of a letter: its strokes as (first row, rows) in the repertoire's arrays, in writing order.

    late: what is written after the letters that hang together; late_left: the same as left-handed people draw it, bars
    from right to left.
    """

    prompt: tuple[tuple[int, int], ...]
    late: tuple[tuple[int, int], ...]
    late_left: tuple[tuple[int, int], ...]
    advance: float
    joins_in: bool
    joins_out: bool


@dataclass(frozen=True, slots=True, eq=False)
class Repertoire:
    """All shapes of the letters of a pen font.

    marks: (R, 2), the targets of all strokes one after the other; segments: (R, 3), bend and pace of the handstroke
    from row r to row r + 1; owner: (R,) the number of the shape that a row belongs to; centred: (R, 2) a row's place
    from the middle of its shape; arches: (R,) whether a small letter turns there between two turns on the other side of
    its height; slant_deg: by how much the long downstrokes lean, positive to the right; handstrokes: how
    many a common letter has on average.
    """

    marks: Points
    segments: Points
    owner: npt.NDArray[np.intp]
    centred: Points
    arches: npt.NDArray[np.bool_]
    shapes: Mapping[str, tuple[LetterShape, ...]]
    slant_deg: float
    handstrokes: float


@lru_cache(maxsize=32)
def repertoire(font: PenFont) -> Repertoire:
    """The letters of a pen font as targets; made once per process and font."""
    marks: list[Points] = []
    segments: list[Points] = []
    centred: list[Points] = []
    arches: list[npt.NDArray[np.bool_]] = []

    def add(line: Points) -> tuple[int, int]:
        points, between = targets(line)
        first = sum(map(len, marks))
        marks.append(points)
        segments.append(np.concatenate((between, ALONE)))
        arches.append(_arches(points[:, 1]))
        return first, len(points)

    def shape(glyph: PenGlyph) -> LetterShape:
        begin = len(marks)
        strokes = list(zip(glyph.strokes, glyph.delayed, strict=True))
        late = [line for line, delayed in strokes if delayed]
        if len(late) == len(strokes):  # nothing would be left to write at its place
            late = []
        prompt = [line for line, delayed in strokes if not (delayed and late)]
        here = tuple(map(add, late))
        turned = tuple(
            add(line[::-1]) if line[-1][0] - line[0][0] > BAR else at for line, at in zip(late, here, strict=True)
        )
        own = LetterShape(tuple(map(add, prompt)), here, turned, glyph.advance, glyph.joins_in, glyph.joins_out)
        centred.append(np.concatenate(marks[begin:]) - (glyph.advance / 2, -0.5))
        return own

    shapes = {char: tuple(map(shape, glyphs)) for char, glyphs in sorted(font.glyphs.items())}
    common = [shapes[char][0] for char in "etaoinshrdlu" if char in shapes]
    strokes = [stroke for shape in common for stroke in shape.prompt + shape.late]
    count = sum(rows - 1 for _, rows in strokes) / max(len(common), 1)
    return Repertoire(
        np.concatenate(marks),
        np.concatenate(segments),
        np.arange(len(centred)).repeat(list(map(len, centred))),
        np.concatenate(centred),
        np.concatenate(arches),
        shapes,
        _slant(font),
        count,
    )


def _arches(y: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """(n,): the marks of a stroke at which it turns between two turns on the other side, as in n, m, u and w."""
    turns = np.zeros(len(y), np.bool_)
    before, after = y[1:-1] - y[:-2], y[1:-1] - y[2:]
    turns[1:-1] = (np.minimum(np.abs(before), np.abs(after)) > ARCH) & (before * after > 0) & (y[1:-1] > -1 - BAR)
    return turns


def _slant(font: PenFont) -> float:
    """Degrees by which the straight downstrokes of lower-case letters lean, weighted by length."""
    down = np.zeros(2)
    for char in "bdfhijklmnpqtu":
        for glyph in font.glyphs.get(char, ()):
            for line in glyph.strokes:
                steps = np.diff(line, axis=0)
                steep = steps[:, 1] > 1.5 * np.abs(steps[:, 0])
                down += steps[steep].sum(axis=0)
    return math.degrees(math.atan2(-down[0], down[1])) if down[1] else 0.0


WITHIN, LETTER, WORD, LINE, JOINED = range(5)


def writing_order(
    words: Sequence[Sequence[LetterShape]], leads: Sequence[int], joins: Sequence[bool], left_handed: bool
) -> npt.NDArray[np.intp]:
    """The strokes of words in the order in which they are written, (E, 4): first row, rows, letter, what lies before.

    That is WITHIN a letter, between LETTERs, the word's of `leads` (WORD, LINE), or JOINED: the pen stays down. `joins`
    says of each letter whether it hangs on to the next where both shapes allow it. Dots and bars come after the letters
    that hang together. Letters are counted through all words.
    """
    strokes: list[tuple[int, int, int, int]] = []
    late: list[tuple[int, int, int, int]] = []
    letter = 0
    for word, before in zip(words, leads, strict=True):
        leaving = False
        for shape in word:
            if leaving and shape.joins_in:
                before = JOINED
            elif late:
                strokes += late
                late = []
            for first, rows in shape.prompt:
                strokes.append((first, rows, letter, before))
                before = WITHIN
            for first, rows in shape.late_left if left_handed else shape.late:
                late.append((first, rows, letter, LETTER))
            leaving = shape.joins_out and joins[letter]
            before = LETTER
            letter += 1
        strokes += late
        late = []
    return np.array(strokes, np.intp)

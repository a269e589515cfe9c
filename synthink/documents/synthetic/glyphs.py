"""Where the glyphs of a page's lines stand, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.documents.sources.printed_words import INK_MARGIN_PX, PrintedWords
from synthink.documents.synthetic.canvas import TextLine
from synthink.documents.synthetic.font import LETTER


@dataclass(frozen=True, slots=True, eq=False)
class PlacedGlyphs:
    """The glyphs of all lines, blanks included. letters: (N,) as `LETTER`. x: (N,) where each begins, points. lines:
    (N,) the line of each. blank: (N,) whether it is one. begins: (N,) whether a word begins with it."""

    letters: npt.NDArray[np.void]
    x: npt.NDArray[np.float64]
    lines: npt.NDArray[np.intp]
    blank: npt.NDArray[np.bool_]
    begins: npt.NDArray[np.bool_]


def placed_glyphs(lines: Sequence[TextLine]) -> PlacedGlyphs:
    """The glyphs of lines, one after the other as far as each is wide."""
    data = b"".join(letter for line in lines for letter in map(line.font.letters.__getitem__, line.text))
    letters = np.frombuffer(data, dtype=LETTER)
    numbers = np.repeat(np.arange(len(lines)), [len(line.text) for line in lines])
    blank = np.frombuffer("".join(line.text for line in lines).encode("utf-32-le"), dtype=np.uint32) == ord(" ")
    size, stretch, x = np.array([(line.size, line.stretch, line.x) for line in lines])[numbers].T
    steps = letters["advance"] * size / 1000 + stretch * blank
    before = np.cumsum(steps) - steps
    starts = np.diff(numbers, prepend=-1) > 0
    begins = starts | np.append(False, blank[:-1])
    return PlacedGlyphs(letters, x + before - before[starts][numbers], numbers, blank, begins)


def printed_words(lines: Sequence[TextLine], glyphs: PlacedGlyphs, to_px: npt.NDArray[np.float64]) -> PrintedWords:
    """The words of lines where they are printed: boxes around their ink, as high as their type. to_px: (2,) pixels a
    point, across and down."""
    prints = ~glyphs.blank
    letters, x, numbers = glyphs.letters[prints], glyphs.x[prints], glyphs.lines[prints]
    advance, left, top, right, bottom = (letters[name] for name in ("advance", "left", "top", "right", "bottom"))
    base, size, up, down = np.array([(line.y, line.size, line.font.ascent, line.font.descent) for line in lines]).T
    y, em = base[numbers], size[numbers] / 1000
    ink = np.stack((x + left * em, y + top * em, x + right * em, y + bottom * em), axis=1) * np.tile(to_px, 2)
    ink += np.array((-1, -1, 1, 1)) * INK_MARGIN_PX
    above, below = (base - up * size)[numbers], (base + down * size)[numbers]
    type_ = np.stack((x, above, x + advance * em, below), axis=1) * np.tile(to_px, 2)
    starts = np.flatnonzero(glyphs.begins[prints])
    low = np.minimum.reduceat(np.minimum(ink, type_)[:, :2], starts)
    high = np.maximum.reduceat(np.maximum(ink, type_)[:, 2:], starts)
    own = numbers[starts]
    return PrintedWords(
        [word for line in lines for word in line.text.split()],
        np.concatenate((low, high), axis=1),
        (base * to_px[1])[own],
        ((up + down) * size * to_px[1])[own],
        own.astype(np.uint64),
        np.zeros((0, 4)),
    )

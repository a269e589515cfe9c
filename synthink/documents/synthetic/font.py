"""A face as pages are set in it: how wide letters are, and what their glyphs cover.

Lines are broken by the font's own widths; glyphs are placed by whole thousandths of an em, as in PDF files.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import numpy as np

from synthink.draw.type.face import Face
from synthink.draw.type.open_font import OpenFont

T = TypeVar("T")
LETTER = np.dtype([(name, "<i4") for name in ("glyph", "advance", "left", "top", "right", "bottom")])
"""A glyph, and what it takes in thousandths of an em from where it begins on the baseline, y down."""
_TYPO_ASCENDER = 68  # in the OS/2 table; the descender follows


class PageFont:
    """The font of a face that has TrueType outlines.

    letters: by character, as `LETTER`. widths: of characters, em, as the font has them. ascent, descent: the height of
    the type above the baseline and its depth below in em, no more than the font's glyphs take.
    """

    def __init__(self, face: Face) -> None:
        self.face = face
        font = OpenFont(face.data(), face.index)
        table = font.table("OS/2")
        ascender, descender = np.frombuffer(table, ">i2", 2, _TYPO_ASCENDER).tolist() if table else font.reach
        low, high = font.reach
        self.ascent = _thousandths(min(ascender, high), font) / 1000
        self.descent = -_thousandths(max(descender, low), font) / 1000
        self.letters = _ByCharacter(lambda char: _letter(font, char))
        self.widths = _ByCharacter(lambda char: float(font.outline(font.glyph_id(char)).advance / font.units))

    def width(self, text: str) -> float:
        """The width of a text, em."""
        return float(sum(map(self.widths.__getitem__, text)))


class _ByCharacter(dict[str, T]):
    """Values by character, each worked out once."""

    def __init__(self, value_of: Callable[[str], T]) -> None:
        self._value_of = value_of

    def __missing__(self, key: str) -> T:
        value = self[key] = self._value_of(key)
        return value


def _letter(font: OpenFont, char: str) -> bytes:
    glyph = font.glyph_id(char)
    outline = font.outline(glyph)
    points = outline.points if len(outline.points) else np.zeros((1, 2), dtype=np.int64)
    edges = (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
    # pdfium rounds so, and says of PDF files that glyphs end there.
    left, low, right, high = (_thousandths(edge + font.units / 2000, font) for edge in edges)
    advance = _thousandths(outline.advance, font)
    return np.array((glyph, advance, left, -high, right, -low), dtype=LETTER).tobytes()


def _thousandths(units: float, font: OpenFont) -> int:
    return int(units * 1000 / font.units)


@cache
def page_font(face: Face) -> PageFont:
    """The face's font, opened once a process."""
    return PageFont(face)

"""Words set in a face: glyph by glyph, as geometry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Box, Points, bounds, snap
from synthink.draw.outline import Outline
from synthink.draw.type.face import Face

PART_PX = 170
"""Letters drawn at once, in ems of height: FreeType starts over on parts of more than some 600 edge pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class TextLine:
    """A line set at 1 em, before it has a size and a place; y down, the origin on the baseline at the pen's start.

    The outline's control points come first in `points`, then each letter's rim: points on its outline that suffice for
    its box, however it is turned.
    """

    text: str
    points: Points
    tags: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.int16]
    contours: tuple[int, ...]
    """First contour of each letter."""
    rim_starts: npt.NDArray[np.intp]
    """Where each letter's rim begins in `points`."""
    lows: Points
    """(len(text), 2): left and top of each letter's ink."""
    highs: Points
    """(len(text), 2): right and bottom of each letter's ink."""
    advances: tuple[float, ...]

    @property
    def box(self) -> Box:
        """Around the line's ink, in em."""
        low, high = bounds(self.lows), bounds(self.highs)
        return Box(low.left, low.top, high.right, high.bottom)

    def glyph_box(self, index: int) -> Box:
        """Around one letter's ink, in em."""
        return Box(*self.lows[index].tolist(), *self.highs[index].tolist())


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a setting goes: an em of `size_px`, its point `anchor_em` at `at_px`, turned clockwise around that."""

    size_px: float
    anchor_em: tuple[float, float]
    at_px: tuple[float, float]
    rotation_deg: float = 0.0

    def points(self, points_em: Points) -> Points:
        """(..., 2) em to pixels, on the 1/64 grid."""
        cos = math.cos(math.radians(self.rotation_deg)) * self.size_px
        sin = math.sin(math.radians(self.rotation_deg)) * self.size_px
        x, y = points_em[..., 0] - self.anchor_em[0], points_em[..., 1] - self.anchor_em[1]
        placed = np.empty_like(points_em)
        placed[..., 0] = x * cos - y * sin + self.at_px[0]
        placed[..., 1] = x * sin + y * cos + self.at_px[1]
        return snap(placed)


@dataclass(frozen=True, slots=True, eq=False)
class TextRun:
    """A line of text as it was drawn, in pixels.

    rims: (N, 2) points on the letters' outlines, those of letter i from `rim_starts[i]` on; corners: (len(text), 4, 2)
    each letter's box before it was turned, turned with it.
    """

    text: str
    outline: Outline
    rims: Points
    rim_starts: npt.NDArray[np.intp]
    corners: Points


def layout_line(face: Face, text: str, letter_spacing_em: float = 0.0) -> TextLine:
    """Set `text` in `face` with its kerning and `letter_spacing_em` between letters; every character draws ink."""
    glyphs = [face.glyph(char) for char in text]
    pens = []
    pen = 0.0
    for index, glyph in enumerate(glyphs):
        if index:
            pen += face.kerning(text[index - 1], text[index]) + letter_spacing_em
        pens.append(pen)
        pen += glyph.advance
    counts = [len(glyph.points) for glyph in glyphs] + [len(glyph.rim) for glyph in glyphs]
    starts = np.array((0, *accumulate(counts[:-1])))
    points = np.concatenate([glyph.points for glyph in glyphs] + [glyph.rim for glyph in glyphs])
    points[:, 0] += np.repeat(pens + pens, counts)
    contours = [len(glyph.ends) for glyph in glyphs]
    ends = np.concatenate([glyph.ends for glyph in glyphs])
    ends += np.repeat(starts[: len(text)], contours).astype(np.int16)
    rim_starts = starts[len(text) :]
    return TextLine(
        text=text,
        points=points,
        tags=np.concatenate([glyph.tags for glyph in glyphs]),
        ends=ends,
        contours=(0, *accumulate(contours[:-1])),
        rim_starts=rim_starts,
        lows=np.minimum.reduceat(points, rim_starts),
        highs=np.maximum.reduceat(points, rim_starts),
        advances=tuple(glyph.advance for glyph in glyphs),
    )


def place(setting: TextLine, placement: Placement) -> TextRun:
    """The line as it is drawn."""
    points = placement.points(setting.points)
    drawn = len(setting.tags)
    corners = np.empty((len(setting.text), 4, 2))
    corners[:, 0], corners[:, 2] = setting.lows, setting.highs
    corners[:, 1, 0], corners[:, 1, 1] = setting.highs[:, 0], setting.lows[:, 1]
    corners[:, 3, 0], corners[:, 3, 1] = setting.lows[:, 0], setting.highs[:, 1]
    letters = max(1, round(PART_PX / placement.size_px))
    outline = Outline(points[:drawn], setting.tags, setting.ends, setting.contours[::letters])
    return TextRun(setting.text, outline, points[drawn:], setting.rim_starts - drawn, placement.points(corners))

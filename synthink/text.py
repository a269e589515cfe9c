"""Words set in a face: glyph by glyph, as geometry."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.assets.face import Face
from synthink.geometry import Box, Points, snap
from synthink.scene import Outline


@dataclass(frozen=True, slots=True, eq=False)
class PlacedGlyph:
    """One letter as it was drawn.

    flat: (M, 2) points on its outline in pixels; corners: (4, 2) its box before rotation, rotated with it.
    """

    char: str
    flat: Points
    corners: Points


@dataclass(frozen=True, slots=True, eq=False)
class TextRun:
    """A line of text as it was drawn: the letters' outline and each letter's own points."""

    outline: Outline
    glyphs: tuple[PlacedGlyph, ...]

    @property
    def text(self) -> str:
        """What was drawn, read off the glyphs."""
        return "".join(glyph.char for glyph in self.glyphs)


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A line set at 1 em, before it has a size and a place; y down, the origin on the baseline at the pen's start."""

    text: str
    points: Points
    tags: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.int16]
    flat: Points
    flat_starts: npt.NDArray[np.intp]
    lows: Points
    """(len(text), 2): left and top of each letter's ink."""
    highs: Points
    """(len(text), 2): right and bottom of each letter's ink."""
    advances: tuple[float, ...]

    def glyph_box(self, index: int) -> Box:
        """Around one letter's ink, in em."""
        return Box(*self.lows[index].tolist(), *self.highs[index].tolist())

    @property
    def box(self) -> Box:
        """Around the line's ink, in em."""
        left, top = self.lows.min(axis=0).tolist()
        right, bottom = self.highs.max(axis=0).tolist()
        return Box(left, top, right, bottom)


def set_line(face: Face, text: str, letter_spacing_em: float = 0.0) -> Setting:
    """Set `text` in `face` with its kerning; `letter_spacing_em` is added between letters. Every character draws ink."""
    glyphs = [face.glyph(char) for char in text]
    pens = []
    pen = 0.0
    for index, glyph in enumerate(glyphs):
        if index:
            pen += face.kerning(text[index - 1], text[index]) + letter_spacing_em
        pens.append(pen)
        pen += glyph.advance
    counts = np.array([len(glyph.points) for glyph in glyphs])
    flat_counts = np.array([len(glyph.flat) for glyph in glyphs])
    starts = np.cumsum(counts) - counts
    points = np.concatenate([glyph.points for glyph in glyphs])
    points[:, 0] += np.repeat(pens, counts)
    flat = np.concatenate([glyph.flat for glyph in glyphs])
    flat[:, 0] += np.repeat(pens, flat_counts)
    ends = np.concatenate([glyph.ends + start for glyph, start in zip(glyphs, starts.tolist(), strict=True)])
    flat_starts = np.cumsum(flat_counts) - flat_counts
    return Setting(
        text=text,
        points=points,
        tags=np.concatenate([glyph.tags for glyph in glyphs]),
        ends=ends.astype(np.int16),
        flat=flat,
        flat_starts=flat_starts,
        lows=np.minimum.reduceat(flat, flat_starts),
        highs=np.maximum.reduceat(flat, flat_starts),
        advances=tuple(glyph.advance for glyph in glyphs),
    )


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a setting goes: an em of `size_px`, its point `anchor_em` at `at_px`, turned clockwise around that."""

    size_px: float
    anchor_em: tuple[float, float]
    at_px: tuple[float, float]
    rotation_deg: float = 0.0

    def points(self, points_em: Points) -> Points:
        """Em to pixels, on the 1/64 grid; (N, 2) or (N, M, 2)."""
        cos, sin = math.cos(math.radians(self.rotation_deg)), math.sin(math.radians(self.rotation_deg))
        turn = np.array(((cos, sin), (-sin, cos))) * self.size_px
        return snap((points_em - self.anchor_em) @ turn + self.at_px)


def place(setting: Setting, placement: Placement) -> TextRun:
    """The line as it is drawn."""
    flat = placement.points(setting.flat)
    lows, highs = setting.lows, setting.highs
    upper_right = np.stack((highs[:, 0], lows[:, 1]), axis=1)
    lower_left = np.stack((lows[:, 0], highs[:, 1]), axis=1)
    corners = placement.points(np.stack((lows, upper_right, highs, lower_left), axis=1))
    bounds = [*setting.flat_starts.tolist(), len(flat)]
    glyphs = tuple(
        PlacedGlyph(char, flat[bounds[i] : bounds[i + 1]], corners[i]) for i, char in enumerate(setting.text)
    )
    return TextRun(Outline(placement.points(setting.points), setting.tags, setting.ends), glyphs)

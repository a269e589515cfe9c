"""Words that an edit puts in, set in a packaged font at the size of their line."""

from __future__ import annotations

import math
from functools import cache

from synthink.assets.fonts.fonts import Fonts
from synthink.draw.geometry import Box, snap
from synthink.draw.outline import Outline
from synthink.draw.raster import Coverage, coverage
from synthink.draw.text import layout_line
from synthink.draw.type.face import Face

NAMES = ("Bitstream Vera Sans", "PT Serif", "Noto Sans", "Caladea")
"""Plain text faces, of different widths."""
SAMPLE = "theandoftoinisthatforwaswithasonbeatbyhavethisfromare,."
NARROWEST, WIDEST = 0.75, 1.05  # of a letter's own width; narrower words are set smaller
INSET = 0.07  # of the line's height: kept free at both ends of the box
SIZES = (0.8, 1.2)  # em, of the line's height


@cache
def _faces() -> tuple[Face, ...]:
    """The plain ones first."""
    faces = Fonts(bold=False, italic=False).open().faces
    return tuple(sorted(faces, key=lambda face: face.name not in NAMES))


@cache
def _mean_advance(face: Face) -> float:
    """Of a character of English text, em."""
    return sum(face.glyph(char).advance for char in SAMPLE) / len(SAMPLE)


def letter(text: str, box: Box, baseline: float, size_px: tuple[int, int]) -> tuple[int, int, Coverage]:
    """Left, top and coverage (h, w) of a word that fills the box's width; letters that no font has are `?`.

    All words that were put into a paragraph have the same width a character, by which face and size are chosen: those
    that come nearest to an em of the line's height.
    """
    faces = [face for face in _faces()[: len(NAMES)] if face.draws(text)]
    faces = faces or [next((face for face in _faces() if face.draws(text)), _faces()[0])]
    character = box.width / len(text)
    face = min(faces, key=lambda face: abs(math.log(character / _mean_advance(face) / box.height)))
    size = min(max(character / _mean_advance(face), SIZES[0] * box.height), SIZES[1] * box.height)
    setting = layout_line(face, "".join(char if face.draws(char) else "?" for char in text))
    ink, inset = setting.box, min(INSET * box.height, box.width / 8)
    stretch = min((box.width - 2 * inset) / (ink.width * size), WIDEST)
    if stretch < NARROWEST:
        size, stretch = size * stretch / NARROWEST, NARROWEST
    points = (setting.points[: len(setting.tags)] - (ink.left, 0)) * (size * stretch, size) + (
        box.left + inset,
        baseline,
    )
    return coverage(Outline(snap(points), setting.tags, setting.ends), size_px)

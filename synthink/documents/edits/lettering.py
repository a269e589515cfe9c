"""Words that an edit puts in, set in the packaged font that looks most like the print beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthink.assets.fonts.fonts import Fonts
from synthink.draw.geometry import snap
from synthink.draw.outline import Outline
from synthink.draw.raster import Coverage, coverage
from synthink.draw.text import TextLine, layout_line
from synthink.draw.type.face import Face

Ink = npt.NDArray[np.float32]
"""(h, w): how much darker than paper each pixel is, 0 to 1."""

NARROWEST, WIDEST = 0.75, 1.05  # of a letter's own width; narrower words are set smaller
USUAL = "Noto Sans"  # the face of words that have no print beside them
INSET = 0.07  # em: kept free at both ends of a word
FAINT = 0.25  # of a word's darkest ink: what is lighter lies outside the box around its ink
NEAREST = 24  # faces that are drawn: those that set the words in the most alike proportions
UNSHARP_PX = 0.5  # by which the box around a word's ink may be too large or too small
WEIGHT = 0.3  # of a word that is darker or lighter than the print, beside 1 for its shape


class PrintedWord(NamedTuple):
    """A word as a page shows it: its text and its ink, cut to the ink (at least one pixel)."""

    text: str
    ink: Ink


class Type(NamedTuple):
    """A face and the pixels that one em of it has."""

    face: Face
    em_px: float


def printed_word(text: str, ink: Ink) -> PrintedWord | None:
    """The word with its ink cut to what is dark enough to be seen; None for a word that shows nothing."""
    dark = ink > max(FAINT * float(ink.max(initial=0.0)), 0.1)
    if not text or not dark.any():
        return None
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    return PrintedWord(text, ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def type_of(words: Sequence[PrintedWord]) -> Type | None:
    """The packaged face, and its size, that come nearest to some words of print; None where no face draws them."""
    text = "".join(word.text for word in words)
    settings = {face: [layout_line(face, word.text) for word in words] for face in _faces() if face.draws(text)}
    if not words or not settings:
        return None
    nearest = sorted(settings, key=lambda face: sum(map(_stretch, settings[face], words)))[:NEAREST]
    face = max(nearest, key=lambda face: sum(map(_likeness, settings[face], words)))
    widths = [word.ink.shape[1] / line.box.width for line, word in zip(settings[face], words, strict=True)]
    return Type(face, sum(widths) / len(widths))


def letter(
    text: str, left: float, width: float, baseline: float, type_: Type, size_px: tuple[int, int]
) -> tuple[int, int, Coverage]:
    """Left, top and coverage (h, w) of a word that fills this width, as far as it may be stretched.

    A word that the face cannot write takes another; letters that no face draws are `?`. One that is too wide is set
    narrower, and then smaller.
    """
    face, em_px = type_
    if not face.draws(text):
        face = next((other for other in _faces() if other.draws(text)), face)
    line = layout_line(face, "".join(char if face.draws(char) else "?" for char in text))
    inset = min(INSET * em_px, width / 8)
    stretch = min((width - 2 * inset) / (line.box.width * em_px), WIDEST)
    if stretch < NARROWEST:
        em_px, stretch = em_px * stretch / NARROWEST, NARROWEST
    return _drawn(line, (em_px * stretch, em_px), (left + inset, baseline), size_px)


def usual_face() -> Face:
    """The face of words that have no print beside them."""
    return _faces()[0]


@cache
def _faces() -> tuple[Face, ...]:
    """The usual one first, then the plain ones."""
    faces = Fonts().open().faces
    return tuple(sorted(faces, key=lambda face: (face.name != USUAL, face.bold or face.italic)))


def _stretch(line: TextLine, word: PrintedWord) -> float:
    """By how much the print is wider or narrower than the face, beside its height; 0 within what pixels tell."""
    height, width = word.ink.shape
    wider: float = abs(math.log(width / line.box.width * line.box.height / height))
    return max(wider - UNSHARP_PX / int(height), 0.0)


def _likeness(line: TextLine, word: PrintedWord) -> float:
    """How alike a word in a face is to the print when both fill the same box: 1 where they are the same."""
    height, width = word.ink.shape
    scale = width / line.box.width, height / line.box.height
    x, y, covered = _drawn(line, scale, (0.0, -line.box.top * scale[1]), (width, height))
    drawn = np.zeros((height, width), dtype=np.float32)
    drawn[y : y + covered.shape[0], x : x + covered.shape[1]] = covered / 255
    darker = abs(math.log(max(float(drawn.sum()), 1.0) / max(float(word.ink.sum()), 1.0)))
    return float(_unsharp(drawn) @ _unsharp(word.ink)) - WEIGHT * darker - _stretch(line, word)


def _unsharp(ink: Ink) -> npt.NDArray[np.float32]:
    """(N,) the ink less its mean, of length 1, in sums of four pixels, since print lies at any part of a pixel."""
    rim = np.pad(ink, 1)
    sums = (rim[1:, 1:] + rim[:-1, 1:] + rim[1:, :-1] + rim[:-1, :-1]).ravel()
    sums -= sums.mean()
    unsharp: npt.NDArray[np.float32] = sums / max(float(np.linalg.norm(sums)), 1e-6)
    return unsharp


def _drawn(
    line: TextLine, scale: tuple[float, float], place: tuple[float, float], size_px: tuple[int, int]
) -> tuple[int, int, Coverage]:
    """Left, top and coverage of a line whose ink begins at the place, its baseline there."""
    points = (line.points[: len(line.tags)] - (line.box.left, 0)) * scale + place
    return coverage(Outline(snap(points), line.tags, line.ends), size_px)

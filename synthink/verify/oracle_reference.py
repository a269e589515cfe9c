"""Letters to compare with: a font's characters as Pillow's own FreeType draws them, large, at basic layout."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFont

Floats = npt.NDArray[np.float64]

GLYPH_PX = 384  # em of the drawn letters: hinting moves an edge by half of 1/192 em at most
METRIC_PX = 2048  # em at which advances are read: Pillow rounds them to whole pixels
TRACKED = 72  # contour points of a letter that the fit follows
KERNED = ("AV", "VA", "To", "Ty", "LY", "AT", "Va", "Yo")  # pairs that a font with kerning draws closer
SLIGHT = 0.012  # em; the largest kerning of a font is more than this


@dataclass(frozen=True, eq=False)
class Letter:
    """One character; lengths in em, x to the right, y down, the pen at the origin on the baseline."""

    contour: Floats
    """(N, 2) points of the outline's half-covered edge."""
    tracked: npt.NDArray[np.intp]
    """The points of `contour` that the fit follows, evenly spread."""
    normals: Floats
    """(N, 2) unit vectors out of the ink, for each point of `contour`."""
    mass: float
    """Inked area, em squared."""
    mean: Floats
    spread: Floats
    """(2, 2) covariance of the ink."""
    picture: Image.Image
    """Coverage, mode L, GLYPH_PX to the em."""
    corner: tuple[int, int]
    """Top-left corner of `picture` from the origin, in its pixels."""


@dataclass(frozen=True, eq=False)
class Line:
    """A word set in a font: its letters and where the pen stands for each, in em, with and without kerning."""

    letters: tuple[Letter, ...]
    pens: Floats
    kerned: Floats


class Reference:
    """The letters of one font file. Raises OSError when Pillow cannot open it."""

    def __init__(self, data: bytes, index: int = 0) -> None:
        def font(size: int) -> ImageFont.FreeTypeFont:
            return ImageFont.truetype(io.BytesIO(data), size, index=index, layout_engine=ImageFont.Layout.BASIC)

        self._drawn, self._measured = font(GLYPH_PX), font(METRIC_PX)
        self._letters: dict[str, Letter | None] = {}
        self._lengths: dict[str, float] = {}

    def line(self, word: str) -> Line | None:
        """The word letter by letter; None when a letter of it leaves no ink."""
        letters = [self._letter(char) for char in word]
        if not letters or any(letter is None for letter in letters):
            return None
        steps = np.array([self._length(char) for char in word[:-1]])
        kerning = np.array([self._kerning(word[i : i + 2]) for i in range(len(word) - 1)]) * self._unit
        plain = np.concatenate([[0.0], np.cumsum(steps)])
        kerned = np.concatenate([[0.0], np.cumsum(steps + kerning)])
        return Line(tuple(letter for letter in letters if letter is not None), plain, kerned)

    @cached_property
    def _unit(self) -> int:
        """What lengths must be multiplied with for kerning in em.

        Pillow's basic layout has added whole pixels to advances that count in 1/64 pixel: such kerning is 64 times
        too small.
        """
        most = max(abs(self._kerning(pair)) for pair in KERNED)
        return 64 if most < SLIGHT else 1

    def _kerning(self, pair: str) -> float:
        return self._length(pair) - self._length(pair[0]) - self._length(pair[1])

    def _length(self, text: str) -> float:
        if text not in self._lengths:
            self._lengths[text] = float(self._measured.getlength(text)) / METRIC_PX
        return self._lengths[text]

    def _letter(self, char: str) -> Letter | None:
        if char not in self._letters:
            mask, offset = self._drawn.getmask2(char, "L", anchor="ls")
            width, height = mask.size
            found = None
            if width and height:
                inked = Image.frombytes("L", mask.size, bytes(mask))
                # A margin of empty pixels, so that every edge of the ink lies between two pixels of the picture.
                framed = Image.new("L", (width + 4, height + 4))
                framed.paste(inked, (2, 2))
                found = _letter(framed, (int(offset[0]) - 2, int(offset[1]) - 2))
            self._letters[char] = found
        return self._letters[char]


def _letter(picture: Image.Image, corner: tuple[int, int]) -> Letter | None:
    cover = np.asarray(picture).astype(np.float64) / 255
    if cover.max() < 0.5:
        return None
    points, normals = _contour(cover)
    ys, xs = np.nonzero(cover)
    weights = cover[ys, xs]
    ink = (np.column_stack((xs, ys)) + 0.5 + corner) / GLYPH_PX
    mean = weights @ ink / weights.sum()
    spread = (ink - mean).T @ ((ink - mean) * weights[:, np.newaxis]) / weights.sum()
    return Letter(
        contour=(points + corner) / GLYPH_PX,
        tracked=np.unique(np.linspace(0, len(points) - 1, TRACKED).astype(np.intp)),
        normals=normals,
        mass=float(weights.sum()) / GLYPH_PX**2,
        mean=mean,
        spread=spread,
        picture=picture,
        corner=corner,
    )


def _contour(cover: Floats) -> tuple[Floats, Floats]:
    """Where coverage passes one half between neighbouring pixel centres, and the way out of the ink there."""
    soft = cover.copy()
    soft[1:-1, 1:-1] = (
        4 * cover[1:-1, 1:-1]
        + 2 * (cover[:-2, 1:-1] + cover[2:, 1:-1] + cover[1:-1, :-2] + cover[1:-1, 2:])
        + (cover[:-2, :-2] + cover[:-2, 2:] + cover[2:, :-2] + cover[2:, 2:])
    ) / 16
    slope_y, slope_x = np.gradient(soft)
    points, normals = [], []
    for axis, (low, high) in enumerate(((cover[:-1], cover[1:]), (cover[:, :-1], cover[:, 1:]))):
        ys, xs = np.nonzero((low < 0.5) != (high < 0.5))
        share = (0.5 - low[ys, xs]) / (high[ys, xs] - low[ys, xs])
        step_y, step_x = (share, 0.0) if axis == 0 else (0.0, share)
        points.append(np.column_stack((xs + 0.5 + step_x, ys + 0.5 + step_y)))
        ahead = (ys + (axis == 0), xs + (axis == 1))
        out = np.column_stack((slope_x[ys, xs] + slope_x[ahead], slope_y[ys, xs] + slope_y[ahead]))
        normals.append(-out)
    outward = np.concatenate(normals)
    return np.concatenate(points), outward / np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)

"""Letters to compare with: a font's characters as Pillow's own FreeType draws them, large, at basic layout."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Floats = npt.NDArray[np.float64]

GLYPH_PX = 384  # em of the drawn letters: hinting moves an edge by a pixel at most
HALVED = 2
PICTURE_PX = GLYPH_PX // HALVED  # em of the letters that are kept
METRIC_PX = 2048  # em at which advances are read: Pillow rounds them to whole pixels
TRACKED = 72  # contour points of a letter that the fit follows
SPECKS = 64  # points that stand for a letter's ink
KERNED = ("AV", "VA", "To", "Ty", "LY", "AT", "Va", "Yo")  # pairs that a font with kerning draws closer
SLIGHT = 0.012  # em; the largest kerning of a font is more than this
_PROGRAM = (b"fpgm", b"prep", b"cvt ")
_INSTRUCTIONS = 26  # offset of maxSizeOfInstructions in a `maxp` table of version 1.0


@dataclass(frozen=True, eq=False)
class Letter:
    """One character; lengths in em, x to the right, y down, the pen at the origin on the baseline."""

    rim: Floats
    """(N, 2) points of the half-covered edge that lie farthest out: enough for boxes."""
    tracked: Floats
    """(T, 2) points of the contour that are looked for in the picture."""
    normals: Floats
    """(T, 2) unit vectors out of the ink at these points."""
    ink: Floats
    """(SPECKS, 2) points spread evenly over the ink."""
    mass: float
    """Inked area, em squared."""
    mean: Floats
    spread: Floats
    """(2, 2) covariance of the ink."""
    picture: Image.Image
    """Coverage, mode L, PICTURE_PX to the em."""
    corner: tuple[float, float]
    """The place of the top-left corner of `picture`."""


@dataclass(frozen=True, eq=False)
class SetWord:
    """A word set in a font: its letters and where the pen stands for each, in em; with and without kerning if that
    makes a difference."""

    letters: tuple[Letter, ...]
    settings: tuple[Floats, ...]


class Reference:
    """The letters of one font file. Raises OSError when Pillow cannot open it."""

    def __init__(self, data: bytes, index: int = 0) -> None:
        data = unhinted(data, index)

        def font(size: int) -> ImageFont.FreeTypeFont:
            return ImageFont.truetype(io.BytesIO(data), size, index=index, layout_engine=ImageFont.Layout.BASIC)

        self._drawn, self._measured = font(GLYPH_PX), font(METRIC_PX)
        self._letters: dict[str, Letter | None] = {}
        self._lengths: dict[str, float] = {}

    def line(self, word: str) -> SetWord | None:
        """The word letter by letter; None when a letter of it leaves no ink."""
        letters = [self._letter(char) for char in word]
        if not letters or any(letter is None for letter in letters):
            return None
        steps = np.array([self._length(char) for char in word[:-1]])
        kerning = np.array([self._kerning(word[i : i + 2]) for i in range(len(word) - 1)]) * self._unit
        plain = np.concatenate([[0.0], np.cumsum(steps)])
        kerned = np.concatenate([[0.0], np.cumsum(steps + kerning)])
        same = np.abs(plain - kerned).max() < SLIGHT / 4
        inked = tuple(letter for letter in letters if letter is not None)
        return SetWord(inked, (plain,) if same else (kerned, plain))

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
            left, top, right, bottom = map(int, self._drawn.getbbox(char, anchor="ls"))
            letter = None
            if left < right and top < bottom:
                # A margin of empty pixels, so that every edge of the ink lies between two pixels of the picture.
                framed = Image.new("L", (right - left + 4, bottom - top + 4))
                ImageDraw.Draw(framed).text((2 - left, 2 - top), char, 255, self._drawn, anchor="ls")
                letter = _letter(framed, (left - 2, top - 2))
            self._letters[char] = letter
        return self._letters[char]


def _letter(picture: Image.Image, corner: tuple[int, int]) -> Letter | None:
    cover = np.asarray(np.asarray(picture, dtype=np.float32) / 255, dtype=np.float32)
    if cover.max() < 0.5:
        return None
    points = _contour(cover)
    tracked = points[np.unique(np.linspace(0, len(points) - 1, TRACKED).astype(np.intp))]
    total = float(cover.sum())
    x, y = np.arange(cover.shape[1]) + 0.5 + corner[0], np.arange(cover.shape[0]) + 0.5 + corner[1]
    along, down = cover.sum(axis=0) / total, cover.sum(axis=1) / total
    mean = np.array((along @ x, down @ y))
    x, y = x - mean[0], y - mean[1]
    mixed = y @ (cover @ x) / total
    spread = np.array(((along @ x**2, mixed), (mixed, down @ y**2)))
    sums = np.cumsum(cover.reshape(-1))
    specks = np.searchsorted(sums, (np.arange(SPECKS) + 0.5) / SPECKS * sums[-1])
    ink = np.column_stack((specks % cover.shape[1], specks // cover.shape[1])) + 0.5
    return Letter(
        ink=(ink + corner) / GLYPH_PX,
        rim=(_outermost(points) + corner) / GLYPH_PX,
        tracked=(tracked + corner) / GLYPH_PX,
        normals=_normals(cover, tracked),
        mass=total / GLYPH_PX**2,
        mean=mean / GLYPH_PX,
        spread=spread / GLYPH_PX**2,
        picture=picture.reduce(HALVED),
        corner=(corner[0] / GLYPH_PX, corner[1] / GLYPH_PX),
    )


def _contour(cover: npt.NDArray[np.float32]) -> Floats:
    """(N, 2) points where coverage passes one half between neighbouring pixel centres."""
    points = []
    for axis, (low, high) in enumerate(((cover[:-1], cover[1:]), (cover[:, :-1], cover[:, 1:]))):
        ys, xs = np.nonzero((low < 0.5) != (high < 0.5))
        share = (0.5 - low[ys, xs]) / (high[ys, xs] - low[ys, xs])
        step_y, step_x = (share, 0.0) if axis == 0 else (0.0, share)
        points.append(np.column_stack((xs + 0.5 + step_x, ys + 0.5 + step_y)))
    return np.concatenate(points).astype(np.float64)


def _outermost(points: Floats) -> Floats:
    """The corners of the points' convex hull, counter-clockwise (Andrew's monotone chain, 1979)."""
    # Of the points in one line of pixels, only the first and the last can be corners.
    order = np.lexsort((points[:, 0], np.floor(points[:, 1])))
    line = np.floor(points[order, 1])
    ends = np.flatnonzero(np.diff(line, prepend=-1.0, append=-1.0))
    outer = points[order[np.unique((ends[:-1], ends[1:] - 1))]]
    outer = outer[np.lexsort((outer[:, 1], outer[:, 0]))]
    corners: list[tuple[float, float]] = []
    for half in (outer.tolist(), outer[::-1].tolist()):
        chain: list[tuple[float, float]] = []
        for x, y in half:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], (x, y)) <= 0:
                chain.pop()
            chain.append((x, y))
        corners += chain[:-1]
    return np.array(corners)


def _turn(one: tuple[float, float], two: tuple[float, float], three: tuple[float, float]) -> float:
    return (two[0] - one[0]) * (three[1] - one[1]) - (two[1] - one[1]) * (three[0] - one[0])


def _normals(cover: npt.NDArray[np.float32], points: Floats) -> Floats:
    """(N, 2) unit vectors out of the ink: against Scharr's gradients of the pixels on both sides of each point.

    The frame keeps these pixels inside the picture.
    """
    low = np.floor(points - 0.5).astype(np.intp)
    outward = np.zeros((len(points), 2))
    for xs, ys in (low.T, np.ceil(points - 0.5).astype(np.intp).T):
        for shift, weight in ((-1, 3), (0, 10), (1, 3)):
            outward[:, 0] -= weight * (cover[ys + shift, xs + 1] - cover[ys + shift, xs - 1])
            outward[:, 1] -= weight * (cover[ys + 1, xs + shift] - cover[ys - 1, xs + shift])
    normals: Floats = outward / np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    return normals


def unhinted(data: bytes, index: int = 0) -> bytes:
    """The font file with its hinting program taken out; unchanged where it is no TrueType font.

    Pillow always hints, and programs written for small screens do move parts of large letters: the counter of an e,
    the crotch of an X. A font without a program is left to FreeType's own hinter, which moves an edge by a pixel at
    most. Tables as in the OpenType specification: the table directory, `maxp`.
    """
    font = bytearray(data)
    try:
        start = struct.unpack_from(">I", font, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
        if data[start : start + 4] not in (b"\0\1\0\0", b"true"):
            return data
        for entry in range(struct.unpack_from(">H", font, start + 4)[0]):
            place = start + 12 + 16 * entry
            tag, _, offset, length = struct.unpack_from(">4sIII", font, place)
            if tag in _PROGRAM:
                struct.pack_into(">I", font, place + 12, 0)
            elif tag == b"maxp" and length > _INSTRUCTIONS + 1:
                struct.pack_into(">H", font, offset + _INSTRUCTIONS, 0)
    except struct.error:
        return data
    return bytes(font)

"""Letters to compare with: a font's characters as Pillow's own FreeType draws them, large, at basic layout."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFont

Floats = npt.NDArray[np.float64]

GLYPH_PX = 384  # em of the drawn letters: hinting moves an edge by a pixel at most
HALVED = 2
PICTURE_PX = GLYPH_PX // HALVED  # em of the letters that are kept
METRIC_PX = 2048  # em at which advances are read: Pillow rounds them to whole pixels
TRACKED = 72  # contour points of a letter that the fit follows
SPECKS = 64  # points that stand for a letter's ink
DIRECTIONS = 180
KERNED = ("AV", "VA", "To", "Ty", "LY", "AT", "Va", "Yo")  # pairs that a font with kerning draws closer
SLIGHT = 0.012  # em; the largest kerning of a font is more than this
_PROGRAM = (b"fpgm", b"prep", b"cvt ")
_INSTRUCTIONS = 26  # offset of maxSizeOfInstructions in a `maxp` table of version 1.0


@dataclass(frozen=True, eq=False)
class Letter:
    """One character; lengths in em, x to the right, y down, the pen at the origin on the baseline."""

    rim: Floats
    """(N, 2) points of the half-covered edge that lie farthest out in some direction: enough for boxes."""
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
            mask, offset = self._drawn.getmask2(char, "L", anchor="ls")
            width, height = mask.size
            letter = None
            if width and height:
                inked = Image.frombytes("L", mask.size, bytes(mask))
                # A margin of empty pixels, so that every edge of the ink lies between two pixels of the picture.
                framed = Image.new("L", (width + 4, height + 4))
                framed.paste(inked, (2, 2))
                letter = _letter(framed, (int(offset[0]) - 2, int(offset[1]) - 2))
            self._letters[char] = letter
        return self._letters[char]


def _letter(picture: Image.Image, corner: tuple[int, int]) -> Letter | None:
    cover = np.asarray(picture).astype(np.float32) / 255
    if cover.max() < 0.5:
        return None
    points, normals = _contour(np.asarray(cover, dtype=np.float32))
    some = np.unique(np.linspace(0, len(points) - 1, TRACKED).astype(np.intp))
    total = float(cover.sum())
    x, y = np.arange(cover.shape[1]) + 0.5 + corner[0], np.arange(cover.shape[0]) + 0.5 + corner[1]
    along, down = cover.sum(axis=0) / total, cover.sum(axis=1) / total
    mean = np.array((along @ x, down @ y))
    x, y = x - mean[0], y - mean[1]
    mixed = y @ (cover @ x) / total
    spread = np.array(((along @ x**2, mixed), (mixed, down @ y**2)))
    sums = np.cumsum(cover.reshape(-1), dtype=np.float64)
    specks = np.searchsorted(sums, (np.arange(SPECKS) + 0.5) / SPECKS * sums[-1])
    ink = np.column_stack((specks % cover.shape[1], specks // cover.shape[1])) + 0.5
    return Letter(
        ink=(ink + corner) / GLYPH_PX,
        rim=(points[_farthest(points)] + corner) / GLYPH_PX,
        tracked=(points[some] + corner) / GLYPH_PX,
        normals=normals[some],
        mass=total / GLYPH_PX**2,
        mean=mean / GLYPH_PX,
        spread=spread / GLYPH_PX**2,
        picture=picture.reduce(HALVED),
        corner=(corner[0] / GLYPH_PX, corner[1] / GLYPH_PX),
    )


def _contour(cover: npt.NDArray[np.float32]) -> tuple[Floats, Floats]:
    """Where coverage passes one half between neighbouring pixel centres, and the way out of the ink there."""
    points, normals = [], []
    for axis, (low, high) in enumerate(((cover[:-1], cover[1:]), (cover[:, :-1], cover[:, 1:]))):
        ys, xs = np.nonzero((low < 0.5) != (high < 0.5))
        share = (0.5 - low[ys, xs]) / (high[ys, xs] - low[ys, xs])
        step_y, step_x = (share, 0.0) if axis == 0 else (0.0, share)
        points.append(np.column_stack((xs + 0.5 + step_x, ys + 0.5 + step_y)))
        normals.append(-_slopes(cover, xs, ys) - _slopes(cover, xs + (axis == 1), ys + (axis == 0)))
    outward = np.concatenate(normals)
    lengths = np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    return np.concatenate(points).astype(np.float64), (outward / lengths).astype(np.float64)


def _farthest(points: Floats) -> npt.NDArray[np.intp]:
    angle = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
    return np.unique(np.argmax(points @ np.array((np.cos(angle), np.sin(angle))), axis=0))


def _slopes(cover: npt.NDArray[np.float32], xs: npt.NDArray[np.intp], ys: npt.NDArray[np.intp]) -> Floats:
    """(N, 2) Scharr gradients; the frame keeps the pixels around an edge inside the picture."""
    slopes = np.zeros((len(xs), 2))
    for shift, weight in ((-1, 3), (0, 10), (1, 3)):
        slopes[:, 0] += weight * (cover[ys + shift, xs + 1] - cover[ys + shift, xs - 1])
        slopes[:, 1] += weight * (cover[ys + 1, xs + shift] - cover[ys - 1, xs + shift])
    return slopes


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

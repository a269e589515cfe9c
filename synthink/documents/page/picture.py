"""The picture of a page that was written on: a square of it, faded, with ink over it, at the size that a model sees.

Only the square is opened, and the ink is drawn in page pixels and then enlarged like the print, as a screen shot of a
document is. Print without colour and one ink make a picture with a palette.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from synthink.camera.view import View
from synthink.core.columns import Packed
from synthink.documents.page.model import Boxes
from synthink.documents.page.resize import Taps, resized, taps
from synthink.documents.page.tiles import Raster
from synthink.draw.blending import blend
from synthink.draw.colours import RGB
from synthink.draw.geometry import Box, Points, snap
from synthink.draw.outline import Outline
from synthink.draw.picture import IndexedPicture, Picture, Pixels, RgbPicture
from synthink.draw.raster import Coverage, coverage
from synthink.draw.rendering import lay_over, palette
from synthink.errors import ArgumentError
from synthink.ink.model import Ink

_CORNERS = np.array((0, 1, 2, 1, 2, 3, 0, 3))  # of left, top, right, bottom: the corners' x and y, clockwise
NOTHING: Coverage = np.zeros((0, 0), dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class PageInk:
    """Ink over a page. outline: in page pixels, seen from the square's corner; opacity: 0..1."""

    outline: Outline
    colour: RGB
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Square:
    """A square of a page in whole page pixels; it may reach beyond the paper, where all is white."""

    left: int
    top: int
    side: int

    @classmethod
    def around(cls, box: Box, margin: float, at: tuple[float, float] = (0.5, 0.5)) -> Square:
        """The square around a box, with a margin (both sides together) along its longer side.

        at: where the box stands in the room that is left, across and down; 0.5 is the middle.
        """
        half = max(1, math.floor(max(box.width, box.height) + margin) // 2)
        x, y = box.centre
        x += (0.5 - at[0]) * (2 * half - box.width)
        y += (0.5 - at[1]) * (2 * half - box.height)
        return cls(math.floor(x - half), math.floor(y - half), 2 * half)

    @property
    def box(self) -> Box:
        return Box(float(self.left), float(self.top), float(self.left + self.side), float(self.top + self.side))


def page_picture(
    raster: Raster,
    square: Square,
    picture_px: int,
    ink: PageInk | None,
    white: float,
    erased: Box | None,
    with_ink: bool,
) -> Picture:
    """A square of the page as a picture of `picture_px` by `picture_px`.

    white: opacity of the white laid over the print, 0..1; erased: in page pixels, what the paper's print is taken
    from; shown: without it the ink is left out and everything else stays the same.
    """
    if not 0.0 <= white <= 1.0:
        raise ArgumentError("white", white, "must lie between 0 and 1")
    left, top, side = square.left, square.top, square.side
    print_ = raster.region(left, top, left + side, top + side)
    if erased is not None:
        print_ = print_.copy()
        x, y = max(0, math.floor(erased.left) - left), max(0, math.floor(erased.top) - top)
        print_[y : max(0, math.ceil(erased.bottom) - top), x : max(0, math.ceil(erased.right) - left)] = 255
    axis = taps(side, picture_px)
    x, y, depth = _enlarged(ink.outline, side, axis) if ink and with_ink else (0, 0, NOTHING)
    colour, opacity = (ink.colour, ink.opacity) if ink else ((0, 0, 0), 1.0)
    region = slice(y, y + depth.shape[0]), slice(x, x + depth.shape[1])
    if print_.ndim == 2:
        lines = IndexedPicture.blank(picture_px, picture_px)
        indices = lines[:, 1:]
        darkness = resized(~print_, axis, axis)
        darkness >>= 10  # of 64 levels
        indices[...] = darkness
        lay_over(indices[region], depth)
        inks = ((0, 0, 0), 1.0 - white), (colour, opacity)
        return IndexedPicture(lines, palette((255, 255, 255), inks))
    pixels = (resized(_faded(white)[print_], axis, axis) >> 8).astype(np.uint8)
    covered, below = depth > 0, pixels[region]  # thin lines leave most of their box bare
    share = depth[covered].astype(np.uint32)[:, np.newaxis] * np.uint32(round(opacity * 256))
    below[covered] = blend(below[covered], np.array(colour, dtype=np.uint32), share)
    return RgbPicture(pixels)


def _enlarged(outline: Outline, side: int, axis: Taps) -> tuple[int, int, Coverage]:
    """The ink's coverage in the picture: left, top, and the array from there on."""
    left, top, drawn = coverage(outline, (side, side))
    if not drawn.size:
        return 0, 0, drawn
    (x, across), (y, down) = axis.around(left, left + drawn.shape[1]), axis.around(top, top + drawn.shape[0])
    # Bare paper around the ink, so that the filter finds what it would find in the whole square.
    (first_x, stop_x), (first_y, stop_y) = across.reach, down.reach
    canvas = np.zeros((stop_y - first_y, stop_x - first_x), dtype=np.uint8)
    left, top = left - first_x, top - first_y
    canvas[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    return x, y, (resized(canvas, across.starting_at(first_x), down.starting_at(first_y)) >> 8).astype(np.uint8)


@lru_cache(maxsize=64)
def _faded(white: float) -> Pixels:
    """(256,): each level of the print under a layer of white."""
    levels = 255 - np.arange(255, -1, -1) * (1.0 - white)
    table: Pixels = np.floor(levels + 0.5).astype(np.uint8)
    table.flags.writeable = False
    return table


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A square of a page, enlarged to a picture, and the view of the camera that took the picture."""

    square: Square
    picture_px: int
    view: View

    @property
    def scale(self) -> float:
        """Picture pixels to a page pixel."""
        return self.picture_px / self.square.side

    def points(self, points: Points) -> Points:
        """The places of (..., 2) page points, on the 1/64 grid; they may lie outside."""
        return self.view.points(snap((points - (self.square.left, self.square.top)) * self.scale))

    def boxes(self, boxes: Boxes) -> list[Box]:
        """The boxes around the places of (N, 4) boxes, clipped to the picture."""
        if not len(boxes):
            return []
        if self.view.is_straight:
            corners = self.points(boxes.reshape(-1, 2, 2))
            return self.view.clipped(corners[:, 0], corners[:, 1])
        corners = snap((boxes[:, _CORNERS].reshape(-1, 2) - (self.square.left, self.square.top)) * self.scale)
        return self.view.boxes(corners, np.arange(0, len(corners), 4))

    def shares(self, boxes: Boxes) -> npt.NDArray[np.float64]:
        """(N,) the share of each (N, 4) box that lies in the picture, of the upright boxes around their places."""
        corners = self.points(boxes[:, _CORNERS].reshape(-1, 4, 2))
        low, high = corners.min(axis=1), corners.max(axis=1)
        inside = np.minimum(high, self.view.size_px) - np.maximum(low, 0.0)
        shares: npt.NDArray[np.float64] = np.maximum(inside, 0.0).prod(axis=1) / (high - low).prod(axis=1)
        return shares

    def strokes(self, ink: Ink) -> Packed:
        """Each stroke's points x, y, t, pressure as they lie in the picture."""
        points = ink.points.astype(np.float64)
        points[:, :2] = self.points(points[:, :2])
        points[:, 2] = np.rint(points[:, 2] * 8) / 8
        points[:, 3] = np.rint(points[:, 3] * 256) / 256
        return Packed(points, ink.starts)

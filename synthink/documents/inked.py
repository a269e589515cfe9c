"""The picture of a page that was written on: a square of it, faded, with ink over it, at the size that a model sees.

Only the square is opened, and the ink is drawn in page pixels and then enlarged like the print, as a screen shot of a
document is. Print without colour and one ink make a picture with a palette.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from synthink.documents.raster import Raster
from synthink.geometry import Box
from synthink.picture import IndexedPicture, Picture, Pixels, RgbPicture
from synthink.raster import Coverage, coverage
from synthink.render import lay_over, palette
from synthink.scene import Colour, Outline

NOTHING: Coverage = np.zeros((0, 0), dtype=np.uint8)
RESAMPLING = Image.Resampling.BILINEAR  # as model inputs are resized; bicubic takes half as long again


@dataclass(frozen=True, slots=True, eq=False)
class PageInk:
    """Ink over a page. outline: in page pixels, seen from the square's corner; opacity: 0..1."""

    outline: Outline
    colour: Colour
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Square:
    """A square of a page in whole page pixels; it may reach beyond the paper, where all is white."""

    left: int
    top: int
    side: int

    @property
    def box(self) -> Box:
        return Box(float(self.left), float(self.top), float(self.left + self.side), float(self.top + self.side))


def inked(
    raster: Raster, square: Square, picture_px: int, ink: PageInk | None, white: float, erased: Box | None, shown: bool
) -> Picture:
    """A square of the page as a picture of `picture_px` by `picture_px`.

    white: opacity of the white laid over the print, 0..1; erased: in page pixels, what the paper's print is taken
    from; shown: without it the ink is left out and everything else stays the same.
    """
    left, top, side = square.left, square.top, square.side
    print_ = raster.region(left, top, left + side, top + side)
    if erased is not None:
        print_ = print_.copy()
        x, y = max(0, math.floor(erased.left) - left), max(0, math.floor(erased.top) - top)
        print_[y : max(0, math.ceil(erased.bottom) - top), x : max(0, math.ceil(erased.right) - left)] = 255
    if print_.ndim == 3:
        print_ = _faded(white)[print_]
    enlarged = np.asarray(Image.fromarray(print_).resize((picture_px, picture_px), RESAMPLING))
    x, y, depth = _enlarged(ink.outline, side, picture_px) if ink and shown else (0, 0, NOTHING)
    colour, opacity = (ink.colour, ink.opacity) if ink else ((0, 0, 0), 1.0)
    region = slice(y, y + depth.shape[0]), slice(x, x + depth.shape[1])
    if enlarged.ndim == 2:
        lines = IndexedPicture.blank(picture_px, picture_px)
        indices = lines[:, 1:]
        np.right_shift(~enlarged, 2, out=indices)
        lay_over(indices[region], depth)
        inks = ((0, 0, 0), 1.0 - white), (colour, opacity)
        return IndexedPicture(lines, palette((255, 255, 255), inks))
    pixels = enlarged.copy()
    _blend(pixels[region], depth, colour, opacity)
    return RgbPicture(pixels)


def _enlarged(outline: Outline, side: int, picture_px: int) -> tuple[int, int, Coverage]:
    """The ink's coverage in the picture: left, top, and the array from there on."""
    left, top, drawn = coverage(outline, (side, side))
    if not drawn.size:
        return 0, 0, drawn
    scale = picture_px / side
    pad = max(1.0, scale)  # as far as the filter reaches
    x, y = max(0, math.floor(left * scale - pad)), max(0, math.floor(top * scale - pad))
    right = min(picture_px, math.ceil((left + drawn.shape[1]) * scale + pad))
    bottom = min(picture_px, math.ceil((top + drawn.shape[0]) * scale + pad))
    # Bare paper around the ink, so that the filter finds what it would find in the whole square.
    low_x, low_y = math.floor(x / scale) - 3, math.floor(y / scale) - 3
    wide, high = math.ceil(right / scale) + 3 - low_x, math.ceil(bottom / scale) + 3 - low_y
    canvas = np.zeros((high, wide), dtype=np.uint8)
    canvas[top - low_y : top - low_y + drawn.shape[0], left - low_x : left - low_x + drawn.shape[1]] = drawn
    part = x / scale - low_x, y / scale - low_y, right / scale - low_x, bottom / scale - low_y
    return x, y, np.asarray(Image.fromarray(canvas).resize((right - x, bottom - y), RESAMPLING, box=part))


@lru_cache(maxsize=64)
def _faded(white: float) -> Pixels:
    """(256,): each level of the print under a layer of white."""
    levels = 255 - np.arange(255, -1, -1) * (1.0 - white)
    table: Pixels = np.floor(levels + 0.5).astype(np.uint8)
    table.flags.writeable = False
    return table


def _blend(region: Pixels, depth: Coverage, colour: Colour, opacity: float) -> None:
    """Composite the ink in place, in integers, where there is any."""
    inked = depth > 0
    alpha = depth[inked].astype(np.int32)[:, np.newaxis] * round(opacity * 256)
    below = region[inked].astype(np.int32)
    region[inked] = below + ((np.array(colour, dtype=np.int32) - below) * alpha + 255 * 128) // (255 * 256)

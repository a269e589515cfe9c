"""What fills a shape or a layer: colours that run into one another, or the pixels of a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from synthink.draw.colours import RGB, as_rgb
from synthink.draw.picture import Pixels
from synthink.draw.transform import Transform
from synthink.errors import ArgumentError

Levels = npt.NDArray[np.uint32]
Solid = npt.NDArray[np.uint32]
"""Pixels, each as one number: red, green, blue and nothing, as bytes in the machine's order."""
Steps = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
STEPS = 256  # colours of a gradient
FRACTION_BITS = 8
FRACTION, FARTHEST = 1 << FRACTION_BITS, float(1 << 29)  # a linear gradient's steps are counted in 1/256
SHRINK_FROM = 1.25
"""An image that becomes smaller than 1 / this is filtered first: bilinear samples would skip thin lines."""


@dataclass(frozen=True, slots=True)
class LinearGradient:
    """Colours along the way from `start` to `end`, in the coordinates of the shape that is filled, and moved with it.

    colours: two or more, evenly spaced; beyond the ends the first and last go on. opacities: 0..1, one for each colour;
    none: all 1.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    colours: tuple[str | RGB, ...]
    opacities: tuple[float, ...] = ()

    def steps(self, back: Transform, across: Floats, down: Floats) -> Steps:
        """(H, W): the step of the colours at each pixel, below 0 and beyond `STEPS` outside the gradient.

        back: from pixels to the gradient's coordinates; across, down: (W,) and (H,) middles of pixels.
        """
        right, far = self.end[0] - self.start[0], self.end[1] - self.start[1]
        unit = FRACTION * (STEPS - 1) / (right * right + far * far)
        first = (back.right - self.start[0]) * right + (back.down - self.start[1]) * far
        columns = (back.a * right + back.c * far) * across + first
        rows = (back.b * right + back.d * far) * down
        return _integers(columns * unit + FRACTION / 2) + _integers(rows * unit)[:, np.newaxis] >> FRACTION_BITS


@dataclass(frozen=True, slots=True)
class RadialGradient:
    """Colours from a centre outwards to `radius`, in the coordinates of the shape that is filled, and moved with it.

    colours, opacities: see `LinearGradient`; the last colour goes on beyond the radius.
    """

    centre: tuple[float, float]
    radius: float
    colours: tuple[str | RGB, ...]
    opacities: tuple[float, ...] = ()

    def steps(self, back: Transform, across: Floats, down: Floats) -> Steps:
        """(H, W): the step of the colours at each pixel, as of `LinearGradient.steps`; `STEPS` beyond the radius."""
        unit = (STEPS - 1) / self.radius
        columns = ((back.a * across + (back.right - self.centre[0])) * unit).astype(np.float32)
        lower = ((back.c * across + (back.down - self.centre[1])) * unit).astype(np.float32)
        x = columns + (back.b * down * unit).astype(np.float32)[:, np.newaxis]
        y = lower + (back.d * down * unit).astype(np.float32)[:, np.newaxis]
        x *= x
        y *= y
        x += y
        np.sqrt(x, out=x)
        x += np.float32(0.5)
        steps: Steps = np.minimum(x, np.float32(STEPS)).astype(np.int32)
        return steps


Gradient = LinearGradient | RadialGradient
Paint = str | RGB | Gradient
"""A colour's name, #rrggbb, (red, green, blue), or a gradient."""


@lru_cache(maxsize=256)
def table(gradient: Gradient) -> Levels:
    """(256, 4): red, green, blue in 0..255 and opacity in 0..256 of each step of a gradient."""
    count = len(gradient.colours)
    if count < 2 or len(gradient.opacities) not in (0, count):
        reason = "must be two colours or more, with as many opacities or none"
        raise ArgumentError("colours", gradient.colours, reason)
    opacities = gradient.opacities or (1.0,) * count
    stops = np.array(
        [(*as_rgb(colour), 256 * opacity) for colour, opacity in zip(gradient.colours, opacities, strict=True)]
    )
    place = np.arange(STEPS) * ((count - 1) / (STEPS - 1))
    before = np.minimum(place.astype(np.intp), count - 2)
    share = (place - before)[:, np.newaxis]
    levels: Levels = np.floor(stops[before] + (stops[before + 1] - stops[before]) * share + 0.5).astype(np.uint32)
    return levels


def fill(gradient: Gradient, transform: Transform, left: int, top: int, shape: tuple[int, int]) -> Levels:
    """(H, W, 4): the gradient's levels at the pixels of a region of the picture that begins at left, top.

    transform: from the gradient's coordinates to pixels.
    """
    return table(gradient).take(_steps(gradient, transform, left, top, shape), axis=0, mode="clip")


def fill_solid(gradient: Gradient, transform: Transform, left: int, top: int, shape: tuple[int, int]) -> Solid:
    """(H, W): as `fill`, of a gradient without opacities: the four bytes of each pixel as one number."""
    return _solid_table(gradient).take(_steps(gradient, transform, left, top, shape), mode="clip")


@lru_cache(maxsize=256)
def _solid_table(gradient: Gradient) -> Solid:
    levels = table(gradient).copy()
    levels[:, 3] = 0
    return levels.astype(np.uint8).view(np.uint32)[:, 0]


def _steps(gradient: Gradient, transform: Transform, left: int, top: int, shape: tuple[int, int]) -> Steps:
    across, down = (
        np.arange(first, first + count, dtype=np.float64) + 0.5 for first, count in ((left, shape[1]), (top, shape[0]))
    )
    return gradient.steps(transform.inverse(), across, down)


def _integers(values: Floats) -> Steps:
    """Values as whole numbers; two of them can be added without an overflow."""
    return np.floor(np.clip(values, -FARTHEST, FARTHEST)).astype(np.int32)


def sampled(pixels: Pixels, transform: Transform, left: int, top: int, shape: tuple[int, int]) -> Pixels:
    """(H, W, 4) RGBA: the image at the pixels of a region of the picture that begins at left, top.

    pixels: (h, w, 3) or (h, w, 4) uint8; transform: from their coordinates to the picture's. Bilinear; beyond its edges
    the image goes on as it ends, so that a mask of its area can cut it off.
    """
    from PIL import Image

    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or not pixels.size:
        reason = f"must be uint8 of shape (H, W, 3 or 4), are {pixels.dtype} of shape {pixels.shape}"
        raise ArgumentError("pixels", pixels, reason)
    image = Image.fromarray(np.ascontiguousarray(pixels)).convert("RGBA")
    width, height = image.size
    grid = _shrunk(width, transform.a, transform.c), _shrunk(height, transform.b, transform.d)
    if grid != image.size:
        image = image.resize(grid, Image.Resampling.BILINEAR)
    edged = Image.fromarray(np.pad(np.asarray(image), ((2, 2), (2, 2), (0, 0)), mode="edge"))
    to_image = transform.inverse()
    x, y = grid[0] / width, grid[1] / height
    right, down = to_image.a * left + to_image.b * top, to_image.c * left + to_image.d * top
    # Pillow wants the map from the new pixels to the old ones, and like us puts a pixel's centre at + 0.5.
    back = (
        *(to_image.a * x, to_image.b * x, (right + to_image.right) * x + 2),
        *(to_image.c * y, to_image.d * y, (down + to_image.down) * y + 2),
    )
    moved = edged.transform((shape[1], shape[0]), Image.Transform.AFFINE, back, Image.Resampling.BILINEAR)
    return np.asarray(moved)


def _shrunk(side: int, across: float, down: float) -> int:
    """How many pixels of a side to keep, one of which becomes the vector (across, down)."""
    length = side * math.sqrt(across * across + down * down)
    return side if side < SHRINK_FROM * length else max(1, math.ceil(length))

"""What fills a shape: a plain colour, or colours that run into one another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from synthink.draw.colours import RGB, as_rgb
from synthink.draw.transform import Transform

Levels = npt.NDArray[np.uint32]
STEPS = 256  # colours of a gradient


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

    def position(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The position of points along the gradient: 0 at the start, 1 at the end."""
        right, down = self.end[0] - self.start[0], self.end[1] - self.start[1]
        length = right * right + down * down
        along: npt.NDArray[np.float64] = ((x - self.start[0]) * right + (y - self.start[1]) * down) / length
        return along


@dataclass(frozen=True, slots=True)
class RadialGradient:
    """Colours from a centre outwards to `radius`, in the coordinates of the shape that is filled, and moved with it.

    colours, opacities: see `LinearGradient`; the last colour goes on beyond the radius.
    """

    centre: tuple[float, float]
    radius: float
    colours: tuple[str | RGB, ...]
    opacities: tuple[float, ...] = ()

    def position(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The distance of points from the centre as a share of the radius: 0 at the centre, 1 at the radius."""
        away_x, away_y = x - self.centre[0], y - self.centre[1]
        away: npt.NDArray[np.float64] = np.sqrt(away_x * away_x + away_y * away_y) / self.radius
        return away


Gradient = LinearGradient | RadialGradient
Paint = str | RGB | Gradient
"""A colour's name, #rrggbb, (red, green, blue), or a gradient."""


@lru_cache(maxsize=256)
def table(gradient: Gradient) -> Levels:
    """(256, 4): red, green, blue in 0..255 and opacity in 0..256 of each step of a gradient."""
    count = len(gradient.colours)
    if count < 2 or len(gradient.opacities) not in (0, count):
        raise ValueError(f"{gradient}: a gradient has two colours or more, and as many opacities or none")
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
    back = transform.inverse()
    across, down = np.arange(shape[1]) + (left + 0.5), (np.arange(shape[0]) + (top + 0.5))[:, np.newaxis]
    x, y = back.a * across + (back.b * down + back.right), back.c * across + (back.d * down + back.down)
    steps = np.clip(np.floor(gradient.position(x, y) * (STEPS - 1) + 0.5), 0, STEPS - 1).astype(np.intp)
    return table(gradient)[steps]

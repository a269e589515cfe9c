"""A scene: what is on the page, as plain geometry. No random choice and no pixel is made here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Box, Points, bounds

Colour = tuple[int, int, int]
"""Red, green, blue, 0..255."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Closed contours that are filled by the nonzero winding rule.

    points: (N, 2) pixels on the 1/64 grid; tags: (N,) FreeType's kind of each point (1: on the curve, 0: conic
    control point, 2: cubic control point); ends: (C,) index of each contour's last point. Tags are contiguous.
    """

    points: Points
    tags: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.integer[Any]]
    parts: tuple[int, ...] = (0,)
    """First contour of each part that may be drawn apart from the others: the rasteriser is faster on small parts, and
    takes at most 32,767 points in one."""

    @property
    def box(self) -> Box:
        """Around all points; for contours without control points, around the ink."""
        return bounds(self.points)


@dataclass(frozen=True, slots=True)
class RuledLines:
    """The lines printed on paper: level ones at `first` and every `gap` pixels, upright ones too when squared."""

    first: float
    gap: float
    width: float
    squared: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """An outline, or the lines of ruled paper, filled with a colour; opacity 0..1."""

    outline: Outline | RuledLines
    colour: Colour
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Layers over plain paper, the first at the bottom."""

    size_px: tuple[int, int]
    paper: Colour
    layers: tuple[Layer, ...]


NAMED_COLOURS: dict[str, Colour] = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "red": (255, 0, 0),
    "green": (0, 140, 40),
    "blue": (20, 60, 220),
    "orange": (245, 125, 0),
    "purple": (135, 30, 175),
    "magenta": (225, 0, 150),
    "cyan": (0, 165, 200),
    "yellow": (250, 210, 0),
    "brown": (135, 75, 25),
    "grey": (120, 120, 120),
}


def parse_colour(text: str) -> Colour:
    """A colour from its name or from #rrggbb; ValueError otherwise."""
    if text in NAMED_COLOURS:
        return NAMED_COLOURS[text]
    digits = text.removeprefix("#")
    if len(digits) != 6 or len(text) != 7 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
        raise ValueError(f"{text!r} is neither #rrggbb nor one of {', '.join(NAMED_COLOURS)}")
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def distance(one: Colour, other: Colour) -> float:
    """Euclidean distance in RGB, 0..441."""
    return math.dist(one, other)


def colour_name(text: str) -> str:
    """The word for a colour: itself when it is named, else the nearest named one."""
    if text in NAMED_COLOURS:
        return text
    colour = parse_colour(text)
    return min(NAMED_COLOURS, key=lambda name: distance(NAMED_COLOURS[name], colour))

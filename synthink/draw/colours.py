"""Colours: names, numbers, and which can be seen on which."""

from __future__ import annotations

import math
from functools import lru_cache

from synthink.errors import ArgumentError

RGB = tuple[int, int, int]
"""Red, green, blue, 0..255."""

CONTRAST = 60.0
"""The least distance in RGB at which a mark is taken to be visible on its paper."""

NAMED_COLOURS: dict[str, RGB] = {
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


@lru_cache(maxsize=4096)
def parse_colour(text: str) -> RGB:
    """A colour from its name or from #rrggbb; `ArgumentError` otherwise."""
    if text in NAMED_COLOURS:
        return NAMED_COLOURS[text]
    digits = text.removeprefix("#")
    if len(digits) != 6 or len(text) != 7 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
        raise ArgumentError("colour", text, f"is neither #rrggbb nor one of {', '.join(NAMED_COLOURS)}")
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def as_rgb(colour: str | RGB) -> RGB:
    """A colour in numbers, from a name, #rrggbb or numbers. `ArgumentError` for text that is no colour."""
    return parse_colour(colour) if isinstance(colour, str) else colour


def can_be_seen(colour: str | RGB, paper: str | RGB, opacity: float = 1.0) -> bool:
    """Whether a mark of that colour and opacity stands out from its paper: by at least `CONTRAST`."""
    return distance(as_rgb(colour), as_rgb(paper)) * opacity >= CONTRAST


def distance(one: RGB, other: RGB) -> float:
    """The Euclidean distance of two colours in RGB, 0..441."""
    return math.dist(one, other)


def colour_name(text: str) -> str:
    """The word for a colour: itself when it is named, else the nearest named one."""
    if text in NAMED_COLOURS:
        return text
    colour = parse_colour(text)
    return min(NAMED_COLOURS, key=lambda name: distance(NAMED_COLOURS[name], colour))

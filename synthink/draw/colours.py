"""Colours: names, numbers, and which can be seen on which."""

from __future__ import annotations

import math

RGB = tuple[int, int, int]
"""Red, green, blue, 0..255."""

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


def parse_colour(text: str) -> RGB:
    """A colour from its name or from #rrggbb; ValueError otherwise."""
    if text in NAMED_COLOURS:
        return NAMED_COLOURS[text]
    digits = text.removeprefix("#")
    if len(digits) != 6 or len(text) != 7 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
        raise ValueError(f"{text!r} is neither #rrggbb nor one of {', '.join(NAMED_COLOURS)}")
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def distance(one: RGB, other: RGB) -> float:
    """Euclidean distance in RGB, 0..441."""
    return math.dist(one, other)


def colour_name(text: str) -> str:
    """The word for a colour: itself when it is named, else the nearest named one."""
    if text in NAMED_COLOURS:
        return text
    colour = parse_colour(text)
    return min(NAMED_COLOURS, key=lambda name: distance(NAMED_COLOURS[name], colour))

"""What a meter hangs on or is set into, in pixels, and farther than the picture goes: a camera may see more of it."""

from __future__ import annotations

import math

from synthink import Box, Stream
from synthink.draw import Layer, LinearGradient, joined, rectangle

from .displays import shaded

WALLS = (
    *("#d9d4c8", "#c8c2b4", "#e7e4dc", "#b8b2a6", "#a8a49c", "#8f8a80", "#d2cdbf", "#cfd6da", "#bcc7c4", "#e8dfcc"),
    *("#6f6a62", "#5a5650", "#9a8468", "#7d6a52", "#c9b08a", "#a4623f", "#8a4a32", "#4c4f52"),
)


def wall(look: Stream, size_px: tuple[int, int]) -> tuple[str, list[Layer]]:
    """The colour of a wall and what is drawn on it: planks, tiles, a pipe, or nothing."""
    colour = look.choice(WALLS)
    width, _ = size_px
    form = look.choice(("plain", "plain", "planks", "tiles", "pipe"))
    step, dark, at = look.uniform(0.15, 0.4) * width, shaded(colour, look.uniform(0.75, 0.92)), look.uniform()
    left, top, right, bottom = _visible(size_px)
    if form == "planks":
        lines = [rectangle((x, top, x + 2.0, bottom)) for x in _through(at * step, (left, right), step)]
        return colour, [Layer(joined(lines), dark)]
    if form == "tiles":
        rows = [rectangle((left, y, right, y + 1.5)) for y in _through(at * step, (top, bottom), step * 0.6)]
        lines = [rectangle((x, top, x + 1.5, bottom)) for x in _through(at * step, (left, right), step)]
        return colour, [Layer(joined(rows + lines), shaded(colour, 0.85))]
    if form == "pipe":
        thick, x = look.uniform(0.06, 0.14) * width, at * width
        metal = look.choice(("#8a8d90", "#b0763c", "#c8c9c6", "#5a5d60"))
        shine = LinearGradient((x, 0), (x + thick, 0), (shaded(metal, 0.5), shaded(metal, 1.4), shaded(metal, 0.5)))
        return colour, [Layer(rectangle((x, top, x + thick, bottom)), shine)]
    return colour, []


def plate(colour: str, size_px: tuple[int, int]) -> tuple[str, list[Layer]]:
    """The colour of the ground of a display without a case, and the light on it."""
    light = LinearGradient((0, 0), size_px, (shaded(colour, 1.1), colour, shaded(colour, 0.85)))
    return colour, [Layer(rectangle(_visible(size_px)), light)]


def _visible(size_px: tuple[int, int]) -> Box:
    """All that a camera sees of the ground: one that tilts sees some of what lies around the picture."""
    width, height = size_px
    return Box(-0.6 * width, -0.6 * height, 1.6 * width, 1.6 * height)


def _through(place: float, ends: tuple[float, float], step: float) -> list[float]:
    """Places a step apart between two ends, of which `place` is one."""
    first, last = math.ceil((ends[0] - place) / step), math.floor((ends[1] - place) / step)
    return [place + number * step for number in range(first, last + 1)]

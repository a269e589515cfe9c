"""Seven-segment digits, as LCDs and LEDs show them."""

from __future__ import annotations

from collections.abc import Sequence

from synthink.draw.geometry import Box
from synthink.draw.outline import Outline, polygon
from synthink.errors import ArgumentError

ALL_SEGMENTS = "abcdefg"
"""The segments: a top, b upper right, c lower right, d bottom, e lower left, f upper left, g middle."""
SEGMENTS = {
    **{"0": "abcdef", "1": "bc", "2": "abdeg", "3": "abcdg", "4": "bcfg", "5": "acdfg"},
    **{"6": "acdefg", "7": "abc", "8": "abcdefg", "9": "abcdfg", "-": "g", " ": ""},
}
"""The lit segments of each character."""


def seven_segments(lit: str, box: Sequence[float], thickness: float, gap: float = 0.0) -> Outline | None:
    """The named segments of one digit: bars of a thickness with pointed ends, `gap` apart, inside a box; None where
    none is named. A slant is the business of the group that they are put into."""
    left, top, right, bottom = box
    half = thickness / 2
    west, east, north, south = left + half, right - half, top + half, bottom - half
    middle = (north + south) / 2
    bars = {
        "a": ((west, north), (east, north)),
        "b": ((east, north), (east, middle)),
        "c": ((east, middle), (east, south)),
        "d": ((west, south), (east, south)),
        "e": ((west, middle), (west, south)),
        "f": ((west, north), (west, middle)),
        "g": ((west, middle), (east, middle)),
    }
    unknown = next((name for name in lit if name not in bars), None)
    if unknown is not None:
        raise ArgumentError("lit", lit, f"{unknown} is no segment; they are {ALL_SEGMENTS}")
    return polygon(*(_bar(*bars[name], half, gap / 2) for name in lit)) if lit else None


def segment_boxes(box: Sequence[float], count: int, pitch: float) -> list[Box]:
    """The boxes of `count` digits in a row, the first in `box`, each `pitch` to the right of the one before."""
    left, top, right, bottom = box
    return [Box(left + number * pitch, top, right + number * pitch, bottom) for number in range(count)]


def _bar(start: tuple[float, float], end: tuple[float, float], half: float, gap: float) -> list[tuple[float, float]]:
    """The six corners of a level or an upright bar, whose points lie `gap` inside its ends."""
    (x0, y0), (x1, y1) = start, end
    if y0 == y1:
        x0, x1 = x0 + gap, x1 - gap
        near, far = x0 + half, x1 - half
        return [(x0, y0), (near, y0 - half), (far, y0 - half), (x1, y0), (far, y0 + half), (near, y0 + half)]
    y0, y1 = y0 + gap, y1 - gap
    near, far = y0 + half, y1 - half
    return [(x0, y0), (x0 + half, near), (x0 + half, far), (x0, y1), (x0 - half, far), (x0 - half, near)]

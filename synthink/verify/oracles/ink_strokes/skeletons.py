"""The letters of a hand as an oracle sees them: places along the pen's way, read from the SVG by svgpathtools.

The SVG's format: one `<g data-char="a">` for each shape of a character; its paths are the pen's strokes in the order of
writing, those of class `delayed` after all others; 100 units to the x-height, y down, the baseline at y = 0.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

PLACES = 36  # along a letter, divided evenly among its strokes
MOST_STROKES = 6  # of a character; shapes with more are left out
STRETCH = 1.2  # writers' letters are wider than the font's: the way along them is measured as written
SHORTEST = 0.35  # x-heights: dots count as strokes of this length
UNITS = 100.0
_SVG = "{http://www.w3.org/2000/svg}"
_ONLY_MOVE = re.compile(r"^\s*M\s*([-+.\d]+)[\s,]+([-+.\d]+)\s*$")


@dataclass(frozen=True, eq=False)
class Skeletons:
    """The shapes of one hand that have the same number of strokes.

    chars: (K,) which character each is, as a row of `names`; x, y: (K, PLACES) x-heights; weights: (K, PLACES) share of
    the whole length at each place; lengths: (K,) x-heights.
    """

    chars: npt.NDArray[np.intp]
    x: Floats
    y: Floats
    weights: Floats
    lengths: Floats


@dataclass(frozen=True, eq=False)
class HandSkeletons:
    """All shapes of one hand by their number of strokes, and the characters that it has."""

    names: tuple[str, ...]
    by_strokes: dict[int, Skeletons]


@lru_cache(maxsize=16)
def skeletons(hand: str) -> HandSkeletons | None:
    """The shapes of a hand that comes with synthink; None for a name that is none.

    Bars are there in both directions, as left-handed people draw them.
    """
    file = files("synthink.fonts") / f"{hand}.svg"
    if not re.fullmatch(r"[\w-]+", hand) or not file.is_file():
        return None
    groups = ET.fromstring(file.read_bytes()).iter(f"{_SVG}g")
    glyphs = [glyph for group in groups if group.get("data-char") is not None for glyph in _glyphs(group)]
    names = tuple(sorted({char for char, _ in glyphs}))
    counts = sorted({len(strokes) for _, strokes in glyphs if len(strokes) <= MOST_STROKES})
    return HandSkeletons(
        names, {count: _stacked([glyph for glyph in glyphs if len(glyph[1]) == count], names) for count in counts}
    )


def _glyphs(group: ET.Element) -> list[tuple[str, list[Floats]]]:
    """A shape of a character and its strokes; twice where bars in it may also be drawn from right to left."""
    char, paths = group.get("data-char", ""), group.findall(f"{_SVG}path")
    first = [polyline(path.get("d", "")) for path in paths if path.get("class") != "delayed"]
    delayed = [polyline(path.get("d", "")) for path in paths if path.get("class") == "delayed"]
    is_bar = [line[-1, 0] - line[0, 0] > 0.2 for line in delayed]
    if not any(is_bar):
        return [(char, first + delayed)]
    turned = [line[::-1] if bar else line for line, bar in zip(delayed, is_bar, strict=True)]
    return [(char, first + delayed), (char, first + turned)]


def _stacked(glyphs: Sequence[tuple[str, list[Floats]]], names: Sequence[str]) -> Skeletons:
    wide = [[line * (STRETCH, 1.0) for line in strokes] for _, strokes in glyphs]
    places = np.array([np.concatenate([along(line, PLACES // len(strokes)) for line in strokes]) for strokes in wide])
    spans = np.array([[length(line) for line in strokes] for strokes in wide])
    weights = np.repeat(spans, PLACES // spans.shape[1], axis=1)
    return Skeletons(
        np.array([names.index(char) for char, _ in glyphs]),
        places[:, :, 0] / STRETCH,
        places[:, :, 1],
        weights / weights.sum(axis=1)[:, np.newaxis],
        spans.sum(axis=1),
    )


def polyline(path: str) -> Floats:
    """Points along one path, x-heights."""
    from svgpathtools import parse_path  # type: ignore[import-untyped,unused-ignore]

    dot = _ONLY_MOVE.match(path)
    if dot:
        return np.array([[float(dot[1]), float(dot[2])]]) / UNITS
    points: list[complex] = []
    for segment in parse_path(path):
        points += [segment.point(share) for share in np.linspace(0, 1, 2 if type(segment).__name__ == "Line" else 13)]
    return np.array([(point.real, point.imag) for point in points]) / UNITS


def length(line: Floats) -> float:
    """The length of a line of (N, 2) points; short ones, dots among them, count as `SHORTEST`."""
    way = line[1:] - line[:-1]
    return max(float(np.sqrt((way**2).sum(axis=1)).sum()), SHORTEST)


def along(line: Floats, places: int) -> Floats:
    """(places, 2): places at even steps along a line, its ends among them."""
    way = line[1:] - line[:-1]
    walked = np.zeros(len(line))
    np.cumsum(np.sqrt((way**2).sum(axis=1)), out=walked[1:])
    at = np.linspace(0.0, walked[-1], places)
    return np.stack((np.interp(at, walked, line[:, 0]), np.interp(at, walked, line[:, 1])), axis=1)

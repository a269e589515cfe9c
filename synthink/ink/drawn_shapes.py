"""Drawn shapes and signs: the lines that a pen is led along, in a box from (-1, -1) to (1, 1), y down."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from synthink.draw.geometry import Points
from synthink.errors import ArgumentError, did_you_mean
from synthink.streams import Stream

Lines = list[Points]
"""One (N, 2) array a stroke, in the order and direction of the pen."""


def shape_lines(name: str, stream: Stream) -> Lines:
    """The lines of one way to draw the shape. Raises `ArgumentError` for a name that is not in `SHAPES`."""
    if name not in SHAPES:
        raise ArgumentError("name", name, f"is no shape; {did_you_mean(str(name), SHAPES)}")
    return SHAPES[name](stream)


def _arc(start_deg: float, turn_deg: float, radius: float = 1.0, centre: tuple[float, float] = (0.0, 0.0)) -> Points:
    """Part of a circle; degrees clockwise from the right, as y points down."""
    angles = np.radians(start_deg + turn_deg * np.arange(33) / 32)
    return np.stack((np.cos(angles), np.sin(angles)), axis=1) * radius + centre


def _polygon(corners: int, start_deg: float) -> Points:
    angles = [math.radians(start_deg + 360 * corner / corners) for corner in range(corners + 1)]
    return np.array([(math.cos(angle), math.sin(angle)) for angle in angles])


def _path(*points: tuple[float, float]) -> Points:
    return np.array(points, dtype=np.float64)


def _turned(lines: Lines, degrees: float) -> Lines:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [line @ np.array(((cos, sin), (-sin, cos))) for line in lines]


def _circle(stream: Stream) -> Lines:
    # Most people start at the top right and go counter-clockwise.
    return [_arc(stream.uniform(-90, -40), -stream.uniform(352, 380))]


def _square(stream: Stream) -> Lines:
    corners = ((-0.9, -0.9), (-0.9, 0.9), (0.9, 0.9), (0.9, -0.9), (-0.9, -0.9))
    if stream.chance(0.3):
        return [_path(*corners[:3]), _path(corners[0], *corners[3:1:-1])]
    return [_path(*corners)]


def _rectangle(stream: Stream) -> Lines:
    slimness = stream.uniform(0.35, 0.55)
    return [line * (1.0, slimness) for line in _square(stream)]


def _triangle(stream: Stream) -> Lines:
    return [_polygon(3, -90)]


def _diamond(stream: Stream) -> Lines:
    return [_polygon(4, -90) * (stream.uniform(0.55, 0.8), 1.0)]


def _pentagon(stream: Stream) -> Lines:
    return [_polygon(5, -90)]


def _star(stream: Stream) -> Lines:
    return [_polygon(5, 126)[[0, 2, 4, 1, 3, 0]]]


def _heart(stream: Stream) -> Lines:
    turn = np.linspace(0, 2 * math.pi, 49)
    x = np.sin(turn) ** 3
    y = -(13 * np.cos(turn) - 5 * np.cos(2 * turn) - 2 * np.cos(3 * turn) - np.cos(4 * turn)) / 16
    heart = np.stack((-x, y), axis=1)
    return [heart] if stream.chance(0.7) else [heart[:25], heart[:23:-1]]


def _arrow(towards_deg: float) -> Callable[[Stream], Lines]:
    def draw(stream: Stream) -> Lines:
        wing = stream.uniform(0.35, 0.5)
        shaft = _path((-1, 0), (1, 0))
        head = _path((1 - wing, -wing * 0.8), (1, 0), (1 - wing, wing * 0.8))
        joined = _path((-1, 0), (1, 0), (1 - wing, -wing * 0.8), (1, 0), (1 - wing, wing * 0.8))
        return _turned([shaft, head] if stream.chance(0.6) else [joined], towards_deg)

    return draw


def _check(stream: Stream) -> Lines:
    return [_path((-0.8, 0.1), (-0.25, 0.8), (0.9, -0.8))]


def _cross(stream: Stream) -> Lines:
    return [_path((-0.8, -0.8), (0.8, 0.8)), _path((0.8, -0.8), (-0.8, 0.8))]


def _plus(stream: Stream) -> Lines:
    return [_path((0, -0.9), (0, 0.9)), _path((-0.9, 0), (0.9, 0))]


def _zigzag(stream: Stream) -> Lines:
    turns = stream.integers(4, 7)
    return [_path(*((-1 + 2 * turn / turns, 0.5 if turn % 2 else -0.5) for turn in range(turns + 1)))]


def _wave(stream: Stream) -> Lines:
    share = np.linspace(0, 1, 65)
    return [np.stack((2 * share - 1, -0.25 * np.sin(share * 2 * math.pi * stream.integers(2, 4))), axis=1)]


def _spiral(stream: Stream) -> Lines:
    share = np.linspace(0, 1, 97)
    angle = share * 2 * math.pi * stream.uniform(2.4, 3.6) + stream.uniform(0, 6.28)
    return [np.stack((np.cos(angle), np.sin(angle)), axis=1) * (0.04 + 0.96 * share)[:, np.newaxis]]


def _line(stream: Stream) -> Lines:
    return [_path((-1, 0), (1, 0))]


def _house(stream: Stream) -> Lines:
    walls = _path((-0.7, -0.1), (-0.7, 0.9), (0.7, 0.9), (0.7, -0.1))
    return [walls, _path((-0.95, -0.05), (0, -0.95), (0.95, -0.05))]


def _smiley(stream: Stream) -> Lines:
    eyes = [_path((side * 0.35, -0.45), (side * 0.35, -0.25)) for side in (-1, 1)]
    return [_arc(-70, -365), *eyes, _arc(160, -140, 0.55)]


def _cloud(stream: Stream) -> Lines:
    bumps = [((-0.55, 0.15), 0.38, 100, 165), ((-0.1, -0.2), 0.48, 175, 150), ((0.5, 0.1), 0.42, -85, 170)]
    arcs = [_arc(start, turn, radius, centre) for centre, radius, start, turn in bumps]
    return [np.concatenate((*arcs, arcs[0][:1]))]


def _infinity(stream: Stream) -> Lines:
    turn = np.linspace(0, 2 * math.pi, 65) + math.pi / 2
    return [np.stack((np.cos(turn), np.sin(turn) * np.cos(turn) * 0.9), axis=1)]


def _caret(stream: Stream) -> Lines:
    return [_path((-0.6, 0.7), (0, -0.7), (0.6, 0.7))]


SHAPES: dict[str, Callable[[Stream], Lines]] = {
    "arrow down": _arrow(90.0),
    "arrow left": _arrow(180.0),
    "arrow right": _arrow(0.0),
    "arrow up": _arrow(-90.0),
    "caret": _caret,
    "check mark": _check,
    "circle": _circle,
    "cloud": _cloud,
    "cross": _cross,
    "diamond": _diamond,
    "heart": _heart,
    "house": _house,
    "infinity": _infinity,
    "line": _line,
    "pentagon": _pentagon,
    "plus": _plus,
    "rectangle": _rectangle,
    "smiley": _smiley,
    "spiral": _spiral,
    "square": _square,
    "star": _star,
    "triangle": _triangle,
    "wave": _wave,
    "zigzag": _zigzag,
}

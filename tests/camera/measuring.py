"""Discs photographed and measured from pixels."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from synthink.draw.geometry import Points
from synthink.draw.outline import polygon
from synthink.draw.picture import Picture
from synthink.draw.rendering import render
from synthink.draw.scene import Layer, Scene
from synthink.streams import Stream, StreamKey

SIDE, RADIUS = 448, 12.0


def stream(index: int) -> Stream:
    return StreamKey("camera test", 0).stream(index, "camera")


def disc(x: float, y: float, radius: float = RADIUS) -> Points:
    turns = [2 * math.pi * step / 48 for step in range(48)]
    return np.array([(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns])


def discs(margin: int, size_px: tuple[int, int] = (SIDE, SIDE), count: int = 5) -> tuple[Picture, list[Points]]:
    """Dark discs all over white paper, and their contours."""
    places = [
        (
            margin + (size_px[0] - 2 * margin) * i / (count - 1) + 0.3,
            margin + (size_px[1] - 2 * margin) * j / (count - 1),
        )
        for i in range(count)
        for j in range(count)
    ]
    outline = polygon(*(disc(x, y) for x, y in places))
    starts = [0, *(outline.ends + 1).tolist()]
    picture = render(Scene(size_px, (255, 255, 255), (Layer(outline, (20, 20, 20)),)))
    return picture, [outline.points[start:end] for start, end in pairwise(starts)]

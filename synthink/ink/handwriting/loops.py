"""Loops that a hand draws around something: traced once by a moving pen, then turned and scaled as they are needed."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from synthink.draw.geometry import Points
from synthink.ink.handwriting.write import trace
from synthink.ink.handwriting.writer import Writer
from synthink.ink.operations import smooth
from synthink.streams import Stream, StreamKey

LOOPS = 128  # each row turns and stretches its loop; a new one costs as much as two rows
_POINTS = 80  # the chord's sag is 0.05 px at a radius of 60 px
_SIZE = 2.5  # radius in x-heights at which the pen moves: small enough to be drawn at one go
_NEAREST, _FARTHEST = 0.86, 1.2  # of the radius: a loop beyond would not go around its target


@lru_cache(maxsize=LOOPS)
def hand_loop(number: int) -> Points:
    """(80, 2): loop `number` of `LOOPS`, about the unit circle, clockwise or not, not quite closed or overlapping."""
    stream = StreamKey("hand loop", 1, number).stream(0, "loop")
    while True:  # three of four tries are round enough
        line = _drawn(stream)
        radius = np.hypot(line[:, 0], line[:, 1])
        if radius.min() > _NEAREST and radius.max() < _FARTHEST:
            line.flags.writeable = False
            return line


def _drawn(stream: Stream) -> Points:
    left_handed = stream.chance(0.1)
    turn = math.radians(360 + stream.uniform(-12, 45)) * (1 if left_handed else -1)
    start = math.radians(stream.uniform(-100, -20))  # right-handers start at the top right, counter-clockwise
    share = np.arange(65) / 64
    angle = start + turn * share
    radius = 1 + stream.uniform(-0.1, 0.1) * (share - 0.5)
    for harmonic in (2, 3):
        radius = radius + stream.uniform(0, 0.06 / harmonic) * np.cos(harmonic * angle + stream.uniform(0, 6.28))
    aim = np.stack((np.cos(angle), np.sin(angle)), axis=1) * radius[:, np.newaxis]
    writer = Writer(name="loop", hand="", tempo=stream.uniform(0.1, 0.16), sigma=stream.uniform(0.2, 0.3))
    ink = smooth(trace([aim * _SIZE], writer, stream), 2.0)  # what a tablet adds is not part of a drawn line
    points = ink.points[:, :2].astype(np.float64) / _SIZE
    along = np.cumsum(np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T))
    even = np.linspace(0.0, along[-1], _POINTS)
    line = np.stack([np.interp(even, along, points[:, axis]) for axis in (0, 1)], axis=1)
    # Measured from the middle of the turn, as a letter lies in the middle of its ring.
    middle = (line.max(axis=0) + line.min(axis=0)) / 2
    half = (line.max(axis=0) - line.min(axis=0)) / 2
    # Rounded, for it hangs on the last bits of exp and cos.
    rounded: Points = np.round((line - middle) / half, 6)
    return rounded

"""The lines of pen marks around a target: ellipse, superellipse, hand-drawn loop; underline and strike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Points
from synthink.errors import DrawError
from synthink.ink.handwriting.write import trace
from synthink.ink.handwriting.writer import Writer
from synthink.ink.operations import smooth
from synthink.streams import Stream, StreamKey

STEPS = 64  # points of a full turn: the chord's sag is 0.05 px at a radius of 40 px
LOOPS = 128  # each row turns and stretches its loop; a new one costs as much as two rows
_POINTS = 80  # the chord's sag is 0.05 px at a radius of 60 px
_SIZE = 2.5  # radius in x-heights at which the pen moves: small enough to be drawn at one go
_TRIES = 1000  # three of four are round enough
_NEAREST, _FARTHEST = 0.86, 1.2  # of the radius: a loop beyond would not go around its target


@dataclass(frozen=True, slots=True)
class Ring:
    """A closed or nearly closed line around a centre, in the unit of its radii.

    shape: `ellipse`, `superellipse` or `loop` (drawn by a hand). exponent: 2 is an ellipse, more is squarer
    (superellipse, Lamé). loop: which of the drawn loops.
    """

    shape: str
    centre: tuple[float, float]
    radii: tuple[float, float]
    rotation_deg: float = 0.0
    exponent: float = 2.0
    loop: int = 0

    def line(self) -> Points:
        """(N, 2) points along the middle of the pen's line."""
        unit = hand_loop(self.loop) if self.shape == "loop" else _unit_ring(self.exponent)
        cos, sin = math.cos(math.radians(self.rotation_deg)), math.sin(math.radians(self.rotation_deg))
        across, down = unit[:, 0] * self.radii[0], unit[:, 1] * self.radii[1]
        points = np.empty_like(unit)
        points[:, 0] = across * cos - down * sin + self.centre[0]
        points[:, 1] = across * sin + down * cos + self.centre[1]
        return points

    def reach(self, points: Points) -> npt.NDArray[np.float64]:
        """The distance of (..., 2) points from the centre as a share of the ring's: below 1 inside the ring, above 1
        outside; a loop is taken for an ellipse."""
        cos, sin = math.cos(math.radians(self.rotation_deg)), math.sin(math.radians(self.rotation_deg))
        x, y = points[..., 0] - self.centre[0], points[..., 1] - self.centre[1]
        across = np.abs(x * cos + y * sin) / self.radii[0]
        down = np.abs(y * cos - x * sin) / self.radii[1]
        if self.exponent == 2:
            return across * across + down * down
        reached: npt.NDArray[np.float64] = across**self.exponent + down**self.exponent
        return reached


@lru_cache(maxsize=64)
def _unit_ring(exponent: float) -> Points:
    """(STEPS, 2): |x|^e + |y|^e = 1, sampled evenly in angle."""
    angle = np.arange(STEPS) * (2 * math.pi / STEPS)
    cos, sin = np.cos(angle), np.sin(angle)
    radius = (np.abs(cos) ** exponent + np.abs(sin) ** exponent) ** (-1 / exponent)
    ring: Points = np.stack((cos * radius, sin * radius), axis=1)
    ring.flags.writeable = False
    return ring


@lru_cache(maxsize=LOOPS)
def hand_loop(number: int) -> Points:
    """(80, 2): loop `number` of `LOOPS`, about the unit circle, clockwise or not, not quite closed or overlapping."""
    stream = StreamKey("hand loop", 1, number).stream(0, "loop")
    for _ in range(_TRIES):
        line = _drawn(stream)
        radius = np.hypot(line[:, 0], line[:, 1])
        if radius.min() > _NEAREST and radius.max() < _FARTHEST:
            line.flags.writeable = False
            return line
    raise DrawError(f"hand loop {number}: none of {_TRIES} drawn loops was round enough")


def _drawn(stream: Stream) -> Points:
    left_handed = stream.chance(0.1)
    turn = math.radians(360 + stream.uniform(-12, 45)) * (1 if left_handed else -1)
    start = math.radians(stream.uniform(-100, -20))  # right-handers start at the top right, counter-clockwise
    share = np.arange(65) / 64
    angle = start + turn * share
    radius = 1 + stream.uniform(-0.1, 0.1) * (share - 0.5)
    for harmonic in (2, 3):
        radius = radius + stream.uniform(0, 0.06 / harmonic) * np.cos(harmonic * angle + stream.uniform(0, 6.28))
    wanted = np.stack((np.cos(angle), np.sin(angle)), axis=1) * radius[:, np.newaxis]
    writer = Writer(name="loop", hand="", tempo=stream.uniform(0.1, 0.16), sigma=stream.uniform(0.2, 0.3))
    ink = smooth(trace([wanted * _SIZE], writer, stream), 2.0)  # what a tablet adds is not part of a drawn line
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


def level_line(left: float, right: float, y: float, rise: float, bow: float) -> Points:
    """(24, 2): a line drawn by hand from left to right; `rise` and `bow` (sag of the middle) in pixels."""
    share = np.linspace(0.0, 1.0, 24)
    return np.stack((left + (right - left) * share, y - rise * (share - 0.5) + bow * 4 * share * (1 - share)), axis=1)

"""The lines of pen marks around a target: ellipse, superellipse, hand-drawn loop; underline and strike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Points
from synthink.ink.handwriting.loops import hand_loop

STEPS = 64  # points of a full turn: the chord's sag is 0.05 px at a radius of 40 px


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
        """How far out (..., 2) points lie: below 1 inside the ring, above 1 outside; a loop is taken for an ellipse."""
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


def level_line(left: float, right: float, y: float, rise: float, bow: float) -> Points:
    """(24, 2): a line drawn by hand from left to right; `rise` and `bow` (sag of the middle) in pixels."""
    share = np.linspace(0.0, 1.0, 24)
    return np.stack((left + (right - left) * share, y - rise * (share - 0.5) + bow * 4 * share * (1 - share)), axis=1)

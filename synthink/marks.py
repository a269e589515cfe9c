"""The lines of pen marks around a target: ellipse, superellipse, hand-drawn loop; underline and strike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from synthink.geometry import Points

STEPS = 64  # points of a full turn: the chord's sag is 0.05 px at a radius of 40 px


@dataclass(frozen=True, slots=True)
class Ring:
    """A closed or nearly closed line around a centre, in the unit of its radii.

    shape: `ellipse`, `superellipse` or `loop` (hand-drawn). exponent: 2 is an ellipse, more is squarer (superellipse,
    Lamé). A loop has `overlap_deg` more (or less) than a full turn, `drift` (change of radius per turn, as a share),
    and `wobble` (two harmonics: amplitude share and phase in radians).
    """

    shape: str
    centre: tuple[float, float]
    radii: tuple[float, float]
    rotation_deg: float = 0.0
    exponent: float = 2.0
    start_deg: float = 0.0
    overlap_deg: float = 0.0
    drift: float = 0.0
    wobble: tuple[tuple[float, float], ...] = ()

    def line(self) -> Points:
        """(N, 2) points along the middle of the pen's line."""
        if self.shape == "loop":
            turns = 1 + self.overlap_deg / 360
            count = max(8, round(STEPS * turns))
            share = np.linspace(0.0, turns, count)
            angle = share * (2 * math.pi) + math.radians(self.start_deg)
            unit = np.stack((np.cos(angle), np.sin(angle)), axis=1)
            factor = 1 + self.drift * (share - turns / 2)
            for harmonic, (amplitude, phase) in enumerate(self.wobble, start=2):
                factor += amplitude * np.cos(harmonic * angle + phase)
            unit *= factor[:, np.newaxis]
        else:
            unit = _unit_ring(self.exponent)
        cos, sin = math.cos(math.radians(self.rotation_deg)), math.sin(math.radians(self.rotation_deg))
        across, down = unit[:, 0] * self.radii[0], unit[:, 1] * self.radii[1]
        points = np.empty_like(unit)
        points[:, 0] = across * cos - down * sin + self.centre[0]
        points[:, 1] = across * sin + down * cos + self.centre[1]
        return points

    def reach(self, points: Points) -> npt.NDArray[np.float64]:
        """How far out (..., 2) points lie: below 1 inside the ring, above 1 outside (wobble and drift left aside)."""
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

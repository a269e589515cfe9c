"""Pen pressure: rises as the pen lands, falls as it lifts, more on the way down, less when fast."""

from __future__ import annotations

import numpy as np

from synthink.ink.handwriting.motion import Floats, Plane, Rows
from synthink.ink.handwriting.writer import Writer

RISE, FALL = 0.040, 0.030  # seconds
DOWN, FAST = 0.25, 0.15  # share gained straight down, lost at the highest usual speed
UNREST = 0.05  # deviation of the slow noise, as a share
SLOW = 16  # samples over which the noise is even
GRID = 1024  # levels, as tablets have


def pressures(steps: Plane, starts: Rows, lengths: Rows, interval: float, writer: Writer, noise: Floats) -> Floats:
    """(m): pressure 0..1 of recorded points. steps: (m) movement since the sample before; starts, lengths: (strokes) of
    the strokes among the points; noise: (m + SLOW) even random numbers, 0..1."""
    speed = np.abs(steps) + 1e-9
    usual = 2.0 * speed.mean()
    since = np.arange(len(steps)) - starts.repeat(lengths)
    until = (lengths - 1).repeat(lengths) - since
    edge = np.minimum(0.4 + since * (0.6 * interval / RISE), 0.3 + until * (0.7 * interval / FALL))
    total = noise.cumsum()
    unrest = (total[SLOW:] - total[:-SLOW] - SLOW / 2) * (UNREST * 3.46 / SLOW**0.5)  # an even one deviates by 1 / 3.46
    follow = DOWN * steps.imag / speed - FAST * np.minimum(speed / usual, 1.0)
    value = writer.pressure * np.minimum(edge, 1.0) * (1 + writer.pressure_gain * follow + unrest)
    level: Floats = np.rint(np.minimum(np.maximum(value, 0.02), 1.0) * GRID) / GRID
    return level

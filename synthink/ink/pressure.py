"""Pen pressure: rises as the pen lands, falls as it lifts, more on the way down, less when fast."""

from __future__ import annotations

import numpy as np

from synthink.geometry import Points
from synthink.ink.motion import Floats, Rows
from synthink.ink.writer import Writer
from synthink.streams import Stream

RISE, FALL = 0.040, 0.030  # seconds
DOWN, FAST = 0.25, 0.15  # share gained straight down, lost at the highest usual speed
UNREST = 0.05  # deviation of the slow noise, as a share


def pressures(
    path: Points, first: Rows, kept: Rows, starts: Rows, lengths: Rows, interval: float, writer: Writer, stream: Stream
) -> Floats:
    """(m): pressure 0..1 at the rows `kept` of `path`; strokes begin at `starts` of them and have `lengths` points."""
    before = np.maximum(kept - 1, 0)
    step = path[np.minimum(before + 1, len(path) - 1)] - path[before]
    speed = np.sqrt((step**2).sum(axis=1)) + 1e-9
    usual = np.sqrt((speed**2).mean()) * 2.0
    since = np.arange(len(kept)) - np.repeat(starts, lengths)
    until = np.repeat(lengths, lengths) - 1 - since
    edge = np.minimum(0.4 + since * (0.6 * interval / RISE), 0.3 + until * (0.7 * interval / FALL))
    follow = DOWN * step[:, 1] / speed - FAST * np.minimum(speed / usual, 1.0)
    slow = stream.uniforms(len(kept) + 16).cumsum()
    unrest = (slow[16:] - slow[:-16] - 8.0) * (UNREST * 3.46 / 4.0)
    value = writer.pressure * np.minimum(edge, 1.0) * (1 + writer.pressure_gain * follow + unrest)
    return np.rint(np.minimum(np.maximum(value, 0.02), 1.0) * 1024) / 1024

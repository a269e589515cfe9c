"""Strokes that are hard to draw, and ink made of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthink.ink import Ink

NAN = float("nan")
SIZE = (72, 60)
Floats = npt.NDArray[np.float64]
ONE = np.zeros(1, dtype=np.intp)


def even(x: Floats, y: Floats, width: float) -> Floats:
    return np.column_stack((x, y, np.full(len(x), width)))


T = np.linspace(0, 1, 80)
TURN = 2 * np.pi * T
THERE = np.abs((4 * T) % 2 - 1)
SHAPES: dict[str, tuple[Floats, Floats]] = {
    "line": (6 + 60 * T, 10 + 40 * T),
    "circle": (36 + 25 * np.cos(TURN), 30 + 20 * np.sin(TURN)),
    "circle drawn twice": (36 + 25 * np.cos(2 * TURN), 30 + 20 * np.sin(2 * TURN)),
    "curl": (10 + 50 * T + 3 * np.cos(5 * TURN), 30 + 3 * np.sin(5 * TURN)),
    "curl narrower than the pen": (30 + 12 * T + 0.7 * np.cos(4 * TURN), 30 + 0.7 * np.sin(4 * TURN)),
    "retraced": (10 + 50 * THERE, 12 + 30 * THERE),
    "cusps": (8 + 56 * T, 12 + 30 * np.abs(np.sin(2.5 * TURN))),
    "scratch": (10 + 45 * np.abs((14 * T) % 2 - 1), 10 + 35 * T),
    "spiral": (36 + 24 * T * np.cos(4 * TURN), 30 + 24 * T * np.sin(4 * TURN)),
    "repeated points": (np.repeat(10 + 50 * T[::8], 8), np.repeat(20 + 20 * np.sin(TURN[::8]), 8)),
    "one place": (np.full(80, 30.3), np.full(80, 20.7)),
}


def ink_of(x: Floats, y: Floats, t: Floats | float = NAN, pressure: Floats | float = NAN) -> Ink:
    return Ink([np.column_stack((x, y, np.broadcast_to(t, len(x)), np.broadcast_to(pressure, len(x))))])

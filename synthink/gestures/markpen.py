"""The lines that marks are made of, as a person would draw them: bowed, sloped, not quite closed."""

from __future__ import annotations

import numpy as np

from synthink.geometry import Box, Points
from synthink.streams import Stream


class MarkPen:
    """Draws one gesture's lines with a stream of its own; a left-hander's starts and slopes are mirrored."""

    def __init__(self, stream: Stream, left_handed: bool = False) -> None:
        self.stream = stream
        self.left_handed = left_handed

    def normal(self, mean: float, sigma: float, low: float = -np.inf, high: float = np.inf) -> float:
        """A normal deviate, held between low and high (by default within 2.5 sigma)."""
        value = min(max(self.stream.normal(mean, sigma), mean - 2.5 * sigma), mean + 2.5 * sigma)
        return min(max(value, low), high)

    def uniform(self, low: float, high: float) -> float:
        return self.stream.uniform(low, high)

    def chance(self, probability: float) -> bool:
        return self.stream.chance(probability)

    def line(self, start: tuple[float, float], end: tuple[float, float], bow: float | None = None) -> Points:
        """A line with a slight bow (share of its length; drawn when None)."""
        raise NotImplementedError

    def ring(self, box: Box) -> Points:
        """A closed loop around a box."""
        raise NotImplementedError

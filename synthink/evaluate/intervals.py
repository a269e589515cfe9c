"""Means with 95 % intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

RESAMPLES = 2000
SEED = 0
FEW = 10  # rows right, or wrong, below which a bootstrap of 0s and 1s is too narrow
MANY = 2000  # different values from which on a mean is as good as normal
_Z = 1.959964


@dataclass(frozen=True)
class Interval:
    """The mean of the values of some rows, and the bounds between which it lies in 95 of 100 such samples."""

    mean: float
    low: float
    high: float
    rows: int

    def plain(self) -> dict[str, Any]:
        """The interval as JSON types."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{figure(self.mean)} [{figure(self.low)}, {figure(self.high)}]"


def interval(values: Sequence[float], bounded: bool = True) -> Interval:
    """The mean of some figures with its 95 % bootstrap percentile interval, always the same for the same figures.

    bounded: the figures lie in 0..1. Then, where they are all alike, or 0s and 1s of which fewer than 10 are one or the
    other, the interval is Wilson's (1927), which is never empty and covers there what it says. ValueError for none.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if not numbers.size:
        raise ValueError("no figures to take the mean of")
    if not np.isfinite(numbers).all():
        raise ValueError("a figure is not a number")
    rows, mean = len(numbers), float(numbers.mean())
    distinct, counts = np.unique(numbers, return_counts=True)
    if len(distinct) == 1 or (set(distinct.tolist()) == {0.0, 1.0} and counts.min() < FEW):
        return Interval(mean, *(wilson(mean, rows) if bounded else (mean, mean)), rows)
    if len(distinct) > MANY:
        away = _Z * float(numbers.std(ddof=1)) / math.sqrt(rows)
        return Interval(mean, mean - away, mean + away, rows)
    # Rows drawn with replacement, as the number of times that each value is drawn.
    rng, parts = np.random.default_rng(SEED), max(1, len(distinct) * RESAMPLES // 2_000_000)
    means = [rng.multinomial(rows, counts / rows, size=-(-RESAMPLES // parts)) @ distinct for _ in range(parts)]
    low, high = np.percentile(np.concatenate(means) / rows, (2.5, 97.5)).tolist()
    return Interval(mean, min(low, mean), max(high, mean), rows)


def wilson(mean: float, rows: int) -> tuple[float, float]:
    """The score interval of a share; for figures between 0 and 1 wider than need be: none vary as 0s and 1s do."""
    z2 = _Z**2 / rows
    middle = (mean + z2 / 2) / (1 + z2)
    away = _Z / (1 + z2) * math.sqrt(max(0.0, mean * (1 - mean) / rows + z2 / (4 * rows)))
    return max(0.0, min(mean, middle - away)), min(1.0, max(mean, middle + away))


def figure(value: float) -> str:
    """A number for people: three places after the point, none for large ones."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 1000 else f"{value:,.0f}"

"""A run's loss and validation score by step, and what their course says about its end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

FALL = 0.05  # of the loss, in the last quarter, from which on it still falls
LEAST = 8  # losses without which nothing is said


class CurvePoint(NamedTuple):
    """A step with the loss of its batch, or the score on validation rows, or both."""

    step: int
    loss: float | None = None
    score: float | None = None


class Course(NamedTuple):
    """Medians of the loss over the first eighth of a run, the quarter before the last, and the last; how much the
    validation score rose in the last quarter of the steps, None without scores."""

    steps: int
    first: float
    before: float
    last: float
    score_rise: float | None

    @property
    def falls(self) -> bool:
        """Whether the loss still falls at the end."""
        return self.last < self.before * (1 - FALL)


def course(curve: Sequence[CurvePoint]) -> Course | None:
    """The course of a curve; None where it has too few losses. What is not a number is left out."""
    losses = [(step, loss) for step, loss, _ in curve if loss is not None and math.isfinite(loss)]
    if len(losses) < LEAST:
        return None
    losses.sort()
    steps = max(step for step, *_ in curve)
    start, quarter = losses[0][0], (steps - losses[0][0]) / 4
    first = [loss for step, loss in losses if step <= start + quarter / 2]
    before = [loss for step, loss in losses if steps - 2 * quarter < step <= steps - quarter]
    last = [loss for step, loss in losses if step > steps - quarter]
    if not before or not last:
        return None
    scores = sorted((step, score) for step, _, score in curve if score is not None and math.isfinite(score))
    earlier = [score for step, score in scores if step <= steps - quarter]
    rise = scores[-1][1] - max(earlier) if earlier and scores[-1][0] > steps - quarter else None
    return Course(steps, median(first), median(before), median(last), rise)


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the middle two."""
    ranked = sorted(values)
    return (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2

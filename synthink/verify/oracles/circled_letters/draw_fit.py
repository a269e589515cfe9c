"""Changing a drawing until it looks like a picture: least squares over all of its numbers (Levenberg and Marquardt)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.circled_letters.drawing import (
    BLUR_NUMBER,
    RING_NUMBERS,
    SPACING_NUMBER,
    WORD_NUMBERS,
    Canvas,
    Drawing,
    reduced,
)

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]

WEIGHTS = np.array((1.0, 0.7, 0.7)).reshape(3, 1, 1)  # of brightness and colour differences
OUTLIER = 0.3  # difference from which a pixel counts less
STEPS = 10
STILL = 0.99  # share of the last cost from which steps end
MOST_DAMPING = 10.0
MOST_GROWTH = 3.0  # of the word, from where it was first taken to be
NUDGE = 0.02  # by which a number is moved to see what it does

# How far a drawing may stray from what is likely, as standard deviations: of two scales or a shear as a share of the
# em, of the change of size for each em of the way, of letter spacing, the ink's strength and the square of the blur; of
# the numbers of lines and rings from where they were first taken to be.
SKEW, TILT, SPACING, STRENGTH, BLUR = 0.06, 0.006, 0.3, 0.1, 0.6
LIKELY_SPACING_EM, LIKELY_BLUR_PX = 0.06, 0.8
LINE = np.array((0.1, 0.1, 0.03, 0.03))
RING = np.array((0.1, 0.1, 0.08, 0.08, 0.03, 0.06))
TRUST = 0.06  # standard deviation of a pixel against which these are weighed


def everything(drawing: Drawing) -> Numbers:
    """All numbers of a drawing, as places in a change of it."""
    return np.arange(WORD_NUMBERS + drawing.lines.size + drawing.rings.size)


def last_ring(drawing: Drawing) -> Numbers:
    """Those of its uppermost ring."""
    return everything(drawing)[-RING_NUMBERS:]


def fitted(first: Drawing, canvas: Canvas, target: Floats, free: Numbers, extra_px: float = 0.0) -> Drawing:
    """The drawing most like the target that steps of its `free` numbers lead to.

    target: (3, H, W) as the canvas draws. extra_px: a blur of both, in which they find each other from farther away.
    """
    likeness = _Likeness(canvas, reduced(target, extra_px) if extra_px else target, first, free, extra_px)
    best, damping = first, 1e-3
    cost, matrix, side = likeness.system(best)
    for _ in range(STEPS):
        damped = matrix + np.diag(np.diag(matrix) * damping + 1e-9)
        change = np.zeros(len(everything(first)))
        change[free] = np.linalg.solve(damped, side)
        trial = best.moved(change)
        if not 1 / MOST_GROWTH < trial.place.size_px / first.place.size_px < MOST_GROWTH:
            damping *= 30
            continue
        trial_cost, *trial_system = likeness.system(trial)
        if not trial_cost < cost:
            damping *= 30
            if damping > MOST_DAMPING:
                break
            continue
        ended = trial_cost > STILL * cost
        best, cost, (matrix, side) = trial, trial_cost, trial_system
        damping /= 5
        if ended:
            break
    return best


def unlike(picture: Floats, target: Floats) -> float:
    """The cost of a picture as it stands."""
    return float((OUTLIER**2 * np.log1p(np.square((target - picture) * WEIGHTS / OUTLIER))).sum())


@dataclass(frozen=True, eq=False)
class _Likeness:
    """What a drawing is compared with, and where it started; the fields are the parameters of `fitted`."""

    canvas: Canvas
    target: Floats
    first: Drawing
    free: Numbers
    extra_px: float

    def system(self, drawing: Drawing) -> tuple[float, Floats, Floats]:
        """The cost of a drawing, and the normal equations of the step that makes it smaller."""
        text, level = self.canvas.text(drawing), self.canvas.level(drawing)
        picture = self.canvas.picture(drawing, self.extra_px, text, level)
        moves = _moves(drawing, picture)
        columns = [
            moves[number] if number in moves else self._nudged(drawing, number, picture, text, level)
            for number in self.free.tolist()
        ]
        system = (np.stack(columns) * WEIGHTS).reshape(len(columns), -1)
        left = ((self.target - picture) * WEIGHTS).reshape(-1)
        weighted = system / (1 + np.square(left / OUTLIER))
        equations, stray = _likely(drawing, self.first)
        likely = equations[:, self.free]
        cost = unlike(picture, self.target) + float(stray @ stray)
        return cost, weighted @ system.T + likely.T @ likely, weighted @ left - likely.T @ stray

    def _nudged(self, drawing: Drawing, number: int, picture: Floats, text: Floats, level: Floats) -> Floats:
        """How the picture changes with one number, by drawing it once more."""
        change = np.zeros(len(everything(drawing)))
        change[number] = NUDGE
        nudged = drawing.moved(change)
        if number == SPACING_NUMBER:
            text = self.canvas.text(nudged)
        return (self.canvas.picture(nudged, self.extra_px, text, level) - picture) / NUDGE


def _moves(drawing: Drawing, picture: Floats) -> dict[int, Floats]:
    """How a picture changes with the word's place and size, with which lines and rings move, and with the blur."""
    height, width = picture.shape[1:]
    down, across = np.gradient(picture, axis=(1, 2))
    bend = np.gradient(down, axis=1) + np.gradient(across, axis=2)
    ys, xs = np.mgrid[:height, :width] + 0.5
    level = drawing.place.level(np.column_stack((xs.reshape(-1), ys.reshape(-1))))
    x, y = level.T.reshape(2, height, width)
    depth = (level @ drawing.place.projection[2, :2] + 1.0).reshape(height, width)
    u, v = across / depth, down / depth
    away = u * xs + v * ys
    places = (-u, -v, -u * x, -u * y, -v * x, -v * y, away * x, away * y)
    return {**dict(enumerate(places)), BLUR_NUMBER: bend / 2}


def _likely(drawing: Drawing, first: Drawing) -> tuple[Floats, Floats]:
    """What is expected of a drawing, as linear equations in its numbers, and how far it is from that."""
    p, size = drawing.place.projection, drawing.place.size_px
    count = len(everything(drawing))
    equations = np.zeros((7, count))
    equations[0, [2, 5]] = 1, -1
    equations[1, [3, 4]] = 1, 1
    equations[np.arange(2, 7), np.arange(6, WORD_NUMBERS)] = 1
    stray = np.array(
        (
            p[0, 0] - p[1, 1],
            p[0, 1] + p[1, 0],
            p[2, 0],
            p[2, 1],
            drawing.place.spacing - LIKELY_SPACING_EM,
            drawing.gain - 1,
            drawing.blur_px**2 - LIKELY_BLUR_PX**2,
        )
    )
    over = np.concatenate(((drawing.lines - first.lines).reshape(-1), (drawing.rings - first.rings).reshape(-1)))
    deviations = np.concatenate(
        (
            (SKEW * size, SKEW * size, TILT, TILT, SPACING, STRENGTH, BLUR),
            np.tile(LINE, len(drawing.lines)),
            np.tile(RING, len(drawing.rings)),
        )
    )
    weights = TRUST / deviations
    equations = np.vstack((equations, np.eye(count)[WORD_NUMBERS:])) * weights[:, np.newaxis]
    return equations, np.concatenate((stray, over)) * weights

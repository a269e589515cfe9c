"""Changing a drawing until it looks like a picture: least squares over all of its numbers (Levenberg and Marquardt)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.circled_letters.drawing import (
    LINE_NUMBERS,
    RING_NUMBERS,
    WORD_NUMBERS,
    Canvas,
    Drawing,
    reduced,
)

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]

WEIGHTS = np.array((1.0, 0.7, 0.7))  # of brightness and colour differences
OUTLIER = 0.3  # difference from which a pixel counts less
STEPS = 10
STILL = 0.99  # share of the last cost from which steps end
MOST_DAMPING = 10.0
NUDGE = 0.02  # by which a number is moved to see what it does

# How far a drawing may stray from what is likely, as standard deviations: of two scales or a shear as a share of the
# em, of the change of size for each em of the way, of the letter spacing, the ink's strength and the square of the blur;
# of the numbers of lines and rings from where they were first taken to be.
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


def fitted(
    first: Drawing, canvas: Canvas, target: Floats, free: Numbers, extra_px: float = 0.0
) -> tuple[Drawing, float]:
    """The drawing most like the target that steps of its `free` numbers lead to, and its cost.

    target: (H, W, 3) as the canvas draws. extra_px: a blur of both, in which they find each other from farther away.
    """
    if extra_px:
        target = reduced(target, extra_px)
    best, damping = first, 1e-3
    cost, matrix, side = _system(best, first, canvas, target, free, extra_px)
    for _ in range(STEPS):
        damped = matrix + np.diag(np.diag(matrix) * damping + 1e-9)
        change = np.zeros(len(everything(first)))
        change[free] = np.linalg.solve(damped, side)
        trial = best.moved(change)
        if not 0.3 < trial.place.size_px / first.place.size_px < 3:
            damping *= 30
            continue
        trial_cost, *trial_system = _system(trial, first, canvas, target, free, extra_px)
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
    return best, cost


def unlike(picture: Floats, target: Floats) -> float:
    """The cost of a picture as it stands."""
    return float((OUTLIER**2 * np.log1p(np.square((target - picture) * WEIGHTS / OUTLIER))).sum())


def _system(
    drawing: Drawing, first: Drawing, canvas: Canvas, target: Floats, free: Numbers, extra_px: float
) -> tuple[float, Floats, Floats]:
    """The cost of a drawing, and the normal equations of the step that makes it smaller."""
    text, level = canvas.text(drawing), canvas.level(drawing)
    picture = canvas.picture(drawing, extra_px, text, level)
    slopes = _slopes(drawing, canvas, picture, lambda other, text: canvas.picture(other, extra_px, text, level), text)
    system = np.stack([(slopes(number) * WEIGHTS).reshape(-1) for number in free.tolist()])
    left = ((target - picture) * WEIGHTS).reshape(-1)
    weighted = system / (1 + np.square(left / OUTLIER))
    likely, stray = _likely(drawing, first)
    likely, stray = likely[:, free], stray
    cost = unlike(picture, target) + float(stray @ stray)
    return cost, weighted @ system.T + likely.T @ likely, weighted @ left - likely.T @ stray


def _slopes(
    drawing: Drawing,
    canvas: Canvas,
    picture: Floats,
    drawn: Callable[[Drawing, Floats], Floats],
    text: Floats,
) -> Callable[[int], Floats]:
    """What gives for each number of a drawing how its picture changes with it.

    Lines and rings move with the word, so that the slopes of the picture tell what its place and size do; letters that
    are set wider, lines and rings are drawn once more.
    """
    height, width = canvas.size
    down, across = np.gradient(picture, axis=(0, 1))
    p = drawing.place.projection
    ys, xs = (axis[..., np.newaxis] + 0.5 for axis in np.mgrid[:height, :width])
    points = np.concatenate((xs, ys), axis=2).reshape(-1, 2)
    level = drawing.place.level(points)
    depth = (level @ p[2, :2] + 1.0).reshape(height, width, 1)
    x, y = (level[:, axis].reshape(height, width, 1) for axis in (0, 1))
    u, v = across / depth, down / depth
    away = u * xs + v * ys
    known = {0: (-u, 1), 1: (-v, 1), 2: (-u, x), 3: (-u, y), 4: (-v, x), 5: (-v, y), 6: (away, x), 7: (away, y)}

    def slope(number: int) -> Floats:
        if number in known:
            one, other = known[number]
            product: Floats = one * other
            return product
        if number == WORD_NUMBERS - 1:
            bend: Floats = np.gradient(down, axis=0) + np.gradient(across, axis=1)
            return bend / 2
        change = np.zeros(len(everything(drawing)))
        change[number] = NUDGE
        other_drawing = drawing.moved(change)
        redrawn = canvas.text(other_drawing) if number == 8 else text
        return (drawn(other_drawing, redrawn) - picture) / NUDGE

    return slope


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


assert LINE.size == LINE_NUMBERS and RING.size == RING_NUMBERS

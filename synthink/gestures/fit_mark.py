"""An own mark is laid over a sketch of its class: turned, moved, and made larger or smaller, all of it alike."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Points, bounds, snap
from synthink.ink.model import Ink

FEW = 5  # marks with a box like the sketch's, of which one is drawn
SLIMMEST = 50.0  # width to height
SHARE = 0.25  # of the sketch's longer side, where H is more, and of its shorter side, where H is less
MEAN, MOST = 0.2, 0.6  # H, or these shares, between a mark and the sketch, on average and at most
STEPS = 48  # points along a stroke that are compared
MOST_POINTS = 200  # of a mark among which its ends are looked for

OTHER_STROKES = "no own mark has as many strokes as the variant"
OTHER_PEN = "own marks are not drawn with a highlighter"
OTHER_SHAPE = "the own mark has another shape than the target"

Ends = npt.NDArray[np.float64]


class OwnMarks:
    """The own marks of one class."""

    def __init__(self, inks: Sequence[Ink]) -> None:
        self.inks = tuple(inks)
        self._counts = np.array([len(ink) for ink in self.inks])
        self._slimness = np.array([_slimness(ink.points[:, :2].astype(np.float64)) for ink in self.inks])

    def like(self, sketch: Sequence[Points], by_ends: bool) -> list[Ink]:
        """The marks with as many strokes as a sketch, the few of them with a box as wide for its height where they are
        not fitted by their ends."""
        numbers = np.flatnonzero(self._counts == len(sketch))
        if len(numbers) and not by_ends:
            wanted = _slimness(np.concatenate([np.asarray(stroke, dtype=np.float64) for stroke in sketch]))
            numbers = numbers[np.abs(self._slimness[numbers] - wanted).argsort(kind="stable")[:FEW]]
        return [self.inks[number] for number in numbers.tolist()]


def _slimness(points: Points) -> float:
    """The logarithm of width over height of the points' box; a line is held between 50 to 1 and 1 to 50."""
    box = bounds(points)
    return math.log(min(max(max(box.width, 1e-9) / max(box.height, 1e-9), 1 / SLIMMEST), SLIMMEST))


def fit_mark(own: Ink, sketch: Sequence[Points], height: float, by_ends: bool) -> tuple[Ink, list[Points]] | str:
    """The own mark in the place of the sketch, and its strokes in the order of the sketch's; or why it does not fit.

    own: a mark in any unit, with as many strokes as the sketch. sketch: (N, 2) page pixels each, as a variant draws it
    for the target. height: H. by_ends: whether its farthest points come to lie on those of the sketch, as of an arrow;
    else it is not turned, and its box comes to lie on the sketch's as well as it can.
    """
    points = own.points[:, :2].astype(np.float64)
    goal = np.concatenate([np.asarray(stroke, dtype=np.float64) for stroke in sketch])
    placed = snap(_on_ends(points, goal) if by_ends else _on_box(points, goal))
    strokes = np.split(placed, own.starts[1:])
    box = bounds(goal)
    shorter, longer = sorted((box.width, box.height))
    if not _alike(strokes, sketch, max(min(height, SHARE * longer), SHARE * shorter)):
        return OTHER_SHAPE
    columns = own.points.copy()
    columns[:, :2] = placed
    return own.with_points(columns), _in_order_of(sketch, strokes)


def _alike(strokes: Sequence[Points], sketch: Sequence[Points], unit: float) -> bool:
    """Whether each of two marks keeps near the other all along; unit: of lengths, in page pixels."""
    one, other = (np.concatenate([_dense(stroke) for stroke in lines]) for lines in (strokes, sketch))
    away = np.sqrt(((one[:, np.newaxis] - other) ** 2).sum(axis=2))
    for nearest in (away.min(axis=1), away.min(axis=0)):
        if nearest.mean() > MEAN * unit or nearest.max() > MOST * unit:
            return False
    return True


def _dense(stroke: Points) -> Points:
    """(48, 2) points at even steps along a stroke."""
    stroke = np.asarray(stroke, dtype=np.float64)
    along = np.concatenate(([0.0], np.hypot(*np.diff(stroke, axis=0).T).cumsum()))
    at = np.linspace(0.0, along[-1], STEPS)
    return np.stack((np.interp(at, along, stroke[:, 0]), np.interp(at, along, stroke[:, 1])), axis=1)


def _on_box(points: Points, goal: Points) -> Points:
    """The points moved and scaled so that the sides of their box are those of the other's, by least squares."""
    mark, box = bounds(points), bounds(goal)
    sides = mark.width * box.width + mark.height * box.height
    scale = sides / (mark.width**2 + mark.height**2)
    placed: Points = (points - mark.centre) * scale + box.centre
    return placed


def _on_ends(points: Points, goal: Points) -> Points:
    """The points turned, moved and scaled so that the two that are farthest apart come to lie on those of the goal,
    by less than a quarter turn."""
    (one, other), (start, stop) = _ends(points), _ends(goal)
    way, wanted = other - one, stop - start
    if float(way @ wanted) < 0:
        start, wanted = stop, -wanted
    # As complex numbers the quotient of the ways both turns and scales.
    factor = complex(*wanted) / complex(*way)
    turn = np.array(((factor.real, factor.imag), (-factor.imag, factor.real)))
    placed: Points = (points - one) @ turn + start
    return placed


def _ends(points: Points) -> Ends:
    """(2, 2) the two points that are farthest apart."""
    few = points[np.linspace(0, len(points) - 1, min(len(points), MOST_POINTS)).round().astype(np.intp)]
    away = ((few[:, np.newaxis] - few) ** 2).sum(axis=2)
    ends: Ends = few[np.array(np.unravel_index(away.argmax(), away.shape))]
    return ends


def _in_order_of(sketch: Sequence[Points], strokes: list[Points]) -> list[Points]:
    """Strokes in the order of the sketch's, each with the one that is most like it in place and size: people draw an
    arrow's heads before its shaft, too."""
    left = list(strokes)
    ordered = []
    for stroke in sketch:
        wanted = np.array(bounds(np.asarray(stroke, dtype=np.float64)))
        nearest = min(range(len(left)), key=lambda number: float(np.abs(np.array(bounds(left[number])) - wanted).sum()))
        ordered.append(left.pop(nearest))
    return ordered

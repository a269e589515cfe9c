"""Curves through the points of ink."""

from __future__ import annotations

import numpy as np

from synthink.ink import Ink
from synthink.ink.drawing.line import rounded
from tests.ink.drawing.strokes import ink_of


def test_curves_go_through_the_points_and_near_the_circle_they_were_taken_from() -> None:
    turn = np.linspace(0, 2 * np.pi, 14)
    ink = ink_of(36 + 24 * np.cos(turn), 30 + 24 * np.sin(turn), 100 * turn)
    points, starts = rounded(ink.points.astype(np.float64), ink.starts)
    assert {tuple(p) for p in ink.points[:, :2].tolist()} <= {tuple(p) for p in points[:, :2].tolist()}
    away = np.abs(np.hypot(points[:, 0] - 36, points[:, 1] - 30) - 24)
    inner = (points[:, 2] > 60) & (points[:, 2] < 560)
    assert away[inner].max() < 0.3 and len(points) > 28 and starts.tolist() == [0]
    assert (np.diff(points[:, 2]) > 0).all()


def test_corners_and_strokes_ends_stay_straight() -> None:
    square = np.array([[10.0, 10], [50, 10], [50, 50], [10, 50]])
    ink = Ink([square, square + 3])
    points, starts = rounded(ink.points.astype(np.float64), ink.starts)
    assert points[:, :2].min() == 10 and points[:, :2].max() == 53
    assert len(starts) == 2 and np.array_equal(points[starts[1], :2], [13, 13])

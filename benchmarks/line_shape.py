"""The shape of a line of ink: the rows of the realism table that need no times."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
TURN_STEP = 0.1  # body heights between the points at which turns are measured
JUMP = 0.05  # body heights to the left of the last stroke's end that count as a jump back
FEWEST = 18  # points of a stroke without times whose length counts
STEEPEST = 50.0  # degrees from the vertical


def shape_rows(strokes: Sequence[Floats], label: str | None) -> tuple[dict[str, Floats], float]:
    """Rows of strokes (N, 2 or more) of one line, y down, and its body height (NaN for ink without one).

    Slant and stroke length come from the path itself here; where times are known the smoothed motion's replace them.
    """
    points = np.concatenate([stroke[:, :2] for stroke in strokes]) if strokes else np.zeros((0, 2))
    rows: dict[str, Floats] = {"points_stroke": np.array([len(stroke) for stroke in strokes], dtype=np.float64)}
    letters = len("".join((label or "").split()))
    if letters:
        rows["points_char"] = np.array([len(points) / letters])
        rows["strokes_char"] = np.array([len(strokes) / letters])
    slope, height = _body(points)
    if not np.isfinite(height):
        return rows, height
    rows["baseline"] = np.array([np.degrees(np.arctan(slope))])
    rows |= _path_rows(strokes, height)
    if label:
        rows["width_char"] = np.array([np.ptp(points[:, 0]) / len(label) / height])
    return rows, height


def _body(points: Floats) -> tuple[float, float]:
    """Slope of the regression line through all points, and p90 - p10 of the distances from it along y."""
    if len(points) < 2 or np.ptp(points[:, 0]) == 0:
        return float("nan"), float("nan")
    x, y = (points - points.mean(0)).T
    slope = float((x * y).sum() / (x * x).sum())
    low, high = np.percentile(y - slope * x, (10, 90))
    return slope, float(high - low) if high > low else float("nan")


def _path_rows(strokes: Sequence[Floats], height: float) -> dict[str, Floats]:
    steps = [np.hypot(*np.diff(stroke[:, :2], axis=0).T) for stroke in strokes]
    jumps = np.array([after[0, :2] - before[-1, :2] for before, after in pairwise(strokes)])
    jumps = jumps.reshape(-1, 2)
    lengths = np.array([step.sum() for step in steps])
    up, down = np.hypot(jumps[:, 0], jumps[:, 1]).sum(), lengths.sum()
    rows = {
        "length": lengths[[len(stroke) >= FEWEST for stroke in strokes]] / height,
        "spacing": np.array([np.median(np.concatenate(steps))]) / height,
    }
    if up + down > 0:
        rows["up_path"] = np.array([up / (up + down)])
    if len(jumps):
        rows["jumps"] = np.array([(jumps[:, 0] < -JUMP * height).mean()])
    even = [_even(stroke, step, TURN_STEP * height) for stroke, step in zip(strokes, steps, strict=True)]
    return rows | _angle_rows([np.diff(points, axis=0) for points in even])


def _even(stroke: Floats, steps: Floats, distance: float) -> Floats:
    """(M, 2): the path's points at equal distances along it."""
    along = np.concatenate(([0.0], np.cumsum(steps)))
    at = np.arange(0.0, along[-1], distance)
    return np.column_stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)])


def _angle_rows(steps: Sequence[Floats]) -> dict[str, Floats]:
    rows: dict[str, Floats] = {}
    headings = [np.arctan2(step[:, 1], step[:, 0]) for step in steps if len(step)]
    turns = np.concatenate([np.diff(heading) for heading in headings] or [np.zeros(0)])
    turns = np.degrees(np.abs((turns + np.pi) % (2 * np.pi) - np.pi))
    if len(turns):
        shares = {"turns_15": turns < 15, "turns_45": turns < 45, "turns_90": turns > 90}
        rows |= {key: np.array([share.mean()]) for key, share in shares.items()}
    slants = np.degrees(np.concatenate(headings or [np.zeros(0)])) - 90  # 0 runs straight down; left of it leans right
    slants = slants[np.abs(slants) < STEEPEST]
    if len(slants):
        rows["slant"] = np.array([np.median(slants)])
    return rows

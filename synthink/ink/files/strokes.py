"""What readers do with numbers before they become ink: arrays of points, checks, times from the first point, limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted
from synthink.ink.files.base import Reading
from synthink.ink.model import FARTHEST, Ink, InkError, Span

Points = npt.NDArray[np.float64]
"""(N, 4): x, y, t in ms (absolute while a file is being read), pressure; NaN where there is none."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
LATEST = 1e18  # ms, some 30 million years: what a time may be at most; an int may be too large for a float


def decimal(text: str) -> float:
    """The decimal number that a text is, but for blanks around it. Raises `ValueError` for all else that Python's
    `float` would take: `1_000`, `infinity`, `nan`, digits of other scripts."""
    word = text.strip(" \t\r\n")
    if not _NUMBER.fullmatch(word):
        raise ValueError(f"{quoted(text, 40)} is no number")
    return float(word)


def point_array(
    x: npt.ArrayLike, y: npt.ArrayLike, t: npt.ArrayLike = np.nan, pressure: npt.ArrayLike = np.nan
) -> Points:
    """Points (N, 4) from their columns; a number instead of a column holds for all points."""
    points = np.empty((np.size(x), 4))
    points[:, 0], points[:, 1], points[:, 2], points[:, 3] = x, y, t, pressure
    return points


def stacked_rows(rows: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Points (N, 2 or 3) from rows of x, y and perhaps t. Raises `InkError` when the rows differ in length."""
    if len({len(row) for row in rows}) > 1:
        raise InkError(f"x, y and t have {', '.join(str(len(row)) for row in rows)} values")
    return np.stack(rows, axis=1)


def number_list(values: Any, name: str) -> npt.NDArray[np.float64]:
    """A JSON list of numbers as (N,) floats. Raises `InkError` that calls it `name` for anything else."""
    if not isinstance(values, list):
        raise InkError(f"{name} is no list: {quoted(values)}")
    if not values:
        return np.zeros(0)
    try:
        array = np.asarray(values)
    except (ValueError, OverflowError):
        raise InkError(f"{name} is no list of numbers: {quoted(values)}") from None
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        raise InkError(f"{name} is no list of numbers: {quoted(values)}")
    return array.astype(np.float64)


def fault(points: Points) -> str | None:
    """The fault of a stroke's points, None when they can be used."""
    good = np.abs(points[:, :2]) <= FARTHEST  # not so for NaN
    if not good.all():
        row = int((~good).any(axis=1).argmax())
        return f"x, y of point {row} must be finite and within {FARTHEST:g}, is {points[row, :2].tolist()}"
    late = ~(np.abs(points[:, 2]) <= LATEST) & ~np.isnan(points[:, 2])
    if late.any():
        return f"t of point {int(late.argmax())} is out of range, is {points[late.argmax(), 2]:g}"
    return None


def relative_times(
    strokes: Sequence[npt.NDArray[np.float64]], start: float | None = None
) -> tuple[list[npt.NDArray[np.float64]], float]:
    """Strokes (N, 2 to 4) with times counted from `start`, and that time.

    Without a start, or with one beyond all bounds, times are counted from the first that there is, or from 0.
    """
    times = np.concatenate([stroke[:, 2] for stroke in strokes if stroke.shape[1] > 2] or [np.zeros(0)])
    known = times[np.isfinite(times)]
    if start is None or not abs(start) <= LATEST:
        start = float(known[0]) if len(known) else 0.0
    if start == 0:
        return list(strokes), 0.0
    first = np.array([0, 0, start, 0])
    return [stroke - first[: stroke.shape[1]] for stroke in strokes], float(start)


def median_interval(times: Sequence[npt.NDArray[np.float64]]) -> float | None:
    """The median interval from point to point in columns of times, None where there are fewer than two."""
    steps = np.concatenate([np.diff(column) for column in times] or [np.zeros(0)])
    steps = steps[(steps > 0) & np.isfinite(steps)]  # not so for NaN
    return float(np.median(steps)) if len(steps) >= 2 else None


def to_milliseconds(interval: float, interval_ms: float) -> float | None:
    """The factor that makes milliseconds of times, by an interval in them and how long it is known to be.

    Files say milliseconds and hold micro- or nanoseconds, or seconds: 1 where the interval is the known one within a
    factor of 10, the power of 1000 that makes it so, or None where none does.
    """
    ratio = interval_ms / interval
    return next((scale for scale in (1.0, 1e-3, 1e3, 1e-6) if 0.1 < ratio / scale < 10), None)


def assemble(
    reading: Reading,
    element: str,
    strokes: Sequence[npt.NDArray[Any]],
    spans: Sequence[Span] = (),
    offset: int | None = None,
    **about: Any,
) -> Ink | None:
    """Ink of the strokes that have points.

    Bad strokes go through `reading.skip`, and are counted in metadata `skipped_strokes`. The result is None when no
    stroke is left, or when a stroke of an ink with spans was left out, since the spans would no longer say what they
    said.
    """
    try:
        return Ink([stroke for stroke in strokes if len(stroke)], spans, **about)
    except InkError as error:
        reason = error.reason
    good = []
    bad = 0
    for index, stroke in enumerate(strokes):
        try:
            if len(stroke):
                Ink([stroke])
                good.append(stroke)
        except InkError as error:
            reading.skip(error.reason, f"{element}, stroke {index}" if element else f"stroke {index}", offset)
            bad += 1
    if not bad:
        reading.skip(reason, element, offset)
    if not bad or not good or spans:
        return None
    metadata = dict(about.pop("metadata", None) or {})
    return Ink(good, **about, metadata={**metadata, "skipped_strokes": metadata.get("skipped_strokes", 0) + bad})


class Budget:
    """Counts the strokes and points of a file against its limits."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.strokes = self.points = 0

    def add(self, points: int, strokes: int = 1, element: str = "") -> None:
        """Count more strokes with so many points in all. Raises `InkError` beyond the limits."""
        self.strokes += strokes
        self.points += points
        limits = self.reading.limits
        if self.points > limits.points or self.strokes > limits.strokes:
            self.reading.fail(f"has more than {limits.points} points or {limits.strokes} strokes", element)


def limited(inks: Iterable[Ink], reading: Reading) -> Iterator[Ink]:
    """The inks of one file. Raises `InkError` beyond `limits.points` and `limits.strokes`."""
    budget = Budget(reading)
    for ink in inks:
        budget.add(len(ink.points), len(ink), ink.source or "")
        yield ink

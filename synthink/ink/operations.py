"""Pure functions on ink: each returns new ink and leaves the old one as it was. Spans follow their points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.arguments import guard
from synthink.draw.geometry import Box, bounds
from synthink.errors import ArgumentError
from synthink.ink.model import Ink, InkError, Span, SpanKind

__all__ = [
    "bounding_box",
    "clean",
    "concatenate",
    "cut",
    "path_lengths",
    "resample",
    "simplify",
    "smooth",
    "split",
    "transform",
]

Numbers = npt.NDArray[np.float64]


def bounding_box(ink: Ink) -> Box:
    """The smallest box around all points, in the ink's units. `InkError` for ink without points."""
    if not len(ink.points):
        raise InkError("ink without points has no bounding box")
    return bounds(ink.points[:, :2].astype(np.float64))


def transform(ink: Ink, matrix: npt.ArrayLike, units: str | None = None) -> Ink:
    """The ink with x, y moved by a (2, 3) or (3, 3) affine matrix for column vectors (x, y, 1); `units` names the new
    unit."""
    affine = np.asarray(matrix, dtype=np.float64)
    if affine.shape not in ((2, 3), (3, 3)) or (affine.shape == (3, 3) and (affine[2] != (0, 0, 1)).any()):
        reason = f"must be affine: (2, 3), or (3, 3) with the last row 0 0 1, and has the shape {affine.shape}"
        raise ArgumentError("matrix", affine.tolist(), reason)
    points = ink.points.astype(np.float64)
    points[:, :2] = points[:, :2] @ affine[:2, :2].T + affine[:2, 2]
    return Ink.packed(points.astype(np.float32), ink.starts, ink.spans, **{**ink.about, "units": units or ink.units})


def resample(ink: Ink, *, spacing: float | None = None, interval_ms: float | None = None) -> Ink:
    """Points at even steps along each stroke, ends kept: of about `spacing` units of length, or `interval_ms`.

    By time, points whose time does not advance are merged first; `InkError` when there are no times.
    """
    if spacing is not None and interval_ms is not None:
        raise ArgumentError("interval_ms", interval_ms, "must not be given together with a spacing")
    name, step = ("interval_ms", interval_ms) if spacing is None else ("spacing", spacing)
    if step is None or not step > 0:
        raise ArgumentError(name, step, "must be above 0")
    if interval_ms is not None:
        if not ink.has_time:
            raise InkError("ink without times cannot be resampled by time")
        ink = clean(ink)
    if not len(ink):
        return ink
    points = ink.points.astype(np.float64)
    along = points[:, 2] if spacing is None else path_lengths(ink)
    first, last = along[ink.starts], along[ink.starts + ink.lengths - 1]
    counts = np.ceil(np.round((last - first) / float(step), 6)).astype(np.intp) + 1
    starts = _starts(counts)
    share = (np.arange(counts.sum()) - np.repeat(starts, counts)) / np.repeat(np.maximum(counts - 1, 1), counts)
    # Every stroke gets a stretch of its own on one axis, so that one interpolation serves all.
    shift = np.cumsum(last - first + 1.0) - (last - first + 1.0)
    axis = along - np.repeat(first, ink.lengths) + np.repeat(shift, ink.lengths)
    at = np.repeat(shift, counts) + share * np.repeat(last - first, counts)
    fresh = np.stack([np.interp(at, axis, points[:, column]) for column in range(4)], axis=1)
    spans = _moved_spans(ink, lambda row: float(axis[row]), at, starts)
    return Ink.packed(fresh.astype(np.float32), starts, spans, **ink.about)


def simplify(ink: Ink, tolerance: float) -> Ink:
    """The ink without the points that lie within `tolerance` units of the line through the others (Ramer 1972; Douglas
    and Peucker 1973)."""
    points = ink.points[:, :2].astype(np.float64)
    keep = np.zeros(len(points), dtype=bool)
    for start, length in zip(ink.starts.tolist(), ink.lengths.tolist(), strict=True):
        keep[[start, start + length - 1]] = True
        stack = [(start, start + length - 1)]
        while stack:
            low, high = stack.pop()
            if high - low < 2:
                continue
            away = _distances(points[low + 1 : high], points[low], points[high])
            farthest = int(away.argmax())
            if away[farthest] > tolerance:
                middle = low + 1 + farthest
                keep[middle] = True
                stack += [(low, middle), (middle, high)]
    return _only(ink, keep)


def smooth(ink: Ink, sigma: float) -> Ink:
    """The ink with x and y averaged along each stroke with a Gaussian of `sigma` points; the ends stay where they
    are."""
    if not sigma > 0 or not len(ink):
        return ink
    reach = max(1, int(np.ceil(3 * sigma)))
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (offsets / sigma) ** 2)
    rows = np.arange(len(ink.points))
    low = np.repeat(ink.starts, ink.lengths)
    high = np.repeat(ink.starts + ink.lengths - 1, ink.lengths)
    # The window shrinks towards the ends evenly on both sides: a straight line stays as it is.
    room = np.minimum(rows - low, high - rows)
    inside = (np.abs(offsets) <= room[:, np.newaxis]) * weights
    x_y = ink.points[:, :2].astype(np.float64)
    gathered = x_y[np.clip(rows[:, np.newaxis] + offsets, 0, len(rows) - 1)]
    points = ink.points.copy()
    points[:, :2] = (gathered * inside[:, :, np.newaxis]).sum(axis=1) / inside.sum(axis=1)[:, np.newaxis]
    return ink.with_points(points)


def clean(ink: Ink) -> Ink:
    """Times put right: in each stroke, points whose time is not later than all before them are left out."""
    if not ink.has_time:
        return ink
    keep = np.ones(len(ink.points), dtype=bool)
    for start, length in zip(ink.starts.tolist(), ink.lengths.tolist(), strict=True):
        times = ink.points[start : start + length, 2]
        keep[start + 1 : start + length] = times[1:] > np.maximum.accumulate(times)[:-1]
    return _only(ink, keep)


def concatenate(inks: Sequence[Ink], gap_ms: float = 0.0) -> Ink:
    """All strokes one after the other. Times of each ink begin `gap_ms` after the last time of those before."""
    points, spans, strokes, clock = [], [], 0, 0.0
    for ink in inks:
        fresh = ink.points.copy()
        if ink.has_time:
            fresh[:, 2] += np.float32(clock - float(fresh[0, 2]))
            clock = float(fresh[:, 2].max()) + gap_ms
        points.append(fresh)
        spans += [_shifted(span, strokes) for span in ink.spans]
        strokes += len(ink)
    if not points:
        return Ink(())
    lengths = np.concatenate([ink.lengths for ink in inks])
    labels = [ink.label for ink in inks if ink.label]
    about = {
        name: next(iter(values)) if len(values := {getattr(ink, name) for ink in inks}) == 1 else None
        for name in ("writer", "source", "units")
    }
    return Ink.packed(
        np.concatenate(points), _starts(lengths), tuple(spans), label=" ".join(labels) if labels else None, **about
    )


def split(ink: Ink, kind: SpanKind) -> list[Ink]:
    """One ink for each span of that kind, labelled by it, with the spans inside it; times are left as they are."""
    return [cut(ink, span) for span in ink.of_kind(kind)]


def cut(ink: Ink, span: Span) -> Ink:
    """The ink of one span alone: each of its parts is a stroke."""
    rows = [(int(ink.starts[stroke]) + first, int(ink.starts[stroke]) + stop) for stroke, first, stop in span.parts]
    points = [ink.points[first:stop] for first, stop in rows]
    inner = []
    for other in ink.spans:
        parts = [
            (index, max(first, low) - low, min(stop, high) - low)
            for stroke, first, stop in other.parts
            for index, (own, low, high) in enumerate(span.parts)
            if own == stroke and max(first, low) < min(stop, high)
        ]
        if parts and sum(stop - first for _, first, stop in parts) == sum(p[2] - p[1] for p in other.parts):
            inner.append(Span(other.label, other.kind, tuple(parts)))
    about = {**ink.about, "label": span.label}
    starts = _starts(np.array([len(part) for part in points], dtype=np.intp))
    return Ink.packed(np.concatenate(points), starts, tuple(inner), **about)


def path_lengths(ink: Ink) -> Numbers:
    """(N,): length of the path from each stroke's first point, in the ink's units."""
    points = ink.points[:, :2].astype(np.float64)
    steps = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    steps[ink.starts] = 0.0
    total: Numbers = np.cumsum(steps)
    return total - np.repeat(total[ink.starts], ink.lengths)


def _starts(lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    starts = np.zeros(len(lengths), dtype=np.intp)
    np.cumsum(lengths[:-1], out=starts[1:])
    return starts


def _distances(points: Numbers, start: Numbers, end: Numbers) -> Numbers:
    """Of (N, 2) points from the segment between two."""
    along = end - start
    square = float(along @ along)
    share = np.clip((points - start) @ along / square, 0.0, 1.0) if square else np.zeros(len(points))
    away: Numbers = np.hypot(*(points - start - share[:, np.newaxis] * along).T)
    return away


def _only(ink: Ink, keep: npt.NDArray[np.bool_]) -> Ink:
    """The points that are kept; every stroke keeps at least one."""
    lengths = np.add.reduceat(keep.astype(np.intp), ink.starts) if len(ink) else ink.lengths
    starts = _starts(lengths)
    spans = _moved_spans(ink, float, np.flatnonzero(keep).astype(np.float64), starts)
    return Ink.packed(ink.points[keep], starts, spans, **ink.about)


def _moved_spans(ink: Ink, axis: Any, places: Numbers, starts: npt.NDArray[np.intp]) -> tuple[Span, ...]:
    """The spans over new points at `places`, on an axis on which `axis(old row)` says where the old points lie."""
    stops = np.append(starts[1:], len(places)).tolist()
    spans = []
    for span in ink.spans:
        parts = []
        for stroke, first, stop in span.parts:
            row = int(ink.starts[stroke])
            low = int(np.searchsorted(places, axis(row + first) - 1e-9))
            high = int(np.searchsorted(places, axis(row + stop - 1) + 1e-9))
            low = min(low, stops[stroke] - 1)  # a part between two new points keeps the nearer end
            parts.append((stroke, low - int(starts[stroke]), max(high, low + 1) - int(starts[stroke])))
        spans.append(Span(span.label, span.kind, tuple(parts)))
    return tuple(spans)


def _shifted(span: Span, strokes: int) -> Span:
    return Span(span.label, span.kind, tuple((stroke + strokes, first, stop) for stroke, first, stop in span.parts))


guard(globals())

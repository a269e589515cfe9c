"""Digital ink: the strokes of a pen, what they say, and where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from synthink.errors import AssetError, quoted

Stroke = npt.NDArray[np.float32]
"""(N, 4), N >= 1: x to the right and y down in the ink's units; t in milliseconds from the ink's first point, NaN when
the source has none; pressure 0..1, NaN when the source has none. Only points at which the pen is down."""

SpanKind = Literal["character", "word", "line", "symbol"]
KINDS: tuple[SpanKind, ...] = ("character", "word", "line", "symbol")
FARTHEST = 1e9  # no tablet's coordinate, in any unit; beyond it squares overflow float32


class InkError(AssetError):
    """Ink that cannot be used: `file`, `element` (trace 3, line 12, member `samples`), `offset` (bytes) where known."""

    def __init__(self, reason: str, file: str = "", element: str = "", offset: int | None = None) -> None:
        place = [part for part in (file, element) if part] + ([f"offset {offset}"] if offset is not None else [])
        super().__init__(f"{', '.join(place)}: {reason}" if place else reason)
        self.reason, self.file, self.element, self.offset = reason, file, element, offset

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.reason, self.file, self.element, self.offset)


@dataclass(frozen=True, slots=True)
class Span:
    """A label of a part of the ink: `parts` are (stroke, first point, point after the last)."""

    label: str
    kind: SpanKind
    parts: tuple[tuple[int, int, int], ...]


class Ink:
    """Strokes in the order in which they were written. Not to be changed: functions return new ink.

    The points of all strokes lie in one array, `points` (N, 4); stroke i begins at row `starts[i]`. `strokes` are views
    into it. `label` is what the whole says, `source` the format or file it was read from, `units` the unit of x and y
    where it is known (`px`, `mm`, `x-height`), `metadata` whatever else the source told.
    """

    points: npt.NDArray[np.float32]
    starts: npt.NDArray[np.intp]
    spans: tuple[Span, ...]
    label: str | None
    writer: str | None
    source: str | None
    units: str | None
    metadata: dict[str, Any]

    def __init__(
        self,
        strokes: Iterable[npt.ArrayLike],
        spans: Sequence[Span] = (),
        *,
        label: str | None = None,
        writer: str | None = None,
        source: str | None = None,
        units: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Strokes of shape (N, 2), (N, 3) or (N, 4): missing times and pressures become NaN.

        Raises `InkError` naming the stroke for one that is empty, has coordinates that are not finite or beyond 1e9,
        infinite times, or pressures outside 0..1; and for spans outside the strokes.
        """
        if not isinstance(strokes, Iterable):
            raise InkError(f"strokes are {quoted(strokes)}, and must be a list of arrays")
        arrays = [_stroke(points, index) for index, points in enumerate(strokes)]
        lengths = [len(array) for array in arrays]
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1])) if arrays else np.zeros(0)
        points = np.concatenate(arrays) if arrays else np.zeros((0, 4), np.float32)
        self._set(points, starts.astype(np.intp), tuple(spans), label, writer, source, units, dict(metadata or {}))
        self._check()

    @classmethod
    def packed(
        cls,
        points: npt.NDArray[np.float32],
        starts: npt.NDArray[np.intp],
        spans: tuple[Span, ...] = (),
        *,
        label: str | None = None,
        writer: str | None = None,
        source: str | None = None,
        units: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Ink:
        """Ink of points that are known to be good: nothing is checked or copied."""
        ink = cls.__new__(cls)
        ink._set(points, starts, spans, label, writer, source, units, dict(metadata or {}))
        return ink

    def with_points(self, points: npt.NDArray[Any]) -> Ink:
        """The ink with other values in `points`, of the same shape."""
        return self.packed(points.astype(np.float32, copy=False), self.starts, self.spans, **self.about)

    @cached_property
    def strokes(self) -> tuple[Stroke, ...]:
        """Each stroke as an (N, 4) view."""
        return tuple(np.split(self.points, self.starts[1:])) if len(self.starts) else ()

    @property
    def lengths(self) -> npt.NDArray[np.intp]:
        """(strokes,): number of points of each."""
        return np.diff(self.starts, append=len(self.points))

    @property
    def about(self) -> dict[str, Any]:
        """Label, writer, source, units and metadata, as keywords."""
        return {name: getattr(self, name) for name in ("label", "writer", "source", "units", "metadata")}

    @property
    def has_time(self) -> bool:
        """Whether every point has a time."""
        return len(self.points) > 0 and not bool(np.isnan(self.points[:, 2]).any())

    @property
    def has_pressure(self) -> bool:
        """Whether every point has a pressure."""
        return len(self.points) > 0 and not bool(np.isnan(self.points[:, 3]).any())

    def of_kind(self, kind: SpanKind) -> tuple[Span, ...]:
        """The spans of one kind, in order."""
        return tuple(span for span in self.spans if span.kind == kind)

    def __len__(self) -> int:
        return len(self.starts)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Ink)
            and np.array_equal(self.starts, other.starts)
            and np.array_equal(self.points, other.points, equal_nan=True)
            and self.spans == other.spans
            and self.about == other.about
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Ink({len(self)} strokes, {len(self.points)} points, label={quoted(self.label)})"

    def _repr_html_(self) -> str:
        """The strokes on white with what they say, for notebooks."""
        from synthink.pages.notebook import Figure, figures_html

        low, high = (self.points[:, :2].min(0), self.points[:, :2].max(0)) if len(self.points) else np.zeros((2, 2))
        pen = max(float((high - low).max()), 1.0) / 100
        view = " ".join(f"{edge:g}" for edge in (*(low - 2 * pen).tolist(), *(high - low + 4 * pen).tolist()))
        lines = [" ".join(f"{x:g},{y:g}" for x, y in stroke[:, :2].tolist()) for stroke in self.strokes]
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" fill="none" '
            f'stroke="#000" stroke-width="{pen:g}" stroke-linecap="round" stroke-linejoin="round">'
            + "".join(f'<polyline points="{line}"/>' for line in lines)
            + "</svg>"
        )
        return figures_html(repr(self), [Figure(svg.encode(), "svg", ())])

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (self.points, self.starts, self.spans, self.about)

    def _set(self, *values: Any) -> None:
        names = ("points", "starts", "spans", "label", "writer", "source", "units", "metadata")
        for name, value in zip(names, values, strict=True):
            setattr(self, name, value)

    def _check(self) -> None:
        x_y, t, pressure = self.points[:, :2], self.points[:, 2], self.points[:, 3]
        self._refuse(~(np.abs(x_y) <= FARTHEST).all(axis=1), "x, y", f"must be finite and within {FARTHEST:g}")
        self._refuse(np.isinf(t), "t", "must not be infinite")
        self._refuse(np.logical_or(pressure < 0, pressure > 1), "pressure", "must lie between 0 and 1")
        lengths = self.lengths
        for span in self.spans:
            for stroke, first, stop in span.parts:
                if not (0 <= stroke < len(self) and 0 <= first < stop <= lengths[stroke]):
                    part = (stroke, first, stop)
                    raise InkError(f"the {span.kind} {quoted(span.label)} spans {part}, which is outside the strokes")

    def _refuse(self, bad: Any, what: str, reason: str) -> None:
        if bad.any():
            row = int(bad.argmax())
            stroke = int(np.searchsorted(self.starts, row, side="right")) - 1
            value = self.points[row].tolist()
            raise InkError(
                f"{what} of point {row - int(self.starts[stroke])} {reason}, is {value}", "", f"stroke {stroke}"
            )


def _unpacked(points: Any, starts: Any, spans: tuple[Span, ...], about: dict[str, Any]) -> Ink:
    return Ink.packed(points, starts, spans, **about)


def _stroke(points: npt.ArrayLike, index: int) -> Stroke:
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused as infinite
            samples = np.asarray(points, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise InkError(f"is no array of numbers: {error}", "", f"stroke {index}") from None
    if samples.ndim != 2 or samples.shape[1] not in (2, 3, 4) or len(samples) == 0:
        raise InkError(f"has shape {samples.shape}, not (N, 4) with N >= 1", "", f"stroke {index}")
    stroke = np.full((len(samples), 4), np.nan, np.float32)
    stroke[:, : samples.shape[1]] = samples
    return stroke

"""Ink on paper: placed in the picture, with the boxes of its characters and words, ready to be drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from synthink.geometry import GRID, Box, Points, snap
from synthink.ink.model import Ink, SpanKind
from synthink.ink.outline import ink_outline
from synthink.ink.pens import Pen, widths
from synthink.scene import Outline
from synthink.stroke import polygon
from synthink.view import View

T = TypeVar("T")
_UPRIGHT = np.array(((-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)))
_ROUND = np.stack((np.cos(np.arange(16) * np.pi / 8), np.sin(np.arange(16) * np.pi / 8)), axis=1)


@dataclass(frozen=True, eq=False)
class PlacedInk:
    """Ink in picture pixels, on the 1/64 grid, with the pen's width at every point."""

    ink: Ink
    widths_px: npt.NDArray[np.float64]

    @classmethod
    def place(cls, ink: Ink, matrix: npt.ArrayLike, pen: Pen, width_px: float) -> PlacedInk:
        """Ink moved by a (2, 3) affine matrix into pixels, written by a pen that is `width_px` wide on the average."""
        points = ink.points.astype(np.float64)
        affine = np.asarray(matrix, dtype=np.float64)
        points[:, :2] = snap(points[:, :2] @ affine[:, :2].T + affine[:, 2])
        # Rounded like all geometry, for they hang on the last bits of speeds; half a width is on the grid, too.
        wide = np.maximum(np.rint(widths(points, ink.starts, pen, width_px) * (GRID / 2)), 1) / (GRID / 2)
        return cls(Ink.packed(points.astype(np.float32), ink.starts, ink.spans, **{**ink.about, "units": "px"}), wide)

    @cached_property
    def points(self) -> Points:
        """(N, 2) x, y."""
        return self.ink.points[:, :2].astype(np.float64)

    @cached_property
    def outline(self) -> Outline:
        """What the pen covers."""
        return ink_outline(self.points, self.ink.starts, self.widths_px)

    def boxes(self, kind: SpanKind, view: View) -> list[Box]:
        """Around the ink of each span of a kind, as it lies in the picture, clipped to that."""
        spans = self.ink.of_kind(kind)
        if not spans:
            return []
        starts = self.ink.starts.tolist()
        rows = [
            np.concatenate(
                [np.arange(starts[stroke] + first, starts[stroke] + stop) for stroke, first, stop in span.parts]
            )
            for span in spans
        ]
        chosen = np.concatenate(rows)
        counts = np.array([len(part) for part in rows])
        around = _UPRIGHT if view.is_straight else _ROUND
        rims = self.points[chosen, np.newaxis] + around * (self.widths_px[chosen] / 2)[:, np.newaxis, np.newaxis]
        begins = np.concatenate(([0], np.cumsum(counts)[:-1])) * len(around)
        return view.boxes(rims.reshape(-1, 2), begins)

    def box(self, view: View) -> Box:
        """Around all ink."""
        around = _UPRIGHT if view.is_straight else _ROUND
        rims = self.points[:, np.newaxis] + around * (self.widths_px / 2)[:, np.newaxis, np.newaxis]
        return view.box(rims.reshape(-1, 2))

    def strokes(self, view: View) -> list[list[list[float | None]]]:
        """Each stroke's points x, y, t, pressure as they lie in the picture; unknown times and pressures are None."""
        points = self.ink.points.astype(np.float64)
        points[:, :2] = view.points(points[:, :2])
        points[:, 2] = np.rint(points[:, 2] * 8) / 8
        points[:, 3] = np.rint(points[:, 3] * 256) / 256
        rows = points.tolist()
        if not (self.ink.has_time and self.ink.has_pressure):
            rows = [[None if value != value else value for value in row] for row in rows]
        return _cut(rows, self.ink)

    def stroke_widths(self) -> list[list[float]]:
        """The pen's width at each point of each stroke, in pixels of the drawn page."""
        return _cut(self.widths_px.tolist(), self.ink)


def _cut(rows: list[T], ink: Ink) -> list[list[T]]:
    ends = [*ink.starts[1:].tolist(), len(rows)]
    return [rows[start:end] for start, end in zip(ink.starts.tolist(), ends, strict=True)]


def rules(size_px: tuple[int, int], first: float, gap: float, width: float, squared: bool, turn_deg: float) -> Outline:
    """The lines printed on paper, each a part of its own: level ones at `first` and every `gap` pixels from there,
    upright ones too when squared; all turned around the picture's middle."""
    across, down = size_px
    room = max(across, down) * abs(math.sin(math.radians(turn_deg))) + width
    bars = _bars(first, gap, width, (-room, down + room), (-room, across + room))
    if squared:
        bars += [bar[:, ::-1] for bar in _bars(first, gap, width, (-room, across + room), (-room, down + room))]
    cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    middle = np.array((across / 2, down / 2))
    turned = (np.concatenate(bars) - middle) @ np.array(((cos, sin), (-sin, cos))) + middle
    return replace(polygon(np.split(turned, len(bars))), parts=tuple(range(len(bars))))


def _bars(
    first: float, gap: float, width: float, among: tuple[float, float], along: tuple[float, float]
) -> list[Points]:
    places = first + gap * np.arange(math.ceil((among[0] - first) / gap), math.floor((among[1] - first) / gap) + 1)
    corners = [(along[0], -width / 2), (along[1], -width / 2), (along[1], width / 2), (along[0], width / 2)]
    return [np.add(corners, (0.0, place)) for place in places.tolist()]

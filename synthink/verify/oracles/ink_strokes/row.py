"""A row of ink_strokes as arrays, wherever it was read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Strokes:
    """The strokes of a row. points: (N, 2) pixels; widths: (N,) pixels; parts: first row, and row after the last, of
    each stroke."""

    points: Floats
    widths: Floats
    parts: tuple[tuple[int, int], ...]


def strokes_of(row: Mapping[str, Any]) -> Strokes | str | None:
    """The strokes of a row; None where it has no such columns, what is wrong where they cannot be strokes."""
    strokes, widths = row.get("strokes"), row.get("stroke_widths_px")
    if strokes is None or widths is None:
        return None
    if not strokes or not all(len(stroke) for stroke in strokes):
        return "a stroke has no points"
    if list(map(len, strokes)) != list(map(len, widths)):
        return "strokes and their widths differ in number"
    points = np.array([point[:2] for stroke in strokes for point in stroke], np.float64)
    flat = np.array([width for stroke in widths for width in stroke], np.float64)
    if not _are_numbers(points, flat):
        return "a stroke's point or width is no number"
    stops = np.cumsum([len(stroke) for stroke in strokes]).tolist()
    return Strokes(points, flat, tuple(zip([0, *stops[:-1]], stops, strict=True)))


def _are_numbers(points: Floats, widths: Floats) -> bool:
    return bool(np.isfinite(points).all() and np.isfinite(widths).all() and (widths > 0).all())


def boxes_of(value: Sequence[Sequence[float]] | None) -> Floats:
    """(B, 4); no rows where there are none."""
    return np.array(value, np.float64).reshape(-1, 4) if value else np.zeros((0, 4))


def bins(points: Any, size_px: tuple[int, int]) -> npt.NDArray[np.intp]:
    """(N, 2): the location bins of points x, y: of 1,024 to the picture's width and height."""
    share = np.asarray(points, np.float64).reshape(-1, 2) / size_px
    numbers: npt.NDArray[np.intp] = np.clip(np.floor(share * 1024), 0, 1023).astype(np.intp)
    return numbers

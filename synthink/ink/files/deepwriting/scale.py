"""What DeepWriting's preprocessing did to the points, and how it is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from synthink.ink.files.base import Reading
from synthink.ink.files.npz.arrays import Arrays

Unscale = Literal["auto"] | bool


@dataclass(frozen=True, slots=True)
class Undo:
    """The inverse of a normalisation: x, y of a sample times `factor` plus `offset` are what was written; `stretch`
    times that, after the deltas are summed. relative: whether samples are deltas."""

    factor: npt.NDArray[np.float64]
    offset: npt.NDArray[np.float64]
    stretch: npt.NDArray[np.float64]
    relative: bool

    def points(self, rows: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """(L, 2) coordinates of a sample (L, 3)."""
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused as infinite
            points = rows[:, :2].astype(np.float64) * self.factor + self.offset
            return np.asarray((np.cumsum(points, axis=0) if self.relative else points) * self.stretch)


def undo(arrays: Arrays, samples: Sequence[Any], letters: Sequence[int], unscale: Unscale, reading: Reading) -> Undo:
    """The way to undo what `preprocessing` lists; without a list all of it is taken to have been done.

    letters: how many each sample holds. Fails for means and the like that are no two finite numbers.
    """
    steps = set(arrays.texts("preprocessing")) if "preprocessing" in arrays else None
    factor, offset, stretch = np.ones(2), np.zeros(2), np.ones(2)
    if {"mean", "std"} <= set(arrays) and (steps is None or "normalization" in steps):
        factor, offset = (_pair(arrays, name, reading) for name in ("std", "mean"))
    relative = steps is None or "relative_representation" in steps
    if unscale is not False and {"min", "max"} <= set(arrays) and (steps is None or "scale" in steps):
        stretch = _pair(arrays, "max", reading) - _pair(arrays, "min", reading)
    plain = Undo(factor, offset, np.ones(2), relative)
    stretched = Undo(factor, offset, stretch, relative)
    if unscale == "auto":
        width = _letter_width(plain, samples, letters)
        ratio = float(stretch[0] / stretch[1]) if stretch[1] else 0.0
        better = width > 0 and ratio > 0 and abs(np.log(width * ratio)) < abs(np.log(width))
        return stretched if better else plain
    return stretched


def _letter_width(undo: Undo, samples: Sequence[Any], letters: Sequence[int]) -> float:
    """The median width of a letter in heights of the middle 80 % of its points, which is about 1 in handwriting; 0 when
    there is too little to tell."""
    widths = []
    for rows, count in zip(samples[:1000], letters[:1000], strict=True):
        if count >= 3 and isinstance(rows, np.ndarray) and rows.ndim == 2 and len(rows) and rows.dtype.kind in "iuf":
            points = undo.points(rows)
            if rows.shape[1] >= 2 and np.isfinite(points).all():
                low, high = np.percentile(points[:, 1], [10, 90])
                widths.append(float(np.ptp(points[:, 0]) / count / max(high - low, 1e-12)))
    return float(np.median(widths)) if widths else 0.0


def _pair(arrays: Arrays, name: str, reading: Reading) -> npt.NDArray[np.float64]:
    values = np.asarray(arrays.plain(name, "fiu")[:2], np.float64)
    if values.shape != (2,) or not (np.abs(values) < 1e30).all():
        reading.fail(f"is not of two or more finite numbers: {values.tolist()}", f"array {name}")
    return values

"""How like two shapes are: cosines of whole numbers, so that all machines agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.faces import HIGH, STEP, WIDE, Shapes

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

NONE = -1.0
"""The likeness of nothing."""
LEGIBLE_PX = 3.0
"""The least x-height of letters that can be told apart."""
_NOISE = 0.02  # differences in likeness below this are noise


def masked(shapes: Shapes, widths: Array) -> Shapes:
    """Shapes without the columns that lie outside of letters of these widths, in x-heights."""
    distance = np.abs(np.arange(WIDE) - (WIDE - 1) // 2) * STEP
    inside = distance <= widths[:, None] / 2
    grid = shapes.reshape(len(shapes), HIGH, WIDE) * inside[:, None, :]
    return grid.reshape(shapes.shape).astype(np.uint8)


def distance(likeness: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """How far a shape is from one that is so like it: a logarithm, and the same for all that differ by noise alone."""
    result: npt.NDArray[Any] = np.log(_NOISE + 1 - likeness)
    return result


def doubt(own: Array, others: Array) -> Array:
    """How much nearer a shape is to others than to its own character's: the logarithm of a ratio."""
    result: Array = distance(own) - distance(others)
    return result


def norms(shapes: Shapes) -> npt.NDArray[np.float32]:
    """(N,) the lengths of shapes as vectors."""
    squares = (shapes.astype(np.int64) ** 2).sum(axis=1)
    result: npt.NDArray[np.float32] = np.sqrt(np.maximum(squares, 1)).astype(np.float32)
    return result


def products(one: Shapes | npt.NDArray[np.float32], other: Shapes | npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(N, M) the sums of products of shapes: whole numbers below 2**24, exact in single precision."""
    return one.astype(np.float32, copy=False) @ other.astype(np.float32, copy=False).T


def products_by_row(one: Shapes, other: Shapes) -> npt.NDArray[np.float32]:
    """(K, N, M) the sums of products of shapes (K, N, size) and (K, M, size)."""
    result: npt.NDArray[np.float32] = one.astype(np.float32) @ other.astype(np.float32).transpose(0, 2, 1)
    return result


def cosines(one: Shapes, other: Shapes) -> npt.NDArray[np.float32]:
    """(N, M) the cosines between shapes."""
    result: npt.NDArray[np.float32] = products(one, other) / norms(one)[:, None] / norms(other)
    return result


def totals_by(shapes: Shapes, groups: Indices, number: int) -> tuple[npt.NDArray[np.int64], Indices]:
    """(G, HIGH * WIDE) the sums of the shapes of each group, and how many there are."""
    order = np.argsort(groups, kind="stable")
    counts = np.bincount(groups, minlength=number)
    totals = np.zeros((number, shapes.shape[1]), dtype=np.int64)
    present = np.flatnonzero(counts)
    starts = np.cumsum(counts[present]) - counts[present]
    totals[present] = np.add.reduceat(shapes[order].astype(np.int64), starts, axis=0)
    return totals, counts


def mean_shapes(totals: npt.NDArray[np.int64], counts: Indices) -> Shapes:
    """The mean shape of each group, in whole numbers."""
    divisor = np.maximum(counts, 1)[:, None]
    means: Shapes = ((totals + divisor // 2) // divisor).astype(np.uint8)
    return means

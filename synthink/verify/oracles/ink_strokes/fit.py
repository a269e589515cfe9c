"""Skeletons laid over ink by least squares: all of them at once, with what is known of the writer as the prior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.ink_strokes.skeletons import Floats, Skeletons

LOOSE = 0.09  # x-heights by which ink is off the best fit
FREEDOM = 4.0  # independent places to an x-height of line
DRIFT = 0.12  # x-heights by which a letter is off its line
BLOCK = 8  # rows that are multiplied at once: from some 260,000 products on BLAS starts threads, which takes longer

Reals = npt.NDArray[np.float32]
Spread = tuple[float, float, float, float]


class Fit:
    """All shapes fitted to all ways: least squares in closed form, x and y apart."""

    def __init__(
        self, shapes: Skeletons, ways: Floats, usual: Sequence[float], spread: Spread, level: Floats | None
    ) -> None:
        """ways: (W, places, 2); usual, spread: of a, s, b, c; level: (W,) the baseline, where it is known."""
        a, s, b, c = usual
        self._shapes, self._usual = shapes, ((a, s), (b, c))
        self._level = ways[:, :, 1].mean(axis=1) if level is None else level
        # Small numbers, so that 32 bits are enough below.
        self._ways = (
            ways[:, :, 0] - ways[:, :, 0].mean(axis=1, keepdims=True),
            ways[:, :, 1] - self._level[:, np.newaxis],
        )
        self._axes = tuple(_axis(shapes, spread, level is not None, number) for number in (0, 1))
        self.cost = np.zeros((len(ways), len(shapes.chars)), np.float32)
        """(W, K): mean square by which each way is off each shape, and what the prior adds."""
        for axis, way, mean in zip(self._axes, self._ways, self._usual, strict=True):
            axis.add_cost(self.cost, way.astype(np.float32), *mean)

    def parameters(self, way: np.intp, shape: np.intp) -> list[float]:
        """The parameters a, s, b, c and the baseline of one fit."""
        changes = []
        for axis, ways, (main, other) in zip(self._axes, self._ways, self._usual, strict=True):
            rest = ways[way] - main * axis.main[shape] - other * axis.other[shape]
            changes.append(axis.inverse[shape] @ (axis.design[shape].T @ rest))
        (a, s), (b, c) = self._usual
        return [
            a + changes[0][0],
            s + changes[0][1],
            b + changes[1][0],
            c + changes[1][1],
            self._level[way] + changes[1][2],
        ]


@dataclass(frozen=True, eq=False)
class _Axis:
    """What the fits of one axis have in common, whatever the ways and the writer.

    main, other: (K, places) the coordinates that make this axis: u and v for x, v and u for y; design: (K, places, 3)
    weighted, inverse: (K, 3, 3) of the normal equations; projected: (places, 3 K) the design in coordinates of unit
    variance; main_projected, other_projected: (3 K,); weights: (places, K); main_weighted, other_weighted: (places, K);
    squares: (3, K) weighted sums of main^2, main times other, other^2.
    """

    main: Floats
    other: Floats
    design: Floats
    inverse: Floats
    projected: Reals
    main_projected: Reals
    other_projected: Reals
    weights: Reals
    main_weighted: Reals
    other_weighted: Reals
    squares: Reals

    def add_cost(self, cost: Reals, way: Reals, main: float, other: float) -> None:
        """Add to (W, K) costs those of this axis for (W, places) ways, where `main` and `other` are usual."""
        cost += _times(way**2, self.weights)
        cost -= _times(way, 2 * (np.float32(main) * self.main_weighted + np.float32(other) * self.other_weighted))
        cost += np.array((main * main, 2 * main * other, other * other), np.float32) @ self.squares
        explained = _times(way, self.projected)
        explained -= np.float32(main) * self.main_projected + np.float32(other) * self.other_projected
        explained *= explained
        shapes = cost.shape[1]
        for first in range(0, 3 * shapes, shapes):
            cost -= explained[:, first : first + shapes]


@lru_cache(maxsize=64)
def _axis(shapes: Skeletons, spread: Spread, has_level: bool, number: int) -> _Axis:
    """Prepare one axis, 0 for x and 1 for y; has_level: whether the baseline is known, which bounds the shift of y."""
    main, other = (shapes.x, shapes.y) if number == 0 else (shapes.y, shapes.x)
    design = np.stack((main, other, np.ones_like(main)), 2)
    weighted = shapes.weights[:, :, np.newaxis] * design
    still = DRIFT**-2 if has_level and number == 1 else 0.0
    precision = np.array((spread[2 * number] ** -2, spread[2 * number + 1] ** -2, still + 1e-9))
    loose = LOOSE**2 / (shapes.lengths * FREEDOM)
    system = design.transpose(0, 2, 1) @ weighted + loose[:, None, None] * np.diag(precision)
    inverse: Floats = np.asarray(np.linalg.inv(system), np.float64)
    root = np.linalg.cholesky(inverse)
    projected = (weighted @ root).transpose(2, 0, 1)  # (3, K, places)
    sums = [(shapes.weights * product).sum(axis=1) for product in (main**2, main * other, other**2)]

    def reals(values: Floats) -> Reals:
        return np.ascontiguousarray(values, np.float32)

    return _Axis(
        main,
        other,
        weighted,
        inverse,
        reals(projected.reshape(-1, main.shape[1]).T),
        reals((projected * main).sum(axis=2).reshape(-1)),
        reals((projected * other).sum(axis=2).reshape(-1)),
        reals(shapes.weights.T),
        reals((shapes.weights * main).T),
        reals((shapes.weights * other).T),
        reals(np.array(sums)),
    )


def _times(rows: Reals, matrix: Reals) -> Reals:
    """(W, N): (W, P) rows times a (P, N) matrix, a block of rows after the other."""
    blocks = np.zeros((-(-len(rows) // BLOCK), BLOCK, rows.shape[1]), np.float32)
    blocks.reshape(-1, rows.shape[1])[: len(rows)] = rows
    product: Reals = (blocks @ matrix).reshape(-1, matrix.shape[1])[: len(rows)]
    return product

"""Skeletons laid over ink by least squares: all of them at once, with what is known of the writer as the prior."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.ink_strokes.skeletons import Floats, Skeletons

LOOSE = 0.09  # x-heights by which ink is off the best fit
FREEDOM = 4.0  # independent places to an x-height of line
DRIFT = 0.12  # x-heights by which a letter is off its line

Reals = npt.NDArray[np.float32]


class Fit:
    """All shapes fitted to all ways: least squares in closed form, x and y apart."""

    def __init__(
        self,
        shapes: Skeletons,
        ways: Floats,
        usual: Sequence[float],
        spread: Sequence[float],
        level: Floats | None,
    ) -> None:
        """ways: (W, places, 2); usual, spread: of a, s, b, c; level: (W,) the baseline, where it is known."""
        a, s, b, c = usual
        self._means = (a * shapes.x + s * shapes.y, b * shapes.y + c * shapes.x)
        self._usual = ((a, s), (b, c))
        loose = LOOSE**2 / (shapes.lengths * FREEDOM)
        weights = shapes.weights[:, :, np.newaxis]
        self._level = ways[:, :, 1].mean(axis=1) if level is None else level
        # Small numbers, so that 32 bits are enough below.
        self._ways = (
            ways[:, :, 0] - ways[:, :, 0].mean(axis=1, keepdims=True),
            ways[:, :, 1] - self._level[:, np.newaxis],
        )
        one = np.ones_like(shapes.x)
        designs = (np.stack((shapes.x, shapes.y, one), 2), np.stack((shapes.y, shapes.x, one), 2))
        places = shapes.x.shape[1]
        still = (0.0, 0.0 if level is None else DRIFT**-2)
        self._solved = []
        self.cost = np.zeros((len(ways), len(shapes.chars)), np.float32)
        for axis, design in enumerate(designs):
            precision = np.array((spread[2 * axis] ** -2, spread[2 * axis + 1] ** -2, still[axis] + 1e-9))
            normal = design.transpose(0, 2, 1) @ (weights * design) + loose[:, np.newaxis, np.newaxis] * np.diag(
                precision
            )
            inverse = np.linalg.inv(normal)
            root = np.linalg.cholesky(inverse)
            projected = ((weights * design) @ root).transpose(0, 2, 1).reshape(-1, places)  # (3 K, places)
            self._solved.append((weights * design, inverse))
            mean, way = self._means[axis], self._ways[axis].astype(np.float32)
            cross = way @ projected.T.astype(np.float32)
            cross -= (projected.reshape(-1, 3, places) @ mean[:, :, np.newaxis]).reshape(-1).astype(np.float32)
            cross *= cross
            self.cost += way**2 @ shapes.weights.T.astype(np.float32)
            self.cost -= way @ (2 * shapes.weights * mean).T.astype(np.float32)
            self.cost += (shapes.weights * mean**2).sum(axis=1).astype(np.float32)
            self.cost -= cross[:, 0::3] + cross[:, 1::3] + cross[:, 2::3]

    def parameters(self, way: np.intp, shape: np.intp) -> list[float]:
        """The parameters a, s, b, c and the baseline of one fit."""
        changes = []
        for axis, (design, inverse) in enumerate(self._solved):
            rest = self._ways[axis][way] - self._means[axis][shape]
            changes.append(inverse[shape] @ (design[shape].T @ rest))
        (a, s), (b, c) = self._usual
        return [
            a + changes[0][0],
            s + changes[0][1],
            b + changes[1][0],
            c + changes[1][1],
            self._level[way] + changes[1][2],
        ]

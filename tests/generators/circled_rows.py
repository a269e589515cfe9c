"""Rows of circled letters for tests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthink import Box

Mask = npt.NDArray[np.bool_]


def tight(mask: Mask) -> Box:
    down, across = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return Box(float(across[0]), float(down[0]), float(across[-1] + 1), float(down[-1] + 1))


def near(one: Box, other: Box, by: float) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))

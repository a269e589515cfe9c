"""Boxes around points and around boxes: left, top, right, bottom in pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def around(points: Floats) -> Floats:
    """(4,) the box around (N, 2) points."""
    return np.concatenate((points.min(axis=0), points.max(axis=0)))


def union(boxes: Floats) -> Floats:
    """(4,) the box around (N, 4) boxes."""
    return np.concatenate((boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)))

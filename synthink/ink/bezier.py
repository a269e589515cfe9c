"""Bézier curves, as pen fonts and SVG drawings have them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def bezier_points(controls: npt.NDArray[Any], shares: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """The points of a curve at `shares` of its parameter (de Casteljau).

    controls: (degree + 1,) points x + iy, or (degree + 1, 2) points. The result has the shape (shares,) or (shares, 2).
    """
    share = shares.reshape(-1, *(1,) * controls.ndim)
    points = np.broadcast_to(controls, (len(shares), *controls.shape))
    while points.shape[1] > 1:
        points = points[:, :-1] * (1 - share) + points[:, 1:] * share
    return points[:, 0]

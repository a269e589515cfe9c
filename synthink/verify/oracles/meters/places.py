"""Places of a meter's digits in the picture: what lies at a share of a wheel's, a digit's or a dial's own box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Floats = npt.NDArray[np.float64]


def quads_of(row: Mapping[str, Any]) -> Floats:
    """(N, 4, 2): the corners of each place, from its top left clockwise. ValueError where they are no quads."""
    quads = np.array(row["place_quads"], np.float64).reshape(-1, 4, 2)
    if not len(quads) or not np.isfinite(quads).all():
        raise ValueError("no quads")
    return quads


def at(quad: Floats, shares: Floats) -> Floats:
    """(..., 2): pixels of (..., 2) shares of a quad's width and height, as a camera sees a flat thing."""
    return projected(shares, _of_unit_square(quad))


def share_of(quad: Floats, pixels: Floats) -> Floats:
    """(..., 2): the shares of a quad's width and height at (..., 2) pixels."""
    matrix: Floats = np.linalg.inv(_of_unit_square(quad)).astype(np.float64)
    return projected(pixels, matrix)


def projected(points: Floats, matrix: Floats) -> Floats:
    """(..., 2) points after a (3, 3) homography."""
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    places: Floats = moved[..., :2] / moved[..., 2:]
    return places


def _of_unit_square(quad: Floats) -> Floats:
    """(3, 3): the homography that takes the corners of the unit square, clockwise from (0, 0), to a quad's."""
    rows, values = [], []
    for (u, v), (x, y) in zip(((0, 0), (1, 0), (1, 1), (0, 1)), quad.tolist(), strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
        values += [x, y]
    return np.append(np.linalg.solve(np.array(rows, np.float64), values), 1.0).reshape(3, 3)


def sampled(levels: Floats, pixels: Floats) -> Floats:
    """(..., C): the picture's (H, W, C) levels at (..., 2) pixels, bilinear; the edge goes on beyond the picture."""
    height, width = levels.shape[:2]
    x, y = np.clip(pixels[..., 0] - 0.5, 0, width - 1.001), np.clip(pixels[..., 1] - 0.5, 0, height - 1.001)
    left, top = x.astype(np.intp), y.astype(np.intp)
    across, down = (x - left)[..., np.newaxis], (y - top)[..., np.newaxis]
    upper = levels[top, left] * (1 - across) + levels[top, left + 1] * across
    lower = levels[top + 1, left] * (1 - across) + levels[top + 1, left + 1] * across
    values: Floats = upper * (1 - down) + lower * down
    return values


def patch(levels: Floats, quad: Floats, size: tuple[int, int]) -> Floats:
    """(h, w, C): what lies in a quad, upright, as so many pixels across and down."""
    u, v = (np.arange(size[0]) + 0.5) / size[0], (np.arange(size[1]) + 0.5) / size[1]
    return sampled(levels, at(quad, np.stack(np.meshgrid(u, v), axis=-1)))


def change(picture: Image.Image, control: Image.Image) -> Floats:
    """(H, W, 3): by how much a picture differs from its control, in levels, above or below."""
    one, other = (np.asarray(image.convert("RGB")).astype(np.float64) for image in (picture, control))
    difference: Floats = one - other
    return difference


def lengths(quad: Sequence[Any] | Floats) -> tuple[float, float]:
    """The width and the height of a quad in pixels."""
    corners = np.asarray(quad, np.float64).reshape(4, 2)
    across = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
    down = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
    return float(np.hypot(*across)), float(np.hypot(*down))

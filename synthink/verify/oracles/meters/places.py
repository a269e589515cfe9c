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
    """(..., 2): pixels of (..., 2) shares of a quad's width and height; between its corners bilinear."""
    u, v = shares[..., :1], shares[..., 1:]
    top, bottom = quad[0] + (quad[1] - quad[0]) * u, quad[3] + (quad[2] - quad[3]) * u
    pixels: Floats = top + (bottom - top) * v
    return pixels


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
    """(H, W): by how much a picture differs from its control, in levels of the three channels together."""
    one, other = (np.asarray(image.convert("RGB")).astype(np.float64) for image in (picture, control))
    difference: Floats = np.abs(one - other).sum(axis=2)
    return difference


def lengths(quad: Sequence[Any] | Floats) -> tuple[float, float]:
    """The width and the height of a quad in pixels."""
    corners = np.asarray(quad, np.float64).reshape(4, 2)
    across = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
    down = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
    return float(np.hypot(*across)), float(np.hypot(*down))

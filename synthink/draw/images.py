"""Pixels of a picture layer, moved to where they lie."""

from __future__ import annotations

import math

import numpy as np

from synthink.draw.picture import Pixels
from synthink.draw.transform import Transform

SHRINK_FROM = 1.25
"""An image that becomes smaller than 1 / this is filtered first: bilinear samples would skip thin lines."""


def sampled(pixels: Pixels, transform: Transform, left: int, top: int, shape: tuple[int, int]) -> Pixels:
    """(H, W, 4) RGBA: the image at the pixels of a region of the picture that begins at left, top.

    pixels: (h, w, 3) or (h, w, 4) uint8; transform: from their coordinates to the picture's. Bilinear; beyond its edges
    the image goes on as it ends, so that a mask of its area can cut it off.
    """
    from PIL import Image

    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or not pixels.size:
        raise TypeError(f"pixels must be uint8 of shape (H, W, 3 or 4), are {pixels.dtype} of shape {pixels.shape}")
    image = Image.fromarray(np.ascontiguousarray(pixels)).convert("RGBA")
    width, height = image.size
    grid = _shrunk(width, transform.a, transform.c), _shrunk(height, transform.b, transform.d)
    if grid != image.size:
        image = image.resize(grid, Image.Resampling.BILINEAR)
    edged = Image.fromarray(np.pad(np.asarray(image), ((2, 2), (2, 2), (0, 0)), mode="edge"))
    to_image = transform.inverse()
    x, y = grid[0] / width, grid[1] / height
    right, down = to_image.a * left + to_image.b * top, to_image.c * left + to_image.d * top
    # Pillow wants the map from the new pixels to the old ones, and like us puts a pixel's centre at + 0.5.
    back = (
        *(to_image.a * x, to_image.b * x, (right + to_image.right) * x + 2),
        *(to_image.c * y, to_image.d * y, (down + to_image.down) * y + 2),
    )
    moved = edged.transform((shape[1], shape[0]), Image.Transform.AFFINE, back, Image.Resampling.BILINEAR)
    return np.asarray(moved)


def _shrunk(side: int, across: float, down: float) -> int:
    """How many pixels of a side to keep, one of which becomes the vector (across, down)."""
    length = side * math.sqrt(across * across + down * down)
    return side if side < SHRINK_FROM * length else max(1, math.ceil(length))

"""Pictures that stand in two splits, exactly or nearly.

A thumbnail is the picture's ink (its difference from the paper), cut to where the ink is and shrunk: the same word in
the same face with the same ring is found again when it is moved, resized or coloured otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL import Image

THUMBNAIL = (48, 16)
ALIKE = 0.985
"""Cosine of two thumbnails from which pictures count as nearly the same."""
INK = 24  # grey levels from the paper that make a pixel ink

Thumbnails = npt.NDArray[np.float32]


def thumbnail(picture: Image.Image) -> npt.NDArray[np.float32]:
    """(768,) float32 of unit length."""
    from PIL import Image

    grey = picture.convert("L")
    paper = int(np.argmax(grey.histogram()))
    ink = np.asarray(grey.point([abs(level - paper) for level in range(256)]))
    rows, columns = np.flatnonzero((ink > INK).any(axis=1)), np.flatnonzero((ink > INK).any(axis=0))
    if len(rows) and len(columns):
        ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    small = Image.fromarray(ink).resize(THUMBNAIL, Image.Resampling.BOX)
    flat = np.asarray(small, dtype=np.float32).ravel()
    flat = flat - flat.mean()
    length = float(np.linalg.norm(flat))
    unit: npt.NDArray[np.float32] = flat / length if length > 0 else flat
    return unit


def nearly_same(one: Thumbnails, other: Thumbnails, block: int = 200) -> list[tuple[int, int]]:
    """Pairs of rows (i of `one`, j of `other`) whose thumbnails are alike."""
    pairs = []
    for start in range(0, len(one), block):
        close = one[start : start + block] @ other.T >= ALIKE
        pairs += [(start + int(i), int(j)) for i, j in np.argwhere(close)]
    return pairs


def stacked(thumbnails: Sequence[npt.NDArray[np.float32]]) -> Thumbnails:
    """(N, 768), also for none."""
    size = THUMBNAIL[0] * THUMBNAIL[1]
    return np.stack(thumbnails) if thumbnails else np.zeros((0, size), dtype=np.float32)

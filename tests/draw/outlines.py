"""x"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthink.draw.outline import Outline
from synthink.draw.raster import coverage


def ink_of(outline: Outline, size_px: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """The outline's coverage as a whole picture."""
    left, top, ink = coverage(outline, size_px)
    whole = np.zeros((size_px[1], size_px[0]), dtype=np.uint8)
    whole[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return whole

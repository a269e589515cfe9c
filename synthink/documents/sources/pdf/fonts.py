"""Whether a font prints what it says: each letter reaches above and below its line in a way of its own."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LOW, TALL, HANGING = (frozenset(map(ord, letters)) for letters in ("acemnorsuvwxz", "bdfhkl", "gpqy"))
CAPITALS = frozenset(range(ord("A"), ord("Z") + 1)) - {ord("J"), ord("Q")}
LEAST = 6  # different letters that show what a font does
MOST_ODD = 1 / 3  # of them that may look otherwise, as in script or with swashes
MOST_LEVEL = 0.85  # of small letters that are as low as the others; those of small capitals all are
LEVEL = 0.15  # of the usual height that letters of one height differ by at most
UNDER = 0.07  # of an em below the line: further down than round letters reach, less than those that hang


def unlikely_fonts(
    fonts: npt.NDArray[np.uint64], codes: npt.NDArray[np.uint32], heights: npt.NDArray[np.float64]
) -> list[int]:
    """The fonts whose Latin letters have not the heights of these letters. A font with few letters is no such font,
    nor is one of small capitals.

    fonts: (N,) the font's number for each glyph. codes: (N,) what it stands for, each once for a font. heights: (N, 2)
    how far its top and its bottom are above the line, in ems.
    """
    return [font for font in np.unique(fonts).tolist() if _is_unlikely(codes[fonts == font], *heights[fonts == font].T)]


def _is_unlikely(codes: npt.NDArray[np.uint32], top: npt.NDArray[np.float64], bottom: npt.NDArray[np.float64]) -> bool:
    low, tall, hanging, capital = (np.isin(codes, list(kind)) for kind in (LOW, TALL, HANGING, CAPITALS))
    small = low | tall | hanging
    if low.sum() >= LEAST // 2:
        usual = float(np.median(top[low]))
        above = top > (1 + LEVEL) * usual
        level = small & ~above & (top > (1 - LEVEL) * usual) & (bottom > -UNDER)
        odd = low & (above | (bottom < -UNDER)) | tall & ~above | hanging & (above | (bottom > -UNDER))
        if small.sum() >= LEAST and odd.sum() > MOST_ODD * small.sum() and level.sum() < MOST_LEVEL * small.sum():
            return True
    if capital.sum() < LEAST:
        return False
    usual = float(np.median(top[capital]))
    odd = capital & ((np.abs(top - usual) > LEVEL * usual) | (bottom < -UNDER))
    return bool(odd.sum() > MOST_ODD * capital.sum())

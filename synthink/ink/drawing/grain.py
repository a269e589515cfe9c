"""The paper's tooth, which shows through dry ink: a fixed function of a pixel's place in the picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]


def tooth(rows: Indices, columns: Indices, grain: float) -> npt.NDArray[np.uint32]:
    """(N,) how much ink the paper keeps off each pixel, 0..256. Grain 0..1: none to about half of the ink."""
    fine, coarse = _hashed(rows, columns), _hashed(rows >> 1, (columns >> 1) + 77_777)
    level = (fine * 3 + coarse * 2) // 5 - 64  # the deepest pits always fill
    kept_off: npt.NDArray[np.uint32] = np.clip(level * round(grain * 512) >> 8, 0, 256).astype(np.uint32)
    return kept_off


def _hashed(rows: Indices, columns: Indices) -> npt.NDArray[np.int64]:
    """0..255 from a mix of two coordinates (the finaliser of MurmurHash3, in 32 bits)."""
    mixed = rows.astype(np.uint32) * np.uint32(0x9E3779B1) ^ columns.astype(np.uint32) * np.uint32(0x85EBCA77)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        mixed = (mixed ^ (mixed >> np.uint32(shift))) * np.uint32(factor)
    return (mixed >> np.uint32(24)).astype(np.int64)

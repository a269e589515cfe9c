"""Outlines to coverage, by FreeType's anti-aliasing rasteriser (exact area coverage, 256 levels)."""

from __future__ import annotations

import ctypes
import threading
from typing import Any

import freetype.raw as ft
import numpy as np
import numpy.typing as npt

from synthink.geometry import GRID
from synthink.scene import Outline

Coverage = npt.NDArray[np.uint8]
"""(H, W): the share of each pixel that is covered, 0..255."""

_LONG = np.dtype(ctypes.c_long)  # FreeType's FT_Pos: 64 bits on Linux and macOS, 32 on Windows
_local = threading.local()


def _library() -> Any:
    """This thread's FreeType library: one must not be used by two threads."""
    try:
        return _local.library
    except AttributeError:
        library = ft.FT_Library()
        if ft.FT_Init_FreeType(ctypes.byref(library)):
            raise RuntimeError("FreeType cannot be started") from None
        _local.library = library
        return library


def coverage(outline: Outline, size_px: tuple[int, int]) -> tuple[int, int, Coverage]:
    """The outline's coverage inside a picture of `size_px`: left, top, and the array from there on.

    The array spans the outline's bounding box, cut to the picture; it may be empty (0 x 0).
    """
    width, height = size_px
    box = outline.box
    left, top = max(0, int(np.floor(box.left))), max(0, int(np.floor(box.top)))
    columns, rows = min(width, int(np.ceil(box.right))) - left, min(height, int(np.ceil(box.bottom))) - top
    if columns <= 0 or rows <= 0:
        return 0, 0, np.zeros((0, 0), dtype=np.uint8)
    ink = np.zeros((rows, columns), dtype=np.uint8)
    # FreeType's y axis points up; the bottom of the array is its y = 0.
    points = np.empty(outline.points.shape, dtype=_LONG)
    np.multiply(outline.points[:, 0] - left, GRID, out=points[:, 0], casting="unsafe")
    np.multiply((top + rows) - outline.points[:, 1], GRID, out=points[:, 1], casting="unsafe")
    tags, ends = np.ascontiguousarray(outline.tags), np.ascontiguousarray(outline.ends, dtype=np.int16)
    shape = ft.FT_Outline()
    shape.n_contours, shape.n_points = len(ends), len(points)
    shape.points = ctypes.cast(points.ctypes.data, type(shape.points))
    shape.tags = ctypes.cast(tags.ctypes.data, type(shape.tags))
    shape.contours = ctypes.cast(ends.ctypes.data, type(shape.contours))
    bitmap = ft.FT_Bitmap()
    bitmap.rows, bitmap.width, bitmap.pitch = rows, columns, columns
    bitmap.buffer = ctypes.cast(ink.ctypes.data, type(bitmap.buffer))
    bitmap.num_grays, bitmap.pixel_mode = 256, 2  # FT_PIXEL_MODE_GRAY
    error = ft.FT_Outline_Get_Bitmap(_library(), ctypes.byref(shape), ctypes.byref(bitmap))
    if error:
        raise ValueError(f"FreeType cannot draw an outline of {len(points)} points (error {error})")
    return left, top, ink

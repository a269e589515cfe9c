"""Outlines to coverage, by FreeType's anti-aliasing rasteriser (exact area coverage, 256 levels)."""

from __future__ import annotations

import ctypes
import math
import threading
from typing import Any, ClassVar

import freetype.raw as ft
import numpy as np
import numpy.typing as npt

from synthink.geometry import GRID
from synthink.scene import Outline

Coverage = npt.NDArray[np.uint8]
"""(H, W): the share of each pixel that is covered, 0..255."""

_LONG = np.dtype(ctypes.c_long)  # FreeType's FT_Pos: 64 bits on Linux and macOS, 32 on Windows
_GRAY = 2  # FT_PIXEL_MODE_GRAY
_local = threading.local()


class _Outline(ctypes.Structure):
    """FT_Outline with its pointers as plain addresses."""

    _fields_: ClassVar = [
        ("n_contours", ctypes.c_short),
        ("n_points", ctypes.c_short),
        ("points", ctypes.c_void_p),
        ("tags", ctypes.c_void_p),
        ("contours", ctypes.c_void_p),
        ("flags", ctypes.c_int),
    ]


class _Bitmap(ctypes.Structure):
    """FT_Bitmap with its pointers as plain addresses."""

    _fields_: ClassVar = [
        ("rows", ctypes.c_uint),
        ("width", ctypes.c_uint),
        ("pitch", ctypes.c_int),
        ("buffer", ctypes.c_void_p),
        ("num_grays", ctypes.c_ushort),
        ("pixel_mode", ctypes.c_ubyte),
        ("palette_mode", ctypes.c_ubyte),
        ("palette", ctypes.c_void_p),
    ]


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
    left, top = max(0, math.floor(box.left)), max(0, math.floor(box.top))
    columns, rows = min(width, math.ceil(box.right)) - left, min(height, math.ceil(box.bottom)) - top
    if columns <= 0 or rows <= 0:
        return 0, 0, np.zeros((0, 0), dtype=np.uint8)
    ink = np.zeros((rows, columns), dtype=np.uint8)
    # FreeType's y axis points up; the bottom of the array is its y = 0.
    points = np.empty(outline.points.shape, dtype=_LONG)
    np.multiply(outline.points[:, 0] - left, GRID, out=points[:, 0], casting="unsafe")
    np.multiply((top + rows) - outline.points[:, 1], GRID, out=points[:, 1], casting="unsafe")
    if len(outline.parts) == 1:
        _fill(ink, points, outline.tags, outline.ends)
        return left, top, ink
    stops = outline.ends.tolist()
    firsts = [stops[part - 1] + 1 if part else 0 for part in outline.parts]
    lows, highs = np.minimum.reduceat(points, firsts).tolist(), np.maximum.reduceat(points, firsts).tolist()
    for number, (part, first) in enumerate(zip(outline.parts, firsts, strict=True)):
        start, stop = max(0, lows[number][0] // GRID), min(columns, -(-highs[number][0] // GRID))
        low, high = max(0, lows[number][1] // GRID), min(rows, -(-highs[number][1] // GRID))
        if start >= stop or low >= high:
            continue
        last = number + 1 == len(firsts)
        own = slice(first, None if last else firsts[number + 1])
        ends = outline.ends[part : None if last else outline.parts[number + 1]] - np.int16(first)
        points[own] -= (start * GRID, low * GRID)
        patch = np.zeros((high - low, stop - start), dtype=np.uint8)
        _fill(patch, points[own], outline.tags[own], ends)
        window = ink[rows - high : rows - low, start:stop]
        np.maximum(window, patch, out=window)
    return left, top, ink


def _fill(ink: Coverage, points: npt.NDArray[Any], tags: npt.NDArray[np.uint8], ends: npt.NDArray[np.int16]) -> None:
    """Draw contours (26.6 fixed point, y up from the array's bottom) into an array of zeros; all are contiguous."""
    rows, columns = ink.shape
    shape = _Outline(len(ends), len(points), _address(points), _address(tags), _address(ends), 0)
    bitmap = _Bitmap(rows, columns, columns, _address(ink), 256, _GRAY, 0, None)
    error = ft.FT_Outline_Get_Bitmap(_library(), ctypes.byref(shape), ctypes.byref(bitmap))
    if error:
        raise ValueError(f"FreeType cannot draw an outline of {len(points)} points (error {error})")


def _address(array: npt.NDArray[Any]) -> int:
    address: int = array.__array_interface__["data"][0]
    return address

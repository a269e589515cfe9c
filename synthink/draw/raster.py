"""Outlines to coverage, by FreeType's anti-aliasing rasteriser (exact area coverage, 256 levels)."""

from __future__ import annotations

import ctypes
import math
import threading
from itertools import pairwise
from typing import Any, ClassVar

import freetype.raw as ft
import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import GRID
from synthink.draw.outline import Outline, RuledLines

Coverage = npt.NDArray[np.uint8]
"""(H, W): the share of each pixel that is covered, 0..255."""

_LONG = np.dtype(ctypes.c_long)  # FreeType's FT_Pos: 64 bits on Linux and macOS, 32 on Windows
_GRAY = 2  # FT_PIXEL_MODE_GRAY
_OVERFLOW, _NARROW = 0x62, 64  # FT_Err_Raster_Overflow; pixels that are not divided any further
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


def coverage(outline: Outline | RuledLines, size_px: tuple[int, int], group: int = 1) -> tuple[int, int, Coverage]:
    """The outline's coverage inside a picture of `size_px`: left, top, and the array from there on.

    The array spans the outline's bounding box, cut to the picture; it may be empty (0 x 0). group: the number of which
    its left and its width have to be multiples, as the picture's width is.
    """
    width, height = size_px
    if isinstance(outline, RuledLines):
        return 0, 0, _ruled(outline, width, height)
    box = outline.box
    left, top = max(0, math.floor(box.left)) // group * group, max(0, math.floor(box.top))
    columns, rows = min(width, math.ceil(box.right)) - left, min(height, math.ceil(box.bottom)) - top
    columns += -columns % group
    if columns <= 0 or rows <= 0:
        return 0, 0, np.zeros((0, 0), dtype=np.uint8)
    ink = np.zeros((rows, columns), dtype=np.uint8)
    # FreeType's y axis points up; the bottom of the array is its y = 0.
    points = np.empty(outline.points.shape, dtype=_LONG)
    np.multiply(outline.points[:, 0] - left, GRID, out=points[:, 0], casting="unsafe")
    np.multiply((top + rows) - outline.points[:, 1], GRID, out=points[:, 1], casting="unsafe")
    if len(outline.parts) == 1:
        ends = outline.ends.astype(np.int16)
        _fill(
            _address(ink),
            (columns, rows),
            _address(points),
            len(points),
            _address(outline.tags),
            _address(ends),
            len(ends),
        )
    else:
        _fill_parts(ink, points, outline)
    return left, top, ink


def _ruled(rules: RuledLines, width: int, height: int) -> Coverage:
    down = _profile(rules, height)
    across = _profile(rules, width) if rules.squared else np.zeros(width, dtype=np.uint8)
    lines: Coverage = np.maximum(down[:, np.newaxis], across)
    return lines


def _profile(rules: RuledLines, length: int) -> Coverage:
    """(length,): how much of each pixel of a line across the rules they cover."""
    away = np.abs((np.arange(length) + (0.5 - rules.first + rules.gap / 2)) % rules.gap - rules.gap / 2)
    share = np.clip(rules.width / 2 + 0.5 - away, 0.0, min(1.0, rules.width))
    profile: Coverage = np.rint(share * 255).astype(np.uint8)
    return profile


def _fill_parts(ink: Coverage, points: npt.NDArray[Any], outline: Outline) -> None:
    """Each part into a window of its own, and of all windows the highest coverage into `ink`."""
    rows, columns = ink.shape
    ends = outline.ends.tolist()
    parts = [*outline.parts, len(ends)]
    firsts = [0, *(ends[part - 1] + 1 for part in parts[1:])]
    lows = np.maximum(np.minimum.reduceat(points, firsts[:-1]) // GRID, 0)
    sizes = np.minimum(-(-np.maximum.reduceat(points, firsts[:-1]) // GRID), (columns, rows)) - lows
    points -= (lows * GRID).repeat([stop - first for first, stop in pairwise(firsts)], axis=0)
    counts = [stop - first for first, stop in pairwise(parts)]
    own_ends = np.array(outline.ends - np.array(firsts[:-1]).repeat(counts), np.int16)
    at_points, at_tags, at_ends = _address(points), _address(outline.tags), _address(own_ends)
    for part, (first, stop), (x, y), (across, down), count in zip(
        outline.parts, pairwise(firsts), lows.tolist(), sizes.tolist(), counts, strict=True
    ):
        if across <= 0 or down <= 0:
            continue
        patch = np.zeros((down, across), dtype=np.uint8)
        own = at_points + first * points.strides[0], stop - first, at_tags + first, at_ends + 2 * part, count
        _fill(_address(patch), (across, down), *own)
        window = ink[rows - y - down : rows - y, x : x + across]
        np.maximum(window, patch, out=window)


def _fill(ink: int, size_px: tuple[int, int], points: int, count: int, tags: int, ends: int, contours: int) -> None:
    """Draw contours (26.6 fixed point, y up from the array's bottom) into zeros; arrays are given by their address."""
    if count > 32767:
        raise ValueError(f"a part of {count} points is beyond FreeType's 32,767")
    shape = _Outline(contours, count, points, tags, ends, 0)
    error = _fill_columns(shape, ink, size_px, 0, size_px[0])
    if error:
        raise ValueError(f"FreeType cannot draw an outline of {count} points (error {error})")


def _fill_columns(shape: _Outline, ink: int, size_px: tuple[int, int], first: int, stop: int) -> int:
    """Draw the outline's columns from `first` on; gives FreeType's error, 0 for none."""
    columns, rows = size_px
    bitmap = _Bitmap(rows, stop - first, columns, ink + first, 256, _GRAY, 0, None)
    if first:
        ft.FT_Outline_Translate(ctypes.byref(shape), ctypes.c_long(-first * GRID), 0)
    error: int = ft.FT_Outline_Get_Bitmap(_library(), ctypes.byref(shape), ctypes.byref(bitmap))
    if first:
        ft.FT_Outline_Translate(ctypes.byref(shape), ctypes.c_long(first * GRID), 0)
    if error != _OVERFLOW or stop - first <= _NARROW:
        return error
    # Its pool holds so many cells of a row; columns that were drawn already are drawn again alike.
    middle = (first + stop) // 2
    halves = ((first, middle), (middle, stop))
    return next((error for half in halves if (error := _fill_columns(shape, ink, size_px, *half))), 0)


def _address(array: npt.NDArray[Any]) -> int:
    address: int = array.__array_interface__["data"][0]
    return address

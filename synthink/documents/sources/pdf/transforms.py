"""Plane geometry of a page and its objects: from points with y up to pixels with y down."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from synthink.documents.page.model import Boxes


def product(left: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The matrix product in plain steps: that of a BLAS differs between processors in the last bit."""
    total = left[:, :1] * right[0]
    for column in range(1, left.shape[1]):
        total = total + left[:, column : column + 1] * right[column]
    return np.asarray(total)


def boxes_of(edges: npt.NDArray[np.floating], to_pixels: npt.NDArray[np.float64]) -> Boxes:
    """(N, 4) boxes in pixels from (N, 4) left, low, right, high on the page. to_pixels: (3, 2), [x y 1] to pixels."""
    ones = np.ones((len(edges), 1))
    ends = [product(np.concatenate((end, ones), axis=1), to_pixels) for end in (edges[:, :2], edges[:, 2:])]
    return np.concatenate((np.minimum(*ends), np.maximum(*ends)), axis=1)


def bounds_of(item: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of a page's object."""
    left, low, right, high = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(item, *map(ctypes.byref, (left, low, right, high)))
    return left.value, low.value, right.value, high.value


def matrix_of(item: Any) -> npt.NDArray[np.float64]:
    """(3, 3) the matrix of a page's object."""
    m = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, ctypes.byref(m))
    return np.array(((m.a, m.b, 0), (m.c, m.d, 0), (m.e, m.f, 1)))

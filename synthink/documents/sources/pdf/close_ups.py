"""Text objects of a page drawn alone and large: what their fonts print, without ground, rules and neighbours."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from synthink.documents.page.tiles import Pixels
from synthink.documents.sources.pdf.transforms import bounds_of, product

Array = npt.NDArray[np.float64]

_MOST_PX = 2_000_000  # of a drawing
_LEAST_INK = 128  # of 255: paler objects are drawn in other ways than alone


class CloseUps:
    """Draws the text objects of an open page; in pdfium's turn, as all that asks it."""

    def __init__(self, document: Any, page: Any, matrix: Array, forms: Mapping[int, Array]) -> None:
        """matrix: (3, 2), [x y 1] of the page to pixels. forms: (3, 3), to the page from objects that stand in forms,
        by their addresses."""
        self._document, self._page, self._matrix, self._forms = document, page, matrix, forms

    def __call__(self, text_object: int, times: float) -> tuple[Pixels, Array] | None:
        """As `proof.letters.CloseUp`; none for what is turned, pale or too large."""
        item = ctypes.cast(ctypes.c_void_p(text_object), pdfium.FPDF_PAGEOBJECT)
        if not text_object:
            return None
        (a, b), (c, d), (x, y) = product(self._forms.get(text_object, np.eye(3)), self._matrix).tolist()
        if not (a > 0 > d and abs(b) + abs(c) < 0.01 * min(a, -d)):
            return None
        scale = times * -d
        left, low, right, high = bounds_of(item)
        if not 0 < (right - left) * (high - low) * scale**2 < _MOST_PX:
            return None
        bitmap = pdfium.FPDFTextObj_GetRenderedBitmap(self._document, self._page, item, scale)
        if not bitmap:
            return None
        try:
            ink = _alpha(bitmap)
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)
        if ink.max(initial=0) < _LEAST_INK:
            return None
        return ink, np.array(((scale / a, scale / -d), (-scale * (left + x / a), scale * (high + y / d))))


def _alpha(bitmap: Any) -> Pixels:
    """(h, w) how far a bitmap covers what lies under it."""
    height, width, stride = (
        ask(bitmap) for ask in (pdfium.FPDFBitmap_GetHeight, pdfium.FPDFBitmap_GetWidth, pdfium.FPDFBitmap_GetStride)
    )
    start = ctypes.cast(pdfium.FPDFBitmap_GetBuffer(bitmap), ctypes.POINTER(ctypes.c_uint8))
    rows: Pixels = np.ctypeslib.as_array(start, (height, stride))
    return rows[:, 3 : 4 * width : 4].copy()

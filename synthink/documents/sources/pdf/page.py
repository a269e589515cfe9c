"""One page of a PDF through pdfium's C interface: its characters as arrays, its images, and its pictures.

One thread of a process at a time may be in pdfium: callers see to that.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_int, c_size_t, c_void_p
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from synthink.documents.page.model import Boxes, DocumentError
from synthink.documents.page.tiles import Pixels

MAX_DEPTH = 8  # forms inside forms that are looked into
INVISIBLE = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)


def _direct(function: Any, *outputs: Any, result: Any = c_int) -> Any:
    """A function of (text page, number of character) with plain addresses for its outputs: several times faster."""
    address = ctypes.cast(function, c_void_p).value
    assert address is not None
    return ctypes.CFUNCTYPE(result, c_void_p, c_int, *outputs)(address)


_unicode = _direct(pdfium.FPDFText_GetUnicode, result=ctypes.c_uint)
_object = _direct(pdfium.FPDFText_GetTextObject, result=c_void_p)
_tight = _direct(pdfium.FPDFText_GetCharBox, *[c_size_t] * 4)
_loose = _direct(pdfium.FPDFText_GetLooseCharBox, c_size_t)
_origin = _direct(pdfium.FPDFText_GetCharOrigin, c_size_t, c_size_t)


@dataclass(frozen=True, slots=True)
class Characters:
    """The text layer in the order it is told; coordinates in pixels."""

    codes: npt.NDArray[np.uint32]
    """(N,) code points in Unicode; 0 where the font has none for the glyph."""
    tight: Boxes
    """(N, 4) boxes around each glyph's outline."""
    loose: Boxes
    """(N, 4) boxes of characters: the advance by ascender to descender."""
    origins: npt.NDArray[np.float64]
    """(N, 2) origins of the glyphs on the baseline."""
    upright: npt.NDArray[np.bool_]
    """(N,) whether characters are set along rows of pixels, not mirrored."""
    objects: npt.NDArray[np.uint64]
    """(N,) numbers that are equal for characters of one text object."""
    visible: npt.NDArray[np.bool_]
    """(N,) whether characters are visible, unlike recognised text under a scan."""


class UnusablePage(DocumentError):
    """A page that is damaged or beyond a limit, while the other pages of its file may be good.

    name: the page's. reason: why it cannot be used, in words that are the same for all such pages. values: those of
    this page, and what can be done.
    """

    def __init__(self, name: str, reason: str, values: str = "") -> None:
        super().__init__(f"{name}: {reason}{values and f' ({values})'}")
        self.reason = reason


class PdfPage:
    """An open page. Raises `UnusablePage` naming `name` for one that is damaged or too large."""

    def __init__(self, document: Any, number: int, name: str, *, scale: float, max_pixels: int) -> None:
        self._name = name
        self._page = pdfium.FPDF_LoadPage(document, number)
        if not self._page:
            raise UnusablePage(name, "damaged")
        width, height = (float(pdfium.FPDF_GetPageWidthF(self._page)), float(pdfium.FPDF_GetPageHeightF(self._page)))
        if not (min(width, height) * scale >= 1 and width * height * scale**2 <= max_pixels):
            self.close()
            values = f"{width:g} x {height:g} pt; pages have 1 to {max_pixels:,} px, and fewer with a lower documents.dpi"
            raise UnusablePage(name, "too large or too small", values)
        self.size_px = round(width * scale), round(height * scale)
        self._matrix = self._to_pixels()

    def close(self) -> None:
        pdfium.FPDF_ClosePage(self._page)

    def _to_pixels(self) -> npt.NDArray[np.float64]:
        """(3, 2): [x y 1] of the page, points with y up, to pixels."""
        frame = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(self._page, ctypes.byref(frame))
        left, top, right, bottom = frame.left, frame.top, frame.right, frame.bottom
        # The page's axes in the picture, both as shares of its size, for each clockwise turn of the page.
        x, y = 1 / (right - left), 1 / (top - bottom)
        turned = {
            0: ((x, 0), (0, -y), (-left * x, top * y)),
            1: ((0, x), (y, 0), (-bottom * y, -left * x)),
            2: ((-x, 0), (0, y), (right * x, -bottom * y)),
            3: ((0, -x), (-y, 0), (top * y, right * x)),
        }[pdfium.FPDFPage_GetRotation(self._page)]
        return np.array(turned) * self.size_px

    def characters(self, limit: int) -> Characters:
        """The text layer. `UnusablePage` for more than `limit` characters."""
        text = pdfium.FPDFText_LoadPage(self._page)
        if not text:
            raise UnusablePage(self._name, "damaged text layer")
        try:
            count = pdfium.FPDFText_CountChars(text)
            if not 0 <= count <= limit:
                raise UnusablePage(self._name, f"more than {limit:,} characters", f"{count:,}")
            return self._characters_of(text, count)
        finally:
            pdfium.FPDFText_ClosePage(text)

    def _characters_of(self, text: Any, count: int) -> Characters:
        address = ctypes.cast(text, c_void_p).value
        tight, origins = np.zeros((count, 4)), np.zeros((count, 2))
        loose = np.zeros((count, 4), dtype=np.float32)  # FS_RECTF: left, top, right, bottom
        at_tight, at_loose, at_origin = tight.ctypes.data, loose.ctypes.data, origins.ctypes.data
        codes, objects = [0] * count, [0] * count
        for index in range(count):
            codes[index] = _unicode(address, index)
            objects[index] = _object(address, index) or 0
            out = at_tight + index * 32  # left, right, bottom, top, 8 bytes each
            _tight(address, index, out, out + 8, out + 16, out + 24)
            _loose(address, index, at_loose + index * 16)
            out = at_origin + index * 16
            _origin(address, index, out, out + 8)
        looks: dict[int, tuple[bool, bool]] = {0: (True, True)}
        for index, item in enumerate(objects):
            if item not in looks:
                looks[item] = self._upright(text, index), self._visible(item)
        flags = np.array([looks[item] for item in objects], dtype=bool).reshape(count, 2)
        return Characters(
            codes=np.array(codes, dtype=np.uint32),
            tight=self._boxes(tight[:, 0], tight[:, 2], tight[:, 1], tight[:, 3]),
            loose=self._boxes(*loose.astype(np.float64)[:, (0, 3, 2, 1)].T),
            origins=_product(np.column_stack((origins, np.ones(count))), self._matrix),
            objects=np.array(objects, dtype=np.uint64),
            upright=flags[:, 0],
            visible=flags[:, 1],
        )

    def _upright(self, text: Any, index: int) -> bool:
        matrix = pdfium.FS_MATRIX()
        if not pdfium.FPDFText_GetMatrix(text, index, ctypes.byref(matrix)):
            return False
        along, upwards = _product(np.array(((matrix.a, matrix.b), (matrix.c, matrix.d))), self._matrix[:2])
        return bool(along[0] > 0 and abs(along[1]) < 0.02 * along[0] and upwards[1] < 0)

    def _visible(self, item: int) -> bool:
        pointer = ctypes.cast(c_void_p(item), pdfium.FPDF_PAGEOBJECT)
        return pdfium.FPDFTextObj_GetTextRenderMode(pointer) not in INVISIBLE

    def _boxes(self, left: Any, low: Any, right: Any, high: Any) -> Boxes:
        """Boxes in pixels from edges on the page."""
        ones = np.ones(len(left))
        ends = [_product(np.column_stack(end), self._matrix) for end in ((left, low, ones), (right, high, ones))]
        return np.concatenate((np.minimum(*ends), np.maximum(*ends)), axis=1)

    @contextmanager
    def without_text(self, limit: int) -> Iterator[Boxes]:
        """Text is hidden inside; gives (I, 4) the boxes of images. `UnusablePage` for more than `limit` objects."""
        identity = np.eye(3)
        texts: list[Any] = []
        images: list[tuple[float, ...]] = []
        count = pdfium.FPDFPage_CountObjects(self._page)
        waiting = [(pdfium.FPDFPage_GetObject(self._page, i), identity, 0) for i in range(min(count, limit + 1))]
        visited = 0
        while waiting:
            item, matrix, depth = waiting.pop()
            visited += 1
            if visited > limit:
                raise UnusablePage(self._name, f"more than {limit:,} objects")
            kind = pdfium.FPDFPageObj_GetType(item)
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                texts.append(item)
            elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                images.append(_bounds(item, matrix))
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
                inner = min(pdfium.FPDFFormObj_CountObjects(item), limit + 1)
                own = _product(_matrix_of(item), matrix)
                waiting += [(pdfium.FPDFFormObj_GetObject(item, i), own, depth + 1) for i in range(inner)]
        for item in texts:
            pdfium.FPDFPageObj_SetIsActive(item, False)
        try:
            edges = np.array(images[::-1]).reshape(-1, 4)
            yield self._boxes(*edges.T)
        finally:
            for item in texts:
                pdfium.FPDFPageObj_SetIsActive(item, True)

    def picture(self) -> Pixels:
        """(H, W, 3) what is printed, on white; without annotations and form fields."""
        width, height = self.size_px
        pixels = np.full((height, width, 3), 255, dtype=np.uint8)
        bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGR, pixels.ctypes.data, width * 3)
        if not bitmap:
            raise UnusablePage(self._name, "no memory for its picture", f"{width} x {height} px")
        flags = pdfium.FPDF_REVERSE_BYTE_ORDER
        pdfium.FPDF_RenderPageBitmap(bitmap, self._page, 0, 0, width, height, 0, flags)
        pdfium.FPDFBitmap_Destroy(bitmap)
        return pixels


def _bounds(item: Any, matrix: npt.NDArray[np.float64]) -> tuple[float, ...]:
    """Left, bottom, right, top of an object on the page."""
    edges = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(item, *map(ctypes.byref, edges))
    left, low, right, high = (edge.value for edge in edges)
    corners = _product(np.array([(x, y, 1.0) for x in (left, right) for y in (low, high)]), matrix)
    return (*corners[:, :2].min(0).tolist(), *corners[:, :2].max(0).tolist())


def _matrix_of(item: Any) -> npt.NDArray[np.float64]:
    m = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, ctypes.byref(m))
    return np.array(((m.a, m.b, 0), (m.c, m.d, 0), (m.e, m.f, 1)))


def _product(left: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The matrix product in plain steps: that of a BLAS differs between processors in the last bit."""
    total = left[:, :1] * right[0]
    for column in range(1, left.shape[1]):
        total = total + left[:, column : column + 1] * right[column]
    return np.asarray(total)

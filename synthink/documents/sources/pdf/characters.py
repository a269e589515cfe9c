"""The characters of a page's text layer as arrays, through pdfium's C interface."""

from __future__ import annotations

import ctypes
from ctypes import c_int, c_size_t, c_void_p
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from synthink.documents.page.model import Boxes
from synthink.documents.sources.pdf.transforms import boxes_of, product

INVISIBLE = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
AT_LINE_END = (0x02, 0xFFFE)
"""What pdfium tells for a hyphen at a line's end."""
_SMALLEST, _LARGEST = 0.4, 2.0  # shares of a character's height that its font's size may be; some fonts state another
_LONGEST_NAME = 256  # of a font, in bytes
_TALLEST = 2.0  # ems; a font whose box is taller has rare glyphs that are, as of mathematics


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
_hyphen = _direct(pdfium.FPDFText_IsHyphen)
_unmapped = _direct(pdfium.FPDFText_HasUnicodeMapError)


@dataclass(frozen=True, slots=True)
class Characters:
    """The text layer in the order it is told; coordinates in pixels."""

    codes: npt.NDArray[np.uint32]
    """(N,) code points in Unicode; 0 where the font has none for the glyph."""
    mapped: npt.NDArray[np.bool_]
    """(N,) whether the font says that the glyph stands for this code, which is the glyph's number otherwise."""
    generated: npt.NDArray[np.bool_]
    """(N,) whether the file has no such character: blanks and line ends that pdfium guesses, which have no width."""
    tight: Boxes
    """(N, 4) boxes around each glyph's outline."""
    loose: Boxes
    """(N, 4) boxes of characters: the advance by ascender to descender."""
    origins: npt.NDArray[np.float64]
    """(N, 2) origins of the glyphs on the baseline."""
    sizes: npt.NDArray[np.float64]
    """(N,) the em of each character's font."""
    upright: npt.NDArray[np.bool_]
    """(N,) whether characters are set along rows of pixels, not mirrored."""
    objects: npt.NDArray[np.uint64]
    """(N,) numbers that are equal for characters of one text object."""
    fonts: npt.NDArray[np.uint64]
    """(N,) numbers that are equal for characters of one font."""
    font_names: list[str]
    """The name of each font by its number; fonts that are drawn by the file itself have none."""
    visible: npt.NDArray[np.bool_]
    """(N,) whether characters are visible, unlike recognised text under a scan."""


def characters_of(text: Any, count: int, to_pixels: npt.NDArray[np.float64]) -> Characters:
    """The characters of a text page of pdfium's. to_pixels: (3, 2), [x y 1] of the page to pixels."""
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
    items, firsts, inverse = np.unique(np.array(objects, dtype=np.uint64), return_index=True, return_inverse=True)
    looks = [_look(text, *pair, to_pixels) for pair in zip(firsts.tolist(), items.tolist(), strict=True)]
    upright, visible = (np.array([look[i] for look in looks], dtype=bool)[inverse] for i in (0, 1))
    sizes = np.array([look[2] for look in looks], dtype=float)[inverse]
    pointers, fonts = _numbered(np.array([look[3] for look in looks], dtype=np.uint64)[inverse])
    unicode = np.array(codes, dtype=np.uint32)
    boxes, glyphs = (
        boxes_of(edges, to_pixels) for edges in (loose.astype(float)[:, (0, 3, 2, 1)], tight[:, (0, 2, 1, 3)])
    )
    lines = product(np.column_stack((origins, np.ones(count))), to_pixels)
    high = boxes[:, 3] - boxes[:, 1]
    plausible = (sizes >= _SMALLEST * (glyphs[:, 3] - glyphs[:, 1])) & (sizes <= _LARGEST * high)
    sizes = np.where(plausible, sizes, high / 1.2)
    tall = upright & (high > _TALLEST * sizes)
    boxes[tall, 1] = np.maximum(boxes, np.minimum(glyphs, lines[:, 1:] - sizes[:, np.newaxis]))[tall, 1]
    boxes[tall, 3] = np.minimum(boxes, np.maximum(glyphs, lines[:, 1:] + 0.3 * sizes[:, np.newaxis]))[tall, 3]
    return Characters(
        codes=unicode,
        mapped=_mapped(address, unicode, fonts),
        generated=(unicode <= 32) & (tight[:, 0] == tight[:, 1]) & (tight[:, 2] == tight[:, 3]),
        tight=glyphs,
        loose=boxes,
        origins=lines,
        sizes=sizes,
        objects=np.array(objects, dtype=np.uint64),
        upright=upright,
        fonts=fonts,
        font_names=[_font_name(pointer) for pointer in pointers],
        visible=visible,
    )


def _numbered(addresses: npt.NDArray[np.uint64]) -> tuple[list[int], npt.NDArray[np.uint64]]:
    """The different addresses in the order in which they come first, which does not depend on where things lie in
    memory; and (N,) the number of each among these."""
    numbers = {address: number for number, address in enumerate(dict.fromkeys(addresses.tolist()))}
    return list(numbers), np.array([numbers[address] for address in addresses.tolist()], dtype=np.uint64)


def _mapped(address: int | None, codes: npt.NDArray[np.uint32], fonts: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """(N,) whether a font says that its glyph stands for the code. Asked once for each code of a font."""
    _, firsts, inverse = np.unique((fonts << 32) + codes, return_index=True, return_inverse=True)
    mapped = np.array([_unmapped(address, index) == 0 for index in firsts.tolist()], dtype=bool)[inverse]
    for index in np.flatnonzero(np.isin(codes, AT_LINE_END)).tolist():
        mapped[index] = bool(_hyphen(address, index))
    return mapped


def _look(text: Any, index: int, item: int, to_pixels: npt.NDArray[np.float64]) -> tuple[bool, bool, float, int]:
    """Whether the text object of a character is upright, whether it is visible, the em of its font in pixels, and a
    number for the font."""
    if not item:
        return True, True, 0.0, 0
    pointer = ctypes.cast(c_void_p(item), pdfium.FPDF_PAGEOBJECT)
    visible = pdfium.FPDFTextObj_GetTextRenderMode(pointer) not in INVISIBLE
    font = ctypes.cast(pdfium.FPDFTextObj_GetFont(pointer), c_void_p).value or 0
    matrix, size = pdfium.FS_MATRIX(), ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(pointer, ctypes.byref(size))
    if not pdfium.FPDFText_GetMatrix(text, index, ctypes.byref(matrix)):
        return False, visible, 0.0, font
    along, upwards = product(np.array(((matrix.a, matrix.b), (matrix.c, matrix.d))), to_pixels[:2]).tolist()
    upright = size.value >= 0 and along[0] > 0 and abs(along[1]) < 0.02 * along[0] and upwards[1] < 0
    return upright, visible, abs(size.value) * max(abs(upwards[0]), abs(upwards[1])), font


def _font_name(pointer: int) -> str:
    name = ctypes.create_string_buffer(_LONGEST_NAME)
    font = ctypes.cast(c_void_p(pointer), pdfium.FPDF_FONT)
    length = pdfium.FPDFFont_GetBaseFontName(font, name, _LONGEST_NAME) if pointer else 0
    return name.value.decode("utf-8", "replace") if length <= _LONGEST_NAME else ""

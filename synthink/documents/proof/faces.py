"""The letters of packaged faces as shapes, drawn. The usual ones are kept in a file, so that no process draws them and
those of `synthink[fonts]` are there without it: `python -m tests.documents.proof.letter_shapes` writes it anew, after a
face, its characters or the shapes changed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from synthink.assets.fonts.letter_images import BASELINE, CAP_PX, COLUMNS, ROWS, Letterform, letterform
from synthink.assets.fonts.packages import SOURCES, Package, candidates
from synthink.draw.type.open_font import FontFault, FontOutline, OpenFont

Shapes = npt.NDArray[np.uint8]
"""(N, HIGH * WIDE) shapes of letters, row by row."""
HIGH, WIDE = 14, 11
STEP = 0.2  # x-heights from one row or column of a shape to the next
RISE = 2.0  # x-heights from the baseline up to the first row

Measures = npt.NDArray[np.float64]
"""(..., 4) of letters in x-heights: top and bottom over the baseline, the width of their ink, the advance."""
TOP, WIDTH, ADVANCE = 0, 2, 3

PACKAGED = (
    *("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "DejaVuSerif", "DejaVuSerif-Bold", "cmr10", "cmti10"),
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "NotoSans_Regular", "NotoSans_Bold", "NotoSans_Italic"),
    *("Ubuntu_Regular", "FiraGO_Regular", "DejaVuSansMono", "cmtt10", "UbuntuMono_Regular"),
)
"""Files of packaged fonts whose letters are known: serif, sans and monospaced, upright and slanted, thin and bold."""
STANDARD = ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Courier")
"""Standard fonts of PDF that pdfium draws itself, with the letters of the file alone: most documents are set in type
like theirs."""
FACES = (*PACKAGED, *STANDARD)

USUAL = "–—‘’“”„•…€ﬀﬁﬂﬃﬄ" + "".join(
    map(chr, (*range(33, 127), *range(0xA1, 0x180), *range(0x391, 0x3A2), *range(0x3A3, 0x3CA), *range(0x410, 0x450)))
)
"""Latin, Greek and Cyrillic: these characters are in the file in all faces. It has signs, too, in the faces of every
installation alone; others are drawn in these when they are first met."""
_SIGNS = 0x2010, 0x2600  # of punctuation, mathematics, arrows

_CODES = 2**18  # beyond are no letters
SOFTNESS = 0.16  # x-heights: half the square that is averaged, as smoothing does at reading size
PARTS = 1000.0
"""Of an x-height, to which measures are rounded, so that the file has what is drawn."""


class _Face:
    """A packaged font, opened."""

    def __init__(self, data: bytes, letters_only: bool) -> None:
        self._font = OpenFont(data)
        self._letters_only = letters_only
        self._missing = self._font.outline(0)
        self._cap, self._x = (self._height(char) for char in "Hx")

    def _height(self, char: str) -> float:
        points = self._font.outline(self._font.glyph_id(char)).points
        return float(points[:, 1].max() / self._font.units)

    def has(self, char: str) -> bool:
        return self._font.glyph_id(char) > 0

    def outline(self, char: str) -> FontOutline | None:
        glyph = self._font.glyph_id(char)
        if not glyph or (self._letters_only and not (char.isascii() and char.isalnum())):
            return None
        try:
            outline = self._font.outline(glyph)
        except FontFault:
            return None
        return None if outline.same(self._missing) else outline

    def draw(self, char: str) -> tuple[Shapes, Measures] | None:
        """The shape and the measures of a character; None where the font does not draw it."""
        outline = self.outline(char)
        form = None if outline is None else letterform(outline, self._cap, self._font.units)
        if outline is None or form is None:
            return None
        x_height = CAP_PX * self._x / self._cap
        high, wide = form.ink.shape
        top = BASELINE - form.top
        advance = outline.advance / self._font.units / self._x
        measures = np.array((top / x_height, (top - high) / x_height, wide / x_height, advance))
        return _shape(form, x_height), np.rint(measures * PARTS) / PARTS


def _shape(form: Letterform, x_height: float) -> Shapes:
    """The letterform averaged over squares around the points of the grid."""
    high, wide = form.ink.shape
    sums = np.zeros((ROWS + 1, COLUMNS + 1), dtype=np.int64)
    frame = np.zeros((ROWS, COLUMNS), dtype=np.int64)
    frame[form.top : form.top + high, form.left : form.left + wide] = form.ink
    sums[1:, 1:] = frame.cumsum(0).cumsum(1)
    half = SOFTNESS * x_height
    y = BASELINE - (RISE - STEP * np.arange(HIGH)) * x_height
    x = form.left + wide / 2 + (np.arange(WIDE) - (WIDE - 1) / 2) * STEP * x_height
    corners = _sums_at(sums, np.concatenate((y - half, y + half)), np.concatenate((x - half, x + half)))
    across = corners[:, WIDE:] - corners[:, :WIDE]
    total = across[HIGH:] - across[:HIGH]
    return np.clip(np.floor(total / (4 * half * half) + 0.5), 0, 255).astype(np.uint8).ravel()


def _sums_at(
    sums: npt.NDArray[np.int64], y: npt.NDArray[np.float64], x: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Sums of all pixels above and left of points, (len(y), len(x)), between whole pixels in proportion."""
    y, x = (np.clip(values, 0, size - 1.001) for values, size in zip((y, x), sums.shape, strict=True))
    rows, columns = y.astype(np.intp), x.astype(np.intp)
    down, right = (y - rows)[:, None], x - columns
    upper = sums[rows][:, columns] * (1 - right) + sums[rows][:, columns + 1] * right
    lower = sums[rows + 1][:, columns] * (1 - right) + sums[rows + 1][:, columns + 1] * right
    result: npt.NDArray[np.float64] = upper * (1 - down) + lower * down
    return result


@cache
def _faces(packages: tuple[Package, ...] = SOURCES["packaged"]) -> tuple[_Face | None, ...]:
    """The faces of `PACKAGED`, None for those that are not in these packages."""
    files = {candidate.stem: candidate for candidate in candidates(packages)}
    # Computer Modern puts other signs in the places of punctuation.
    return tuple(
        _Face(files[name].file.read(), letters_only=name.startswith("cm")) if name in files else None
        for name in PACKAGED
    )


def draw(character: str) -> tuple[Shapes, Measures]:
    """(F, HIGH * WIDE) shapes and (F, 4) measures of a character in the packaged faces; measures are NaN where a face
    does not draw it, and of the standard fonts."""
    return _drawn(character, _faces())


@cache
def drawable() -> npt.NDArray[np.uint32]:
    """(2 * K,) the first code of each run of characters that a face of every installation may draw, and the first code
    behind it."""
    codes = [code for code in range(33, _CODES) if not 0xD800 <= code < 0xE000]
    there = np.zeros(_CODES, dtype=bool)
    for face in filter(None, _faces()):
        there[codes] |= [face.has(chr(code)) for code in codes]
    return np.flatnonzero(np.diff(there, prepend=False, append=False)).astype(np.uint32)


def is_drawable(char: str, runs: npt.NDArray[np.uint32]) -> bool:
    """Whether a face of every installation may draw a character. runs: as of `drawable`."""
    return len(char) == 1 and bool(np.searchsorted(runs, ord(char), "right") % 2)


def _drawn(character: str, faces: Sequence[_Face | None]) -> tuple[Shapes, Measures]:
    shapes, measures = np.zeros((len(FACES), HIGH * WIDE), dtype=np.uint8), np.full((len(FACES), 4), np.nan)
    for number, face in enumerate(faces):
        picture = face.draw(character) if face else None
        if picture is not None:
            shapes[number], measures[number] = picture
    return shapes, measures


def drawn_anew() -> tuple[list[str], Shapes, Measures]:
    """All characters of the file, `USUAL` and the signs that the faces of every installation draw; (K, F, HIGH * WIDE)
    their shapes and (K, F, 4) measures. Needs `synthink[fonts]`."""
    packaged = _faces((*SOURCES["packaged"], *SOURCES["extra"]))
    faces = (*packaged, *(_Face(data, letters_only=False) for data in _standard_fonts()))
    signs = [char for char in map(chr, range(*_SIGNS)) if is_drawable(char, drawable()) and char not in USUAL]
    pictures = [*(_drawn(character, faces) for character in USUAL), *map(draw, signs)]
    return [*USUAL, *signs], np.stack([shapes for shapes, _ in pictures]), np.stack([pair[1] for pair in pictures])


def _standard_fonts() -> list[bytes]:
    """The font files of `STANDARD`, out of pdfium."""
    import pypdfium2.raw as pdfium

    document, files = pdfium.FPDF_CreateNewDocument(), []
    for name in STANDARD:
        font, length = pdfium.FPDFText_LoadStandardFont(document, name.encode()), ctypes.c_size_t()
        pdfium.FPDFFont_GetFontData(font, None, 0, ctypes.byref(length))
        data = (ctypes.c_uint8 * length.value)()
        pdfium.FPDFFont_GetFontData(font, data, length.value, ctypes.byref(length))
        files.append(bytes(data))
        pdfium.FPDFFont_Close(font)
    pdfium.FPDF_CloseDocument(document)
    return files

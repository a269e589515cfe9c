"""The shapes of letters: small pictures at one x-height on one baseline, of the packaged fonts and their measures.

All shapes hold whole numbers from 0 to 255, so that products of two of them are exact in single precision (their sum
stays below 2**24) and every machine finds the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from synthink.assets.fonts.letter_images import BASELINE, CAP_PX, COLUMNS, ROWS, Letterform, letterform
from synthink.assets.fonts.packaged import candidates
from synthink.draw.type.open_font import FontFault, FontOutline, OpenFont
from synthink.errors import AssetError

Shapes = npt.NDArray[np.uint8]
"""(N, HIGH * WIDE) shapes of letters, row by row."""

HIGH, WIDE = 14, 11
STEP = 0.2  # x-heights from one row or column of a shape to the next
RISE = 2.0  # x-heights from the baseline up to the first row
_SOFTNESS = 0.16  # x-heights: half the square that is averaged, as smoothing does at reading size

FACES = (
    *("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "DejaVuSerif", "DejaVuSerif-Bold", "cmr10", "cmti10"),
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "NotoSans_Regular", "NotoSans_Bold", "NotoSans_Italic"),
    *("Ubuntu_Regular", "FiraGO_Regular", "DejaVuSansMono", "cmtt10", "UbuntuMono_Regular"),
)
"""Files of packaged fonts whose letters are known: serif, sans and monospaced, upright and slanted, thin and bold."""

LETTERS = "".join(map(chr, range(33, 127)))
"""The characters that any picture may be taken for."""

ALIKE = (
    *("lI1|!ijıíìî[]{}()/\\'", "O0oQDöóòôõÖÓøØ", "cC", "sS5$", "vV", "wW", "xX", "zZ2", "pP", "kK", "uUüúùûÜ"),
    *(".,·'‘’`:;", "-–—−_~", "eéèêëc", "aáàâäãå", "nñmh", "gq9", "8B", "6b", "yY", "tf", "rn"),
)
"""Characters that look alike at the size of reading: one is no evidence against the other."""


Measures = npt.NDArray[np.float64]
"""(..., 4) of letters in x-heights: top and bottom over the baseline, the width of their ink, the advance."""
WIDTH, ADVANCE = 2, 3

_UNKNOWN, _IDEOGRAM = (1.5, 0.0, 1.0, 1.2), (1.6, -0.2, 1.9, 2.1)
_CJK = 0x2E80
LIGATURES = {"ff": "\ufb00", "fi": "\ufb01", "fl": "\ufb02", "ffi": "\ufb03", "ffl": "\ufb04"}


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
        return _shape(form, x_height), np.array((top / x_height, (top - high) / x_height, wide / x_height, advance))


def _shape(form: Letterform, x_height: float) -> Shapes:
    """The letterform averaged over squares around the points of the grid."""
    high, wide = form.ink.shape
    sums = np.zeros((ROWS + 1, COLUMNS + 1), dtype=np.int64)
    frame = np.zeros((ROWS, COLUMNS), dtype=np.int64)
    frame[form.top : form.top + high, form.left : form.left + wide] = form.ink
    sums[1:, 1:] = frame.cumsum(0).cumsum(1)
    half = _SOFTNESS * x_height
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
def _faces() -> tuple[_Face, ...]:
    """The faces of `FACES` that are installed. `AssetError` when too few of them are."""
    files = {candidate.stem: candidate for candidate in candidates()}
    faces = []
    for name in FACES:
        if name in files:
            # Computer Modern puts other signs in the places of punctuation.
            faces.append(_Face(files[name].file.read(), letters_only=name.startswith("cm")))
    if len(faces) < len(FACES) // 2:
        raise AssetError(f"fonts: only {len(faces)} of the {len(FACES)} faces that words are proved by are installed")
    return tuple(faces)


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """A character as the packaged fonts draw it."""

    shapes: Shapes
    """(F, HIGH * WIDE), zero for faces that do not draw it."""
    drawn: npt.NDArray[np.bool_]
    """(F,) the faces that draw it."""
    by_face: Measures
    """(F, 4), the usual ones for faces that do not draw it."""
    usual: Measures
    """(4,) the medians over the faces; a guess where no face draws it."""


@cache
def drawn(char: str) -> Drawn:
    """The shapes of a character in all faces, made when it is first met. char: or the characters of a ligature, as a
    font may draw it."""
    sign = LIGATURES.get(char, char)
    pictures = [face.draw(sign) if len(sign) == 1 else None for face in _faces()]
    shapes = np.zeros((len(pictures), HIGH * WIDE), dtype=np.uint8)
    measures = np.zeros((len(pictures), 4))
    for number, picture in enumerate(pictures):
        if picture is not None:
            shapes[number], measures[number] = picture
    there = np.array([picture is not None for picture in pictures])
    if there.any():
        usual = np.sort(measures[there], axis=0)[there.sum() // 2]
    else:
        usual = np.array(_IDEOGRAM if ord(char[0]) >= _CJK else _UNKNOWN)
    return Drawn(shapes, there, np.where(there[:, None], measures, usual), usual)


def alike(one: Sequence[str], other: Sequence[str]) -> npt.NDArray[np.bool_]:
    """(len(one), len(other)) whether two characters are the same, or look alike at the size of reading."""
    groups = [np.array([_groups(char) for char in chars], dtype=np.int64) for chars in (one, other)]
    same = np.array(one)[:, None] == np.array(other)
    result: npt.NDArray[np.bool_] = same | ((groups[0][:, None] & groups[1]) != 0)
    return result


@cache
def _groups(char: str) -> int:
    """The groups of `ALIKE` that a character is in, a bit each."""
    return sum(1 << number for number, group in enumerate(ALIKE) if char in group)

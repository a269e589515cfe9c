"""The glyphs that a page prints: characters with ink, told from blanks by ink and geometry, each print once."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes
from synthink.documents.page.tiles import Pixels
from synthink.documents.sources.pdf.characters import AT_LINE_END, Characters
from synthink.documents.sources.pdf.fonts import unlikely_fonts

SHAPELESS = frozenset((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))  # stand inside words without ink
CONTRAST = 32  # of 255 that a character changes at least one pixel by
FLAT = 0.05  # of an em: a blank's outline is no higher
WIDE, WIDEST = 0.42, 1.6  # in ems: blanks that a letter may be lost in; wider ones part columns
MIDDLE = 0.35  # of an em above the baseline, where each letter has ink, and other lines have none
SPILL_PX = 3.0  # ink of the letters beside a blank is no further in it
THIN_PX = 1e-3  # what is no larger prints nothing
PART = 8  # of 255 that the lower part of a letter changes the picture by, and the upper one: else it is cut or covered
LOW = 0.25  # of a line's usual letters that is their lower part
HALF = 0.25  # of its width that the outline of a would-be blank is looked at from: neighbours lean over its ends


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Printed glyphs in the order in which they are told; coordinates in pixels."""

    codes: npt.NDArray[np.uint32]
    """(N,) code points in Unicode."""
    mapped: npt.NDArray[np.bool_]
    """(N,) whether the font says that the glyph stands for this code."""
    tight: Boxes
    """(N, 4) boxes around each glyph's outline."""
    loose: Boxes
    """(N, 4) boxes of characters: the advance by ascender to descender."""
    origins: npt.NDArray[np.float64]
    """(N, 2) origins on the baseline."""
    sizes: npt.NDArray[np.float64]
    """(N,) the em of each glyph's font."""
    upright: npt.NDArray[np.bool_]
    """(N,) whether glyphs are set along rows of pixels, not mirrored."""
    objects: npt.NDArray[np.uint64]
    """(N,) numbers that are equal for glyphs of one text object."""
    fonts: npt.NDArray[np.uint64]
    """(N,) numbers that are equal for glyphs of one font."""
    visible: npt.NDArray[np.bool_]
    """(N,) whether the glyph changes the picture."""
    blanks: npt.NDArray[np.intp]
    """(N,) the number of blanks that the file has before each glyph."""
    guesses: npt.NDArray[np.intp]
    """(N,) the number of blanks that pdfium guesses before each glyph."""
    stained: npt.NDArray[np.bool_]
    """(N,) whether print that is none of the glyphs stands in the blank behind the glyph."""

    def __len__(self) -> int:
        return len(self.codes)

    def of(self, numbers: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Glyphs:
        """The glyphs of these numbers, or those for which a mask holds."""
        return Glyphs(*(getattr(self, field.name)[numbers] for field in fields(self)))


def printed_glyphs(chars: Characters, picture: Pixels, textless: Pixels, scanned: bool) -> Glyphs:
    """The characters of a page that print something; of a scan, those that stand over its print. picture, textless:
    (H, W, 3) the page with and without its text. scanned: whether it is a scan (`is_scan`).

    A blank with an outline is one only where nothing of it is seen.
    """
    size = chars.tight[:, 2:] - chars.tight[:, :2]
    outlined = (size > FLAT * chars.sizes[:, np.newaxis]).all(axis=1) & ~chars.generated
    blank = like(chars.codes, is_blank) | ~chars.mapped
    printed = (size > THIN_PX).any(axis=1) & (outlined | ~blank)
    numbers = np.flatnonzero(printed)
    inner = chars.tight[numbers]
    edge = np.where(blank[numbers], HALF * (inner[:, 2] - inner[:, 0]), 0.0)
    inner[:, 0] += edge
    inner[:, 2] -= edge
    clear = contrast(inner, chars.origins[numbers, 1], picture, textless) >= CONTRAST
    printing = clear | ~blank[numbers]
    printed[numbers] = printing
    shapeless = ~printed & np.isin(chars.codes, list(SHAPELESS))
    blanks = ~printed & ~shapeless & ~chars.generated
    numbers = numbers[printing]
    glyphs = Glyphs(
        chars.codes[numbers],
        chars.mapped[numbers] & ~blank[numbers] & (scanned or _believed(chars, numbers)),
        chars.tight[numbers],
        chars.loose[numbers],
        chars.origins[numbers],
        np.maximum(chars.sizes[numbers], 1.0),
        chars.upright[numbers],
        chars.objects[numbers],
        chars.fonts[numbers],
        (chars.visible[numbers] & clear[printing]) | scanned,
        np.cumsum(blanks, dtype=np.intp)[numbers],
        np.cumsum(chars.generated, dtype=np.intp)[numbers],
        np.zeros(len(numbers), dtype=bool),
    )
    return replace(glyphs, stained=_stained(glyphs, picture, textless))


def _believed(chars: Characters, numbers: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """(N,) whether the fonts of characters are believed, for the characters of these numbers. What the file spells out
    in place of a print says nothing of its font."""
    upright = numbers[chars.upright[numbers] & ~_told_at_once(chars)[numbers]]
    _, firsts = np.unique((chars.fonts[upright] << 32) + chars.codes[upright], return_index=True)
    samples = upright[firsts]
    em = np.maximum(chars.sizes[samples], 1.0)
    heights = (chars.origins[samples, 1:] - chars.tight[samples][:, (1, 3)]) / em[:, np.newaxis]
    return ~np.isin(chars.fonts[numbers], unlikely_fonts(chars.fonts[samples], chars.codes[samples], heights))


def _told_at_once(chars: Characters) -> npt.NDArray[np.bool_]:
    """(N,) characters that begin where another of their text object does, as those of a ligature do."""
    one = (np.diff(chars.objects) == 0) & (np.diff(chars.origins, axis=0) == 0).all(axis=1)
    result: npt.NDArray[np.bool_] = np.append(one, False) | np.append(False, one)
    return result


def _stained(glyphs: Glyphs, picture: Pixels, textless: Pixels) -> npt.NDArray[np.bool_]:
    """(N,) as in `Glyphs`. Of blanks in a row pdfium tells the first alone, and where a letter is mapped to a blank it
    is lost; so wide blanks are looked at."""
    em, y = glyphs.sizes[:-1], glyphs.origins[:-1, 1]
    left, right = glyphs.tight[:-1, 2] + SPILL_PX, glyphs.tight[1:, 0] - SPILL_PX
    gap = right - left + 2 * SPILL_PX
    wide = (gap > WIDE * em) & (gap < WIDEST * em) & (right > left + 1) & (np.abs(np.diff(glyphs.origins[:, 1])) < 0.5)
    numbers = np.flatnonzero(wide & (np.diff(glyphs.blanks) > 0))
    gaps = np.column_stack((left, y - MIDDLE * em, right, y - 1))[numbers]
    result = np.zeros(len(glyphs), dtype=bool)
    result[numbers] = contrast(gaps, y[numbers], picture, textless, slack_px=0) >= CONTRAST
    return result


def has_outlines(chars: Characters) -> bool:
    """Whether any character of a page may print something."""
    return bool((chars.tight[:, 2:] - chars.tight[:, :2] > THIN_PX).any())


def is_scan(chars: Characters, textless: Pixels) -> bool:
    """Whether most of a page's text is invisible, and something else is printed: only that may show the text, as a scan
    does what was recognised in it. textless: (H, W, 3) the page without its text."""
    outlined = ~chars.generated & ~like(chars.codes, is_blank)
    are_most = 2 * np.count_nonzero(outlined & ~chars.visible) > np.count_nonzero(outlined)
    return bool(are_most and int(textless.max()) - int(textless.min()) >= CONTRAST)


def like(codes: npt.NDArray[np.uint32], test: Callable[[int], bool]) -> npt.NDArray[np.bool_]:
    """(N,) which codes pass a test."""
    return np.isin(codes, [code for code in np.unique(codes).tolist() if test(code)])


def is_blank(code: int) -> bool:
    """Whether a code stands for a blank, or for nothing that prints."""
    return (code <= 32 and code not in AT_LINE_END) or (code >= 127 and code < 0x10000 and chr(code).isspace())


def is_combining(code: int) -> bool:
    """Whether a code stands for a mark on the letter before it."""
    return code < 0x110000 and unicodedata.combining(chr(code)) > 0


def contrast(
    tight: Boxes, y: npt.NDArray[np.float64], picture: Pixels, textless: Pixels, slack_px: int = 1
) -> npt.NDArray[np.int64]:
    """(N,) the greatest change of a pixel's channel within each character's columns, among its line's rows; 0 for a
    letter whose lower or upper part changes nothing.

    tight: (N, 4) boxes. y: (N,) baselines, which tell the lines. slack_px: how far around boxes of a few pixels is
    looked, for such glyphs may be moved by a whole pixel.
    """
    height, width = picture.shape[:2]
    slack = np.where(tight[:, 2:] - tight[:, :2] < 4, slack_px, 0)
    low = np.clip(np.floor(tight[:, :2]) - slack, 0, (width, height)).astype(np.intp)
    high = np.clip(np.ceil(tight[:, 2:]) + slack, 0, (width, height)).astype(np.intp)
    result = np.zeros(len(tight), dtype=np.int64)
    inside = (high > low).all(axis=1)
    runs = np.flatnonzero(np.abs(np.diff(y)) > 0.5) + 1
    for start, stop in zip([0, *runs.tolist()], [*runs.tolist(), len(y)], strict=True):
        numbers = start + np.flatnonzero(inside[start:stop])
        if not len(numbers):
            continue
        top, bottom = int(low[numbers, 1].min()), int(high[numbers, 1].max())
        left, right = int(low[numbers, 0].min()), int(high[numbers, 0].max())
        a, b = (picture[top:bottom, left:right].reshape(bottom - top, -1) for picture in (picture, textless))
        change = np.maximum(a, b) - np.minimum(a, b)
        split = y[numbers[0]] - LOW * _median(tight[numbers, 3] - tight[numbers, 1])
        row = min(max(round(split) - top, 1), bottom - top - 1) if bottom - top > 1 else 0
        edges = np.column_stack((low[numbers, 0], high[numbers, 0])).ravel() - left
        above, below = (_most(part, edges) for part in (change[:row], change[row:]))
        both = (tight[numbers, 1] < top + row - 1) & (tight[numbers, 3] > top + row + 1)
        result[numbers] = np.where(both & (np.minimum(above, below) < PART), 0, np.maximum(above, below))
    return result


def _median(values: npt.NDArray[np.float64]) -> float:
    """NumPy's own takes ten times as long for the few letters of a line."""
    values = np.sort(values)
    return float(values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def _most(change: Pixels, edges: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """The greatest change between each two edges. change: (rows, columns * 3)."""
    if not len(change):
        return np.zeros(len(edges) // 2, dtype=np.int64)
    columns = change.max(axis=0).reshape(-1, 3).max(axis=1)
    columns = np.append(columns, columns[-1:])  # reduceat wants every end inside
    most: npt.NDArray[np.int64] = np.maximum.reduceat(columns, edges)[::2].astype(np.int64)
    return most

"""From the characters of a PDF's text layer to words that can be seen, and from its image objects to pictures."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes
from synthink.documents.page.tiles import Pixels
from synthink.documents.reading_order.lines import SAME_LINE
from synthink.documents.sources.pdf.page import Characters

HYPHENS = {0x02: "-", 0xFFFE: "-", 0xAD: "-"}  # what pdfium tells for a hyphen at a line's end; a shown soft hyphen
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
SHAPELESS = frozenset((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))  # stand inside words without ink
BREAK = 0.5  # of the type's height between two characters: not one word, whatever the text layer says
CONTRAST = 32  # of 255 that a character changes at least one pixel by
INK_MARGIN_PX = 1.0  # smoothing and rounding to whole pixels move ink this far out of a glyph's outline
MOSTLY = 0.2  # share of characters that cannot be used, from which on a page is skipped
SPACED = 4  # single letters in a row that are taken for one word with wide spaces
MIN_IMAGE_PX = 24
BACKGROUND = 0.8  # of the page: a larger image is paper, not a picture
ROOM = 0.35  # of the type's height: no rule stands in less
BROADEST_RULE_PX = 4  # broader ones are a picture's
PLAIN = 16  # of 255: an image with less contrast shows nothing


@dataclass(frozen=True, slots=True)
class PdfWords:
    """Words in the order they are told; boxes and baselines in pixels."""

    texts: list[str]
    boxes: Boxes
    baselines: npt.NDArray[np.float64]
    heights: npt.NDArray[np.float64]
    """The height of each word's type, ascender to descender."""
    runs: npt.NDArray[np.uint64]
    """Equal for words of one text object."""
    left_out: Boxes
    """(N, 4) of words that are printed but cannot be used."""


def visible_words(chars: Characters, picture: Pixels, textless: Pixels, skipped: Counter[str]) -> PdfWords | None:
    """The words whose every character changes the picture from `bare` to `shown`, both (H, W, 3).

    Words left out are counted in `skipped`; so is, with None, a page that cannot be used.
    """
    fault = _fault(chars)
    groups = _groups(chars) if fault is None else []
    if fault is None and not groups:
        fault = "no text layer"
    if fault is not None:
        skipped[f"page: {fault}"] += 1
        return None
    order, starts = np.concatenate(groups), np.cumsum([0, *map(len, groups[:-1])])
    texts = [_text(chars.codes[group].tolist()) for group in groups]
    upright, visible = (np.logical_and.reduceat(flags[order], starts) for flags in (chars.upright, chars.visible))
    tight, loose = _around(chars.tight[order], starts), _around(chars.loose[order], starts)
    tight += np.array((-1, -1, 1, 1)) * INK_MARGIN_PX
    boxes = np.concatenate((np.minimum(tight[:, :2], loose[:, :2]), np.maximum(tight[:, 2:], loose[:, 2:])), axis=1)
    clear = (
        np.minimum.reduceat(_contrast(chars.tight[order], chars.origins[order, 1], picture, textless), starts)
        >= CONTRAST
    )
    readable = np.array([text != "" for text in texts])
    reasons = (
        ("rotated text", ~upright),
        ("hidden text", ~(visible & clear)),
        ("unreadable text", ~readable),
        ("letter-spaced text", _spaced(texts)),
    )
    usable = np.ones(len(texts), dtype=bool)
    lengths = np.diff(starts, append=len(order))  # shares are of characters: turned words fall into letters
    for reason, flags in reasons:
        count = int((flags & usable).sum())
        usable &= ~flags
        if reason != "hidden text" and lengths[flags].sum() > MOSTLY * len(order):
            skipped[f"page: {reason}"] += 1
            return None
        if count:
            skipped[f"word: {reason}"] += count
    if not usable.any():
        skipped["page: only hidden text"] += 1
        return None
    places = np.flatnonzero(usable)
    first = order[starts[places]]
    return PdfWords(
        [texts[i] for i in places.tolist()],
        boxes[places],
        chars.origins[first, 1],
        loose[places, 3] - loose[places, 1],
        chars.objects[first],
        boxes[~usable & visible & clear],
    )


def visible_images(boxes: Boxes, textless: Pixels) -> Boxes:
    """(I, 4) pictures among the boxes of image objects: clipped, not too small, showing something, each once."""
    height, width = textless.shape[:2]
    merged: list[list[float]] = []
    for box in np.clip(boxes, 0, (width, height, width, height)).tolist():
        for other in merged:
            if _one_picture(box, other):
                other[:] = [*map(min, box[:2], other[:2]), *map(max, box[2:], other[2:])]
                break
        else:
            merged.append(box)
    pictures = []
    for left, top, right, bottom in merged:
        wide, high = right - left, bottom - top
        if min(wide, high) < MIN_IMAGE_PX or wide * high > BACKGROUND * width * height:
            continue
        part = textless[int(top) : int(bottom) : 2, int(left) : int(right) : 2]
        if int(part.max()) - int(part.min()) >= PLAIN:
            pictures.append((left, top, right, bottom))
    return np.array(pictures).reshape(-1, 4)


def rules_between(boxes: Boxes, lines: npt.NDArray[np.intp], textless: Pixels) -> Boxes:
    """(N, 4) places between two words of a line in which an upright rule stands: all along it is darker than beside.

    boxes: (W, 4) in reading order; lines: (W,) the line of each; bare: (H, W, 3) what is printed but for text.
    """
    places = []
    wide = boxes[1:, 0] - boxes[:-1, 2] > ROOM * (boxes[1:, 3] - boxes[1:, 1])
    for word in np.flatnonzero((np.diff(lines) == 0) & wide).tolist():
        (_, top, left, bottom), (right, *_) = boxes[word].tolist(), boxes[word + 1].tolist()
        gap = textless[max(0, int(top)) : int(bottom), max(0, int(left)) : int(right) + 1].min(axis=2)
        if gap.size and 0 < int((int(gap.max()) - gap.max(axis=0) >= CONTRAST).sum()) <= BROADEST_RULE_PX:
            places.append((left, top, right, bottom))
    return np.array(places).reshape(-1, 4)


def _one_picture(box: list[float], other: list[float]) -> bool:
    """Whether two images are strips of one picture, or one is drawn over the other."""
    left, top, right, bottom = map(abs, (a - b for a, b in zip(box, other, strict=True)))
    stacked = max(left, right) < 1 and box[1] <= other[3] + 1 and other[1] <= box[3] + 1
    adjacent = max(top, bottom) < 1 and box[0] <= other[2] + 1 and other[0] <= box[2] + 1
    return stacked or adjacent


def _fault(chars: Characters) -> str | None:
    """Why none of the page's text can be used."""
    directions = {unicodedata.bidirectional(chr(code)) for code in np.unique(chars.codes).tolist() if code < 0x110000}
    return "right-to-left text" if directions & {"R", "AL", "AN"} else None


def _groups(chars: Characters) -> list[npt.NDArray[np.intp]]:
    """The characters of each word, by their numbers; only those with ink."""
    size = chars.tight[:, 2:] - chars.tight[:, :2]
    codes = chars.codes
    space = _like(codes, _is_space)
    inked = (size > 1e-3).any(axis=1) & ~space
    shapeless = ~inked & np.isin(codes, list(SHAPELESS))
    blanks = np.cumsum(~inked & ~shapeless)
    printed = np.flatnonzero(inked)
    if not len(printed):
        return []
    loose, y = chars.loose[printed], chars.origins[printed, 1]
    height = np.maximum(loose[:, 3] - loose[:, 1], 1.0)
    height = np.minimum(height[1:], height[:-1])
    gap = loose[1:, 0] - loose[:-1, 2]
    far = (np.abs(gap) > BREAK * height) | (np.abs(np.diff(y)) > SAME_LINE * 1.4 * height)
    far &= ~_like(codes[printed[1:]], lambda code: code < 0x110000 and unicodedata.combining(chr(code)) > 0)
    far &= (loose[1:] != loose[:-1]).any(axis=1)  # a ligature's letters share its glyph
    return np.split(printed, np.flatnonzero(far | (np.diff(blanks[printed]) > 0)) + 1)


def _like(codes: npt.NDArray[np.uint32], test: Callable[[int], bool]) -> npt.NDArray[np.bool_]:
    """(N,) which codes pass a test."""
    return np.isin(codes, [code for code in np.unique(codes).tolist() if test(code)])


def _is_space(code: int) -> bool:
    return (code <= 32 and code != 2) or (code >= 127 and code < 0x10000 and chr(code).isspace())


def _text(codes: list[int]) -> str:
    """The word in NFC; empty when a character is none that people write."""
    if max(codes) >= 0x110000:
        return ""
    text = "".join(HYPHENS.get(code) or LIGATURES.get(code) or chr(code) for code in codes)
    text = unicodedata.normalize("NFC", text)
    if text.isascii():
        return text if text.isprintable() else ""
    odd = any(unicodedata.category(char) in ("Cc", "Cf", "Cn", "Co", "Cs") for char in text)
    return "" if odd or "�" in text or not text.isprintable() else text


def _spaced(texts: list[str]) -> npt.NDArray[np.bool_]:
    """(W,) which words are letters of a word that is set l i k e  t h i s."""
    single = np.array([len(text) == 1 and text.isalpha() for text in texts], dtype=bool)
    edges = np.flatnonzero(np.diff(single, prepend=False, append=False)).reshape(-1, 2)
    result = np.zeros(len(texts), dtype=bool)
    for start, stop in edges[edges[:, 1] - edges[:, 0] >= SPACED].tolist():
        result[start:stop] = True
    return result


def _around(boxes: Boxes, starts: npt.NDArray[np.intp]) -> Boxes:
    return np.concatenate(
        (np.minimum.reduceat(boxes[:, :2], starts), np.maximum.reduceat(boxes[:, 2:], starts)), axis=1
    )


def _contrast(tight: Boxes, y: npt.NDArray[np.float64], picture: Pixels, textless: Pixels) -> npt.NDArray[np.int64]:
    """(N,) the greatest change of a pixel's channel within each character's columns, among its line's rows."""
    height, width = picture.shape[:2]
    # Glyphs of a few pixels may be moved by a whole pixel, so they are looked for one pixel around.
    slack = np.where(tight[:, 2:] - tight[:, :2] < 4, 1, 0)
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
        columns = (np.maximum(a, b) - np.minimum(a, b)).max(axis=0).reshape(-1, 3).max(axis=1)
        columns = np.append(columns, columns[-1:])  # reduceat wants every end inside
        edges = np.column_stack((low[numbers, 0], high[numbers, 0])).ravel() - left
        result[numbers] = np.maximum.reduceat(columns, edges)[::2]
    return result

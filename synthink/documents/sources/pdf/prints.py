"""What is printed over what: accents over letters, glyphs printed again, and glyphs that hide each other."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes
from synthink.documents.sources.pdf.glyphs import Glyphs, is_combining, like

ACCENTS = dict(
    zip(map(ord, "`´^ˆ~˜¨˙¯ˉ˘ˇ˚˝¸˛"), map(chr, (0x300, 0x301, 0x302, 0x302, 0x303, 0x303, 0x308, 0x307, 0x304, 0x304,
    0x306, 0x30C, 0x30A, 0x30B, 0x327, 0x328)), strict=True)
)  # fmt: skip
"""The mark that a spacing accent stands for where it is printed over a letter."""
MARKS = ACCENTS | {mark: chr(mark) for mark in range(0x300, 0x370)}
"""And the marks that say themselves that they are printed over the letter before them."""
MOST_ACCENTS = 1000  # on a page that are looked at
DOTLESS = {0x131: 0x69, 0x237: 0x6A}
AGAIN = 0.75  # of its width that a glyph printed again is moved by at most
AGAIN_EM, AGAIN_IN_OBJECT_EM = 0.2, 0.12  # of an em, to the side or down; narrow letters follow each other nearly so
COPIES = 4  # prints of a glyph besides the first
HIDDEN = 0.5  # of the smaller glyph's width and height that lies on another one
APART_EM = 0.25  # of an em: letters that begin so far apart follow each other, however slanted
MOST_AT_ONCE = 3  # letters that one glyph stands for, as ffi: what says more replaces its print
AS_ONE = re.compile(r"f?f[bfhijklt]|ff|[fst]t|tt?[if]|[cs]h|c[kt]|sp|Th|ij|IJ|\.\.\.")
"""What fonts of Latin print as one glyph. That a glyph is other letters says one that lies about it."""
_BEYOND_LATIN = 0x250
NARROWEST = 0.18  # of an em, the mean letter: an object that says more than it has room for prints something else
Pairs = npt.NDArray[np.intp]


def with_accents(glyphs: Glyphs) -> Glyphs:
    """The glyphs with accents that are printed over a letter, or are told with it, put together with it. An accent over
    what takes none makes both unreadable; so is a mark that its font calls one, and that stands over no letter."""
    accents = np.flatnonzero(like(glyphs.codes, MARKS.__contains__))
    if not len(accents):
        return glyphs
    codes, mapped, tight = glyphs.codes.copy(), glyphs.mapped.copy(), glyphs.tight.copy()
    remaining = np.ones(len(glyphs), dtype=bool)
    owners: dict[int, int] = {}
    for accent in accents.tolist():
        letter = _letter_of(glyphs, accent, len(accents) <= MOST_ACCENTS)
        if letter is None:
            mapped[accent] &= int(codes[accent]) in ACCENTS
            continue
        letter = owners[accent] = owners.get(letter, letter)
        base = chr(DOTLESS.get(int(codes[letter]), int(codes[letter])))
        accented = unicodedata.normalize("NFC", base + MARKS[int(codes[accent])])
        if len(accented) == 1:
            codes[letter] = ord(accented)
        mapped[letter] &= len(accented) == 1
        tight[letter] = _around(tight[[letter, accent]])
        remaining[accent] = False
    return replace(glyphs, codes=codes, mapped=mapped, tight=tight).of(remaining)


def _letter_of(glyphs: Glyphs, accent: int, looks: bool) -> int | None:
    """The letter that an accent belongs to: the one before it where a glyph is told to be both; else the one under it,
    where that is looked for."""
    before = accent - 1
    is_told = accent > 0 and glyphs.objects[before] == glyphs.objects[accent]
    if is_told and (glyphs.origins[before] == glyphs.origins[accent]).all():
        return before
    return _letter_under(glyphs, accent) if looks else None


def _letter_under(glyphs: Glyphs, accent: int) -> int | None:
    """The letter that lies under an accent's middle, or above it; of several the nearest in the text."""
    left, top, right, bottom = glyphs.tight[accent].tolist()
    x, (own, high, end, low) = (left + right) / 2, glyphs.tight.T
    under = (own <= x) & (x <= end) & ((bottom <= (high + low) / 2) | (top >= low - 1))
    under &= np.abs(glyphs.origins[:, 1] - glyphs.origins[accent, 1]) < 0.5 * glyphs.sizes
    numbers = [number for number in np.flatnonzero(under).tolist() if chr(int(glyphs.codes[number])).isalpha()]
    return min(numbers, key=lambda number: abs(number - accent), default=None)


def with_replaced_text(glyphs: Glyphs) -> Glyphs:
    """The glyphs with one box for all that a text object says at once, as a ligature does, or a sign whose meaning the
    file spells out: what has no room for its letters is no print of them, nor is what no font prints at once."""
    one = (np.diff(glyphs.objects) == 0) & (np.diff(glyphs.origins, axis=0) == 0).all(axis=1)
    if not one.any():
        return glyphs
    mapped, tight, loose = glyphs.mapped.copy(), glyphs.tight.copy(), glyphs.loose.copy()
    ends = np.flatnonzero(np.diff(np.concatenate(([False], one, [False])).astype(int))).reshape(-1, 2)
    for start, last in ends.tolist():
        stop = last + 1
        tight[start:stop], loose[start:stop] = _around(tight[start:stop]), _around(loose[start:stop])
        codes = glyphs.codes[start:stop]
        letters = stop - start - int(like(codes, is_combining).sum())
        has_room = bool(loose[start, 2] - loose[start, 0] > NARROWEST * letters * glyphs.sizes[start])
        usual = letters == 1 or codes.max() >= _BEYOND_LATIN or AS_ONE.fullmatch("".join(map(chr, codes.tolist())))
        mapped[start:stop] &= bool(has_room and letters <= MOST_AT_ONCE and usual)
    return replace(glyphs, mapped=mapped, tight=tight, loose=loose)


def without_copies(glyphs: Glyphs) -> Glyphs:
    """Each print once: the same character again in nearly its place is its halo, its shadow or its boldness. Of two
    prints the more complete one stays, with boxes around both."""
    first, again = _copies(glyphs)
    if not len(first):
        return glyphs
    leaders: dict[int, int] = {}
    for one, other in zip(first.tolist(), again.tolist(), strict=True):
        if one not in leaders:
            leaders.setdefault(other, one)
    prints: dict[int, list[int]] = {}
    for other, one in leaders.items():
        prints.setdefault(one, [one]).append(other)
    doubled = Counter(glyphs.objects[[number for numbers in prints.values() for number in numbers]].tolist())
    alone = {item: count - doubled[item] for item, count in Counter(glyphs.objects.tolist()).items()}
    remaining, tight = np.ones(len(glyphs), dtype=bool), glyphs.tight.copy()
    for numbers in prints.values():
        best = max(sorted(numbers), key=lambda number: alone[int(glyphs.objects[number])])
        tight[best] = _around(tight[numbers])
        remaining[numbers] = False
        remaining[best] = True
    return replace(glyphs, tight=tight).of(remaining)


def _copies(glyphs: Glyphs) -> tuple[Pairs, Pairs]:
    """Pairs of glyphs that are the same print, the left one first, in order from left to right."""
    visible = np.flatnonzero(glyphs.visible)
    (left, y), em = glyphs.origins[visible].T, glyphs.sizes[visible]
    wide = glyphs.loose[visible, 2] - glyphs.loose[visible, 0]
    one, other = neighbours(glyphs.codes[visible], left, y, em, COPIES)
    across, down = left[other] - left[one], np.abs(y[other] - y[one])
    together = glyphs.objects[visible[one]] == glyphs.objects[visible[other]]
    reach = np.where(together, AGAIN_IN_OBJECT_EM, AGAIN_EM) * em[one]
    same = (across < np.minimum(reach, AGAIN * wide[one])) & (down < AGAIN_EM * em[one])
    same &= ~(together & (across == 0) & (down == 0))  # letters of a ligature
    pairs = np.unique(np.column_stack((left[one], left[other], visible[one], visible[other]))[same], axis=0)
    return pairs[:, 2].astype(np.intp), pairs[:, 3].astype(np.intp)


def hiding(glyphs: Glyphs) -> npt.NDArray[np.bool_]:
    """(N,) glyphs that lie on another one and so cannot be told."""
    result = np.zeros(len(glyphs), dtype=bool)
    numbers = np.flatnonzero(glyphs.visible & ~like(glyphs.codes, is_combining))
    tight = glyphs.tight[numbers]
    middle = (tight[:, 1] + tight[:, 3]) / 2
    one, other = neighbours(np.zeros(len(numbers)), tight[:, 0], middle, glyphs.sizes[numbers], 2)
    across = np.minimum(tight[one, 2], tight[other, 2]) - np.maximum(tight[one, 0], tight[other, 0])
    down = np.minimum(tight[one, 3], tight[other, 3]) - np.maximum(tight[one, 1], tight[other, 1])
    wide, high = tight[:, 2] - tight[:, 0], tight[:, 3] - tight[:, 1]
    hidden = across > HIDDEN * np.minimum(wide[one], wide[other])
    hidden &= down > HIDDEN * np.minimum(high[one], high[other])
    apart = np.abs(glyphs.origins[numbers[one], 0] - glyphs.origins[numbers[other], 0])
    hidden &= apart < np.minimum(0.5 * np.maximum(wide[one], wide[other]), APART_EM * glyphs.sizes[numbers[one]])
    loose = glyphs.loose[numbers]
    hidden &= (loose[one] != loose[other]).any(axis=1)  # a ligature's letters share its glyph
    result[numbers[one[hidden]]] = result[numbers[other[hidden]]] = True
    return result


def touched(glyphs: Glyphs, boxes: Boxes) -> npt.NDArray[np.bool_]:
    """(N,) glyphs that begin or end in one of the boxes."""
    result = np.zeros(len(glyphs), dtype=bool)
    middle = (glyphs.tight[:, 1] + glyphs.tight[:, 3]) / 2
    for left, top, right, bottom in boxes.tolist():
        result |= (glyphs.tight[:, 0] < right) & (glyphs.tight[:, 2] > left) & (top < middle) & (middle < bottom)
    return result


def neighbours(
    kinds: npt.NDArray[np.generic],
    left: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    em: npt.NDArray[np.float64],
    count: int,
) -> tuple[Pairs, Pairs]:
    """Pairs of glyphs of one kind and about one size that follow each other from left to right on about one height:
    each with the next ones, `count` of them. All that differ by less than a quarter of an em in height are on one.

    kinds: (N,) below 2**21. left, y, em: (N,) in pixels.
    """
    step = np.round(2 * np.log2(em))
    height = y / np.exp2(step / 2) * 2
    across = np.clip((left - left.min(initial=0.0)) * 8, 0, 2**19 - 1).astype(np.int64)
    kind = ((kinds.astype(np.int64) & 2**21 - 1) << 6) + np.clip(step, 0, 63).astype(np.int64)
    firsts, others = [], []
    for phase in (0.0, 0.5):
        band = np.clip(height - height.min(initial=0.0) + phase, 0, 2**14 - 1).astype(np.int64)
        key = (((kind << 14) + band) << 19) + across  # one number sorts faster than several
        order = np.argsort(key, kind="stable")
        place = key[order] >> 19
        for lag in range(1, count + 1):
            together = np.flatnonzero(place[:-lag] == place[lag:])
            firsts.append(order[together])
            others.append(order[together + lag])
    return np.concatenate(firsts), np.concatenate(others)


def _around(boxes: Boxes) -> Boxes:
    return np.concatenate((boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)))

"""Words from the pieces that the browser measured: joined, and proved by the picture."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.documents.page.tiles import Pixels
from synthink.documents.proof.letters import PlacedLetters
from synthink.documents.sources.html.seen import unseen
from synthink.documents.sources.source import usable_word

Array = npt.NDArray[np.float64]

BLUR = 1.0
"""CSS pixels by which smoothing and rounding carry ink to either side."""
SMALLEST_PX = 6
"""Pixels from ascender to descender: letters of lower words are blots."""
LEAST_GAP = 0.1
"""Of the letters' height between two words; a blank has two to three times as much."""
CROSSED = 0.35
"""Of the smaller word's width and height, by which two words are printed over each other."""
RAISED = 0.12
"""Of a word's height, from which on what stands higher is an index."""
_FONT = 4  # the column of a word's letters that has the font's number
_BAND = 64  # rows of the picture in which words are compared with one another
_CHINESE_JAPANESE_KOREAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO")  # how names of their letters begin


@dataclass(slots=True)
class Word:
    """A word and its place in the picture, in pixels."""

    text: str
    box: Array
    block: int
    """The number of its block in the order of the page; -1 for what is no text of the page."""
    baseline: float
    is_complete: bool
    """Whether every part of it can be seen."""
    advances: Array
    """The box of its letters' advances, which ink may leave: what parts it from its neighbours."""
    is_printed: bool
    """Whether it is surely printed, rather than covered or cut off."""
    doubt: str = ""
    """Why it cannot be used, where its pieces say so."""
    last_baseline: float = 0.0
    """The baseline of its last piece."""
    letters: Array | None = None
    """(n, 7) of each character: the box of its ink, the number of its font, its em, its baseline; None where this is
    not known."""


def joined(measured: Sequence[Any], scale: float) -> list[Word]:
    """Words; what stands in several elements without a blank between, as in `H<sub>2</sub>O`, is one."""
    words: list[Word] = []
    for text, box, block, glued, baseline, *more in measured:
        boxes = [np.array(box, dtype=np.float64) * scale for box in (box, *more[:1])]
        word = Word(text or "", boxes[0], block, baseline * scale, isinstance(text, str), boxes[-1], text is not False)
        word.last_baseline = word.baseline
        if more and more[1]:
            own, font, em = more[1]
            word.letters = np.array([(*letter, font, em, baseline) for letter in own], dtype=np.float64)
            word.letters *= np.where(np.arange(7) == _FONT, 1, scale)
        if glued and words and words[-1].block == block and _continues(words[-1], word, scale):
            last = words[-1]
            if _is_raised_number(last, word):
                last.doubt = "words of digits on several lines"
            last.text += word.text
            last.last_baseline = word.baseline
            both = last.letters is not None and word.letters is not None
            last.letters = np.concatenate((last.letters, word.letters)) if both else None  # type: ignore[arg-type]
            last.is_complete &= word.is_complete
            last.is_printed &= word.is_printed
            last.box, last.advances = _around(last.box, word.box), _around(last.advances, word.advances)
        else:
            words.append(word)
    return words


def _is_raised_number(word: Word, part: Word) -> bool:
    """Whether a digit stands higher or lower than the one before it, as in a power of ten."""
    higher = abs(part.baseline - word.last_baseline) > RAISED * (word.advances[3] - word.advances[1])
    return bool(higher and word.text[-1:].isdigit() and part.text[:1].isdigit())


def _around(one: Array, other: Array) -> Array:
    return np.concatenate((np.minimum(one[:2], other[:2]), np.maximum(one[2:], other[2:])))


def _continues(word: Word, part: Word, scale: float) -> bool:
    if not (word.is_complete and part.is_complete):
        return True
    shared = min(word.box[3], part.box[3]) - max(word.box[1], part.box[1])
    least = min(word.box[3] - word.box[1], part.box[3] - part.box[1])
    return bool(shared > 0.3 * least and -0.5 * least < part.box[0] - word.box[2] < 2 * scale)


def prove(words: Sequence[Word], pixels: Pixels, bare: Pixels, scale: float, skipped: Counter[str]) -> None:
    """Take `is_complete` from words that cannot be used in a label, or of which the picture shows something else.

    pixels, bare: (H, W, 3) the page with and without its letters. scale: pixels to a CSS pixel. skipped: reason -> the
    number of words.
    """
    lettered = [number for number, word in enumerate(words) if word.block >= 0 and word.is_printed]
    boxes = np.array([words[number].advances for number in lettered]).reshape(-1, 4)
    reasons: dict[int, str] = {}
    for one, other in _pairs(boxes):
        reason = _too_near(boxes[one], boxes[other])
        if reason:
            reasons.setdefault(lettered[one], reason)
            reasons.setdefault(lettered[other], reason)
    for number, word in enumerate(words):
        word.box += (-BLUR * scale, 0, BLUR * scale, 0)
        if not word.is_complete:
            continue
        text, reason = usable_word(word.text)
        reason = reason or reasons.get(number, "") or word.doubt
        if word.letters is not None and len(word.letters) != len(text):
            word.letters = None
        if word.advances[3] - word.advances[1] < SMALLEST_PX:
            reason = reason or "words too small to be read"
        reason = reason or unseen(word.box, word.text, word.letters, pixels, bare)
        if reason:
            skipped[reason] += 1
            word.is_complete = False
        word.text = text


def _pairs(boxes: Array) -> Iterator[tuple[int, int]]:
    """Pairs of boxes that have rows in common."""
    bands: dict[int, list[int]] = {}
    for number, (top, bottom) in enumerate((boxes[:, [1, 3]] // _BAND).astype(int).tolist()):
        for band in range(top, min(bottom, top + 8) + 1):
            bands.setdefault(band, []).append(number)
    for members in bands.values():
        left, top, right, bottom = boxes[members].T
        near = (left[:, None] - right) < LEAST_GAP * np.minimum.outer(bottom - top, bottom - top)
        near &= near.T
        near &= np.minimum.outer(bottom, bottom) > np.maximum.outer(top, top)
        for one, other in np.argwhere(np.triu(near, 1)).tolist():
            yield members[one], members[other]


def _too_near(one: Array, other: Array) -> str:
    """The reason why neither of two neighbours can be read for itself, if there is one."""
    sizes = np.minimum(one[2:] - one[:2], other[2:] - other[:2])
    across, down = (np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])).tolist()
    if down < CROSSED * sizes[1]:
        return ""
    if across > CROSSED * sizes[0]:
        return "words printed over each other"
    return "words without a gap between them" if down > 0.5 * sizes[1] and across > -LEAST_GAP * sizes[1] else ""


def count_absent(absent: Sequence[str], skipped: Counter[str]) -> None:
    """Count words that have letters which no font of this machine draws, by script, and tell which fonts do.

    absent: the letters of each word.
    """
    for letters in absent:
        name = unicodedata.name(letters[0], "").partition(" ")[0]
        if unicodedata.category(letters[0])[0] not in "LM":
            script, fonts = "signs", "fonts-noto-color-emoji or fonts-symbola"
        elif name in _CHINESE_JAPANESE_KOREAN:
            script, fonts = "Chinese, Japanese or Korean", "fonts-noto-cjk"
        else:
            script, fonts = name.capitalize() or "unknown", "fonts-noto-core"
        skipped[f"words that no font here draws ({script}: install {fonts}, as Debian calls them)"] += 1


def placed_letters(words: Sequence[Word], pixels: Pixels, top: int) -> PlacedLetters:
    """The letters of words on the page that begins in row `top`; where they are not known, a word is one letter.

    pixels: (H, W, 3) the page's picture.
    """
    rows = []
    for word in words:
        size = word.box[3] - word.box[1]
        unknown = np.repeat([(*word.box, -1, size, word.baseline)], len(word.text), axis=0)
        rows.append(unknown if word.letters is None else word.letters)
    letters = np.concatenate(rows) if rows else np.zeros((0, 7))
    counts = np.array([len(word.text) for word in words], dtype=np.intp)
    boxes = letters[:, :4] - (0, top, 0, top)
    fonts = (letters[:, _FONT] + 1).astype(np.uint64)
    names = ["", *map(str, range(int(fonts.max(initial=0))))]  # of one document; none where letters are not known
    return PlacedLetters(pixels, counts, boxes, fonts, letters[:, 5], letters[:, 6] - top, names)

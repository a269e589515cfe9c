"""What the picture of a web page shows of a word: where a page is drawn without its letters, too, they are the
difference."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthink.documents.page.tiles import Pixels

Array = npt.NDArray[np.float64]

LEAST_CONTRAST = 24
"""Of 255: a word whose letters change the picture less than this cannot be seen."""
LEAST_PART, LOW = 8, 0.25
"""Of 255: the change in the lower and in the upper part of a letter; of a word's usual letter: the lower part."""
SHARP = 0.35
"""Of a letter's strongest change of the picture: the largest step between neighbouring pixels of one that is sharp."""
BUSY_SHARE = 0.6
"""Of a word's strongest change: what lies under it may not differ so much in a tenth of its box."""
UNSEEN, BLURRED = "words that cannot be seen", "words blurred, masked or doubled"
BUSY = "words on a ground as strong as they are"


def unseen(box: Array, text: str, letters: Array | None, pixels: Pixels, bare: Pixels) -> str:
    """The reason why a word's letters cannot be read in the picture, if there is one.

    box: (4,) of the word, in pixels. letters: (n, 7) of each character: the box of its ink, the number of its font, its
    em, its baseline; None where this is not known. pixels, bare: (H, W, 3) the page with and without its letters.
    """
    left, top, right, bottom = box.tolist()
    row, column = max(0, int(top)), max(0, int(left))
    part = np.s_[row : int(bottom) + 1, column : int(right) + 1]
    with_letters, without = pixels[part], bare[part]
    if not with_letters.size:
        return UNSEEN
    change = (np.maximum(with_letters, without) - np.minimum(with_letters, without)).max(axis=2)
    ink = change.max(axis=0)
    parts = np.array_split(ink, 3) if len(text) > 2 and len(ink) > 8 else [ink]
    if not all(int(third.max()) >= LEAST_CONTRAST for third in parts):
        return UNSEEN
    if letters is not None:
        letters = letters - (column, row, column, row, 0, 0, row)
        if not (_is_whole(letters, change) and (_most(ink, letters[:, [0, 2]]) >= LEAST_CONTRAST).all()):
            return UNSEEN
        alone = _alone(letters)
        if not (_most(ink, alone) >= LEAST_CONTRAST).all():
            return UNSEEN
        if not (_most(_steps(change), alone) >= SHARP * _most(ink, alone)).all():
            return BLURRED
    elif _steps(change).max() < SHARP * ink.max():
        return BLURRED
    return BUSY if _is_busy(without, change) else ""


def _most(columns: npt.NDArray[np.generic], spans: Array) -> Array:
    """(n,) the most in some columns. spans: (n, 2) their first and their last; at least one is looked at."""
    count = len(columns)
    starts = np.clip(np.floor(spans[:, 0]), 0, count - 1).astype(np.intp)
    stops = np.maximum(np.clip(np.floor(spans[:, 1]) + 1, 1, count).astype(np.intp), starts + 1)
    padded = np.append(columns, 0).astype(np.float64)
    most: Array = np.maximum.reduceat(padded, np.stack((starts, stops), axis=1).ravel())[::2]
    return most


def _alone(letters: Array) -> Array:
    """(n, 2) the columns in which letters stand that no other letter's ink reaches; only of those that have some."""
    lefts, rights = letters[:, 0], letters[:, 2]
    before = np.maximum.accumulate(np.append(-np.inf, rights[:-1]))
    behind = np.minimum.accumulate(np.append(lefts[1:], np.inf)[::-1])[::-1]
    spans: Array = np.stack((np.maximum(lefts, before + 1), np.minimum(rights, behind - 2)), axis=1)
    own: Array = spans[spans[:, 1] - spans[:, 0] >= 1]
    return own


def _steps(change: Pixels) -> npt.NDArray[np.int16]:
    """(w,) the largest step between neighbouring pixels in each column, down or across."""
    signed = change.astype(np.int16)
    down = np.abs(np.diff(signed, axis=0)).max(axis=0, initial=0)
    across = np.pad(np.abs(np.diff(signed, axis=1)).max(axis=0), 1)
    steps: npt.NDArray[np.int16] = np.maximum(down, np.maximum(across[:-1], across[1:]))
    return steps


def _is_busy(ground: Pixels, change: Pixels) -> bool:
    """Whether what lies under letters is as strong as they are; lines under or through them are not counted."""
    if (ground == ground[:1, :1]).all():
        return False
    signed = ground.astype(np.int16)
    off = np.abs(signed - np.median(signed, axis=1, keepdims=True)).max(axis=2)
    return bool(np.percentile(off, 90) > BUSY_SHARE * change.max())


def _is_whole(letters: Array, change: Pixels) -> bool:
    """Whether the lower and the upper part of each letter change the picture. change: (h, w) around the word."""
    usual = float(np.median(letters[:, 3] - letters[:, 1]))
    row = min(max(round(letters[0, 6] - LOW * usual), 0), len(change))
    crossing = letters[(letters[:, 1] < row - 1) & (letters[:, 3] > row + 1)]
    return all(
        half.size and (_most(half.max(axis=0), crossing[:, [0, 2]]) >= LEAST_PART).all()
        for half in ((change[:row], change[row:]) if len(crossing) else ())
    )

"""Letters of another size beside or over words: initials that reach over several lines, and ruby."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes

LARGER = 1.6  # times the size of the words beside it: an initial
DROP = 0.5  # of the words' size that an initial's baseline lies under theirs at least
MOST_LETTERS = 2  # of an initial, a quotation mark among them
NEAR = 1.5  # of the words' size, between an initial and the rest of its word; boxes around initials take room
RUBY = 0.65  # times the size of the letters under it, at most


def beside_initials(
    texts: list[str], tight: Boxes, baselines: npt.NDArray[np.float64], sizes: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """(W,) initials that reach over several lines, and the words that begin beside them: nobody can tell whether they
    are one.

    texts: (W,). tight: (W, 4) boxes of their ink. baselines: (W,) y. sizes: (W,) ems.
    """
    result = np.zeros(len(texts), dtype=bool)
    usual = float(np.median(sizes))
    for number in np.flatnonzero(sizes >= LARGER * min(usual, float(sizes.min()) * 4)).tolist():
        text = texts[number]
        if len(text) > MOST_LETTERS or not any(letter.isalpha() for letter in text):
            continue
        _, top, right, _ = tight[number].tolist()
        first_words = (sizes * LARGER <= sizes[number]) & (np.abs(tight[:, 0] - right) < NEAR * sizes)
        first_words &= (baselines <= baselines[number] - DROP * sizes) & (tight[:, 3] > top)
        if first_words.any():
            numbers = np.flatnonzero(first_words)
            result[number] = result[numbers[np.argmin(baselines[numbers])]] = True
    return result


def ruby(texts: list[str], tight: Boxes, sizes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """(W,) small letters right above Chinese characters that they tell the sound of. Arguments as above."""
    result = np.zeros(len(texts), dtype=bool)
    bases = np.array([not text.isascii() and any("\u3400" <= letter <= "\u9fff" for letter in text) for text in texts])
    if not bases.any():
        return result
    for number in np.flatnonzero(sizes <= RUBY * sizes[bases].max()).tolist():
        left, _, right, bottom = tight[number].tolist()
        if texts[number].isalpha():
            under = bases & (sizes[number] <= RUBY * sizes) & (np.abs(tight[:, 1] - bottom) < 0.5 * sizes)
            result[number] = (under & (tight[:, 0] < (left + right) / 2) & ((left + right) / 2 < tight[:, 2])).any()
    return result

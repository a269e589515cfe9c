"""Whether handwriting says what its label says: every character beside all others of its hand.

Thresholds by measurement on 1,000 rows: of right rows none has a pair of letters that fit each other's labels better by
more than -1 nat, one letter in 17,000 fits another label by more than 80; of 980 rows with two letters swapped four,
all of them e and c or h and u, are below 30.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthink.verify.finding import Finding
from synthink.verify.ink_letters import Fits
from synthink.verify.ink_row import Floats

OTHER_LETTERS = "the letters written are others"
SWAPPED = "letters written are in another order"
NOT_IN_HAND = "a character that the hand does not have"
DOUBTFUL = "letters can hardly be read"

GOOD = 60.0  # nats: cost below which ink is a character well written
LETTER = 120.0  # nats by which another character must fit better
WORD = 130.0  # nats, over a word
SWAP = 24.0  # nats, for two letters that fit each other's labels
DOUBT = 45.0


def check_words(fits: Fits, names: Sequence[str], words: Sequence[str]) -> Finding | None:
    """fits: of all characters of the words, one after the other."""
    rows = {name: row for row, name in enumerate(names)}
    letters = "".join(words)
    if not set(letters) <= set(rows):
        return Finding("wrong", NOT_IN_HAND)
    told = np.array([rows[char] for char in letters])
    every = np.arange(len(told))
    own = fits.cost[every, told]
    others = fits.cost.copy()
    others[every, told] = np.inf
    best = others.min(axis=1)
    better = np.where(best < GOOD, own - best, 0.0)
    at, doubt = 0, bool(better.max() > DOUBT)
    for word in words:
        part = slice(at, at + len(word))
        at += len(word)
        if better[part].max() > LETTER or np.maximum(better[part], 0).sum() > WORD:
            return Finding("wrong", OTHER_LETTERS)
        if _swap(fits.cost[part][:, told[part]], told[part]) > SWAP:
            return Finding("wrong", SWAPPED)
    return Finding("unsure", DOUBTFUL) if doubt else None


def _swap(cost: Floats, told: np.ndarray) -> float:
    """By how much two letters of a word fit better with their labels swapped. cost: (n, n), letter i as label j."""
    own = np.diagonal(cost)
    gain = own[:, np.newaxis] + own - cost - cost.T
    gain[(cost > GOOD) | (cost.T > GOOD) | (told[:, np.newaxis] == told)] = -np.inf
    return float(gain.max())

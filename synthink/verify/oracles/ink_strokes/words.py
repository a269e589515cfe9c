"""Whether handwriting says what its label says: every character beside all others of its hand.

Thresholds by measurement on 1,000 right rows of 17,000 letters, with as many in which a word of 3 and more letters was
replaced or two letters of one swapped. In right rows one letter fits another character better by up to 75 nats (in
9,000 rows by up to 150, a t whose begin makes it an f; once by over 200, a d whose stem stands apart), all others of
its word together by up to 24 (79), and two letters fit each other's labels better by up to 14. At least 99 % of the
other words and of the swaps are found; a word that differs in one letter, as `the` and `The`, may leave a row unsure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthink.verify.oracle import Finding
from synthink.verify.oracles.ink_strokes.letters import Fits
from synthink.verify.oracles.ink_strokes.row import Floats

OTHER_LETTERS = "the letters written are others"
SWAPPED = "letters written are in another order"
NOT_IN_HAND = "a character that the hand does not have"
DOUBTFUL = "letters can hardly be read"

GOOD = 60.0  # nats: cost below which ink is a character well written
WORD = 250.0  # nats by which other characters must fit the letters of a word better, all in all
REST = 90.0  # nats, without the letter that gains most
SWAP = 20.0  # nats, for two letters that fit each other's labels
LEAST_GAIN = 5.0  # nats by which each of these must fit better at least: in 6,000 right rows one did by 3.9
FAIR = 90.0  # nats: cost that still lets a letter be one of the two
DOUBT = 45.0  # nats by which another character fits better in a row that is called unsure


def check_words(fits: Fits, names: Sequence[str], words: Sequence[str]) -> Finding | None:
    """Check that the ink reads as the words. fits: of all characters of the words, one after the other."""
    rows = {name: row for row, name in enumerate(names)}
    letters = "".join(words)
    if not set(letters) <= set(rows):
        return Finding("wrong", NOT_IN_HAND)
    labels = np.array([rows[char] for char in letters])
    every = np.arange(len(labels))
    own = fits.cost[every, labels]
    others = fits.cost.copy()
    others[every, labels] = np.inf
    best = others.min(axis=1)
    better = np.where(best < GOOD, own - best, 0.0)
    at, doubt = 0, bool(better.max() > DOUBT)
    for word in words:
        part = slice(at, at + len(word))
        at += len(word)
        gain = better[part].clip(min=0.0)
        gain[_hooked(word)] = 0.0
        if gain.sum() > WORD or gain.sum() - gain.max() > REST:
            return Finding("wrong", OTHER_LETTERS)
        if _swap(fits.cost[part][:, labels[part]], labels[part]) > SWAP:
            return Finding("wrong", SWAPPED)
    return Finding("unsure", DOUBTFUL) if doubt else None


def label_cost(fits: Fits, names: Sequence[str], words: Sequence[str]) -> float:
    """Nats of all characters as what they are labelled; infinite for one that the hand does not have."""
    letters = "".join(words)
    if not set(letters) <= set(names):
        return float("inf")
    return float(sum(fits.cost[row, names.index(char)] for row, char in enumerate(letters)))


def _hooked(word: str) -> list[int]:
    """The letters of a word that do not count: an f and what follows it, whose dot or bar may be taken for its hook."""
    firsts = [place for place in range(len(word) - 1) if word[place] == "f" and word[place + 1] in "ijt"]
    return [place + step for place in firsts for step in (0, 1)]


def _swap(cost: Floats, labels: npt.NDArray[np.intp]) -> float:
    """By how much two letters of a word fit better with their labels swapped. cost: (n, n), letter i as label j."""
    better = np.diagonal(cost)[:, np.newaxis] - cost
    gain = better + better.T
    gain[
        (np.minimum(better, better.T) < LEAST_GAIN)
        | (cost > FAIR)
        | (cost.T > FAIR)
        | (labels[:, np.newaxis] == labels)
    ] = -np.inf
    return float(gain.max())

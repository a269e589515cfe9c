"""Two readings of a word's strip: letter by letter as its text has it, and free, as anything that letters can say.

Both are made of the same shapes: those of the page where it has them, else of the packaged fonts. Each covers the strip
with shapes and blanks, and costs the ink that it does not explain. Of a true word both cost nearly the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.alphabet import Alphabet
from synthink.documents.proof.faces import Shapes
from synthink.documents.proof.letters import Letters
from synthink.documents.proof.likeness import products
from synthink.documents.proof.strips import Strips

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.int64]

_LETTER = 0.06  # of a letter's ink: what each letter costs, so that few explain much
_UNKNOWN = 0.15  # of the ink that an unknown letter leaves unexplained
_UNKNOWN_HALVES = (3, 5, 8, 10)
_OVERLAP = 1  # columns by which letters reach into each other
_NEVER = 2**30


@dataclass(frozen=True, slots=True)
class Readings:
    """The ink that two readings leave unexplained, in that of a usual letter."""

    claimed: Array
    """(S,) of the word's own text."""
    free: Array
    """(S,) of the best text there is."""


def read_strips(letters: Letters, strips: Strips, alphabet: Alphabet, words: Indices) -> Readings:
    """Read some words' strips. words: (S,) their numbers."""
    table = _table(strips, alphabet, words)
    free = _free(table, alphabet.halves)[np.arange(len(words)), table.lengths]
    claimed, _ = _claimed(table, alphabet, letters, words)
    return Readings(claimed / table.usual, free / table.usual)


def letters_stand(letters: Letters, strips: Strips, alphabet: Alphabet, words: Indices) -> tuple[Indices, ...]:
    """Where the letters of some words stand when these are read as their own text: (M,) the numbers of the letters
    whose characters the alphabet has, the columns of their middles, and half of their widths."""
    table = _table(strips, alphabet, words)
    _, steps = _claimed(table, alphabet, letters, words)
    ends = table.lengths.copy()
    parts = []
    for place in range(len(steps) - 1, -1, -1):
        rows = np.flatnonzero(letters.counts[words] > place)
        last = steps[place][0][rows, ends[rows]]
        halves = steps[place][1][rows, last]
        known = halves > 0
        parts.append(np.stack((letters.firsts[words[rows]] + place, last - 1 - halves + _OVERLAP, halves))[:, known])
        ends[rows] = np.maximum(last - 2 * np.abs(halves) - 1 + 2 * _OVERLAP * known, 0)
    numbers, columns, halves = np.concatenate(parts, axis=1)
    return numbers, columns, halves


@dataclass(frozen=True, eq=False, slots=True)
class _Table:
    """What each shape leaves unexplained around each column of some words' strips."""

    lengths: Indices
    """(S,) the columns of each strip."""
    ink: Numbers
    """(S, longest) the ink of each column."""
    sums: Numbers
    """(S, longest + 1) the ink of all columns before."""
    costs: npt.NDArray[np.int32]
    """(S, longest, T)"""
    usual: int
    """The ink of a usual letter."""


def _table(strips: Strips, alphabet: Alphabet, words: Indices) -> _Table:
    lengths = strips.lengths[words]
    longest = int(lengths.max())
    which = np.repeat(np.arange(len(words)), lengths)
    columns = np.arange(len(which)) - (np.cumsum(lengths) - lengths)[which]
    own = strips.ink[strips.starts[words][which] + columns].astype(np.int64)
    ink = np.zeros((len(words), longest), dtype=np.int64)
    ink[which, columns] = (own**2).sum(axis=1)
    sums = np.zeros((len(words), longest + 1), dtype=np.int64)
    sums[:, 1:] = ink.cumsum(axis=1)
    costs, usual = _costs(alphabet, strips.shapes_at(words[which], columns), sums, which, columns)
    table = np.full((len(words), longest, len(alphabet.kinds)), _NEVER, dtype=np.int32)
    table[which, columns] = costs
    return _Table(lengths, ink, sums, table, usual)


def _costs(
    alphabet: Alphabet, shapes: Shapes, sums: Numbers, which: Indices, columns: Indices
) -> tuple[npt.NDArray[np.int32], int]:
    """(C, T) what each shape leaves unexplained around each column, and the ink of a usual letter.

    All is doubled: strips have two columns where shapes have one.
    """
    squares = (alphabet.shapes.astype(np.int64) ** 2).sum(axis=1)
    usual = max(1, 2 * int(np.median(squares)))
    halves, of_half = np.unique(alphabet.halves, return_inverse=True)
    low, high = np.maximum(columns[:, None] - halves, 0), np.minimum(columns[:, None] + halves + 1, sums.shape[1] - 1)
    ink = (sums[which[:, None], high] - sums[which[:, None], low]).astype(np.int32)[:, of_half]
    dots = products(shapes, alphabet.shapes).astype(np.int32)
    costs = ink + 2 * squares.astype(np.int32) - 4 * dots
    return np.maximum(costs, 0) + int(_LETTER * usual), usual


def _free(table: _Table, halves: Indices) -> Numbers:
    """(S, longest + 1) the cost of the best reading of the first columns of each strip."""
    sizes = np.unique(halves)
    best = _best_by_half(table.costs, halves)
    words, longest = table.ink.shape
    total = np.full((words, longest + 1), _NEVER, dtype=np.int64)
    total[:, 0] = 0
    spans = 2 * sizes + 1 - 2 * _OVERLAP
    for end in range(1, longest + 1):
        centres = end - 1 - sizes + _OVERLAP
        fits = (centres >= 0) & (centres < longest)
        total[:, end] = total[:, end - 1] + table.ink[:, end - 1]
        if fits.any():
            starts = np.clip(end - spans[fits], 0, end - 1)
            letter = total[:, starts] + best[:, centres[fits], np.flatnonzero(fits)]
            total[:, end] = np.minimum(total[:, end], letter.min(axis=1))
    return total


def _best_by_half(table: npt.NDArray[np.int32], halves: Indices) -> Numbers:
    """(S, longest, H) the cheapest shape of each width."""
    order = np.argsort(halves, kind="stable")
    starts = np.flatnonzero(np.diff(halves[order], prepend=-1))
    return np.minimum.reduceat(table[:, :, order], starts, axis=2).astype(np.int64)


def _claimed(
    table: _Table, alphabet: Alphabet, letters: Letters, words: Indices
) -> tuple[Numbers, list[tuple[Indices, Indices]]]:
    """(S,) the cost of reading each strip as its word's text; and for each place in words (S, longest + 1) where its
    letter ends that is followed by nothing but blank up to a column, and half of the width of the letter that ends
    there, less than 0 where the alphabet does not have it."""
    counts, firsts, sums = letters.counts[words], letters.firsts[words], table.sums
    ends = np.arange(sums.shape[1])
    current = sums.copy()  # everything before the first letter is blank
    result = np.full(len(words), _NEVER, dtype=np.int64)
    steps = []
    for place in range(int(counts.max())):
        longer = np.flatnonzero(counts > place)
        kinds = letters.kinds[firsts[longer] + place]
        total = np.full(current.shape, _NEVER, dtype=np.int64)
        widths = np.zeros(current.shape, dtype=np.intp)
        for kind in np.unique(kinds).tolist():
            rows = longer[kinds == kind]
            members = np.flatnonzero(alphabet.kinds == kind)
            if len(members):
                costs = table.costs[rows[:, None], :, members].transpose(0, 2, 1)
                total[rows], widths[rows] = _with_letter(current[rows], costs, alphabet.halves[members])
            else:
                total[rows], widths[rows] = _with_unknown(current[rows], sums[rows], int(_LETTER * table.usual))
        difference = total - sums
        least = np.minimum.accumulate(difference, axis=1)
        steps.append((np.maximum.accumulate(np.where(difference == least, ends, 0), axis=1), widths))
        last = longer[counts[longer] == place + 1]
        total = least + sums
        result[last] = total[last, table.lengths[last]]
        current[longer] = total[longer]
    return result, steps


def _with_letter(before: Numbers, table: npt.NDArray[np.int32], halves: Indices) -> tuple[Numbers, Indices]:
    """(R, longest + 1) the cost of readings that end with a letter, and half of its width. table: (R, longest, M) of
    its shapes."""
    total = np.full(before.shape, _NEVER, dtype=np.int64)
    widths = np.zeros(before.shape, dtype=np.intp)
    longest = table.shape[1]
    ends = np.arange(1, longest + 1)
    for half in np.unique(halves).tolist():
        best = table[:, :, halves == half].min(axis=2)
        centres = ends - 1 - half + _OVERLAP
        fits = (centres >= 0) & (centres < longest)
        starts = np.clip(ends[fits] - (2 * half + 1 - 2 * _OVERLAP), 0, ends[fits] - 1)
        cost = before[:, starts] + best[:, centres[fits]]
        widths[:, ends[fits]] = np.where(cost < total[:, ends[fits]], half, widths[:, ends[fits]])
        total[:, ends[fits]] = np.minimum(total[:, ends[fits]], cost)
    return total, widths


def _with_unknown(before: Numbers, sums: Numbers, letter_cost: int) -> tuple[Numbers, Indices]:
    """As `_with_letter`, for a letter whose shape is not known; its width is negative."""
    total = np.full(before.shape, _NEVER, dtype=np.int64)
    widths = np.zeros(before.shape, dtype=np.intp)
    ends = np.arange(1, before.shape[1])
    for half in _UNKNOWN_HALVES:
        starts = np.maximum(ends - 2 * half - 1, 0)
        cost = before[:, starts] + ((sums[:, ends] - sums[:, starts]) * _UNKNOWN).astype(np.int64) + letter_cost
        widths[:, 1:] = np.where(cost < total[:, 1:], -half, widths[:, 1:])
        total[:, 1:] = np.minimum(total[:, 1:], cost)
    return total, widths

"""Two readings of a word's strip: letter by letter as its text has it, and free, as anything that letters can say.

Both are made of the same shapes: those of the page where it has them, else of the packaged fonts. Each covers the strip
with shapes and blanks, and costs the ink that it does not explain. Of a true word both cost nearly the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
NEVER = 2**30
"""What no reading costs."""


@dataclass(frozen=True, slots=True)
class Readings:
    """The ink that two readings leave unexplained, in that of a usual letter."""

    claimed: Array
    """(S,) of the word's own text."""
    free: Array
    """(S,) of the best text there is."""
    totals: Numbers
    """(N + 1, S, longest + 1) the cost of reading the columns before each one as so many first letters of each word."""


def read_strips(table: Table, alphabet: Alphabet, letters: Letters, words: Indices) -> Readings:
    """Read some words' strips. words: (S,) their numbers."""
    rows = np.arange(len(words))
    free = _free(table, alphabet.halves)[rows, table.lengths]
    totals, _ = prefixes(table, alphabet, letters, words)
    claimed = totals[letters.counts[words], rows, table.lengths]
    return Readings(claimed / table.usual, free / table.usual, totals)


def letters_stand(letters: Letters, strips: Strips, alphabet: Alphabet, words: Indices) -> tuple[Indices, ...]:
    """Where the letters of some words stand when these are read as their own text: (M,) the numbers of the letters
    whose characters the alphabet has, the columns of their middles, and half of their widths."""
    table = table_of(strips, alphabet, words)
    _, steps = prefixes(table, alphabet, letters, words)
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
class Table:
    """The ink that each shape leaves unexplained around each column of some words' strips."""

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

    @property
    def mirrored(self) -> Table:
        """The strips, all as long as the longest, from their last column to the first."""
        ink = self.ink[:, ::-1]
        sums = np.zeros_like(self.sums)
        sums[:, 1:] = ink.cumsum(axis=1)
        return Table(np.full_like(self.lengths, ink.shape[1]), ink, sums, self.costs[:, ::-1], self.usual)

    def of(self, rows: Indices) -> Table:
        """Some of the strips."""
        return Table(self.lengths[rows], self.ink[rows], self.sums[rows], self.costs[rows], self.usual)


def table_of(strips: Strips, alphabet: Alphabet, words: Indices) -> Table:
    """The ink that the shapes of an alphabet leave unexplained in some words' strips."""
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
    table = np.full((len(words), longest, len(alphabet.kinds)), NEVER, dtype=np.int32)
    table[which, columns] = costs
    return Table(lengths, ink, sums, table, usual)


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


def _free(table: Table, halves: Indices) -> Numbers:
    """(S, longest + 1) the cost of the best reading of the first columns of each strip."""
    sizes = np.unique(halves)
    best = _best_by_half(table.costs, halves)
    words, longest = table.ink.shape
    total = np.full((words, longest + 1), NEVER, dtype=np.int64)
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


def prefixes(
    table: Table, alphabet: Alphabet, letters: Letters, words: Indices, *, backwards: bool = False
) -> tuple[Numbers, list[tuple[Indices, Indices]]]:
    """(N + 1, S, longest + 1) the cost of reading the columns before each one as so many first letters of each word's
    text and blanks; and for each place in words (S, longest + 1) where its letter ends that is followed by nothing but
    blank up to a column, and half of the width of the letter that ends there, less than 0 where the alphabet does not
    have it.

    backwards: the letters are taken from the last to the first, of a table that is mirrored.
    """
    counts, firsts, sums = letters.counts[words], letters.firsts[words], table.sums
    ends = np.arange(sums.shape[1])
    totals = [sums.copy()]  # everything before the first letter is blank
    steps = []
    for place in range(int(counts.max())):
        longer = np.flatnonzero(counts > place)
        kinds = letters.kinds[firsts[longer] + (counts[longer] - 1 - place if backwards else place)]
        total, widths = with_letters(table, alphabet, kinds, totals[-1][longer], longer)
        difference = total - sums[longer]
        least = np.minimum.accumulate(difference, axis=1)
        rows = np.zeros(sums.shape, dtype=np.intp), np.zeros(sums.shape, dtype=np.intp)
        rows[0][longer] = np.maximum.accumulate(np.where(difference == least, ends, 0), axis=1)
        rows[1][longer] = widths
        steps.append(rows)
        totals.append(totals[-1].copy())
        totals[-1][longer] = least + sums[longer]
    return np.stack(totals), steps


def with_letters(
    table: Table, alphabet: Alphabet, kinds: Indices, before: Numbers, rows: Indices
) -> tuple[Numbers, Indices]:
    """(R, longest + 1) the cost of readings that end with a letter, and half of its width, less than 0 where the
    alphabet does not have it. kinds: (R,) the characters. before: (R, longest + 1) what is read before. rows: (R,) of
    the table."""
    total = np.full(before.shape, NEVER, dtype=np.int64)
    widths = np.zeros(before.shape, dtype=np.intp)
    for kind in np.unique(kinds).tolist():
        own = np.flatnonzero(kinds == kind)
        members = np.flatnonzero(alphabet.kinds == kind)
        if len(members):
            costs = table.costs[rows[own][:, None], :, members].transpose(0, 2, 1)
            total[own], widths[own] = with_letter(before[own], costs, alphabet.halves[members])
        else:
            letter_cost = int(_LETTER * table.usual)
            total[own], widths[own] = _with_unknown(before[own], table.sums[rows[own]], letter_cost)
    return total, widths


def with_letter(before: Numbers, table: npt.NDArray[np.signedinteger[Any]], halves: Indices) -> tuple[Numbers, Indices]:
    """(R, longest + 1) the cost of readings that end with a letter, and half of its width. before: (R, longest + 1) of
    what is read before. table: (R, longest, M) of its shapes."""
    total = np.full(before.shape, NEVER, dtype=np.int64)
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
    """As `with_letter`, for a letter whose shape is not known; its width is negative."""
    total = np.full(before.shape, NEVER, dtype=np.int64)
    widths = np.zeros(before.shape, dtype=np.intp)
    ends = np.arange(1, before.shape[1])
    for half in _UNKNOWN_HALVES:
        starts = np.maximum(ends - 2 * half - 1, 0)
        cost = before[:, starts] + ((sums[:, ends] - sums[:, starts]) * _UNKNOWN).astype(np.int64) + letter_cost
        widths[:, 1:] = np.where(cost < total[:, 1:], -half, widths[:, 1:])
        total[:, 1:] = np.minimum(total[:, 1:], cost)
    return total, widths

"""Two readings of a word's strip: letter by letter as its text has it, and free, as anything that letters can say.

Both are made of the same shapes: those of the page where it has them, else of the packaged fonts. Each covers the strip
with shapes and blanks, and costs the ink that it does not explain. Of a true word both cost nearly the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.faces import WIDTH, Shapes
from synthink.documents.proof.letters import Letters
from synthink.documents.proof.likeness import masked, mean_shapes, products
from synthink.documents.proof.looks import Looks
from synthink.documents.proof.shapes import LETTERS, drawn
from synthink.documents.proof.strips import FINE, Strips

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.int64]

_FACES = 2  # of the page's nearest ones
_LEAST = 3  # letters that make a shape of the page's own
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


@dataclass(frozen=True, slots=True)
class _Alphabet:
    shapes: Shapes
    """(T, HIGH * WIDE)"""
    kinds: Indices
    """(T,) the number of each shape's character; those beyond the page's characters are no letters of it."""
    halves: Indices
    """(T,) half of each one's width, in columns of a strip."""


def read_strips(letters: Letters, strips: Strips, looks: Looks, words: Indices, trusted: Flags) -> Readings:
    """Read some words' strips. words: (S,) their numbers. trusted: (N,) the letters that shapes are taken from."""
    alphabet = _alphabet(letters, strips, looks, trusted)
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
    free = _free(table, alphabet.halves, ink)[np.arange(len(words)), lengths]
    claimed = _claimed(table, alphabet, sums, letters, words, lengths, int(_LETTER * usual))
    return Readings(claimed / usual, free / usual)


def _alphabet(letters: Letters, strips: Strips, looks: Looks, trusted: Flags) -> _Alphabet:
    number, kinds = len(looks.faces), len(letters.characters)
    groups = letters.kinds * number + looks.styles[letters.words]
    chosen = np.flatnonzero(trusted & ~looks.misread)
    counts = np.bincount(groups[chosen], minlength=kinds * number)
    order = chosen[np.argsort(groups[chosen], kind="stable")]
    present = np.flatnonzero(counts)
    starts = np.cumsum(counts[present]) - counts[present]
    widths = (letters.boxes[:, 2] - letters.boxes[:, 0]) / strips.x_heights[letters.words]
    parts, of_kind, wide = [], [], []
    enough = counts[present] >= _LEAST
    if enough.any():
        totals = np.add.reduceat(looks.shapes[order].astype(np.int64), starts, axis=0)
        middle = np.lexsort((widths[chosen], groups[chosen]))[starts + (counts[present] - 1) // 2]
        parts.append(mean_shapes(totals, counts[present])[enough])
        of_kind.append((present // number)[enough])
        wide.append(widths[chosen][middle][enough])
    characters = list(dict.fromkeys([*letters.characters, *LETTERS]))
    for face in looks.faces[:_FACES].tolist():
        references = [drawn(char) for char in characters]
        there = np.array([reference.drawn[face] for reference in references])
        shapes = np.stack([reference.shapes[face] for reference in references])
        gain = _gain(letters, looks, shapes, there)
        parts.append(np.clip(shapes[there] * gain + 0.5, 0, 255).astype(np.uint8))
        of_kind.append(np.flatnonzero(there))
        wide.append(np.array([reference.by_face[face, WIDTH] for reference in references])[there])
    halves = np.maximum(1, np.rint(np.concatenate(wide) / 2 / FINE)).astype(np.intp)
    halves = np.minimum(np.where(halves > 6, (halves + 1) // 2 * 2, halves), 12)
    shapes = masked(np.concatenate(parts), 2 * FINE * np.maximum(halves, 1).astype(np.float64))
    return _Alphabet(shapes, np.concatenate(of_kind), halves)


def _gain(letters: Letters, looks: Looks, shapes: Shapes, there: Flags) -> float:
    """How much darker the page prints than a face draws: the median over its letters."""
    sample = np.flatnonzero(there[letters.kinds])
    sample = sample[:: max(1, len(sample) // 256)]
    if not len(sample):
        return 1.0
    references = shapes[letters.kinds[sample]].astype(np.int64)
    ratios = (references * looks.shapes[sample]).sum(axis=1) / np.maximum((references**2).sum(axis=1), 1)
    return float(np.clip(np.median(ratios), 0.3, 3.0))


def _costs(
    alphabet: _Alphabet, shapes: Shapes, sums: Numbers, which: Indices, columns: Indices
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


def _free(table: npt.NDArray[np.int32], halves: Indices, ink: Numbers) -> Numbers:
    """(S, longest + 1) the cost of the best reading of the first columns of each strip."""
    sizes = np.unique(halves)
    best = _best_by_half(table, halves)
    words, longest = ink.shape
    total = np.full((words, longest + 1), _NEVER, dtype=np.int64)
    total[:, 0] = 0
    spans = 2 * sizes + 1 - 2 * _OVERLAP
    for end in range(1, longest + 1):
        centres = end - 1 - sizes + _OVERLAP
        fits = (centres >= 0) & (centres < longest)
        total[:, end] = total[:, end - 1] + ink[:, end - 1]
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
    table: npt.NDArray[np.int32],
    alphabet: _Alphabet,
    sums: Numbers,
    letters: Letters,
    words: Indices,
    lengths: Indices,
    letter_cost: int,
) -> Numbers:
    """(S,) the cost of reading each strip as its word's text."""
    counts, firsts = letters.counts[words], letters.firsts[words]
    ends = np.arange(1, sums.shape[1])
    current = sums.copy()  # everything before the first letter is blank
    result = np.full(len(words), _NEVER, dtype=np.int64)
    for place in range(int(counts.max())):
        longer = np.flatnonzero(counts > place)
        kinds = letters.kinds[firsts[longer] + place]
        total = np.full(current.shape, _NEVER, dtype=np.int64)
        for kind in np.unique(kinds).tolist():
            rows = longer[kinds == kind]
            members = np.flatnonzero(alphabet.kinds == kind)
            if len(members):
                total[rows] = _with_letter(current[rows], table[rows][:, :, members], alphabet.halves[members])
            else:
                for half in _UNKNOWN_HALVES:
                    starts = np.maximum(ends - 2 * half - 1, 0)
                    ink = sums[rows][:, ends] - sums[rows][:, starts]
                    cost = current[rows][:, starts] + (ink * _UNKNOWN).astype(np.int64) + letter_cost
                    total[rows, 1:] = np.minimum(total[rows, 1:], cost)
        total = np.minimum.accumulate(total - sums, axis=1) + sums
        last = longer[counts[longer] == place + 1]
        result[last] = total[last, lengths[last]]
        current[longer] = total[longer]
    return result


def _with_letter(before: Numbers, table: npt.NDArray[np.int32], halves: Indices) -> Numbers:
    """(R, longest + 1) the cost of readings that end with a letter. table: (R, longest, M) of its shapes."""
    total = np.full(before.shape, _NEVER, dtype=np.int64)
    longest = table.shape[1]
    ends = np.arange(1, longest + 1)
    for half in np.unique(halves).tolist():
        best = table[:, :, halves == half].min(axis=2)
        centres = ends - 1 - half + _OVERLAP
        fits = (centres >= 0) & (centres < longest)
        starts = np.clip(ends[fits] - (2 * half + 1 - 2 * _OVERLAP), 0, ends[fits] - 1)
        total[:, ends[fits]] = np.minimum(total[:, ends[fits]], before[:, starts] + best[:, centres[fits]])
    return total

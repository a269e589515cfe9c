"""Readings of a word's strip as texts that differ from its own by one slip of the pen: two neighbours exchanged, a
letter more, a letter less, another letter. One that explains the ink better is what the picture shows.

Each is made of the word's own reading up to some place, the slip, and the word's own reading from there on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.alphabet import Alphabet
from synthink.documents.proof.letters import Letters
from synthink.documents.proof.readings import NEVER, Numbers, Table, prefixes, with_letter, with_letters
from synthink.documents.proof.shapes import alike

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Slips:
    """The ink that the best text of each kind leaves unexplained, in that of a usual letter. Only letters and digits
    are exchanged, put in or put in another's place, and none by one that looks alike."""

    exchanged: Array
    """(S,) two neighbouring letters of the word's text are exchanged."""
    longer: Array
    """(S,) it has a letter more."""
    other: Array
    """(S,) it has a letter less, or another one."""


def read_slips(table: Table, alphabet: Alphabet, letters: Letters, words: Indices, before: Numbers) -> Slips:
    """Read some words' strips. words: (S,) their numbers. before: (N + 1, S, longest + 1) as `Readings.totals`."""
    counts, firsts = letters.counts[words], letters.firsts[words]
    behind = prefixes(table.mirrored, alphabet, letters, words, backwards=True)[0][:, :, ::-1]
    exchanged, longer, other = (np.full(len(words), NEVER, dtype=np.int64) for _ in range(3))

    def note(least: Numbers, rows: Indices, total: Numbers, place: int) -> None:
        """total: the cost of readings up to each column, of which the word's letters from `place` on go on."""
        least[rows] = np.minimum(least[rows], (total + behind[counts[rows] - place, rows]).min(axis=1))

    are_plain = np.array([char.isalnum() for char in alphabet.characters])
    any_letter, halves = _cheapest(table, alphabet, are_plain)
    for place in range(int(counts.max()) + 1):
        rows = np.flatnonzero(counts >= place)
        note(longer, rows, with_letter(before[place, rows], any_letter[rows], halves)[0], place)
        rows = np.flatnonzero(counts > place)
        note(other, rows, before[place, rows], place + 1)
    same = alike(letters.characters, alphabet.characters)
    for kind, places in _places(letters.kinds, firsts, counts):
        every_row = np.unique(np.concatenate([rows for _, rows in places]))
        others, halves = _cheapest(table, alphabet, are_plain & ~same[kind], every_row)
        for place, rows in places:
            costs = others[np.searchsorted(every_row, rows)]
            note(other, rows, with_letter(before[place, rows], costs, halves)[0], place + 1)
    for place in range(int(counts.max()) - 1):
        rows = np.flatnonzero(counts > place + 1)
        one, two = (letters.kinds[firsts[rows] + number] for number in (place, place + 1))
        differ = ~same[one, two] & are_plain[one] & are_plain[two]
        rows, one, two = rows[differ], one[differ], two[differ]
        if len(rows):
            total = _with_blanks(with_letters(table, alphabet, two, before[place, rows], rows)[0], table.sums[rows])
            note(exchanged, rows, with_letters(table, alphabet, one, total, rows)[0], place + 2)
    return Slips(exchanged / table.usual, longer / table.usual, other / table.usual)


def _places(kinds: Indices, firsts: Indices, counts: Indices) -> Iterator[tuple[int, list[tuple[int, Indices]]]]:
    """Each character of some words: the places where it stands in them, and the words that have it there."""
    rows = np.repeat(np.arange(len(counts)), counts)
    places = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    own = kinds[firsts[rows] + places]
    for kind in np.unique(own).tolist():
        is_kind = own == kind
        yield kind, [(place, rows[is_kind & (places == place)]) for place in np.unique(places[is_kind]).tolist()]


def _cheapest(
    table: Table, alphabet: Alphabet, chosen: Flags, rows: Indices | None = None
) -> tuple[npt.NDArray[np.int32], Indices]:
    """(R, longest, H) the cheapest shape of each width around each column, and the halves of these widths. chosen:
    (C,) the characters of the alphabet whose shapes count. rows: of the table; all without them."""
    members = np.flatnonzero(chosen[alphabet.kinds])
    members = members[np.argsort(alphabet.halves[members], kind="stable")]
    starts = np.flatnonzero(np.diff(alphabet.halves[members], prepend=-1))
    costs = table.costs if rows is None else table.costs[rows]
    return np.minimum.reduceat(costs[:, :, members], starts, axis=2), alphabet.halves[members[starts]]


def _with_blanks(total: Numbers, sums: Numbers) -> Numbers:
    """The cost of readings that may end with blanks."""
    result: Numbers = np.minimum.accumulate(total - sums, axis=1) + sums
    return result

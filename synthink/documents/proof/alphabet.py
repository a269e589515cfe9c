"""The shapes that words are read with: those of the page's own letters, and of the packaged fonts for all others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.faces import WIDTH, Shapes
from synthink.documents.proof.letters import Letters
from synthink.documents.proof.likeness import masked, mean_shapes, totals_by
from synthink.documents.proof.looks import Looks
from synthink.documents.proof.shapes import LETTERS, drawn
from synthink.documents.proof.strips import FINE, Strips

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

_FACES = 2  # of the page's nearest ones
_LEAST = 3  # letters that make a shape of the page's own
_WIDEST = 12  # half of a shape's width, in columns
_EVEN_FROM = 6  # wider ones come in steps of two: there is less to be gained


@dataclass(frozen=True, eq=False, slots=True)
class Alphabet:
    """The shapes of characters, each with a width."""

    shapes: Shapes
    """(T, HIGH * WIDE)"""
    kinds: Indices
    """(T,) the number of each shape's character; those beyond the page's characters are no letters of it."""
    characters: list[str]
    """The characters of these numbers."""
    halves: Indices
    """(T,) half of each one's width, in columns of a strip."""

    def first_kinds(self, number: int) -> Alphabet:
        """The shapes of so many first characters alone."""
        chosen = self.kinds < number
        return Alphabet(self.shapes[chosen], self.kinds[chosen], self.characters, self.halves[chosen])


def alphabet_of(letters: Letters, strips: Strips, looks: Looks, trusted: Indices) -> Alphabet:
    """The shapes for a page's words. trusted: the numbers of the letters that shapes are taken from."""
    own_kinds, own_shapes, own_widths = _of_page(letters, strips, looks, trusted[~looks.misread[trusted]])
    shapes, kinds = [own_shapes] * 3, [own_kinds] * 3
    widths = [own_widths - 2 * FINE, own_widths, own_widths + 2 * FINE]  # type is set tighter and wider on one page
    characters = list(dict.fromkeys([*letters.characters, *LETTERS]))
    for face in looks.faces[:_FACES].tolist():
        references = [drawn(char) for char in characters]
        there = np.array([reference.drawn[face] for reference in references])
        faces_shapes = np.stack([reference.shapes[face] for reference in references])
        gain = _gain(letters, looks, faces_shapes, there)
        shapes.append(np.clip(faces_shapes[there] * gain + 0.5, 0, 255).astype(np.uint8))
        kinds.append(np.flatnonzero(there))
        widths.append(np.array([reference.by_face[face, WIDTH] for reference in references])[there])
    halves = np.maximum(1, np.rint(np.concatenate(widths) / 2 / FINE)).astype(np.intp)
    halves = np.minimum(np.where(halves > _EVEN_FROM, (halves + 1) // 2 * 2, halves), _WIDEST)
    cut = masked(np.concatenate(shapes), 2 * FINE * halves.astype(np.float64))
    return Alphabet(cut, np.concatenate(kinds), characters, halves)


def _of_page(letters: Letters, strips: Strips, looks: Looks, chosen: Indices) -> tuple[Indices, Shapes, Array]:
    """The characters, (K, HIGH * WIDE) mean shapes and widths of some letters of the page: by style, and of all styles
    together, as a style is only the nearest face. chosen: the numbers of these letters."""
    number, kinds = len(looks.faces) + 1, letters.kinds[chosen]
    widths = (letters.boxes[:, 2] - letters.boxes[:, 0])[chosen] / strips.x_heights[letters.words[chosen]]
    groups = kinds * number + looks.styles[letters.words[chosen]]
    groups, times = np.concatenate((groups, kinds * number + number - 1)), np.tile(np.arange(len(chosen)), 2)
    totals, counts = totals_by(looks.shapes[chosen][times], groups, len(letters.characters) * number)
    enough = np.flatnonzero(counts >= _LEAST)
    middle = np.lexsort((widths[times], groups))[(np.cumsum(counts) - counts + (counts - 1) // 2)[enough]]
    return enough // number, mean_shapes(totals[enough], counts[enough]), widths[times][middle]


def _gain(letters: Letters, looks: Looks, shapes: Shapes, there: Flags) -> float:
    """How much darker the page prints than a face draws: the median over its letters."""
    sample = np.flatnonzero(there[letters.kinds])
    sample = sample[:: max(1, len(sample) // 256)]
    if not len(sample):
        return 1.0
    references = shapes[letters.kinds[sample]].astype(np.int64)
    ratios = (references * looks.shapes[sample]).sum(axis=1) / np.maximum((references**2).sum(axis=1), 1)
    return float(np.clip(np.median(ratios), 0.3, 3.0))

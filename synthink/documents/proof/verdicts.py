"""Which glyphs show other characters than their font says: each is compared with its own character and with all
others, and a font's glyphs are judged together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.faces import WIDTH, Shapes
from synthink.documents.proof.glyphs import Glyphs
from synthink.documents.proof.likeness import (
    LEGIBLE_PX,
    NONE,
    cosines,
    doubt,
    mean_shapes,
    norms,
    products,
    products_by_row,
    totals_by,
)
from synthink.documents.proof.shapes import LETTERS, alike, drawn

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

_FACES = 4  # that a font's glyphs are compared with: the nearest ones
_DRAWN = 4  # faces that draw a character: fewer are no measure of how it may look
# The doubt in one glyph that is enough, over half of what its font's glyphs have on an average; and how like its own
# character a glyph may be to be doubted at all: thin ones are like many.
_SURE, _UNLIKE = 0.7, 0.9
_SURE_OF_NARROW, _UNLIKE_OF_NARROW, _NARROW = 1.0, 0.82, 0.85  # letters less wide than this, in x-heights: f, t, r, J
_SURE_OF_SIGN, _UNLIKE_OF_SIGN = 1.4, 0.82  # signs have little ink
_OF_ONE, _OF_ALL = 0.8, 0.75  # the likeness to other characters: of one glyph, and of a font's on an average
_MEAN, _MEAN_OF_FEW = 0.2, 1.0  # the doubt in a font's glyphs on an average that is enough; more, over their number
_FEW = 3  # glyphs: fewer are no average
_MOST_DOUBT = 1.5  # that one glyph adds to the average
_DIGITS, _LINING = frozenset("0123456789"), 1.2  # x-heights: lower digits are text figures, which no face here has
_SQUARE = 0.96  # the likeness of a missing glyph's sign to itself, for half of the characters at least


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The letters of a page that are not what the text says."""

    are_false: Flags
    """(N,) letters that look like another character, or whose font's letters do so."""
    are_squares: Flags
    """(N,) letters that no packaged face draws and that look like other such letters."""


def judged(glyphs: Glyphs) -> Verdicts:
    """The verdicts on all letters of a page."""
    false = _false_glyphs(glyphs)[glyphs.of_letters]
    return Verdicts(false, np.isin(glyphs.letters.kinds, _squares(glyphs)))


def _false_glyphs(glyphs: Glyphs) -> Flags:
    """(G,) glyphs that look like another character, and all of a font whose glyphs do so on an average."""
    drawings = np.array([int(drawn(char).drawn.sum()) for char in glyphs.letters.characters])[glyphs.kinds]
    visible = (drawings >= _DRAWN) & (glyphs.x_heights >= LEGIBLE_PX) & glyphs.shapes.any(axis=1)
    digits = np.isin(glyphs.kinds, [kind for kind, char in enumerate(glyphs.letters.characters) if char in _DIGITS])
    numbers = np.flatnonzero(visible & ~(digits & (glyphs.tops < _LINING)))
    false = np.zeros(len(visible), dtype=bool)
    if not len(numbers):
        return false
    own, others = _likeness(glyphs, numbers)
    doubts, fonts = doubt(own, others), glyphs.fonts[numbers]
    counts = np.bincount(fonts, minlength=int(glyphs.fonts.max()) + 1)
    divisors = np.maximum(counts, 1)
    means = np.bincount(fonts, np.clip(doubts, -_MOST_DOUBT, _MOST_DOUBT), len(counts)) / divisors
    sure, unlike = np.array([_bounds(char) for char in glyphs.letters.characters]).T[:, glyphs.kinds[numbers]]
    false[numbers] = (doubts - means[fonts] / 2 > sure) & (others > _OF_ONE) & (own < unlike)
    lying = (counts >= _FEW) & (means > _MEAN + _MEAN_OF_FEW / divisors)
    lying &= np.bincount(fonts, others, len(counts)) / divisors > _OF_ALL
    result: Flags = false | lying[glyphs.fonts]
    return result


@cache
def _bounds(char: str) -> tuple[float, float]:
    """The doubt in a character's glyph that is enough, and the likeness that is too much for it."""
    if not char.isalnum():
        return _SURE_OF_SIGN, _UNLIKE_OF_SIGN
    return (_SURE_OF_NARROW, _UNLIKE_OF_NARROW) if drawn(char).usual[WIDTH] < _NARROW else (_SURE, _UNLIKE)


def _likeness(glyphs: Glyphs, numbers: Indices) -> tuple[Array, Array]:
    """The likeness of some glyphs to their own character in any face, and to the nearest character that does not look
    alike in the faces that are nearest to their font."""
    shapes, kinds, fonts = glyphs.shapes[numbers], glyphs.kinds[numbers], glyphs.fonts[numbers]
    lengths = norms(shapes).astype(np.float64)
    present, which = np.unique(kinds, return_inverse=True)
    table = [drawn(glyphs.letters.characters[kind]) for kind in present.tolist()]
    own_shapes = np.stack([entry.shapes for entry in table])
    own_norms = np.stack([entry.norms for entry in table])[which]
    own = products_by_row(shapes[:, None], own_shapes[which])[:, 0] / own_norms / lengths[:, None]
    names = [glyphs.letters.characters[kind] for kind in present.tolist()]
    unlike = ~alike(names, LETTERS)[which]
    others = np.empty(len(numbers))
    references, their_norms = _references()
    for font in np.unique(fonts).tolist():
        rows = np.flatnonzero(fonts == font)
        scores = np.rint(1e6 * own[rows]).astype(np.int64).sum(axis=0)
        nearest = np.argsort(-scores, kind="stable")[:_FACES]
        likeness = products(shapes[rows], references[nearest].reshape(-1, shapes.shape[1]))
        likeness = (likeness / their_norms[nearest].ravel()).reshape(len(rows), len(nearest), -1).max(axis=1)
        others[rows] = np.where(unlike[rows], likeness, NONE).max(axis=1) / lengths[rows]
    return own.max(axis=1), others


@cache
def _references() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """(F, L, HIGH * WIDE) the shapes of `LETTERS` in all faces, and (F, L) their lengths: endless for those that a
    face does not draw, so that nothing is like them."""
    table = [drawn(char) for char in LETTERS]
    shapes = np.stack([entry.shapes for entry in table], axis=1).astype(np.float32)
    return shapes, np.stack([entry.norms for entry in table], axis=1)


def _squares(glyphs: Glyphs) -> list[int]:
    """The characters that no packaged face draws and whose picture is that of another such character: the square, or
    whatever stands for a missing glyph."""
    characters = glyphs.letters.characters
    unknown = [kind for kind, char in enumerate(characters) if not drawn(char).is_known]
    if len(unknown) < 2:
        return []
    means = mean_shapes(*totals_by(glyphs.shapes, glyphs.kinds, len(characters)))[unknown]
    return same_pictures(means, unknown)


def same_pictures(shapes: Shapes, kinds: Sequence[int]) -> list[int]:
    """Those of some characters whose shapes are like those of half of the others."""
    likeness = cosines(shapes, shapes)
    np.fill_diagonal(likeness, 0)
    same = 2 * (likeness > _SQUARE).sum(axis=1) >= len(kinds) - 1
    return [kind for kind, is_same in zip(kinds, same.tolist(), strict=True) if is_same]

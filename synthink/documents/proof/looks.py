"""Whether letters look like their characters: compared with the same and with other characters, of this page and of the
packaged fonts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.faces import HIGH, STEP, TOP, WIDE, WIDTH, Shapes
from synthink.documents.proof.letters import Letters
from synthink.documents.proof.likeness import (
    NONE,
    cosines,
    distance,
    doubt,
    masked,
    mean_shapes,
    norms,
    products_by_row,
    totals_by,
)
from synthink.documents.proof.shapes import LETTERS, alike, drawn
from synthink.documents.proof.strips import Strips

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

STYLES = 4
"""The number of faces, of those that words are proved by, that a page's type is compared with: the nearest ones."""
_SAMPLE = 256  # letters that tell which faces these are
_LEAST = 3  # letters that make evidence of a page's own
_MANY = 5  # letters whose usual width is the page's own
_FEW_ODD = 0.15  # of a page's characters: so few that look like others are drawn so by its fonts
# The tops of letters that are low, in x-heights; the rows of a shape in which accents stand, and their ink, of 255.
_LOW, _OVER, _ACCENT = 1.12, slice(3, 5), 90
_MISREAD = 0.3  # the doubt in a page's usual shape of a character, from which on it is thought to be another's


@dataclass(frozen=True, slots=True)
class Looks:
    """The evidence of the shapes of letters about their characters."""

    shapes: Shapes
    """(N, HIGH * WIDE) the shape of each letter."""
    faces: Indices
    """(F,) the faces that are nearest to the page's type, nearest first."""
    styles: Indices
    """(W,) the nearest of these for each word."""
    doubts: Array
    """(N,) how much nearer another character is: the logarithm of a ratio; 0 where nothing is known."""
    oddness: Array
    """(N,) how far the letter is from its own character, over what is usual on the page, in logarithms."""
    widths: Array
    """(N,) the difference to the usual width, in logarithms."""
    misread: Flags
    """(N,) letters whose character usually looks like another one on this page."""
    supported: Flags
    """(N,) letters whose character the page has elsewhere in this style."""


def look_at(letters: Letters, strips: Strips, *, recognised: bool = False) -> Looks:
    """Compare every letter with its own character and with all others.

    recognised: a machine read the text off the picture, and takes a letter for the same other one time after time: what
    a character looks like elsewhere on the page speaks for no letter."""
    centres = (letters.boxes[:, 0] + letters.boxes[:, 2]) / 2
    sizes = strips.x_heights[letters.words]
    shapes = strips.shapes_at(letters.words, strips.columns_of(letters.words, centres))
    widths = (letters.boxes[:, 2] - letters.boxes[:, 0]) / sizes
    shapes = masked(shapes, widths + STEP)
    faces = _nearest_faces(letters, shapes)
    known = np.array([drawn(char).is_known for char in letters.characters])[letters.kinds]
    fonts = _likeness_to_fonts(letters, shapes, faces)
    per_word = np.add.reduceat(np.maximum(fonts.own, 0), letters.firsts, axis=0)
    styles = per_word.argmax(axis=1)
    page = _likeness_to_page(letters, shapes, styles, len(faces), fonts)
    nearest_own = np.where(known, fonts.own.max(axis=1), NONE)
    misread = page.misread[letters.kinds, styles[letters.words]]
    share = np.add.reduceat(misread.astype(np.int64), letters.firsts) / letters.counts
    is_believed = (share < 0.4) & (not recognised)
    believed = np.where(is_believed[letters.words], page.own, np.where(known, NONE, page.own))
    own_likeness = np.maximum(nearest_own, believed)
    others = np.maximum(fonts.others, page.others)
    evident = own_likeness > NONE
    doubts = np.where(evident, doubt(own_likeness, others), 0.0)
    distances = distance(own_likeness)
    usual = float(np.median(distances[evident])) if evident.any() else 0.0
    return Looks(
        shapes,
        faces,
        styles,
        doubts,
        np.where(evident, distances - usual, 0.0),
        _width_differences(letters, widths, faces),
        misread,
        page.supported,
    )


def are_accented(letters: Letters, looks: Looks) -> Flags:
    """(W,) words with ink above the middle of a low letter: an accent that their text does not have."""
    table = [(char, drawn(char)) for char in letters.characters]
    low = np.array([char.isalpha() and entry.is_known and entry.usual[TOP] < _LOW for char, entry in table])
    middle = slice(WIDE // 2 - 1, WIDE // 2 + 2)
    above = looks.shapes.reshape(-1, HIGH, WIDE)[:, _OVER, middle].max(axis=(1, 2)) > _ACCENT
    result: Flags = np.add.reduceat((above & low[letters.kinds]).astype(np.int64), letters.firsts) > 0
    return result


def _table(characters: Sequence[str]) -> Shapes:
    """(C, F, HIGH * WIDE) characters in all faces."""
    return np.stack([drawn(char).shapes for char in characters])


def _nearest_faces(letters: Letters, shapes: Shapes) -> Indices:
    """The faces that draw the page's letters most nearly as they are, by a sample of them."""
    step = max(1, len(shapes) // _SAMPLE)
    sample = np.arange(0, len(shapes), step)
    table = _table(letters.characters)
    dots = products_by_row(table[letters.kinds[sample]], shapes[sample, None])[:, :, 0]
    lengths = norms(table.reshape(-1, table.shape[2])).reshape(table.shape[:2])[letters.kinds[sample]]
    scores = np.rint(1e6 * dots / lengths / norms(shapes[sample])[:, None]).astype(np.int64).sum(axis=0)
    return np.argsort(-scores, kind="stable")[:STYLES]


@dataclass(frozen=True, slots=True)
class _FontLikeness:
    own: Array
    """(N, F) to each letter's own character, by face; -1 where a face does not draw it."""
    others: Array
    """(N,) to the nearest character that does not look alike."""
    characters: list[str]
    """The characters that letters were compared with."""
    references: Shapes
    """(C * F, HIGH * WIDE) of these characters, by face."""


def _likeness_to_fonts(letters: Letters, shapes: Shapes, faces: Indices) -> _FontLikeness:
    characters = list(dict.fromkeys([*letters.characters, *LETTERS]))
    references = np.concatenate([drawn(char).shapes[faces] for char in characters])
    absent = ~np.concatenate([drawn(char).drawn[faces] for char in characters])
    likeness = cosines(shapes, references)
    likeness[:, absent] = NONE
    likeness = likeness.reshape(len(shapes), len(characters), len(faces))
    own = likeness[np.arange(len(shapes)), letters.kinds].astype(np.float64)
    best = likeness.max(axis=2)
    best[alike(letters.characters, characters)[letters.kinds]] = NONE
    return _FontLikeness(own, best.max(axis=1).astype(np.float64), characters, references)


@dataclass(frozen=True, slots=True)
class _PageLikeness:
    own: Array
    """(N,) to the same character in other words; -1 where there are too few."""
    others: Array
    """(N,) to the nearest other character."""
    supported: Flags
    misread: Flags
    """(C, F) characters whose usual shape looks like another character, by style."""


def _likeness_to_page(
    letters: Letters, shapes: Shapes, styles: Indices, number: int, fonts: _FontLikeness
) -> _PageLikeness:
    kinds = len(letters.characters)
    groups = letters.kinds * number + styles[letters.words]
    totals, counts = totals_by(shapes, groups, kinds * number)
    means = mean_shapes(totals, counts)
    likeness = cosines(shapes, means)
    likeness[:, counts < _LEAST] = NONE
    likeness = likeness.reshape(len(shapes), kinds, number)
    rows = np.arange(len(shapes))
    elsewhere = likeness[rows, letters.kinds]  # (N, F) the same character in other styles
    elsewhere[rows, styles[letters.words]] = NONE
    likeness = likeness.max(axis=2)
    likeness[alike(letters.characters, letters.characters)[letters.kinds]] = NONE
    # Of its own character the letters of its word are no evidence.
    own_groups, which = np.unique(letters.words * kinds + letters.kinds, return_inverse=True)
    of_word, times = totals_by(shapes, which, len(own_groups))
    rest, left = totals[groups] - of_word[which], counts[groups] - times[which]
    lengths = np.sqrt(np.maximum((rest**2).sum(axis=1), 1)).astype(np.float64)
    own = (rest * shapes).sum(axis=1) / lengths / norms(shapes)
    own = np.maximum(np.where(left >= _LEAST - 1, own, NONE), elsewhere.max(axis=1))
    table = _table(letters.characters)
    by_kind = means.reshape(kinds, number, -1)
    own_fonts = products_by_row(by_kind, table) / norms(table.reshape(-1, table.shape[2])).reshape(kinds, 1, -1)
    best_own = own_fonts.max(axis=2).reshape(-1) / norms(means)
    of_kind = np.repeat(np.arange(kinds), number)
    to_fonts = cosines(means, fonts.references).reshape(kinds * number, len(fonts.characters), number).max(axis=2)
    to_fonts[alike(letters.characters, fonts.characters)[of_kind]] = NONE
    known = np.array([drawn(char).is_known for char in letters.characters])[of_kind]
    misread = (counts >= _LEAST) & known & (doubt(best_own, to_fonts.max(axis=1)) > _MISREAD)
    if misread.sum() <= _FEW_ODD * ((counts >= _LEAST) & known).sum():
        misread[:] = False
    return _PageLikeness(own, likeness.max(axis=1).astype(np.float64), left >= _LEAST, misread.reshape(kinds, number))


def _width_differences(letters: Letters, widths: Array, faces: Indices) -> Array:
    """(N,) the differences of letters' widths to the page's usual ones, or to the nearest of its faces' where the page
    has few."""
    kinds = len(letters.characters)
    counts = np.bincount(letters.kinds, minlength=kinds)
    middle = np.cumsum(counts) - counts + (counts - 1) // 2
    medians = widths[np.lexsort((widths, letters.kinds))][middle]
    usual = np.repeat(medians[:, None], len(faces), axis=1)
    for kind, char in enumerate(letters.characters):
        there = drawn(char).drawn[faces]
        if counts[kind] < _MANY and there.any():
            usual[kind] = np.where(there, drawn(char).by_face[faces, WIDTH], np.inf)
    ratios = (np.maximum(widths, 0)[:, None] + 0.2) / (usual[letters.kinds] + 0.2)
    difference: Array = np.abs(np.log(np.maximum(ratios, 1e-9))).min(axis=1)
    return difference

"""Which glyphs show other characters than their font says: each is compared with its own character and with all
others, and a font's glyphs are judged together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.distances import Distances, distances_of, look_alike, places_of
from synthink.documents.proof.faces import TOP, WIDTH, Shapes
from synthink.documents.proof.glyphs import Glyphs
from synthink.documents.proof.likeness import LEGIBLE_PX, cosines, distance, mean_shapes, totals_by
from synthink.documents.proof.shapes import drawn

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

_DRAWN = 4  # faces that draw a character: fewer are no measure of how it may look
_ASTRAY, _ASTRAY_SIGN = 1.5, 4.0  # a misfit that no font has in a letter or a digit; in a sign
# The doubt in one glyph that is enough, over half of what its font's glyphs have on an average; and how like its own
# character a glyph may be to be doubted at all: thin ones are like many.
_SURE, _UNLIKE = 1.4, 0.9
_SURE_OF_NARROW, _UNLIKE_OF_NARROW, _NARROW = 1.9, 0.82, 0.85  # letters less wide than this, in x-heights: f, t, r, J
_SURE_OF_SIGN, _UNLIKE_OF_SIGN = 2.2, 0.82  # signs have little ink
_EXCHANGED, _BOTH = 0.3, 1.0  # the doubt in each of two glyphs that look like each other's character; and in both
_RIVAL, _BY_RIVAL = 0.5, 0.5  # how much further a glyph is than another of its font and character; and the doubt in it
_SIZES = 16  # to a pixel: glyphs of one font whose x-heights differ by less are of one size
_OF_ONE, _OF_ALL = 0.8, 0.75  # the likeness to other characters: of one glyph, and of a font's on an average
_MEAN, _MEAN_OF_FEW = 0.2, 1.0  # the doubt in a font's glyphs on an average that is enough; more, over their number
_FEW = 3  # glyphs: fewer are no average
_MOST_DOUBT = 1.5  # that one glyph adds to the average
_DIGITS, _LINING = frozenset("0123456789"), 1.2  # x-heights: lower digits are text figures, which no face here has
_SQUARE = 0.96  # the likeness of a missing glyph's sign to itself, for half of the characters at least
_CRAMPED = 0.6  # of the usual width of several characters: a glyph less wide does not show them all


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
    characters = glyphs.letters.characters
    false = np.array([_joined_width(char) for char in characters])[glyphs.kinds] > glyphs.measures[:, WIDTH]
    drawings = np.array([int(drawn(char).drawn.sum()) for char in characters])[glyphs.kinds]
    visible = (drawings >= _DRAWN) & (glyphs.x_heights >= LEGIBLE_PX) & glyphs.shapes.any(axis=1)
    digits = np.isin(glyphs.kinds, [kind for kind, char in enumerate(characters) if char in _DIGITS])
    numbers = np.flatnonzero(visible & ~(digits & (glyphs.measures[:, TOP] < _LINING)))
    if not len(numbers):
        return false
    kinds, fonts = glyphs.kinds[numbers], glyphs.fonts[numbers]
    distances = distances_of(glyphs, numbers)
    doubts = distances.own - distances.other
    counts = np.bincount(fonts, minlength=int(glyphs.fonts.max()) + 1)
    divisors = np.maximum(counts, 1)
    means = np.bincount(fonts, np.clip(doubts, -_MOST_DOUBT, _MOST_DOUBT), len(counts)) / divisors
    sure, unlike, astray = np.array([_bounds(char) for char in characters]).T[:, kinds]
    doubted = (doubts - means[fonts] / 2 > sure) & (distances.own > distance(unlike))
    doubted |= _exchanged(glyphs, numbers, distances) | _rivals(glyphs, numbers, distances)
    false[numbers] |= doubted & (distances.likeness > _OF_ONE) | (distances.misfit > astray)
    lying = (counts >= _FEW) & (means > _MEAN + _MEAN_OF_FEW / divisors)
    lying &= np.bincount(fonts, distances.likeness, len(counts)) / divisors > _OF_ALL
    result: Flags = false | lying[glyphs.fonts]
    return result


@cache
def _bounds(char: str) -> tuple[float, float, float]:
    """The doubt in a character's glyph that is enough, the likeness that is too much for it, and the misfit that is
    enough alone."""
    if not char.isalnum():
        return _SURE_OF_SIGN, _UNLIKE_OF_SIGN, _ASTRAY_SIGN
    if drawn(char).usual[WIDTH] < _NARROW:
        return _SURE_OF_NARROW, _UNLIKE_OF_NARROW, _ASTRAY
    return _SURE, _UNLIKE, _ASTRAY


@cache
def _joined_width(char: str) -> float:
    """The width in x-heights that a glyph of several characters has at least; 0 for a single one, and for scripts whose
    letters stand over each other."""
    return (
        0.0
        if len(char) == 1 or not char.isascii()
        else _CRAMPED * sum(float(drawn(part).usual[WIDTH]) for part in char)
    )


def _exchanged(glyphs: Glyphs, numbers: Indices, distances: Distances) -> Flags:
    """(N,) glyphs that look like the character of another glyph of their font, which looks like theirs."""
    places = places_of(glyphs.letters.characters)[glyphs.kinds[numbers]]
    fonts, result = glyphs.fonts[numbers], np.zeros(len(numbers), dtype=bool)
    for font in np.unique(fonts).tolist():
        rows = np.flatnonzero((fonts == font) & (places >= 0))
        own = places[rows]
        nearer = distances.own[rows, None] - distances.by_character[np.ix_(rows, own)]
        pairs = (nearer > _EXCHANGED) & (nearer.T > _EXCHANGED) & (nearer + nearer.T > _BOTH)
        result[rows] = (pairs & ~look_alike()[np.ix_(own, own)]).any(axis=1)
    return result


def _rivals(glyphs: Glyphs, numbers: Indices, distances: Distances) -> Flags:
    """(N,) glyphs that are doubtful, and much less like their character than another glyph that their font has for it
    at the same size."""
    sizes = np.rint(glyphs.x_heights[numbers] * _SIZES).astype(np.int64)
    keys = (glyphs.fonts[numbers] * len(glyphs.letters.characters) + glyphs.kinds[numbers]) * 2**20 + sizes
    order = np.lexsort((distances.own, keys))
    firsts = np.flatnonzero(np.append(True, np.diff(keys[order]) != 0))
    best = np.empty(len(numbers))
    best[order] = np.repeat(distances.own[order[firsts]], np.diff(firsts, append=len(order)))
    rivals: Flags = (distances.own - best > _RIVAL) & (distances.own - distances.other > _BY_RIVAL)
    return rivals


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

"""How far glyphs are from characters: by their shapes, and by where their ink begins and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.faces import Measures, Shapes
from synthink.documents.proof.likeness import NONE, distance, norms, products
from synthink.documents.proof.shapes import LETTERS, LIGATURES, alike, drawn, in_logarithms

Array = npt.NDArray[np.float64]
Logs = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

CANDIDATES = LETTERS + "".join(LIGATURES.values())
"""The characters that a glyph may be taken for."""
_PARTNERS = {"\ufb01": "\ufb02", "\ufb02": "\ufb01", "\ufb03": "\ufb04", "\ufb04": "\ufb03"}
"""Ligatures that differ by the dot of an i."""
_BY_DOT = frozenset((*_PARTNERS, *(letters for letters, sign in LIGATURES.items() if sign in _PARTNERS)))
_ONE_FORM = "1Il|", "0O"
"""Characters that are a bare upright stroke in some faces, or the same round: a glyph is as near to one as to the
nearest of them."""
_FACES_OF_LIGATURES = 6  # that these are compared in
_FACES = 4  # that a font's glyphs are compared with: the nearest ones
# How much a glyph counts as further from a character for each x-height that its ink begins or ends elsewhere, and for
# the logarithm of how much wider or narrower it is; and what differs between honest fonts.
_BY_REACH, _BY_WIDTH, _REACH, _WIDTH = 6.0, 6.0, 0.05, 0.08


@dataclass(frozen=True, eq=False, slots=True)
class Distances:
    """How far glyphs are from characters, in logarithms, by their shapes and by where their ink begins and ends."""

    own: Array
    """(N,) from each glyph's own character, in the face that draws it most nearly so."""
    misfit: Array
    """(N,) the part of it that is due to where the ink begins and ends."""
    by_character: Logs
    """(N, C) from every one of `CANDIDATES`, in the faces that are nearest to the glyph's font."""
    other: Array
    """(N,) from the nearest of these that does not look alike."""
    likeness: Array
    """(N,) of the shape alone to the nearest of these that does not look alike."""
    side: Array
    """(N,) for ligatures that differ by a dot: half or so where a glyph is what it is said to be, minus that where it
    is the other one; 0 for all others."""
    by_face: npt.NDArray[np.int64]
    """(N, F) how like each glyph is to its own character in every face, in millionths."""

    def of(self, numbers: Indices) -> Distances:
        """The distances of some glyphs."""
        return Distances(*(getattr(self, field.name)[numbers] for field in fields(self)))

    def put(self, numbers: Indices, others: Distances) -> None:
        """Put others in the places of some glyphs."""
        for field in fields(self):
            getattr(self, field.name)[numbers] = getattr(others, field.name)

    def and_those(self, others: Distances) -> Distances:
        """The distances of these glyphs and of others behind them."""
        return Distances(*(np.concatenate((getattr(self, f.name), getattr(others, f.name))) for f in fields(self)))


def no_distances() -> Distances:
    """The distances of no glyphs."""
    none, faces = np.zeros(0), len(_references().shapes)
    by_character, by_face = np.zeros((0, len(CANDIDATES)), np.float32), np.zeros((0, faces), np.int64)
    return Distances(none, none, by_character, none, none, none, by_face)


def distances_of(
    characters: Sequence[str],
    shapes: Shapes,
    large: Flags,
    measures: Measures,
    fonts: Indices,
    scores: npt.NDArray[np.int64],
) -> Distances:
    """The distances of glyphs.

    characters: (N,) their own. shapes: (N, HIGH * WIDE). large: (N,) those that were drawn large. measures: (N, 3) as
    `faces.Measures`. fonts: (N,) numbers from 0. scores: (fonts, F) sums of `by_face` of other glyphs of each font.
    """
    references, lengths = _references(), norms(shapes)[:, None]
    shapes = shapes.astype(np.float32)
    table = [_own(char) for char in characters]
    own: Logs = (np.stack([entry.shapes for entry in table]) @ shapes[:, :, None])[:, :, 0]
    own /= np.stack([entry.norms for entry in table]) * lengths
    logs = in_logarithms(measures)
    misfits = _misfits(logs, np.stack([entry.measures for entry in table]))
    same = np.stack([entry.alike for entry in table])
    ligatures_too = [row for row, char in enumerate(characters) if char == "f" and not large[row]]
    same[ligatures_too, len(LETTERS) :] = True  # in small print these look like it
    by_character = np.empty(same.shape, dtype=np.float32)
    likeness, side = np.empty(len(shapes)), np.zeros(len(shapes))
    by_face = np.rint(1e6 * own).astype(np.int64)
    for font in np.unique(fonts).tolist():
        rows = np.flatnonzero(fonts == font)
        order = np.argsort(-by_face[rows].sum(axis=0) - scores[font], kind="stable")
        for row in rows.tolist():
            if characters[row] in _BY_DOT:
                side[row] = _side(LIGATURES.get(characters[row], characters[row]), shapes[row], order)
        nearest = order[:_FACES]
        near = np.stack([products(shapes[rows], references.shapes[face]) for face in nearest.tolist()])
        near /= references.norms[nearest][:, None] * lengths[rows]
        further = _misfits(logs[rows], references.measures[nearest][:, None])
        further += distance(near)
        by_character[rows] = further.min(axis=0)
        likeness[rows] = np.where(same[rows], NONE, near.max(axis=0)).max(axis=1)
    other = np.where(same, np.inf, by_character).min(axis=1)
    far, misfit = (distance(own) + misfits).min(axis=1), misfits.min(axis=1)
    for group in _ONE_FORM:
        own_form = np.flatnonzero([char in group for char in characters])
        if len(own_form):
            places = places_of(group)
            of_group = references.measures[:, places].reshape(1, -1, 3)
            far[own_form] = np.minimum(far[own_form], by_character[np.ix_(own_form, places)].min(axis=1))
            misfit[own_form] = np.minimum(misfit[own_form], _misfits(logs[own_form], of_group).min(axis=1))
    return Distances(far, misfit, by_character, other, likeness, side, by_face)


@dataclass(frozen=True, eq=False, slots=True)
class _Own:
    """A character that glyphs are said to be."""

    shapes: npt.NDArray[np.float32]
    """(F, HIGH * WIDE)"""
    norms: npt.NDArray[np.float32]
    """(F,) as `Drawn.norms`."""
    measures: Logs
    """(F, 3) as `Drawn.measures`."""
    alike: Flags
    """(C,) which of `CANDIDATES` look alike."""


@cache
def _own(char: str) -> _Own:
    sign, entry = LIGATURES.get(char, char), drawn(char)
    return _Own(entry.shapes.astype(np.float32), entry.norms, entry.measures, alike([sign], CANDIDATES)[0])


def _side(sign: str, shape: npt.NDArray[np.float32], faces: Indices) -> float:
    """As `Distances.side`: where a shape stands between two ligatures, by the points in which these differ; the median
    over the nearest faces that draw both."""
    if not shape.any():
        return 0.0
    both = _references().shapes[:, places_of([sign, _PARTNERS[sign]])].astype(np.int64)
    drawn_both: Flags = np.logical_and.reduce(both.max(axis=2) > 0, axis=1)
    faces, glyph, sides = faces[drawn_both[faces]], shape.astype(np.int64), []
    for own, other in both[faces[:_FACES_OF_LIGATURES]]:
        difference, mean = own - other, own + other
        ink = 2 * int(glyph.sum()) / int(mean.sum())
        middle = ink * int(mean @ difference) / 2
        sides.append((int(glyph @ difference) - middle) / (ink * int(difference @ difference)))
    return sorted(sides)[len(sides) // 2] if sides else 0.0


def _misfits(measures: Logs, references: Logs) -> Logs:
    """(..., N, M) how much further glyphs are from characters because their ink begins and ends elsewhere.

    measures: (N, 3). references: (..., N or 1, M, 3); endless where a face does not draw a character."""
    high, low, wide = (np.abs(measures[:, place, None] - references[..., place]) for place in range(3))
    result: Logs = np.maximum(high - _REACH, 0) + np.maximum(low - _REACH, 0)
    result *= _BY_REACH
    result += _BY_WIDTH * np.maximum(wide - _WIDTH, 0)
    return result


@cache
def variety(char: str) -> float:
    """How far a character may be from its form in all other faces: the furthest but one of the faces that draw it. At
    least 4 faces do."""
    entry = drawn(char)
    shapes, lengths, measures = entry.shapes[entry.drawn], entry.norms[entry.drawn], entry.measures[entry.drawn]
    apart = distance(products(shapes, shapes) / lengths[:, None] / lengths) + _misfits(measures, measures[None])
    np.fill_diagonal(apart, np.inf)
    return float(np.sort(apart.min(axis=1))[-2])


def places_of(characters: Sequence[str]) -> Indices:
    """(C,) the place of each character among `CANDIDATES`, less than 0 for others."""
    signs = [LIGATURES.get(char, char) for char in characters]
    return np.array([CANDIDATES.find(sign) if len(sign) == 1 else -1 for sign in signs], dtype=np.intp)


@cache
def look_alike() -> Flags:
    """(C, C) which of `CANDIDATES` look alike."""
    return alike(CANDIDATES, CANDIDATES)


@dataclass(frozen=True, eq=False, slots=True)
class _References:
    """`CANDIDATES` in all faces."""

    shapes: npt.NDArray[np.float32]
    """(F, C, HIGH * WIDE)"""
    norms: npt.NDArray[np.float32]
    """(F, C) the lengths of the shapes; endless where a face does not draw a character, so that nothing is like it."""
    measures: Logs
    """(F, C, 3) as `Drawn.measures`."""


@cache
def _references() -> _References:
    table = [drawn(char) for char in CANDIDATES]
    shapes = np.stack([entry.shapes for entry in table], axis=1).astype(np.float32)
    lengths = np.stack([entry.norms for entry in table], axis=1)
    return _References(shapes, lengths, np.stack([entry.measures for entry in table], axis=1))

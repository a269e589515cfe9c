"""How far glyphs are from characters: by their shapes, and by where their ink begins and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.glyphs import Glyphs
from synthink.documents.proof.likeness import NONE, distance, norms, products
from synthink.documents.proof.shapes import LETTERS, LIGATURES, alike, drawn, in_logarithms

Array = npt.NDArray[np.float64]
Logs = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

CANDIDATES = LETTERS + "".join(LIGATURES.values())
"""The characters that a glyph may be taken for."""
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


def distances_of(glyphs: Glyphs, numbers: Indices) -> Distances:
    """The distances of some glyphs."""
    references, shapes = _references(), glyphs.shapes[numbers].astype(np.float32)
    lengths = norms(glyphs.shapes[numbers])[:, None]
    names = [LIGATURES.get(char, char) for char in glyphs.letters.characters]
    places = places_of(names)[glyphs.kinds[numbers]]
    dots = [np.einsum("ns,ns->n", face[places], shapes) for face in references.shapes]
    own = np.stack(dots, axis=1) / references.norms[:, places].T / lengths
    own_measures = references.measures[:, places].transpose(1, 0, 2)
    for row in np.flatnonzero(places < 0).tolist():
        entry = drawn(names[glyphs.kinds[numbers[row]]])
        own[row] = products(shapes[row, None], entry.shapes)[0] / entry.norms / lengths[row]
        own_measures[row] = entry.measures
    measures = in_logarithms(glyphs.measures[numbers])
    misfits = _misfits(measures, own_measures)
    present, which = np.unique(glyphs.kinds[numbers], return_inverse=True)
    same = alike([names[kind] for kind in present.tolist()], CANDIDATES)
    same[[names[kind] == "f" for kind in present.tolist()], len(LETTERS) :] = True  # ligatures begin with it
    same = same[which]
    by_character = np.empty(same.shape, dtype=np.float32)
    likeness = np.empty(len(numbers))
    fonts = glyphs.fonts[numbers]
    for font in np.unique(fonts).tolist():
        rows = np.flatnonzero(fonts == font)
        scores = np.rint(1e6 * own[rows]).astype(np.int64).sum(axis=0)
        nearest = np.argsort(-scores, kind="stable")[:_FACES]
        near = products(shapes[rows], np.concatenate(references.shapes[nearest])) / references.norms[nearest].ravel()
        near = (near / lengths[rows]).reshape(len(rows), len(nearest), -1)
        further = _misfits(measures[rows], references.measures[nearest].reshape(1, -1, 3)).reshape(near.shape)
        by_character[rows] = (distance(near) + further).min(axis=1)
        likeness[rows] = np.where(same[rows], NONE, near.max(axis=1)).max(axis=1)
    other = np.where(same, np.inf, by_character).min(axis=1)
    return Distances((distance(own) + misfits).min(axis=1), misfits.min(axis=1), by_character, other, likeness)


def _misfits(measures: Logs, references: Logs) -> Logs:
    """(N, M) how much further glyphs are from characters because their ink begins and ends elsewhere. measures: (N, 3).
    references: (N or 1, M, 3); endless where a face does not draw a character."""
    high, low, wide = np.abs(measures[:, None] - references).transpose(2, 0, 1)
    result: Logs = np.maximum(high - _REACH, 0) + np.maximum(low - _REACH, 0)
    result *= _BY_REACH
    result += _BY_WIDTH * np.maximum(wide - _WIDTH, 0)
    return result


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

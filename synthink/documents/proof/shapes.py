"""The shapes of letters: small pictures at one x-height on one baseline, of the packaged fonts and their measures.

All shapes hold whole numbers from 0 to 255, so that products of two of them are exact in single precision (their sum
stays below 2**24) and every machine finds the same words.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.faces import ADVANCE, FACES, HIGH, PARTS, USUAL, WIDE, WIDTH, Measures, Shapes, draw

_FILE = "letter_shapes.npz"
LETTERS = "".join(map(chr, range(33, 127)))
"""The characters that any picture may be taken for."""

ALIKE = (
    *("lI1|!ijıíìî[]{}()/\\'", "O0oQDöóòôõÖÓøØ", "cC", "sS5$", "vV", "wW", "xX", "zZ2", "pP", "kK", "uUüúùûÜ"),
    *(".,·'‘’`:;", "-–—−_~", "eéèêëc", "aáàâäãå", "nñmh", "gq9", "8B", "6b", "yY", "tf", "rn"),
)
"""Characters that look alike at the size of reading: one is no evidence against the other."""


_UNKNOWN, _IDEOGRAM = (1.5, 0.0, 1.0, 1.2), (1.6, -0.2, 1.9, 2.1)
_CJK = 0x2E80
_THIN = 0.1  # x-heights: of thinner strokes it does not matter how many times thinner they are
_NOTHING = np.zeros((len(FACES), HIGH * WIDE), dtype=np.uint8), np.full((len(FACES), 4), np.nan)
LIGATURES = {"ff": "\ufb00", "fi": "\ufb01", "fl": "\ufb02", "ffi": "\ufb03", "ffl": "\ufb04"}


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """A character as the packaged fonts draw it."""

    is_known: bool
    """Whether any of them does."""
    shapes: Shapes
    """(F, HIGH * WIDE), zero for faces that do not draw it."""
    drawn: npt.NDArray[np.bool_]
    """(F,) the faces that draw it."""
    norms: npt.NDArray[np.float32]
    """(F,) the lengths of the shapes as vectors; endless for faces that do not draw it, so that nothing is like it."""
    by_face: Measures
    """(F, 4), the usual ones for faces that do not draw it."""
    usual: Measures
    """(4,) the medians over the faces; a guess where no face draws it."""
    measures: npt.NDArray[np.float32]
    """(F, 3) top, bottom and the logarithm of the width; endless for faces that do not draw it."""


@cache
def drawn(char: str) -> Drawn:
    """The shapes of a character in all faces, from the file or made when it is first met. char: or the characters of a
    ligature, as a font may draw it."""
    sign = LIGATURES.get(char, char)
    filed = _usual()
    if sign in filed:
        shapes, measures = filed[sign]
    else:
        shapes, measures = draw(sign) if len(sign) == 1 else _NOTHING
    there = ~np.isnan(measures[:, 0])
    if there.any():
        usual = np.sort(measures[there], axis=0)[there.sum() // 2]
    else:
        usual = np.array(_IDEOGRAM if ord(char[0]) >= _CJK else _UNKNOWN)
    squares = (shapes.astype(np.int64) ** 2).sum(axis=1)
    norms = np.where(there, np.sqrt(squares), np.inf).astype(np.float32)
    by_face = np.where(there[:, None], measures, usual)
    logs = np.where(there[:, None], in_logarithms(by_face[:, :ADVANCE]), np.inf)
    return Drawn(bool(there.any()), shapes, there, norms, by_face, usual, logs.astype(np.float32))


def in_logarithms(measures: Measures) -> npt.NDArray[np.float32]:
    """(N, 3) tops, bottoms and the logarithms of widths: these differ by ratios. measures: (N, 3)"""
    widths = np.log(np.maximum(measures[:, WIDTH:], 0) + _THIN)
    return np.concatenate((measures[:, :WIDTH], widths), axis=1).astype(np.float32)


@cache
def _usual() -> dict[str, tuple[Shapes, Measures]]:
    """The characters of the file."""
    file = importlib.resources.files("synthink.fonts").joinpath(_FILE)
    with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        measures = arrays["measures"].astype(np.float64) / PARTS
        return dict(zip(USUAL, zip(arrays["shapes"], measures, strict=True), strict=True))


def alike(one: Sequence[str], other: Sequence[str]) -> npt.NDArray[np.bool_]:
    """(len(one), len(other)) whether two characters are the same, or look alike at the size of reading."""
    groups = [np.array([_groups(char) for char in chars], dtype=np.int64) for chars in (one, other)]
    same = np.array(list(one))[:, None] == np.array(list(other))
    result: npt.NDArray[np.bool_] = same | ((groups[0][:, None] & groups[1]) != 0)
    return result


@cache
def _groups(char: str) -> int:
    """The groups of `ALIKE` that a character is in, a bit each."""
    return sum(1 << number for number, group in enumerate(ALIKE) if char in group)

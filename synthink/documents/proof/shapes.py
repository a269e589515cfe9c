"""The shapes of letters: small pictures at one x-height on one baseline, of the packaged fonts and their measures.

All shapes hold whole numbers from 0 to 255, so that products of two of them are exact in single precision (their sum
stays below 2**24) and every machine finds the same words.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.faces import ADVANCE, PARTS, WIDTH, Measures, Shapes, draw, is_drawable

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
LIGATURES = {"ff": "\ufb00", "fi": "\ufb01", "fl": "\ufb02", "ffi": "\ufb03", "ffl": "\ufb04"}


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """Characters as the packaged fonts draw them; or a single one, without the first axis."""

    is_known: npt.NDArray[np.bool_]
    """(C,) whether any of them does."""
    shapes: Shapes
    """(C, F, HIGH * WIDE), zero for faces that do not draw it."""
    drawn: npt.NDArray[np.bool_]
    """(C, F) the faces that draw it."""
    norms: npt.NDArray[np.float32]
    """(C, F) the lengths of the shapes as vectors; endless for faces that do not draw it, so that nothing is like it.
    """
    by_face: Measures
    """(C, F, 4), the usual ones for faces that do not draw it."""
    usual: Measures
    """(C, 4) the medians over the faces; a guess where no face draws it."""
    measures: npt.NDArray[np.float32]
    """(C, F, 3) top, bottom and the logarithm of the width; endless for faces that do not draw it."""


@cache
def drawn(char: str) -> Drawn:
    """The shapes of a character in all faces. char: or the characters of a ligature, as a font may draw it."""
    table, (number,) = in_table([char])
    return Drawn(*(getattr(table, field.name)[number].copy() for field in fields(Drawn)))


def in_table(characters: Sequence[str]) -> tuple[Drawn, npt.NDArray[np.intp]]:
    """All characters that were met so far, and the number of each of these among them."""
    return _known_characters().find(characters)


class _Known:
    """The characters that were met so far: at first those of the file."""

    def __init__(self) -> None:
        file = importlib.resources.files("synthink.fonts").joinpath(_FILE)
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            shapes, measures, self._runs = arrays["shapes"], arrays["measures"] / np.float64(PARTS), arrays["drawable"]
            characters = map(chr, arrays["characters"].tolist())
        # Before them what stands for all that no face draws.
        shapes = np.concatenate((np.zeros((2, *shapes.shape[1:]), dtype=np.uint8), shapes))
        measures = np.concatenate((np.full((2, *measures.shape[1:]), np.nan), measures))
        table = _table(shapes, measures)
        table.usual[:2] = _UNKNOWN, _IDEOGRAM
        table.by_face[:2] = table.usual[:2, None]
        numbers = {sign: number + 2 for number, sign in enumerate(characters)}
        self._state = table, numbers | {letters: numbers[sign] for letters, sign in LIGATURES.items()}

    def find(self, characters: Sequence[str]) -> tuple[Drawn, npt.NDArray[np.intp]]:
        table, numbers = self._state
        for char in {char for char in characters if char not in numbers}:
            pictures = draw(char) if is_drawable(char, self._runs) else None
            if pictures is None or np.isnan(pictures[1]).all():
                numbers = {**numbers, char: int(ord(char[0]) >= _CJK)}
                continue
            more = _table(pictures[0][None], pictures[1][None])
            numbers = {**numbers, char: len(table.shapes)}
            table = Drawn(*(np.concatenate((getattr(table, f.name), getattr(more, f.name))) for f in fields(Drawn)))
        self._state = table, numbers
        return table, np.array([numbers[char] for char in characters], dtype=np.intp)


@cache
def _known_characters() -> _Known:
    return _Known()


def _table(shapes: Shapes, measures: Measures) -> Drawn:
    """Characters from their shapes (C, F, HIGH * WIDE) and measures (C, F, 4), NaN where a face does not draw one."""
    there = ~np.isnan(measures[:, :, 0])
    counts = there.sum(axis=1)
    usual = np.sort(measures, axis=1)[np.arange(len(shapes)), counts // 2]  # NaN come last
    norms = np.sqrt(np.einsum("cfp,cfp->cf", shapes, shapes, dtype=np.int64))
    by_face = np.where(there[:, :, None], measures, usual[:, None])
    logs = np.where(there[:, :, None], in_logarithms(by_face[:, :, :ADVANCE]), np.inf)
    return Drawn(
        counts > 0,
        shapes,
        there,
        np.where(there, norms, np.inf).astype(np.float32),
        by_face,
        usual,
        logs.astype(np.float32),
    )


def in_logarithms(measures: Measures) -> npt.NDArray[np.float32]:
    """(..., 3) tops, bottoms and the logarithms of widths: these differ by ratios. measures: (..., 3)"""
    widths = np.log(np.maximum(measures[..., WIDTH:], 0) + _THIN)
    return np.concatenate((measures[..., :WIDTH], widths), axis=-1).astype(np.float32)


def alike(one: Sequence[str], other: Sequence[str]) -> npt.NDArray[np.bool_]:
    """(len(one), len(other)) whether two characters are the same, or look alike at the size of reading."""
    groups = [np.array([groups_of(char) for char in chars], dtype=np.int64) for chars in (one, other)]
    same = np.array(list(one))[:, None] == np.array(list(other))
    result: npt.NDArray[np.bool_] = same | ((groups[0][:, None] & groups[1]) != 0)
    return result


@cache
def groups_of(char: str) -> int:
    """The groups of `ALIKE` that a character is in, a bit each."""
    return sum(1 << number for number, group in enumerate(ALIKE) if char in group)

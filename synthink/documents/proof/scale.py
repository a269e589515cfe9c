"""The size of type: each word's baseline and x-height, from where its letters begin and end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.documents.proof.faces import TOP
from synthink.documents.proof.letters import Letters

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_SLACK = 0.15  # x-heights that a letter may be off before it counts for less
_ROUNDS = 3
_LEAST_PX, _MOST_PX = 1.5, 400.0
# How unlike, in logarithms and in heights of its box, a word's x-height and its baseline's place may be to what most
# boxes have, and how many most are; how far letters reach above and below their line in x-heights, and some room.
_ALIKE_SIZE, _ALIKE_DROP, _MOST_ALIKE = 0.15, 0.06, 0.6
_RISE, _FALL, _ROOM = 1.6, 0.55, 0.12


@dataclass(frozen=True, slots=True)
class TypeScale:
    """The size of each word's type, in pixels."""

    baselines: Array
    """(W,)"""
    x_heights: Array
    """(W,)"""


def type_scale(letters: Letters, lines: Indices, faces: Indices | None = None) -> TypeScale:
    """The baseline and the x-height of each word, as if its letters were those of its text.

    lines: (W,) the line of each word. A line's words are thought to be alike, but for what they show themselves.
    faces: (W,) the face of each word, where it is known.
    """
    tops, bottoms = letters.measures(faces)[:, :2].T
    y, heights = np.concatenate((letters.boxes[:, 1], letters.boxes[:, 3])), np.concatenate((tops, bottoms))
    words = np.concatenate((letters.words, letters.words))
    own_lines, number = lines[words], int(lines.max()) + 1
    weights = np.ones(len(y))
    baselines, x_heights = np.zeros(len(lines)), np.zeros(len(lines))
    for _ in range(_ROUNDS):
        of_line, size = _fitted(own_lines, number, y, heights, weights, np.zeros((2, number)), 0.0)
        sound = (size > _LEAST_PX) & (size < _MOST_PX)
        size = np.where(sound, size, np.median(size[sound]) if sound.any() else 4 * _LEAST_PX)
        usual = np.stack((of_line, size))[:, lines]
        baselines, x_heights = _fitted(words, len(lines), y, heights, weights, usual, 1.0)
        x_heights = np.clip(x_heights, _LEAST_PX, _MOST_PX)
        off = np.abs(y - baselines[words] + x_heights[words] * heights) / x_heights[words]
        half = len(off) // 2
        off = np.maximum(off[:half], off[half:])
        weights = np.tile(1 / (1 + (off / _SLACK) ** 2), 2)
    return TypeScale(baselines, x_heights)


def without_other_lines(edges: Indices, letters: Letters, scale: TypeScale) -> Indices:
    """(W, 4) the edges of boxes, no higher and no deeper than letters reach: what lies beyond is ink of other lines and
    of rules. Where most boxes of a page hold their type alike, those that seem to hold theirs otherwise do not."""
    top, bottom = edges[:, 1].astype(np.float64), edges[:, 3].astype(np.float64)
    high = bottom - top
    sizes, drops = scale.x_heights / high, (bottom - scale.baselines) / high
    size, drop = (float(np.sort(values)[len(values) // 2]) for values in (sizes, drops))
    are_alike = (np.abs(np.log(sizes / size)) < _ALIKE_SIZE) & (np.abs(drops - drop) < _ALIKE_DROP)
    if np.count_nonzero(are_alike) < _MOST_ALIKE * len(edges):
        return edges
    x_heights = np.where(are_alike, scale.x_heights, size * high)
    baselines = np.where(are_alike, scale.baselines, bottom - drop * high)
    measures = letters.measures()
    rise = np.maximum(np.maximum.reduceat(measures[:, TOP], letters.firsts) + _ROOM, _RISE)
    fall = np.maximum(_ROOM - np.minimum.reduceat(measures[:, TOP + 1], letters.firsts), _FALL)
    result = edges.copy()
    result[:, 1] = np.maximum(edges[:, 1], np.floor(baselines - rise * x_heights))
    result[:, 3] = np.minimum(edges[:, 3], np.ceil(baselines + fall * x_heights))
    return np.where((result[:, 3] > result[:, 1])[:, None], result, edges)


def _fitted(
    groups: Indices, number: int, y: Array, heights: Array, weights: Array, usual: Array, trust: float
) -> tuple[Array, Array]:
    """The baseline and the x-height of each group by least squares: y = baseline - height * x_height. usual: (2,
    number) what they are without evidence, which counts as much as `trust` letters."""
    base, size = usual

    def total(values: Array) -> Array:
        return np.bincount(groups, weights * values, number).astype(np.float64)

    count = total(np.ones(len(y))) + 2 * trust
    first, second = total(heights) + trust, total(heights * heights) + trust
    of_y = total(y) + trust * (2 * base - size)
    mixed = total(y * heights) + trust * (base - size)
    determinant = count * second - first * first + 1e-9
    return (of_y * second - first * mixed) / determinant, -(count * mixed - first * of_y) / determinant

"""Which points of a word's strokes write which of its characters, found from the characters' boxes alone.

The letters of a stroke that runs through several follow each other in it; dots and bars may be strokes of their own,
written later. A stroke is cut where it leaves one letter's box, within what both boxes allow at the place that makes
both boxes lie closest around their points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.boxes import Floats, union

CLOSE = 3.0  # difference in score, a side of a box counting 2, up to which a stroke might as well belong elsewhere

Part = tuple[int, int]
"""First row, and the row after the last."""
Chain = list[tuple[int, int, int]]
"""A stroke cut into letters: number of the letter, first row, the row after the last."""


@dataclass
class Pieces:
    """The ink of one character: parts in the order of writing; `hangs`: the first goes on from the letter before."""

    parts: list[Part] = field(default_factory=list)
    hangs: bool = False


def rims(points: Floats, widths: Floats) -> Floats:
    """(N, 4): how far the pen's disc at each point reaches: left, top, right, bottom."""
    half = widths[:, np.newaxis] / 2
    return np.concatenate((points - half, points + half), axis=1)


def inside(rim: Floats, boxes: Floats, slack: float) -> npt.NDArray[np.bool_]:
    """(N, B): which discs lie in which boxes."""
    within: npt.NDArray[np.bool_] = np.ones((len(rim), len(boxes)), np.bool_)
    for side in (0, 1):
        within &= rim[:, side, np.newaxis] >= boxes[:, side] - slack
        within &= rim[:, side + 2, np.newaxis] <= boxes[:, side + 2] + slack
    return within


def words_of(rim: Floats, strokes: Sequence[Part], boxes: Floats, slack: float) -> list[list[Part]] | None:
    """The strokes of each word, whose strokes follow each other; None when they do not fill the boxes."""
    reach = np.array([union(rim[first:stop]) for first, stop in strokes])
    fits = inside(reach, boxes, slack)
    groups: list[list[Part]] = []
    at = 0
    for number, box in enumerate(boxes):
        begin, around = at, np.array((np.inf, np.inf, -np.inf, -np.inf))
        while at < len(strokes) and fits[at, number]:
            full = bool((np.abs(around - box) <= slack).all())
            if full and number + 1 < len(boxes) and fits[at, number + 1]:
                break
            around[:2], around[2:] = np.minimum(around[:2], reach[at, :2]), np.maximum(around[2:], reach[at, 2:])
            at += 1
        if at == begin or (np.abs(around - box) > slack).any():
            return None
        groups.append(list(strokes[begin:at]))
    return groups if at == len(strokes) else None


def characters_of(
    rim: Floats, strokes: Sequence[Part], boxes: Floats, slack: float, other: int = -1
) -> tuple[list[Pieces], int] | None:
    """The pieces of each of a word's characters, and how many strokes might as well belong to others.

    None when some stroke lies in no chain of boxes. The stroke number `other` of the doubtful ones is given to the
    letters that come second.
    """
    doubtful = 0
    pieces = [Pieces() for _ in boxes]
    missing = np.ones((len(boxes), 4), np.bool_)
    current = -1
    for first, stop in strokes:
        own = rim[first:stop]
        within = inside(own, boxes, slack)
        chains = [chain for letter in range(len(boxes)) if (chain := _chain(own, within, boxes, letter))]
        if not chains:
            return None
        touches = [_touched(own, chain, boxes, slack) & missing for chain in chains]
        chosen, second = _best_two(chains, touches, current)
        if second is not None:
            chosen = second if doubtful == other else chosen
            doubtful += 1
        missing &= ~touches[chosen]
        for letter, begin, end in chains[chosen]:
            if not pieces[letter].parts:
                pieces[letter].hangs = begin > 0
            pieces[letter].parts.append((first + begin, first + end))
        current = max(current, chains[chosen][-1][0])
    return (pieces, doubtful) if all(piece.parts for piece in pieces) else None


def _best_two(
    chains: Sequence[Chain], touches: Sequence[npt.NDArray[np.bool_]], current: int
) -> tuple[int, int | None]:
    """The number of the best chain of letters for a stroke, and of the second where that is nearly as good.

    touches: the sides of boxes that each chain reaches and no stroke before it; current: the last letter written.
    """
    scores = [
        2.0 * touch.sum() - 0.5 * min(abs(chain[0][0] - current), abs(chain[0][0] - current - 1)) - 1.5 * len(chain)
        for touch, chain in zip(touches, chains, strict=True)
    ]
    ranked = np.argsort(scores, kind="stable")[::-1]
    best = int(ranked[0])
    close = len(ranked) > 1 and scores[ranked[1]] > scores[best] - CLOSE
    return best, int(ranked[1]) if close else None


def _chain(rim: Floats, within: npt.NDArray[np.bool_], boxes: Floats, letter: int) -> Chain | None:
    """The stroke cut into letters from `letter` on, as (letter, first, stop); None when it does not lie in them."""
    chain: Chain = []
    at = 0
    while True:
        leaves = np.flatnonzero(~within[at:, letter])
        if not len(leaves):
            return [*chain, (letter, at, len(rim))]
        end = at + int(leaves[0])
        if end == at or letter + 1 == within.shape[1]:
            return None
        if not within[end, letter + 1]:  # under a long bar the next letter's box may lie within this one's
            next_box = np.flatnonzero(within[at + 1 : end, letter + 1])
            if not len(next_box):
                return None
            end = at + 1 + int(next_box[-1])
        before = np.flatnonzero(~within[at + 1 : end, letter + 1])
        low = at + 1 + (int(before[-1]) + 1 if len(before) else 0)
        cut = _cut(rim, at, low, end, boxes[letter], boxes[letter + 1])
        chain.append((letter, at, cut))
        at, letter = cut, letter + 1


def _cut(rim: Floats, at: int, low: int, high: int, box: Floats, following: Floats) -> int:
    """Of the rows low .. high the one at which to cut so that both boxes lie closest around their points."""
    if low >= high:
        return high
    ahead = np.concatenate((np.minimum.accumulate(rim[at:high, :2]), np.maximum.accumulate(rim[at:high, 2:])), axis=1)
    miss = np.abs(ahead - box).sum(axis=1)[low - at - 1 :]
    late = np.array([rim[row : row + 40, 0].min() for row in range(low, high + 1)])
    return low + int((miss + np.abs(late - following[0])).argmin())


def _touched(rim: Floats, chain: Chain, boxes: Floats, slack: float) -> npt.NDArray[np.bool_]:
    """(B, 4): which sides of which boxes the chain reaches."""
    touched = np.zeros((len(boxes), 4), np.bool_)
    for letter, first, stop in chain:
        touched[letter] = np.abs(union(rim[first:stop]) - boxes[letter]) <= slack
    return touched

"""Words whose pieces stand in different places of the file, as where a page's dots are printed after its digits."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from synthink.documents.sources.pdf.glyphs import Glyphs
from synthink.documents.sources.pdf.prints import neighbours
from synthink.documents.sources.pdf.spacing import DOUBTFUL, RAISED, SMALLER, Words

LAP = -0.1  # of an em: pieces of a word reach no further into each other


def words_in_pieces(glyphs: Glyphs, words: Words) -> tuple[Glyphs, Words]:
    """The glyphs in an order in which the pieces of each word follow each other, and the words then. A piece that two
    others touch makes all of them doubtful."""
    firsts, seconds = _touching(glyphs, words.starts)
    if not firsts:
        return glyphs, words
    doubtful = words.doubtful.copy()
    ends, beginnings = Counter(firsts), Counter(seconds)
    followers = {}
    for one, other in zip(firsts, seconds, strict=True):
        if ends[one] == beginnings[other] == 1:
            followers[one] = other
        else:
            doubtful[[one, other]] = True
    groups = np.split(np.arange(len(glyphs)), words.starts[1:])
    heads = [number for number in range(len(groups)) if number not in set(followers.values())]
    chains = [[number] for number in heads]
    for chain in chains:
        while chain[-1] in followers:
            chain.append(followers.pop(chain[-1]))
    order = np.concatenate([groups[number] for chain in chains for number in chain])
    starts = np.cumsum([0, *(sum(len(groups[number]) for number in chain) for chain in chains[:-1])])
    flags = (np.array([array[chain].any() for chain in chains]) for array in (doubtful, words.spaced))
    return glyphs.of(order), Words(starts.astype(np.intp), *flags)


def _touching(glyphs: Glyphs, starts: npt.NDArray[np.intp]) -> tuple[list[int], list[int]]:
    """Pairs of words, of which the first ends where the second begins, though it does not follow it in the text."""
    last = np.append(starts[1:], len(glyphs)) - 1
    edges = np.concatenate((last, starts))  # the ends of all words, then their beginnings
    x = np.concatenate((glyphs.loose[last, 2], glyphs.origins[starts, 0]))
    y, em = glyphs.origins[edges, 1], glyphs.sizes[edges]
    one, other = neighbours(np.zeros(len(edges)), x, y, em, 2)
    one, other = np.minimum(one, other), np.maximum(one, other)
    gap = (x[other] - x[one]) / em[one]
    touching = (one < len(starts)) & (other >= len(starts)) & (gap > LAP) & (gap < DOUBTFUL)
    touching &= (np.abs(y[other] - y[one]) < RAISED * em[one]) & (em[other] > SMALLER * em[one])
    touching &= (em[one] > SMALLER * em[other]) & (other - len(starts) - one != 1) & (other - len(starts) != one)
    upright = glyphs.visible & glyphs.upright
    left = glyphs.origins[np.tile(starts, 2), 0]
    touching &= left[one] < left[other]
    touching &= upright[edges[one]] & upright[edges[other]]
    pairs = sorted(set(zip(one[touching].tolist(), (other[touching] - len(starts)).tolist(), strict=True)))
    return [first for first, _ in pairs], [second for _, second in pairs]

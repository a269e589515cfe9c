"""Which inks a picture is made of, and how much of each covers every pixel.

A pixel of coverage t of the text's ink T under coverage m of the mark's ink M on paper P has the colour
P + t (1 - o m) (T - P) + m (M - P), with o the mark's opacity and M its colour on bare paper: the colours of two inks
lie in one plane through P, with bare ink along rays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Floats = npt.NDArray[np.float64]

RAYS = 6  # inks looked for
NEAR_DEG = 9.0  # colours whose rays are nearer than this are one ink
WEAK = 40.0  # RGB distance from paper below which a colour says little about its ink
LEAST = 0.012  # share of all ink that makes an ink, not the edge between two
PAPER_SAMPLE = 6000  # pixels that the paper's colour is read from
NEAR_PAPER = 24  # levels of each channel within which a pixel counts as paper
CLEAN = 0.97  # share of the paper's pixels that have its very colour when no camera was used
MARGIN_PX = 12  # room kept around the ink
BETTER = 2.0  # RGB distance by which another pair of inks must explain a colour better


@dataclass(frozen=True, eq=False)
class Inked:
    """A picture as colours on paper, cut to the part that holds ink."""

    corner: tuple[int, int]
    """The x, y of the cut's top-left corner in the picture."""
    codes: npt.NDArray[np.intp]
    """(H, W): which row of `colours` a pixel has; 0 is paper."""
    colours: Floats
    """(N, 3): RGB minus paper."""
    paper: Floats
    inks: tuple[Floats, ...]
    """RGB minus paper of each ink at full cover."""
    noise: float
    """Standard deviation of the paper's grey; 0 in a picture that no camera took."""


def by_camera(picture: Image.Image) -> bool:
    """Whether the paper's colour varies as only a camera makes it."""
    return _paper(*_packed(picture))[1] > 0


def paper_colour(picture: Image.Image) -> Floats:
    """The commonest colour of a picture, as RGB."""
    return _paper(*_packed(picture))[0]


def inked(picture: Image.Image) -> Inked:
    """The inks of a picture; none of them when it is bare paper."""
    pixels, packed = _packed(picture)
    paper, noise = _paper(pixels, packed)
    if noise == 0:
        drawn = packed != int(paper[0]) | int(paper[1]) << 8 | int(paper[2]) << 16
    else:
        drawn = np.abs(pixels[..., :3] - paper).max(axis=2) > 6 * noise + 8
    rows = np.flatnonzero(drawn.any(axis=1))
    if not len(rows):
        return Inked((0, 0), np.zeros(drawn.shape, np.intp), np.zeros((1, 3)), paper, (), noise)
    columns = np.flatnonzero(drawn[rows[0] : rows[-1] + 1].any(axis=0))
    height, width = drawn.shape
    top, bottom = max(int(rows[0]) - MARGIN_PX, 0), min(int(rows[-1]) + 1 + MARGIN_PX, height)
    left, right = max(int(columns[0]) - MARGIN_PX, 0), min(int(columns[-1]) + 1 + MARGIN_PX, width)
    packed, drawn = packed[top:bottom, left:right], drawn[top:bottom, left:right]
    values, inverse, counts = np.unique(packed[drawn].astype(np.intp), return_inverse=True, return_counts=True)
    codes = np.zeros(packed.shape, dtype=np.intp)
    codes[drawn] = inverse.reshape(-1) + 1
    colours = np.column_stack((values & 255, values >> 8 & 255, values >> 16)).astype(np.float64) - paper
    return Inked((left, top), codes, np.vstack((np.zeros((1, 3)), colours)), paper, _inks(colours, counts), noise)


def _packed(picture: Image.Image) -> tuple[npt.NDArray[np.uint8], npt.NDArray[Any]]:
    """(H, W, 4) pixels, and (H, W) their red, green and blue in one number."""
    pixels = np.asarray(picture.convert("RGBA"))
    return pixels, pixels.view("<u4")[..., 0] & 0xFFFFFF


def _paper(pixels: npt.NDArray[np.uint8], packed: npt.NDArray[Any]) -> tuple[Floats, float]:
    """The commonest colour, and how much the paper varies around it: not at all where no camera was used."""
    step = max(1, math.isqrt(packed.size // PAPER_SAMPLE))
    thin = pixels[::step, ::step, :3].reshape(-1, 3).astype(np.intp)
    values, counts = np.unique(packed[::step, ::step], return_counts=True)
    code = int(values[counts.argmax()])
    commonest = np.array((code & 255, code >> 8 & 255, code >> 16))
    near = np.abs(thin - commonest).max(axis=1) < NEAR_PAPER
    if counts.max() > CLEAN * near.sum():
        return commonest.astype(np.float64), 0.0
    coarse = (thin[:, 0] >> 4 << 8) | (thin[:, 1] >> 4 << 4) | thin[:, 2] >> 4
    middle = np.median(thin[coarse == np.bincount(coarse).argmax()], axis=0)
    paper = thin[np.abs(thin - middle).max(axis=1) < NEAR_PAPER]
    middle = np.median(paper, axis=0)
    return middle, max(float(1.48 * np.median(np.abs(paper - middle))), 0.5)


def _inks(colours: Floats, counts: npt.NDArray[np.intp]) -> tuple[Floats, ...]:
    """Rays from paper along which colours crowd, each with the colour at its full end."""
    length = np.linalg.norm(colours, axis=1)
    strong = length > WEAK
    colours, counts, length = colours[strong], counts[strong], length[strong]
    ways = colours / length[:, np.newaxis]
    weight = counts * length
    free = np.ones(len(weight), dtype=bool)
    total, cosine = weight.sum(), np.cos(np.radians(NEAR_DEG))
    inks: list[Floats] = []
    amounts: list[float] = []
    while free.any() and len(inks) < RAYS:
        way = ways[free][_crowded(ways[free], weight[free])]
        for _ in range(3):
            members = free & (ways @ way > cosine)
            way = weight[members] @ ways[members]
            way /= np.linalg.norm(way)
        members = free & (ways @ way > cosine)
        if not members.any() or weight[members].sum() < LEAST * total:
            break
        inks.append(_full(colours[members], counts[members], length[members]))
        amounts.append(float(weight[members].sum()))
        free &= ~members
    return tuple(ink for k, ink in enumerate(inks) if not _laid_over(k, inks, amounts))


def _laid_over(ink: int, inks: list[Floats], amounts: list[float]) -> bool:
    """Whether the colour is that of one ink over another: one in full and a little of what is below, and less of it."""
    for over, under in permutations(range(len(inks)), 2):
        if ink not in (over, under) and amounts[ink] < min(amounts[over], amounts[under]):
            pair = np.column_stack((inks[under], inks[over]))
            shares, *_ = np.linalg.lstsq(pair, inks[ink], rcond=None)
            if 0.02 < shares[0] < 0.6 and 0.8 < shares[1] < 1.15 and np.linalg.norm(inks[ink] - pair @ shares) < 8:
                return True
    return False


def _crowded(ways: Floats, weight: Floats) -> int:
    """The heaviest colour of the heaviest cell of directions."""
    cells = np.rint(ways * 8).astype(np.intp) + 8
    keys = (cells[:, 0] * 17 + cells[:, 1]) * 17 + cells[:, 2]
    inside = keys == np.bincount(keys, weights=weight).argmax()
    return int(np.argmax(np.where(inside, weight, -1.0)))


def _full(colours: Floats, counts: npt.NDArray[np.intp], length: Floats) -> Floats:
    """The colour at full cover: the commonest of the far end, or the far end itself where the ink is thin."""
    order = np.argsort(length)
    reach = length[order][np.searchsorted(np.cumsum(counts[order]), 0.97 * counts.sum())]
    far = length > 0.8 * reach
    best = np.argmax(np.where(far, counts, 0))
    full: Floats = colours[best]
    if counts[best] <= 0.25 * counts[far].sum():
        full = np.average(colours[far], axis=0, weights=counts[far])
        full = full * (float(reach) / float(np.linalg.norm(full)))
    return full


def single_inks(picture: Inked) -> list[npt.NDArray[np.bool_]]:
    """(H, W) for each ink: the pixels that are more than half covered by it and nearer to it than to the others."""
    inks = np.array(picture.inks)
    lengths = _length(inks)
    along = picture.colours @ (inks / lengths[:, np.newaxis]).T
    nearest: npt.NDArray[np.intp] = np.argmax(along, axis=1)
    strong: npt.NDArray[np.bool_] = along.max(axis=1) > 0.5 * lengths[nearest]
    return [(strong & (nearest == ink))[picture.codes] for ink in range(len(picture.inks))]


@dataclass(frozen=True, eq=False)
class Layers:
    """(H, W) arrays of one reading of the inks."""

    text: Floats
    """Cover of the text's ink; under the mark only what shows through."""
    mark: Floats
    hidden: Floats
    """Cover of all that lies over the text: there the text is not judged."""


def layers(picture: Inked, text: int, mark: int | None) -> Layers:
    """The picture read as text in one ink and the mark in another; all other inks are things that lie about."""
    over, mixed, apart = _shares(picture, text, mark)
    text_cover, mark_cover = over.copy(), mixed.copy()
    hidden = mixed.copy()
    for other in range(len(picture.inks)):
        if other in (text, mark):
            continue
        for under in (text, mark):
            if under is None:
                continue
            below, above, error = _shares(picture, under, other)
            better = (error + BETTER < apart) & (above > 0.1)
            text_cover[better] = below[better] if under == text else 0.0
            mark_cover[better] = below[better] if under == mark else 0.0
            hidden[better] = np.maximum(above[better], mark_cover[better])
            apart = np.where(better, error, apart)
    return Layers(text_cover[picture.codes], mark_cover[picture.codes], hidden[picture.codes])


def _shares(picture: Inked, first: int, second: int | None) -> tuple[Floats, Floats, Floats]:
    """For each of the picture's colours: cover of two inks, none negative, and how far their mixture stays from it."""
    one, colours = picture.inks[first], picture.colours
    alone = np.maximum(colours @ one / (one @ one), 0.0)
    if second is None:
        return alone, np.zeros(len(colours)), _length(colours - alone[:, np.newaxis] * one)
    two = picture.inks[second]
    pair = np.column_stack((one, two))
    shares = np.linalg.solve(pair.T @ pair, pair.T @ colours.T)
    shares = np.where(shares[1] < 0, np.stack((alone, np.zeros_like(alone))), shares)
    rest = np.maximum(colours @ two / (two @ two), 0.0)
    shares = np.where(shares[0] < 0, np.stack((np.zeros_like(rest), rest)), shares)
    shares = np.maximum(shares, 0.0)
    return shares[0], shares[1], _length(colours - shares.T @ pair.T)


def _length(vectors: Floats) -> Floats:
    lengths: Floats = np.sqrt(np.einsum("nc,nc->n", vectors, vectors))
    return lengths

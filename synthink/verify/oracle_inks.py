"""Which inks a picture is made of, and how much of each covers every pixel.

A pixel of coverage t of the text's ink T under coverage m of the mark's ink M on paper P has the colour
P + t (1 - o m) (T - P) + m (M - P), with o the mark's opacity and M its colour on bare paper: the colours of two inks
lie in one plane through P, with bare ink along rays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

Floats = npt.NDArray[np.float64]

RAYS = 6  # inks looked for
NEAR_DEG = 9.0  # colours whose rays are nearer than this are one ink
WEAK = 40.0  # RGB distance from paper below which a colour says little about its ink
LEAST = 0.012  # share of all ink that makes an ink, not the edge between two
MARGIN_PX = 12  # room kept around the ink
BETTER = 2.0  # RGB distance by which another pair of inks must explain a colour better


@dataclass(frozen=True, eq=False)
class Inked:
    """A picture as colours on paper, cut to the part that holds ink."""

    corner: tuple[int, int]
    """x, y of the cut's top-left corner in the picture."""
    codes: npt.NDArray[np.intp]
    """(H, W): which row of `colours` a pixel has; 0 is paper."""
    colours: Floats
    """(N, 3): RGB minus paper."""
    paper: Floats
    inks: tuple[Floats, ...]
    """RGB minus paper of each ink at full cover."""
    noise: float
    """Standard deviation of the paper's grey; 0 in a picture that no camera took."""


def inked(picture: Image.Image) -> Inked:
    """The inks of a picture; none of them when it is bare paper."""
    image = picture.convert("RGB")
    counted = image.getcolors(16384)
    pixels = np.asarray(image).astype(np.int32)
    paper, noise = _paper(pixels, counted)
    packed = (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2]
    if noise == 0:
        bare = packed == (int(paper[0]) << 16 | int(paper[1]) << 8 | int(paper[2]))
    else:
        bare = np.abs(pixels - paper).max(axis=2) < 6 * noise + 8
    rows, columns = np.flatnonzero(~bare.all(axis=1)), np.flatnonzero(~bare.all(axis=0))
    if not len(rows):
        return Inked((0, 0), np.zeros(bare.shape, np.intp), np.zeros((1, 3)), paper, (), noise)
    height, width = bare.shape
    top, bottom = max(int(rows[0]) - MARGIN_PX, 0), min(int(rows[-1]) + 1 + MARGIN_PX, height)
    left, right = max(int(columns[0]) - MARGIN_PX, 0), min(int(columns[-1]) + 1 + MARGIN_PX, width)
    cut, drawn = packed[top:bottom, left:right], ~bare[top:bottom, left:right]
    found, inverse, counts = np.unique(cut[drawn], return_inverse=True, return_counts=True)
    codes = np.zeros(cut.shape, dtype=np.intp)
    codes[drawn] = inverse.reshape(-1) + 1
    colours = np.column_stack((found >> 16, found >> 8 & 255, found & 255)).astype(np.float64) - paper
    return Inked((left, top), codes, np.vstack((np.zeros((1, 3)), colours)), paper, _inks(colours, counts), noise)


def _paper(pixels: npt.NDArray[np.int32], counted: list[tuple[int, tuple[int, ...]]] | None) -> tuple[Floats, float]:
    """The commonest colour, and how much the paper varies around it."""
    total = pixels.shape[0] * pixels.shape[1]
    if counted is not None:
        count, colour = max(counted)
        if count > 0.3 * total:
            return np.array(colour, dtype=np.float64), 0.0
    thin = pixels[::3, ::3].reshape(-1, 3)
    coarse = (thin[:, 0] >> 4 << 8) | (thin[:, 1] >> 4 << 4) | thin[:, 2] >> 4
    commonest = thin[coarse == np.bincount(coarse).argmax()]
    middle = np.median(commonest, axis=0)
    near = thin[np.abs(thin - middle).max(axis=1) < 24]
    middle = np.median(near, axis=0)
    return middle, max(float(1.48 * np.median(np.abs(near - middle))), 0.5)


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
        free &= ~members
    return tuple(ink for ink in inks if not _laid_over(ink, inks))


def _laid_over(ink: Floats, inks: list[Floats]) -> bool:
    """Whether the colour is that of one ink over another: one in full and a little of what is below."""
    for over in inks:
        for under in inks:
            if over is not ink and under is not ink and over is not under:
                pair = np.column_stack((under, over))
                shares, *_ = np.linalg.lstsq(pair, ink, rcond=None)
                if 0.02 < shares[0] < 0.6 and 0.8 < shares[1] < 1.15 and np.linalg.norm(ink - pair @ shares) < 8:
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
    if counts[best] > 0.25 * counts[far].sum():
        full: Floats = colours[best]
        return full
    mean: Floats = np.average(colours[far], axis=0, weights=counts[far])
    return mean * (reach / np.linalg.norm(mean))


def single_inks(picture: Inked) -> list[npt.NDArray[np.bool_]]:
    """(H, W) for each ink: the pixels that are more than half covered by it and nearer to it than to the others."""
    lengths = np.array([np.linalg.norm(ink) for ink in picture.inks])
    along = picture.colours @ (np.array(picture.inks) / lengths[:, np.newaxis]).T
    nearest = np.argmax(along, axis=1)
    strong = along.max(axis=1) > 0.5 * lengths[nearest]
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

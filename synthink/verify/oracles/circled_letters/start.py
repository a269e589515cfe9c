"""First guesses of where a word stands: from the area, the spread and the edges of the text's ink."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.circled_letters.inks import Layers
from synthink.verify.oracles.circled_letters.place import HIDDEN, WordPlace, disagreement, sampled
from synthink.verify.oracles.circled_letters.reference import SetWord
from synthink.verify.oracles.circled_letters.track import settle

Floats = npt.NDArray[np.float64]

SPACINGS = np.linspace(-0.15, 2.2, 471)  # letter spacings in em
AGREED = 0.25  # disagreement at which no better place is looked for
TURNS = (0, -1.5, 1.5, -3, 3, -6, 6, 180)  # degrees from the first guess, tried when all else fails


def fit_word(line: SetWord, layers: Layers, aslant: bool, thorough: bool) -> tuple[WordPlace, float] | None:
    """The best place of a word over the text's ink and its `disagreement`; None when none is any good.

    thorough: whether to go on after the likely first guesses have failed.
    """
    best: tuple[WordPlace, float] | None = None
    for start in unlikely_places(line, layers) if thorough else likely_places(line, layers):
        place = settle(start, layers, aslant)
        if place is None:
            continue
        error = disagreement(place, layers)
        if best is None or error < best[1]:
            best = place, error
        if error < AGREED:
            break
    return best


def likely_size(line: SetWord, layers: Layers) -> float:
    """The em in pixels that the area of the ink speaks for; 0 where there is none."""
    moments = _moments(layers)
    return 0.0 if moments is None else _guess(line, line.settings[0], moments).size_px


def likely_places(line: SetWord, layers: Layers) -> Iterator[WordPlace]:
    """Guesses with kerning and without, first taking all ink to be seen, then leaving out what the mark hides."""
    moments = _moments(layers)
    if moments is None:
        return
    firsts = [_guess(line, pens, moments) for pens in line.settings]
    yield from firsts
    for first in firsts:
        place = first
        for _ in range(3):
            place = _guess(line, place.pens, moments, _visible(place, layers))
            yield place


def unlikely_places(line: SetWord, layers: Layers) -> Iterator[WordPlace]:
    """Guesses that fill the room between the ink's edges, at several rotations."""
    moments = _moments(layers)
    if moments is None or not ((layers.text > 0.5) & (layers.hidden < HIDDEN)).any():
        return
    for pens in line.settings:
        first = _guess(line, pens, moments)
        way = float(np.arctan2(first.matrix[1, 0], first.matrix[0, 0]))
        for turn in np.radians(TURNS):
            yield _framed(line, pens, layers, way + turn)


def _framed(line: SetWord, pens: Floats, layers: Layers, way: float) -> WordPlace:
    """The word turned by `way` and stretched between the ink's edges: height gives the size, width the spacing."""
    ys, xs = np.nonzero((layers.text > 0.5) & (layers.hidden < HIDDEN))
    turn = np.array(((np.cos(way), -np.sin(way)), (np.sin(way), np.cos(way))))
    level = (np.column_stack((xs, ys)) + 0.5) @ turn
    low, high = level.min(axis=0) - 0.5, level.max(axis=0) + 0.5
    lows = np.array([letter.rim.min(axis=0) for letter in line.letters]) + pens[:, np.newaxis] * (1.0, 0.0)
    highs = np.array([letter.rim.max(axis=0) for letter in line.letters]) + pens[:, np.newaxis] * (1.0, 0.0)
    top, bottom = lows[:, 1].min(), highs[:, 1].max()
    size = (high[1] - low[1]) / (bottom - top)
    wide = highs[-1, 0] - lows[0, 0]
    spacing = ((high[0] - low[0]) / size - wide) / max(len(pens) - 1, 1)
    matrix = turn * size
    corner = turn @ np.array((low[0] - lows[0, 0] * size, low[1] - top * size))
    return WordPlace.affine(line, pens, float(spacing), matrix, corner)


@dataclass(frozen=True, eq=False)
class Moments:
    """Area, middle and covariance of the text's ink, in pixels."""

    area: float
    centre: Floats
    spread: Floats


def _moments(layers: Layers) -> Moments | None:
    ys, xs = np.nonzero((layers.text > 0.1) & (layers.hidden < HIDDEN))
    if len(ys) < 12:
        return None
    weight = np.minimum(layers.text[ys, xs], 1.0)
    points = np.column_stack((xs, ys)) + 0.5
    centre = weight @ points / weight.sum()
    spread = (points - centre).T @ ((points - centre) * weight[:, np.newaxis]) / weight.sum()
    return Moments(float(weight.sum()), centre, spread)


def _visible(place: WordPlace, layers: Layers) -> Floats:
    """(K, SPECKS): 1 for each speck of ink that lies in the open, 0 for one under another mark."""
    specks = place.specks()
    return (sampled(layers.hidden, specks[..., 0], specks[..., 1]) < HIDDEN).astype(np.float64)


def _guess(line: SetWord, pens: Floats, moments: Moments, visible: Floats | None = None) -> WordPlace:
    """The ink's area gives the size, its spread along the word the letter spacing and the rotation."""
    masses = np.array([letter.mass for letter in line.letters])
    means = np.array([letter.mean for letter in line.letters])
    spreads = np.array([letter.spread for letter in line.letters])
    if visible is not None:
        specks = np.stack([letter.ink for letter in line.letters])
        share = np.maximum(visible.mean(axis=1), 1e-3)
        even = visible / np.maximum(visible.sum(axis=1, keepdims=True), 1e-3)
        masses = masses * share
        means = np.where(share[:, np.newaxis] > 0.1, np.einsum("ks,ksx->kx", even, specks), means)
        apart = specks - means[:, np.newaxis]
        spreads = np.einsum("ks,ksx,ksy->kxy", even, apart, apart)
    size = float(np.sqrt(moments.area / masses.sum()))
    shares = masses / masses.sum()
    places = np.repeat((means + pens[:, np.newaxis] * (1.0, 0.0))[np.newaxis], len(SPACINGS), axis=0)
    places[:, :, 0] += SPACINGS[:, np.newaxis] * np.arange(len(pens))
    middles = np.einsum("k,skx->sx", shares, places)
    apart = places - middles[:, np.newaxis]
    modelled = np.tensordot(shares, spreads, 1) + np.einsum("k,skx,sky->sxy", shares, apart, apart)
    seen_long, seen_way = _principal(moments.spread[np.newaxis])
    long, way = _principal(modelled)
    best = int(np.argmin(np.abs(np.log(long * size * size / seen_long))))
    turn = seen_way[0] - way[best]
    turn = (turn + np.pi / 2) % np.pi - np.pi / 2
    cos, sin = size * np.cos(turn), size * np.sin(turn)
    matrix = np.array(((cos, -sin), (sin, cos)))
    return WordPlace.affine(line, pens, float(SPACINGS[best]), matrix, moments.centre - matrix @ middles[best])


def _principal(spreads: Floats) -> tuple[Floats, Floats]:
    """The larger eigenvalue of each 2 x 2 covariance and the angle of its axis."""
    xx, xy, yy = spreads[:, 0, 0], spreads[:, 0, 1], spreads[:, 1, 1]
    return (xx + yy) / 2 + np.hypot((xx - yy) / 2, xy), 0.5 * np.arctan2(2 * xy, xx - yy)

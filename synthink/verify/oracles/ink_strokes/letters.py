"""How well ink fits each character of its hand.

A letter's ink is the skeleton moved, stretched and leant as this writer does (x = a u + s v + left, y = b v + c u +
baseline), and loosened: fitted once freely, to learn of the writer and the lines, and once more with that as the prior.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.ink_strokes.fit import DRIFT, FREEDOM, LOOSE, Fit, Reals
from synthink.verify.oracles.ink_strokes.skeletons import PLACES, Floats, HandSkeletons, Skeletons, length

LANDINGS = (0.0, 0.2, 0.5)  # x-heights left out at a stroke's begin: a pen lands while it still moves
JOINS = (0.8, 1.15, 1.6, 2.1)  # and at the begin of a letter that hangs on another
LIFTS = (0.0, 0.25)  # x-heights left out at a stroke's end
HOOK = 0.15  # x-heights before and after a turn that are compared
TRIM = 12.0  # nats to an x-height that is left out
WIDE = (0.25, 0.20, 0.06, 0.06)  # deviations of a, s, b, c when nothing is known of the writer
KNOWN = (0.09, 0.06, 0.06, 0.04)  # and when the writer is known
UNFIT = 400.0  # nats: the cost of a character that is never written with so many strokes
USUAL = (1.25, 0.0, 1.0, 0.0)  # a, s, b, c of most writers


@dataclass(frozen=True, eq=False)
class Fits:
    """The costs of letters. cost: (C, N) of each character's ink for each name of the skeletons, in nats; best: (C, 6)
    a, s, b, c, baseline and middle of the best fit."""

    cost: Floats
    best: Floats


def fits(letters: Sequence[tuple[Sequence[Floats], bool]], lines: Sequence[int], hand: HandSkeletons) -> Fits:
    """Fit letters to the skeletons. letters: for each its strokes in x-heights, y down, and whether it hangs on the one
    before; lines: (C,) the line that each belongs to."""
    groups = [group for group in (_Group.of(letters, hand, count) for count in hand.by_strokes) if group is not None]
    best = np.zeros((len(letters), 6))
    weight = np.zeros(len(letters))
    for group in groups:
        rows = np.unique(group.owner)
        best[rows] = group.best(Fit(group.shapes, group.ways, USUAL, WIDE, None))
        weight[rows] = group.spans
    if not weight.any():
        return Fits(np.full((len(letters), len(hand.names)), UNFIT), best)
    writer = tuple(_median(best[:, column], weight / weight.sum()) for column in range(4))
    level = _levels(best[:, 5], best[:, 4], np.array(lines), weight, writer[3])
    cost = np.full((len(letters), len(hand.names)), UNFIT)
    for group in groups:
        fit = Fit(group.shapes, group.ways, writer, KNOWN, level[group.owner])
        group.spread(fit.cost, cost)
    return Fits(cost, best)


@dataclass(frozen=True, eq=False)
class _Group:
    """The letters that have the same number of strokes, with the shapes that have as many.

    ways: (W, places, 2), several to each letter; owner: (W,) the letter of each; lost: (W,) x-heights that are left
    out; spans: the length of each letter, x-heights.
    """

    shapes: Skeletons
    ways: Floats
    owner: npt.NDArray[np.intp]
    spans: Floats
    lost: Floats

    @classmethod
    def of(cls, letters: Sequence[tuple[Sequence[Floats], bool]], hand: HandSkeletons, count: int) -> _Group | None:
        ways, owners, spans, lost = [], [], [], []
        for number, (strokes, hangs) in enumerate(letters):
            if len(strokes) != count:
                continue
            own, left_out = _ways(strokes, hangs, PLACES // count)
            ways.append(own)
            lost.append(left_out)
            owners.append(np.full(len(own), number))
            spans.append(sum(map(length, strokes)))
        if not ways:
            return None
        parts = np.concatenate(ways), np.concatenate(owners), np.array(spans), np.concatenate(lost)
        return cls(hand.by_strokes[count], *parts)

    def best(self, fit: Fit) -> Floats:
        """(letters, 6): a, s, b, c, baseline and the middle's x of the best fit of each letter."""
        rows = []
        cost = self.nats(fit.cost)
        for number in np.unique(self.owner):
            own = np.flatnonzero(self.owner == number)
            way, shape = np.unravel_index(cost[own].argmin(), (len(own), cost.shape[1]))
            rows.append([*fit.parameters(own[way], shape), float(self.ways[own[way], :, 0].mean())])
        return np.array(rows)

    def nats(self, cost: Reals) -> Floats:
        """(W, K): the cost of each fit with that of what it leaves out."""
        spans = np.repeat(
            self.spans, np.diff(np.append(np.flatnonzero(np.diff(self.owner, prepend=-1)), len(self.owner)))
        )
        return cost * (spans * FREEDOM / (2 * LOOSE**2))[:, np.newaxis] + (TRIM * self.lost)[:, np.newaxis]

    def spread(self, cost: Reals, onto: Floats) -> None:
        """The least cost for each name, in nats, put into the letters' rows."""
        least = np.minimum.reduceat(self.nats(cost), np.flatnonzero(np.diff(self.owner, prepend=-1)), axis=0)
        order = np.argsort(self.shapes.chars, kind="stable")
        begins = np.flatnonzero(np.diff(self.shapes.chars[order], prepend=-1))
        names = self.shapes.chars[order][begins]
        onto[np.ix_(np.unique(self.owner), names)] = np.minimum(
            np.minimum.reduceat(least[:, order], begins, axis=1), UNFIT
        )


def _ways(strokes: Sequence[Floats], hangs: bool, places: int) -> tuple[Floats, Floats]:
    """(W, places in all, 2): places along a letter's strokes, without pieces at the begins and ends, and (W,) how much
    was left out."""
    walks = [_walked(line) for line in strokes]
    lengths = [float(walked[-1]) for walked in walks]
    begins = [_begins(land, lengths) for land in (LANDINGS + JOINS if hangs else LANDINGS) if land <= 0.6 * lengths[0]]
    hooks = [_hook(line, walked) for line, walked in zip(strokes, walks, strict=True)]
    if any(hooks):
        begins.append(hooks)
    ends = [[length - min(lift, 0.3 * length) for length in lengths] for lift in LIFTS]
    first, last = np.repeat(begins, len(ends), axis=0), np.tile(ends, (len(begins), 1))
    parts = []
    for number, (line, walked) in enumerate(zip(strokes, walks, strict=True)):
        at = np.linspace(first[:, number], last[:, number], places, axis=1)
        parts.append(np.stack((np.interp(at, walked, line[:, 0]), np.interp(at, walked, line[:, 1])), axis=2))
    return np.concatenate(parts, axis=1), first.sum(axis=1) + sum(lengths) - last.sum(axis=1)


def _begins(land: float, lengths: Sequence[float]) -> list[float]:
    """Where each stroke begins when a piece of that length is left out at the first one; later ones land short."""
    first, *later = lengths
    return [min(land, 0.6 * first), *(min(land, LANDINGS[-1], 0.3 * length) for length in later)]


def _walked(line: Floats) -> Floats:
    walked = np.zeros(len(line))
    np.cumsum(np.sqrt(((line[1:] - line[:-1]) ** 2).sum(axis=1)), out=walked[1:])
    return walked


def _hook(line: Floats, walked: Floats) -> float:
    """How far along the first 60 % of a stroke the pen turns back sharply; 0 where it does not."""
    at = np.arange(HOOK, 0.6 * walked[-1], HOOK / 3)
    if not len(at):
        return 0.0
    near = at + np.array(((-HOOK,), (0.0,), (HOOK,)))
    way = np.diff(np.stack((np.interp(near, walked, line[:, 0]), np.interp(near, walked, line[:, 1]))), axis=1)
    here, ahead = way[:, 0], way[:, 1]
    sharp = (here * ahead).sum(axis=0) < -0.5 * np.sqrt((here**2).sum(axis=0) * (ahead**2).sum(axis=0))
    return float(at[sharp.argmax()]) if sharp.any() else 0.0


def _median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    return float(values[order[np.searchsorted(np.cumsum(weights[order]), 0.5)]])


def _levels(x: Floats, level: Floats, lines: npt.NDArray[np.intp], spans: Floats, slope: float) -> Floats:
    """(C,): the baseline at each letter, from a straight line through those of its line, outliers counting little."""
    levels = np.empty_like(level)
    for line in np.unique(lines):
        rows = np.flatnonzero(lines == line)
        far = x[rows] - x[rows].mean()
        rest = level[rows] - slope * far
        middle, tilt = float(np.median(rest)), 0.0
        for _ in range(4):
            away = np.abs(rest - middle - tilt * far)
            weight = np.minimum(1.0, DRIFT / np.maximum(away, 1e-9)) * spans[rows] + 1e-9
            tilt = float((weight * far * (rest - middle)).sum() / ((weight * far**2).sum() + 4 * 30))
            middle = float((weight * (rest - tilt * far)).sum() / weight.sum())
        levels[rows] = middle + (slope + tilt) * far
    return levels

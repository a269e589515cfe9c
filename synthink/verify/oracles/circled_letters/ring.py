"""A mark as a closed or nearly closed line around something: where it runs, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

SECTORS = 24  # of 15 degrees: a ring of 6 px radius has ink in each
CLOSED = 0.85  # share of the sectors that a ring's line crosses
HOLLOW = 0.12  # share of a ring's ink that may lie in its inner half
SLIM = 0.1  # least ratio of a ring's radii
MAIN = 0.1  # share of the largest part's pixels below which a part is a speck
WIDENED = 1.18  # standard deviations from the middle of a blurred line to where it has half its strength
NEAR = 0.7  # lengths of the largest part within which other parts belong to it
FAINT = 0.2  # cover below which a pixel at the mark's edge is not its ink


@dataclass(frozen=True, eq=False)
class FittedRing:
    """A closed line given by its radius in every direction from its centre."""

    centre: Floats
    radii: Floats
    """(2,): half its width and height; the radii below count in these."""
    curve: Floats
    """(SECTORS,): how far the line's middle is in the middle of each sector."""

    def reach(self, points: Floats) -> Floats:
        """(N,) distance of points from the centre, 1 on the line's middle."""
        turn, radius = _polar(points, self.centre, self.radii)
        line = np.interp(turn, np.arange(SECTORS) + 0.5, self.curve, period=SECTORS)
        reached: Floats = radius / np.maximum(line, 1e-6)
        return reached


def ring(points: Floats, weights: Floats) -> FittedRing | None:
    """The ring whose line covers the points (N, 2), level; None when they are no line around something.

    A ring that is so slim and thick that nothing is left of its inside is taken by its outer edge.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    radii = (high - low) / 2
    if radii.min() < SLIM * radii.max():
        return None
    centre = (low + high) / 2
    for _ in range(2):
        curve = _curve(points, weights, centre, radii)
        if curve is None:
            return None
        angle = (np.arange(SECTORS) + 0.5) * 2 * np.pi / SECTORS
        # Centroid of the fan of sectors: 2/3 of each one's radius, weighted with its area.
        middle = 2 / 3 * np.array((np.cos(angle), np.sin(angle))) @ curve**3 / (curve**2).sum()
        centre = centre + middle * radii
    curve = _curve(points, weights, centre, radii)
    if curve is None:
        return None
    _, radius = _polar(points, centre, radii)
    if weights[radius < 0.5].sum() <= HOLLOW * weights.sum():
        return FittedRing(centre, radii, curve)
    return FittedRing(centre, radii, np.full(SECTORS, 0.95)) if radii[1] > 1.5 * radii[0] else None


def blot(points: Floats, blur: float) -> FittedRing | None:
    """A ring whose inside the points (N, 2) fill, taken by their outer edge without the blur; None when they are a
    line."""
    low, high = points.min(axis=0), points.max(axis=0)
    radii = (high - low) / 2
    if radii.min() < 2 * SLIM * radii.max():
        return None
    return FittedRing((low + high) / 2, np.maximum(radii - WIDENED * blur, radii / 2), np.full(SECTORS, 0.95))


def _curve(points: Floats, weights: Floats, centre: Floats, radii: Floats) -> Floats | None:
    """Mean radius of the ink in each sector; None when too many sectors are empty."""
    turn, radius = _polar(points, centre, radii)
    sector = np.minimum(turn.astype(np.intp), SECTORS - 1)
    ink = np.bincount(sector, weights, SECTORS)
    met = ink > 0
    if met.mean() < CLOSED:
        return None
    means = np.bincount(sector, weights * radius, SECTORS) / np.where(met, ink, 1.0)
    order = np.arange(SECTORS)
    return np.interp(order, order[met], means[met], period=SECTORS)


def _polar(points: Floats, centre: Floats, radii: Floats) -> tuple[Floats, Floats]:
    """Direction in sectors, 0 to SECTORS, and distance in radii."""
    x, y = ((points - centre) / radii).T
    return np.arctan2(y, x) * (SECTORS / (2 * np.pi)) % SECTORS, np.hypot(x, y)


def extent(cover: Floats) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the ink, parts of pixels by their cover."""
    left, right = _ends(cover.max(axis=0))
    top, bottom = _ends(cover.max(axis=1))
    return left, top, right, bottom


def soft_extent(cover: Floats, blur_px: float) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of blurred ink: where its cover passes one half, less what blur adds to that.

    Blur widens a thin line by more and a wide one by less; half of the most is taken.
    """
    widened = WIDENED * blur_px / 2
    (left, right), (top, bottom) = (_halves(cover.max(axis=axis)) for axis in (0, 1))
    return left + widened, top + widened, right - widened, bottom - widened


def _halves(profile: Floats) -> tuple[float, float]:
    """Where a profile first and last passes one half, between the middles of pixels."""
    padded = np.pad(profile, 1)
    inked = np.flatnonzero(padded >= 0.5)
    first, last = int(inked[0]), int(inked[-1])
    low = (padded[first] - 0.5) / (padded[first] - padded[first - 1])
    high = (padded[last] - 0.5) / (padded[last] - padded[last + 1])
    return first - 0.5 - float(low), last - 0.5 + float(high)


def _ends(profile: Floats) -> tuple[float, float]:
    inked = np.flatnonzero(profile > FAINT)
    first, last = int(inked[0]), int(inked[-1])
    return first + 1 - min(float(profile[first]), 1.0), last + min(float(profile[last]), 1.0)


def main_parts(mask: Mask) -> Mask:
    """The largest connected part of the mask (corners count), and those near it that are not small beside it."""
    runs = _connected_runs(mask)
    rows, starts, ends = runs.rows, runs.starts, runs.ends
    own = runs.parts == int(np.argmax(runs.sizes))
    top, bottom, left, right = rows[own].min(), rows[own].max() + 1, starts[own].min(), ends[own].max()
    down, across = NEAR * (bottom - top), NEAR * (right - left)
    near = (rows >= top - down) & (rows < bottom + down) & (starts < right + across) & (ends > left - across)
    return runs.drawn(runs.is_main & np.isin(runs.parts, runs.parts[near]))


def large_parts(mask: Mask) -> Mask:
    """The connected parts of the mask (corners count) that are not small beside the largest, wherever they are."""
    runs = _connected_runs(mask)
    return runs.drawn(runs.is_main)


@dataclass(frozen=True, eq=False)
class _Runs:
    """A mask as runs of pixels in its rows."""

    shape: tuple[int, ...]
    rows: Indices
    starts: Indices
    ends: Indices
    parts: Indices
    """The connected part that each run belongs to."""

    @property
    def sizes(self) -> Indices:
        """The pixels of each part."""
        sizes: Indices = np.bincount(self.parts, weights=self.ends - self.starts, minlength=1).astype(np.intp)
        return sizes

    @property
    def is_main(self) -> Mask:
        """The runs of parts that are not small beside the largest."""
        sizes = self.sizes
        main: Mask = sizes[self.parts] >= MAIN * sizes.max()
        return main

    def drawn(self, chosen: Mask) -> Mask:
        """The mask of some of the runs."""
        mask = np.zeros(self.shape, dtype=bool)
        for run in np.flatnonzero(chosen).tolist():
            mask[self.rows[run], self.starts[run] : self.ends[run]] = True
        return mask


def _connected_runs(mask: Mask) -> _Runs:
    steps = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    parents = list(range(len(rows)))

    def root(run: int) -> int:
        while parents[run] != run:
            parents[run] = parents[parents[run]]
            run = parents[run]
        return run

    above = np.searchsorted(rows, rows - 1), np.searchsorted(rows, rows)
    for run, (first, last) in enumerate(zip(*above, strict=True)):
        for other in range(first, last):
            if starts[other] <= ends[run] and ends[other] >= starts[run]:
                parents[root(run)] = root(other)
    roots = np.array([root(run) for run in range(len(rows))], dtype=np.intp)
    return _Runs(mask.shape, rows, starts, ends, roots)


def grown(mask: Mask) -> Mask:
    """The mask and the pixels that touch it."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    tall = wide.copy()
    tall[:, 1:] |= wide[:, :-1]
    tall[:, :-1] |= wide[:, 1:]
    return tall

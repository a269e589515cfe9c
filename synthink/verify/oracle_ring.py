"""A mark as a closed or nearly closed line around something: where it runs, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SECTORS = 60  # of 6 degrees
DRAWN = 0.5  # cover from which a pixel belongs to the line
FAINT = 0.2  # cover below which a pixel at the mark's edge is not its ink
CLOSED = 0.85  # share of the sectors that a ring's line crosses
HOLLOW = 0.12  # share of a ring's ink that may lie in its inner half
SLIM = 0.12  # least ratio of a ring's radii


@dataclass(frozen=True, eq=False)
class Ring:
    """A closed line given by its radius in every direction from its centre."""

    centre: Floats
    radii: Floats
    """(2,): half its width and height; the radii below count in these."""
    curve: Floats
    """(SECTORS,): how far the line's middle is."""

    def holds(self, points: Floats) -> npt.NDArray[np.bool_]:
        """Which of the points (N, 2) lie inside the line's middle."""
        sector, radius = _polar(points, self.centre, self.radii)
        inside: npt.NDArray[np.bool_] = radius < self.curve[sector]
        return inside


def ring(points: Floats, weights: Floats) -> Ring | None:
    """The ring whose line covers the points (N, 2); None when they are no line around something."""
    low, high = points.min(axis=0), points.max(axis=0)
    radii = (high - low) / 2
    if radii.min() < SLIM * radii.max():
        return None
    centre = (low + high) / 2
    for _ in range(2):
        sector, radius = _polar(points, centre, radii)
        ink = np.bincount(sector, weights, SECTORS)
        met = ink > 0
        if met.mean() < CLOSED or weights[radius < 0.5].sum() > HOLLOW * weights.sum():
            return None
        means = np.bincount(sector, weights * radius, SECTORS) / np.where(met, ink, 1.0)
        order = np.arange(SECTORS)
        curve = np.interp(order, order[met], means[met], period=SECTORS)
        angle = (order + 0.5) * 2 * np.pi / SECTORS
        # Centroid of the fan of sectors: 2/3 of each one's radius, weighted with its area.
        middle = 2 / 3 * np.array((np.cos(angle), np.sin(angle))) @ curve**3 / (curve**2).sum()
        centre = centre + middle * radii
    sector, radius = _polar(points, centre, radii)
    ink = np.bincount(sector, weights, SECTORS)
    met = ink > 0
    means = np.bincount(sector, weights * radius, SECTORS) / np.where(met, ink, 1.0)
    return Ring(centre, radii, np.interp(order, order[met], means[met], period=SECTORS))


def _polar(points: Floats, centre: Floats, radii: Floats) -> tuple[npt.NDArray[np.intp], Floats]:
    x, y = ((points - centre) / radii).T
    sector = np.floor(np.arctan2(y, x) * (SECTORS / (2 * np.pi))).astype(np.intp) % SECTORS
    return sector, np.hypot(x, y)


def extent(cover: Floats) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the ink, parts of pixels by their cover."""
    down, across = cover.max(axis=1), cover.max(axis=0)
    left, right = _ends(across)
    top, bottom = _ends(down)
    return left, top, right, bottom


def _ends(profile: Floats) -> tuple[float, float]:
    inked = np.flatnonzero(profile > FAINT)
    first, last = int(inked[0]), int(inked[-1])
    return first + 1 - min(float(profile[first]), 1.0), last + min(float(profile[last]), 1.0)

"""Seven-segment digits and their decimal point, read from pixels alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from synthink.verify.oracles.meters.places import Floats, at, sampled

# Middles of the bars as shares of a digit's box: across, down.
BARS = {"a": (0.5, 0.05), "b": (0.91, 0.27), "c": (0.91, 0.73), "d": (0.5, 0.95), "e": (0.09, 0.73), "f": (0.09, 0.27)}
BARS["g"] = (0.5, 0.5)
HOLES = ((0.5, 0.27), (0.5, 0.73))
FIGURES = {
    **{"abcdef": "0", "bc": "1", "abdeg": "2", "abcdg": "3", "bcfg": "4", "acdfg": "5", "acdefg": "6", "cdefg": "6"},
    **{"abc": "7", "abcf": "7", "abcdefg": "8", "abcdfg": "9", "abcfg": "9", "": ""},
}
LIT, DARK = 0.5, 0.34  # share of the strongest bar from which on a bar is lit, and up to which it is dark
LEAST_SHARE = 0.2  # of the display's strongest bars: a digit in the shade, whose bars are judged by themselves
FAINT = 25.0  # levels of the three channels together: the strongest bar stands out by more


def read_segments(levels: Floats, quads: Floats, is_change: bool = False) -> list[str] | None:
    """The figure of each digit, empty for a dark one and `?` for what is none; None where nothing is lit.

    levels: (H, W, 3); quads: (N, 4, 2). is_change: whether the levels are the change against a control. Bars that are
    dark then have none, whatever the light, so that each digit is judged by its own strongest bars.
    """
    strengths = np.array([_strengths(levels, quad) for quad in quads])
    direction = strengths.reshape(-1, 3)[np.argmax((strengths**2).sum(axis=-1))]
    length = float(np.hypot.reduce(direction))
    if length < FAINT:
        return None
    shares = (strengths @ direction) / length
    shares /= max(np.sort(shares.ravel())[-max(2, len(quads)) :].mean(), 1e-9)
    if is_change:
        own = np.sort(shares, axis=1)[:, -2:].mean(axis=1, keepdims=True)
        shares = np.where(own > LEAST_SHARE, shares / np.maximum(own, LEAST_SHARE), shares)
    return [_figure(dict(zip(BARS, bars, strict=True))) for bars in shares.tolist()]


def _strengths(levels: Floats, quad: Floats) -> Floats:
    """(7, 3): how far each bar's middle stands out from the ground of its digit."""
    ground = sampled(levels, at(quad, np.array(HOLES))).mean(axis=0)
    steps = np.array([-0.035, 0.0, 0.035])
    rows = []
    for name, (u, v) in BARS.items():
        is_level = name in "adg"
        spots = np.array([(u, v + step) if is_level else (u + 1.8 * step, v) for step in steps])
        away = sampled(levels, at(quad, spots)) - ground
        rows.append(away[np.argmax((away**2).sum(axis=-1))])
    return np.array(rows)


def _figure(bars: dict[str, float]) -> str:
    if any(DARK < share < LIT for share in bars.values()):
        return "?"
    return FIGURES.get("".join(sorted(name for name, share in bars.items() if share >= LIT)), "?")


def read_point(levels: Floats, quads: Floats) -> int | None:
    """The number of digits behind the decimal point; None where it cannot be told. 0 where no point stands out.

    The point lies between two digits, at their lower end.
    """
    strengths = []
    for left, right in pairwise(quads):
        gap = np.array([left[1], right[0], right[3], left[2]])
        # Above and below it, for light that falls off between them is half as strong in their middle.
        ground = sampled(levels, at(gap, np.array([(0.5, 0.72), (0.5, 1.15)]))).mean(axis=0)
        spots = np.array([(0.5 + across, 0.955 + down) for across in (-0.15, 0.0, 0.15) for down in (-0.02, 0.0, 0.02)])
        away = sampled(levels, at(gap, spots)) - ground
        strengths.append(float(np.sqrt((away**2).sum(axis=-1)).max()))
    order = np.argsort(strengths)
    strongest = strengths[order[-1]]
    second = strengths[order[-2]] if len(order) > 1 else 0.0
    if strongest < FAINT:
        return 0
    return len(quads) - 1 - int(order[-1]) if second < 0.6 * strongest else None

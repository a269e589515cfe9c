"""The angle of a pointer, from what a picture has and its control has not."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from synthink.verify.oracles.meters.places import Floats, patch, share_of

SIDE = 96  # pixels of a dial's upright patch
TIP_FROM, TIP_TO = 0.45, 0.95  # shares of the radius between which only the tip of a pointer lies


def pointer_deg(changed: Floats, quad: Floats) -> float | None:
    """The angle of the pointer in a dial's own frame, clockwise from the right; None where nothing changed.

    changed: (H, W) of picture against control.
    """
    levels = patch(changed[:, :, np.newaxis], quad, (SIDE, SIDE))[:, :, 0]
    middle = (np.arange(SIDE) + 0.5) / SIDE * 2 - 1
    x, y = np.meshgrid(middle, middle)
    radius = np.hypot(x, y)
    weights = np.where((radius > TIP_FROM) & (radius < TIP_TO), levels, 0.0)
    strongest = levels.max(initial=0.0)
    if 0.1 * strongest < weights.max() < 0.3 * strongest:  # a thin tip that a lens has blurred
        strongest = weights.max()
    weights[weights < 0.3 * strongest] = 0.0
    if weights.sum() <= 0:
        return None
    return math.degrees(math.atan2(float((weights * y / radius).sum()), float((weights * x / radius).sum())))


def dial_position(angle_deg: float, clockwise: bool) -> float:
    """The position on a dial with ten figures, of which 0 stands above: 0 <= position < 10."""
    turned = (angle_deg + 90.0) / 36.0
    return (turned if clockwise else -turned) % 10


def scale_share(angle_deg: float, quad: Floats, boxes: Sequence[Sequence[float]]) -> list[float]:
    """The turn in degrees from the first figure of a scale to each other figure and, last of all, to the pointer.

    Figures lie clockwise; boxes: of the figures, in pixels.
    """
    middles = np.array([((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in boxes])
    angles = [math.degrees(math.atan2(v - 0.5, u - 0.5)) for u, v in share_of(quad, middles).tolist()]
    first = angles[0]
    turns = [(angle - first) % 360 for angle in (*angles, angle_deg)]
    return [turn - 360 if turn > 330 else turn for turn in turns]

"""How far an answer is from the truth: figures that generators and named metrics share."""

from __future__ import annotations

import math

from synthink.draw.geometry import Box

NONE = "<none>"
"""The class of answers that name none."""


def character_error_rate(truth: str, given: str) -> float:
    """Insertions, deletions and substitutions over the truth's characters; more than 1 where the answer is longer."""
    if truth == given:
        return 0.0
    if not truth:  # jiwer 3 refuses to divide by no letters
        return 1.0
    import jiwer

    return float(jiwer.cer(truth, given))


def centre_distance(truth: Box, given: Box | None, size_px: tuple[int, int]) -> float:
    """Pixels between the middles of two boxes, at most the picture's diagonal, which stands for an answer without a
    place: what is left out would make a mean better than the answers are."""
    diagonal = math.hypot(*size_px)
    return diagonal if given is None else min(diagonal, math.dist(truth.centre, given.centre))

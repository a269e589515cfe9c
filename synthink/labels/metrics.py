"""How far an answer is from the truth: metrics that generators and the metrics by name share."""

from __future__ import annotations

import math

from synthink.draw.geometry import Box

NONE = "<none>"
"""The class of answers that name none."""


def character_error_rate(truth: str, answer: str) -> float:
    """The insertions, deletions and substitutions that turn the truth into the answer, over the truth's characters.

    It is above 1 where the answer is much longer.
    """
    if truth == answer:
        return 0.0
    if not truth:  # jiwer 3 refuses to divide by no letters
        return 1.0
    import jiwer

    return float(jiwer.cer(truth, answer))


def intersection_over_union(one: Box | None, other: Box | None) -> float:
    """The area that two boxes share over the area that they cover together, 0..1.

    1 for equal boxes, also where they have no area; 0 where a box is missing or turned inside out.
    """
    if one is None or other is None:
        return 0.0
    if one == other:
        return 1.0
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return min(1.0, shared / (one.width * one.height + other.width * other.height - shared))


def centre_distance(truth: Box, answer: Box | None, size_px: tuple[int, int]) -> float:
    """The distance between the middles of two boxes in pixels, at most the picture's diagonal.

    The diagonal also stands for an answer without a place: left out, it would make a mean better than the answers are.
    """
    diagonal = math.hypot(*size_px)
    return diagonal if answer is None else min(diagonal, math.dist(truth.centre, answer.centre))

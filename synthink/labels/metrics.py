"""How far an answer is from the truth: metrics that generators and the metrics by name share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from synthink.draw.geometry import Box, Points
from synthink.labels.formats import Places

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


def character_accuracy(truth: str, answer: str) -> float:
    """The accuracy of an answer by characters: 1 minus the character error rate, at least 0."""
    return max(0.0, 1.0 - character_error_rate(truth, answer))


def is_box(box: Box | None) -> bool:
    """Whether a box was given and is not inside out."""
    return box is not None and box.left <= box.right and box.top <= box.bottom


def ends_overlap(truth: Places, answer: Places, size_px: tuple[int, int], near: float, far: float) -> float:
    """The nearness of the two ends of a line to those of another, whichever comes first: 1 within `near` of the
    picture's longer side, 0 from `far` of it on."""
    a, b, c, d = truth[:2], truth[2:], answer[:2], answer[2:]
    away = min(max(math.dist(a, c), math.dist(b, d)), max(math.dist(a, d), math.dist(b, c))) / max(size_px)
    return min(1.0, max(0.0, (far - away) / (far - near)))


def ends_distance(truth: Places, answer: Places) -> float:
    """The mean distance in pixels between the ends of two lines, whichever end comes first."""
    a, b, c, d = truth[:2], truth[2:], answer[:2], answer[2:]
    return min(math.dist(a, c) + math.dist(b, d), math.dist(a, d) + math.dist(b, c)) / 2


def letter_score(letter: str, answer: str) -> dict[str, float]:
    """Score an answer of one letter. `correct`: the letter itself, in its case; `correct_ignoring_case`: the letter in
    either case."""
    text = answer.strip()
    return {
        "correct": float(text == letter),
        "correct_ignoring_case": float(text.casefold() == letter.casefold()),
    }


def letter_class(answer: str) -> str:
    """The letter that an answer is, `<none>` where it is not one character."""
    text = answer.strip()
    return text if len(text) == 1 else NONE


def stroke_overlap(truth: Sequence[Points] | None, answer: Sequence[Points] | None, near: float) -> float:
    """The likeness of two drawings, 0..1: the F-score of their points, found within `near` pixels of the other's lines,
    times the ratio of the lengths of their lines; 0 where one is missing."""
    if not truth or not answer:
        return 0.0
    one, other = _dense(truth, near), _dense(answer, near)
    away = np.hypot(*(one[:, np.newaxis] - other).transpose(2, 0, 1))
    recall, precision = (away.min(axis=1) <= near).mean(), (away.min(axis=0) <= near).mean()
    ratio = min(len(one), len(other)) / max(len(one), len(other))  # ink drawn twice is not found twice
    return float(2 * recall * precision / (recall + precision) * ratio) if recall + precision else 0.0


def _dense(strokes: Sequence[Points], near: float) -> Points:
    """Points along all strokes, about half of `near` apart."""
    points = []
    for stroke in strokes:
        points.append(stroke[:1])
        for start, end in pairwise(stroke):
            steps = max(1, int(np.ceil(np.hypot(*(end - start)) / (near / 2))))
            points.append(start + (end - start) * (np.arange(1, steps + 1) / steps)[:, np.newaxis])
    return np.concatenate(points)

"""The tasks of `ink_strokes`: what is asked, what the answer is, and how good another answer is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise
from string import punctuation
from typing import Annotated, ClassVar

import numpy as np

from synthink import Between, Sample, Settings
from synthink.core.prompts import Prompts
from synthink.draw.geometry import Points
from synthink.ink.model import Ink
from synthink.ink.operations import simplify
from synthink.labels.location_tokens import parse_box, parse_strokes
from synthink.labels.metrics import centre_distance, character_error_rate, intersection_over_union

TASKS = ("recognise", "transcribe_lines", "classify", "derender", "locate")
NEAR = 0.02  # of the picture's longer side: a stroke's point counts as found within this distance


Weight = Annotated[float, Between(0)]


class Tasks(Settings):
    """How often each task is asked, as weights; `recognise` alone when all are 0."""

    recognise: Weight = 0.0
    """The picture of a line of handwriting; the answer is its text."""
    transcribe_lines: Weight = 0.0
    """Several lines; the answer has a line break where the writing has one."""
    classify: Weight = 0.0
    """A drawn shape; the answer is its name."""
    derender: Weight = 0.0
    """Handwriting; the answer is the strokes of the pen, as location tokens."""
    locate: Weight = 0.0
    """Handwriting and one of its words; the answer is the word's box, as location tokens."""


class InkPrompts(Prompts):
    """Of a task's questions one is drawn for each row."""

    holders: ClassVar[dict[str, str]] = {"locate": "{word}"}

    recognise: tuple[str, ...] = ("What is written here?",)
    transcribe_lines: tuple[str, ...] = ("Transcribe the handwriting, line by line.",)
    classify: tuple[str, ...] = ("Which shape is drawn?",)
    derender: tuple[str, ...] = ("Give the strokes of the pen.",)
    locate: tuple[str, ...] = ('Where is the word "{word}"?',)
    """{word} becomes the word."""


def unique_words(words: Sequence[str]) -> list[int]:
    """The numbers of the words that occur once, whatever their case and the punctuation around them; those without
    punctuation where there are any."""
    bare = [word.strip(punctuation).casefold() for word in words]
    counts = Counter(bare)
    once = [number for number, word in enumerate(bare) if word and counts[word] == 1]
    return [number for number in once if words[number].isalnum()] or once


def sparse_strokes(ink: Ink, most: int) -> list[Points]:
    """The strokes in pixels with the fewest points left out that bring them down to `most`; the shortest strokes go
    where even two points each are too many."""
    tolerance = 0.5
    thin = simplify(ink, tolerance)
    while len(thin.points) > most and len(thin.points) > 2 * len(thin):
        tolerance *= 1.5
        thin = simplify(ink, tolerance)
    strokes = [stroke[:, :2].astype(np.float64) for stroke in thin.strokes]
    while sum(map(len, strokes)) > most and len(strokes) > 1:
        spans = [float(np.ptp(stroke, axis=0).max()) for stroke in strokes]
        strokes.pop(int(np.argmin(spans)))
    return strokes


def score(sample: Sample, answer: str, size_px: tuple[int, int]) -> dict[str, float]:
    """`correct` and, by task: `character_accuracy` (1 - CER, at least 0), `overlap` of boxes (correct from 0.5 on),
    `found` (F-score of the points within 2 % of the picture, times the ratio of the lines' lengths; correct from 0.8).
    """
    given = answer.strip()
    if sample.task == "locate":
        truth, box = parse_box(sample.suffix, size_px), parse_box(given, size_px)
        shared = intersection_over_union(truth, box)
        return {"correct": float(shared >= 0.5), "overlap": shared}
    if sample.task == "derender":
        found = _found(parse_strokes(sample.suffix, size_px), parse_strokes(given, size_px), max(size_px) * NEAR)
        return {"correct": float(found >= 0.8), "found": found}
    right = {"correct": float(given == sample.suffix)}
    if sample.task == "classify":
        return {"correct": float(given.casefold() == sample.suffix.casefold())}
    return {**right, "character_accuracy": max(0.0, 1.0 - character_error_rate(sample.suffix, given))}


def in_domain(sample: Sample, answer: str, size_px: tuple[int, int], shapes: Collection[str]) -> bool:
    """Whether an answer is a box, strokes, one of the shapes, or text: what the task asks for."""
    given = answer.strip()
    if sample.task == "locate":
        box = parse_box(given, size_px)
        return box is not None and box.left <= box.right and box.top <= box.bottom
    if sample.task == "derender":
        return parse_strokes(given, size_px) is not None
    return given.casefold() in shapes if sample.task == "classify" and shapes else bool(given)


def errors(sample: Sample, answer: str, size_px: tuple[int, int]) -> dict[str, float]:
    """`cer` of text, `distance_px` between the middles of boxes: the picture's diagonal for an answer that is none."""
    if sample.task in ("recognise", "transcribe_lines"):
        return {"cer": character_error_rate(sample.suffix, answer.strip())}
    truth = parse_box(sample.suffix, size_px) if sample.task == "locate" else None
    return {} if truth is None else {"distance_px": centre_distance(truth, parse_box(answer, size_px), size_px)}


def answer_shapes(sample: Sample, answer: str, size_px: tuple[int, int]) -> list[Points]:
    """The box of an answer, or its strokes."""
    if sample.task == "derender":
        return parse_strokes(answer, size_px) or []
    box = parse_box(answer, size_px) if sample.task == "locate" else None
    return [] if box is None else [box.outline()]


def _found(truth: list[Points] | None, given: list[Points] | None, near: float) -> float:
    """F-score of two drawings: which share of the points of each lies near the other's lines."""
    if not truth or not given:
        return 0.0
    one, other = _dense(truth, near), _dense(given, near)
    away = np.hypot(*(one[:, np.newaxis] - other).transpose(2, 0, 1))
    recall, precision = (away.min(axis=1) <= near).mean(), (away.min(axis=0) <= near).mean()
    ratio = min(len(one), len(other)) / max(len(one), len(other))  # ink drawn twice is not found twice
    return float(2 * recall * precision / (recall + precision) * ratio) if recall + precision else 0.0


def _dense(strokes: list[Points], near: float) -> Points:
    """Points along all strokes, about half of `near` apart."""
    points = []
    for stroke in strokes:
        points.append(stroke[:1])
        for start, end in pairwise(stroke):
            steps = max(1, int(np.ceil(np.hypot(*(end - start)) / (near / 2))))
            points.append(start + (end - start) * (np.arange(1, steps + 1) / steps)[:, np.newaxis])
    return np.concatenate(points)

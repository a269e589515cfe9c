"""The tasks of `ink_strokes`: what is written, what is asked, what the answer is, and how good another answer is."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import ClassVar

import numpy as np

from synthink import AnswerTemplates, Prompts, Sample, SentenceAnswers, Settings, TaskAnswers, Weight
from synthink.camera import View
from synthink.draw import Points
from synthink.ink import Ink, simplify
from synthink.labels import (
    NONE,
    PLAIN,
    alike,
    centre_distance,
    character_accuracy,
    character_error_rate,
    format_strokes,
    intersection_over_union,
    is_box,
    named_words,
    parse_box_tokens,
    parse_strokes,
    readings,
    stroke_overlap,
)

TASKS = ("recognise", "transcribe_lines", "classify", "derender", "locate")
IN_SHORT = {
    "recognise": "what is written",
    "transcribe_lines": "what do the lines say",
    "classify": "which shape is drawn",
    "derender": "by which strokes",
    "locate": "where does a word stand",
}
"""The tasks in a few words."""
NEAR = 0.02  # of the picture's longer side: a stroke's point counts as found within this distance


class Tasks(Settings):
    """The weights of the tasks; `recognise` alone when all are 0."""

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

    @cached_property
    def weights(self) -> dict[str, float]:
        """Task -> its weight."""
        weights = self.plain()
        return weights if any(weights.values()) else {**weights, "recognise": 1.0}


class InkPrompts(Prompts):
    """The questions of each task, of which one is drawn for each row."""

    placeholders: ClassVar[dict[str, str]] = {"locate": "{word}"}

    recognise: tuple[str, ...] = ("What is written here?",)
    """The questions of `recognise`."""
    transcribe_lines: tuple[str, ...] = ("Transcribe the handwriting, line by line.",)
    """The questions of `transcribe_lines`."""
    classify: tuple[str, ...] = ("Which shape is drawn?",)
    """The questions of `classify`."""
    derender: tuple[str, ...] = ("Give the strokes of the pen.",)
    """The questions of `derender`."""
    locate: tuple[str, ...] = ('Where is the word "{word}"?',)
    """{word} becomes the word."""


class InkSentences(TaskAnswers):
    """The sentences that answers stand in, by task; of several each row draws one."""

    labels: ClassVar[dict[str, str]] = dict.fromkeys(("derender", "locate"), "location tokens")

    recognise: AnswerTemplates = PLAIN
    """{answer} becomes the text."""
    transcribe_lines: AnswerTemplates = PLAIN
    """{answer} becomes the lines."""
    classify: AnswerTemplates = PLAIN
    """{answer} becomes the name of the shape."""
    derender: AnswerTemplates = PLAIN
    """{answer} alone: location tokens are no part of a sentence."""
    locate: AnswerTemplates = PLAIN
    """{answer} alone: location tokens are no part of a sentence."""


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


def strokes_answer(ink: Ink, view: View, most_points: int, size_px: tuple[int, int]) -> str:
    """The answer of `derender`: the strokes of ink in the scene's pixels as they lie in the picture."""
    points = ink.points.astype(np.float64)
    points[:, :2] = view.points(points[:, :2])
    return format_strokes(sparse_strokes(ink.with_points(points), most_points), size_px)


class InkAnswers(SentenceAnswers):
    """The answers of `ink_strokes`: how they are read and scored."""

    answers: InkSentences = InkSentences()
    """The sentences that answers stand in. The column `answer` keeps the answer alone."""

    def templates(self, task: str) -> tuple[str, ...]:
        return self.answers.by_task.get(task, PLAIN)

    @cached_property
    def has_sentences(self) -> bool:
        return self.answers != InkSentences()

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        raise NotImplementedError

    @property
    def shape_counts(self) -> Counter[str]:
        """The number of times each shape stands among those that `classify` chooses from; empty where that is not
        known."""
        raise NotImplementedError

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        """`correct` and, by task: `character_accuracy` (1 - CER, at least 0), `overlap` of boxes (correct from 0.5 on),
        `stroke_overlap` (F-score of the points within 2 % of the picture, times the ratio of the lines' lengths;
        correct from 0.8). `correct_lenient` takes the answer out of whatever sentence it stands in, whatever its case
        and the punctuation around it."""
        return self.both(sample, answer, self._score, self._understood)

    def _score(self, sample: Sample, answer: str) -> dict[str, float]:
        """The scores of an answer without a sentence."""
        text = answer.strip()
        if sample.task == "locate":
            shared = intersection_over_union(*(parse_box_tokens(box, self.size_px) for box in (sample.suffix, text)))
            return {"correct": float(shared >= 0.5), "overlap": shared}
        if sample.task == "derender":
            truth, strokes = (parse_strokes(tokens, self.size_px) for tokens in (sample.suffix, text))
            overlap = stroke_overlap(truth, strokes, max(self.size_px) * NEAR)
            return {"correct": float(overlap >= 0.8), "stroke_overlap": overlap}
        if sample.task == "classify":
            return {"correct": float(text.casefold() == sample.suffix.casefold())}
        accuracy = character_accuracy(sample.suffix, text)
        return {"correct": float(text == sample.suffix), "character_accuracy": accuracy}

    def _understood(self, sample: Sample, answer: str) -> bool:
        """Whether a sentence says the truth: the one shape that it names, or the text or tokens that it gives."""
        if sample.task == "classify" and self.shape_counts:
            return named_words(answer, self.shape_counts) == {sample.suffix.casefold()}
        candidates = readings(answer, self.templates(sample.task))
        if sample.task in ("locate", "derender"):
            return any(self._score(sample, reading)["correct"] for reading in candidates)
        return any(alike(sample.suffix, reading) for reading in candidates)

    def answer_class(self, sample: Sample, answer: str) -> str | None:
        """The shape that an answer names."""
        if sample.task != "classify" or not self.shape_counts:
            return None
        text = self.read(sample, answer)[1].strip().casefold()
        return text if text in self.shape_counts else NONE

    def in_domain(self, sample: Sample, answer: str) -> bool:
        """Whether an answer is a box, strokes, one of the shapes, or text: what the task asks for."""
        text = self.read(sample, answer)[1].strip()
        if sample.task == "locate":
            return is_box(parse_box_tokens(text, self.size_px))
        if sample.task == "derender":
            return parse_strokes(text, self.size_px) is not None
        shapes = self.shape_counts
        return text.casefold() in shapes if sample.task == "classify" and shapes else bool(text)

    def chance(self, sample: Sample) -> float | None:
        """The share of the commonest shape. How often a text can be guessed is not known."""
        counts = self.shape_counts
        return max(counts.values()) / counts.total() if sample.task == "classify" and counts else None

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        """`cer` of text, `distance_px` between the middles of boxes: the picture's diagonal for no answer."""
        sample, answer = self.read(sample, answer)
        if sample.task in ("recognise", "transcribe_lines"):
            return {"cer": character_error_rate(sample.suffix, answer.strip())}
        truth = parse_box_tokens(sample.suffix, self.size_px) if sample.task == "locate" else None
        if truth is None:
            return {}
        return {"distance_px": centre_distance(truth, parse_box_tokens(answer, self.size_px), self.size_px)}

    def answer_shapes(self, sample: Sample, answer: str) -> list[Points]:
        """The box of an answer, or its strokes."""
        if sample.task == "derender":
            return parse_strokes(answer, self.size_px) or []
        box = parse_box_tokens(answer, self.size_px) if sample.task == "locate" else None
        return [] if box is None else [box.outline()]

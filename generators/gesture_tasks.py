"""The tasks of `gestures`: what is asked, what is taken for an answer, and how good it is."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from synthink import (
    AnswerTemplates,
    Box,
    Prompts,
    Sample,
    SentenceAnswers,
    TaskAnswers,
    Weight,
    Weights,
)
from synthink.documents import edited_paragraphs
from synthink.draw import Points
from synthink.gestures import PageCrop, gesture_of
from synthink.labels import (
    NONE,
    PLAIN,
    Label,
    Places,
    alike,
    centre_distance,
    character_accuracy,
    character_error_rate,
    ends_distance,
    ends_overlap,
    format_box,
    format_label,
    intersection_over_union,
    is_box,
    named_words,
    parse_box,
    parse_label,
    readings,
)

TASKS = (
    *("recognise_gesture", "detect_text", "transcribe", "edited_text"),
    *("name_gesture", "locate_target", "read_target"),
)
BOX_TASKS = ("detect_text", "locate_target")
"""The tasks whose answers are boxes."""
IN_SHORT = {
    "recognise_gesture": "which gesture, at what, and what is written beside it",
    "detect_text": "where do some words stand",
    "transcribe": "what is written by hand",
    "edited_text": "what does the paragraph say after the edit",
    "name_gesture": "which gesture",
    "locate_target": "where is its target",
    "read_target": "which words are meant",
}
"""The tasks in a few words."""
NEAR = 0.02  # of the picture's longer side: the end of an arrow counts as found within this distance
FAR = 0.08  # from here on it counts as missed; in between in part


class GestureTasks(Weights):
    """The weights of the tasks."""

    recognise_gesture: Weight = 0.5
    """A page with a gesture; the answer is its class, its target and what is written beside it."""
    detect_text: Weight = 0.5
    """A square of a page and words that stand in it; the answer is their box."""
    transcribe: Weight = 0.0
    """A gesture with handwriting; the answer is what is written."""
    edited_text: Weight = 0.0
    """A gesture that changes text; the answer is the paragraph's text after the edit."""
    name_gesture: Weight = 0.0
    """A gesture; the answer is its class alone."""
    locate_target: Weight = 0.0
    """A gesture; the answer is the box of its target, whatever it asks for."""
    read_target: Weight = 0.0
    """A gesture about words that leaves them legible; the answer is these words."""

    @property
    def weights(self) -> list[float]:
        """The weights in the order of `TASKS`."""
        return [getattr(self, task) for task in TASKS]


class GesturePrompts(Prompts):
    """The questions of each task, of which one is drawn for each row."""

    placeholders: ClassVar[dict[str, str]] = {"detect_text": "{text}"}

    recognise_gesture: tuple[str, ...] = ("Recognize gesture",)
    """The questions of `recognise_gesture`."""
    detect_text: tuple[str, ...] = ("Detect text: {text}",)
    """{text} becomes the words."""
    transcribe: tuple[str, ...] = ("Transcribe the handwriting",)
    """The questions of `transcribe`."""
    edited_text: tuple[str, ...] = ("Write the paragraph after the edit",)
    """The questions of `edited_text`."""
    name_gesture: tuple[str, ...] = ("Name the gesture",)
    """The questions of `name_gesture`."""
    locate_target: tuple[str, ...] = ("Detect the target of the gesture",)
    """The questions of `locate_target`."""
    read_target: tuple[str, ...] = ("Read the words that the gesture is about",)
    """The questions of `read_target`."""


class GestureSentences(TaskAnswers):
    """The sentences that answers stand in, by task; of several each row draws one."""

    labels: ClassVar[dict[str, str]] = {"recognise_gesture": "labels", **dict.fromkeys(BOX_TASKS, "boxes")}

    recognise_gesture: AnswerTemplates = PLAIN
    """{answer} alone: a label is no part of a sentence."""
    detect_text: AnswerTemplates = PLAIN
    """{answer} alone: a box is no part of a sentence."""
    transcribe: AnswerTemplates = PLAIN
    """{answer} becomes what is written."""
    edited_text: AnswerTemplates = PLAIN
    """{answer} becomes the paragraph's text."""
    name_gesture: AnswerTemplates = PLAIN
    """{answer} becomes the gesture's class."""
    locate_target: AnswerTemplates = PLAIN
    """{answer} alone: a box is no part of a sentence."""
    read_target: AnswerTemplates = PLAIN
    """{answer} becomes the words."""


class GestureAnswers(SentenceAnswers):
    """The answers of `gestures`: how they are read and scored."""

    answers: GestureSentences = GestureSentences()
    """The sentences that answers stand in. The column `answer` keeps the answer alone."""

    def templates(self, task: str) -> tuple[str, ...]:
        return self.answers.by_task.get(task, PLAIN)

    @cached_property
    def has_sentences(self) -> bool:
        return self.answers != GestureSentences()

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        raise NotImplementedError

    @property
    def answer_format(self) -> str:
        """The format of labels in answers."""
        raise NotImplementedError

    @property
    def answer_classes(self) -> Collection[str]:
        """The classes that answers may name, in lower case."""
        raise NotImplementedError

    @property
    def pairs(self) -> Collection[str]:
        """The classes whose labels are two places instead of a box."""
        raise NotImplementedError

    def cased(self, text: str) -> str:
        """A text as questions and answers write it."""
        raise NotImplementedError

    def right_answer(self, task: str, crop: PageCrop, annotations: Mapping[str, Any]) -> str:
        """The answer to a task about a crop of a page, of which the row has these annotations."""
        composed, box, ends = crop.composed, annotations["target_box"], annotations["target_ends"]
        if composed is None or task == "locate_target":
            return format_box(box, self.size_px, self.answer_format)
        if task == "name_gesture":
            return composed.kind.name
        if task == "read_target":
            return self.cased(" ".join(annotations["target_words"]))
        if task == "recognise_gesture":
            places = (*ends[0].centre, *ends[1].centre) if ends else box
            label = Label(composed.kind.name, places, self.cased(composed.text))
            return format_label(label, self.size_px, self.answer_format)
        if task == "transcribe":
            return self.cased(composed.text)
        paragraph = int(crop.page.word_paragraphs[crop.target.words[0]])
        return self.cased(edited_paragraphs(crop.page, gesture_of(composed))[paragraph])

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        """`correct` and, by task: `gesture` (its class is right), `overlap` (of boxes; correct from 0.5 on),
        `character_accuracy` (1 - CER, at least 0, whatever the case). All are 0 where an answer is no label.

        Of gestures between two places, `overlap` is 1 where both ends lie within 2 % of the picture, and falls to 0 at
        8 %. Which end comes first does not matter. `correct_lenient` takes the answer out of whatever sentence it
        stands in, whatever the punctuation around it.
        """
        return self.both(sample, answer, self._score, self._understood)

    def _score(self, sample: Sample, answer: str) -> dict[str, float]:
        """The scores of an answer without a sentence."""
        if sample.task in BOX_TASKS:
            shared = intersection_over_union(self._box(sample.suffix), self._box(answer))
            return {"correct": float(shared >= 0.5), "overlap": shared}
        if sample.task == "name_gesture":
            same = answer.strip().casefold() == sample.suffix.casefold()
            return {"correct": float(same), "gesture": float(same)}
        if sample.task != "recognise_gesture":
            truth, text = sample.suffix.strip().casefold(), answer.strip().casefold()
            return {"correct": float(text == truth), "character_accuracy": character_accuracy(truth, text)}
        label, read = self._label(sample.suffix), self._label(answer)
        if label is None or read is None:
            return dict.fromkeys(("correct", "gesture", "overlap", "character_accuracy"), 0.0)
        same = label.gesture.casefold() == read.gesture.casefold()
        if label.gesture in self.pairs:
            shared = ends_overlap(label.places, read.places, self.size_px, NEAR, FAR)
        else:
            shared = intersection_over_union(Box(*label.places), Box(*read.places))
        truth, text = label.text.casefold(), read.text.casefold()
        return {
            "correct": float(same and shared >= 0.5 and truth == text),
            "gesture": float(same),
            "overlap": shared,
            "character_accuracy": character_accuracy(truth, text),
        }

    def _understood(self, sample: Sample, answer: str) -> bool:
        """Whether a sentence gives the truth."""
        candidates = readings(answer, self.templates(sample.task))
        if sample.task == "recognise_gesture":
            return any(self._is_same_label(sample, reading) for reading in candidates)
        if sample.task in BOX_TASKS:
            return any(self._score(sample, reading)["correct"] for reading in candidates)
        if sample.task == "name_gesture" and named_words(answer, self.answer_classes) == {sample.suffix.casefold()}:
            return True
        return any(alike(sample.suffix, reading) for reading in candidates)

    def _is_same_label(self, sample: Sample, reading: str) -> bool:
        """Whether a label says the truth, whatever the punctuation around its text."""
        scores, truth, label = self._score(sample, reading), self._label(sample.suffix), self._label(reading)
        if truth is None or label is None or not scores["gesture"] or scores["overlap"] < 0.5:
            return False
        return bool(scores["correct"]) or alike(truth.text, label.text)

    def answer_class(self, sample: Sample, answer: str) -> str | None:
        """The gesture that an answer names, where one is asked for; `<none>` where it is no label."""
        if sample.task == "name_gesture":
            name = self.read(sample, answer)[1].strip().casefold()
            return name if name in self.answer_classes else NONE
        return self._class(answer) if sample.task == "recognise_gesture" else None

    def in_domain(self, sample: Sample, answer: str) -> bool:
        """Whether an answer is a label of a known class, a box, or text: what the task asks for."""
        if sample.task in ("recognise_gesture", "name_gesture"):
            return self.answer_class(sample, answer) in self.answer_classes
        if sample.task in BOX_TASKS:
            return is_box(self._box(answer))
        return bool(self.read(sample, answer)[1].strip())

    # `chance` is not known: a picture cut out around the ink tells, also without it, roughly where its target is.

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        """`distance_px` between the middles of boxes, or on average between the ends of gestures between two places;
        `cer` of what is written, whatever the case, where something is. An answer without a place counts as the
        picture's diagonal, one without text as no text."""
        if sample.task == "name_gesture":
            return {}
        if sample.task in BOX_TASKS:
            truth = self._box(sample.suffix)
            return {} if truth is None else {"distance_px": centre_distance(truth, self._box(answer), self.size_px)}
        if sample.task != "recognise_gesture":
            sample, answer = self.read(sample, answer)
            return {"cer": character_error_rate(sample.suffix.strip().casefold(), answer.strip().casefold())}
        label, read = self._label(sample.suffix), self._label(answer)
        if label is None:
            return {}
        if label.gesture in self.pairs:
            diagonal = math.hypot(*self.size_px)
            off = diagonal if read is None else min(ends_distance(label.places, read.places), diagonal)
        else:
            off = centre_distance(Box(*label.places), None if read is None else Box(*read.places), self.size_px)
        text = "" if read is None else read.text.casefold()
        wrong = {"cer": character_error_rate(label.text.casefold(), text)} if label.text else {}
        return {"distance_px": off, **wrong}

    def answer_shapes(self, sample: Sample, answer: str) -> list[Points]:
        """The box of an answer, or the line between its two places."""
        box: Places | None = None
        if sample.task in BOX_TASKS:
            box = self._box(answer)
        elif sample.task == "recognise_gesture" and (label := self._label(answer)) is not None:
            if label.gesture in self.pairs:
                return [np.reshape(label.places, (2, 2))]
            box = label.places
        return [] if box is None else [Box(*box).outline()]

    def _class(self, answer: str) -> str:
        label = self._label(answer)
        return NONE if label is None else label.gesture.casefold()

    def _label(self, text: str) -> Label | None:
        return parse_label(text, self.size_px, self.answer_format)

    def _box(self, text: str) -> Box | None:
        return parse_box(text, self.size_px, self.answer_format)

"""The tasks of `gestures`: what is asked, and how good an answer is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Annotated, ClassVar

import numpy as np

from synthink import Between, Box, ConfigError, Sample, Settings
from synthink.core.prompts import Prompts
from synthink.draw.geometry import Points
from synthink.labels.formats import Label, Places, parse_box, parse_label
from synthink.labels.metrics import NONE, centre_distance, character_error_rate, intersection_over_union

TASKS = ("recognise_gesture", "detect_text", "transcribe", "edited_text")
NEAR = 0.02  # of the picture's longer side: the end of an arrow counts as found within this distance
FAR = 0.08  # from here on it counts as missed; in between in part

Weight = Annotated[float, Between(0)]


class GestureTasks(Settings):
    """How often each task is asked, as weights."""

    recognise_gesture: Weight = 0.5
    """A page with a gesture; the answer is its class, its target and what is written beside it."""
    detect_text: Weight = 0.5
    """A square of a page and words that stand in it; the answer is their box."""
    transcribe: Weight = 0.0
    """A gesture with handwriting; the answer is what is written."""
    edited_text: Weight = 0.0
    """A gesture that changes text; the answer is the paragraph's text after the edit."""

    def check(self) -> None:
        if not any(self.weights):
            raise ConfigError("recognise_gesture", 0.0, "at least one task needs a weight above 0")

    @property
    def weights(self) -> list[float]:
        """In the order of `TASKS`."""
        return [getattr(self, task) for task in TASKS]


class GesturePrompts(Prompts):
    """Of a task's questions one is drawn for each row."""

    holders: ClassVar[dict[str, str]] = {"detect_text": "{text}"}

    recognise_gesture: tuple[str, ...] = ("Recognize gesture",)
    detect_text: tuple[str, ...] = ("Detect text: {text}",)
    """{text} becomes the words."""
    transcribe: tuple[str, ...] = ("Transcribe the handwriting",)
    edited_text: tuple[str, ...] = ("Write the paragraph after the edit",)


def score(
    sample: Sample, answer: str, size_px: tuple[int, int], label_format: str, pairs: Collection[str] = ("point",)
) -> dict[str, float]:
    """`correct` and, by task: `gesture` (its class is right), `overlap` (of boxes; correct from 0.5 on),
    `character_accuracy` (1 - CER, at least 0, whatever the case). All are 0 where an answer is no label.

    pairs: gestures between two places; their `overlap` is 1 where both ends lie within 2 % of the picture, and falls
    to 0 at 8 %. Which end comes first does not matter.
    """
    if sample.task == "detect_text":
        shared = intersection_over_union(
            parse_box(sample.suffix, size_px, label_format), parse_box(answer, size_px, label_format)
        )
        return {"correct": float(shared >= 0.5), "overlap": shared}
    if sample.task != "recognise_gesture":
        truth, given = sample.suffix.strip().casefold(), answer.strip().casefold()
        return {"correct": float(given == truth), "character_accuracy": _alike(truth, given)}
    label, found = (parse_label(text, size_px, label_format) for text in (sample.suffix, answer))
    if label is None or found is None:
        return dict.fromkeys(("correct", "gesture", "overlap", "character_accuracy"), 0.0)
    same = label.gesture.casefold() == found.gesture.casefold()
    shared = (
        _found(label, found, size_px)
        if label.gesture in pairs
        else intersection_over_union(Box(*label.places), Box(*found.places))
    )
    right = same and shared >= 0.5 and label.text.casefold() == found.text.casefold()
    alike = _alike(label.text.casefold(), found.text.casefold())
    return {"correct": float(right), "gesture": float(same), "overlap": shared, "character_accuracy": alike}


def in_domain(
    sample: Sample, answer: str, size_px: tuple[int, int], label_format: str, classes: Collection[str]
) -> bool:
    """Whether an answer is a label of a known class, a box, or text: what the task asks for."""
    if sample.task == "recognise_gesture":
        return gesture_of(answer, size_px, label_format) in classes
    if sample.task == "detect_text":
        box = parse_box(answer, size_px, label_format)
        return box is not None and box.left <= box.right and box.top <= box.bottom
    return bool(answer.strip())


def errors(
    sample: Sample, answer: str, size_px: tuple[int, int], label_format: str, pairs: Collection[str] = ("point",)
) -> dict[str, float]:
    """`distance_px` between the middles of boxes, or on average between the ends of gestures in `pairs`; `cer` of what
    is written, whatever the case, where something is. An answer without a place counts as the picture's diagonal, one
    without text as no text."""
    if sample.task == "detect_text":
        truth, given = (parse_box(text, size_px, label_format) for text in (sample.suffix, answer))
        return {} if truth is None else {"distance_px": centre_distance(truth, given, size_px)}
    if sample.task != "recognise_gesture":
        return {"cer": character_error_rate(sample.suffix.strip().casefold(), answer.strip().casefold())}
    label, found = (parse_label(text, size_px, label_format) for text in (sample.suffix, answer))
    if label is None:
        return {}
    if label.gesture in pairs:
        off = math.hypot(*size_px) if found is None else min(_apart(label, found), math.hypot(*size_px))
    else:
        off = centre_distance(Box(*label.places), None if found is None else Box(*found.places), size_px)
    read = "" if found is None else found.text.casefold()
    return {"distance_px": off} | ({"cer": character_error_rate(label.text.casefold(), read)} if label.text else {})


def shapes(answer: str, task: str, size_px: tuple[int, int], label_format: str, pairs: Collection[str]) -> list[Points]:
    """The box of an answer, or the line between its two places."""
    box: Places | None = None
    if task == "detect_text":
        box = parse_box(answer, size_px, label_format)
    elif task == "recognise_gesture" and (label := parse_label(answer, size_px, label_format)) is not None:
        if label.gesture in pairs:
            return [np.reshape(label.places, (2, 2))]
        box = label.places
    return [] if box is None else [Box(*box).outline()]


def gesture_of(answer: str, size_px: tuple[int, int], label_format: str) -> str:
    """The class that an answer names, `<none>` where it is no label."""
    label = parse_label(answer, size_px, label_format)
    return NONE if label is None else label.gesture.casefold()


def confusion(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """Class -> class that was answered -> how often, over pairs of the two; every class in the order of its name."""
    counts = Counter(pairs)
    classes = sorted({name for pair in counts for name in pair})
    return {truth: {answer: counts[truth, answer] for answer in classes} for truth in classes}


def _found(truth: Label, given: Label, size_px: tuple[int, int]) -> float:
    """How near both ends are; 0..1."""
    a, b = truth.places[:2], truth.places[2:]
    c, d = given.places[:2], given.places[2:]
    away = min(max(math.dist(a, c), math.dist(b, d)), max(math.dist(a, d), math.dist(b, c))) / max(size_px)
    return min(1.0, max(0.0, (FAR - away) / (FAR - NEAR)))


def _apart(truth: Label, given: Label) -> float:
    """Pixels between the ends of two gestures, on average, whichever comes first."""
    a, b, c, d = truth.places[:2], truth.places[2:], given.places[:2], given.places[2:]
    return min(math.dist(a, c) + math.dist(b, d), math.dist(a, d) + math.dist(b, c)) / 2


def _alike(truth: str, given: str) -> float:
    """1 - CER, at least 0."""
    return max(0.0, 1.0 - character_error_rate(truth, given))

"""Metrics by name, for datasets that no generator of synthink stands behind: what a generator says about answers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np

from synthink.core.sample import Sample
from synthink.draw.geometry import Box, Points
from synthink.errors import ConfigError, ModelError, did_you_mean, quoted
from synthink.evaluate.data import pixels
from synthink.labels.location_tokens import parse_points
from synthink.labels.metrics import NONE, character_error_rate, intersection_over_union

CLASSES = 60  # answers of a dataset that are called its classes, at most, each given by
ROWS_A_CLASS = 3  # as many rows on average
NEAR = 0.02  # of the picture's longer side: points this far off are found
_BOX = re.compile(r"((?:<loc\d{4}>){4})([^;<]*)")
_TOKEN = re.compile(r"<loc\d{4}>")


class Scorer(Protocol):
    """Scores answers and says more about them; every `synthink.Generator` does."""

    def score(self, sample: Sample, answer: str) -> dict[str, float]: ...

    def answer_class(self, sample: Sample, answer: str) -> str | None: ...

    def part_classes(self, sample: Sample, answer: str) -> Mapping[str, str]: ...

    def in_domain(self, sample: Sample, answer: str) -> bool: ...

    def chance(self, sample: Sample) -> float | None: ...

    def errors(self, sample: Sample, answer: str) -> dict[str, float]: ...

    def answer_shapes(self, sample: Sample, answer: str) -> Sequence[Points]: ...


class Exact:
    """`correct` where the answer is the suffix, but for blanks around it.

    suffixes: of all rows. Where they are few and come again and again they are the classes, and the domain.
    """

    def __init__(self, suffixes: Sequence[str]) -> None:
        answers = {self._normalised(suffix) for suffix in suffixes}
        self.classes = answers if len(answers) <= min(CLASSES, len(suffixes) / ROWS_A_CLASS) else set()

    def _normalised(self, text: str) -> str:
        return text.strip()

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        return {"correct": float(self._normalised(answer) == self._normalised(sample.suffix))}

    def answer_class(self, sample: Sample, answer: str) -> str | None:
        if not self.classes:
            return None
        name = self._normalised(answer)
        return name if name in self.classes else NONE

    def part_classes(self, sample: Sample, answer: str) -> Mapping[str, str]:
        return {}

    def in_domain(self, sample: Sample, answer: str) -> bool:
        return self._normalised(answer) in self.classes if self.classes else bool(answer.strip())

    def chance(self, sample: Sample) -> float | None:
        return None

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        return {}

    def answer_shapes(self, sample: Sample, answer: str) -> Sequence[Points]:
        return ()


class ExactIgnoringCase(Exact):
    """`correct` where the answer is the suffix in upper or lower case."""

    def _normalised(self, text: str) -> str:
        return text.strip().casefold()


class Contains(ExactIgnoringCase):
    """`correct` where the suffix stands in the answer as words of its own, in either case: for models that talk."""

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        return {"correct": float(self._holds(answer, self._normalised(sample.suffix)))}

    def answer_class(self, sample: Sample, answer: str) -> str | None:
        """The truth where it is named, or the one other class that is."""
        if not self.classes:
            return None
        truth = self._normalised(sample.suffix)
        named = {name for name in self.classes if self._holds(answer, name)}
        return truth if truth in named else named.pop() if len(named) == 1 else NONE

    def in_domain(self, sample: Sample, answer: str) -> bool:
        return any(self._holds(answer, name) for name in self.classes) if self.classes else bool(answer.strip())

    def _holds(self, answer: str, text: str) -> bool:
        return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", answer.casefold()) is not None


class Cer(Exact):
    """`correct` where the answer is the suffix; `character_accuracy` is 1 - CER, at least 0; `cer` may be above 1."""

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        alike = max(0.0, 1.0 - self.errors(sample, answer)["cer"])
        return {**super().score(sample, answer), "character_accuracy": alike}

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        return {"cer": character_error_rate(sample.suffix.strip(), answer.strip())}


class Overlap(Exact):
    """Boxes of four location tokens, each with what is written behind it, a semicolon between them.

    `overlap`: intersection over union, each box with the best of the same name, over the larger number of boxes.
    `correct`: as many boxes, and each shares at least 0.5 with its own.
    """

    def __init__(self, suffixes: Sequence[str]) -> None:
        self.classes = set()

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        size_px = picture_size(sample)
        truth, answered = _boxes(sample.suffix, size_px), _boxes(answer, size_px)
        if not truth:
            raise ModelError(f"the answer {quoted(sample.suffix)} holds no box of location tokens; name another metric")
        shared = _matched(truth, answered)
        right = len(answered) == len(truth) and min(shared, default=0.0) >= 0.5 and len(shared) == len(truth)
        return {"correct": float(right), "overlap": sum(shared) / max(len(truth), len(answered))}

    def in_domain(self, sample: Sample, answer: str) -> bool:
        return bool(_boxes(answer, picture_size(sample)))

    def answer_shapes(self, sample: Sample, answer: str) -> Sequence[Points]:
        return [box.outline() for box, _ in _boxes(answer, picture_size(sample))]


class PointDistance(Exact):
    """Points of two location tokens, in the order of the suffix.

    `correct`: as many, and on average no farther off than 2 % of the picture's longer side. The error `distance_px` is
    that average, the picture's diagonal where the answer has another number of points.
    """

    def __init__(self, suffixes: Sequence[str]) -> None:
        self.classes = set()

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        return {"correct": float(self.errors(sample, answer)["distance_px"] <= NEAR * max(picture_size(sample)))}

    def in_domain(self, sample: Sample, answer: str) -> bool:
        return _points(answer, picture_size(sample)) is not None

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        size_px = picture_size(sample)
        truth, answered = _points(sample.suffix, size_px), _points(answer, size_px)
        if truth is None:
            raise ModelError(
                f"the answer {quoted(sample.suffix)} holds no points as location tokens; name another metric"
            )
        if answered is None or len(answered) != len(truth):
            return {"distance_px": math.hypot(*size_px)}
        return {"distance_px": float(np.hypot(*(answered - truth).T).mean())}

    def answer_shapes(self, sample: Sample, answer: str) -> Sequence[Points]:
        points = _points(answer, picture_size(sample))
        return () if points is None else [points]


METRICS: dict[str, type[Exact]] = {
    "exact": Exact,
    "exact_ignoring_case": ExactIgnoringCase,
    "contains": Contains,
    "cer": Cer,
    "overlap": Overlap,
    "points": PointDistance,
}


def metric_named(name: str, suffixes: Iterable[str]) -> Scorer:
    """A metric for rows with these suffixes; `ConfigError` with the nearest names for one that is not known."""
    if name not in METRICS:
        raise ConfigError("metric", name, f"is no metric; {did_you_mean(name, METRICS)}")
    return METRICS[name](list(suffixes))


def picture_size(sample: Sample) -> tuple[int, int]:
    """Width and height of a sample's picture, from the file's head."""
    if not isinstance(sample.image, bytes):
        return sample.picture.size_px
    return pixels.picture_size(sample.image, "a row")


def _boxes(text: str, size_px: tuple[int, int]) -> list[tuple[Box, str]]:
    boxes = []
    for tokens, name in _BOX.findall(text):
        points = parse_points(tokens, size_px)
        if points is not None:
            boxes.append((Box(*points.reshape(4).tolist()), " ".join(name.split()).casefold()))
    return boxes


def _matched(truth: list[tuple[Box, str]], answered: list[tuple[Box, str]]) -> list[float]:
    """What each box of the truth shares with its own: the best pairs first, none twice, 0 where nothing is left."""
    pairs = sorted(
        (-intersection_over_union(one, other), i, j)
        for i, (one, name) in enumerate(truth)
        for j, (other, other_name) in enumerate(answered)
        if name == other_name
    )
    shared, taken = dict.fromkeys(range(len(truth)), 0.0), set[int]()
    for much, i, j in pairs:
        if not shared[i] and j not in taken and much:
            shared[i] = -much
            taken.add(j)
    return list(shared.values())


def _points(text: str, size_px: tuple[int, int]) -> Points | None:
    return parse_points("".join(_TOKEN.findall(text)), size_px)

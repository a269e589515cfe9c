"""What scored answers come to: scores with intervals, over all rows and by group, and which classes were mixed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from synthink.evaluate.intervals import Interval, interval
from synthink.evaluate.scoring import ScoredAnswer
from synthink.labels.metrics import NONE

COMMONEST = 20  # wrong answers that are listed
TEXT = 500  # characters of an answer that are kept


class Wrong(NamedTuple):
    """A wrong answer and how often it was given for that truth."""

    truth: str
    answer: str
    rows: int


@dataclass(frozen=True)
class Summary:
    """Scores of all rows; `plain` is JSON, `Summary.read` reads it.

    scores, errors: name -> mean with interval, over the rows that have it. groups: column -> value -> score -> mean.
    confusion: class -> class that was answered -> rows, `<none>` for answers that name none; only what occurred.
    part_confusion: part of the answers, a figure's place, -> the same for it.
    """

    rows: int
    scores: Mapping[str, Interval]
    errors: Mapping[str, Interval]
    in_domain: Interval
    groups: Mapping[str, Mapping[str, Mapping[str, Interval]]] = field(default_factory=dict)
    confusion: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    part_confusion: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    wrong: Sequence[Wrong] = ()

    def plain(self) -> dict[str, Any]:
        """The summary as JSON types."""
        return {**asdict(self), "wrong": [wrong._asdict() for wrong in self.wrong]}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Summary:
        """The summary in what `plain` gave."""

        def named(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Interval]:
            return {name: Interval(**bounds) for name, bounds in figures.items()}

        return cls(
            rows=plain["rows"],
            scores=named(plain["scores"]),
            errors=named(plain["errors"]),
            in_domain=Interval(**plain["in_domain"]),
            groups={
                column: {value: named(figures) for value, figures in values.items()}
                for column, values in plain["groups"].items()
            },
            confusion=plain["confusion"],
            part_confusion=plain.get("part_confusion", {}),
            wrong=[Wrong(**wrong) for wrong in plain["wrong"]],
        )


def summarise(answers: Sequence[ScoredAnswer]) -> Summary:
    """The summary of at least one scored answer. Raises ValueError for none."""
    if not answers:
        raise ValueError("no answers to sum up")
    groups: dict[str, dict[str, list[ScoredAnswer]]] = {}
    for answer in answers:
        for column, value in answer.groups.items():
            groups.setdefault(column, {}).setdefault(value, []).append(answer)
    return Summary(
        rows=len(answers),
        scores=_means([answer.scores for answer in answers]),
        errors=_means([answer.errors for answer in answers], bounded=False),
        in_domain=interval([float(answer.in_domain) for answer in answers]),
        groups={
            column: {value: _means([answer.scores for answer in values[value]]) for value in sorted(values)}
            for column, values in groups.items()
        },
        confusion=confusion((answer.truth_class, answer.answer_class) for answer in answers),
        part_confusion=_part_confusion(answers),
        wrong=_wrong(answers),
    )


def confusion(classes: Iterable[tuple[str | None, str | None]]) -> dict[str, dict[str, int]]:
    """Class -> class that was answered -> rows, in the order of their names, over the rows that have classes."""
    pairs = Counter(
        (truth, answered if answered is not None else NONE) for truth, answered in classes if truth is not None
    )
    matrix: dict[str, dict[str, int]] = {}
    for (truth, answered), count in sorted(pairs.items(), key=lambda pair: pair[0]):
        matrix.setdefault(truth[:TEXT], {})[answered[:TEXT]] = count
    return matrix


def _part_confusion(answers: Sequence[ScoredAnswer]) -> dict[str, dict[str, dict[str, int]]]:
    parts = sorted({part for answer in answers for part in answer.truth_parts})
    return {
        part: confusion((answer.truth_parts.get(part), answer.answer_parts.get(part)) for answer in answers)
        for part in parts
    }


def _means(figures: Sequence[Mapping[str, float]], bounded: bool = True) -> dict[str, Interval]:
    names = dict.fromkeys(name for row in figures for name in row)
    return {name: interval([row[name] for row in figures if name in row], bounded) for name in names}


def _wrong(answers: Sequence[ScoredAnswer]) -> list[Wrong]:
    counts = Counter(
        (answer.suffix[:TEXT], answer.answer.strip()[:TEXT]) for answer in answers if answer.scores["correct"] < 1
    )
    first = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:COMMONEST]
    return [Wrong(truth, answer, count) for (truth, answer), count in first]

"""What a set of judged answers comes to: scores with intervals, over all and by group, and what was mixed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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
    """

    rows: int
    scores: Mapping[str, Interval]
    errors: Mapping[str, Interval]
    in_domain: Interval
    groups: Mapping[str, Mapping[str, Mapping[str, Interval]]] = field(default_factory=dict)
    confusion: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    wrong: Sequence[Wrong] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {**asdict(self), "wrong": [wrong._asdict() for wrong in self.wrong]}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Summary:
        """From what `plain` gave."""

        def named(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Interval]:
            return {name: Interval(**each) for name, each in figures.items()}

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
            wrong=[Wrong(**wrong) for wrong in plain["wrong"]],
        )


def summarise(answers: Sequence[ScoredAnswer]) -> Summary:
    """The summary of at least one judgement; ValueError for none."""
    if not answers:
        raise ValueError("no answers to sum up")
    groups: dict[str, dict[str, list[ScoredAnswer]]] = {}
    for each in answers:
        for column, value in each.groups.items():
            groups.setdefault(column, {}).setdefault(value, []).append(each)
    return Summary(
        rows=len(answers),
        scores=_means([each.scores for each in answers]),
        errors=_means([each.errors for each in answers], bounded=False),
        in_domain=interval([float(each.in_domain) for each in answers]),
        groups={
            column: {value: _means([each.scores for each in values[value]]) for value in sorted(values)}
            for column, values in groups.items()
        },
        confusion=confusion(answers),
        wrong=_wrong(answers),
    )


def confusion(answers: Sequence[ScoredAnswer]) -> dict[str, dict[str, int]]:
    """Class -> class that was answered -> rows, in the order of their names, over the rows that have classes."""
    pairs = Counter(
        (each.truth_class, each.answer_class if each.answer_class is not None else NONE)
        for each in answers
        if each.truth_class is not None
    )
    found: dict[str, dict[str, int]] = {}
    for (truth, answer), count in sorted(pairs.items(), key=lambda pair: pair[0]):
        found.setdefault(truth[:TEXT], {})[answer[:TEXT]] = count
    return found


def _means(figures: Sequence[Mapping[str, float]], bounded: bool = True) -> dict[str, Interval]:
    names = dict.fromkeys(name for each in figures for name in each)
    return {name: interval([each[name] for each in figures if name in each], bounded) for name in names}


def _wrong(answers: Sequence[ScoredAnswer]) -> list[Wrong]:
    counts = Counter((each.suffix[:TEXT], each.answer.strip()[:TEXT]) for each in answers if each.scores["correct"] < 1)
    first = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:COMMONEST]
    return [Wrong(truth, answer, count) for (truth, answer), count in first]

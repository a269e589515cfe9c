"""What a report is made of: what is known about the model, and what came of asking it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from synthink.evaluate.chance import Chance
from synthink.evaluate.curves import CurvePoint
from synthink.evaluate.intervals import Interval
from synthink.evaluate.scoring import ScoredAnswer
from synthink.evaluate.summary import Summary
from synthink.evaluate.verdict import THRESHOLD, Verdict


class Shots(NamedTuple):
    """The score of a predictor with a number of examples in its prompt: a mean and its 95 % interval."""

    predictor: str
    shots: int
    metric: str
    mean: float
    low: float
    high: float


class Forgetting(NamedTuple):
    """A score on an older dataset before and after the run."""

    dataset: str
    score: str
    before: Interval
    after: Interval

    def plain(self) -> dict[str, Any]:
        """The values as JSON types."""
        return {**self._asdict(), "before": self.before.plain(), "after": self.after.plain()}


@dataclass(frozen=True)
class Background:
    """Facts about a model that do not come from its answers; a report has no section for what is empty."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    """Facts for the head of the report, by name: which model was trained on which dataset."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """The whole configuration, nested."""
    commands: Sequence[str] = ()
    """The commands that make the run again, in order."""
    stopped: str = ""
    """A sentence on what ended the run before its last step, where that is a doubt about it; else empty."""
    go_on: str = ""
    """The command that goes on with the run, for a verdict that more steps may change."""
    curve: Sequence[CurvePoint] = ()
    """Loss and validation score of the model's run, by step."""
    control_curve: Sequence[CurvePoint] = ()
    """The training curve of the control's run."""
    shots: Sequence[Shots] = ()
    """Scores with each number of examples in the prompt."""


@dataclass(frozen=True)
class ReportData:
    """Everything that a report tells. What is empty has no section."""

    title: str
    """One line: who was asked about what."""
    summary: Summary
    """The scores of the held-out rows."""
    background: Background = field(default_factory=Background)
    verdict: Verdict | None = None
    control: Summary | Interval | None = None
    """The scores on the same rows without their signal."""
    control_trained: bool = True
    """Whether the control also learned from rows without their signal."""
    chance: Chance | None = None
    score: str = "correct"
    """The score that leads."""
    threshold: float = THRESHOLD
    """The threshold that the score had to reach."""
    forgetting: Sequence[Forgetting] = ()
    answers: Sequence[ScoredAnswer] = field(default=(), repr=False)
    """The answers, of which the best and the worst are shown."""
    sheet: bytes = field(default=b"", repr=False)
    """A PNG with rows of the dataset."""

    @property
    def go_on(self) -> str:
        """The command that goes on with the run, where more steps may change the verdict; else empty."""
        is_open = self.verdict is not None and self.verdict.word == "inconclusive"
        return self.background.go_on if is_open or self.background.stopped else ""

    @property
    def control_score(self) -> Interval | None:
        """The leading score of the control."""
        return self.control.scores.get(self.score) if isinstance(self.control, Summary) else self.control

    def plain(self) -> dict[str, Any]:
        """The report as JSON types, without pictures and single answers."""
        background = self.background
        return {
            "title": self.title,
            "verdict": self.verdict.plain() if self.verdict else None,
            "facts": {name: str(value) for name, value in background.facts.items()},
            "config": json.loads(json.dumps(background.config, default=str)),
            "commands": list(background.commands),
            "go_on": self.go_on,
            "summary": self.summary.plain(),
            "control": self.control.plain() if self.control else None,
            "control_trained": self.control_trained,
            "chance": self.chance.plain() if self.chance else None,
            "score": self.score,
            "threshold": self.threshold,
            "curve": [point._asdict() for point in background.curve],
            "control_curve": [point._asdict() for point in background.control_curve],
            "forgetting": [loss.plain() for loss in self.forgetting],
            "shots": [shots._asdict() for shots in background.shots],
        }

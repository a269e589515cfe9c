"""The report of a run: one HTML file that needs nothing else, and the same as Markdown for the hub."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from synthink.evaluate.chance import Chance
from synthink.evaluate.intervals import Interval
from synthink.evaluate.report.curves import CurvePoint
from synthink.evaluate.report.plots import Shots
from synthink.evaluate.scoring import Judgement
from synthink.evaluate.summary import Summary
from synthink.evaluate.verdict import THRESHOLD, Verdict
from synthink.files import write_whole

__all__ = ["Forgetting", "ReportData", "Shots", "write_report"]

PREDICTIONS = 12  # of the best, and of the worst


class Forgetting(NamedTuple):
    """A score on an older dataset before and after the run."""

    dataset: str
    score: str
    before: Interval
    after: Interval

    def plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {**self._asdict(), "before": self.before.plain(), "after": self.after.plain()}


@dataclass(frozen=True)
class ReportData:
    """Everything a report tells; what is empty has no section.

    title: one line. summary: of the held-out rows. facts: what was trained on what, by name, for the head. config: the
    whole configuration, nested. commands: that make the run again, in order. score: the one that leads; threshold: what
    was asked of it. curve, control_curve: of the run, and of its control's. judgements: of which the best and worst are
    shown. sheet: a PNG of the data.
    """

    title: str
    summary: Summary
    verdict: Verdict | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    commands: Sequence[str] = ()
    control: Summary | Interval | None = None
    control_trained: bool = True
    chance: Chance | None = None
    score: str = "correct"
    threshold: float = THRESHOLD
    curve: Sequence[CurvePoint] = ()
    control_curve: Sequence[CurvePoint] = ()
    forgetting: Sequence[Forgetting] = ()
    shots: Sequence[Shots] = ()
    judgements: Sequence[Judgement] = field(default=(), repr=False)
    sheet: bytes = field(default=b"", repr=False)

    @property
    def control_score(self) -> Interval | None:
        """The leading score of the control."""
        return self.control.scores.get(self.score) if isinstance(self.control, Summary) else self.control

    def plain(self) -> dict[str, Any]:
        """As JSON types, without pictures and single answers."""
        return {
            "title": self.title,
            "verdict": self.verdict.plain() if self.verdict else None,
            "facts": {name: str(value) for name, value in self.facts.items()},
            "config": json.loads(json.dumps(self.config, default=str)),
            "commands": list(self.commands),
            "summary": self.summary.plain(),
            "control": self.control.plain() if self.control else None,
            "control_trained": self.control_trained,
            "chance": self.chance.plain() if self.chance else None,
            "score": self.score,
            "threshold": self.threshold,
            "curve": [point._asdict() for point in self.curve],
            "control_curve": [point._asdict() for point in self.control_curve],
            "forgetting": [each.plain() for each in self.forgetting],
            "shots": [each._asdict() for each in self.shots],
        }


def write_report(folder: Path, data: ReportData, predictions: int = PREDICTIONS) -> Path:
    """Write `report.html`, `report.md` with its pictures beside it, and `report.json`; returns the HTML's path.

    predictions: how many of the best and of the worst are shown, at most.
    """
    from synthink.evaluate.report.html import page
    from synthink.evaluate.report.markdown import markdown
    from synthink.evaluate.report.pictures import best_and_worst, predictions_sheet
    from synthink.evaluate.report.plots import curve_plot, shots_plot

    # On the way a run is looked at by `correct`, whatever score leads.
    chance = data.chance.value if data.chance and data.score == "correct" else None
    made = [curve_plot(data.curve, data.control_curve, chance, "correct"), shots_plot(data.shots)]
    plots = {plot.name: plot for plot in made if plot is not None}
    best, worst = best_and_worst(data.judgements, predictions)
    pictures = {name: plot.png for name, plot in plots.items()}
    if data.sheet:
        pictures["data"] = data.sheet
    for name, shown in (("best", best), ("worst", worst)):
        if (sheet := predictions_sheet(shown)) is not None:
            pictures[name] = sheet
    for name, png in pictures.items():
        write_whole(folder / f"report-{name}.png", png)
    write_whole(folder / "report.md", markdown(data, frozenset(pictures)).encode())
    write_whole(folder / "report.json", json.dumps(data.plain(), indent=1, allow_nan=True).encode())
    write_whole(folder / "report.html", page(data, plots, best, worst).encode())
    return folder / "report.html"

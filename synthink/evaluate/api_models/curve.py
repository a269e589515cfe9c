"""Metrics against the number of examples in the prompt: a table, and a plot."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from synthink.evaluate.intervals import interval


class ShotRow(NamedTuple):
    """One metric at one number of shots: its mean over rows, and the 95 % interval of that mean."""

    metric: str
    shots: int
    mean: float
    low: float
    high: float
    rows: int


def shot_curve(runs: Iterable[tuple[int, Sequence[Mapping[str, float]]]], bounded: bool = True) -> list[ShotRow]:
    """Rows by metric, then by number of shots.

    runs: number of shots, and the scores (or errors) of each row as a `Judgement` has them. A metric that a row lacks,
    or that is not a number there, leaves that row out of this metric. bounded: the figures lie in 0..1.
    """
    ordered = sorted(runs, key=lambda run: run[0])
    table = []
    for name in dict.fromkeys(name for _, scores in ordered for score in scores for name in score):
        for shots, scores in ordered:
            values = [score[name] for score in scores if name in score and math.isfinite(score[name])]
            if values:
                found = interval(values, bounded)
                table.append(ShotRow(name, shots, found.mean, found.low, found.high, found.rows))
    return table


def plot_shots(path: Path, rows: Sequence[ShotRow], title: str = "", metrics: Sequence[str] | None = None) -> None:
    """Write a PNG: a line for each metric with the intervals of its means. metrics: which ones; None: all."""
    from matplotlib.figure import Figure

    chosen = list(metrics) if metrics is not None else list(dict.fromkeys(row.metric for row in rows))
    figure = Figure(figsize=(6.4, 4.0), dpi=150, layout="constrained")
    axes = figure.subplots()
    for name in chosen:
        points = [row for row in rows if row.metric == name]
        means = [row.mean for row in points]
        below = [max(0.0, row.mean - row.low) for row in points]
        above = [max(0.0, row.high - row.mean) for row in points]
        axes.errorbar([row.shots for row in points], means, yerr=[below, above], marker="o", capsize=3, label=name)
    axes.set(xlabel="examples in the prompt", ylabel="mean over rows, 95 % interval", title=title)
    axes.set_xticks(sorted({row.shots for row in rows}))
    axes.set_ylim(-0.03, max([1.0, *(row.high for row in rows if row.metric in chosen)]) + 0.03)
    axes.grid(alpha=0.3)
    if chosen:
        axes.legend()
    figure.savefig(path, metadata={"Software": None})

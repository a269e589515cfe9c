"""The plot of a sweep: each job's score with its interval, and its control's."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from synthink.evaluate.report.sweep_job import Job, as_number, as_text
from synthink.pages.text import visible

WIDE = 20.0  # ratio of the largest to the smallest value of a swept key, beyond which its axis is logarithmic
NAMED = 40  # jobs that are named in a plot
COLOURS = {"learned": "#009e73", "control leaks": "#d55e00", "inconclusive": "#0072b2"}


def sweep_plot(jobs: Sequence[Job], swept: Sequence[str]) -> bytes:
    """Scores with intervals: against the swept key where it is one, and a number; else one job under the other."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from synthink.evaluate.report.plots import style

    values = [as_number(job.overrides.get(swept[0])) for job in jobs] if len(swept) == 1 else []
    file = io.BytesIO()
    with style():
        if values and None not in values:
            figure_ = Figure(figsize=(5.6, 3.6), layout="constrained")
            _against(figure_.subplots(), jobs, [value for value in values if value is not None], swept[0])
        else:
            figure_ = Figure(figsize=(7.0, 1.3 + 0.27 * min(len(jobs), NAMED)), layout="constrained")
            _listed(figure_.subplots(), jobs[:NAMED], swept)
        FigureCanvasAgg(figure_).print_png(file)
    return file.getvalue()


def _spread(job: Job) -> list[list[float]]:
    """How far the interval reaches below and above the score, as matplotlib wants it."""
    score = job.score or 0.0
    low, high = (score if bound is None else bound for bound in (job.low, job.high))
    return [[max(0.0, score - low)], [max(0.0, high - score)]]


def _against(ax: Any, jobs: Sequence[Job], values: Sequence[float], key: str) -> None:
    order = sorted(range(len(jobs)), key=lambda i: values[i])
    ax.plot([values[i] for i in order], [jobs[i].score for i in order], color="#ced4da", linewidth=1, zorder=1)
    for job, value in zip(jobs, values, strict=True):
        ax.errorbar(
            [value], [job.score], _spread(job), color=COLOURS.get(job.verdict, "#868e96"), marker="o", capsize=3
        )
        if job.control is not None:
            ax.plot([value], [job.control], color="#868e96", marker="o", fillstyle="none")
    if min(values) > 0 and max(values) / min(values) > WIDE:
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.xaxis.set_minor_formatter(lambda value, _: "")
    ax.set_xlabel(visible(key, 60))
    ax.set_ylabel("score")
    ax.set_ylim(-0.03, 1.03)
    _key(ax, jobs)


def _listed(ax: Any, jobs: Sequence[Job], swept: Sequence[str]) -> None:
    for place, job in enumerate(jobs):
        colour = COLOURS.get(job.verdict, "#868e96")
        ax.errorbar([job.score], [place], xerr=_spread(job), color=colour, marker="o", capsize=3)
        if job.control is not None:
            ax.plot([job.control], [place], color="#868e96", marker="o", fillstyle="none")
    names = [
        ", ".join(f"{key.rpartition('.')[2]}={as_text(job.overrides.get(key, ''))}" for key in swept) for job in jobs
    ]
    ax.set_yticks(range(len(jobs)), [visible(name or job.name, 50) for name, job in zip(names, jobs, strict=True)])
    ax.set_ylim(len(jobs) - 0.5, -0.5)
    ax.set_xlim(-0.03, 1.03)
    ax.set_xlabel("score")
    _key(ax, jobs)


def _key(ax: Any, jobs: Sequence[Job]) -> None:
    """What the colours of the verdicts say, and what an empty dot is."""
    for word in dict.fromkeys(job.verdict for job in jobs):
        ax.plot(
            [],
            [],
            color=COLOURS.get(word, "#868e96"),
            marker="o",
            linestyle="",
            label=visible(word, 30) or "no verdict",
        )
    if any(job.control is not None for job in jobs):
        ax.plot([], [], color="#868e96", marker="o", fillstyle="none", linestyle="", label="control")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)

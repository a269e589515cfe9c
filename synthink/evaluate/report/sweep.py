"""A finished sweep of `synthink validate`: one table and one plot of all its jobs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthink.errors import OutputError
from synthink.evaluate.intervals import figure
from synthink.evaluate.report.plots import can_plot
from synthink.evaluate.report.sweep_job import RESULT, Job, as_text, read_job
from synthink.evaluate.report.sweep_plot import sweep_plot
from synthink.files import write_atomically
from synthink.pages.text import visible
from synthink.progress import text_table

FIGURES = ("score", "low", "high", "lenient", "control", "verdict", "seconds")
PLACES = ("output",)  # keys that say where, not what


@dataclass(frozen=True)
class Sweep:
    """All jobs, the best first. swept: keys whose value differs. text: the table. csv, plot: the files written."""

    jobs: tuple[Job, ...]
    swept: tuple[str, ...]
    text: str
    csv: Path
    plot: Path | None

    def __str__(self) -> str:
        return "\n".join([self.text, "", *(str(file) for file in (self.csv, self.plot) if file is not None)])


def sweep_summary(folder: Path, unfinished: Mapping[str, tuple[str, Mapping[str, Any]]] | None = None) -> Sweep:
    """Read `result.json` of every job in a sweep's folder and write `sweep.csv` and `sweep.png` beside the jobs.

    A folder of a job (its name begins with a number) that has no result is listed without figures. unfinished:
    name -> the state and the swept keys of jobs that failed, were interrupted or not started, whatever lies in their
    folders. Raises `OutputError` where there is no job at all.
    """
    unfinished = unfinished or {}
    inside = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    folders = [path for path in inside if (path / RESULT).exists() or re.match(r"\d+(-|$)", path.name)]
    if not folders and not unfinished:
        raise OutputError(f"{folder}: no job of a sweep has left a {RESULT} here")
    jobs = [read_job(path) for path in folders if path.name not in unfinished]
    jobs += [Job(name, overrides, verdict=state) for name, (state, overrides) in unfinished.items()]
    jobs.sort(key=lambda job: _natural(job.name))
    all_overrides = [job.overrides for job in jobs if job.overrides]
    jobs.sort(key=lambda job: (job.score is None, -(job.score or 0.0)))
    keys = dict.fromkeys(key for overrides in all_overrides for key in overrides if key not in PLACES)
    swept = tuple(key for key in keys if len({as_text(overrides.get(key)) for overrides in all_overrides}) > 1)
    head = ["job", *swept, *FIGURES]
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(head)
    writer.writerows([_row(job, swept, exact=True) for job in jobs])
    write_atomically(folder / "sweep.csv", table.getvalue().encode(errors="backslashreplace"))
    finished = [job for job in jobs if job.score is not None]
    has_plot = bool(finished) and can_plot("the plot of the sweep")
    if has_plot:
        write_atomically(folder / "sweep.png", sweep_plot(finished, swept))
    text = _text(head, [_row(job, swept, exact=False) for job in jobs])
    return Sweep(tuple(jobs), swept, text, folder / "sweep.csv", folder / "sweep.png" if has_plot else None)


def _natural(name: str) -> tuple[int, str]:
    number = re.match(r"\d+", name)
    return (int(number[0]) if number else 1 << 62, name)


def _row(job: Job, swept: Sequence[str], exact: bool) -> list[str]:
    def cell(value: Any) -> str:
        if value is None:
            return ""
        return figure(value) if isinstance(value, float) and not exact else str(value)

    values = [as_text(job.overrides[key]) if key in job.overrides else "" for key in swept]
    return [job.name, *values, *(cell(getattr(job, name)) for name in FIGURES)]


def _text(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table for a terminal."""
    cells = [list(head), *([visible(cell, 60).replace("\n", " ") for cell in row] for row in rows)]
    return "\n".join(text_table(cells))

"""The report of a run: one HTML file that needs nothing else, and the same as Markdown for the hub."""

from __future__ import annotations

import json
import os
from pathlib import Path

from synthink.confined import read_inside
from synthink.errors import AssetError, OutputError, quoted
from synthink.evaluate.report.data import ReportData
from synthink.evaluate.report.html import page
from synthink.evaluate.report.markdown import markdown
from synthink.evaluate.report.pictures import best_and_worst, predictions_sheet
from synthink.evaluate.report.plots import curve_plot, shots_plot
from synthink.files import write_atomically

PREDICTIONS = 12  # of the best, and of the worst
DATA = "report.json"
NAMES = ("report.html", "report.md", DATA, "result.json")
LARGEST_BYTES = 64 * 2**20


def reject_foreign_files(folder: Path) -> None:
    """Raises `OutputError` when a report's place is no folder, or holds files of its names that no report of ours came
    with."""
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is not a folder")
    names = [name for name in NAMES if os.path.lexists(folder / name)]
    if names and not _is_report(folder):
        raise OutputError(
            f"{folder}: holds {quoted(names[0])}, which no report of synthink came with; choose another output"
        )


def _is_report(folder: Path) -> bool:
    try:
        content = json.loads(read_inside(folder, DATA, LARGEST_BYTES))
    except (OSError, ValueError, AssetError):
        return False
    return isinstance(content, dict) and {"title", "verdict", "summary"} <= content.keys()


def write_report(folder: Path, data: ReportData, predictions: int = PREDICTIONS) -> Path:
    """Write `report.html`, `report.md` with its pictures beside it, and `report.json`; returns the HTML's path.

    predictions: how many of the best and of the worst are shown, at most.
    """
    # On the way a run is looked at by `correct`, whatever score leads.
    chance = data.chance.value if data.chance and data.score == "correct" else None
    background = data.background
    curves = [curve_plot(background.curve, background.control_curve, chance, "correct"), shots_plot(background.shots)]
    plots = {plot.name: plot for plot in curves if plot is not None}
    best, worst = best_and_worst(data.answers, predictions)
    pictures = {name: plot.png for name, plot in plots.items()}
    if data.sheet:
        pictures["data"] = data.sheet
    for name, answers in (("best", best), ("worst", worst)):
        if (sheet := predictions_sheet(answers)) is not None:
            pictures[name] = sheet
    # First of all: by this file the folder is known again.
    write_atomically(folder / DATA, json.dumps(data.plain(), indent=1, allow_nan=True).encode())
    for name, png in pictures.items():
        write_atomically(folder / f"report-{name}.png", png)
    write_atomically(folder / "report.md", markdown(data, frozenset(pictures)).encode(errors="backslashreplace"))
    write_atomically(folder / "report.html", page(data, plots, best, worst).encode(errors="backslashreplace"))
    return folder / "report.html"

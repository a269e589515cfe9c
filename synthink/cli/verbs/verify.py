"""`synthink verify`: whether everything in a dataset's folder is right."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from synthink.build.executors import Executor, make_executor
from synthink.build.received import Code, Sources
from synthink.cli.sweep_table import jobs_without_dataset
from synthink.cli.verb import Call, Folder, Verb, VerbResult, assets_of, existing_folder, sweep_folders
from synthink.errors import SynthinkError, with_notes
from synthink.progress import shows_colour, stages
from synthink.settings import Between
from synthink.verify.report import Report
from synthink.verify.verify import ROWS, UNSURE, verify


class Verify(Verb):
    """Check a dataset. The exit status is 0 when everything is right and proved, 1 when a fault was found, and 3 when
    none was found but something could not be proved."""

    name = "verify"
    summary = "files, checksums, rows, labels by an independent oracle, splits, balance, rows made again"
    positional = "dataset"
    groups = ("executor",)
    groups_are_plain = True

    dataset: Folder
    """The dataset's folder, such as data/circled_letters, or that of a sweep: all datasets in it are checked."""
    rows: Annotated[int, Between(0)] | Literal["all"] = ROWS
    """The number of rows of each split that the oracle judges, spread evenly; or all."""
    remake: Annotated[int, Between(0)] | Literal["all"] = 100
    """The number of rows, of all splits together, that are drawn again and compared; or all."""
    unsure: Annotated[float, Between(0, 1)] = UNSURE
    """The share of judged rows of which the oracle may be unsure before the labels count as not proved."""
    sources: Sources = "refuse"
    """Whether files, folders and public addresses that the manifest names are opened, to draw rows again."""
    code: Code = "refuse"
    """Whether the Python file is run that a manifest names as the code of its generator, and whose digest it holds."""

    def run(self, call: Call) -> VerbResult:
        folder = existing_folder(self.dataset)
        executor = make_executor(call.groups["executor"])
        datasets = sweep_folders(folder)
        absent = jobs_without_dataset(folder)
        if not datasets and not absent:
            return VerbResult(self._report(folder, executor).exit_status, assets=assets_of({"": folder}))
        counts: Counter[int] = Counter()
        for path in datasets.values():
            try:
                counts[self._report(path, executor).exit_status] += 1
            except SynthinkError as error:
                counts[2] += 1
                print(f"{path}: {with_notes(error)}")
        for name, result in absent.items():
            counts[2] += 1
            print(f"{folder / name}: there is no dataset: {result}")
        words = ", ".join(f"{counts[status]:,} {word}" for status, word in _STATUSES.items() if counts[status])
        status = next(status for status in _STATUSES if counts[status])
        lines = [f"{folder}: {counts.total():,} datasets: {words}"]
        return VerbResult(status, assets=assets_of(datasets), lines=lines)

    def _report(self, folder: Path, executor: Executor) -> Report:
        """Check one dataset, and print the report."""
        rows = None if self.rows == "all" else self.rows
        remake = None if self.remake == "all" else self.remake
        with stages("rows") as progress:
            permissions = self.sources, self.code
            report = verify(folder, rows, remake, self.unsure, *permissions, progress=progress, executor=executor)
        with suppress(BrokenPipeError):  # whoever has read enough still gets the status
            print(report.text(shows_colour(sys.stdout)))
        return report


_STATUSES = {1: "with faults", 2: "that cannot be checked", 3: "not wholly proved", 0: "all proved"}
"""Exit statuses, the gravest first."""

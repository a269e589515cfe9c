"""`synthink verify`: whether everything in a dataset's folder is right."""

from __future__ import annotations

from typing import Annotated

from synthink.build.received import Sources
from synthink.cli.verb import Call, Folder, Verb, VerbResult, existing_folder
from synthink.progress import bar
from synthink.settings import Between
from synthink.verify.verify import verify


class Verify(Verb):
    """Check a dataset; the exit status is 1 when a check found something."""

    name = "verify"
    summary = "checksums, rows, schema, labels by an independent oracle, splits, balance, rows made again"

    dataset: Folder
    """The dataset's folder, such as data/circled_letters."""
    rows: Annotated[int, Between(0)] | None = None
    """The number of rows of each split that the oracle judges; null: all."""
    remake: Annotated[int, Between(0)] = 100
    """The number of rows that are drawn again and compared."""
    sources: Sources = "refuse"
    """Whether files, folders and public addresses that the manifest names are opened, to draw rows again."""

    def run(self, call: Call) -> VerbResult:
        folder = existing_folder(self.dataset)
        with bar(0, "rows", True) as advance:
            report = verify(folder, self.rows, self.remake, advance, self.sources)
        print(report)
        return VerbResult(0 if report.passed else 1)

"""What came of the jobs of a sweep: a record of each while it runs, and one table at its end."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from synthink.build.estimate import Estimate
from synthink.build.manifest import MANIFEST
from synthink.confined import names_inside, read_inside, withdraw_inside
from synthink.errors import OutputError
from synthink.files import write_atomically
from synthink.owned_folder import is_alive
from synthink.pages.text import visible
from synthink.progress import size_text, text_table, time_text

SUMMARY = "summary.csv"
RECORDS = ".synthink-sweep"
"""The folder in a sweep's in which the jobs, which may run anywhere, leave what came of them until all have ended. Each
process that sweeps has a folder of its own in it: two may sweep into one folder at once."""
WITHDRAWN = " withdrawn"
"""The end of the name that records have while they are removed."""
LARGEST_RECORD = 1 << 20
LONGEST_CELL = 80
State = Literal["not started", "interrupted", "failed", "done", "estimated"]


@dataclass(frozen=True)
class Job:
    """One job of a sweep.

    name: what tables and messages call it. folder: its output, an absolute path. values: swept key -> value, as typed;
    all keys of a job that only a sweeper knows, until its sweep has ended.
    state: how far it came; `interrupted` also while it runs, so that one that is killed has left that word. headline:
    what came of it, in a line. error: why it failed; empty where it did not. is_fault: whether the fault is not in the
    request: a row failed, or another run is writing. left_out: the lines that say what its assets left out.
    """

    name: str
    folder: str
    values: Mapping[str, str] = field(default_factory=dict)
    state: State = "not started"
    score: float | None = None
    headline: str = ""
    error: str = ""
    is_fault: bool = False
    left_out: Sequence[str] = ()


def remove_old_records(root: Path, sweep: str) -> None:
    """Remove what sweeps that were killed have left, and what an earlier one of the name `sweep` has. Jobs of theirs
    that go on elsewhere may write into it meanwhile."""
    if (root / RECORDS).is_dir():
        for name in names_inside(root, RECORDS, OutputError):
            if name == sweep or not is_alive(name):
                withdraw_inside(root, f"{RECORDS}/{name}", f"{RECORDS}/{name}{WITHDRAWN}", OutputError)


def write_record(root: Path, sweep: str, number: int, job: Job) -> None:
    """Leave what came of a job for the process that waits for all of them, whose name is `sweep`."""
    write_atomically(
        root / RECORDS / sweep / f"{number}.json", json.dumps(asdict(job)).encode(errors="backslashreplace")
    )


def read_records(root: Path, sweep: str, jobs: Sequence[Job]) -> list[Job]:
    """The jobs with what came of them; those that left nothing were not started. The records are removed."""
    records = dict(enumerate(jobs))
    folder = f"{RECORDS}/{sweep}"
    if (root / folder).is_dir():
        for name in names_inside(root, folder, OutputError):
            if re.fullmatch(r"\d+\.json", name):
                content = json.loads(read_inside(root, f"{folder}/{name}", LARGEST_RECORD, OutputError))
                records[int(name.removesuffix(".json"))] = Job(**content)
        withdraw_inside(root, folder, folder + WITHDRAWN, OutputError)
    with suppress(OSError):  # there is none, or another sweep has its records there
        (root / RECORDS).rmdir()
    return [records[number] for number in sorted(records)]


def with_differing_values(jobs: Sequence[Job]) -> list[Job]:
    """Jobs that only a sweeper knew, with those of their keys in which they differ: these were swept over."""
    values = {key: {job.values.get(key) for job in jobs} for job in jobs for key in job.values}
    swept = {key for key, several in values.items() if len(several) > 1}
    return [replace(job, values={key: job.values[key] for key in job.values if key in swept}) for job in jobs]


def summary_table(root: Path, jobs: Sequence[Job], figures: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The table of a sweep for a terminal, which is also written to `summary.csv`: job, swept keys, figures, result.

    figures: a job's name -> its columns; those of jobs that an earlier sweep left in the folder stand below.
    """
    earlier = _earlier_rows(root)
    names = {job.name for job in jobs}
    rows: list[Mapping[str, str]] = [
        {**job.values, **_without(figures.get(job.name, {}), job.values), "job": job.name, "result": _result(job)}
        for job in jobs
    ]
    rows += [
        {**earlier.get(name, {}), **figures[name], "job": name, "result": "earlier"}
        for name in sorted(figures.keys() - names)
    ]
    inner = dict.fromkeys(key for columns in figures.values() for key in columns)
    swept = dict.fromkeys(key for job in jobs for key in job.values)
    others = dict.fromkeys(key for row in rows for key in row if key not in ("job", "result"))
    head = list(dict.fromkeys(["job", *swept, *(key for key in others if key not in inner), *inner, "result"]))
    table = [head, *([row.get(key) or "" for key in head] for row in rows)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    write_atomically(root / SUMMARY, text.getvalue().encode(errors="backslashreplace"))
    return text_table([[visible(cell, LONGEST_CELL) for cell in row] for row in table])


def estimates_table(jobs: Sequence[Job], estimates: Mapping[str, Estimate]) -> list[str]:
    """The table of a sweep of which nothing is written: job, swept keys, what it would be, and all of them together.

    estimates: a job's name -> its estimate, where there could be one.
    """
    swept = list(dict.fromkeys(key for job in jobs for key in job.values))
    table = [["job", *swept, "rows", "size", "time", "result"]]
    for job in jobs:
        guess = estimates.get(job.name)
        figures = ["", "", ""]
        if guess is not None:
            figures = [f"{sum(guess.rows.values()):,}", size_text(guess.bytes), time_text(guess.seconds)]
        table.append([job.name, *(job.values.get(key, "") for key in swept), *figures, _result(job)])
    size, seconds = (sum(getattr(guess, name) for guess in estimates.values()) for name in ("bytes", "seconds"))
    return [
        *text_table([[visible(cell, LONGEST_CELL) for cell in row] for row in table]),
        f"about {size_text(size)}, and {time_text(seconds)} for one job after the other; nothing is written",
    ]


def _result(job: Job) -> str:
    return f"failed: {job.error}" if job.state == "failed" else job.state


def _without(columns: Mapping[str, str], keys: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in columns.items() if key not in keys}


def _earlier_rows(root: Path) -> dict[str, dict[str, str]]:
    """A job's name -> its row in the table of an earlier sweep."""
    try:
        text = read_inside(root, SUMMARY, LARGEST_RECORD, OutputError).decode(errors="replace")
        return {str(row.get("job")): row for row in csv.DictReader(io.StringIO(text)) if None not in row}
    except (FileNotFoundError, csv.Error):
        return {}


def jobs_without_dataset(root: Path) -> dict[str, str]:
    """A job's name -> what came of it, for the jobs in the table of a sweep that have left no dataset in its folder."""
    rows = _earlier_rows(root) if (root / SUMMARY).is_file() and not (root / MANIFEST).is_file() else {}
    results = {name: row.get("result") or "" for name, row in rows.items()}
    return {
        name: result
        for name, result in results.items()
        if result.partition(":")[0] in ("not started", "interrupted", "failed")
        and not (root / name / MANIFEST).is_file()
    }


def typed_path(path: Path) -> str:
    """A path as a user would type it: from the folder that the command runs in, where it lies below that."""
    here = os.path.relpath(path)
    return here if not here.startswith("..") else str(path)

"""An estimate of a dataset before it is made: its size on disk and the time that it takes, from some of its rows."""

from __future__ import annotations

import heapq
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthink.build import card
from synthink.build.formats import find_format
from synthink.build.plan import Plan
from synthink.core.source import asset_records
from synthink.files import digest

MOST_ROWS = 1024
MOST_SECONDS = 4.0


@dataclass(frozen=True)
class Estimate:
    """The size of a dataset and the time to make it.

    rows: of each split. files: shards, in `format`. bytes: of all shards. seconds: until the dataset is there.
    workers: the processes that make it then. drawn: the rows that it was estimated from. assets: the records of what
    these were drawn from, by field.
    """

    rows: Mapping[str, int]
    files: int
    bytes: int
    seconds: float
    workers: int
    drawn: int
    format: str
    assets: Mapping[str, Mapping[str, Any]]


def estimate(plan: Plan, workers: int, since: float) -> Estimate:
    """Draw and store some rows of a plan in a folder that does not stay. Raises what making the dataset would raise.

    workers: the processes at work, of which each makes one shard at a time. since: the time of `time.perf_counter` at
    which the request came: what has been opened and imported since then, making the dataset needs, too.
    """
    for split in plan.splits:
        plan.source.row(split, 0)  # opens the assets
    opening_s = time.perf_counter() - since
    rows, drawing_s, row_s = _some_rows(plan)
    with tempfile.TemporaryDirectory(prefix="synthink-") as folder:
        started = time.perf_counter()
        size = _stored_bytes(plan, rows, Path(folder) / "all")
        storing_s = time.perf_counter() - started
        half = len(rows) // 2
        less = _stored_bytes(plan, rows[:half], Path(folder) / "half") if half else 0
        started = time.perf_counter()
        card.files(plan, ())
        card_s = time.perf_counter() - started
    row_bytes = (size - less) / (len(rows) - half)
    head_bytes = max(0.0, size - row_bytes * len(rows))
    lengths = [shard.stop - shard.start for shard in plan.shards]
    most_rows = _most_rows_of_a_worker(lengths, workers)
    return Estimate(
        plan.sizes,
        len(lengths),
        round(row_bytes * sum(lengths) + head_bytes * len(lengths)),
        opening_s + drawing_s + row_s * (most_rows - len(rows)) + storing_s / len(rows) * most_rows + card_s,
        min(workers, len(lengths)),
        len(rows),
        plan.format,
        asset_records(plan.source.assets),
    )


def _some_rows(plan: Plan) -> tuple[list[Mapping[str, Any]], float, float]:
    """The first rows of each split, as many as there is time for; the seconds that they took, and those of a row more:
    while fonts are opened and caches fill a row takes several times as long, so that the last quarter tells."""
    places = [(split, index) for split, count in plan.sizes.items() for index in range(min(count, MOST_ROWS))]
    rows: list[Mapping[str, Any]] = []
    started = time.perf_counter()
    times = [0.0]
    for split, index in sorted(places, key=lambda place: place[1])[:MOST_ROWS]:
        rows.append(plan.source.row(split, index, packed=True))
        times.append(time.perf_counter() - started)
        if times[-1] > MOST_SECONDS and len(rows) > 1:
            break
    last = len(rows) - len(rows) // 4 if len(rows) > 3 else 0
    return rows, times[-1], (times[-1] - times[last]) / (len(rows) - last)


def _most_rows_of_a_worker(shards: Sequence[int], workers: int) -> int:
    """The rows of the worker that has the most, where each takes the next shard when it has made one."""
    finished = [0] * workers
    for rows in shards:
        heapq.heapreplace(finished, finished[0] + rows)
    return max(finished)


def _stored_bytes(plan: Plan, rows: Sequence[Mapping[str, Any]], path: Path) -> int:
    find_format(plan.format).write(path, plan.generator.columns, rows)
    return digest(path)[1]

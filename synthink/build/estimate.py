"""An estimate of a dataset before it is made: its size on disk and the time that it takes, from some of its rows."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from synthink.build.formats import find_format
from synthink.build.plan import Plan
from synthink.files import digest

MOST_ROWS = 64
MOST_SECONDS = 4.0


@dataclass(frozen=True)
class Estimate:
    """The size of a dataset and the time to make it.

    rows: of each split. files: shards. bytes: of all shards. seconds: of one process. drawn: the rows that it was
    estimated from.
    """

    rows: Mapping[str, int]
    files: int
    bytes: int
    seconds: float
    drawn: int


def estimate(plan: Plan) -> Estimate:
    """Draw and store some rows of a plan in a folder that does not stay. Raises what making the dataset would raise."""
    places = [(split, index) for split, rows in plan.sizes.items() for index in range(min(rows, MOST_ROWS))]
    chosen = sorted(places, key=lambda place: place[1])[:MOST_ROWS]  # all splits, the first rows of each
    plan.source.row(*chosen[0])  # opens the assets
    rows: list[Mapping[str, Any]] = []
    started = time.perf_counter()
    for split, index in chosen:
        rows.append(plan.source.row(split, index, packed=True))
        if time.perf_counter() - started > MOST_SECONDS and len(rows) > 1:
            break
    with tempfile.TemporaryDirectory(prefix="synthink-") as folder:
        size = _stored_bytes(plan, rows, Path(folder) / "all")
        seconds = time.perf_counter() - started
        half = max(1, len(rows) // 2)
        less = _stored_bytes(plan, rows[:half], Path(folder) / "half") if half < len(rows) else 0
    bytes_a_row = (size - less) / max(1, len(rows) - half) if half < len(rows) else size
    head = max(0.0, size - bytes_a_row * len(rows))
    total = sum(plan.sizes.values())
    return Estimate(
        plan.sizes,
        len(plan.shards),
        round(bytes_a_row * total + head * len(plan.shards)),
        seconds / len(rows) * total,
        len(rows),
    )


def _stored_bytes(plan: Plan, rows: list[Mapping[str, Any]], path: Path) -> int:
    find_format(plan.format).write(path, plan.generator.columns, islice(rows, len(rows)))
    return digest(path)[1]

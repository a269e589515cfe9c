"""What every oracle's test does: put a fault into rows, and count the oracle's verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from synthink.core.row_dataset import RowDataset
from synthink.verify.oracle import Control

Row = dict[str, Any]
Fault = Callable[[RowDataset, int, Row], "Row | None"]
"""A faulty copy of a row, or None where the row has no room for the fault."""


def with_fault(fault: Fault, rows: RowDataset, count: int, start: int) -> Iterator[Row]:
    """`count` rows with the fault, from row `start` on."""
    made = 0
    for index in range(start, len(rows)):
        row = fault(rows, index, rows[index])
        if row is not None:
            yield row
            made += 1
            if made == count:
                return


def control_of(drawn: RowDataset, row: Row) -> Control:
    """What draws a row's control; the row's id says which row it is."""
    return lambda: drawn.control(int(row["id"].rpartition("-")[2]))["image"]


def verdicts(
    oracle: Any, rows: Iterable[Row], shown: Callable[[Row], str], drawn: RowDataset | None = None
) -> tuple[Counter[str], list[str]]:
    """How often each verdict fell, and the rows that were not found right, told by `shown`.

    drawn: the dataset that the rows are of, where the oracle may see their controls.
    """
    counts: Counter[str] = Counter()
    others = []
    for row in rows:
        finding = oracle.check(row, None if drawn is None else control_of(drawn, row))
        counts[finding.verdict] += 1
        if finding.verdict != "right":
            others.append(f"{row['id']} {shown(row)}: {finding.verdict}, {finding.reason}")
    return counts, others

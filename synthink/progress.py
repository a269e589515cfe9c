"""What a terminal shows: progress bars, which are gone without a trace when a run fails, and tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def bar(total: int, unit: str, wanted: bool = True) -> Iterator[Callable[[int], None]]:
    """A bar on standard error when that is a terminal; yields the function to call with each advance."""
    if not (wanted and sys.stderr.isatty()):
        yield lambda advance: None
        return
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread: workers are forked from this process
    with tqdm(total=total, unit=f" {unit}", dynamic_ncols=True, leave=False) as progress_bar:
        yield lambda advance: (progress_bar.update(advance), None)[1]


def text_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines whose cells stand below each other, two spaces apart; all rows have as many cells."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]

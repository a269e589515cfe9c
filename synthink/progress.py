"""What a terminal shows: progress bars, which are gone without a trace when a run fails, colours, and tables."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

Stages = Callable[[str, int, int], None]
"""Called with the name of what is being done, how much more of it is done, and how much there is in all."""
_ESCAPES = {"green": "32", "red": "1;31", "yellow": "33"}


@contextmanager
def bar(total: int, unit: str, wanted: bool = True) -> Iterator[Callable[[int], None]]:
    """A bar on standard error when that is a terminal; yields the function to call with each advance."""
    with stages(unit, wanted) as advance:
        advance("", 0, total)
        yield lambda count: advance("", count, total)


@contextmanager
def stages(unit: str, wanted: bool = True) -> Iterator[Stages]:
    """A bar on standard error for work in several stages, when that is a terminal; each stage has an estimate of its
    own of the time that is left."""
    if not (wanted and sys.stderr is not None and sys.stderr.isatty()):  # None where the shell has closed it
        yield lambda stage, advance, total: None
        return
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread: workers are forked from this process
    with tqdm(unit=f" {unit}", dynamic_ncols=True, leave=False) as progress_bar:
        current = [""]

        def advance(stage: str, count: int, total: int) -> None:
            if (stage, total) != (current[0], progress_bar.total):
                current[0] = stage
                progress_bar.set_description_str(stage, refresh=False)
                progress_bar.reset(total)
            progress_bar.update(count)

        yield advance


def shows_colour(stream: TextIO | None) -> bool:
    """Whether text on this stream may have colours: on a terminal, unless NO_COLOR asks for none (no-color.org)."""
    if stream is None or not stream.isatty():
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def coloured(text: str, colour: str, wanted: bool = True) -> str:
    """The text in `green`, `red` or `yellow`, when colours are wanted."""
    return f"\x1b[{_ESCAPES[colour]}m{text}\x1b[0m" if wanted else text


def text_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines whose cells stand below each other, two spaces apart; all rows have as many cells."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]

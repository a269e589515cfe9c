"""What is shown while work goes on: a bar on a terminal, a line now and then elsewhere; colours, and tables."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Any, TextIO

Stages = Callable[[str, int, int], None]
"""Called with the name of what is being done, how much more of it is done, and how much there is in all."""
SENDING = "sending"
"""The stage that counts bytes, whatever the other stages of a command count."""
LINE_S = 30.0
"""Off a terminal a line is printed when so many seconds have gone by since the last one."""
_ESCAPES = {"green": "32", "red": "1;31", "yellow": "33"}
_printed_at = time.monotonic()


def restart_clock() -> None:
    """A command begins: it is quiet until it has taken `LINE_S` seconds, whatever this process did before."""
    global _printed_at
    _printed_at = time.monotonic()


class Progress:
    """Work in several stages, each with an estimate of its own of the time that is left.

    It is called as `Stages` says: on a terminal it moves a bar, elsewhere it prints a line every `LINE_S` seconds, and
    without a stream it is silent.
    """

    def __init__(self, unit: str, stream: TextIO | None) -> None:
        self.unit, self._stream = unit, stream
        self._bar: Any = None
        if stream is not None and stream.isatty():
            from tqdm import tqdm

            tqdm.monitor_interval = 0  # no thread: workers are forked from this process
            self._bar = tqdm(dynamic_ncols=True, leave=False, file=stream)
        self._begin("", 0, 0)

    def __call__(self, stage: str, count: int, total: int, before: int = 0, note: str = "") -> None:
        """`count` more of `total` are done. before: how much of a stage was done when it began, by an earlier run.
        note: figures to show beside it."""
        if (stage, total) != (self._stage, self._total):
            self._begin(stage, total, before)
        self._done += count
        if self._bar is not None:
            self._bar.set_postfix_str(note, refresh=False)
            self._bar.update(count)
        elif self._stream is not None and time.monotonic() - _printed_at >= LINE_S:
            self._print(self._line(note))

    @contextmanager
    def busy(self, stage: str) -> Iterator[None]:
        """A stage of which nobody knows how much is done, shown until the block ends."""
        started, ended = time.monotonic(), Event()
        if self._bar is not None:
            self._bar.bar_format = "{desc} {elapsed}"
            self._bar.set_description_str(stage)

        def show() -> None:
            while not ended.wait(1.0):
                if self._bar is not None:
                    self._bar.refresh()
                elif time.monotonic() - _printed_at >= LINE_S:
                    self._print(f"{stage}: {_clock(time.monotonic() - started)}")

        thread = Thread(target=show, daemon=True) if self._stream is not None else None
        if thread:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            if thread:
                thread.join()
            if self._bar is not None:
                self._bar.bar_format = None
                self._bar.set_description_str(self._stage, refresh=False)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()

    def _begin(self, stage: str, total: int, before: int) -> None:
        self._stage, self._total, self._done, self._before = stage, total, before, before
        self._started = time.monotonic()
        self._unit = "bytes" if stage == SENDING else self.unit
        if self._bar is not None:
            self._bar.unit = f" {self._unit}"
            self._bar.set_description_str(stage, refresh=False)
            self._bar.reset(total)
            self._bar.n = self._bar.last_print_n = self._bar.initial = before

    def _line(self, note: str) -> str:
        seconds, fresh = time.monotonic() - self._started, self._done - self._before
        of_all = f" of {self._total:,}" if self._total else ""
        words = [f"{self._stage or self.unit}: {self._done:,}{of_all} {self._unit}", _clock(seconds)]
        if fresh > 0 and self._total > self._done:
            words.append(f"about {_clock(seconds / fresh * (self._total - self._done))} left")
        return ", ".join([*words, note] if note else words)

    def _print(self, line: str) -> None:
        print(line, file=self._stream, flush=True)
        restart_clock()


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


@contextmanager
def stages(unit: str, wanted: bool = True) -> Iterator[Progress]:
    """Progress on standard error while the block runs; `unit` names what is counted."""
    progress = Progress(unit, sys.stderr if wanted else None)  # None, too, where the shell has closed it
    try:
        yield progress
    finally:
        progress.close()


@contextmanager
def bar(total: int, unit: str, wanted: bool = True, stage: str = "") -> Iterator[Callable[[int], None]]:
    """Progress of one stage; yields the function to call with each advance."""
    with stages(unit, wanted) as progress:
        progress(stage, 0, total)
        yield lambda count: progress(stage, count, total)


def shows_colour(stream: TextIO | None) -> bool:
    """Whether text on this stream may have colours: on a terminal, unless NO_COLOR asks for none (no-color.org)."""
    if stream is None or not stream.isatty():
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def coloured(text: str, colour: str, wanted: bool = True) -> str:
    """The text in `green`, `red` or `yellow`, when colours are wanted."""
    return f"\x1b[{_ESCAPES[colour]}m{text}\x1b[0m" if wanted else text


def time_text(seconds: float) -> str:
    """Seconds as a user reads a long wait: in seconds, minutes or hours."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def size_text(count: float) -> str:
    """A number of bytes as people read it, such as 2.1 MB."""
    units = ["TB", "GB", "MB", "kB", "bytes"]
    while count >= 1000 and len(units) > 1:
        count /= 1000
        units.pop()
    return f"{count:,.0f} bytes" if units[-1] == "bytes" else f"{count:,.1f} {units[-1]}"


def text_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines whose cells stand below each other, two spaces apart; all rows have as many cells."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]

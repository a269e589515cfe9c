"""Batches made ready ahead of time, in order, so that the accelerator never waits.

Rows of a folder are read by threads (decoding a picture lets go of the interpreter); rows of a generator are drawn by
processes of their own.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.pixels import pixels
from synthink.evaluate.data.rows import DrawnRows, Rows
from synthink.train.data.order import Order

_rows: list[Rows] = []
"""The datasets of this process, where it is one that draws."""
_side = 0


def _open(rows: list[Rows], side: int) -> None:
    """Set a drawing process up; it ends with the process that started it, however that ends."""
    global _side
    _rows[:], _side = rows, side
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _drawn(picks: Sequence[tuple[int, int]]) -> list[Example]:
    return [_shown(_rows[dataset].example(row), _side) for dataset, row in picks]


def _shown(example: Example, side: int) -> Example:
    return example._replace(image=pixels(example.image, side, example.id))


class Loader:
    """Prepared batches of `batch_size` examples from the `start`-th batch on, without end.

    prepare: examples with their pixels -> what the learner takes. Use it as a context: threads and processes end with
    it.
    """

    def __init__(
        self,
        rows: Sequence[Rows],
        order: Order,
        prepare: Callable[[Sequence[Example]], Any],
        side: int,
        batch_size: int,
        workers: int,
    ) -> None:
        self.rows, self.order, self.prepare, self.side = list(rows), order, prepare, side
        self.batch_size, self.workers = batch_size, workers
        self._pool: Executor | None = None
        self._drawing = any(isinstance(each, DrawnRows) for each in rows)

    def __enter__(self) -> Loader:
        if self._drawing:
            # Not forked: the parent has threads of its own, and a device.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.workers, context, _open, (self.rows, self.side))
        else:
            self._pool = ThreadPoolExecutor(self.workers)
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(wait=not self._drawing, cancel_futures=True)

    def batches(self, start: int) -> Iterator[Any]:
        """Batch after batch, each made ready while others are worked off."""
        assert self._pool is not None
        waiting: deque[Future[Any]] = deque()
        number = start
        make = _drawn if self._drawing else self._read
        while True:
            try:
                while len(waiting) < 2 * self.workers:
                    picks = self.order.batch(number * self.batch_size, self.batch_size)
                    waiting.append(self._pool.submit(make, picks))
                    number += 1
                made = waiting.popleft().result()
            except BrokenExecutor:
                raise ModelError("a process that draws rows has died; is there enough memory?") from None
            yield self.prepare(made) if self._drawing else made

    def _read(self, picks: Sequence[tuple[int, int]]) -> Any:
        return self.prepare([_shown(self.rows[dataset].example(row), self.side) for dataset, row in picks])

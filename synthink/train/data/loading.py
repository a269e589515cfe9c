"""Batches made ready ahead of time, in order, so that the accelerator never waits.

Rows of a folder are read by threads (decoding a picture lets go of the interpreter); rows of a generator are drawn by
processes of their own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Any

from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.pixels import pixels
from synthink.evaluate.data.rows import DrawnRows, Rows
from synthink.processes import Send, Worker, WorkerDied
from synthink.train.data.order import Order

Picks = Sequence[tuple[int, int]]
"""The examples of a batch: (number of the dataset, index of the row)."""


def _examples(rows: Sequence[Rows], side: int, picks: Picks) -> list[Example]:
    """The picked examples, with their pictures as pixels of the size that the model takes."""
    examples = (rows[dataset].example(row) for dataset, row in picks)
    return [example._replace(image=pixels(example.image, side, example.id)) for example in examples]


def _draw(rows: Sequence[Rows], side: int, picks: Picks, report: Send) -> list[Example]:
    return _examples(rows, side, picks)


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
        self._threads: ThreadPoolExecutor | None = None
        self._processes: list[Worker[Picks, list[Example]]] = []
        self._idle: SimpleQueue[Worker[Picks, list[Example]]] = SimpleQueue()
        self._drawing = any(isinstance(dataset, DrawnRows) for dataset in rows)

    def __enter__(self) -> Loader:
        if self._drawing:
            for _ in range(self.workers):
                # Not forked: the parent has threads of its own, and a device.
                process = Worker(partial(_draw, self.rows, self.side), "spawn")
                self._processes.append(process)
                self._idle.put(process)
        self._threads = ThreadPoolExecutor(self.workers)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
        if self._threads:
            self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.stop()

    def batches(self, start: int) -> Iterator[Any]:
        """Batch after batch, each made ready while others are worked off."""
        assert self._threads is not None
        waiting: deque[Future[Any]] = deque()
        number = start
        while True:
            while len(waiting) < 2 * self.workers:
                picks = self.order.batch(number * self.batch_size, self.batch_size)
                waiting.append(self._threads.submit(self._drawn if self._drawing else self._read, picks))
                number += 1
            batch = waiting.popleft().result()
            yield self.prepare(batch) if self._drawing else batch

    def _read(self, picks: Picks) -> Any:
        """A batch of rows that are read, in this thread."""
        return self.prepare(_examples(self.rows, self.side, picks))

    def _drawn(self, picks: Picks) -> list[Example]:
        """A batch of rows that an idle process draws; this thread waits for it."""
        process = self._idle.get()
        try:
            return process.call(picks)
        except WorkerDied:
            raise ModelError("a process that draws rows has died; is there enough memory?") from None
        finally:
            self._idle.put(process)

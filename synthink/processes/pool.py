"""A pool of worker processes that share out items among them."""

from __future__ import annotations

import os
import pickle
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import partial
from multiprocessing.connection import wait
from typing import Any, Generic

from synthink.processes.child import Send
from synthink.processes.worker import FASTEST, CannotStart, Item, Result, Start, Worker, WorkerDied

THREADED = ("jax", "tensorflow", "ray")
"""Libraries with threads of their own, which a fork does not have: what they held at that moment is held for ever."""
_ALONE = (
    "jax, tensorflow or ray runs in this process, which must not be forked then, and another process does not find a "
    "class of the script or notebook: this process works alone; put the class into a module of its own, or import jax "
    "later"
)


def cores() -> int:
    """The number of cores that this process may use: a container often has fewer than the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def start_beside(libraries: Iterable[str], function: Callable[..., Any]) -> Start | None:
    """The fastest start of workers for `function` in a process that has imported `libraries`; None: there is none.

    Beside one of `THREADED` nothing is forked. A fresh interpreter does not find what the main module defines, and to
    spawn would run a script a second time that does not ask for `__main__`.
    """
    if FASTEST != "fork" or not any(name in libraries for name in THREADED):
        return FASTEST
    try:
        return None if b"__main__" in pickle.dumps(function) else "interpreter"
    except (pickle.PicklingError, AttributeError, TypeError):  # a class within a function, a lock, ...
        return None


class WorkerPool(Generic[Item, Result]):
    """Up to `count` workers that share out items among them; a worker that dies is replaced.

    Where fewer processes are to be had, these do the work. Where there is none, this process does; unless
    `never_here`, for items that may kill their process: then `CannotStart` is raised. Beside jax, where no fork is
    safe, the workers are fresh interpreters; for a function that these would not find, this process does the work,
    and a line on standard error says so.
    """

    def __init__(self, function: Callable[[Item, Send], Result], count: int, never_here: bool = False) -> None:
        self.function, self.count, self.never_here = function, count, never_here

    def map(
        self, items: Sequence[Item], on_report: Callable[[Item, Any], None] = lambda item, message: None
    ) -> Generator[tuple[Item, Result | WorkerDied], None, None]:
        """Each item with its result, in the order in which they are finished; with `WorkerDied` where the worker
        died on it. The function's errors are raised as `Worker.receive` raises them.

        on_report: called in this process with an item and what its worker reported. Processes end with the iterator.
        """
        waiting = deque(items)
        busy: dict[Any, tuple[Worker[Item, Result], Item]] = {}
        start = start_beside(sys.modules, self.function)
        has_room = start is not None
        if start is None:
            print(_ALONE, file=sys.stderr)
        try:
            while waiting or busy:
                has_room = has_room and self._start(waiting, busy, start)
                if not busy:
                    if self.never_here:
                        raise CannotStart("the system refuses it" if start else f"one of {THREADED} runs in this one")
                    item = waiting.popleft()
                    yield item, self.function(item, partial(on_report, item))
                for pipe in wait(list(busy)) if busy else ():
                    worker, item = busy[pipe]
                    try:
                        is_report, content = worker.receive()
                    except WorkerDied as death:
                        is_report, content = False, death
                        del busy[pipe]
                        worker.stop()
                    if is_report:
                        on_report(item, content)
                        continue
                    if pipe in busy and waiting:
                        busy[pipe] = worker, waiting.popleft()
                        worker.send(busy[pipe][1])
                    elif pipe in busy:
                        del busy[pipe]
                        worker.stop()
                    yield item, content
        finally:
            for worker, _ in busy.values():
                worker.process.kill()
            for worker, _ in busy.values():
                worker.stop()

    def _start(
        self, waiting: deque[Item], busy: dict[Any, tuple[Worker[Item, Result], Item]], start: Start | None
    ) -> bool:
        """Start as many workers as there is something to do for; False when the system refuses one, or an interpreter
        cannot import what the function needs."""
        while waiting and len(busy) < self.count:
            try:
                worker = Worker(self.function, start or FASTEST, siblings=[worker for worker, _ in busy.values()])
            except CannotStart:
                return False
            except WorkerDied:
                if start != "interpreter":
                    raise
                print(_ALONE, file=sys.stderr)
                return False
            busy[worker.pipe] = worker, waiting.popleft()
            worker.send(busy[worker.pipe][1])
        return True

"""Worker processes: they die with their parent, leave Ctrl-C to it, and send back results, reports and errors.

A worker serves one function, `function(item, report) -> result`: items go to it one at a time through a pipe, results
come back, and so does everything that the function passes to `report` meanwhile.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, Literal, Protocol, TypeVar

from synthink.errors import SynthinkError, WorkerError, portable

Item = TypeVar("Item")
Result = TypeVar("Result")
Send = Callable[[Any], None]

Start = Literal["fork", "spawn", "interpreter"]
"""How a worker comes to be. `fork` is fast and shares memory, and needs a parent without threads; `spawn` imports the
main module again, as `multiprocessing` does; `interpreter` imports nothing but the function's own module, and works in
a daemonic process too, which may not have children of `multiprocessing`."""
FASTEST: Start = "fork" if sys.platform == "linux" else "spawn"
THREADED = ("jax", "tensorflow", "ray")
"""Libraries with threads of their own, which a fork does not have: what they held at that moment is held for ever."""

_ALONE = (
    "jax, tensorflow or ray runs in this process, which must not be forked then, and another process does not find a "
    "class of the script or notebook: this process works alone; put the class into a module of its own, or import jax "
    "later"
)
_BOOT = "from synthink.processes import main; main()"


class WorkerDied(Exception):
    """A worker process ended before it had a result: killed, or crashed in a library. `exit_code` is negative for a
    signal, as in `subprocess`, and None where it is not known."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(f"exit code {'unknown' if exit_code is None else exit_code}")
        self.exit_code = exit_code


def cores() -> int:
    """The number of cores that this process may use: a container often has fewer than the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class CannotStart(SynthinkError):
    """No second process is to be had: the system has no room for one, or this process is a daemon of
    `multiprocessing`, which may not have children."""

    def __init__(self, reason: object) -> None:
        super().__init__(f"no second process can be started: {reason}")


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


class Messages(Protocol):
    """The form in which a worker's messages travel that must not be believed: a file that it read may have taken it
    over, and what `pickle` opens can run code."""

    @property
    def most_bytes(self) -> int:
        """The most bytes of a message."""

    def encode(self, kind: str, content: Any) -> bytes:
        """A message of the worker. kind: `report`, `result`, or `error` with (error, traceback)."""

    def decode(self, data: bytes) -> tuple[str, Any]:
        """The kind and the content of a message. Raises `ValueError` for what is none."""


class Worker(Generic[Item, Result]):
    """One process that serves `function`, and the pipe to it.

    setup: called in the process before anything else. siblings: other workers that this process has forked; a fork
    holds copies of their pipes and must close them, or a dead sibling is never noticed. messages: the form of what
    comes back, where it must not be `pickle`; a process that sends anything else is killed, and counts as one that
    died. Raises `CannotStart` when there
    is no process to be had, and `WorkerDied` when it ends at once.
    """

    def __init__(
        self,
        function: Callable[[Item, Send], Result],
        start: Start = FASTEST,
        setup: Callable[[], None] | None = None,
        siblings: Sequence[Worker[Any, Any]] = (),
        messages: Messages | None = None,
    ) -> None:
        self.messages: Messages | None = None  # the first one says that the process is there, before it reads anything
        self.timed_out = False
        """Whether `call` killed the process because it took too long."""
        bare = start == "interpreter" and os.name == "posix"
        if not bare and multiprocessing.current_process().daemon:
            raise CannotStart("this one is a daemon of multiprocessing, which may not have children")
        try:
            self.pipe, theirs = multiprocessing.Pipe()
        except OSError as error:
            raise CannotStart(error) from error
        try:
            with _interrupts_held():
                if bare:
                    self.process: Any = _Interpreter(theirs)
                else:
                    others = [worker.pipe for worker in siblings] + [self.pipe] if start == "fork" else []
                    context: Any = multiprocessing.get_context("spawn" if start == "interpreter" else start)
                    self.process = context.Process(
                        target=_serve,
                        args=(function, setup, theirs, others, os.getpid(), messages),
                        daemon=True,
                        name="synthink worker",
                    )
                    self.process.start()
        except OSError as error:
            self.pipe.close()
            raise CannotStart(error) from error
        finally:
            theirs.close()
        if bare:
            self.send((function, setup, messages))  # type: ignore[arg-type]
            self._receive()  # starting up is no fault of the first item
        self.messages = messages

    @property
    def process_id(self) -> int:
        """The operating system's number of the process."""
        number: int = self.process.pid
        return number

    def send(self, item: Item) -> None:
        """Hand the worker its next item. One that has died is noticed when its result is waited for."""
        with suppress(OSError):
            self.pipe.send(item)

    def receive(self) -> tuple[bool, Any]:
        """The next message: (True, what was reported) or (False, the result).

        Raises the function's error as far as it survives the pipe, from a `WorkerError` with its traceback, and
        `WorkerDied` when the process is no more.
        """
        kind, content = self._receive()
        if kind == "error":
            error, trace = content
            raise error from (WorkerError(trace) if trace else None)
        return kind == "report", content

    def call(self, item: Item, on_report: Send = lambda message: None, timeout_s: float | None = None) -> Result:
        """The result for one item; raises what `receive` raises. The process is killed when it says nothing, neither a
        report nor the result, for `timeout_s` seconds, and `timed_out` says so."""
        self.send(item)
        while True:
            watch = threading.Timer(timeout_s, self._time_out) if timeout_s is not None else None
            try:
                if watch is not None:
                    watch.start()
                is_report, content = self.receive()
            finally:
                if watch is not None:
                    watch.cancel()
            if not is_report:
                result: Result = content
                return result
            on_report(content)

    def kill(self) -> None:
        """Kill the process and wait for its end; whoever waits for its result gets `WorkerDied`."""
        self.process.kill()
        self.process.join()

    def stop(self) -> None:
        """Kill the process and close the pipe."""
        self.kill()
        self.pipe.close()

    def _receive(self) -> tuple[str, Any]:
        try:
            if self.messages is None:
                message: tuple[str, Any] = self.pipe.recv()
            else:
                message = self.messages.decode(self.pipe.recv_bytes(self.messages.most_bytes))
        except (EOFError, OSError, ValueError) as error:
            if self.messages is not None and not isinstance(error, EOFError):
                self.process.kill()  # what it sent is no message
            self.process.join()
            raise WorkerDied(self.process.exitcode) from None
        return message

    def _time_out(self) -> None:
        self.timed_out = True
        self.process.kill()


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


class _Interpreter:
    """A fresh interpreter with one end of a pipe, handled like a process of `multiprocessing`."""

    def __init__(self, pipe: Any) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, str(pipe.fileno()), str(os.getpid())],
            pass_fds=[pipe.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self.kill, self.pid = self._process.kill, self._process.pid

    def join(self) -> None:
        self._process.wait()

    @property
    def exitcode(self) -> int | None:
        return self._process.returncode


def main() -> None:
    """The life of a worker that `interpreter` started."""
    pipe, parent = Connection(int(sys.argv[1])), int(sys.argv[2])
    function, setup, messages = pipe.recv()
    pipe.send(("ready", None))
    _serve(function, setup, pipe, [], parent, messages)


def _serve(
    function: Callable[[Any, Send], Any],
    setup: Callable[[], None] | None,
    pipe: Any,
    others: Sequence[Any],
    parent: int,
    messages: Messages | None,
) -> None:
    """A worker's life: item in, result out, until the pipe closes or the parent dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if os.name == "posix":
        for number in (signal.SIGUSR1, signal.SIGUSR2):  # a scheduler's, to a job and all its processes
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    _end_with_parent(parent)
    for other in others:
        other.close()
    if setup is not None:
        setup()

    def send(kind: str, content: Any) -> None:
        if messages is None:
            pipe.send((kind, content))
        else:
            pipe.send_bytes(messages.encode(kind, content))

    with suppress(EOFError, OSError):
        while True:
            item = pipe.recv()
            try:
                send("result", function(item, partial(send, "report")))
            except Exception as error:  # noqa: BLE001 - it is raised again in the parent
                send("error", portable(error))


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C away from a child until it ignores it: it would print a traceback of its own."""
    if os.name != "posix":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent(parent: int) -> None:
    """End this process when its parent ends, however that ends: by the kernel on Linux (prctl(2), PR_SET_PDEATHSIG),
    elsewhere by a thread that looks."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    else:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    process = multiprocessing.parent_process()
    if process is not None:
        process.join()
    else:
        while os.getppid() == parent:
            time.sleep(0.5)
    os._exit(1)

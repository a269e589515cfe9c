"""One worker process and the pipe to it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Generic, Literal, TypeVar

from synthink.errors import SynthinkError, WorkerError
from synthink.processes.child import Messages, Send, serve

Item = TypeVar("Item")
Result = TypeVar("Result")

Start = Literal["fork", "spawn", "interpreter"]
"""How a worker comes to be. `fork` is fast and shares memory, and needs a parent without threads; `spawn` imports the
main module again, as `multiprocessing` does; `interpreter` imports nothing but the function's own module, and works in
a daemonic process too, which may not have children of `multiprocessing`."""
FASTEST: Start = "fork" if sys.platform == "linux" else "spawn"
_BOOT = "from synthink.processes.child import main; main()"


class WorkerDied(Exception):
    """A worker process ended before it had a result: killed, or crashed in a library. `exit_code` is negative for a
    signal, as in `subprocess`, and None where it is not known."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(f"exit code {'unknown' if exit_code is None else exit_code}")
        self.exit_code = exit_code


class CannotStart(SynthinkError):
    """No second process is to be had: the system has no room for one, or this process is a daemon of
    `multiprocessing`, which may not have children."""

    def __init__(self, reason: object) -> None:
        super().__init__(f"no second process can be started: {reason}")


class Worker(Generic[Item, Result]):
    """One process that serves `function`, and the pipe to it.

    setup: called in the process before anything else. siblings: other workers that this process has forked; a fork
    holds copies of their pipes and must close them, or a dead sibling is never noticed. messages: the form of what
    comes back, where it must not be `pickle`; a process that sends anything else is killed, and counts as one that
    died. Raises `CannotStart` when there is no process to be had, and `WorkerDied` when it ends at once.
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
                        target=serve,
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

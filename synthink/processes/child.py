"""The life of a worker process, from its first line on: it ends when its parent ends, and leaves Ctrl-C to it."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, Protocol

from synthink.errors import portable

Send = Callable[[Any], None]


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


def main() -> None:
    """The life of a worker that `interpreter` started."""
    pipe, parent = Connection(int(sys.argv[1])), int(sys.argv[2])
    function, setup, messages = pipe.recv()
    pipe.send(("ready", None))
    serve(function, setup, pipe, [], parent, messages)


def serve(
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

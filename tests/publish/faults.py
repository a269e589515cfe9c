"""Faults that the hub plays, and publishers in processes of their own that die of them."""

from __future__ import annotations

import itertools
import os
import resource
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import huggingface_hub

from tests.publish.hub import TOKEN, Fault, Handler, Hub

REQUESTS = 11
"""The requests that it takes to publish into a repository that is not there."""


def first(times: int, route: str, act: Callable[[Handler], str], skipped: int = 0) -> Fault:
    """What the hub does with the first requests to a route, after those that are skipped."""
    seen: Counter[str] = Counter()

    def fault(handler: Handler) -> str | None:
        if route not in handler.route:
            return None
        seen[route] += 1
        return act(handler) if skipped < seen[route] <= skipped + times else None

    return fault


def refusing(status: int, headers: dict[str, str] | None = None) -> Callable[[Handler], str]:
    def act(handler: Handler) -> str:
        handler.refuse(status, f"no, {TOKEN}", headers=headers)
        return "answered"

    return act


def hanging_up(handler: Handler) -> str:
    handler.hang_up()
    return "answered"


def forked(hub: Hub, work: Callable[[], object], fault_of: Callable[[int], Fault]) -> int:
    """Do work in a fork of this process, and return how it ended, as `os.waitpid` says it.

    fault_of: makes the hub's fault from the number of that process.
    """
    gate, opener = os.pipe()
    process = os.fork()
    if process == 0:
        status = 1
        try:
            os.read(gate, 1)
            huggingface_hub.close_session()  # the connections are the other process's
            work()
            status = 0
        finally:
            os._exit(status)
    hub.fault = fault_of(process)
    os.write(opener, b"x")
    os.close(opener)
    os.close(gate)
    return os.waitpid(process, 0)[1]


def kill_at(number: int, after_s: float = 0.0) -> Callable[[int], Fault]:
    """The fault that kills a process while the hub answers its request of that number, or some time after it came."""
    numbers = itertools.count(1)  # several requests may come at once

    def of(process: int) -> Fault:
        def fault(handler: Handler) -> str | None:
            if next(numbers) == number:
                threading.Timer(after_s, kill).start() if after_s else kill()
            return None

        def kill() -> None:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

        return fault

    return of


@contextmanager
def small_disk(most_bytes: int) -> Iterator[None]:
    """No file may grow beyond a size, as where a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

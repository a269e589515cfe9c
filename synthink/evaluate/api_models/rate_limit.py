"""Requests at even distances, over all threads."""

from __future__ import annotations

import threading
import time


class Stopped(Exception):
    """The run ends: whoever waits need not go on."""


class Pace:
    """Gives each request its moment; a server's wish to wait moves the moments of all."""

    def __init__(self, per_minute: float | None) -> None:
        self.distance_s = 60 / per_minute if per_minute else 0.0
        self._next = 0.0  # of the monotonic clock, which no correction of the time of day moves
        self._lock = threading.Lock()

    def wait(self, stop: threading.Event) -> None:
        """Return when it is this thread's turn; `Stopped` when the run ends before."""
        while (ahead := self._take()) > 0:
            rest(ahead, stop)
        rest(0, stop)

    def hold(self, seconds: float) -> None:
        """No request before so many seconds have gone by."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)

    def _take(self) -> float:
        """0 when the turn is taken, else the seconds until there may be one."""
        with self._lock:
            now = time.monotonic()
            if now < self._next:
                return self._next - now
            self._next = now + self.distance_s
            return 0.0


def rest(seconds: float, stop: threading.Event) -> None:
    """Sleep; `Stopped` as soon as the run ends."""
    if stop.wait(seconds) if seconds > 0 else stop.is_set():
        raise Stopped

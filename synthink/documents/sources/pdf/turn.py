"""pdfium's turn: one thread of a process at a time may be in it."""

from __future__ import annotations

import os
import threading

_lock = threading.Lock()


def turn() -> threading.Lock:
    """The lock that is held around all that is asked of pdfium."""
    return _lock


def _fresh_lock() -> None:
    """A forked child must not wait for a thread that it does not have."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fresh_lock)

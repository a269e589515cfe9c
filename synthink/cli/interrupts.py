"""Ctrl-C in the first second of the command, while its modules load: there is nothing to end yet, and nothing to say.

`synthink` imports this before anything else. `synthink.cli.main` puts its own handlers in place of this one.
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def is_command(words: list[str]) -> bool:
    """Whether words by which Python was started (`sys.orig_argv`) are those of the command `synthink`, and not of a
    program that imports it."""
    words = words[1:]
    while words and words[0].startswith("-") and words[0] != "-m":
        words = words[1:]
    return words[:2] == ["-m", "synthink"] or (bool(words) and os.path.basename(words[0]) == "synthink")  # noqa: PTH119


def end_quietly_on_interrupt() -> None:
    """Have Ctrl-C end the process with the status of a shell, 130, and without Python's traceback."""
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(128 + number))


if is_command(sys.orig_argv):
    end_quietly_on_interrupt()

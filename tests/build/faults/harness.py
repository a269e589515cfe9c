"""Starting runs in sessions of their own, and looking at what they leave behind."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from tests.support import environment

COMMAND = [sys.executable, "-m", "tests.build.faults.command"]
"""To be run in an `environment()`."""
_PROGRESS = re.compile(r"^generating: .*\n", re.MULTILINE)
LEFT_S = 5.0
"""After this time nothing of a killed run may be left."""


class Run:
    """`synthink generate` in a session of its own."""

    def __init__(
        self, *arguments: str, before: Callable[[], None] = lambda: None, env: Mapping[str, str] | None = None
    ) -> None:
        """before: called in the new process. env: variables of its environment besides those of this one."""

        def prepare() -> None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # where tests run in the background it is ignored
            before()

        self.process = subprocess.Popen(
            [*COMMAND, "generate", *arguments],
            env=environment(**(env or {})),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=prepare,
        )
        self.stdout = self.stderr = ""

    def end(self, timeout: float = 60) -> int:
        """Wait for the process; its exit status. Lines about progress, which come on a busy machine, are left out."""
        self.stdout, stderr = self.process.communicate(timeout=timeout)
        self.stderr = _PROGRESS.sub("", stderr)
        return self.process.returncode

    def kill(self) -> None:
        """`kill -9` of the first process alone."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def workers(self) -> list[int]:
        return [pid for pid in self.left() if pid != self.process.pid]

    def left(self) -> list[int]:
        """Living processes of the session."""
        return [pid for pid in psutil.pids() if _session(pid) == self.process.pid and _lives(pid)]

    def stands_still(self) -> bool:
        """Whether every process of the session is stopped: one may still be inside a write when it is told to."""
        return all(_status(pid) in (psutil.STATUS_STOPPED, None) for pid in self.left())

    def wait_gone(self) -> float:
        """Seconds until no process is left; AssertionError after `LEFT_S`."""
        started = time.monotonic()
        while left := self.left():
            assert time.monotonic() - started < LEFT_S, f"left behind: {left}"
            time.sleep(0.01)
        return time.monotonic() - started


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return -1


def _lives(pid: int) -> bool:
    return _status(pid) not in (psutil.STATUS_ZOMBIE, None)


def _status(pid: int) -> str | None:
    """None where there is no such process."""
    try:
        return str(psutil.Process(pid).status())
    except psutil.NoSuchProcess:
        return None


def generate(*arguments: str, before: Callable[[], None] = lambda: None, env: Mapping[str, str] | None = None) -> Run:
    """A run that has ended."""
    run = Run(*arguments, before=before, env=env)
    run.end()
    return run


def wait_for(condition: Callable[[], bool], run: Run, timeout: float = 30) -> bool:
    """Until the condition holds (True) or the run has ended (False)."""
    deadline = time.monotonic() + timeout
    while not condition():
        if run.process.poll() is not None:
            return False
        assert time.monotonic() < deadline
        time.sleep(0.002)
    return True


def journaled(folder: Path) -> list[str]:
    """The shards that an unfinished run has on record."""
    from synthink.build import journal

    return [record.file for record in journal.read(folder)]


def tree(folder: Path, without: Sequence[str] = ()) -> dict[str, str]:
    """Every path below the folder, hidden ones too: its hash, or "/" for a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "/"
        for path in sorted(folder.rglob("*"))
        if path.relative_to(folder).parts[0] not in without
    }


def damaged(folder: Path, clean: dict[str, str]) -> list[str]:
    """Names outside the work folder that a clean run does not have, or has with other bytes."""
    return [name for name, content in tree(folder, without=[".synthink"]).items() if clean.get(name) != content]


def stamps(folder: Path, names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """What changes when a shard is made again: inode and time."""
    found = {name: (folder / name).stat() for name in names}
    return {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in found.items()}

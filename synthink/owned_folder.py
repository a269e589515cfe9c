"""A folder that is one run's alone while the run writes it: a dataset, or a training run.

`.synthink/` in the folder holds the lock and whatever a run needs until it is done. What a folder is known by, which
names it may hold, and how messages call it are its class's.
"""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from synthink.errors import OutputError
from synthink.files import remove

WORK = ".synthink"
LOCK = "lock"
SHOWN_CHANGES = 8
"""Differences that a message names."""


class OwnedFolder:
    """One folder; subclasses say what lies in it."""

    noun: ClassVar[str]
    """The word for it in messages: `dataset`, `run`."""
    marks: ClassVar[Collection[str]]
    """Names of which one is enough to know the folder as ours."""
    known_names: ClassVar[Collection[str]]
    """All names that such a folder may hold."""
    survivors: ClassVar[str]
    """The word in messages for what such a folder still holds after a disk failed or was full: `checkpoints`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def work(self) -> Path:
        """The folder of the lock and of all that is removed when a run is done."""
        return self.path / WORK

    @property
    def lock(self) -> Path:
        """The file that the run holds locked."""
        return self.work / LOCK

    def reject_foreign_files(self) -> None:
        """`OutputError` when the place is not a folder, or holds files and nothing that marks it as ours."""
        if self.path.exists() and not self.path.is_dir():
            raise OutputError(f"{self.path}: is not a folder")
        if self.path.is_dir() and not any((self.path / name).exists() for name in self.marks):
            names = sorted(path.name for path in self.path.iterdir() if path.name != WORK)
            if names:
                raise OutputError(f"{self.path}: not empty, and not a {self.noun} of synthink (holds {names[0]!r})")

    def reject_unknown_files(self) -> None:
        """`OutputError` when there is a file that overwriting would lose and that is not part of a folder of ours."""
        names = sorted({path.name for path in self.path.iterdir()} - set(self.known_names))
        if names:
            raise OutputError(
                f"{self.path}: holds {names[0]!r}, which is not the {self.noun}'s; move it, then overwrite"
            )

    def reject_changes(self, changes: Sequence[str]) -> None:
        """`OutputError` that shows how the folder's configuration differs from the one wanted."""
        listed = "; ".join(changes[:SHOWN_CHANGES])
        more = f"; and {len(changes) - SHOWN_CHANGES} more" if len(changes) > SHOWN_CHANGES else ""
        raise OutputError(
            f"{self.path}: holds a {self.noun} of another configuration ({listed}{more}); choose another output, or "
            "overwrite=true"
        )

    @contextmanager
    def held(self) -> Iterator[Callable[[], bool]]:
        """The folder is this run's alone while the block runs. Yields a function that says whether it still is.

        `OutputError` when another run writes there, when other files lie there, and for all that goes wrong with files
        in the block.
        """
        with self.errors_explained():
            self.reject_foreign_files()
            with locked(self.lock) as is_ours:
                yield is_ours

    @contextmanager
    def errors_explained(self) -> Iterator[None]:
        """Errors of the disk in the block become `OutputError`s that say what stays and what to do."""
        try:
            yield
        except OSError as error:
            raise OutputError(self._explain(error)) from error

    def remove_work(self) -> None:
        """Remove the work folder. The lock goes last: it is ours."""
        for path in self.work.iterdir() if self.work.is_dir() else ():
            if path.name != LOCK:
                remove(path)
        self.lock.unlink(missing_ok=True)
        with suppress(OSError):  # the next run may have begun in it
            self.work.rmdir()

    def _explain(self, error: OSError) -> str:
        place = error.filename or self.path
        reason = os.strerror(error.errno) if error.errno else str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return f"{place}: {reason}: {self.survivors} are kept; make room and run the same command again"
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"{place}: cannot be written: {reason}"
        return f"{place}: {reason}"


def differences(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> list[str]:
    """`key: old -> new` for each leaf in which two configurations differ."""
    changes = []
    for key in sorted({*old, *new}):
        place = f"{path}.{key}" if path else key
        before, after = old.get(key), new.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            changes += differences(before, after, place)
        elif before != after:
            changes.append(f"{place}: {before!r} -> {after!r}")
    return changes


@contextmanager
def locked(path: Path, wait_s: float = 5.0) -> Iterator[Callable[[], bool]]:
    """Hold an exclusive lock on a file while the block runs; `OutputError` names who has it.

    The lock belongs to the open file, and forked workers inherit it: a folder is free only when the last process of
    a run has ended. A holder whose process is gone is waited for, since its workers are just ending. The file and its
    folder are made where they are missing, and the holder may remove them. Yields a function that says whether the
    file under that name is still the one locked.
    """
    if os.name != "posix":
        path.parent.mkdir(parents=True, exist_ok=True)
        yield path.parent.exists
        return
    handle = _lock(path, wait_s)
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        yield lambda: _names(path, handle)
    finally:
        os.close(handle)


def _lock(path: Path, wait_s: float) -> int:
    import fcntl

    started = time.monotonic()
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except FileNotFoundError:
            continue  # the holder before us has just removed the folder
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _names(path, handle):
                return handle
            os.close(handle)  # the holder before us removed the file when it was done
        except OSError as error:
            holder = os.pread(handle, 200, 0).decode(errors="replace").strip()
            os.close(handle)
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            waited = time.monotonic() - started
            # A killed process that nobody has waited for yet seems alive for a moment, too.
            if waited > (min(0.3, wait_s) if _alive(holder) else wait_s):
                raise OutputError(
                    f"{path.parent.parent}: another run is writing here ({holder or 'unknown'})"
                ) from None
            time.sleep(0.05)


def _names(path: Path, handle: int) -> bool:
    """Whether `path` is the file that is open as `handle`."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _alive(holder: str) -> bool:
    """Whether the process that wrote the lock's text still runs (on another host: assume so)."""
    words = holder.split()
    if len(words) != 4 or not words[1].isdecimal():
        return False
    if words[3] != socket.gethostname():
        return True
    try:
        os.kill(int(words[1]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

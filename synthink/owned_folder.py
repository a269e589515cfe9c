"""A folder that is one run's alone while the run writes it: a dataset, or a training run.

`.synthink/` in the folder holds the lock and whatever a run needs until it is done. What a folder is known by, which
names it may hold, and how messages call it are its class's.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from synthink.confined import (
    kind_inside,
    make_folder_inside,
    names_inside,
    open_inside,
    reject_links,
    remove_inside,
)
from synthink.errors import BusyError, OutputError, quoted

WORK = ".synthink"
LOCK = "lock"
_HOLDER = re.compile(r"process (?P<process>\d{1,20}) on (?P<host>[!-~]{1,150})", re.ASCII)
"""The text of a lock."""
SHOWN_CHANGES = 8
"""Differences that a message names."""


class OwnedFolder:
    """One folder; subclasses say what lies in it.

    It is known as ours by the content of a file of ours, never by a name alone. Nothing of ours in it may be a link or
    a pipe, and whatever is removed from it is named by something that was read and checked.
    """

    noun: ClassVar[str]
    """The word for it in messages: `dataset`, `run`."""
    known_names: ClassVar[Collection[str]]
    """The names at the top of such a folder."""
    work_names: ClassVar[Collection[str]] = ()
    """The names in `.synthink/` besides the lock, in the order in which they are removed."""
    fresh_names: ClassVar[Collection[str]] = ()
    """Those of them that a run which was killed can leave there before the folder is known as ours."""
    survivors: ClassVar[str]
    """The word in messages for what such a folder still holds after a disk failed or was full: `checkpoints`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def is_known(self) -> bool:
        """Whether a file in the folder says that it is ours. Raises `OutputError` or `AssetError` for one that is
        damaged."""
        raise NotImplementedError

    def has(self, name: str) -> bool:
        """Whether a file or folder of that name lies there; `OutputError` for a link, a pipe or a device."""
        return kind_inside(self.path, name, OutputError) is not None

    def reject_foreign_files(self) -> None:
        """`OutputError` when the place is not a folder, when a name of ours leads elsewhere, or when there are files
        and none of them says that the folder is ours."""
        if not self.path.exists():
            if self.path.is_symlink():
                raise OutputError(f"{self.path}: is a link that leads nowhere")
            return
        if not self.path.is_dir():
            raise OutputError(f"{self.path}: is not a folder")
        reject_links(self.path, [*self.known_names, WORK], OutputError)
        for name in (f"{WORK}/{name}" for name in (LOCK, *self.work_names)):
            if kind_inside(self.path, name, OutputError) == "file":
                os.close(open_inside(self.path, name, os.O_RDWR, OutputError))  # some are written into as they are
        names = sorted(path.name for path in self.path.iterdir() if path.name != WORK)
        if self.has(WORK):
            work_names = set(names_inside(self.path, WORK, OutputError)) - {LOCK, *self.fresh_names}
            names += sorted(f"{WORK}/{name}" for name in work_names)
        if names and not self.is_known():  # looked at last: a run that has just begun says so before it writes more
            raise OutputError(f"{self.path}: not empty, and not a {self.noun} of synthink (holds {quoted(names[0])})")

    def reject_changes(self, changes: Sequence[str]) -> None:
        """`OutputError` that shows how the folder's configuration differs from the one wanted."""
        raise OutputError(other_configuration(self.path, self.noun, changes))

    @contextmanager
    def held(self) -> Iterator[Callable[[], bool]]:
        """The folder is this run's alone while the block runs. Yields a function that says whether it still is.

        `OutputError` when another run writes there, when other files lie there, and for all that goes wrong with files
        in the block.
        """
        with self.errors_explained():
            self.reject_foreign_files()
            with locked(self.path) as is_ours:
                yield is_ours

    @contextmanager
    def errors_explained(self) -> Iterator[None]:
        """Errors of the disk in the block become `OutputError`s that say what stays and what to do."""
        try:
            yield
        except OSError as error:
            raise OutputError(self._explain(error)) from error

    def remove_work(self) -> None:
        """Remove what is ours in the work folder. The lock goes last: it is ours."""
        for name in (*self.work_names, LOCK):
            remove_inside(self.path, f"{WORK}/{name}", OutputError)
        with suppress(OSError):  # the next run may have begun in it, or somebody put something there
            (self.path / WORK).rmdir()

    def _explain(self, error: OSError) -> str:
        place = error.filename or self.path
        reason = os.strerror(error.errno) if error.errno else str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return f"{place}: {reason}: {self.survivors} are kept; make room and run the same command again"
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"{place}: cannot be written: {reason}"
        return f"{place}: {reason}"


def other_configuration(place: object, noun: str, changes: Sequence[str]) -> str:
    """The message for a place that holds something of another configuration than the one wanted."""
    listed = "; ".join(changes[:SHOWN_CHANGES])
    more = f"; and {len(changes) - SHOWN_CHANGES} more" if len(changes) > SHOWN_CHANGES else ""
    advice = "choose another output, or overwrite=true"
    return f"{place}: holds a {noun} of another configuration ({listed}{more}); {advice}"


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """`key: old -> new` for each leaf in which two configurations differ."""
    return [f"{place}: {quoted(before)} -> {quoted(after)}" for place, before, after in changed_leaves(old, new)]


def changed_leaves(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The dotted key of each leaf in which two configurations differ, with the old and the new value."""
    for key in sorted({*old, *new}):
        place = f"{path}.{key}" if path else key
        before, after = old.get(key), new.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from changed_leaves(before, after, place)
        elif before != after:
            yield place, before, after


@contextmanager
def locked(folder: Path, wait_s: float = 5.0) -> Iterator[Callable[[], bool]]:
    """Hold an exclusive lock on a folder's `.synthink/lock` while the block runs; `OutputError` names who has it.

    The lock belongs to the open file, and forked workers inherit it: a folder is free only when the last process of
    a run has ended. A holder whose process is gone is waited for, since its workers are just ending. The file and its
    folder are made where they are missing, and the holder may remove them. Yields a function that says whether the
    file under that name is still the one locked.
    """
    if os.name != "posix":
        _make_work(folder)
        yield (folder / WORK).exists
        return
    handle = _lock(folder, wait_s)
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{this_process()}\n".encode(), 0)
        yield lambda: _names(folder, handle)
    finally:
        os.close(handle)


def _make_work(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    make_folder_inside(folder, WORK, OutputError)


def _lock(folder: Path, wait_s: float) -> int:
    import fcntl

    started = time.monotonic()
    while True:
        try:
            _make_work(folder)
            handle = open_inside(folder, f"{WORK}/{LOCK}", os.O_RDWR | os.O_CREAT, OutputError)
        except FileNotFoundError:
            if time.monotonic() - started > wait_s:
                raise
            time.sleep(0.001)  # the holder before us has just removed the folder
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _names(folder, handle):
                return handle
            os.close(handle)  # the holder before us removed the file when it was done
        except OSError as error:
            holder = os.pread(handle, 200, 0).decode(errors="replace").strip()
            os.close(handle)
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            waited = time.monotonic() - started
            # A killed process that nobody has waited for yet seems alive for a moment, too.
            if waited > (min(0.3, wait_s) if is_alive(holder) else wait_s):
                name = holder if _HOLDER.fullmatch(holder) else "unknown"
                raise BusyError(f"{folder}: another run is writing here ({name})") from None
            time.sleep(0.05)


def _names(folder: Path, handle: int) -> bool:
    """Whether the lock's name still means the file that is open as `handle`."""
    try:
        return os.path.samestat((folder / WORK / LOCK).lstat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def this_process() -> str:
    """The name of this process, by which others can ask whether it is alive."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def is_alive(holder: str) -> bool:
    """Whether the process of that name still runs (on another host: assume so)."""
    words = _HOLDER.fullmatch(holder)
    if words is None:
        return False
    if words["host"] != socket.gethostname():
        return True
    try:
        os.kill(int(words["process"]), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def removed_if_empty(folder: Path) -> Iterator[None]:
    """Remove the folder and those above it after the block, where they were not there before and hold nothing."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        yield
    finally:
        with suppress(OSError):  # the first of them that holds something, or was never made
            for place in missing:
                place.rmdir()

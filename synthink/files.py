"""Files that appear whole or not at all, and the lock that keeps two runs out of one folder."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from synthink.errors import OutputError


def write_whole(path: Path, content: bytes, by: Path | None = None) -> None:
    """Write a file under a temporary name, make it durable, and give it its name.

    by: folder on the same file system for the temporary file, which a kill can leave behind; else beside `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = (by or path.parent) / f".{path.name}.{os.getpid()}.tmp"
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_tree(path: Path) -> None:
    """Make a file, or a folder and all files in it, durable."""
    files = [path] if path.is_file() else sorted(path.iterdir())
    for file in files:
        handle = os.open(file, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    if path.is_dir():
        sync_folder(path)


def digest(path: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes of a file, or of a folder's files and their names in order."""
    whole = hashlib.sha256()
    size = 0
    for file in [path] if path.is_file() else sorted(path.iterdir()):
        if file is not path:
            whole.update(file.name.encode() + b"\0")
        with file.open("rb") as data:
            while block := data.read(1 << 20):
                whole.update(block)
                size += len(block)
    return whole.hexdigest(), size


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


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


def backup_path(path: Path) -> Path:
    """Where `exchange` puts the old folder for a moment when the system cannot swap two folders in one step."""
    return path.with_name(f".{path.name}.synthink-old")


def exchange(new: Path, old: Path) -> None:
    """Swap two folders in one step where the system can (Linux); else the old one steps aside for a moment."""
    if _renameat2(new, old):
        return
    remove(backup_path(old))
    old.rename(backup_path(old))
    new.rename(old)
    backup_path(old).rename(new)


def _renameat2(one: Path, other: Path) -> bool:
    import ctypes

    at_cwd, exchange_flag = -100, 2  # AT_FDCWD, RENAME_EXCHANGE of renameat2(2)
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    return bool(call(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), exchange_flag) == 0)

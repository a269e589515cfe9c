"""Files that appear complete or not at all, and that are on the disk when a function returns."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path


def write_atomically(path: Path, content: bytes, by: Path | None = None) -> None:
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


class UnreadableFile(Exception):
    """A file cannot be read; the message is the reason, without the file's name."""


def read_limited(path: Path, max_bytes: int) -> bytes:
    """The content of a file of at most `max_bytes` bytes.

    Raises `UnreadableFile` for one that is larger, that cannot be opened, or that is no regular file: a pipe could
    keep a reader waiting for ever.
    """
    try:
        if path.exists() and not path.is_file():
            raise UnreadableFile("is no regular file")
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > max_bytes:
        raise UnreadableFile(f"has more than {max_bytes:,} bytes")
    return data


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
    checksum = hashlib.sha256()
    size = 0
    for file in [path] if path.is_file() else sorted(path.iterdir()):
        if file is not path:
            checksum.update(file.name.encode() + b"\0")
        with file.open("rb") as data:
            while block := data.read(1 << 20):
                checksum.update(block)
                size += len(block)
    return checksum.hexdigest(), size


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def backup_path(path: Path) -> Path:
    """The path to which `exchange` moves the old folder for a moment when the system cannot swap two folders in one
    step."""
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

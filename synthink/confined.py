"""Opening, listing and removing what lies inside one folder, and nothing anywhere else.

For our own files in somebody's folder (lock, journal, plan, manifest, checkpoints) and for rows, pictures and shards of
datasets from outside. A name is a path below the folder, with slashes. What is refused, at once and with nothing read
or written: names that leave the folder (`../x`, `/x`, `C:\\x`), links at any place below the folder, and all that is
neither a regular file nor a folder: a pipe can make a reader wait for ever, a device can have no end. The folder itself
may be a link: whoever names it chooses where it leads.

On Linux each folder on the way is opened below the one before it, without following links, so that even a link that
is put there in between leads nowhere. Where the system has no such calls, names are looked at before they are used.
Not covered: mount points below the folder, hard links to files that are only read, and what a folder's permissions let
others do with it. A file that is opened for writing must be new or have no second name (hard link).

Every function takes `error`, the kind of `SynthinkError` that it raises for what is refused. The system's own errors
come as they are, `FileNotFoundError` above all, with the whole path as their `filename`.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PureWindowsPath
from typing import BinaryIO, Literal

from synthink.errors import AssetError, SynthinkError, quoted

Error = type[SynthinkError]
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
_HAS_HANDLES = {os.open, os.stat, os.mkdir, os.rename, os.unlink} <= os.supports_dir_fd and os.listdir in os.supports_fd


def open_inside(folder: Path, name: str, flags: int = os.O_RDONLY, error: Error = AssetError) -> int:
    """Open a regular file; the caller closes the handle.

    flags: as of `os.open`. One that is made with `os.O_CREAT` can be read by everybody whom the umask lets.
    """
    with _place(folder, name, error) as (parent, last), _whole_name(folder / name):
        with suppress(FileNotFoundError):
            _check(folder / name, os.stat(last, dir_fd=parent, follow_symlinks=False), error)
        handle = os.open(last, flags & ~os.O_TRUNC | _NO_LINK | getattr(os, "O_BINARY", 0), 0o666, dir_fd=parent)
        try:
            status = os.fstat(handle)
            _check(folder / name, status, error)
            if not stat.S_ISREG(status.st_mode):
                raise error(f"{folder / name}: is a folder, where a file is wanted")
            if flags & (os.O_WRONLY | os.O_RDWR):
                if status.st_nlink > 1:
                    raise error(f"{folder / name}: has a second name (hard link) elsewhere; remove it")
                if flags & os.O_TRUNC:
                    os.ftruncate(handle, 0)
        except BaseException:
            os.close(handle)
            raise
        return handle


def file_inside(folder: Path, name: str, error: Error = AssetError) -> BinaryIO:
    """A regular file, open for reading, as what reads Parquet, Arrow or tar takes it."""
    return os.fdopen(open_inside(folder, name, error=error), "rb")


def read_inside(folder: Path, name: str, limit_bytes: int, error: Error = AssetError) -> bytes:
    """The content of a regular file of at most `limit_bytes` bytes."""
    blocks, size = list[bytes](), 0
    with file_inside(folder, name, error) as file:
        while os.fstat(file.fileno()).st_size <= limit_bytes >= size:
            block = file.read(1 << 20)
            if not block:
                return b"".join(blocks)
            blocks.append(block)
            size += len(block)
    raise error(f"{folder / name}: has more than {limit_bytes:,} bytes, the most that are read")


def kind_inside(folder: Path, name: str, error: Error = AssetError) -> Literal["file", "folder"] | None:
    """Whether a regular file or a folder lies there; None where nothing does."""
    try:
        with _place(folder, name, error) as (parent, last), _whole_name(folder / name):
            status = os.stat(last, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return None
    _check(folder / name, status, error)
    return "file" if stat.S_ISREG(status.st_mode) else "folder"


def reject_links(folder: Path, names: Iterable[str], error: Error = AssetError) -> None:
    """Raise `error` when a link, a pipe or a device lies under one of the names; where nothing lies is as well."""
    for name in names if folder.is_dir() else ():
        kind_inside(folder, name, error)


def names_inside(folder: Path, name: str, error: Error = AssetError) -> list[str]:
    """The names in a folder below the folder, sorted; they may be those of links and pipes."""
    with _place(folder, f"{name}/_", error) as (parent, last):
        return sorted(os.listdir(os.path.dirname(last) if parent is None else parent))  # noqa: PTH120, PTH208


def make_folder_inside(folder: Path, name: str, error: Error = AssetError) -> None:
    """Make a folder below the folder, and those on the way to it, where they are missing."""
    with _place(folder, f"{name}/_", error, make=True):
        pass


def rename_inside(folder: Path, old: str, new: str, error: Error = AssetError) -> None:
    """Give a file or folder another place below the folder, whose parent exists. A file that is there is replaced."""
    with (
        _place(folder, old, error) as (parent, last),
        _place(folder, new, error) as (new_parent, new_last),
        _whole_name(folder / new),
    ):
        os.replace(last, new_last, src_dir_fd=parent, dst_dir_fd=new_parent)


def remove_inside(folder: Path, name: str, error: Error = AssetError) -> None:
    """Remove a file, or a folder with all that is in it, if it is there. A link goes, its target stays."""
    with suppress(FileNotFoundError), _place(folder, name, error) as (parent, last), _whole_name(folder / name):
        if stat.S_ISDIR(os.stat(last, dir_fd=parent, follow_symlinks=False).st_mode):
            shutil.rmtree(last, dir_fd=parent)
        else:
            os.unlink(last, dir_fd=parent)


def withdraw_inside(folder: Path, name: str, other_name: str, error: Error = AssetError) -> None:
    """Remove a folder below the folder into which processes of other machines may still write, if it is there.

    It is given the name `other_name` first: from then on they find no place to write to.
    """
    remove_inside(folder, other_name, error)
    with suppress(FileNotFoundError):
        rename_inside(folder, name, other_name, error)
        remove_inside(folder, other_name, error)


@contextmanager
def _place(folder: Path, name: str, error: Error, make: bool = False) -> Iterator[tuple[int | None, str]]:
    """Where a name lies: a handle of its folder, and its last part; without handles None, and the whole path."""
    *folders, last = _parts(folder, name, error)
    path = folder
    handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)) if _HAS_HANDLES else None
    try:
        for part in folders:
            path /= part
            place = part if handle is not None else str(path)
            with _whole_name(path):
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(place, dir_fd=handle)
                status = os.stat(place, dir_fd=handle, follow_symlinks=False)
                _check(path, status, error)
                if not stat.S_ISDIR(status.st_mode):
                    raise error(f"{path}: is a file, where a folder is wanted")
                if handle is not None:
                    inner = os.open(place, os.O_RDONLY | os.O_DIRECTORY | _NO_LINK, dir_fd=handle)
                    os.close(handle)
                    handle = inner
        yield handle, last if handle is not None else str(path / last)
    finally:
        if handle is not None:
            os.close(handle)


def _parts(folder: Path, name: str, error: Error) -> list[str]:
    """The parts of a name, none of which leads out of a folder, here or on another system."""
    parts = name.split("/")
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        parts = []
    is_inside = parts and not {"", ".", ".."} & set(parts) and not {"\\", "\0"} & set(name)
    if not is_inside or PureWindowsPath(name).drive:
        raise error(f"{folder}: {quoted(name)} is no name of a file inside this folder")
    return parts


def _check(path: Path, status: os.stat_result, error: Error) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise error(f"{path}: is a link, which can lead out of the folder; put there what it leads to, or remove it")
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise error(f"{path}: is a pipe, a socket or a device, where a file is wanted")


@contextmanager
def _whole_name(path: Path) -> Iterator[None]:
    """Errors of the system in the block name the whole path."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise

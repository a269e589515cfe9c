"""Files that appear complete or not at all, and that are on the disk when a function returns.

What ends in `_inside` is for names in somebody's folder, and never leaves it: see `synthink.confined`.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

from synthink.confined import (
    file_inside,
    kind_inside,
    make_folder_inside,
    names_inside,
    open_inside,
    remove_inside,
    rename_inside,
)
from synthink.errors import AssetError, ConfigError, OutputError, SynthinkError, shortened

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://")
_HERE = "file:///"
LONGEST_NAME, LONGEST_PATH = 255, 4000
"""The most bytes that the systems here take of a name, and about those of a path."""


def is_address(text: object) -> bool:
    """Whether a text is the address of something that lies on no disk here, such as `s3://bucket/folder`."""
    return isinstance(text, str) and bool(_ADDRESS.match(text)) and not text.startswith(_HERE)


def user_path(text: str | os.PathLike[str], error: type[SynthinkError] = AssetError) -> Path:
    """The path that a user typed, `~` and `~name` taken for the homes that there are: another `~name` is a name.
    `file:///x` is the path `/x`.

    Raises `ConfigError` for what is no path, `error` for a text that is too long for one, or is an address.
    """
    if not isinstance(text, str | os.PathLike) or not isinstance(os.fspath(text), str) or not os.fspath(text):
        raise ConfigError("path", text, "must be the path of a file or folder")
    if is_address(text):
        raise error(f"{shortened(os.fspath(text))}: is an address, where a path is wanted: copy it to a folder first")
    text = os.fspath(text).removeprefix("file://") if os.fspath(text).startswith(_HERE) else text
    parts = os.fsencode(text).split(b"/")
    if max(map(len, parts)) > LONGEST_NAME or sum(map(len, parts)) > LONGEST_PATH:
        raise error(f"{shortened(os.fspath(text))}: file name too long")
    return Path(os.path.expanduser(text))  # noqa: PTH111 - Path's own raises where there is no such user


def user_cache(name: str, place: str | None = None) -> Path:
    """The folder `synthink/NAME` in a place; None: in that of the environment's `SYNTHINK_CACHE`, or else in the user's
    cache folder."""
    place = place or os.environ.get("SYNTHINK_CACHE") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return user_path(place) / "synthink" / name


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file under a temporary name beside it, make it durable, and give it its name. A link goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name}.{os.getpid()}.tmp"
    temporary.unlink(missing_ok=True)  # of a process of this number that was killed; or a link
    try:
        _write_new(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_inside(
    folder: Path,
    name: str,
    content: bytes,
    by: str,
    error: type[SynthinkError] = OutputError,
    make_parent: bool = True,
) -> None:
    """Write a file below a folder as `write_atomically` does; `by` is its temporary name below the folder, which a kill
    can leave behind. make_parent: whether the folder in which it lies is made where it is missing."""
    remove_inside(folder, by, error)
    try:
        _write_new(open_inside(folder, by, os.O_WRONLY | os.O_CREAT | os.O_EXCL, error), content)
        parent, _, _ = name.rpartition("/")
        if parent and make_parent:
            make_folder_inside(folder, parent, error)
        rename_inside(folder, by, name, error)
    except BaseException:
        remove_inside(folder, by, error)
        raise
    sync_folder(folder / parent)


def _write_new(handle: int, content: bytes) -> None:
    """Write a file that was opened for it, make it durable, and close it."""
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


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
    return digest_inside(path.parent, path.name)


def digest_inside(
    folder: Path, name: str, limit_bytes: int | None = None, error: type[SynthinkError] = AssetError
) -> tuple[str, int]:
    """SHA-256 and size as `digest` gives them, of a file or folder below a folder, where all must be regular files.

    limit_bytes: the size at which reading stops; the digest of what is larger is empty.
    """
    checksum = hashlib.sha256()
    size = 0
    for file_name in files_inside(folder, name, error):
        if file_name != name:
            checksum.update(os.fsencode(file_name.removeprefix(f"{name}/")) + b"\0")
        with file_inside(folder, file_name, error) as file:
            while block := file.read(1 << 20):
                checksum.update(block)
                size += len(block)
                if limit_bytes is not None and size > limit_bytes:
                    return "", size
    return checksum.hexdigest(), size


def files_inside(folder: Path, name: str, error: type[SynthinkError] = AssetError) -> list[str]:
    """The name itself where it is a file's, or the names of a folder's files in order."""
    if kind_inside(folder, name, error) != "folder":
        return [name]
    return [f"{name}/{inner}" for inner in names_inside(folder, name, error)]


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
    """Swap two folders in one step where the system can (Linux); else the old one steps aside for a moment, to a path
    at which nothing lies."""
    if _renameat2(new, old):
        return
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

"""A journal: a file of JSON lines that only grows, each on the disk (fsync) before its method returns.

What a kill tore off at the end is cut away when the journal is opened again. While it is open nobody else writes into
it.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from synthink.errors import BusyError, ConfigError, OutputError
from synthink.files import sync_folder

Line = Mapping[str, Any]


class Journal:
    """One journal, open for writing; `close` when nobody writes into it any more."""

    def __init__(self, path: Path, take: Callable[[Line], None], new: bool = False) -> None:
        """Open it, and hand its lines to `take`, which raises one of the errors of a wrong type or value for a line
        that is none of its own.

        new: whether it must not be there yet. Raises `FileExistsError` where it is, `BusyError` where somebody else has
        it open, and `OutputError` naming the line of a damaged one.
        """
        self.path, self._take, self._size = path, take, 0
        if new:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(path, os.O_RDWR | os.O_APPEND | (os.O_CREAT | os.O_EXCL if new else 0), 0o666)
        try:
            _lock(self._handle, path)
            self._read()
        except BaseException:
            self.close()
            raise
        if new:
            sync_folder(path.parent)

    def write(self, line: Line) -> None:
        """Put one line on the disk, then hand it to `take`. Raises `OutputError` where the disk does not take it;
        nothing of it is kept then."""
        data = (json.dumps(line, allow_nan=False) + "\n").encode()
        with disk_errors(self.path):
            try:
                if os.write(self._handle, data) < len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(self._handle)
            except OSError:
                os.ftruncate(self._handle, self._size)
                raise
        self._size += len(data)
        self._take(line)

    def close(self) -> None:
        """Let others open it."""
        os.close(self._handle)

    def _read(self) -> None:
        with os.fdopen(os.dup(self._handle), "rb") as file:
            file.seek(0)
            for number, data in enumerate(file, start=1):
                if not data.endswith(b"\n"):
                    break
                try:
                    self._take(json.loads(data))
                except (ValueError, LookupError, TypeError, AttributeError, RecursionError, ConfigError):
                    raise OutputError(
                        f"{self.path}, line {number}: is no line of such a journal; move the file away"
                    ) from None
                self._size += len(data)
        os.ftruncate(self._handle, self._size)


@contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """Errors of the disk in the block as `OutputError`s that name the place."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{place}: cannot be written: {error.strerror or error}; what was there is kept") from None


def _lock(handle: int, path: Path) -> None:
    """Keep a journal from other processes while it is open."""
    if os.name != "posix":
        return
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise BusyError(f"{path}: another canvas has it open") from None

"""Tar files from outside: plain members of bounded size, read one after the other."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import BinaryIO

from synthink.errors import AssetError, quoted
from synthink.tables.bounds import LARGEST_VALUE, readable

KINDS = (".png", ".jpg", ".jpeg", ".webp", ".json", ".txt", ".cls")
"""The endings of members that are read."""


def read_tar(file: BinaryIO, name: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of each member. Raises `AssetError` naming a member that is no plain file, or too large."""
    with readable(name), _opened(file) as tar:
        for member in tar:
            _check(member, name)
            content = tar.extractfile(member)
            yield member.name, content.read() if content is not None else b""


def check_tar(file: BinaryIO, name: str) -> None:
    """Raises `AssetError` as `read_tar` does; the members' contents are not read."""
    with readable(name), _opened(file) as tar:
        for member in tar:
            _check(member, name)


def _opened(file: BinaryIO) -> tarfile.TarFile:
    return tarfile.open(fileobj=_Bounded(file), mode="r:")  # type: ignore[call-overload, no-any-return]


def _check(member: tarfile.TarInfo, name: str) -> None:
    if not member.name.lower().endswith(KINDS):  # `datasets` unpacks arrays and more by their endings
        raise AssetError(f"{name}: member {quoted(member.name)} is none of {', '.join(KINDS)}")
    if not member.isreg() or member.issparse():
        raise AssetError(f"{name}: member {quoted(member.name)} is no plain file")
    if member.size > LARGEST_VALUE:
        raise AssetError(
            f"{name}: member {quoted(member.name)} has {member.size:,} bytes; at most {LARGEST_VALUE:,} are read"
        )


class _Bounded:
    """A file of which no more than a value's bytes are read at once: long names and extended headers have a size of
    their own, which `tarfile` believes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.close = file.seek, file.tell, file.close

    def read(self, count: int = -1) -> bytes:
        if not 0 <= count <= LARGEST_VALUE:
            raise tarfile.ReadError(f"a header of {count:,} bytes")
        return self._file.read(count)

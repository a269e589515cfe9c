"""Files that go to the hub: of a folder on the disk, or made for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from synthink.confined import file_inside, read_inside
from synthink.errors import HubError
from synthink.files import digest_inside

LARGEST_TEXT_BYTES = 64 * 2**20


class SentFile(Protocol):
    """A file as the hub gets it. name: its path in the repository, with slashes."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int:
        """The file's size."""

    @property
    def sha256(self) -> str:
        """The SHA-256 that the content must have, by which the hub knows large files."""

    @property
    def blob(self) -> str:
        """Git's digest of the content, by which the hub knows small text files."""

    @property
    def content(self) -> str | bytes:
        """The path of the file, or its bytes."""

    @property
    def text(self) -> str:
        """The content of a small file of text."""


@dataclass(frozen=True)
class LocalFile:
    """A file below a folder. name: its path there, which it keeps on the hub. recorded: its SHA-256 and its size where
    a manifest has them: then nothing is read before it is sent, and it need not be here."""

    folder: Path
    name: str
    recorded: tuple[str, int] | None = field(default=None, kw_only=True)

    @property
    def content(self) -> str:
        """The file's path."""
        return str(self.folder / self.name)

    @cached_property
    def size(self) -> int:
        """The file's size."""
        if self.recorded:
            return self.recorded[1]
        with file_inside(self.folder, self.name, HubError) as file:
            return file.seek(0, 2)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 that the content must have, by which the hub knows large files."""
        return self.recorded[0] if self.recorded else digest_inside(self.folder, self.name, error=HubError)[0]

    @cached_property
    def blob(self) -> str:
        """Git's digest of the content, by which the hub knows small text files."""
        return blob_digest(self._small_content)

    @property
    def text(self) -> str:
        """The content of a small file of text."""
        return self._small_content.decode(errors="replace")

    @property
    def _small_content(self) -> bytes:
        return read_inside(self.folder, self.name, LARGEST_TEXT_BYTES, HubError)


@dataclass(frozen=True)
class MemoryFile:
    """A file that was made for the hub and lies on no disk."""

    name: str
    content: bytes

    @property
    def size(self) -> int:
        """The file's size."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the content."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def blob(self) -> str:
        """Git's digest of the content."""
        return blob_digest(self.content)

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode(errors="replace")


def blob_digest(content: bytes) -> str:
    """The digest by which git knows a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()

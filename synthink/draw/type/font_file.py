"""Where the bytes of a font come from: a font file, or a Python module that carries one."""

from __future__ import annotations

import hashlib
import importlib
import sys
from dataclasses import dataclass
from pathlib import Path

from synthink.errors import AssetError

MAX_FILE_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class FontFile:
    """One font file: `path` in the file system; `module` names the Python module when the file is one.

    A module holds the font as `fontbuffer: bytes` (so do those of pymupdf-fonts).
    """

    path: str
    module: str | None = None

    def read(self) -> bytes:
        """The bytes of the font. Raises `AssetError` naming the file when they cannot be had."""
        if self.module is not None:
            return _module_bytes(self.module)
        return read_bounded(Path(self.path))


def read_bounded(path: Path) -> bytes:
    """The bytes of a regular file of at most 64 MB; anything else is an `AssetError`."""
    try:
        if not path.is_file():
            raise AssetError(f"{path}: {'not a regular file' if path.exists() else 'no such file'}")
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise AssetError(f"{path}: cannot be read ({error.strerror or error})") from None
    if len(data) > MAX_FILE_BYTES:
        raise AssetError(f"{path}: larger than {MAX_FILE_BYTES // 2**20} MB")
    return data


def sha256(data: bytes) -> str:
    """The SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _module_bytes(name: str) -> bytes:
    parent, _, child = name.rpartition(".")
    known = name in sys.modules
    try:
        data = importlib.import_module(name).fontbuffer
    except (ImportError, AttributeError) as error:
        raise AssetError(f"{name}: holds no font ({error})") from None
    if not known:  # the decompressed font stays no longer than its reader wants it
        sys.modules.pop(name, None)
        if parent in sys.modules and hasattr(sys.modules[parent], child):
            delattr(sys.modules[parent], child)
    return bytes(data)

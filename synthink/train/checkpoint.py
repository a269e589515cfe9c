"""What a checkpoint's files were when they were written, so that a damaged one is known before it is read.

`contents.json` in a checkpoint names its files with their sizes and checksums (CRC-32: against disks and torn copies,
not against somebody who means harm).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from zlib_ng import zlib_ng

from synthink.confined import file_inside, kind_inside, names_inside, read_inside
from synthink.errors import AssetError
from synthink.files import write_inside

CONTENTS = "contents.json"
LARGEST_BYTES = 64 << 20


def record_checkpoint(folder: Path) -> None:
    """Write down what lies in the folder of a checkpoint that is complete. Raises `AssetError` for a link in it."""
    content = {name: _measure(folder, name) for name in _files(folder) if name != CONTENTS}
    write_inside(folder, CONTENTS, json.dumps(content).encode(), by=f".{CONTENTS}.tmp")


def is_recorded(folder: Path) -> bool:
    """Whether it was written down what a checkpoint's files were: synthink 0.1 did not."""
    return kind_inside(folder, CONTENTS) == "file"


def checkpoint_fault(folder: Path) -> str | None:
    """The fault of a checkpoint, in words; None where every file is as it was written, as far as is known."""
    try:
        if not is_recorded(folder):
            return None
        content = json.loads(read_inside(folder, CONTENTS, LARGEST_BYTES))
        names = set(_files(folder)) - {CONTENTS}
        if not isinstance(content, dict) or not content:
            return f"{folder / CONTENTS}: damaged"
        for name in sorted(content.keys() - names):
            return f"{folder / name}: is missing"
        for name in sorted(names - content.keys()):
            return f"{folder / name}: is no file of the checkpoint"
        for name, measure in content.items():
            if _measure(folder, name) != measure:
                return f"{folder / name}: damaged"
    except FileNotFoundError as error:
        return f"{error.filename}: is missing"
    except OSError as error:
        return f"{error.filename}: cannot be read: {os.strerror(error.errno or 0)}"
    except AssetError as error:
        return str(error)
    except (ValueError, RecursionError):
        return f"{folder / CONTENTS}: damaged"
    return None


def _files(folder: Path, under: str = "") -> Iterator[str]:
    """The names of all files in a folder and the folders below it."""
    for name in names_inside(folder, under) if under else sorted(path.name for path in folder.iterdir()):
        path = f"{under}/{name}" if under else name
        if kind_inside(folder, path) == "folder":
            yield from _files(folder, path)
        else:
            yield path


def _measure(folder: Path, name: str) -> list[int]:
    """Size in bytes and checksum of a file."""
    size = checksum = 0
    with file_inside(folder, name) as file:
        while block := file.read(1 << 20):
            size += len(block)
            checksum = zlib_ng.crc32(block, checksum)
    return [size, checksum]

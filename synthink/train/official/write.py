"""Rows as big_vision's `bv:jsonl` reads them: lines of JSON, and the pictures as files.

The reader takes keys and types of the first line for all others, and cannot do with null, lists or mappings. So a line
has four texts and nothing else: id, image (a path below the folder), prefix, suffix.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from synthink.errors import OutputError
from synthink.files import write_whole
from synthink.train.learner import Example, TrainError
from synthink.train.pixels import picture

IMAGES = "images"
_PNG = b"\x89PNG\r\n\x1a\n"


class Split:
    """A split that was written: its name, how many rows it has, and how many bytes its pictures take."""

    def __init__(self, name: str) -> None:
        self.name, self.rows, self.bytes = name, 0, 0
        self.ids: set[str] = set()


def write_split(folder: Path, name: str, examples: Iterable[Example]) -> Split:
    """Write `NAME.jsonl` and the pictures that it names; a file that is there already is not written again.

    Rows without an id get their number. `TrainError` for an id that comes twice or a split without rows, `OutputError`
    when the folder cannot be written.
    """
    split, lines = Split(name), []
    try:
        for number, example in enumerate(examples):
            row = example.id or f"{name}-{number:07d}"
            if row in split.ids:
                raise TrainError(f"{row}: two rows of {name} have this id; answers could not be told apart")
            split.ids.add(row)
            content = png(example, row)
            split.bytes += len(content)
            texts = {"id": row, "image": _stored(folder, content), "prefix": example.prefix, "suffix": example.suffix}
            lines.append(json.dumps(texts, ensure_ascii=False))
        if not lines:
            raise TrainError(f"there are no rows to write for the split {name}")
        write_whole(folder / f"{name}.jsonl", ("\n".join(lines) + "\n").encode())
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}") from None
    split.rows = len(lines)
    return split


def png(example: Example, name: str) -> bytes:
    """The picture as a PNG of 8-bit RGB or grey: as it stands where it is one, else decoded and written again.

    `TrainError` names a row whose picture cannot be decoded.
    """
    image = example.image
    decoded = picture(image, name)  # also of a PNG: a damaged one would end the run later, without its name
    if not isinstance(image, np.ndarray) and _is_plain_png(bytes(image)):
        return bytes(image)
    written = io.BytesIO()
    decoded.save(written, "PNG", compress_level=3)
    return written.getvalue()


def _is_plain_png(content: bytes) -> bool:
    """Whether TensorFlow and Pillow see the same picture in it: 8 bits, grey (0) or RGB (2), no transparent colour."""
    depth, colour = content[24:25], content[25:26]
    return content[:8] == _PNG and depth == b"\x08" and colour in (b"\0", b"\2") and b"tRNS" not in content[:4096]


def _stored(folder: Path, content: bytes) -> str:
    """Path below the folder of a picture with this content, which is in its name."""
    key = hashlib.blake2b(content, digest_size=16).hexdigest()
    name = f"{IMAGES}/{key[:2]}/{key}.png"
    path = folder / name
    if not (path.exists() and path.stat().st_size == len(content)):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{key}.{os.getpid()}.tmp")
        temporary.write_bytes(content)
        temporary.replace(path)
    return name

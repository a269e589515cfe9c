"""Quick, Draw! in its binary form: https://github.com/googlecreativelab/quickdraw-dataset, section "binary files".

Little endian, no padding. A drawing is a u64 key, 2 letters of country, an i8 that says whether it was recognized, a
u32 of seconds since 1970, a u16 number of strokes; a stroke is a u16 number n of points, n bytes of x, n bytes of y.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthink.ink.files.base import InkFileFormat, Reading, read_bytes, unpacked_head
from synthink.ink.files.fates import Fates
from synthink.ink.files.strokes import assemble, limited
from synthink.ink.model import Ink, InkError

_HEAD = struct.Struct("<Q2sbIH")


class QuickDrawBinaryFormat(InkFileFormat):
    """Quick, Draw! files in binary form."""

    suffixes = (".bin",)
    sniff_order = 300  # it recognises a file by little
    fates = Fates(read={"": "x y"}, metadata={"": "key_id countrycode recognized timestamp"})

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the first bytes are a drawing's head with a country in capital letters."""
        head = unpacked_head(head)
        if len(head) < _HEAD.size:
            return False
        _, country, recognized, _, strokes = _HEAD.unpack_from(head)
        return country.isalpha() and country.isupper() and recognized in (0, 1) and 0 < strokes < 2000

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield one ink a drawing, without label and time: the file's name says what was drawn.

        The key, the country, the timestamp in seconds and `recognized` are metadata.
        """
        return limited(_inks(path, reading), reading)


def _inks(path: Path, reading: Reading) -> Iterator[Ink]:
    data = read_bytes(path, reading)
    at = count = 0
    while at < len(data):
        count += 1
        element = f"drawing {count}"
        try:
            stop, strokes = _strokes(data, at)
        except InkError as error:  # where the next drawing begins cannot be known
            reading.skip(error.reason, element, error.offset)
            return
        key, country, recognized, timestamp, _ = _HEAD.unpack_from(data, at)
        metadata = {
            "key_id": str(key),
            "countrycode": country.decode("latin1"),
            "recognized": bool(recognized),
            "timestamp": timestamp,
        }
        source = f"{path.name}#{count}"
        ink = assemble(reading, element, strokes, offset=at, source=source, metadata=metadata)
        if ink is not None:
            yield ink
        at = stop


def _strokes(data: bytes, at: int) -> tuple[int, list[npt.NDArray[np.uint8]]]:
    """Where the drawing at `at` ends, and its strokes (N, 2)."""
    if at + _HEAD.size > len(data):
        raise InkError("is cut off in its head", offset=at)
    count = _HEAD.unpack_from(data, at)[-1]
    at += _HEAD.size
    strokes = []
    for index in range(count):
        length = int.from_bytes(data[at : at + 2], "little")
        if at + 2 + 2 * length > len(data):
            raise InkError(f"is cut off in stroke {index} of {count}", offset=at)
        strokes.append(np.frombuffer(data, np.uint8, 2 * length, at + 2).reshape(2, length).T)
        at += 2 + 2 * length
    return at, strokes

"""What every format of ink files is made of: the class to subclass, and what its reader is handed."""

from __future__ import annotations

import json
import re
import zlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import numpy as np

from synthink.ink.files.fates import Fates
from synthink.ink.model import Ink, InkError

# Possessive, and an open string ends with the text: nothing is ever looked at twice.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
GZIP = b"\x1f\x8b"
_RATIO = 100  # ink shrinks 3 to 8 times; what unpacks to far more is a bomb
_ROOM = 16 * 2**20
_PIECE = 1 << 16
HINT = "strict=False leaves it out and counts it"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file, beyond which a reader raises `InkError`. `depth` is the nesting of XML elements and JSON."""

    bytes: int = 512 * 2**20
    unpacked_bytes: int = 2 * 2**30
    points: int = 50_000_000
    strokes: int = 5_000_000
    depth: int = 100


@dataclass(slots=True)
class Reading:
    """One file that is being read: its name in error messages, how strict to be, and the limits that hold for it.

    skipped: reason -> number of strokes or inks that were left out because `strict` is False.
    """

    file: str
    strict: bool = True
    limits: Limits = Limits()
    skipped: Counter[str] = field(default_factory=Counter)

    def fail(self, reason: str, element: str = "", offset: int | None = None) -> NoReturn:
        """Raise `InkError` because the file as a whole cannot be read."""
        raise InkError(reason, self.file, element, offset)

    def skip(self, reason: str, element: str = "", offset: int | None = None, hint: str = HINT) -> None:
        """Report one bad stroke, or one bad ink of many, which the caller then leaves out. hint: what is said of it
        where the reading is strict.

        Raises `InkError` that names `strict` when the reading is strict, otherwise counts the reason in `skipped`.
        """
        if self.strict:
            self.fail(f"{reason}; {hint}", element, offset)
        self.skipped[reason] += 1


class InkFileFormat(ABC):
    """A format of ink files. Subclass it, and name the class in the entry points `synthink.ink_files`.

    The entry's name is what people write in `read_ink(path, format=...)`. A format is created without arguments; the
    options of its reader are fields with defaults.
    """

    suffixes: ClassVar[tuple[str, ...]]
    """The suffixes that files of this format usually have, in lower case and with the dot; the first one is written."""
    sniff_order: ClassVar[int] = 100
    """Formats are asked in ascending order whether a file is theirs; those that recognise it by little come last."""

    fates: ClassVar[Fates] = Fates()
    """The things in a file that are read, and those that are kept as metadata; others are counted in `left_out`."""

    @abstractmethod
    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the file at `path`, whose first 4,096 bytes are `head`, is in this format."""

    @abstractmethod
    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield the inks of the file in its order.

        Raises `InkError` through `reading.fail` for a file that cannot be read, and hands what is bad in one stroke or
        ink to `reading.skip`. Inks without a `source` get the file's name and their number in it.
        """


class WritableInkFormat(InkFileFormat):
    """A format that ink can be written in, too."""

    @abstractmethod
    def write(self, path: Path, inks: Sequence[Ink]) -> None:
        """Write the inks into one file, which appears whole or not at all.

        Raises `InkError` for ink that the format cannot hold.
        """


def read_bytes(path: Path, reading: Reading) -> bytes:
    """The bytes of a file, unpacked where they are gzipped. Raises `InkError` for an empty file and for one beyond
    `limits.bytes`."""
    try:
        with path.open("rb") as file:
            data = file.read(reading.limits.bytes + 1)
    except OSError as error:
        reading.fail(f"cannot be read: {error.strerror or error}")
    if len(data) > reading.limits.bytes:
        reading.fail(f"has more than {reading.limits.bytes} bytes")
    if data.startswith(GZIP):
        data = unpacked(data, reading)
    if not data.strip():
        reading.fail("is empty")
    return data


def unpacked(data: bytes, reading: Reading) -> bytes:
    """The content of gzipped data. Raises `InkError` for what is damaged, and for what unpacks to more than ink does.

    Of data that are cut off or damaged a reading that is not strict gets what comes before.
    """
    limit = min(reading.limits.unpacked_bytes, reading.limits.bytes, _ROOM + _RATIO * len(data))
    worker = zlib.decompressobj(31)
    content = bytearray()
    fault = None
    at = 0
    try:
        while at < len(data) and not (worker.eof and data[at : at + 2] != GZIP):
            worker = zlib.decompressobj(31) if worker.eof else worker  # several files of gzip may follow each other
            piece = data[at : at + _PIECE]
            content += worker.decompress(piece, limit + 1 - len(content))
            if len(content) > limit:
                reading.fail(f"unpacks to more than {limit} bytes")
            at += len(piece) - len(worker.unused_data)
    except zlib.error as error:
        fault = f"cannot be unpacked: {error}"
    if fault is None and not worker.eof:
        fault = "ends inside its gzip data"
    if fault is not None and (reading.strict or not content):
        reading.fail(fault)
    return bytes(content)


def unpacked_head(head: bytes) -> bytes:
    """The first bytes of a file's content by the first bytes of the file, which may be gzipped."""
    if not head.startswith(GZIP):
        return head
    try:
        return zlib.decompressobj(31).decompress(head, 4096)
    except zlib.error:
        return b""


def parse_json(
    data: bytes,
    reading: Reading,
    element: str = "",
    offset: int = 0,
    constant: Callable[[str], Any] | None = None,
) -> Any:
    """The value that the JSON text `data` holds. Nesting beyond `limits.depth` is refused, and so are NaN and Infinity,
    unless `constant` gives what they stand for.

    Raises `InkError` with the offset in the file, where `data` begins at `offset`.
    """
    check_depth(data, reading, element, offset)
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=constant or no_constant)
    except json.JSONDecodeError as error:
        raise InkError(f"is no JSON: {error.msg}", reading.file, element, offset + error.pos) from None
    except UnicodeDecodeError as error:
        raise InkError("is not UTF-8", reading.file, element, offset + error.start) from None
    except (ValueError, RecursionError) as error:  # integers of thousands of digits, NaN
        raise InkError(f"is no JSON: {error}", reading.file, element, offset) from None


def check_depth(data: bytes, reading: Reading, element: str = "", offset: int = 0) -> None:
    """Raise `InkError` for JSON that is nested beyond `limits.depth`."""
    brackets = np.frombuffer(_STRING.sub(b"", data).translate(None, _NO_BRACKET), np.uint8)
    # In ASCII an opening bracket is `[` 91 or `{` 123, a closing one is two more.
    levels = np.cumsum(np.where((brackets == 91) | (brackets == 123), 1, -1))
    if len(levels) and levels.max() > reading.limits.depth:
        raise InkError(f"is nested more than {reading.limits.depth} deep", reading.file, element, offset)


def no_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python's JSON would take. Raises `ValueError`."""
    raise ValueError(f"{name} is no number")

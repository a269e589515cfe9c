"""The arrays of an .npz, read without running what a pickle asks for and without inflating what is too large.

The container is a zip of members in numpy's .npy format, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
"""

from __future__ import annotations

import io
import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy_format

from synthink.ink.files.base import Reading
from synthink.ink.files.npz.unpickle import UnpickleError, object_array

Array = npt.NDArray[Any]
_ALWAYS = 64 * 2**20  # bytes that a member may have however well it is packed
_RATIO = 200  # times its packed size that a larger member may have; flags of real files reach 40, a bomb 1000
BAD_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,  # an unknown compression
    RuntimeError,  # encrypted
    OverflowError,
)
_BAD_HEADER = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    SyntaxError,
    OverflowError,
    MemoryError,
    RecursionError,
    tokenize.TokenError,
)


def member_names(path: Path, head: bytes) -> set[str]:
    """The names of the arrays in a zip, without `.npy`; none when the file is no zip."""
    if not head.startswith(b"PK\x03\x04"):
        return set()
    try:
        with zipfile.ZipFile(path) as archive:
            return {name.removesuffix(".npy") for name in archive.namelist()}
    except BAD_ZIP:
        return set()


class Arrays:
    """The members of an open .npz by name; `get` reads one."""

    def __init__(self, archive: zipfile.ZipFile, reading: Reading) -> None:
        self._archive, self._reading = archive, reading
        self._members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        self._left = reading.limits.unpacked_bytes

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def first(self, *names: str) -> str:
        """Whichever of the names the file has; fails when it has none."""
        present = [name for name in names if name in self._members]
        if not present:
            self._reading.fail(f"has no array {' or '.join(names)}")
        return present[0]

    def get(self, name: str) -> Array | list[Any]:
        """A member as an array of numbers or text, or as the list that an object array held.

        Raises `InkError` naming the member.
        """
        data = self._unpacked(name)
        file = io.BytesIO(data)
        try:
            if b"\\" in data[: data.find(b"\n")]:  # none that numpy writes has one, and Python would warn of some
                raise ValueError("a backslash in it")
            version = npy_format.read_magic(file)
            read_header = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
            shape, fortran, dtype = read_header(file)
            shape = tuple(int(size) for size in shape)
        except _BAD_HEADER as error:
            reason = str(error).partition("\n")[0]
            self._reading.fail(f"has no .npy header that can be read: {reason}", f"array {name}")
        body = memoryview(data)[file.tell() :]
        if dtype.kind == "O":
            return self._objects(name, bytes(body), shape)
        return self._plain(name, body, shape, fortran, dtype)

    def plain(self, name: str, kinds: str, ndim: int = 1) -> Array:
        """A member that must be an array of one of the dtype kinds (`iu`, `f`, `U`) and of so many dimensions."""
        array = self.get(name)
        if isinstance(array, list) or array.dtype.kind not in kinds or array.ndim != ndim:
            what = "of objects" if isinstance(array, list) else f"{array.dtype} of shape {array.shape}"
            self._reading.fail(f"is an array {what}, not of {ndim} dimensions and kind {kinds}", f"array {name}")
        return array

    def texts(self, name: str) -> list[str]:
        """A member that must be an array of strings of one dimension."""
        array = self.get(name)
        values = array if isinstance(array, list) else array.tolist()
        if not isinstance(values, list) or not all(isinstance(text, str) for text in values):
            self._reading.fail("is no array of strings", f"array {name}")
        return values

    def _unpacked(self, name: str) -> bytes:
        element = f"array {name}"
        if name not in self._members:
            self._reading.fail(f"has no array {name}")
        info = self._members[name]
        allowed = min(self._left, max(_ALWAYS, _RATIO * info.compress_size))
        if info.file_size > allowed:
            self._reading.fail(f"unpacks to {info.file_size} bytes, {allowed} are allowed", element, info.header_offset)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            self._reading.fail(f"is packed by an unknown method {info.compress_type}", element, info.header_offset)
        try:
            with self._archive.open(info) as file:
                data = file.read(allowed + 1)  # no more than the size named above: the directory may lie
        except BAD_ZIP as error:
            self._reading.fail(f"cannot be unpacked: {error}", element, max(info.header_offset, 0))
        if len(data) > allowed:
            self._reading.fail(f"unpacks to more than {allowed} bytes", element, info.header_offset)
        self._left -= len(data)
        return data

    def _objects(self, name: str, body: bytes, shape: tuple[int, ...]) -> list[Any]:
        try:
            held = object_array(body)
        except UnpickleError as error:
            self._reading.fail(error.reason, f"array {name}", error.offset)
        if shape != (len(held),):
            self._reading.fail(f"holds {len(held)} objects, its header says shape {shape}", f"array {name}")
        return held

    def _plain(self, name: str, body: memoryview, shape: tuple[int, ...], fortran: bool, dtype: np.dtype[Any]) -> Array:
        if dtype.kind not in "biufU" or dtype.hasobject or (dtype.itemsize == 0 and dtype.kind != "U"):
            self._reading.fail(f"has the type {str(dtype)[:40]}, which no ink has", f"array {name}")
        if any(size < 0 for size in shape) or math.prod(shape) * dtype.itemsize != len(body):
            self._reading.fail(f"has {len(body)} bytes of data, its header says {shape} of {dtype}", f"array {name}")
        if dtype.itemsize == 0 or 0 in shape:
            if max(shape, default=0) > 2**31:
                self._reading.fail(f"has the shape {shape}", f"array {name}")
            return np.zeros(shape if 0 in shape else min(shape), dtype)
        if dtype.kind == "U" and np.frombuffer(body, np.dtype("u4").newbyteorder(dtype.byteorder)).max() > 0x10FFFF:
            self._reading.fail("has text beyond Unicode", f"array {name}")  # numpy makes strings of it that break
        array = np.frombuffer(body, dtype)
        return array.reshape(shape[::-1]).T if fortran else array.reshape(shape)


@contextmanager
def opened(path: Path, reading: Reading) -> Iterator[Arrays]:
    """The arrays of the .npz; fails when the file is too large or no zip."""
    try:
        if path.stat().st_size > reading.limits.bytes:
            reading.fail(f"has more than {reading.limits.bytes} bytes")
        archive = zipfile.ZipFile(path)
    except BAD_ZIP as error:
        reading.fail(f"is no .npz: {error}")
    with archive:
        yield Arrays(archive, reading)

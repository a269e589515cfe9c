"""Weights in files: the npz that big_vision publishes and reads, checked name by name, never unpickled."""

from __future__ import annotations

import ast
import math
import os
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from synthink.errors import ModelError
from synthink.files import sync_folder

CHECKPOINT = "checkpoint.npz"
"""The weights in the folder that `export` writes, in the form that big_vision publishes."""
PREFIX = "params/"
EMBEDDING = "llm/embedder/input_embedding"
POSITIONS = "img/pos_embedding"
LARGEST = 16
"""The largest size of a file, in sizes of the model in float32: an optimiser's state may lie next to the weights."""
Shape = tuple[int, ...]


def headers(path: Path) -> dict[str, tuple[Shape, str]]:
    """Parameter name -> shape and numpy's name of its type, read from the headers alone.

    bfloat16 is stored as `|V2`. `ModelError` names file, parameter and what is wrong: pickled objects are refused.
    """
    arrays: dict[str, tuple[Shape, str]] = {}
    try:
        with path.open("rb") as file:
            if file.read(4) != b"PK\x03\x04":  # numpy goes by the first bytes, zipfile by the last
                raise zipfile.BadZipFile("its first bytes are not those of a zip file")
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                name = entry.filename.removesuffix(".npy").removeprefix(PREFIX)
                with archive.open(entry) as member:
                    arrays[name] = _header(path, name, member)
    except (OSError, EOFError, RuntimeError, ValueError, struct.error, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(f"{path}: not a checkpoint (npz): {error}") from None
    return arrays


def _header(path: Path, name: str, member: Any) -> tuple[Shape, str]:
    """Shape and type of one array (numpy's format 1.0 to 3.0, NEP 1)."""
    start = member.read(8)
    if start[:6] != b"\x93NUMPY" or start[6] not in (1, 2, 3):
        raise ModelError(f"{path}: {name} is not an array")
    size = struct.unpack("<H", member.read(2))[0] if start[6] == 1 else struct.unpack("<I", member.read(4))[0]
    if size > 1 << 16:
        raise ModelError(f"{path}: {name} has a header of {size} bytes")
    try:
        header = ast.literal_eval(member.read(size).decode("latin-1"))
        kind, shape = header["descr"], tuple(int(length) for length in header["shape"])
    except (ValueError, SyntaxError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: {name} has a damaged header: {error}") from None
    if kind not in ("<f4", "<f2", "|V2", "<V2"):
        content = "pickled objects, which are never read" if "O" in str(kind) else f"type {kind}"
        raise ModelError(f"{path}: {name} has {content}; weights are float32, float16 or bfloat16")
    return shape, str(kind)


def check(path: Path, wanted: Mapping[str, Shape]) -> None:
    """`ModelError` when a checkpoint is not one of this model. Positions may be of another picture size, and the
    vocabulary smaller: big_vision resamples the ones and extends the other."""
    arrays = headers(path)
    missing = [name for name in wanted if name not in arrays]
    if missing:
        count = f"{len(missing)} of {len(wanted)} weights are missing, {missing[0]} among them"
        raise ModelError(f"{path}: {count}: is it a checkpoint of another model?")
    bytes_wanted = 4 * sum(math.prod(shape) for shape in wanted.values())
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > LARGEST * bytes_wanted:
        raise ModelError(f"{path}: holds {unpacked:,} bytes, the model {bytes_wanted:,}: is it a checkpoint of it?")
    for name, shape in wanted.items():
        has = arrays[name][0]
        fits = has == shape
        if name == EMBEDDING and len(has) == 2:
            if has[0] > shape[0]:
                raise ModelError(f"{path}: has a vocabulary of {has[0]} pieces, the model one of {shape[0]}")
            fits = has[1] == shape[1]
        elif name == POSITIONS and len(has) == 3:
            fits = has[2] == shape[2] and int(np.sqrt(has[1])) ** 2 == has[1]
        if not fits:
            raise ModelError(f"{path}: {name} has the shape {has}, the model wants {shape}")


def save(path: Path, params: Mapping[str, Any]) -> None:
    """Write parameters, by their names with slashes, as an npz that big_vision's `paligemma.load` reads again."""
    temporary = path.with_name(f".{path.name}.tmp")  # what a kill leaves behind is written over
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for name, value in params.items():
                entry = zipfile.ZipInfo(
                    f"{PREFIX}{name}.npy", (1980, 1, 1, 0, 0, 0)
                )  # the same weights, the same bytes
                with archive.open(entry, "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asarray(value), allow_pickle=False)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)

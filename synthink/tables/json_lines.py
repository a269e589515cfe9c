"""JSON from outside, in lines or as one value: bounded in bytes, depth and keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from synthink.errors import AssetError
from synthink.tables.bounds import DEEPEST, MOST_COLUMNS, readable

LARGEST_LINE = 16 * 2**20


def read_json_lines(file: BinaryIO, name: str) -> Iterator[dict[str, Any]]:
    """The object in each line. Raises `AssetError` naming the line that holds none, or passes a bound."""
    with readable(name):
        keys: set[str] = set()
        for number, line in enumerate(lines(file, name), start=1):
            if not line.strip():
                continue
            row = read_json(line, f"{name}: line {number}")
            keys |= row.keys()
            if len(keys) > MOST_COLUMNS:
                raise AssetError(f"{name}: line {number}: more than {MOST_COLUMNS:,} different keys")
            yield row


def read_json(data: bytes, place: str) -> dict[str, Any]:
    """The object in a JSON text. Raises `AssetError` naming the place where it is none, or passes a bound."""
    if len(data) > LARGEST_LINE:
        raise AssetError(f"{place}: {len(data):,} bytes of JSON; at most {LARGEST_LINE:,} are read")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise AssetError(f"{place}: is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise AssetError(f"{place}: is no JSON object, but {type(content).__name__}")
    if _depth(content) > DEEPEST:
        raise AssetError(f"{place}: nested more than {DEEPEST} deep")
    return content


def lines(file: BinaryIO, name: str) -> Iterator[bytes]:
    """The lines of a text file. Raises `AssetError` naming one that is too long."""
    number = 0
    while line := file.readline(LARGEST_LINE + 1):
        number += 1
        if len(line) > LARGEST_LINE:
            raise AssetError(f"{name}: line {number} has more than {LARGEST_LINE:,} bytes")
        yield line


def _depth(content: Any) -> int:
    """How deep lists and objects are nested; counted no further than it matters."""
    depth, level = 0, [content]
    while level and depth <= DEEPEST:
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = [value for value in inner if isinstance(value, dict | list)]
        depth += 1
    return depth

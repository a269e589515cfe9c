"""Damaged copies of good files, the same ones from the same seed: bits, cuts, runs of zeros, pieces again, numbers that
make no sense; in JSON and XML also values, fields and elements."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

MOST_BYTES = 100_000
"""The size of a mutant of a small file: what is large takes its time."""
NUMBERS = [
    "0",
    "-1",
    "1e999",
    "-1e308",
    "NaN",
    "1e-320",
    "99999999999999999999",
    "0x10",
    "1_0",
    "١",
    "",
    "+",
    "1" * 5000,
]
VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    2**63,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "../x",
    "/dev/zero",
    "\0",
    "x" * 9999,
]
VALUES += [[], {}, [[[[]]]], {"": {}}]


def mutant(data: bytes, seed: int) -> bytes:
    """One damaged copy: one to three changes of any kind."""
    chance = random.Random(seed)
    most = max(2 * len(data), MOST_BYTES)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        data = chance.choice(_kinds(data))(data, chance)[:most]
    return data


def _kinds(data: bytes) -> list[Callable[[bytes, random.Random], bytes]]:
    kinds = [_bits, _bytes, _cut, _removed, _zeros, _again, _number, _largest]
    start = data[:200].lstrip()
    if start[:1] in (b"{", b"["):
        kinds += [_json] * 8
    if start[:1] == b"<":
        kinds += [_element, _attribute] * 4
    return kinds


def _place(data: bytes, chance: random.Random) -> tuple[int, int]:
    """A piece of the file, mostly short; heads and ends, where sizes are told, are hit more often."""
    length = min(len(data), chance.choice([1, 2, 4, 8, 64, 512, max(1, len(data) // 4)]))
    latest = len(data) - length
    start = chance.choice(
        [chance.randint(0, latest), chance.randint(0, min(latest, 64)), max(0, latest - chance.randint(0, 64))]
    )
    return start, start + length


def _bits(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 4, 16]) if data else 0):
        start, _ = _place(data, chance)
        changed[start] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _bytes(data: bytes, chance: random.Random) -> bytes:
    start, end = _place(data, chance)
    return data[:start] + chance.randbytes(min(64, end - start)) + data[start + min(64, end - start) :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: _place(data, chance)[0]]


def _removed(data: bytes, chance: random.Random) -> bytes:
    start, end = _place(data, chance)
    return data[:start] + data[end:]


def _zeros(data: bytes, chance: random.Random) -> bytes:
    start, end = _place(data, chance)
    return data[:start] + bytes(end - start) + data[end:]


def _again(data: bytes, chance: random.Random) -> bytes:
    start, end = _place(data, chance)
    to, _ = _place(data, chance)
    return data[:to] + data[start:end] * chance.choice([1, 2, 50]) + data[to:]


def _largest(data: bytes, chance: random.Random) -> bytes:
    """A number in binary that is as large, or as negative, as it can be."""
    width = chance.choice([1, 2, 4, 8])
    start, _ = _place(data, chance)
    value = chance.choice(
        [b"\xff" * width, b"\xff" * (width - 1) + b"\x7f", b"\x7f" + b"\xff" * (width - 1), bytes(width)]
    )
    return data[:start] + value + data[start + width :]


def _number(data: bytes, chance: random.Random) -> bytes:
    """A number in text that makes no sense."""
    numbers = list(re.finditer(rb"-?\d+(?:\.\d+)?", data[: 1 << 16]))
    if not numbers:
        return _bits(data, chance)
    match = chance.choice(numbers)
    return data[: match.start()] + chance.choice(NUMBERS).encode() + data[match.end() :]


def _json(data: bytes, chance: random.Random) -> bytes:
    """A value or a field of a JSON text, or of one of its lines, is another, gone, or there twice."""
    lines = data.split(b"\n")
    number = chance.randrange(len(lines))
    try:
        content = json.loads(lines[number])
    except ValueError:
        try:
            content, lines, number = json.loads(data), [data], 0
        except ValueError:
            return _bits(data, chance)
    places: list[tuple[Any, Any]] = []
    waiting = [content]
    while waiting:
        value = waiting.pop()
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        places += [(value, key) for key, _ in inner]
        waiting += [item for _, item in inner if isinstance(item, dict | list)]
    if places:
        parent, key = chance.choice(places)
        match chance.randrange(4):
            case 0:
                del parent[key]
            case 1 if isinstance(parent, dict):
                parent[chance.choice(["", "__class__", "x" * 300, "id"])] = parent.pop(key)
            case _:
                parent[key] = chance.choice([*VALUES, chance.choice(places)[0] if chance.random() < 0.1 else 7])
    try:
        lines[number] = json.dumps(content).encode()
    except (ValueError, RecursionError):  # a value that holds itself
        return _bits(data, chance)
    return b"\n".join(lines)


def _element(data: bytes, chance: random.Random) -> bytes:
    """An element is there again, gone, or holds itself many times."""
    tags = list(re.finditer(rb"<[^<>]*>", data))
    if not tags:
        return _bits(data, chance)
    one, other = sorted((chance.choice(tags), chance.choice(tags)), key=lambda tag: tag.start())
    piece = data[one.start() : other.end()]
    match chance.randrange(4):
        case 0:
            return data[: one.start()] + data[other.end() :]
        case 1:
            return data[: other.end()] + piece * chance.choice([1, 10, 100]) + data[other.end() :]
        case 2:
            return data[: one.start()] + one.group() * 500 + data[one.start() :]
    return data[: one.start()] + other.group() + data[one.end() :]


def _attribute(data: bytes, chance: random.Random) -> bytes:
    """An attribute has another value, or that of another one."""
    values = list(re.finditer(rb'="([^"]*)"', data))
    if not values:
        return _element(data, chance)
    one, other = chance.choice(values), chance.choice(values)
    value = chance.choice([chance.choice(NUMBERS).encode(), other[1], b"url(#a)", b"", one[1] * 100])
    return data[: one.start(1)] + value + data[one.end(1) :]

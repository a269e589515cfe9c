"""Quick, Draw! as lines of JSON, raw or simplified: https://github.com/googlecreativelab/quickdraw-dataset.

One drawing a line: `word` is the label, `drawing` a list of strokes [[x...], [y...]], raw ones with a third row [t...].
Raw coordinates are pixels, times milliseconds; simplified ones are scaled to 0..255 and have no time. We also write and
read `writer`, `units` and `t0_ms` (what times count from, where that is not the first), and null for an unknown time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.errors import shown
from synthink.files import write_whole
from synthink.ink.files.base import Reading
from synthink.ink.files.bounded import assembled, columns, limited, numbers, parsed, relative
from synthink.ink.model import Ink, InkError

NAME = "quickdraw"
SUFFIXES = (".ndjson",)
_LONGEST_LINE = 64 * 2**20  # bytes; raw drawings take some 10,000
_OWN = ("word", "drawing", "writer", "units")


def sniff(path: Path, head: bytes) -> bool:
    """Whether the first line is an object with a drawing."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"drawing"' in head


def read(path: Path, reading: Reading) -> Iterator[Ink]:
    """One ink a line; `key_id`, `countrycode`, `timestamp` and `recognized` become metadata, as `t0_ms` does the time
    of the first point where that is not 0."""
    return limited(_inks(path, reading), reading)


def _inks(path: Path, reading: Reading) -> Iterator[Ink]:
    count = 0
    for number, (offset, line) in enumerate(_lines(path, reading), 1):
        if not line.strip():
            continue
        count += 1
        element = f"line {number}"
        try:
            found = parsed(line, reading, element, offset)
            if not isinstance(found, dict) or not isinstance(found.get("drawing"), list):
                raise InkError("is no object with a list `drawing`", "", element, offset)
        except InkError as error:
            reading.skip(error.reason, element, error.offset)
            continue
        ink = _ink(found, reading, element, offset, f"{path.name}#{count}")
        if ink is not None:
            yield ink
    if not count:
        reading.fail("is empty")


def _lines(path: Path, reading: Reading) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of every line."""
    offset = 0
    try:
        with path.open("rb") as file:
            while line := file.readline(_LONGEST_LINE + 1):
                if len(line) > _LONGEST_LINE or offset + len(line) > reading.limits.bytes:
                    reading.fail("has a line or a size beyond the limits", "", offset)
                yield offset, line
                offset += len(line)
    except OSError as error:
        reading.fail(f"cannot be read: {error.strerror or error}")


def _ink(found: dict[str, Any], reading: Reading, element: str, offset: int, source: str) -> Ink | None:
    strokes: list[npt.NDArray[np.float64]] = []
    for index, stroke in enumerate(found["drawing"]):
        try:
            strokes.append(_stroke(stroke))
        except InkError as error:
            reading.skip(error.reason, f"{element}, stroke {index}", offset)
    if found["drawing"] and not strokes:
        return None
    timed = any(stroke.shape[1] == 3 for stroke in strokes)
    given = found.get("t0_ms")
    strokes, start = relative(strokes, given if isinstance(given, (int, float)) else None)
    metadata = {
        key: value
        for key, value in found.items()
        if key not in _OWN and key != "t0_ms" and (value is None or isinstance(value, (str, int, float)))
    }
    if start:
        metadata["t0_ms"] = start
    about = {name: found.get(name) if isinstance(found.get(name), str) else None for name in ("word", "writer")}
    units = found["units"] if isinstance(found.get("units", 0), (str, type(None))) else "px" if timed else None
    return assembled(
        reading,
        element,
        strokes,
        offset=offset,
        label=about["word"],
        writer=about["writer"],
        source=source,
        units=units,
        metadata=metadata,
    )


def _stroke(rows: Any) -> npt.NDArray[np.float64]:
    if not isinstance(rows, list) or len(rows) not in (2, 3):
        raise InkError(f"is no list of two or three rows: {shown(rows)}")
    found = [numbers(row, name) for row, name in zip(rows[:2], "xy", strict=True)]
    if len(rows) == 3:
        times = rows[2]
        missing = isinstance(times, list) and None in times
        unknown = np.array([time is None for time in times]) if missing else None
        values = numbers([0 if time is None else time for time in times] if missing else times, "t")
        found.append(values if unknown is None else np.where(unknown, np.nan, values))
    return columns(found)


def write(path: Path, inks: Sequence[Ink]) -> None:
    """Raw drawings, a line each, every number as short as its float32 allows. Spans and pressures have no place here.

    Read again, x, y, t, label, writer, units and metadata of plain values are the same; `source` is the new file.
    """
    lines = [_line(ink, number) for number, ink in enumerate(inks, 1)]
    write_whole(path, "".join(lines).encode("ascii"))


def _line(ink: Ink, number: int) -> str:
    times = ink.points[:, 2]
    timed = not bool(np.isnan(times).all())
    start = ink.metadata.get("t0_ms", 0)
    start = start if isinstance(start, (int, float)) and abs(start) <= 2**53 else 0
    told: dict[str, Any] = {key: value for key, value in ink.metadata.items() if key not in _OWN and key != "t0_ms"}
    told |= {key: value for key, value in (("word", ink.label), ("writer", ink.writer)) if value is not None}
    if timed and (start or times[~np.isnan(times)][0] != 0):
        told["t0_ms"] = start
    if ink.units != ("px" if timed else None):
        told["units"] = ink.units
    try:
        about = json.dumps(told, allow_nan=False)[1:-1]
    except (TypeError, ValueError, RecursionError) as error:
        raise InkError(f"has metadata that JSON cannot hold: {error}", "", f"ink {number}") from None
    rows = [_texts(ink.points[:, 0]), _texts(ink.points[:, 1])]
    if timed:
        rows.append(_texts(times.astype(np.float64) + start if start else times))
    bounds = [*ink.starts.tolist(), len(ink.points)]
    strokes = (
        "[" + ",".join("[" + ",".join(column[first:stop]) + "]" for column in rows) + "]"
        for first, stop in pairwise(bounds)
    )
    return "{" + about + (", " if about else "") + '"drawing": [' + ",".join(strokes) + "]}\n"


def _texts(values: npt.NDArray[Any]) -> list[str]:
    """Numbers in their shortest form, whole ones without a point, NaN as null."""
    texts = values.astype(str).tolist()
    return ["null" if text == "nan" else text.removesuffix(".0") for text in texts]

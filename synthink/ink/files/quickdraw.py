"""Quick, Draw!, raw or simplified: https://github.com/googlecreativelab/quickdraw-dataset.

Drawings come as lines of JSON, as one JSON list, or as the rows of a CSV file, and each of these may be gzipped. `word`
is the label, `drawing` a list of strokes [[x...], [y...]], raw ones with a third row [t...]. Raw coordinates are
pixels, times milliseconds; simplified ones are scaled to 0..255 and have no time. We also write and read `writer`,
`units` and `t0_ms` (what times count from, where that is not the first), and null for an unknown time.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted
from synthink.files import write_atomically
from synthink.ink.files.base import Reading, WritableInkFormat
from synthink.ink.files.fates import Fates, left_out
from synthink.ink.files.quickdraw_records import layout_of, records
from synthink.ink.files.strokes import assemble, limited, number_list, relative_times, stacked_rows
from synthink.ink.model import Ink, InkError

_OWN = ("word", "drawing", "writer", "units")


class QuickDrawFormat(WritableInkFormat):
    """Quick, Draw! files of JSON or CSV."""

    suffixes = (".ndjson",)
    sniff_order = 80

    fates = Fates(
        read={"": "word drawing writer units"}, metadata={"": "key_id countrycode timestamp recognized t0_ms"}
    )

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the first line is an object with a drawing, or names a column of drawings; or a list begins with
        such an object."""
        return layout_of(head) is not None

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield one ink a drawing.

        `key_id`, `countrycode`, `timestamp`, `recognized` and other plain values become metadata, and so does, as
        `t0_ms`, the time of the first point where that is not 0. Lists and objects are counted in `left_out`.
        """
        return limited(_inks(path, reading), reading)

    def write(self, path: Path, inks: Sequence[Ink]) -> None:
        """Write raw drawings, a line each, every number as short as its float32 allows. Spans and pressures are lost.

        When the file is read again, x, y, t, label, writer, units and metadata of plain values are the same, and
        `source` is the new file.
        """
        lines = [_line(ink, number) for number, ink in enumerate(inks, 1)]
        write_atomically(path, "".join(lines).encode("ascii"))


def _inks(path: Path, reading: Reading) -> Iterator[Ink]:
    count = 0
    for element, offset, drawing in records(path, reading):
        count += 1
        if isinstance(drawing, InkError):
            reading.skip(drawing.reason, element, drawing.offset)
            continue
        if not isinstance(drawing, dict) or not isinstance(drawing.get("drawing"), list):
            reading.skip("is no object with a list `drawing`", element, offset)
            continue
        ink = _ink(drawing, reading, element, offset, f"{path.name}#{count}")
        if ink is not None:
            yield ink


def _ink(drawing: dict[str, Any], reading: Reading, element: str, offset: int | None, source: str) -> Ink | None:
    """The ink of one line; None where nothing of it can be used."""
    strokes: list[npt.NDArray[np.float64]] = []
    skipped = 0
    for index, rows in enumerate(drawing["drawing"]):
        try:
            strokes.append(_stroke(rows))
        except InkError as error:
            reading.skip(error.reason, f"{element}, stroke {index}", offset)
            skipped += 1
    if drawing["drawing"] and not strokes:
        return None
    timed = any(stroke.shape[1] == 3 for stroke in strokes)
    written_start = drawing.get("t0_ms")
    strokes, start = relative_times(strokes, written_start if isinstance(written_start, (int, float)) else None)
    texts = {key for key in ("word", "writer") if isinstance(drawing.get(key), str)}
    others = {key: value for key, value in drawing.items() if key not in ("drawing", "units", "t0_ms", *texts)}
    metadata = {key: value for key, value in others.items() if value is None or isinstance(value, (str, int, float))}
    metadata |= left_out(Counter(others.keys() - metadata.keys()))
    metadata |= {name: value for name, value in (("t0_ms", start), ("skipped_strokes", skipped)) if value}
    label, writer = (drawing[name] if isinstance(drawing.get(name), str) else None for name in ("word", "writer"))
    units = drawing["units"] if isinstance(drawing.get("units", 0), (str, type(None))) else _usual_units(timed)
    return assemble(
        reading,
        element,
        strokes,
        offset=offset,
        label=label,
        writer=writer,
        source=source,
        units=units,
        metadata=metadata,
    )


def _stroke(rows: Any) -> npt.NDArray[np.float64]:
    """The points (N, 2 or 3) of a stroke's rows of x, y and perhaps t, in which null is an unknown time."""
    if not isinstance(rows, list) or len(rows) not in (2, 3):
        raise InkError(f"is no list of two or three rows: {quoted(rows)}")
    columns = [number_list(row, name) for row, name in zip(rows[:2], "xy", strict=True)]
    if len(rows) == 3:
        times = rows[2]
        if isinstance(times, list) and None in times:
            known = number_list([0 if time is None else time for time in times], "t")
            columns.append(np.where([time is None for time in times], np.nan, known))
        else:
            columns.append(number_list(times, "t"))
    return stacked_rows(columns)


def _line(ink: Ink, number: int) -> str:
    """One ink as a line of JSON."""
    try:
        about = json.dumps(_properties(ink), allow_nan=False)[1:-1]
    except (TypeError, ValueError, RecursionError) as error:
        raise InkError(f"has metadata that JSON cannot hold: {error}", "", f"ink {number}") from None
    rows = [_texts(ink.points[:, 0]), _texts(ink.points[:, 1])]
    if _is_timed(ink):
        times, start = ink.points[:, 2], _start(ink)
        rows.append(_texts(times.astype(np.float64) + start if start else times))
    bounds = [*ink.starts.tolist(), len(ink.points)]
    strokes = (
        "[" + ",".join("[" + ",".join(column[first:stop]) + "]" for column in rows) + "]"
        for first, stop in pairwise(bounds)
    )
    return "{" + about + (", " if about else "") + '"drawing": [' + ",".join(strokes) + "]}\n"


def _properties(ink: Ink) -> dict[str, Any]:
    """What a line says besides its drawing."""
    properties = {key: value for key, value in ink.metadata.items() if key not in (*_OWN, "t0_ms")}
    properties |= {key: value for key, value in (("word", ink.label), ("writer", ink.writer)) if value is not None}
    timed, start = _is_timed(ink), _start(ink)
    if timed:
        times = ink.points[:, 2]
        if start or times[~np.isnan(times)][0] != 0:
            properties["t0_ms"] = start
    if ink.units != _usual_units(timed):
        properties["units"] = ink.units
    return properties


def _is_timed(ink: Ink) -> bool:
    return not bool(np.isnan(ink.points[:, 2]).all())


def _start(ink: Ink) -> float:
    """The time that the ink's times count from, 0 where its metadata has none that can be added exactly."""
    start = ink.metadata.get("t0_ms", 0)
    return start if isinstance(start, (int, float)) and abs(start) <= 2**53 else 0


def _usual_units(timed: bool) -> str | None:
    """Raw drawings, which have times, are in pixels; simplified ones are in no unit."""
    return "px" if timed else None


def _texts(values: npt.NDArray[Any]) -> list[str]:
    """Numbers in their shortest form, whole ones without a point, NaN as null."""
    texts = values.astype(str).tolist()
    return ["null" if text == "nan" else text.removesuffix(".0") for text in texts]

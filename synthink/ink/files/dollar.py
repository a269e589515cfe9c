"""Gesture logs of the $-family recognisers ($1, $N): XML of points with times in ms, one gesture a file.

`Pressure` counts steps of the device, whose greatest is taken to be the least power of two minus one that no point goes
beyond (255, 511, ..), or 1; metadata `greatest_pressure` says which. Times that the duration of the log (`Millseconds`,
so spelled) shows to be in another unit than ms are turned into ms, which metadata `times_note` says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from synthink.errors import quoted
from synthink.ink.files import safe_xml
from synthink.ink.files.base import InkFileFormat, Reading
from synthink.ink.files.fates import ALL, Fates, left_out
from synthink.ink.files.safe_xml import XmlNode, unknown_in
from synthink.ink.files.strokes import Budget, Points, decimal, fault, point_array, relative_times
from synthink.ink.model import Ink

_COUNTED = re.compile(r"(.*?\D)[~_-]?(\d+)", re.DOTALL)
_CARDINAL = re.compile(r"\d{1,18}", re.ASCII)
_MOST_BITS = 16  # of a device's pressure


class DollarFormat(InkFileFormat):
    """Gesture logs in XML, one gesture a file."""

    suffixes = (".xml",)
    sniff_order = 30
    fates = Fates(
        read={
            "Gesture": "Name Subject Number Millseconds",
            "Stroke": "index",
            "Point": "X Y T Pressure x y t pressure",
        },
        metadata={"Gesture": ALL},
    )

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the root element is `Gesture`."""
        return safe_xml.root_name(head) == "Gesture"

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield the one ink of the file, with the gesture's name as its label: `caret` for the `caret01` of the files.

        The root's attributes are the metadata. Raises `InkError`.
        """
        root = safe_xml.load(path, reading)
        if root.tag != "Gesture":
            reading.fail(f"is no gesture log: its root element is {quoted(root.tag)}, not Gesture", "", root.offset)
        nodes = _in_order(root)
        budget = Budget(reading)
        strokes = []
        skipped = lost = 0
        for index, node in enumerate(nodes):
            points, reason = _stroke(node)
            if points is not None:
                bad = np.flatnonzero(np.isinf(points[:, 3]))
                if len(bad):
                    value = list(node.find("Point"))[bad[0]].attributes
                    what = quoted(value.get("Pressure", value.get("pressure")), 40)
                    hint = "strict=False reads the point without it and counts it"
                    reading.skip(f"has the pressure {what} at its point {bad[0]}", f"stroke {index}", node.offset, hint)
                    points[bad, 3] = math.nan
                    lost += len(bad)
                budget.add(len(points))
                strokes.append(points)
            elif reason is not None:
                reading.skip(reason, f"stroke {index}", node.offset)
                skipped += 1
        about: dict[str, Any] = {name: value for name, value in root.attributes.items() if not name.startswith("xmlns")}
        counts: dict[str, Any] = {
            "greatest_pressure": _scale_pressures(strokes),
            "times_note": _correct_times(strokes, root.attributes.get("Millseconds", "")),
        }
        strokes, start = relative_times(strokes)
        counts |= {"t0_ms": start, "skipped_strokes": skipped, "lost_pressures": lost}
        about |= {name: value for name, value in counts.items() if value}
        about |= left_out(unknown_in(root, self.fates))
        name, subject = root.attributes.get("Name"), root.attributes.get("Subject")
        label = None if name is None else _label(name, root.attributes.get("Number", ""))
        yield Ink(strokes, label=label, writer=subject or None, source=path.name, metadata=about)


def _label(name: str, count: str) -> str:
    """The name without the number of the repetition: two digits, or what `Number` says."""
    match = _COUNTED.fullmatch(name)
    if match and (len(match[2]) == 2 or (_CARDINAL.fullmatch(count) and int(count) == int(match[2][:18]))):
        return match[1].rstrip("~_-") or name
    return name


def _in_order(root: XmlNode) -> list[XmlNode]:
    """The elements that hold the points of a stroke each: multistroke logs number their Stroke elements, others have
    the points of one at once."""
    nodes = list(root.find("Stroke")) or [root]
    numbers = [node.attributes.get("index", "") for node in nodes]
    if len(set(numbers)) == len(numbers) and all(_CARDINAL.fullmatch(number) for number in numbers):
        nodes.sort(key=lambda node: int(node.attributes["index"]))
    return nodes


def _stroke(node: XmlNode) -> tuple[Points | None, str | None]:
    """The points of a stroke, pressures as they are written and infinite where they are none; or why there are none,
    where it is not empty."""
    rows = [{key.lower(): value for key, value in child.attributes.items()} for child in node.find("Point")]
    if not rows:
        return None, None
    try:
        x, y = [decimal(row["x"]) for row in rows], [decimal(row["y"]) for row in rows]
        times = [decimal(row["t"]) if "t" in row else math.nan for row in rows]
        points = point_array(
            x, y, times, [_pressure(row["pressure"]) if "pressure" in row else math.nan for row in rows]
        )
        reason = fault(points)
    except KeyError as error:
        reason = f"has a Point without {str(error).upper()}"
    except ValueError as error:
        reason = f"has a Point that is no number: {error}"
    return (points, None) if reason is None else (None, reason)


def _pressure(written: str) -> float:
    try:
        pressure = decimal(written)
    except ValueError:
        return math.inf
    return pressure if 0 <= pressure < 2**_MOST_BITS else math.inf


def _scale_pressures(strokes: Sequence[Points]) -> int | None:
    """Turn pressures into shares of the device's greatest, in place; that one, None where there are no pressures."""
    columns = [points[:, 3] for points in strokes if not np.isnan(points[:, 3]).all()]
    if not columns:
        return None
    highest = max(float(np.nanmax(column)) for column in columns)
    greatest = 1 if highest <= 1 else 2 ** max(8, math.ceil(math.log2(highest + 1))) - 1
    for column in columns:
        column /= greatest
    return greatest


def _correct_times(strokes: Sequence[Points], duration: str) -> str | None:
    """Turn times into ms, in place, where the log's duration says that they are not; says what was done."""
    times = np.concatenate([points[:, 2] for points in strokes] or [np.zeros(0)])
    times = times[~np.isnan(times)]
    try:
        known, measured = decimal(duration), float(np.ptp(times)) if len(times) else 0.0
    except ValueError:
        return None
    if known < 1 or not measured:
        return None
    # Micro-, whole and nanoseconds, and the ticks of 0.1 us that .NET counts.
    ratios = {scale: known / measured / scale for scale in (1.0, 1e-3, 1e3, 1e-6, 1e-4)}
    scale = min(ratios, key=lambda scale: abs(math.log(ratios[scale])))
    if scale == 1 or not 0.2 < ratios[scale] < 5:
        return None
    for points in strokes:
        points[:, 2] *= scale
    return f"by the log's duration, times were in units of {scale:g} ms"

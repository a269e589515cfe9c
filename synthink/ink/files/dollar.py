"""Gesture logs of the $-family recognisers ($1, $N): XML of points with times in ms, one gesture a file."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

from synthink.errors import quoted
from synthink.ink.files import safe_xml
from synthink.ink.files.base import InkFileFormat, Reading
from synthink.ink.files.safe_xml import XmlNode
from synthink.ink.files.strokes import Budget, Points, decimal, fault, point_array, relative_times
from synthink.ink.model import Ink

_COUNTED = re.compile(r"(.*?\D)[~_-]?(\d+)", re.DOTALL)
_CARDINAL = re.compile(r"\d{1,18}", re.ASCII)


class DollarFormat(InkFileFormat):
    """Gesture logs in XML, one gesture a file."""

    suffixes = (".xml",)
    sniff_order = 30

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
        before = reading.skipped.total()
        # The multistroke logs have Stroke elements, the others the points at once.
        nodes = list(root.find("Stroke")) or [root]
        budget = Budget(reading)
        strokes = []
        for index, node in enumerate(nodes):
            stroke = _stroke(node, index, reading)
            if stroke is not None:
                budget.add(len(stroke))
                strokes.append(stroke)
        strokes, start = relative_times(strokes)
        metadata: dict[str, object] = dict(root.attributes)
        counts = {"t0_ms": start, "skipped_strokes": reading.skipped.total() - before}
        metadata |= {name: value for name, value in counts.items() if value}
        name, subject = root.attributes.get("Name"), root.attributes.get("Subject")
        label = None if name is None else _label(name, root.attributes.get("Number", ""))
        yield Ink(strokes, label=label, writer=subject or None, source=path.name, metadata=metadata)


def _label(name: str, count: str) -> str:
    """The name without the number of the repetition: two digits, or what `Number` says."""
    match = _COUNTED.fullmatch(name)
    if match and (len(match[2]) == 2 or (_CARDINAL.fullmatch(count) and int(count) == int(match[2][:18]))):
        return match[1].rstrip("~_-") or name
    return name


def _stroke(node: XmlNode, index: int, reading: Reading) -> Points | None:
    """The points of a stroke; None for one that is empty or was skipped."""
    rows = [{key.lower(): value for key, value in child.attributes.items()} for child in node.find("Point")]
    if not rows:
        return None
    try:
        x, y = [decimal(row["x"]) for row in rows], [decimal(row["y"]) for row in rows]
        points = point_array(x, y, [decimal(row["t"]) if "t" in row else math.nan for row in rows])
        reason = fault(points)
    except KeyError as error:
        reason = f"has a Point without {str(error).upper()}"
    except ValueError as error:
        reason = f"has a Point that is no number: {error}"
    if reason is not None:
        reading.skip(reason, f"stroke {index}", node.offset)
        return None
    return points

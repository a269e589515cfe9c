"""Gesture logs of the $-family recognisers ($1, $N): XML of points with times in ms, one gesture a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from synthink.errors import shown
from synthink.ink.files import safe_xml as safexml
from synthink.ink.files import strokes
from synthink.ink.files.base import Reading
from synthink.ink.files.safe_xml import Node
from synthink.ink.model import Ink

NAME = "dollar"
SUFFIXES = (".xml",)
_COUNTED = re.compile(r"(.*?\D)[~_-]?(\d+)", re.DOTALL)


def sniff(path: Path, head: bytes) -> bool:
    """Whether the root element is `Gesture`."""
    return safexml.root_name(head) == "Gesture"


def read(path: Path, reading: Reading) -> Iterator[Ink]:
    """The one ink of the file, with the gesture's name as its label: `caret` for the `caret01` of the files.

    The root's attributes are the metadata. Raises `InkError`.
    """
    root = safexml.load(path, reading)
    if root.tag != "Gesture":
        reading.fail(f"is no gesture log: its root element is {shown(root.tag)}, not Gesture", "", root.offset)
    before = reading.skipped.total()
    # The multistroke logs have Stroke elements, the others the points at once.
    nodes = list(root.find("Stroke")) or [root]
    budget = strokes.Budget(reading)
    points = []
    for index, node in enumerate(nodes):
        stroke = _stroke(node, index, reading)
        if stroke is not None:
            budget.add(len(stroke))
            points.append(stroke)
    start = strokes.from_first(points)
    metadata: dict[str, object] = dict(root.attributes)
    told = {"t0_ms": start, "skipped_strokes": reading.skipped.total() - before}
    metadata |= {name: value for name, value in told.items() if value}
    name, subject = root.attributes.get("Name"), root.attributes.get("Subject")
    label = None if name is None else _label(name, root.attributes.get("Number", ""))
    yield Ink(points, label=label, writer=subject or None, source=path.name, metadata=metadata)


def _label(name: str, number: str) -> str:
    """The name without the number of the repetition: two digits, or what `Number` says."""
    found = _COUNTED.fullmatch(name)
    if found and (len(found[2]) == 2 or (number.isdecimal() and int(number) == int(found[2][:18]))):
        return found[1].rstrip("~_-") or name
    return name


def _stroke(node: Node, index: int, reading: Reading) -> strokes.Points | None:
    rows = [{key.lower(): value for key, value in child.attributes.items()} for child in node.find("Point")]
    if not rows:
        return None
    try:
        x, y = [float(row["x"]) for row in rows], [float(row["y"]) for row in rows]
        points = strokes.columns(x, y, [float(row.get("t", "nan")) for row in rows])
        wrong = strokes.fault(points)
    except KeyError as error:
        wrong = f"has a Point without {str(error).upper()}"
    except ValueError as error:
        wrong = f"has a Point that is no number: {error}"
    if wrong is not None:
        reading.skip(wrong, f"stroke {index}", node.offset)
        return None
    return points

"""Xournal and Xournal++ documents: gzipped XML, in points of 1/72 inch, one ink a page that has any. No times.

The widths after a stroke's first are those of its segments, which the pen's pressure made; as a share of the stroke's
greatest width they are the pressure at the segment's first point. Whiteout (tool `eraser`) is no ink and is counted in
metadata `whiteout_strokes`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from synthink.errors import shown
from synthink.ink.files import safe_xml as safexml
from synthink.ink.files import strokes
from synthink.ink.files.base import Reading
from synthink.ink.files.safe_xml import Node
from synthink.ink.model import Ink

NAME = "xournal"
SUFFIXES = (".xopp", ".xoj")
_GZIP = b"\x1f\x8b"
_RATIO = 100  # XML of strokes shrinks 3 to 8 times; what unpacks to far more is a bomb
_ROOM = 16 * 2**20


def sniff(path: Path, head: bytes) -> bool:
    """Whether it is XML, packed or not, with the root `xournal`; a gzip file with one of the suffixes is, too."""
    if head.startswith(_GZIP):
        try:
            inner = zlib.decompressobj(31).decompress(head, 4096)
        except zlib.error:
            inner = b""
        return safexml.root_name(inner) == "xournal" or path.suffix.lower() in SUFFIXES
    return safexml.root_name(head) == "xournal" or (path.suffix.lower() in SUFFIXES and not head.startswith(b"<"))


def read(path: Path, reading: Reading) -> Iterator[Ink]:
    """One ink for each page with strokes. Raises `InkError`."""
    size = path.stat().st_size
    if size > reading.limits.bytes:
        reading.fail(f"has {size} bytes, more than {reading.limits.bytes}")
    data = path.read_bytes()
    root = safexml.parse(_unpacked(data, reading) if data.startswith(_GZIP) else data, reading)
    if root.tag != "xournal":
        reading.fail(f"is no Xournal file: its root element is {shown(root.tag)}, not xournal", "", root.offset)
    budget = strokes.Budget(reading)
    pages = list(root.find("page"))
    for number, page in enumerate(pages, start=1):
        before = reading.skipped.total()
        points, about = _page(page, number, reading, budget)
        skipped = reading.skipped.total() - before
        if points or skipped:
            about |= {"skipped_strokes": skipped} if skipped else {}
            source = f"{path.name}#{number}" if len(pages) > 1 else path.name
            yield Ink(points, source=source, units="pt", metadata=about)


def _page(
    page: Node, number: int, reading: Reading, budget: strokes.Budget
) -> tuple[list[strokes.Points], dict[str, Any]]:
    points: list[strokes.Points] = []
    about: dict[str, Any] = {"page": number}
    about |= {name: page.attributes[name] for name in ("width", "height") if name in page.attributes}
    kinds: dict[str, list[str]] = {"tools": [], "colors": [], "widths": []}
    whiteout = 0
    for node in page.walk():
        if node.tag != "stroke":
            continue
        if node.attributes.get("tool") == "eraser":
            whiteout += 1
            continue
        stroke = _stroke(node, number, len(points), reading)
        if stroke is not None:
            budget.add(len(stroke))
            points.append(stroke)
            width = node.attributes.get("width", "").split()
            values = (node.attributes.get("tool", ""), node.attributes.get("color", ""), width[0] if width else "")
            for name, value in zip(kinds, values, strict=True):
                kinds[name].append(value)
    return points, {**about, **kinds, **({"whiteout_strokes": whiteout} if whiteout else {})}


def _stroke(node: Node, page: int, index: int, reading: Reading) -> strokes.Points | None:
    text = node.text.split()
    if not text:
        return None
    wrong: str | None = f"has {len(text)} numbers, which are no pairs"
    points = strokes.columns(0.0, 0.0)
    if len(text) % 2 == 0:
        try:
            numbers = np.array([float(word) for word in text]).reshape(-1, 2)
            widths = np.array([float(word) for word in node.attributes.get("width", "").split()])
            points = strokes.columns(numbers[:, 0], numbers[:, 1], pressure=_pressure(widths, len(numbers)))
            wrong = strokes.fault(points)
        except ValueError as error:
            wrong = f"cannot be read: {error}"
    if wrong is not None:
        reading.skip(wrong, f"page {page}, stroke {index} on line {node.line}", node.offset)
        return None
    return points


def _pressure(widths: strokes.Points, count: int) -> strokes.Points | float:
    """Of each point from the widths of the segments, the last point as the one before; NaN where there are none."""
    segments = widths[1:]
    if not len(segments):
        return np.nan
    if len(segments) not in (count - 1, count) or not (np.isfinite(widths) & (widths >= 0)).all():
        raise ValueError(f"{len(widths)} widths for {count} points")
    greatest = float(widths.max())
    return segments[np.minimum(np.arange(count), len(segments) - 1)] / (greatest or 1.0)


def _unpacked(data: bytes, reading: Reading) -> bytes:
    limit = min(reading.limits.unpacked_bytes, reading.limits.bytes, _ROOM + _RATIO * len(data))
    worker = zlib.decompressobj(31)
    try:
        content = worker.decompress(data, limit + 1)
    except zlib.error as error:
        reading.fail(f"cannot be unpacked: {error}")
    if len(content) > limit:
        reading.fail(f"unpacks to more than {limit} bytes")
    if not worker.eof:
        reading.fail("ends inside its gzip data")
    return content

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

from synthink.errors import quoted
from synthink.ink.files import safe_xml
from synthink.ink.files.base import InkFileFormat, Reading
from synthink.ink.files.safe_xml import XmlNode
from synthink.ink.files.strokes import Budget, Points, decimal, fault, point_array
from synthink.ink.model import Ink

_GZIP = b"\x1f\x8b"
_RATIO = 100  # XML of strokes shrinks 3 to 8 times; what unpacks to far more is a bomb
_ROOM = 16 * 2**20


class XournalFormat(InkFileFormat):
    """Xournal and Xournal++ documents."""

    suffixes = (".xopp", ".xoj")
    sniff_order = 50

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the file is XML, packed or not, with the root `xournal`, or a gzip file with one of the suffixes."""
        suffix_fits = path.suffix.lower() in self.suffixes
        if head.startswith(_GZIP):
            try:
                inner = zlib.decompressobj(31).decompress(head, 4096)
            except zlib.error:
                inner = b""
            return safe_xml.root_name(inner) == "xournal" or suffix_fits
        return safe_xml.root_name(head) == "xournal" or (suffix_fits and not head.startswith(b"<"))

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield one ink for each page with strokes. Raises `InkError`."""
        size = path.stat().st_size
        if size > reading.limits.bytes:
            reading.fail(f"has {size} bytes, more than {reading.limits.bytes}")
        data = path.read_bytes()
        root = safe_xml.parse(_unpacked(data, reading) if data.startswith(_GZIP) else data, reading)
        if root.tag != "xournal":
            reading.fail(f"is no Xournal file: its root element is {quoted(root.tag)}, not xournal", "", root.offset)
        budget = Budget(reading)
        pages = list(root.find("page"))
        for number, page in enumerate(pages, start=1):
            before = reading.skipped.total()
            strokes, metadata = _page(page, number, reading, budget)
            skipped = reading.skipped.total() - before
            if strokes or skipped:
                metadata |= {"skipped_strokes": skipped} if skipped else {}
                source = f"{path.name}#{number}" if len(pages) > 1 else path.name
                yield Ink(strokes, source=source, units="pt", metadata=metadata)


def _page(page: XmlNode, number: int, reading: Reading, budget: Budget) -> tuple[list[Points], dict[str, Any]]:
    """The strokes of a page, and what there is to say about it."""
    strokes: list[Points] = []
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
        stroke = _stroke(node, number, len(strokes), reading)
        if stroke is not None:
            budget.add(len(stroke))
            strokes.append(stroke)
            width = node.attributes.get("width", "").split()
            values = (node.attributes.get("tool", ""), node.attributes.get("color", ""), width[0] if width else "")
            for name, value in zip(kinds, values, strict=True):
                kinds[name].append(value)
    return strokes, {**about, **kinds, **({"whiteout_strokes": whiteout} if whiteout else {})}


def _stroke(node: XmlNode, page: int, index: int, reading: Reading) -> Points | None:
    """The points of a stroke; None for one that is empty or was skipped."""
    words = node.text.split()
    if not words:
        return None
    points = None
    reason: str | None = f"has {len(words)} numbers, which are no pairs"
    if len(words) % 2 == 0:
        try:
            x_y = np.array([decimal(word) for word in words]).reshape(-1, 2)
            widths = np.array([decimal(word) for word in node.attributes.get("width", "").split()])
            points = point_array(x_y[:, 0], x_y[:, 1], pressure=_pressure(widths, len(x_y)))
            reason = fault(points)
        except ValueError as error:
            reason = f"cannot be read: {error}"
    if reason is not None:
        reading.skip(reason, f"page {page}, stroke {index} on line {node.line}", node.offset)
        return None
    return points


def _pressure(widths: Points, count: int) -> Points | float:
    """The pressure at each point by the widths of the segments, at the last point that of the one before; or NaN."""
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

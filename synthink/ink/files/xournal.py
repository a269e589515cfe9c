"""Xournal and Xournal++ documents, in points of 1/72 inch, one ink a page that has any. No times.

They are XML, plain, gzipped, or packed as `content.xml` in a zip. The widths after a stroke's first are those of its
segments, which the pen's pressure made; as a share of the stroke's greatest width they are the pressure at the
segment's first point. Whiteout (tool `eraser`) is no ink and is counted in metadata `whiteout_strokes`.

Widths that are no numbers or below 0, as Xournal++ has written them, and those of strokes that have too few or too many
are no pressures: a strict reader says so, another reads the points without them and counts them in `lost_pressures`.
Of a document that is cut off a reader that is not strict gives the pages before.
"""

from __future__ import annotations

import contextlib
import math
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted
from synthink.ink.files import safe_xml
from synthink.ink.files.base import InkFileFormat, Reading, read_bytes
from synthink.ink.files.fates import ALL, Fates, left_out
from synthink.ink.files.npz.arrays import BAD_ZIP, member_names
from synthink.ink.files.safe_xml import XmlNode, unknown_in
from synthink.ink.files.strokes import Budget, Points, decimal, fault, point_array
from synthink.ink.model import Ink

_ZIP = b"PK\x03\x04"
_CONTENT = "content.xml"
_RATIO = 100  # XML of strokes shrinks 3 to 8 times; what unpacks to far more is a bomb
_ROOM = 16 * 2**20
_PIECE = 2**12
_STROKE = {"tool": "tools", "color": "colors", "width": "widths", "style": "styles"}
"""Attribute of a stroke -> the metadata that has it for each stroke of a page."""


class XournalFormat(InkFileFormat):
    """Xournal and Xournal++ documents."""

    suffixes = (".xopp", ".xoj")
    sniff_order = 50
    fates = Fates(
        read={"xournal": "", "page": "", "layer": "", "stroke": "width pressures"},
        metadata={
            "xournal": "creator version fileversion",
            "title": "",
            "page": "width height",
            "background": ALL,
            "layer": "name",
            "stroke": " ".join(_STROKE),
        },
    )

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the file is XML, packed or not, with the root `xournal`, or a packed file of a fit name."""
        suffix_fits = path.suffix.lower() in self.suffixes
        if head.startswith(_ZIP):
            return suffix_fits or (b"application/xournal++" in head and _CONTENT in member_names(path, head))
        return safe_xml.root_name(head) == "xournal" or (suffix_fits and not head.startswith(b"<"))

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield one ink for each page with strokes. Raises `InkError`."""
        root, cut_off = safe_xml.parse_start(_content(path, reading), reading)
        if root.tag != "xournal":
            reading.fail(f"is no Xournal file: its root element is {quoted(root.tag)}, not xournal", "", root.offset)
        if cut_off is not None:
            hint = "strict=False reads the pages before"
            reading.skip(cut_off.reason, cut_off.element, cut_off.offset, hint)
        budget = Budget(reading)
        pages = list(root.find("page"))
        about: dict[str, Any] = {name: text for name, text in root.attributes.items() if name != "xmlns"}
        about |= {node.tag: node.words() for node in root.find("title")}
        others: Counter[str] = Counter()
        empty = True
        for number, node in enumerate(pages, start=1):
            page = _Page(number, reading, budget)
            page.read(node)
            unread = unknown_in(node, self.fates)
            others += unread
            if page.strokes or page.skipped:
                empty = False
                source = f"{path.name}#{number}" if len(pages) > 1 else path.name
                metadata = {**about, **page.metadata(node), **left_out(unread)}
                yield Ink(page.strokes, source=source, units="pt", metadata=metadata)
        if empty and cut_off is None:
            what = ", ".join(f"{count} {name}" for name, count in others.most_common(5)) or "nothing"
            reading.skip(f"has no strokes on its {len(pages)} pages, but {what}")


@dataclass(slots=True)
class _Page:
    """The strokes of a page. skipped: how many were left out; lost: how many pressures."""

    number: int
    reading: Reading
    budget: Budget
    strokes: list[Points] = field(default_factory=list)
    nodes: list[XmlNode] = field(default_factory=list)
    whiteout: int = 0
    skipped: int = 0
    lost: int = 0

    def read(self, page: XmlNode) -> None:
        """Add the strokes of the page, those of all its layers in order."""
        for node in page.walk():
            if node.tag != "stroke":
                continue
            if node.attributes.get("tool") == "eraser":
                self.whiteout += 1
                continue
            self._add(node)

    def metadata(self, page: XmlNode) -> dict[str, Any]:
        """All that there is to say about the page and each of its strokes."""
        about: dict[str, Any] = {"page": self.number}
        about |= {name: page.attributes[name] for name in ("width", "height") if name in page.attributes}
        about |= {node.tag: dict(node.attributes) for node in page.find("background")}
        layers = [layer.attributes.get("name", "") for layer in page.find("layer")]
        about |= {"layers": layers} if any(layers) else {}
        for attribute, name in _STROKE.items():
            texts = [node.attributes.get(attribute, "") for node in self.nodes]
            if any(texts) or attribute != "style":
                about[name] = [text.split()[0] if text.split() else "" for text in texts]
        counts = {"whiteout_strokes": self.whiteout, "skipped_strokes": self.skipped, "lost_pressures": self.lost}
        return about | {name: count for name, count in counts.items() if count}

    def _add(self, node: XmlNode) -> None:
        words = node.text.split()
        if not words:
            return
        element = f"page {self.number}, stroke {len(self.strokes)} on line {node.line}"
        reason: str | None = f"has {len(words)} numbers, which are no pairs"
        if len(words) % 2 == 0:
            try:
                x_y = np.array([decimal(word) for word in words]).reshape(-1, 2)
                points = point_array(x_y[:, 0], x_y[:, 1])
                reason = fault(points)
            except ValueError as error:
                reason = f"cannot be read: {error}"
        if reason is not None:
            self.reading.skip(reason, element, node.offset)
            self.skipped += 1
            return
        points[:, 3] = self._pressures(node, len(points), element)
        self.budget.add(len(points))
        self.strokes.append(points)
        self.nodes.append(node)

    def _pressures(self, node: XmlNode, count: int, element: str) -> npt.NDArray[np.float64] | float:
        """The pressure at each point by the widths of the segments, at the last that of the one before; or NaN."""
        first, *segments = node.attributes.get("width", "").split() or [""]
        segments = node.attributes["pressures"].split() if "pressures" in node.attributes else segments
        if not segments:
            return math.nan
        widths = np.array([_width(word) for word in segments])
        fault = None
        if len(segments) not in (count - 1, count):
            fault = f"has {len(segments) + 1} widths for {count} points"
            widths = np.full(count, np.nan)
        elif np.isnan(widths).any():
            row = int(np.isnan(widths).argmax())
            fault = f"has the width {quoted(segments[row], 40)} at its point {row}"
        if fault is not None:
            self.reading.skip(fault, element, node.offset, "strict=False reads the points without it and counts it")
            self.lost += int(np.isnan(widths).sum())
        nominal = math.nan if "pressures" in node.attributes else _width(first)
        greatest = float(np.nanmax([*widths, nominal, 0.0]))
        return widths[np.minimum(np.arange(count), len(widths) - 1)] / (greatest or 1.0)


def _width(word: str) -> float:
    """A width, NaN where it is none."""
    try:
        width = decimal(word)
    except ValueError:
        return math.nan
    return width if 0 <= width < math.inf else math.nan


def _before_the_end(data: bytes, most: int) -> bytes:
    """What a zip that is cut off or damaged has of the XML."""
    name = data.find(_CONTENT.encode())
    header = data[name - 30 : name]
    if not header.startswith(_ZIP):
        return b""
    content = data[name + len(_CONTENT) + int.from_bytes(header[28:30], "little") :]
    if int.from_bytes(header[8:10], "little") == zipfile.ZIP_STORED:
        return content
    worker, unpacked = zlib.decompressobj(-zlib.MAX_WBITS), bytearray()
    with contextlib.suppress(zlib.error):
        for at in range(0, len(content), _PIECE):
            unpacked += worker.decompress(content[at : at + _PIECE], most - len(unpacked))
            if worker.eof or len(unpacked) >= most:
                break
    return bytes(unpacked)


def _content(path: Path, reading: Reading) -> bytes:
    """The XML of a document."""
    data = read_bytes(path, reading)
    if not data.startswith(_ZIP):
        return data
    limit = min(reading.limits.unpacked_bytes, reading.limits.bytes, _ROOM + _RATIO * len(data))
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(_CONTENT).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                reading.fail(f"packs {_CONTENT} by an unknown method")
            with archive.open(_CONTENT) as file:
                content = file.read(limit + 1)
    except KeyError:
        reading.fail(f"is a zip without {_CONTENT}, which a document has")
    except BAD_ZIP as error:
        reading.skip(f"is a zip that cannot be unpacked: {error}", hint="strict=False reads the pages before")
        content = _before_the_end(data, limit + 1)
    if len(content) > limit:
        reading.fail(f"unpacks to more than {limit} bytes")
    return content

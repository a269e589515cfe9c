"""What InkML traces refer to: formats, sources, brushes, canvases and timestamps, in place or by reference (InkML 1.0,
sections 4 to 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted
from synthink.ink.files.base import Reading
from synthink.ink.files.inkml.channels import PLAIN, TraceFormat, trace_format
from synthink.ink.files.safe_xml import XmlNode
from synthink.ink.files.strokes import LATEST, decimal

HOLDERS = {
    "context": "contextRef",
    "traceFormat": "traceFormatRef",
    "inkSource": "inkSourceRef",
    "brush": "brushRef",
    "canvas": "canvasRef",
    "canvasTransform": "canvasTransformRef",
    "timestamp": "timestampRef",
}
"""Elements that a trace may refer to, and the attributes that do so."""
_ELSEWHERE = ("canvas", "canvasTransform")  # have formats of their own, which are not those of traces
_CHAIN = 20  # references of references; more are a loop

Current = Mapping[str, XmlNode]
"""Element name -> the element that holds for traces that refer to none, where a trace stands."""


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """All that holds for a trace. matrix: (2, 3), from x, y, 1 as written to the canvas, None where they stay as they
    are; units: of x and y after that. clock_ms: what the times of T count from, where that is known."""

    format: TraceFormat
    brush: Mapping[str, str]
    source: XmlNode | None
    timestamp: XmlNode | None
    matrix: npt.NDArray[np.float64] | None
    units: str | None
    clock_ms: float | None


@dataclass(slots=True)
class Definitions:
    """The definitions of a file by element name and identifier, and those that hold where traces refer to none.

    unusable: mappings to a canvas that are no matrix, by what they are.
    """

    reading: Reading
    named: dict[str, dict[str, XmlNode]] = field(default_factory=lambda: {name: {} for name in HOLDERS})
    first: dict[str, XmlNode] = field(default_factory=dict)
    sources: dict[XmlNode, XmlNode] = field(default_factory=dict)
    current: Current = field(default_factory=dict)
    unusable: dict[XmlNode, str] = field(default_factory=dict)
    _formats: dict[tuple[XmlNode, XmlNode | None], TraceFormat] = field(default_factory=dict)
    _settings: dict[tuple[frozenset[tuple[str, str]], int], Setting] = field(default_factory=dict)

    def add(self, node: XmlNode, defined: bool) -> None:
        """Note an element of `HOLDERS`; `defined` ones only hold where they are referred to."""
        name = node.identifier
        if name is not None:
            if name in self.named[node.tag]:
                self.reading.fail("has an identifier that another has", node.where, node.offset)
            self.named[node.tag][name] = node
        self.first.setdefault(node.tag, node)
        if node.tag == "inkSource":
            self.sources.update(dict.fromkeys(node.find("traceFormat"), node))
        if not defined:
            self.current = {**self.current, node.tag: node}

    def setting(self, references: Mapping[str, str], current: Current) -> Setting:
        """All that holds for a trace with these references; raises `LookupError` naming one that leads nowhere.

        current: what `current` was where the trace stands.
        """
        key = frozenset(references.items()), id(current)  # the traces that wait hold every `current`
        if key not in self._settings:
            self._settings[key] = self._setting(references, current)
        return self._settings[key]

    def _setting(self, references: Mapping[str, str], current: Current) -> Setting:
        def holding(tag: str) -> XmlNode | None:
            return self._follow(tag, references) or current.get(tag)

        node = holding("traceFormat") or self.first.get("traceFormat")
        source = None if node is None else self.sources.get(node) or holding("inkSource")
        form = PLAIN if node is None else self._format(node, source)
        timestamp = holding("timestamp")
        t = form.index("T")
        reference = None if t is None else form.channels[t].reference
        clock = timestamp if reference is None else self.named["timestamp"].get(reference.rpartition("#")[2])
        transform, canvas = holding("canvasTransform"), holding("canvas")
        matrix = None if transform is None else self._matrix(transform)
        units = form.units if matrix is None else self._canvas_units(canvas)
        return Setting(form, self._brush(references, current), source, timestamp, matrix, units, self._time(clock, ()))

    def _format(self, node: XmlNode, source: XmlNode | None) -> TraceFormat:
        if (node, source) not in self._formats:
            self._formats[node, source] = trace_format(node, source, self.reading)
        return self._formats[node, source]

    def _brush(self, references: Mapping[str, str], current: Current) -> dict[str, str]:
        """Name -> value and unit of the properties of a brush; one that refers to another adds to that one's."""
        node = self._follow("brush", references) or current.get("brush") or self.first.get("brush")
        chain: list[XmlNode] = []
        while node is not None and node not in chain and len(chain) < _CHAIN:
            chain.append(node)
            node = self._follow("brush", node.attributes)
        properties: dict[str, str] = {}
        for brush in reversed(chain):
            for child in brush.find("brushProperty"):
                if "name" in child.attributes:
                    words = (child.attributes.get("value", ""), child.attributes.get("units", ""))
                    properties[child.attributes["name"]] = " ".join(filter(None, words))
        return properties

    def _canvas_units(self, canvas: XmlNode | None) -> str | None:
        node = None
        if canvas is not None:
            node = next(canvas.find("traceFormat"), None) or self._follow("traceFormat", canvas.attributes)
        return None if node is None else self._format(node, None).units

    def _matrix(self, transform: XmlNode) -> npt.NDArray[np.float64] | None:
        """The matrix of the first mapping of a transform, None for one that changes nothing or is no matrix."""
        mapping = next(transform.find("mapping"), None)
        kind = "unknown" if mapping is None else mapping.attributes.get("type", "unknown")
        if mapping is not None and kind == "affine" and not list(mapping.find("bind")):
            words = " ".join(node.text for node in mapping.find("affine")).replace(",", " ").split()
            try:
                numbers = np.array([decimal(word) for word in words])
            except ValueError as error:
                self.reading.fail(f"has a matrix that cannot be read: {error}", transform.where, transform.offset)
            if len(numbers) == 6:
                matrix = numbers.reshape(2, 3)
                return None if np.array_equal(matrix, np.eye(2, 3)) else matrix
        if kind != "identity":
            self.unusable[transform] = f"canvasTransform of type {quoted(kind, 20)}"
        return None

    def _time(self, node: XmlNode | None, before: tuple[XmlNode, ...]) -> float | None:
        """The time of a timestamp in ms: since 1970, or since another one that has none."""
        if node is None or node in before or len(before) > _CHAIN:
            return None
        about = node.attributes
        start = self._time(
            self.named["timestamp"].get(about.get("timestampRef", "").rpartition("#")[2]), (*before, node)
        )
        try:
            if "timeString" in about:
                at = datetime.fromisoformat(about["timeString"].strip())
                start = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000
            elif "time" in about:
                start = decimal(about["time"])
            start = (start or 0.0) + decimal(about.get("timeOffset", "0"))
        except (ValueError, OverflowError):
            return None
        return start if abs(start) <= LATEST else None

    def _follow(self, tag: str, references: Mapping[str, str], chain: int = 0) -> XmlNode | None:
        """The element of that name that the references lead to."""
        if chain > _CHAIN:
            raise LookupError("has references that run in a circle")
        for kind in dict.fromkeys((tag, "context", "inkSource")):
            reference = references.get(HOLDERS[kind], "")
            name = reference.rpartition("#")[2]
            if not name or name in ("DefaultContext", "DefaultCanvas"):
                continue
            node = self.named[kind].get(name)
            if node is None:
                raise LookupError(f"refers to the {kind} {quoted(reference)}, which is not in the file")
            if kind == tag:
                return node
            inner = _inside(node, tag) or self._follow(tag, node.attributes, chain + 1)
            if inner is not None:
                return inner
        return None


def _inside(node: XmlNode, tag: str) -> XmlNode | None:
    """The first element of that name in another, not in what has formats of its own."""
    waiting = list(reversed(node.children))
    while waiting:
        child = waiting.pop()
        if child.tag == tag:
            return child
        if child.tag not in _ELSEWHERE:
            waiting.extend(reversed(child.children))
    return None

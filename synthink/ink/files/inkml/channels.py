"""The channels of InkML traces: trace formats and brushes, in place or by reference (InkML 1.0, sections 3 and 4)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from synthink.errors import quoted
from synthink.ink.files.base import Reading
from synthink.ink.files.safe_xml import XmlNode
from synthink.ink.files.strokes import decimal

_MS = {"s": 1000.0, "sec": 1000.0, "ms": 1.0, "us": 1e-3, "µs": 1e-3, "ns": 1e-6, "min": 60_000.0}
_REFERENCES = {
    "context": "contextRef",
    "traceFormat": "traceFormatRef",
    "inkSource": "inkSourceRef",
    "brush": "brushRef",
}
_CHAIN = 20  # references of references; more are a loop


@dataclass(frozen=True, slots=True)
class Channel:
    """One column of a trace. scale: to milliseconds or to the share of the greatest force; `absent` where left out."""

    name: str
    scale: float = 1.0
    maximum: float | None = None
    units: str | None = None
    absent: float = math.nan


@dataclass(frozen=True, slots=True)
class TraceFormat:
    """The channels of a trace in order; the first `least` are in every point."""

    channels: tuple[Channel, ...]
    least: int

    def index(self, name: str) -> int | None:
        """The column of a channel."""
        names = [channel.name for channel in self.channels]
        return names.index(name) if name in names else None


PLAIN = TraceFormat((Channel("X"), Channel("Y")), 2)
"""What a trace holds when nothing says so."""


@dataclass(slots=True)
class Definitions:
    """The definitions that traces may refer to, by element name and identifier, and those that hold where they refer to
    none."""

    reading: Reading
    named: dict[str, dict[str, XmlNode]] = field(default_factory=lambda: {name: {} for name in _REFERENCES})
    every: dict[str, list[XmlNode]] = field(default_factory=lambda: {name: [] for name in _REFERENCES})
    current: Mapping[str, XmlNode] = field(default_factory=dict)
    formats: dict[XmlNode, TraceFormat] = field(default_factory=dict)

    def add(self, node: XmlNode, defined: bool) -> None:
        """Note a context, format, source or brush; `defined` ones only hold where they are referred to."""
        name = node.identifier
        if name is not None:
            if name in self.named[node.tag]:
                self.reading.fail("has an identifier that another has", node.where, node.offset)
            self.named[node.tag][name] = node
        self.every[node.tag].append(node)
        if not defined:
            self.current = {**self.current, node.tag: node}

    def format_of(self, references: Mapping[str, str], current: Mapping[str, XmlNode]) -> TraceFormat:
        """The format of a trace with these references; raises `LookupError` naming one that leads nowhere.

        current: what `current` was where the trace stands.
        """
        node = self._follow("traceFormat", references) or self._default("traceFormat", current)
        if node is None:
            return PLAIN
        if node not in self.formats:
            self.formats[node] = _format(node, self.reading)
        return self.formats[node]

    def brush_of(self, references: Mapping[str, str], current: Mapping[str, XmlNode]) -> dict[str, str]:
        """Name -> value of the properties of a trace's brush; raises `LookupError` as above."""
        node = self._follow("brush", references) or self._default("brush", current)
        properties: dict[str, str] = {}
        for child in node.walk() if node else ():
            if child.tag == "brushProperty" and "name" in child.attributes:
                properties[child.attributes["name"]] = child.attributes.get("value", "")
        return properties

    def _default(self, tag: str, current: Mapping[str, XmlNode]) -> XmlNode | None:
        every = self.every[tag]
        return current.get(tag) or (every[0] if every else None)

    def _follow(self, tag: str, references: Mapping[str, str], chain: int = 0) -> XmlNode | None:
        """The element of that name that the references lead to."""
        if chain > _CHAIN:
            raise LookupError("has references that run in a circle")
        for kind in (tag, "context", "inkSource"):
            reference = references.get(_REFERENCES[kind], "")
            name = reference.rpartition("#")[2]
            if not name or name == "DefaultContext":
                continue
            node = self.named[kind].get(name)
            if node is None:
                raise LookupError(f"refers to the {kind} {quoted(reference)}, which is not in the file")
            if kind == tag:
                return node
            inner = next((child for child in node.walk() if child.tag == tag), None)
            inner = inner or self._follow(tag, node.attributes, chain + 1)
            if inner is not None:
                return inner
        return None


def _format(node: XmlNode, reading: Reading) -> TraceFormat:
    always = [_channel(child, reading) for child in node.find("channel")]
    sometimes = [_channel(child, reading) for group in node.find("intermittentChannels") for child in group.children]
    names = [channel.name for channel in always]
    if "X" not in names or "Y" not in names or len(set(names)) < len(names):
        reading.fail(f"has the channels {quoted(names)}, which is not X and Y, each once", node.where, node.offset)
    return TraceFormat((*always, *sometimes), len(always))


def _channel(node: XmlNode, reading: Reading) -> Channel:
    name, units = node.attributes.get("name", ""), node.attributes.get("units")
    absent = _number(node, "default", reading)
    absent = math.nan if absent is None else absent
    if name == "T":
        return Channel(name, _MS.get(units or "ms", 1.0), units=units, absent=absent)
    # An orientation of -ve says that X grows to the left, Y upwards.
    scale = -1.0 if node.attributes.get("orientation") == "-ve" and name in ("X", "Y") else 1.0
    return Channel(name, scale, _number(node, "max", reading), units, absent)


def _number(node: XmlNode, name: str, reading: Reading) -> float | None:
    written = node.attributes.get(name)
    if written is None:
        return None
    if written in ("T", "F", "true", "false"):
        return float(written in ("T", "true"))
    try:
        value = decimal(written)
    except ValueError:
        reading.fail(f"{name}={quoted(written)} is no number", node.where, node.offset)
    return value if math.isfinite(value) else None

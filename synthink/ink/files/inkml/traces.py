"""The traces of an InkML file as strokes, whatever their formats and wherever they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted
from synthink.ink.files.base import Reading
from synthink.ink.files.inkml.channels import Definitions, TraceFormat
from synthink.ink.files.inkml.points import PointError, read_points
from synthink.ink.files.safe_xml import XmlNode
from synthink.ink.files.strokes import Budget, Points, fault, point_array

Part = tuple[int, int, int]
_HOLDERS = ("context", "traceFormat", "inkSource", "brush")
_REFERENCES = ("contextRef", "brushRef", "traceFormatRef")
_USED = ("X", "Y", "T", "F")


@dataclass(frozen=True, slots=True, eq=False)
class _Trace:
    """points: the fourth column is the force as it was written; values: all channels."""

    points: Points
    values: npt.NDArray[np.float64]
    format: TraceFormat
    brush: dict[str, str]


class Traces:
    """The traces of a file. named: identifier -> trace; parts: trace -> (stroke, first, stop), None for one that has no
    points."""

    def __init__(self, root: XmlNode, reading: Reading) -> None:
        self.reading = reading
        self.named: dict[str, XmlNode] = {}
        self.parts: dict[XmlNode, Part | None] = {}
        self.pen_up = 0
        self._strokes: list[list[_Trace]] = []
        self._definitions = Definitions(reading)
        self._budget = Budget(reading)
        waiting: list[tuple[XmlNode, Mapping[str, str], Mapping[str, XmlNode]]] = []
        self._survey(root, False, {}, waiting)
        for node, references, current in waiting:
            self._add(node, references, current)

    def _survey(self, node: XmlNode, defined: bool, references: Mapping[str, str], waiting: list[Any]) -> None:
        """Note what may be referred to, and each trace with what holds where it stands."""
        for child in node.children:
            own = {name: child.attributes[name] for name in _REFERENCES if name in child.attributes}
            inherited = {**references, **own} if own else references
            if child.tag == "trace":
                waiting.append((child, inherited, self._definitions.current))
            elif child.tag in _HOLDERS:
                self._definitions.add(child, defined)
                self._survey(child, defined, references, waiting)
            elif child.tag not in ("annotation", "annotationXML", "traceView"):
                self._survey(child, defined or child.tag == "definitions", inherited, waiting)

    def _add(self, node: XmlNode, references: Mapping[str, str], current: Mapping[str, XmlNode]) -> None:
        name = node.identifier
        if name is not None and self.named.setdefault(name, node) is not node:
            self.reading.skip("has an identifier that another trace has", node.where, node.offset)
            return
        self.parts[node] = None
        text = node.text
        if not text or text.isspace():
            return
        if node.attributes.get("type") == "penUp":
            self.pen_up += 1
            return
        try:
            form = self._definitions.format_of(references, current)
            values = read_points(text, form.least, len(form.channels))
            points = point_array(*(_column(values, form, name) for name in _USED))
            reason = fault(points)
            if reason:
                raise PointError(reason)
            self._place(node, _Trace(points, values, form, self._definitions.brush_of(references, current)))
        except (PointError, LookupError) as error:
            self.reading.skip(str(error.args[0]), node.where, node.offset)

    def _place(self, node: XmlNode, trace: _Trace) -> None:
        """Make the trace a stroke of its own or, when it continues another, a part of that one's."""
        self._budget.add(len(trace.points))
        if node.attributes.get("continuation") not in ("middle", "end"):
            self.parts[node] = (len(self._strokes), 0, len(trace.points))
            self._strokes.append([trace])
            return
        prior = node.attributes.get("priorRef", "")
        before = self.named.get(prior.rpartition("#")[2])
        part = None if before is None else self.parts.get(before)
        if part is None:
            raise LookupError(f"continues {quoted(prior)}, which is no trace before it")
        stroke = self._strokes[part[0]]
        first = sum(len(previous.points) for previous in stroke)
        self.parts[node] = (part[0], first, first + len(trace.points))
        stroke.append(trace)

    def points(self) -> list[Points]:
        """The strokes, times as they were written in ms, pressure as a share of the greatest force."""
        every = [trace for stroke in self._strokes for trace in stroke]
        forces = [trace.points[:, 3] for trace in every if _top(trace.format) is None]
        largest = max((float(np.nanmax(force)) for force in forces if not np.isnan(force).all()), default=1.0)
        for trace in every:
            trace.points[:, 3] = np.clip(trace.points[:, 3] / (_top(trace.format) or max(largest, 1.0)), 0.0, 1.0)
        return [np.concatenate([trace.points for trace in stroke]) for stroke in self._strokes]

    @property
    def units(self) -> str | None:
        """The unit of x and y, where the format says it."""
        return next(
            (stroke[0].format.channels[stroke[0].format.index("X") or 0].units for stroke in self._strokes), None
        )

    def brush(self) -> dict[str, Any]:
        """`brush`: the properties that all strokes share, or `brushes`: those of each stroke."""
        brushes = [stroke[0].brush for stroke in self._strokes]
        if not any(brushes):
            return {}
        return {"brush": brushes[0]} if all(brush == brushes[0] for brush in brushes) else {"brushes": brushes}

    def channels(self) -> dict[str, list[list[float]]]:
        """Channel -> its values by stroke, of those that ink has no column for (tilt, azimuth and the like)."""
        names = {channel.name: None for stroke in self._strokes for channel in stroke[0].format.channels}
        return {
            name: [
                np.concatenate([_column(t.values, t.format, name) for t in stroke]).tolist() for stroke in self._strokes
            ]
            for name in names
            if name not in _USED
        }


def _column(values: npt.NDArray[np.float64], form: TraceFormat, name: str) -> npt.NDArray[np.float64]:
    index = form.index(name)
    if index is None:
        return np.full(len(values), np.nan)
    channel, column = form.channels[index], values[:, index]
    if not np.isnan(channel.absent):
        column = np.where(np.isnan(column), channel.absent, column)
    return column * channel.scale


def _top(form: TraceFormat) -> float | None:
    """The greatest force that the format declares."""
    index = form.index("F")
    top = None if index is None else form.channels[index].maximum
    return top if top is not None and top > 0 else None

"""The traces of an InkML file as strokes, whatever their formats and wherever they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted
from synthink.ink.files.base import Reading
from synthink.ink.files.inkml.channels import TraceFormat, conversion
from synthink.ink.files.inkml.definitions import HOLDERS, Current, Definitions, Setting
from synthink.ink.files.inkml.points import PointError, read_points
from synthink.ink.files.inkml.times import Clocked, offset, placed_in_time
from synthink.ink.files.safe_xml import XmlNode
from synthink.ink.files.strokes import Budget, Points, decimal, fault, point_array

Part = tuple[int, int, int]
_REFERENCES = tuple(HOLDERS.values())
_USED = ("X", "Y", "F")


@dataclass(frozen=True, slots=True, eq=False)
class _Trace:
    """points: the fourth column is the force as it was written; values: all channels as written."""

    node: XmlNode
    points: Points
    values: npt.NDArray[np.float64]
    setting: Setting

    @property
    def format(self) -> TraceFormat:
        return self.setting.format


class Traces:
    """The traces of a file. named: identifier -> trace; parts: trace -> (stroke, first, stop), None for one that has no
    points; damaged: those that were left out; counts: what there is to count of them."""

    def __init__(self, root: XmlNode, reading: Reading) -> None:
        self.reading = reading
        self.named: dict[str, XmlNode] = {}
        self.parts: dict[XmlNode, Part | None] = {}
        self.damaged: set[XmlNode] = set()
        self.counts: Counter[str] = Counter()
        self._strokes: list[list[_Trace]] = []
        self._definitions = Definitions(reading)
        self._budget = Budget(reading)
        waiting: list[tuple[XmlNode, Mapping[str, str], Current]] = []
        self._survey(root, False, {}, waiting)
        for node, references, current in waiting:
            self._add(node, references, current)
        self.units = self._in_one_unit()
        self.times_note = placed_in_time([*self._clocked()])

    def _survey(self, node: XmlNode, defined: bool, references: Mapping[str, str], waiting: list[Any]) -> None:
        """Note what may be referred to, and each trace with what holds where it stands."""
        for child in node.children:
            own = {name: child.attributes[name] for name in _REFERENCES if name in child.attributes}
            inherited = {**references, **own} if own else references
            if child.tag == "trace":
                waiting.append((child, inherited, self._definitions.current))
            elif child.tag in HOLDERS:
                self._definitions.add(child, defined)
                if child.tag not in ("canvas", "canvasTransform"):
                    self._survey(child, defined, references, waiting)
            elif child.tag not in ("annotation", "annotationXML", "traceView"):
                self._survey(child, defined or child.tag == "definitions", inherited, waiting)

    def _add(self, node: XmlNode, references: Mapping[str, str], current: Current) -> None:
        name = node.identifier
        if name is not None and self.named.setdefault(name, node) is not node:
            self.reading.skip("has an identifier that another trace has", node.where, node.offset)
            self.damaged.add(node)
            return
        self.parts[node] = None
        text = node.text
        if not text or text.isspace():
            return
        kind = node.attributes.get("type")
        if kind == "penUp":
            self.counts["pen_up_traces"] += 1
            return
        try:
            setting = self._definitions.setting(references, current)
            form = setting.format
            values = read_points(text, form.least, len(form.channels))
            points = point_array(*(_column(values, form, name) for name in "XYTF"))
            if setting.matrix is not None:
                # A canvas is told of the numbers as they are written.
                written = np.stack([_column(values, form, name, scaled=False) for name in "XY"], axis=1)
                with np.errstate(all="ignore"):  # what is not finite is refused below
                    points[:, :2] = written @ setting.matrix[:, :2].T + setting.matrix[:, 2]
            reason = fault(points)
            if reason:
                raise PointError(reason)
            if form.index("T") is not None:
                offset(node)  # which is said of this trace alone
            self._place(_Trace(node, points, values, setting))
            self.counts["indeterminate_traces"] += kind == "indeterminate"
        except (ValueError, LookupError) as error:
            self.reading.skip(str(error.args[0]), node.where, node.offset)
            self.damaged.add(node)

    def _place(self, trace: _Trace) -> None:
        """Make the trace a stroke of its own or, when it continues another, a part of that one's."""
        node = trace.node
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

    def _in_one_unit(self) -> str | None:
        """Bring all traces to the unit of the first; that unit, None where one cannot be turned into it."""
        every = [trace for stroke in self._strokes for trace in stroke]
        units = every[0].setting.units if every else None
        factors = {name: conversion(name, units) for name in {trace.setting.units for trace in every}}
        if None in factors.values():
            return None
        for trace in every:
            trace.points[:, :2] *= factors[trace.setting.units] or 1.0
        return units

    def _clocked(self) -> Iterator[Clocked]:
        """The traces to place in time; one that continues another begins with it where it does not say when."""
        for stroke in self._strokes:
            for trace in stroke:
                node = trace.node if "timeOffset" in trace.node.attributes else stroke[0].node
                yield Clocked(trace.points, node, trace.setting)

    def points(self) -> list[Points]:
        """The strokes, times as they were written in ms, pressure as a share of the range of the force."""
        every = [trace for stroke in self._strokes for trace in stroke]
        forces = [trace.points[:, 3] for trace in every if _range(trace.format)[1] is None]
        largest = max((float(np.nanmax(force)) for force in forces if not np.isnan(force).all()), default=1.0)
        for trace in every:
            least, most = _range(trace.format)
            span = (max(largest, 1.0) if most is None else most) - least
            share = (trace.points[:, 3] - least) / (span if span > 0 else 1.0)
            trace.points[:, 3] = np.clip(share, 0.0, 1.0)
            self.counts["clipped_pressures"] += int(((share < 0) | (share > 1)).sum())
        return [np.concatenate([trace.points for trace in stroke]) for stroke in self._strokes]

    def about(self) -> dict[str, Any]:
        """Metadata: pens, sources, timestamps and further channels, what traces say of their time, and counts."""
        timed = any(trace.format.index("T") is not None for stroke in self._strokes for trace in stroke)
        every: dict[str, Any] = {
            **self._shared("brush", "brushes", lambda trace: dict(trace.setting.brush)),
            **self._shared("ink_source", "ink_sources", lambda trace: _source(trace.setting.source)),
            **self._shared("timestamp", "timestamps", lambda trace: _attributes(trace.setting.timestamp)),
            **self._shared(
                "canvas_transform",
                "canvas_transforms",
                lambda trace: [] if trace.setting.matrix is None else trace.setting.matrix.tolist(),
            ),
            "channels": self._channels(),
            "channel_properties": self._channel_properties(),
            "durations_ms": self._written("duration"),
            "time_offsets_ms": None if timed else self._written("timeOffset"),
            "times_note": self.times_note,
            **self.counts,
        }
        return {name: value for name, value in every.items() if value}

    def left_out(self) -> Counter[str]:
        """Counts of what is said of traces and cannot be kept."""
        return Counter(self._definitions.unusable.values())

    def _shared(self, one: str, many: str, take: Callable[[_Trace], Any]) -> dict[str, Any]:
        """What all strokes share under one name, or what they have each under another."""
        values = [take(stroke[0]) for stroke in self._strokes]
        if not any(values):
            return {}
        return {one: values[0]} if all(value == values[0] for value in values) else {many: values}

    def _written(self, attribute: str) -> list[float | str | None] | None:
        """An attribute by stroke, as it is written where it is no number; None where no stroke has it."""
        texts = [stroke[0].node.attributes.get(attribute) for stroke in self._strokes]
        return None if all(text is None for text in texts) else [text and _number(text) for text in texts]

    def _channels(self) -> dict[str, list[list[float]]]:
        """Channel -> its values by stroke, of those that ink has no column for (tilt, azimuth and the like)."""
        return {
            name: [
                np.concatenate([_column(t.values, t.format, name, scaled=False) for t in stroke]).tolist()
                for stroke in self._strokes
            ]
            for name in self._further()
        }

    def _channel_properties(self) -> dict[str, dict[str, str]]:
        """Channel -> what the first format says of it, of those that are kept as they are written."""
        further = self._further()
        return {name: dict(about) for name, about in further.items() if about}

    def _further(self) -> dict[str, Mapping[str, str]]:
        further: dict[str, Mapping[str, str]] = {}
        for form in dict.fromkeys(stroke[0].format for stroke in self._strokes):
            for channel in form.channels:
                if channel.name not in _USED and not (channel.name == "T" and not np.isnan(channel.scale)):
                    further.setdefault(channel.name, channel.about)
        return further


def _column(values: npt.NDArray[np.float64], form: TraceFormat, name: str, scaled: bool = True) -> Points:
    index = form.index(name)
    if index is None:
        return np.full(len(values), np.nan)
    channel, column = form.channels[index], values[:, index]
    if not np.isnan(channel.absent):
        column = np.where(np.isnan(column), channel.absent, column)
    with np.errstate(over="ignore"):
        return column * channel.scale if scaled else column


def _range(form: TraceFormat) -> tuple[float, float | None]:
    """The least force and the greatest that the format declares, None where it declares none that is greater."""
    index = form.index("F")
    if index is None:
        return 0.0, None
    least, most = form.channels[index].minimum or 0.0, form.channels[index].maximum
    return least, most if most is not None and most > least else None


def _number(text: str) -> float | str:
    try:
        return decimal(text)
    except ValueError:
        return text


def _attributes(node: XmlNode | None) -> dict[str, str]:
    return {} if node is None else {key: text for key, text in node.attributes.items() if key not in ("id", "xml:id")}


def _source(node: XmlNode | None) -> dict[str, Any]:
    """What an ink source says of the device and how fast it is."""
    about: dict[str, Any] = _attributes(node)
    for child in node.children if node else ():
        if child.tag in ("sampleRate", "latency", "activeArea"):
            about[child.tag] = dict(child.attributes)
    return about

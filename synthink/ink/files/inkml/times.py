"""When the traces of an InkML file were written (InkML 1.0, sections 3.2 and 4.2.3).

The times of T count from the beginning of their trace, which `timeOffset` places, or go on from trace to trace; no
attribute says which, the times do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthink.errors import quoted
from synthink.ink.files.inkml.definitions import Setting
from synthink.ink.files.safe_xml import XmlNode
from synthink.ink.files.strokes import LATEST, Points, decimal, median_interval, to_milliseconds

_SAME = 0.02  # of the offsets' range, by which times that include them may differ


@dataclass(frozen=True, slots=True, eq=False)
class Clocked:
    """A trace whose times, the third column of its points, are to be placed. node: the element with its offset."""

    points: Points
    node: XmlNode
    setting: Setting


def placed_in_time(traces: Sequence[Clocked]) -> str | None:
    """Bring the times of all traces to one clock in ms, in place; says what was corrected or in doubt, if anything.

    * Times without a unit beside a sampling rate that they miss by a power of 1000 are not in ms: they are turned.
    * `timeOffset` is added, unless the times include it already, or say that they count from elsewhere.
    * Traces that count from different timestamps are placed by these.
    """
    traces = [trace for trace in traces if not np.isnan(trace.points[:, 2]).all()]
    note = _by_the_rate(traces)
    offsets = [_offset(trace) for trace in traces]
    if not _included(traces, offsets):
        for trace, offset in zip(traces, offsets, strict=True):
            trace.points[:, 2] += offset
    clocks = [trace.setting.clock_ms for trace in traces]
    if None not in clocks and len(set(clocks)) > 1:
        for trace, clock in zip(traces, clocks, strict=True):
            trace.points[:, 2] += (clock or 0.0) - (clocks[0] or 0.0)
    return note


def offset(node: XmlNode) -> float:
    """The time offset of a trace in ms, 0 where it has none. Raises `ValueError` for one that is no time."""
    written = node.attributes.get("timeOffset", "0")
    try:
        milliseconds = decimal(written)
    except ValueError:
        milliseconds = float("nan")
    if not abs(milliseconds) <= LATEST:
        raise ValueError(f"timeOffset={quoted(written)} is no time")
    return milliseconds


def _offset(trace: Clocked) -> float:
    """The offset of a trace; 0 where its times say what else they count from."""
    channel = trace.setting.format.channels[trace.setting.format.index("T") or 0]
    return 0.0 if channel.reference is not None else offset(trace.node)


def _included(traces: Sequence[Clocked], offsets: Sequence[float]) -> bool:
    """Whether the times go on from trace to trace as the offsets do: their first times differ as the offsets do."""
    starts = np.array([float(trace.points[~np.isnan(trace.points[:, 2]), 2][0]) for trace in traces])
    moved = np.array(offsets)
    if not moved.any():
        return True
    spread = float(np.ptp(moved))
    if not spread:
        return float(np.abs(starts - moved).max()) <= _SAME * abs(float(moved[0]))
    return float(np.ptp(starts - moved)) <= _SAME * spread


def _by_the_rate(traces: Sequence[Clocked]) -> str | None:
    """Turn times whose unit nothing says into ms by the sampling rate of their source, where it says another unit."""
    notes: dict[str, None] = {}
    for setting in dict.fromkeys(trace.setting for trace in traces):
        channel: Any = setting.format.channels[setting.format.index("T") or 0]
        rate = next(setting.source.find("sampleRate"), None) if setting.source else None
        if channel.units is not None or rate is None:
            continue
        try:
            interval = 1000 / decimal(rate.attributes.get("value", ""))
        except (ValueError, ZeroDivisionError):
            continue
        own = [trace.points for trace in traces if trace.setting is setting]
        measured = median_interval([points[:, 2] for points in own])
        if measured is None or not 0 < interval < LATEST:
            continue
        scale = to_milliseconds(measured, interval)
        if scale is None:
            notes[f"{1000 / measured:g} points a second by the times, another rate by the ink source"] = None
        elif scale != 1:
            for points in own:
                points[:, 2] *= scale
            notes[f"by the sampling rate, times were in units of {scale:g} ms"] = None
    return "; ".join(notes) or None

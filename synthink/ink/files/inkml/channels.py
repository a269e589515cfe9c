"""The channels of InkML traces: what their numbers mean, and in what unit (InkML 1.0, sections 3 and 4)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from synthink.errors import quoted
from synthink.ink.files.base import Reading
from synthink.ink.files.safe_xml import XmlNode
from synthink.ink.files.strokes import decimal

MS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1000.0),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 1.0),
    **dict.fromkeys(("us", "µs", "μs", "microsecond", "microseconds"), 1e-3),
    **dict.fromkeys(("ns", "nanosecond", "nanoseconds"), 1e-6),
    **dict.fromkeys(("min", "minute", "minutes"), 60_000.0),
}
"""Milliseconds in the units that times are written in."""
MM = {
    **dict.fromkeys(("in", "inch", "inches"), 25.4),
    **{"m": 1000.0, "cm": 10.0, "mm": 1.0, "um": 1e-3, "µm": 1e-3, "himetric": 0.01, "pt": 25.4 / 72, "pc": 25.4 / 6},
}
"""Millimetres in the units of length that can be turned into each other."""
_PER_INCH = dict.fromkeys(("dpi", "ppi", "lpi"), "1/in")


@dataclass(frozen=True, slots=True)
class Channel:
    """One column of a trace, whose numbers times `scale` are in `units`; `absent` stands where one was left out.

    scale: to milliseconds for T, NaN where its unit is not known. minimum, maximum: of the numbers as written.
    reference: what the times of T count from, where it says so. about: what else the file says of it.
    """

    name: str
    scale: float = 1.0
    units: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    absent: float = math.nan
    reference: str | None = None
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class TraceFormat:
    """The channels of a trace in order; the first `least` are in every point. units: of x and y, None where they have
    none in common."""

    channels: tuple[Channel, ...]
    least: int
    units: str | None = None

    def index(self, name: str) -> int | None:
        """The column of a channel."""
        names = [channel.name for channel in self.channels]
        return names.index(name) if name in names else None


PLAIN = TraceFormat((Channel("X"), Channel("Y")), 2)
"""What a trace holds when nothing says so."""


def trace_format(node: XmlNode, source: XmlNode | None, reading: Reading) -> TraceFormat:
    """The format that an element says. source: the ink source with the properties of its channels, where there is one.

    Raises `InkError` for channels without X and Y, or with numbers that are none.
    """
    resolutions = _resolutions(source)
    units = {child.attributes.get("name"): child.attributes.get("units") for child in node.find("channel")}
    if units.get("X") == units.get("Y"):  # a device is as fine in both directions where it tells of one alone
        resolutions = {name: resolutions[other] for name, other in ("XY", "YX") if other in resolutions} | resolutions
    always = [_channel(child, resolutions, reading) for child in node.find("channel")]
    groups = node.find("intermittentChannels")
    sometimes = [_channel(child, resolutions, reading) for group in groups for child in group.find("channel")]
    names = [channel.name for channel in always]
    if "X" not in names or "Y" not in names or len(set(names)) < len(names):
        reading.fail(f"has the channels {quoted(names)}, which is not X and Y, each once", node.where, node.offset)
    return _in_one_unit((*always, *sometimes), len(always))


def conversion(units: str | None, target: str | None) -> float | None:
    """The factor that turns lengths of one unit into those of another, None where it is not known."""
    if units == target:
        return 1.0
    known = [MM.get((name or "").lower()) for name in (units, target)]
    return known[0] / known[1] if known[0] and known[1] else None


def _in_one_unit(channels: tuple[Channel, ...], least: int) -> TraceFormat:
    """The format with y in the unit of x, or without a unit where one cannot be turned into the other."""
    x, y = (next(channel for channel in channels if channel.name == name) for name in "XY")
    factor = conversion(y.units, x.units)
    if factor is None:
        return TraceFormat(channels, least)
    if factor == 1:
        return TraceFormat(channels, least, x.units)
    turned = Channel(y.name, y.scale * factor, x.units, y.minimum, y.maximum, y.absent, about=y.about)
    return TraceFormat(tuple(turned if channel is y else channel for channel in channels), least, x.units)


def _resolutions(source: XmlNode | None) -> dict[str, tuple[str, str]]:
    """Channel -> value and unit of its resolution."""
    properties = [node for group in (source.find("channelProperties") if source else ()) for node in group.children]
    return {
        node.attributes.get("channel", ""): (node.attributes.get("value", ""), node.attributes.get("units", ""))
        for node in properties
        if node.tag == "channelProperty" and node.attributes.get("name") == "resolution"
    }


def _channel(node: XmlNode, resolutions: Mapping[str, tuple[str, str]], reading: Reading) -> Channel:
    name, units = node.attributes.get("name", ""), node.attributes.get("units")
    absent = _number(node, "default", reading)
    scale = 1.0
    # Whole numbers count steps of the resolution; decimals with a unit are in that unit already.
    if name in resolutions and (units is None or node.attributes.get("type") == "integer"):
        scale, units = _step(*resolutions[name], units)
    if name == "T":
        scale *= MS.get((units or "ms").strip().lower(), math.nan)
    elif name in ("X", "Y") and node.attributes.get("orientation") == "-ve":
        scale = -scale  # X grows to the left, Y upwards
    about = {key: value for key, value in node.attributes.items() if key not in ("name", "id", "xml:id", "type")}
    if name in resolutions:
        about["resolution"] = " ".join(resolutions[name]).strip()
    return Channel(
        name,
        scale,
        units,
        _number(node, "min", reading),
        _number(node, "max", reading),
        math.nan if absent is None else absent,
        node.attributes.get("respectTo"),
        about,
    )


def _step(value: str, unit: str, units: str | None) -> tuple[float, str | None]:
    """How long one step of a resolution is, and in what: of 1000 steps per cm (`1/cm`, `dev/cm`), or of steps of 0.01
    mm. Resolutions that say nothing, such as 0 or one without a unit, leave the numbers and their unit as they are."""
    try:
        number = decimal(value)
    except ValueError:
        return 1.0, units
    unit = _PER_INCH.get(unit.strip().lower(), unit.strip())
    of, slash, per = (part.strip() for part in unit.partition("/"))
    if not (1e-12 < number < 1e12) or not unit or (slash and (not per or of.lower() in MM)):
        return 1.0, units
    return (1 / number, per) if slash else (number, unit)


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

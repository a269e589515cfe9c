"""Pens: how wide a line they leave under pressure, speed and heading, and how their ink lies on the paper."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
import numpy.typing as npt

from synthink.draw.scene import Blend
from synthink.errors import ConfigError, did_you_mean
from synthink.settings import Between, Settings

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Share = Annotated[float, Between(0, 1)]


class Pen(Settings):
    """A pen. Its full width is `width_px` at middling pressure and at rest, times these factors.

    Pressure p (0..1): 1 + pressure * (2p - 1). Speed v: 1 - speed * v / v95, with v95 the ink's own 95th percentile, so
    that units do not matter. Heading: `nib` along the nib's edge, which lies at `nib_deg` (0: level, 90: upright), 1
    across it. Ends: the line swells from `tip` to 1 within `taper` half widths, or a third of a short stroke.
    """

    pressure: Share = 0.1
    """The influence of pressure on the width: 0 for none, 1 for widths from nothing to double."""
    speed: Share = 0.1
    """The influence of speed on the width: the share that the line loses at the ink's highest speed."""
    smoothing_ms: Annotated[float, Between(1, 1000)] = 50.0
    """Pressure and speed are means over a window of twice this length around each point: as smooth as an exponential
    average of this time constant, without its delay."""
    nib: Annotated[float, Between(0.05, 1)] = 1.0
    """The width along the nib's edge as a share of that across it; 1 for a round tip."""
    nib_deg: float = 40.0
    """The angle of the nib's edge in degrees: 0 is level, 90 upright."""
    taper: Annotated[float, Between(0, 100)] = 2.5
    """The length over which a line's ends swell to their full width, in half widths."""
    tip: Annotated[float, Between(0.1, 1)] = 0.8
    """The width at a line's ends, as a share of the full width."""
    opacity: Share = 1.0
    """The opacity of the ink: 1 hides what is under it."""
    blend: Blend = "normal"
    """The way in which the ink mixes with what is under it; `multiply` lets print show through."""
    grain: Share = 0.0
    """The strength of the paper's texture in the ink: 0 none, 1 as much bare paper as ink."""
    usual_px: Annotated[tuple[float, float], Between(0.1, 1000)] = (1.5, 3.0)
    """Range of usual widths in a picture of 448 px."""


PENS: dict[str, Pen] = {
    "ballpoint": Pen(pressure=0.1, speed=0.1, tip=0.75, opacity=0.96, grain=0.12),
    "felt_tip": Pen(pressure=0.25, speed=0.12, tip=0.95, taper=2.0, usual_px=(3.0, 6.0)),
    "fountain": Pen(pressure=0.4, speed=0.25, nib=0.45, taper=3.0, tip=0.5, usual_px=(2.0, 4.5)),
    "highlighter": Pen(
        pressure=0.0, speed=0.0, nib=0.8, nib_deg=70.0, tip=1.0, opacity=0.6, blend="multiply", usual_px=(10.0, 26.0)
    ),
    "pencil": Pen(pressure=0.45, speed=0.15, tip=0.6, taper=3.0, opacity=0.85, grain=0.6, usual_px=(1.5, 3.0)),
}


def named_pen(pen: str | Pen) -> Pen:
    """A pen from its name; `ConfigError` for a name that is none."""
    if isinstance(pen, Pen):
        return pen
    if pen not in PENS:
        raise ConfigError("pen", pen, f"is no pen; {did_you_mean(str(pen), PENS)}")
    return PENS[pen]


def widths(points: npt.NDArray[np.floating], starts: Indices, pen: Pen, width_px: float) -> Floats:
    """(N,) full widths in pixels at the points of an ink.

    points: (N, 4) with x and y in pixels, t in milliseconds, pressure; starts: (S,) first row of each stroke. Where a
    time is missing (NaN) anywhere, speed has no effect; where a pressure is missing, that point has the middling one.
    """
    if len(points) == 0:
        return np.zeros(0)
    line = np.asarray(points, dtype=np.float64)
    lengths = np.diff(starts, append=len(line))
    x_y, pressure = line[:, :2], line[:, 3]
    travelled = way_along(x_y, starts)
    factor = np.ones(len(line))
    timed = not np.isnan(line[:, 2]).any()
    pressed = pen.pressure > 0 and not np.isnan(pressure).all()
    pressure = np.where(np.isnan(pressure), 0.5, pressure)
    speed = np.zeros(1)
    if timed and (pen.speed or pressed):
        speed, pressure = _smoothed(line[:, 2], travelled, pressure, starts, lengths, pen.smoothing_ms)
    if pen.speed and timed:
        factor -= np.minimum(speed * (pen.speed / max(quantile(speed, 0.95), 1e-9)), pen.speed)
    if pressed:
        factor *= pressure * (2 * pen.pressure) + (1 - pen.pressure)
    if pen.nib < 1:
        factor *= _nib(x_y, starts, pen)
    if pen.tip < 1 and pen.taper > 0:
        first, last = travelled[starts], travelled[starts + lengths - 1]
        reach = np.minimum(pen.taper * width_px / 2, (last - first) / 3)
        reach[reach == 0] = -1.0  # a dot has no ends
        from_end = np.minimum(travelled - np.repeat(first, lengths), np.repeat(last, lengths) - travelled)
        share = np.minimum(np.abs(from_end / np.repeat(reach, lengths)), 1.0)
        share[np.repeat(reach < 0, lengths)] = 1.0
        factor *= pen.tip + (1 - pen.tip) * share * (2 - share)
    return factor * width_px


def way_along(x_y: Floats, starts: Indices) -> Floats:
    """(N,): length of the line up to each point; nothing is added between strokes."""
    way = np.zeros(len(x_y))
    step = x_y[1:] - x_y[:-1]
    way[1:] = np.sqrt(step[:, 0] ** 2 + step[:, 1] ** 2)
    way[starts] = 0.0
    return np.cumsum(way)


def speeds(points: npt.NDArray[np.floating], starts: Indices, smoothing_ms: float = 50.0) -> Floats:
    """(N, 3): smoothed speed and the speeds along x and along y, of (N, 4) points with times; units a millisecond."""
    line = np.asarray(points, dtype=np.float64)
    low, high, clock = _windows(line[:, 2], starts, np.diff(starts, append=len(line)), smoothing_ms)
    result = np.empty((len(line), 3))
    for column, axes in enumerate(((1.0, 1.0), (1.0, 0.0), (0.0, 1.0))):
        travelled = way_along(line[:, :2] * axes, starts)
        result[:, column] = np.interp(high, clock, travelled) - np.interp(low, clock, travelled)
    return result / np.maximum(high - low, 1.0)[:, np.newaxis]


def quantile(values: Floats, share: float) -> float:
    """The value below which a share of the values lies, without interpolation."""
    rank = int(share * (len(values) - 1))
    return float(np.partition(values, rank)[rank])


def _windows(t: Floats, starts: Indices, lengths: Indices, half_ms: float) -> tuple[Floats, Floats, Floats]:
    """The window around each point inside its stroke, on a clock that stands between strokes for longer than any window
    and never runs backwards: begin, end, and the clock."""
    tick = np.zeros(len(t))
    np.maximum(t[1:] - t[:-1], 0.0, out=tick[1:])
    tick[starts] = 0.0
    tick[starts[1:]] = 1.0
    clock = np.cumsum(tick)
    low = np.maximum(clock - half_ms, np.repeat(clock[starts], lengths))
    high = np.minimum(clock + half_ms, np.repeat(clock[starts + lengths - 1], lengths))
    return low, high, clock


def _smoothed(
    t: Floats, travelled: Floats, pressure: Floats, starts: Indices, lengths: Indices, half_ms: float
) -> tuple[Floats, Floats]:
    """Mean speed and pressure over the window around each point; the point's own pressure where time stands still."""
    low, high, clock = _windows(t, starts, lengths, half_ms)
    both = travelled + 0j  # way and integral of pressure as one complex number: np.interp takes most of the time
    np.cumsum((pressure[1:] + pressure[:-1]) * (clock[1:] - clock[:-1]) / 2, out=both.imag[1:])
    gained = np.interp(high, clock, both) - np.interp(low, clock, both)
    span = high - low
    gained /= np.maximum(span, 1.0)
    return gained.real, np.where(span < 1.0, pressure, np.clip(gained.imag, 0.0, 1.0))


def _nib(x_y: Floats, starts: Indices, pen: Pen) -> Floats:
    """(N,): `nib` where the line runs along the nib's edge, 1 where it runs across; y is down."""
    step = np.zeros((len(x_y) + 1, 2))
    step[1:-1] = x_y[1:] - x_y[:-1]
    step[starts] = 0.0
    along = step[1:] + step[:-1]
    angle = math.radians(pen.nib_deg)
    size = np.sqrt(along[:, 0] ** 2 + along[:, 1] ** 2)
    across = np.abs(along[:, 0] * math.sin(angle) + along[:, 1] * math.cos(angle))
    return np.where(size > 0, pen.nib + (1 - pen.nib) * across / np.maximum(size, 1e-9), 1.0)

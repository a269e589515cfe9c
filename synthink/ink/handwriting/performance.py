"""From marks on a line to a recorded movement: how a writer loosens and presses, and what the device keeps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthink.ink.handwriting.device import Device
from synthink.ink.handwriting.motion import Floats, Plane, Rows, corrected_aims, pen_path
from synthink.ink.handwriting.timing import USUAL, Timing, timed_plan
from synthink.ink.handwriting.writer import Writer
from synthink.streams import Stream

GRID = 4096  # steps to an x-height: what processors compute differently in the last bit does not reach a dataset
SQRT_12 = 12**0.5  # one over the deviation of even random numbers
USUAL_SPEED = 8.0  # x-heights a second: real lines have a median of 6.1 body heights, 1.35 x-heights each


class Movement(NamedTuple):
    """The recorded movement. points: (m, 4); starts, lengths: (strokes) rows. samples: (n) the device's first one at or
    after the moment at which the pen comes by a mark, first: (strokes) that of each stroke, firsts: its first mark."""

    points: npt.NDArray[np.float32]
    starts: Rows
    lengths: Rows
    samples: Rows
    first: Rows
    firsts: Rows

    @property
    def cuts(self) -> Rows:
        """(n): for each mark the recorded row at which the pen comes by it."""
        marks = np.diff(self.firsts, append=len(self.samples))
        within = np.minimum(np.maximum(self.samples - self.first.repeat(marks), 0), self.lengths.repeat(marks))
        cuts: Rows = within + self.starts.repeat(marks)
        return cuts


def perform(
    marks: Plane,
    segments: Floats,
    firsts: Rows,
    pauses: Floats,
    writer: Writer,
    stream: Stream,
    device: Device,
    timing: Timing = USUAL,
) -> Movement:
    """The movement along `marks` (n) in x-heights.

    segments: (n - 1, 3), bends and paces, see `targets`; firsts: (strokes) the marks at which the pen comes down, while
    it lifts at the mark before the next one of these; pauses: (strokes, 2) for how long the pen stays in the air before
    each stroke, besides the way there: median in seconds, deviation of its logarithm.
    """
    plan, landing, lifting = timed_plan(marks, segments, firsts, pauses, writer, stream, timing)
    aims, bends = corrected_aims(plan, writer.care)
    interval = 1.0 / device.rate_hz
    count = int((lifting[-1] - landing[0]) / interval) + 1
    at = landing[0] + interval * (np.arange(count) + 0.5)
    path = pen_path(plan, aims, bends, at)
    if device.smoothing > 1:
        path = _averaged(path, device.smoothing)
    if device.jitter:  # of the time stamps: in IAM-OnDB a point's distance from the last does not go with its interval
        at += (stream.uniforms(count) - 0.5) * (2 * device.jitter * interval)
    first = at.searchsorted(landing)
    lengths = np.maximum(at.searchsorted(lifting) - first, 1)
    starts = lengths.cumsum() - lengths
    samples = np.arange(starts[-1] + lengths[-1]) + (first - starts).repeat(lengths)
    samples[-1] = min(samples[-1], count - 1)
    return Movement(
        _recorded(path, at, samples, starts, lengths, writer, stream, device),
        starts,
        lengths,
        at.searchsorted(plan.passing[1:-1]),
        first,
        firsts,
    )


def _recorded(
    path: Plane,
    at: Floats,
    samples: Rows,
    starts: Rows,
    lengths: Rows,
    writer: Writer,
    stream: Stream,
    device: Device,
) -> npt.NDArray[np.float32]:
    """(m, 4): the path at `samples` with what hand and device add to them."""
    count, interval = len(samples), 1.0 / device.rate_hz
    noise = stream.uniforms(3 * count + SLOW)
    where = path[samples]
    steps = where - path[np.maximum(samples - 1, 0)]
    speed = np.abs(steps) / (interval * USUAL_SPEED)
    exact = where + _shaken(noise[SLOW + count :].view(np.complex128), writer.tremor * speed, device)
    points = np.empty((count, 4), np.float32)
    points[:, 0] = np.rint(exact.real * GRID) / GRID
    points[:, 1] = np.rint(exact.imag * GRID) / GRID
    t = at[samples]
    points[:, 2] = np.rint((t - t[0]) * (1000.0 / device.clock_ms)) * device.clock_ms
    points[:, 3] = _pressures(steps, starts, lengths, interval, writer, noise[: count + SLOW])
    return points


# Pen pressure rises as the pen lands and falls as it lifts; it is more on the way down, and less when the pen is fast.
RISE, FALL = 0.075, 0.040  # seconds
QUICK = 0.4  # of a stroke's time: short ones rise and fall faster
DOWN, FAST = 0.08, 0.7  # share gained straight down, lost at the highest usual speed
UNREST = 0.15  # deviation of the slow noise, as a share
SLOW = 16  # samples over which the noise is even
LEVELS = 1024  # of pressure, as tablets have


def _pressures(steps: Plane, starts: Rows, lengths: Rows, interval: float, writer: Writer, noise: Floats) -> Floats:
    """(m): pressure 0..1 of recorded points. steps: (m) movement since the sample before; starts, lengths: (strokes) of
    the strokes among the points; noise: (m + SLOW) even random numbers, 0..1."""
    speed = np.abs(steps) + 1e-9
    usual = 2.0 * speed.mean()
    since = np.arange(len(steps)) - starts.repeat(lengths)
    until = (lengths - 1).repeat(lengths) - since
    hurry = interval / np.minimum(QUICK * interval * lengths, RISE).repeat(lengths)
    edge = np.minimum(since * hurry, 0.1 + until * (hurry * (0.9 * RISE / FALL)))
    total = noise.cumsum()
    noise_share = (total[SLOW:] - total[:-SLOW] - SLOW / 2) * (
        UNREST * 3.46 / SLOW**0.5
    )  # an even one deviates by 1 / 3.46
    follow = DOWN * steps.imag / speed + FAST * (0.5 - np.minimum(speed / usual, 1.0))
    value = writer.pressure * np.minimum(edge, 1.0) * (1 + writer.pressure_gain * follow + noise_share)
    level: Floats = np.rint(np.minimum(np.maximum(value, 0.02), 1.0) * LEVELS) / LEVELS
    return level


def _averaged(path: Plane, window: int) -> Plane:
    """(m): each place as the mean of `window` (odd) around it, the first and last ones as they are."""
    if len(path) <= window:
        return path
    total = np.concatenate((np.zeros(1), path)).cumsum()
    half = window // 2
    smooth = path.copy()
    smooth[half:-half] = (total[window:] - total[:-window]) / window
    return smooth


def _shaken(even: Plane, tremor: Floats, device: Device) -> Plane:
    """(m): the hand's tremor (m, deviations) and the device's noise, of even random numbers, 0..1.

    Tremor is the noise's second difference over windows of 50 ms, which passes 5 to 12 Hz. It grows with speed, as the
    noise of muscles does with their force (Harris and Wolpert, "Signal-dependent noise determines motor planning",
    1998): in real lines neither the fit of the power law nor the share of sharp turns goes with speed.
    """
    white = even - (0.5 + 0.5j)
    half = max(1, round(device.rate_hz / 20))
    if len(white) <= 2 * half:
        return white * (device.noise * SQRT_12)
    total = np.concatenate((white[-2 * half :], white)).cumsum()
    band = total[2 * half :] - 2 * total[half:-half] + total[: -2 * half]
    shaken: Plane = white * (device.noise * SQRT_12) + band * tremor * (SQRT_12 / (2 * half) ** 0.5)
    return shaken

"""From marks on a line to a recorded movement: how a writer times, loosens and presses, and what the device keeps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthink.ink.handwriting.device import Device
from synthink.ink.handwriting.motion import Floats, MotionPlan, Plane, Rows, corrected_aims, pen_path
from synthink.ink.handwriting.writer import Writer
from synthink.streams import Stream

GRID = 4096  # steps to an x-height: what processors compute differently in the last bit does not reach a dataset
SQRT_12 = 12**0.5  # one over the deviation of even random numbers
USUAL = 8.0  # x-heights a second: real lines have a median of 6.1 body heights, 1.35 x-heights each


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
    marks: Plane, segments: Floats, firsts: Rows, pauses: Floats, writer: Writer, stream: Stream, device: Device
) -> Movement:
    """The movement along `marks` (n) in x-heights.

    segments: (n - 1, 3), bends and paces, see `targets`; firsts: (strokes) the marks at which the pen comes down, while
    it lifts at the mark before the next one of these; pauses: (strokes, 2) for how long the pen stays in the air before
    each stroke, besides the way there: median in seconds, deviation of its logarithm.
    """
    plan, landing, lifting = _plan(marks, segments, firsts, pauses, writer, stream)
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
    speed = np.abs(steps) / (interval * USUAL)
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


# A handstroke of one x-height takes the writer's tempo, others in proportion to a power of their length (isochrony).
BRIEFEST, LONGEST = 0.045, 0.32  # seconds of a handstroke
# Bent handstrokes take longer: by BENT times bend over chord, USUAL_BEND off: in real lines speed falls with curvature
# by a slope of -0.27 (R2 0.42).
BENT, USUAL_BEND = 0.8, 0.12
NEAR = 0.1  # x-heights that count as chord where both ends are near each other
# AIR, UNEVEN, LAND, LIFT: by trial, beside the rows of benchmarks/realism.py.
AIR = 0.79  # time of a pen-up movement beside that of a pen-down one of the same length: they are not guided
SETTLE = 0.025  # seconds that lifting and coming down cost: real gaps have a median of 180 ms, 5 % below 60 ms
HURRIED = 0.8  # a pen-up movement fills its slot less: the pen hovers before it lands
UNEVEN = 0.045  # deviation of a handstroke's time, as a share
WANDER, SPELL = 0.11, 12  # deviation of the tempo's logarithm, and the handstrokes over which it is about the same
# How long after its handstroke's slot began the pen lands, and before its end it lifts, on the fly, in slots: mean,
# deviation, least, most. Real strokes start at 0.21 of their highest speed and end at 0.51 of it in the median.
LAND = (-0.27, 0.18, -0.5, 0.2)
LIFT = (0.02, 0.10, -0.15, 0.28)
SWING = 1.5  # x-heights: of a longer handstroke no more is lost at its ends, nobody begins a long arrow on the fly
FROM, TO = -0.3 - 0.4j, 0.5 - 0.3j  # x-heights: a hand comes from the left above and leaves to the right


def _plan(
    marks: Plane, segments: Floats, firsts: Rows, pauses: Floats, writer: Writer, stream: Stream
) -> tuple[MotionPlan, Floats, Floats]:
    """The plan, with a way there before and a way off after; when the pen lands and lifts, (strokes) each."""
    strokes, lines = len(marks) + 1, len(firsts)
    noise = stream.normals(strokes + 3 * lines)
    spells = stream.normals(strokes + SPELL).cumsum()
    all_marks = np.concatenate((marks[:1] + FROM, marks, marks[-1:] + TO))
    bends, pace = np.zeros(strokes, np.complex128), np.ones(strokes)
    bends.real[1:-1], bends.imag[1:-1], pace[1:-1] = segments.T
    chords = all_marks[1:] - all_marks[:-1]
    squares = chords.real**2 + chords.imag**2 + 16 / 3 * (bends.real**2 + bends.imag**2)  # a parabola's, squared
    slot = writer.tempo * pace * squares ** (writer.isochrony / 2)
    slot *= 1 + BENT * (np.abs(bends) / (np.abs(chords) + NEAR) - USUAL_BEND)
    up = np.concatenate((firsts, (len(marks),)))  # handstrokes that are made in the air
    slot[up] = (slot[up] * AIR + SETTLE) * writer.pause**0.5
    slot *= np.exp((spells[SPELL:] - spells[:-SPELL]) * (WANDER / SPELL**0.5))
    slot = np.minimum(np.maximum(slot * (1 + UNEVEN * noise[:strokes]), BRIEFEST), LONGEST)
    scale = slot * writer.reach
    scale[up] *= HURRIED
    late, early = noise[strokes:-lines].reshape(2, lines)
    swing = SWING / np.maximum(np.sqrt(squares), SWING)
    late = np.minimum(np.maximum(LAND[0] + LAND[1] * late, LAND[2]), LAND[3]) * slot[firsts + 1]
    late = np.minimum(late, late * swing[firsts + 1])
    early = np.minimum(np.maximum(LIFT[0] + LIFT[1] * early, LIFT[2]), LIFT[3])
    early = np.minimum(early, early * swing[up[1:] - 1])
    waits = slot.copy()
    waits[firsts] += writer.pause * pauses[:, 0] * np.exp(pauses[:, 1] * noise[-lines:])
    waits[firsts] -= np.minimum(late, 0.0)  # the way there is over when the pen lands before it moves: no hook
    end = waits.cumsum()
    begin = end - waits
    landing = begin[firsts + 1] + late
    lifting = begin[up[1:]] - early * slot[up[1:] - 1]
    passing = np.concatenate((begin, end[-1:]))
    passing[firsts + 1], passing[up[1:]] = landing, lifting
    return MotionPlan(all_marks, bends, begin + slot / 2, scale, passing, writer.sigma), landing, lifting

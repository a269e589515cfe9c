"""From marks on a line to a recorded movement: how a writer times, loosens and presses, and what the device keeps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthink.geometry import Points
from synthink.ink.device import Device
from synthink.ink.motion import Floats, Plan, Rows, aimed, run
from synthink.ink.pressure import pressures
from synthink.ink.writer import Writer
from synthink.streams import Stream

GRID = 4096  # steps to an x-height: what processors compute differently in the last bit does not reach a dataset


class Movement(NamedTuple):
    """What was recorded. points: (m, 4) float32; starts: (strokes) rows; cuts: (n) for each mark the first row at or
    after the moment at which the pen comes by it."""

    points: npt.NDArray[np.float32]
    starts: Rows
    cuts: Rows


def perform(
    marks: Points, ways: Floats, firsts: Rows, rests: Floats, writer: Writer, stream: Stream, device: Device
) -> Movement:
    """The movement along `marks` (n, 2) in x-heights.

    ways: (n - 1, 3), bends and paces; firsts: (strokes) the marks at which the pen comes down, it lifts at the mark before the next;
    rests: (strokes) seconds for which the pen stays in the air before each stroke, beside the way there.
    """
    plan, land, lift = _plan(marks, ways, firsts, rests, writer, stream)
    aims, chords, arcs = aimed(plan, writer.care)
    interval = 1.0 / device.rate_hz
    count = int((lift[-1] - land[0]) / interval) + 1
    noise = stream.uniforms(2 * count + 1)
    at = land[0] + interval * (np.arange(count) + noise[-1] * 0.5)
    if device.jitter:
        at += (noise[:count] - 0.5) * (2 * device.jitter * interval)
    path = run(plan, chords, arcs, aims[0], at)
    first, last = at.searchsorted(land), np.append(at.searchsorted(lift[:-1]), count)
    last = np.maximum(last, first + 1)
    lengths = last - first
    starts = lengths.cumsum() - lengths
    kept = np.arange(lengths.sum()) + np.repeat(first - starts, lengths)
    points = np.empty((len(kept), 4), np.float32)
    x_y = path[kept] + _shake(len(kept), writer.tremor, device, stream)
    points[:, :2] = np.rint(x_y * GRID) / GRID
    t = np.rint((at[kept] - at[kept[0]]) * (1000.0 / device.clock_ms)) * device.clock_ms
    points[:, 2] = t
    points[:, 3] = pressures(path, first, kept, starts, lengths, interval, writer, stream)
    # Row of the recorded points that belongs to a mark: count of kept samples before it.
    passed = at.searchsorted(plan.passing[1:-1])
    stroke = np.repeat(np.arange(len(firsts)), np.diff(firsts, append=len(marks)))
    cuts = np.clip(passed - first[stroke], 0, lengths[stroke]) + starts[stroke]
    return Movement(points, starts, cuts)


# A handstroke of one x-height takes the writer's tempo, others in proportion to a power of their length (isochrony).
BRIEFEST, LONGEST = 0.045, 0.32  # seconds of a handstroke
AIR = 0.9  # time of a pen-up movement beside that of a pen-down one of the same length: they are not guided
SETTLE = 0.025  # seconds that lifting and coming down cost: real gaps have a median of 180 ms, 5 % below 60 ms
# How long after its handstroke's slot began the pen lands, and before its end it lifts, on the fly, in slots: mean,
# deviation, least, most.
LAND = (-0.25, 0.15, -0.5, 0.2)
LIFT = (0.08, 0.10, -0.15, 0.28)


def _plan(
    marks: Points, ways: Floats, firsts: Rows, rests: Floats, writer: Writer, stream: Stream
) -> tuple[Plan, Floats, Floats]:
    """The plan, with a way there before and a way off after; when the pen lands and lifts, (strokes) each."""
    ends = np.append(firsts[1:], len(marks))
    # A hand comes from the left above and leaves to the right.
    all_marks = np.concatenate((marks[:1] - (0.3, 0.4), marks, marks[-1:] + (0.5, -0.3)))
    outside = ((0.0, 0.0, 1.0),)
    ways = np.concatenate((outside, ways, outside))
    bends = ways[:, :2]
    chords = all_marks[1:] - all_marks[:-1]
    strokes = len(chords)
    noise = stream.normals(strokes + 2 * len(firsts))
    length = np.sqrt((chords**2).sum(axis=1) + 5.33 * (bends**2).sum(axis=1))  # of a parabola, to second order
    slot = writer.tempo * length**writer.isochrony * ways[:, 2]
    up = np.append(firsts, len(marks))  # handstrokes that are made in the air
    slot[up] = slot[up] * AIR + SETTLE
    slot *= 1 + 0.1 * noise[:strokes]
    slot = np.minimum(np.maximum(slot, BRIEFEST), LONGEST)
    reach = np.full(strokes, writer.reach)
    reach[up] *= 0.8
    waits = slot.copy()
    waits[firsts] += rests
    begin = np.concatenate(([0.0], waits[:-1].cumsum()))
    passing = np.append(begin, begin[-1] + slot[-1])
    late = np.minimum(np.maximum(LAND[0] + LAND[1] * noise[strokes : strokes + len(firsts)], LAND[2]), LAND[3])
    early = np.minimum(np.maximum(LIFT[0] + LIFT[1] * noise[strokes + len(firsts) :], LIFT[2]), LIFT[3])
    land = begin[firsts + 1] + late * slot[firsts + 1]
    lift = begin[ends] - early * slot[ends - 1]
    passing[firsts + 1], passing[ends] = land, lift
    return Plan(all_marks, bends, begin, slot, passing, reach, writer.sigma), land, lift


def _shake(count: int, tremor: float, device: Device, stream: Stream) -> Points:
    """(count, 2) of the hand's tremor and the device's noise."""
    white = stream.uniforms(2 * count).reshape(2, count) - 0.5
    # Differences over the window's halves pass about 8 to 12 Hz; the noise keeps its deviation, 1 / sqrt(12) of even.
    half = max(1, round(device.rate_hz / 20))
    total = np.cumsum(np.concatenate((np.zeros((2, 2 * half)), white[::-1]), axis=1), axis=1)
    band = (total[:, 2 * half :] - 2 * total[:, half:-half] + total[:, : -2 * half]) / np.sqrt(2 * half / 12)
    return (white * (device.noise * 3.46) + band * tremor).T

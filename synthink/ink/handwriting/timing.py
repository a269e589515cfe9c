"""When a hand makes each handstroke, and when the pen lands and lifts: all constants of it in one object."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from synthink.ink.handwriting.motion import Floats, MotionPlan, Plane, Rows
from synthink.ink.handwriting.writer import Writer
from synthink.settings import Between, Settings
from synthink.streams import Stream

NEAR = 0.1  # x-heights that count as chord where both ends are near each other
FROM, TO = -0.3 - 0.4j, 0.5 - 0.3j  # x-heights: a hand comes from the left above and leaves to the right


class Timing(Settings):
    """How long handstrokes take, by whomever they are made, and how far the pen lands and lifts on the fly.

    A handstroke of one x-height takes the writer's tempo, others in proportion to a power of their length (isochrony).
    The defaults were found by trial, beside the rows of benchmarks/realism.py; benchmarks/fit_motion.py seeks them.
    """

    briefest_s: Annotated[float, Between(0.001, 1)] = 0.045
    """The shortest time of a handstroke in seconds."""
    longest_s: Annotated[float, Between(0.001, 10)] = 0.32
    """The longest time of a handstroke in seconds."""
    bent: Annotated[float, Between(-2, 5)] = 0.8
    """The share by which a handstroke takes longer for each unit of bend over chord: in real lines speed falls with
    curvature by a slope of -0.27 (R2 0.42)."""
    usual_bend: Annotated[float, Between(0, 1)] = 0.12
    """The bend over chord with which a handstroke takes the writer's tempo."""
    air: Annotated[float, Between(0.1, 5)] = 0.79
    """The time of a pen-up movement over that of a pen-down one of the same length: they are not guided."""
    settle_s: Annotated[float, Between(0, 1)] = 0.025
    """The seconds that lifting and coming down cost: real gaps have a median of 180 ms, 5 % below 60 ms."""
    hurried: Annotated[float, Between(0.1, 5)] = 0.8
    """How much of its time a pen-up movement fills beside a pen-down one: the pen hovers before it lands."""
    uneven: Annotated[float, Between(0, 0.3)] = 0.045
    """The standard deviation of a handstroke's time, as a share."""
    wander: Annotated[float, Between(0, 1)] = 0.11
    """The standard deviation of the tempo's logarithm within a line."""
    spell: Annotated[int, Between(1, 1000)] = 12
    """The number of handstrokes over which the tempo is about the same."""
    landing: Annotated[float, Between(-1, 1)] = -0.27
    """How long after its first handstroke's time began the pen lands, in such times: the mean. Real strokes start at
    0.21 of their highest speed and end at 0.51 of it in the median."""
    landing_spread: Annotated[float, Between(0, 1)] = 0.18
    """The standard deviation of `landing`."""
    landing_bounds: Annotated[tuple[float, float], Between(-1, 1)] = (-0.5, 0.2)
    """The least and the most of `landing`."""
    lifting: Annotated[float, Between(-1, 1)] = 0.02
    """How long before its last handstroke's time ends the pen lifts, in such times: the mean."""
    lifting_spread: Annotated[float, Between(0, 1)] = 0.10
    """The standard deviation of `lifting`."""
    lifting_bounds: Annotated[tuple[float, float], Between(-1, 1)] = (-0.15, 0.28)
    """The least and the most of `lifting`."""
    swing: Annotated[float, Between(0.01, 1e9)] = 1.5
    """The length in x-heights from which no more of a handstroke is lost at its ends: nobody begins a long arrow on the
    fly."""


USUAL = Timing()


def timed_plan(
    marks: Plane,
    segments: Floats,
    firsts: Rows,
    pauses: Floats,
    writer: Writer,
    stream: Stream,
    timing: Timing = USUAL,
) -> tuple[MotionPlan, Floats, Floats]:
    """The plan, with a way there before and a way off after; when the pen lands and lifts, (strokes) each."""
    strokes, lines = len(marks) + 1, len(firsts)
    noise = stream.normals(strokes + 3 * lines)
    spells = stream.normals(strokes + timing.spell).cumsum()
    all_marks = np.concatenate((marks[:1] + FROM, marks, marks[-1:] + TO))
    bends, pace = np.zeros(strokes, np.complex128), np.ones(strokes)
    bends.real[1:-1], bends.imag[1:-1], pace[1:-1] = segments.T
    chords = all_marks[1:] - all_marks[:-1]
    squares = chords.real**2 + chords.imag**2 + 16 / 3 * (bends.real**2 + bends.imag**2)  # a parabola's, squared
    slot = writer.tempo * pace * squares ** (writer.isochrony / 2)
    slot *= 1 + timing.bent * (np.abs(bends) / (np.abs(chords) + NEAR) - timing.usual_bend)
    up = np.concatenate((firsts, (len(marks),)))  # handstrokes that are made in the air
    slot[up] = (slot[up] * timing.air + timing.settle_s) * writer.pause**0.5
    slot *= np.exp((spells[timing.spell :] - spells[: -timing.spell]) * (timing.wander / timing.spell**0.5))
    slot = np.minimum(np.maximum(slot * (1 + timing.uneven * noise[:strokes]), timing.briefest_s), timing.longest_s)
    scale = slot * writer.reach
    scale[up] *= timing.hurried
    late, early = noise[strokes:-lines].reshape(2, lines)
    swing = timing.swing / np.maximum(np.sqrt(squares), timing.swing)
    late = _within(timing.landing + timing.landing_spread * late, timing.landing_bounds) * slot[firsts + 1]
    late = np.minimum(late, late * swing[firsts + 1])
    early = _within(timing.lifting + timing.lifting_spread * early, timing.lifting_bounds)
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


def _within(shares: Floats, bounds: tuple[float, float]) -> Floats:
    return np.minimum(np.maximum(shares, bounds[0]), bounds[1])

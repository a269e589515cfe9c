"""Movement: the model against its formula, targets, pressure, the pen that follows lines."""

import math
from itertools import pairwise

import numpy as np
import pytest

from synthink.errors import ConfigError
from synthink.ink.handwriting.device import Device
from synthink.ink.handwriting.motion import MotionPlan, corrected_aims, pen_path
from synthink.ink.handwriting.virtual_targets import targets
from synthink.ink.handwriting.write import trace
from synthink.ink.handwriting.writer import Writer
from synthink.streams import StreamKey

CLEAN = Device(noise=0.0, rate_hz=200.0)
CALM = Writer(name="calm", hand="upright", sloppiness=0.0, tremor=0.0)
T = np.linspace(0, 2 * np.pi, 81)
LINES = {
    "straight": np.array(((0.0, 0.0), (3.0, -1.0))),
    "circle": np.stack((np.cos(T), np.sin(T)), axis=1) * 1.5,
    "zigzag": np.array(((0.0, 0.0), (0.5, -1.5), (1.0, 0.0), (1.5, -1.5), (2.0, 0.0))),
    "square": np.array(((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0), (0.0, 0.0))),
    "wave": np.stack((T, np.sin(2 * T)), axis=1),
}


def stream(*parts):
    return StreamKey("motion", *parts).stream(0, "ink")


def dense(line):
    steps = [np.linspace(a, b, 30) for a, b in pairwise(line)]
    return np.concatenate(steps) if steps else line


def farthest(points, line):
    """The greatest distance of any of the points from the line."""
    return np.hypot(*(points[:, np.newaxis] - dense(line)[np.newaxis]).T).min(axis=0).max()


def test_one_handstroke_is_lognormal():
    """Against numerical integration of the speed as the model's literature writes it."""
    sigma, scale, middle = 0.3, 0.16, 0.5
    marks = np.array((0, 2 + 1j))
    bends = np.array((0.2j,))
    plan = MotionPlan(marks, bends, np.array((middle,)), np.array((scale,)), np.array((0.0, 1.5)), sigma)
    at = np.arange(0.2, 1.5, 0.01)
    path = pen_path(plan, marks, bends, at)
    fine = np.arange(1e-5, 1.3, 1e-5)
    speed = np.exp(-((np.log(fine) - math.log(scale)) ** 2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi) * fine)
    share = np.interp(at - (middle - scale), fine, np.cumsum(speed) * 1e-5)
    expected = (2 + 1j) * share + 0.2j * 4 * share * (1 - share)
    assert np.abs(path - expected).max() < 0.004


def test_overlapping_handstrokes_come_by_their_marks():
    marks = np.array((0, -1j, 0.6 - 0.1j, 0.7 - 1j, 1.2, 1.3 - 1j))
    bends = np.array((0.1, 0, 0.2j, 0, -0.1j))
    slot = 0.11
    middle = (np.arange(5) + 0.5) * slot
    plan = MotionPlan(marks, bends, middle, np.full(5, 1.4 * slot), np.arange(6) * slot, 0.25)
    at = np.arange(-0.2, 1.0, 0.0005)

    def misses(care):
        aims, arcs = corrected_aims(plan, care)
        path = pen_path(plan, aims, arcs, at)
        here = path[at.searchsorted(plan.passing)]
        there = path[at.searchsorted(middle)]
        return np.abs(here - marks), np.abs(there - (marks[1:] + marks[:-1]) / 2 - bends)

    corners, middles = misses(1.0)
    assert corners.max() < 0.02 and middles.max() < 0.03
    careless, _ = misses(0.0)
    assert careless.max() > 0.1  # without looking, overlap rounds the corners


def test_targets_are_ends_tops_and_corners():
    points, ways = targets(LINES["zigzag"])
    assert np.allclose(points, LINES["zigzag"], atol=0.03)
    assert ways.shape == (4, 3) and np.abs(ways[:, :2]).max() < 0.03
    dot, way = targets(np.array(((1.0, 2.0),)))
    assert len(dot) == 2 and len(way) == 1 and np.abs(dot - (1, 2)).max() < 0.1


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("seed", range(6))
def test_a_traced_line_is_near_the_wanted_one(name, seed):
    ink = trace([LINES[name]], CALM, stream(name, seed), device=CLEAN)
    assert len(ink) == 1
    points = ink.points[:, :2].astype(float)
    assert farthest(points, LINES[name]) < 0.2
    assert farthest(dense(LINES[name]), points) < 0.3


def test_trace_keeps_the_lines_units_and_order():
    lines = [LINES["circle"] * 40 + (100, 200), np.array(((300.0, 200.0),))]
    ink = trace(lines, CALM, stream("units"), unit=40.0, device=CLEAN)
    assert len(ink) == 2
    for stroke, line in zip(ink.strokes, lines, strict=True):
        assert farthest(stroke[:, :2].astype(float), line) < 0.2 * 40
    assert (np.diff(ink.points[:, 2]) > 0).all() and ink.points[0, 2] == 0


def test_strokes_start_slower_than_they_run():
    speeds = []
    for seed in range(20):
        points = trace([LINES["wave"]], CALM, stream("speed", seed), device=CLEAN).points
        speed = np.hypot(*np.diff(points[:, :2], axis=0).T)
        speeds.append((speed[0] / speed.max(), speed[-1] / speed.max()))
    start, end = np.median(speeds, axis=0)
    assert start < 0.5 and start < end < 1


def test_pressure_rises_and_falls():
    points = trace([LINES["wave"]], Writer(name="a", hand="upright"), stream("pressure")).points
    pressure = points[:, 3]
    middle = np.median(pressure)
    assert pressure[0] < 0.7 * middle and pressure[-1] < 0.7 * middle
    assert pressure.min() > 0 and pressure.max() <= 1


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([], "lines"),
        ([np.zeros((0, 2))], "lines[0]"),
        ([np.zeros((3, 3))], "lines[0]"),
        ([np.zeros((3, 2)), np.array(((0.0, math.nan), (1.0, 1.0)))], "lines[1]"),
    ],
)
def test_lines_that_cannot_be_traced_are_refused(lines, field):
    with pytest.raises(ConfigError) as caught:
        trace(lines, CALM, stream("bad"))
    assert caught.value.field == field

"""The lines that marks are made of, and what of them is left when a hand has drawn them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.draw.geometry import Box, Points, bounds
from synthink.gestures.pen_strokes import StrokeSketcher, superellipse
from synthink.gestures.placing import leader_end, leader_line
from synthink.ink.handwriting.write import trace
from synthink.ink.handwriting.writer import Writer
from synthink.streams import StreamKey

KEY = StreamKey("test_markpen")
HAND = Writer(name="sure", hand=Writer.named("w00042").hand, sloppiness=0.0, tremor=0.0)

numbers = st.integers(0, 10**6)
boxes = (
    st.tuples(*[st.floats(-500, 500)] * 2, *[st.floats(4, 600)] * 2)
    .filter(lambda four: max(four[2:]) < 20 * min(four[2:]))
    .map(lambda four: Box(four[0], four[1], four[0] + four[2], four[1] + four[3]))
)


def pen(number: int, left_handed: bool = False) -> StrokeSketcher:
    return StrokeSketcher(KEY.stream(number, "pen"), left_handed)


def turns_deg(line: Points) -> Points:
    ways = np.diff(line, axis=0).view(np.complex128)[:, 0]
    return np.degrees(np.abs(np.angle(ways[1:] / ways[:-1])))


def drawn(line: Points, unit: float, writer: Writer = HAND) -> Points:
    ink = trace([line], writer, KEY.stream(0, "hand"), unit=unit, sparse=True)
    return ink.strokes[0][:, :2].astype(np.float64)


def away(points: Points, line: Points) -> float:
    """The greatest distance of the points from a line."""
    start, way = line[:-1], np.diff(line, axis=0)
    off = points[:, np.newaxis] - start
    share = np.clip((off * way).sum(axis=2) / np.maximum((way**2).sum(axis=1), 1e-12), 0, 1)
    return float(np.hypot(*np.moveaxis(off - share[..., np.newaxis] * way, 2, 0)).min(axis=1).max())


@given(numbers, boxes, st.booleans())
def test_a_loop_fills_its_box_and_turns_evenly(number: int, box: Box, left_handed: bool) -> None:
    loop = pen(number, left_handed).loop(box)
    slack = 0.2 * min(box.width, box.height) + 1.0
    assert max(abs(one - other) for one, other in zip(bounds(loop), box, strict=True)) < slack
    assert turns_deg(loop).max() < 54  # 55 are a corner to the hand
    assert math.dist(loop[0], loop[-1]) < 0.3 * max(box.width, box.height) + slack


@given(numbers, boxes)
def test_a_ring_goes_around_the_middle_half_of_its_box(number: int, box: Box) -> None:
    ink = bounds(pen(number).ring(box))
    assert ink.left < box.left + box.width / 4 and ink.right > box.right - box.width / 4
    assert ink.top < box.top + box.height / 4 and ink.bottom > box.bottom - box.height / 4


@given(numbers, boxes)
def test_a_left_handers_loop_is_the_right_handers_seen_in_a_mirror(number: int, box: Box) -> None:
    one, other = pen(number).loop(box), pen(number, left_handed=True).loop(box)
    assert np.allclose(other, one * (-1, 1) + (box.left + box.right, 0))


@given(st.floats(1, 400), st.floats(1, 400), st.floats(1.5, 5), st.floats(0, 6))
def test_a_superellipse_is_one(a: float, b: float, power: float, angle: float) -> None:
    x, y = superellipse(a, b, power, angle + np.linspace(0, 6, 20))
    assert np.allclose(np.abs(x / a) ** power + np.abs(y / b) ** power, 1)


@given(numbers, st.floats(0, 300), st.floats(10, 500), st.booleans())
def test_a_level_line_keeps_its_height_on_the_whole(number: int, left: float, width: float, left_handed: bool) -> None:
    line = pen(number, left_handed).level(left, left + width, 50.0, 20.0, (0.5, 2.5))
    along = np.argsort(line[:, 0])
    mean = np.trapezoid(line[along, 1], line[along, 0]) / width
    assert abs(mean - 50.0) < 0.05 * 20.0
    assert line[:, 0].min() == pytest.approx(left, abs=0.5) and line[:, 0].max() == pytest.approx(left + width, abs=0.5)
    assert np.abs(line[:, 1] - 50.0).max() < 0.3 * 20.0


@given(numbers, st.integers(2, 20))
def test_a_zigzag_has_its_reversals(number: int, turns: int) -> None:
    line = pen(number).zigzag(0.0, 100.0, 0.0, 20.0, turns, 20.0)
    assert (np.diff(np.sign(np.diff(line[:, 1]))) != 0).sum() == turns
    assert (line[:, 1].max() - line[:, 1].min()) == pytest.approx(20.0, rel=0.5)


@given(numbers, st.floats(1, 8))
def test_a_wave_changes_its_side_twice_a_period(number: int, period: float) -> None:
    line = pen(number).wave(0.0, 40.0, 5.0, 2.0, period)
    assert (np.diff(np.sign(line[1:-1, 1] - 5.0)) != 0).all()
    assert len(line) - 2 == max(3, round(80 / period))


@given(numbers, boxes)
def test_an_outline_has_its_corners(number: int, box: Box) -> None:
    corners = [tuple(corner) for corner in box.corners()[[0, 3, 2, 1]].tolist()]
    line = pen(number).outline(corners, 0.1 * min(box.width, box.height))
    for corner in corners:
        assert np.hypot(*(line - corner).T).min() < 0.05 * min(box.width, box.height)
    assert (turns_deg(line) > 60).sum() == 3


@given(numbers, st.booleans())
def test_wings_point_back_at_20_to_40_degrees(number: int, left_handed: bool) -> None:
    for wing in pen(number, left_handed).wings((0.0, 0.0), (30.0, 40.0), 10.0):
        between = math.degrees(math.atan2(wing[1], wing[0]) - math.atan2(40.0, 30.0))
        assert 19.9 < abs(between) < 40.1
        assert 6.9 < math.hypot(*wing) < 13.1


# --- leads ------------------------------------------------------------------------------------------------------------


@given(numbers, st.floats(-400, 400), st.floats(-400, 400), st.sampled_from(["line", "arrow"]))
def test_a_lead_goes_from_the_writing_to_the_place(number: int, x: float, y: float, kind: str) -> None:
    writing, height = Box(-60, -10, 60, 10), 20.0
    strokes = leader_line(pen(number), writing, (x, y), kind, height)  # type: ignore[arg-type]
    if not strokes:
        assert abs(x) < 60 + height and abs(y) < 10 + height
        return
    start = strokes[0][0]
    outside = max(abs(start[0]) - 60, abs(start[1]) - 10)
    assert 0 < outside < 0.5 * height
    assert np.hypot(*(np.concatenate(strokes) - (x, y)).T).min() < 1e-6
    assert len(strokes) == 1 if kind == "line" else len(strokes) <= 2


def test_no_lead_is_drawn_where_none_is_asked_for_or_the_writing_is_near() -> None:
    assert leader_line(pen(0), Box(0, 0, 50, 10), (300.0, 5.0), "", 20.0) == []
    assert leader_line(pen(0), Box(0, 0, 50, 10), (58.0, 5.0), "arrow", 20.0) == []
    assert leader_line(pen(0), Box(0, 0, 50, 10), (25.0, 5.0), "arrow", 20.0) == []


def test_a_lead_ends_at_the_nearest_ink_or_inside_the_picture() -> None:
    ink = [np.array(((0.0, 0.0), (10.0, 0.0))), np.array(((0.0, 50.0), (10.0, 40.0)))]
    assert leader_end(ink, Box(0, 0, 10, 50), Box(30, 30, 60, 45)) == (10.0, 40.0)
    assert leader_end([], Box(0, 0, 100, 200), Box(150, 90, 180, 110)) == (55.0, 100.0)
    assert leader_end([], Box(0, 0, 100, 200), Box(150, 250, 180, 260)) == (55.0, 110.0)


# --- what the hand makes of them --------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [20.0, 60.0, 200.0, 600.0])
def test_a_hand_draws_lines_of_any_length_to_their_ends(length: float) -> None:
    line = pen(1).line((0.0, 0.0), (length, 30.0))
    ink = drawn(line, 10.0)
    assert away(ink, line) < 1.0 + 0.002 * length
    assert math.dist(ink[0], line[0]) < 0.03 * length + 1 and math.dist(ink[-1], line[-1]) < 0.03 * length + 1


@pytest.mark.parametrize("width", [20.0, 60.0, 120.0, 400.0])
def test_a_hand_draws_rings_as_rings(width: float) -> None:
    for number in range(10):
        ring = pen(number).loop(Box(0.0, 0.0, width, 30.0))
        ink = drawn(ring, 10.0)
        assert away(ink, ring) < 1.5 + 0.018 * width
        assert away(ring[3:-3], ink) < 1.5 + 0.02 * width


def test_a_hand_keeps_the_tip_of_a_caret_and_the_corners_of_a_box() -> None:
    caret = np.array(((0.0, 12.0), (5.0, 0.0), (10.0, 12.0)))
    assert abs(drawn(caret, 10.0)[:, 1].min()) < 1.0
    box = pen(3).outline(((0.0, 0.0), (0.0, 30.0), (120.0, 30.0), (120.0, 0.0)), 20.0)
    for corner in (box[4], box[8], box[12]):
        assert np.hypot(*(drawn(box, 10.0) - corner).T).min() < 1.5

"""Drawing ink: against an exact round pen, at its hardest, fast enough, and as each pen and colour mode says."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.draw.geometry import GRID
from synthink.draw.pen_outline import ink_outline
from synthink.draw.picture import Pixels
from synthink.draw.render import render
from synthink.draw.scene import Scene
from synthink.errors import ConfigError
from synthink.ink import Ink
from synthink.ink.drawing.curve import rounded
from synthink.ink.drawing.draw import Line, draw_ink, ink_layer, line_coverage
from synthink.ink.drawing.pens import PENS, Pen, widths
from synthink.streams import StreamKey
from tests.support import python

FINE = 16
SIZE = (72, 60)
NAN = float("nan")
Floats = npt.NDArray[np.float64]
ONE = np.zeros(1, dtype=np.intp)


def exact(strokes: list[Floats], size_px: tuple[int, int] = SIZE) -> Floats:
    """(H, W) 0..255 by sampling. Strokes are (N, 3): x, y and full width, which goes over evenly between points."""
    shares: Floats = samples(strokes, size_px).reshape(size_px[1], FINE, size_px[0], FINE).mean(axis=(1, 3)) * 255
    return shares


def samples(strokes: list[Floats], size_px: tuple[int, int] = SIZE) -> npt.NDArray[np.bool_]:
    """(H * FINE, W * FINE): whether the pen comes over each point."""
    hit = np.zeros((size_px[1] * FINE, size_px[0] * FINE), dtype=bool)
    for stroke in strokes:
        pairs = list(pairwise(stroke)) or [(stroke[0], stroke[0])]
        for start, stop in pairs:
            most = max(start[2], stop[2]) / 2
            low = np.maximum(np.floor((np.minimum(start, stop)[:2] - most) * FINE).astype(int), 0)
            high = np.minimum(np.ceil((np.maximum(start, stop)[:2] + most) * FINE).astype(int), hit.shape[::-1])
            if (low >= high).any():
                continue
            x = (np.arange(low[0], high[0]) + 0.5) / FINE
            y = ((np.arange(low[1], high[1]) + 0.5) / FINE)[:, np.newaxis]
            hit[low[1] : high[1], low[0] : high[0]] |= _within(x, y, start, stop)
    return hit


def _within(x: Floats, y: Floats, start: Floats, stop: Floats) -> Any:
    """Whether samples lie in one of the discs whose centre goes from start to stop while the width changes evenly."""
    length = float(np.hypot(*(stop - start)[:2]))
    growth = (stop[2] - start[2]) / 2
    if length <= abs(growth) or length == 0:
        disc = start if growth <= 0 else stop
        return (x - disc[0]) ** 2 + (y - disc[1]) ** 2 <= (disc[2] / 2) ** 2
    way, slope = (stop - start)[:2] / length, growth / length
    along = (x - start[0]) * way[0] + (y - start[1]) * way[1]
    across = np.abs((x - start[0]) * way[1] - (y - start[1]) * way[0])
    nearest = np.clip(along + across * slope / np.sqrt(1 - slope * slope), 0, length)
    return (along - nearest) ** 2 + across**2 <= (start[2] / 2 + slope * nearest) ** 2


def drawn(strokes: list[Floats], size_px: tuple[int, int] = SIZE) -> Floats:
    points = np.concatenate(strokes)
    starts = np.cumsum([0, *(len(stroke) for stroke in strokes[:-1])])
    line = Line(np.pad(points[:, :2], ((0, 0), (0, 2))), starts, points[:, 2])
    left, top, share = line_coverage(line, size_px)
    whole = np.zeros(size_px[::-1])
    whole[top : top + share.shape[0], left : left + share.shape[1]] = share
    return whole


def compared(strokes: list[Floats]) -> tuple[float, float, float]:
    """Mean error over the pixels that the exact stroke touches; the deepest hole in pixels that lie wholly under the
    pen at some moment; the most ink on pixels that it never touches."""
    want, have = exact(strokes), drawn(strokes)
    touched = want > 0
    narrow = [stroke - np.array((0, 0, 1.55)) for stroke in strokes if stroke[:, 2].min() > 1.55]
    under = samples(narrow)[FINE // 2 :: FINE, FINE // 2 :: FINE]
    hole = float((255 - have)[under].max(initial=0))
    return float(np.abs(have - want)[touched].mean()), hole, float(have[~touched].max(initial=0))


def even(x: Floats, y: Floats, width: float) -> Floats:
    return np.column_stack((x, y, np.full(len(x), width)))


T = np.linspace(0, 1, 80)
TURN = 2 * np.pi * T
THERE = np.abs((4 * T) % 2 - 1)
SHAPES: dict[str, tuple[Floats, Floats]] = {
    "line": (6 + 60 * T, 10 + 40 * T),
    "circle": (36 + 25 * np.cos(TURN), 30 + 20 * np.sin(TURN)),
    "circle drawn twice": (36 + 25 * np.cos(2 * TURN), 30 + 20 * np.sin(2 * TURN)),
    "curl": (10 + 50 * T + 3 * np.cos(5 * TURN), 30 + 3 * np.sin(5 * TURN)),
    "curl narrower than the pen": (30 + 12 * T + 0.7 * np.cos(4 * TURN), 30 + 0.7 * np.sin(4 * TURN)),
    "retraced": (10 + 50 * THERE, 12 + 30 * THERE),
    "cusps": (8 + 56 * T, 12 + 30 * np.abs(np.sin(2.5 * TURN))),
    "scratch": (10 + 45 * np.abs((14 * T) % 2 - 1), 10 + 35 * T),
    "spiral": (36 + 24 * T * np.cos(4 * TURN), 30 + 24 * T * np.sin(4 * TURN)),
    "repeated points": (np.repeat(10 + 50 * T[::8], 8), np.repeat(20 + 20 * np.sin(TURN[::8]), 8)),
    "one place": (np.full(80, 30.3), np.full(80, 20.7)),
}


# Where two pieces of a line lie side by side within pixels, those get the larger share of the two, not the sum.
SIDE_BY_SIDE = {
    ("curl", 1.5): 7.5,
    ("curl narrower than the pen", 1.5): 5.0,
    ("scratch", 1.5): 8.5,
    ("scratch", 4.0): 5.5,
}


@pytest.mark.parametrize("width", [1.5, 4.0, 9.0])
@pytest.mark.parametrize("name", SHAPES)
def test_a_stroke_is_what_a_round_pen_leaves(name: str, width: float) -> None:
    error, hole, stray = compared([even(*SHAPES[name], width)])
    assert error <= SIDE_BY_SIDE.get((name, width), 3.5), f"mean error {error:.2f} grey levels"
    assert hole <= 3
    assert stray <= 10


def test_every_stroke_of_an_ink_is_drawn_and_dots_are_discs() -> None:
    strokes = [
        np.array([[12.3, 11.7, 5.0]]),
        np.array([[30.0, 10.0, 3.0], [30.0, 10.0, 3.0]]),
        even(10 + 50 * T, 40 + 8 * np.sin(TURN), 3.0),
        np.array([[60.5, 20.25, 1.2]]),
        np.array([[50.0, 10.0, 2.0], [40.0, 25.0, 2.0]]),
    ]
    error, hole, stray = compared(strokes)
    assert error <= 3.0 and hole <= 3 and stray <= 10


@given(st.integers(0, 10**9), st.sampled_from([1.2, 3.0, 8.0, 20.0]), st.sampled_from([0.3, 3.0, 15.0]))
def test_hard_random_strokes_have_no_holes_and_no_spikes(seed: int, width: float, step: float) -> None:
    stream = StreamKey("ink drawing", seed).stream(0, "stroke")
    count = stream.integers(2, 50)
    x_y = np.cumsum(stream.normals(2 * count).reshape(-1, 2) * step, axis=0) + np.array((36, 30))
    stroke = np.column_stack((x_y, np.full(count, width)))
    if stream.chance(0.5):
        stroke = np.concatenate((stroke, stroke[::-1], stroke[: count // 2]))  # back over itself, and again
    _, hole, stray = compared([stroke])
    assert hole <= 3
    assert stray <= 14


def test_hard_random_strokes_are_right_in_the_mean() -> None:
    errors = []
    for seed in range(60):
        stream = StreamKey("ink drawing", seed).stream(0, "mean")
        x_y = np.cumsum(stream.normals(60).reshape(-1, 2) * stream.uniform(1, 8), axis=0) + np.array((36, 30))
        width = np.cumsum(np.clip(stream.normals(30) * 0.2, -0.4, 0.4)) + 5
        errors.append(compared([np.column_stack((x_y, width))])[0])
    assert np.mean(errors) <= 2.5 and max(errors) <= 8


def test_outlines_lie_on_the_grid_and_know_their_parts() -> None:
    outline = ink_outline(np.column_stack(SHAPES["scratch"]), ONE, np.full(80, 3.0))
    assert np.array_equal(np.rint(outline.points * GRID), outline.points * GRID)
    assert len(outline.parts) == 3 and outline.parts[0] == 0
    assert outline.ends[-1] == len(outline.points) - 1


def test_ink_of_any_size_is_drawn() -> None:
    """FreeType takes 32,767 points at once: large ink has parts enough."""
    count = 9000
    back = np.column_stack((30 + 25 * (np.arange(count) % 2), 5 + 50 * np.arange(count) / count, np.full(count, 2.0)))
    assert len(ink_outline(back[:, :2], ONE, back[:, 2]).points) > 2 * 32767
    have = drawn([back])
    assert have[8:52, 32:53].min() == 255 and have[:, :25].max() == 0


def test_a_dot_is_as_wide_as_its_widest_point() -> None:
    """Its points lie near each other, and the pen comes and goes with thin ends."""
    dot = np.array([(20.0, 20.0, 0.6), (20.05, 20.05, 3.0), (20.1, 20.1, 3.0), (20.1, 20.15, 0.6)])
    assert drawn([dot]).sum() / 255 > 0.85 * np.pi * 1.5**2


# --- pens -------------------------------------------------------------------------------------------------------------


def ink_of(x: Floats, y: Floats, t: Floats | float = NAN, pressure: Floats | float = NAN) -> Ink:
    return Ink([np.column_stack((x, y, np.broadcast_to(t, len(x)), np.broadcast_to(pressure, len(x))))])


@pytest.mark.parametrize("name", PENS)
def test_without_time_and_pressure_a_round_pen_is_even_between_its_ends(name: str) -> None:
    pen = Pen.build({**PENS[name].plain(), "nib": 1.0})
    ink = ink_of(4 + 60 * T, 20 + 0 * T)
    full = widths(ink.points, ink.starts, pen, 3.0)
    assert np.allclose(full[15:-15], 3.0)
    assert full[0] == pytest.approx(3.0 * pen.tip) and full[-1] == pytest.approx(3.0 * pen.tip)


def test_pressure_widens_and_speed_narrows() -> None:
    pen = Pen(pressure=0.4, speed=0.3, tip=1.0)
    x, y, t = 60 * T, 0 * T, 1000 * T
    hard, soft = (widths(ink_of(x, y, t, p).points, ONE, pen, 4.0)[40] for p in (0.9, 0.1))
    assert hard / soft == pytest.approx(1.32 / 0.68, rel=1e-3)
    faster = widths(ink_of(60 * T**3, y, t, 0.5).points, ONE, pen, 4.0)
    assert faster[5] == pytest.approx(4.0, rel=0.02) and faster[-1] == pytest.approx(4.0 * 0.7, rel=0.02)
    assert (np.diff(faster) <= 1e-9).all()


def test_a_broad_nib_is_narrow_along_its_edge() -> None:
    pen = Pen(pressure=0.0, speed=0.0, tip=1.0, nib=0.4, nib_deg=45.0)
    rising = widths(ink_of(30 * T, -30 * T).points, ONE, pen, 5.0)  # y is down: this goes up to the right
    falling = widths(ink_of(30 * T, 30 * T).points, ONE, pen, 5.0)
    assert np.allclose(rising, 2.0) and np.allclose(falling, 5.0)


def test_strokes_do_not_touch_each_others_widths() -> None:
    pen = PENS["fountain"]
    one = np.column_stack((60 * T, 9 * np.sin(TURN), 900 * T, 0.5 + 0.3 * np.sin(TURN)))
    both = Ink([one, one + np.array((5, 5, 1200, 0)), one[:1]])
    full = widths(both.points, both.starts, pen, 3.0)
    assert np.allclose(full[:80], full[80:160], rtol=1e-4)
    dot = Pen.build({**pen.plain(), "pressure": 0.0, "speed": 0.0})
    assert widths(both.points, both.starts, dot, 3.0)[160] == 3.0


def test_times_that_stand_still_or_run_backwards_leave_finite_widths() -> None:
    for t in (np.zeros(80), 500 - 500 * T, np.round(T * 3) * 100):
        full = widths(ink_of(60 * T, 9 * T, t, 0.5).points, ONE, PENS["pencil"], 3.0)
        assert np.isfinite(full).all() and (full > 0.5).all() and (full < 6).all()


# --- into pictures ----------------------------------------------------------------------------------------------------


def paper(level: int = 255) -> Pixels:
    return np.full((SIZE[1], SIZE[0], 3), level, dtype=np.uint8)


SMOOTH = Pen(pressure=0.0, speed=0.0, tip=1.0)


def test_draw_ink_and_the_scene_give_the_same_picture() -> None:
    ink = ink_of(*SHAPES["curl"], 1000 * T, 0.5)
    pixels = paper()
    draw_ink(pixels, ink, pen="felt_tip", width_px=3.0, colour=(200, 30, 90))
    layer = ink_layer(ink, "felt_tip", 3.0, (200, 30, 90))
    assert np.array_equal(pixels, render(Scene(SIZE, (255, 255, 255), (layer,)), most_layers=3).array())


def test_place_and_scale_move_the_ink() -> None:
    ink = ink_of(np.array([2.0, 20.0]), np.array([3.0, 12.0]))
    moved, large = paper(), paper()
    draw_ink(moved, ink, pen=SMOOTH, width_px=3.0, at=(7, 5))
    draw_ink(large, ink_of(np.array([4.0, 40.0]), np.array([6.0, 24.0])), pen=SMOOTH, width_px=3.0)
    still, scaled = paper(), paper()
    draw_ink(still, ink, pen=SMOOTH, width_px=3.0)
    draw_ink(scaled, ink, pen=SMOOTH, width_px=3.0, scale=2.0)
    assert np.array_equal(moved[5:50, 7:60], still[:45, :53])
    assert np.array_equal(large, scaled) and (large != 255).any()


def test_ink_is_cut_at_the_borders_however_far_it_goes() -> None:
    near, far = paper(), paper()
    draw_ink(near, ink_of(np.array([-3000.0, 3000.0]), np.array([-3000.0, 3000.0])), pen=SMOOTH, width_px=4.0)
    draw_ink(far, ink_of(np.array([-9e8, 9e8]), np.array([-9e8, 9e8])), pen=SMOOTH, width_px=4.0)
    assert (near[30, 30] == (20, 60, 220)).all() and (near[30, 40] == 255).all()
    assert np.array_equal(near, far)
    there_and_back = ink_of(np.array([10.0, 20, 5e8, 20, 10]), np.array([10.0, 10, 10, 50, 50]))
    mixed = paper()
    draw_ink(mixed, there_and_back, pen=SMOOTH, width_px=4.0, smooth=False)
    assert (mixed[10, 8:72, 0] < 255).all() and (mixed[50, 8:20, 0] < 255).all()
    outside = paper()
    draw_ink(outside, ink_of(np.array([1e6, 2e6]), np.array([0.0, 9.0])), pen=SMOOTH, width_px=4.0)
    assert (outside == 255).all()
    draw_ink(outside, Ink([]), pen=SMOOTH)
    assert (outside == 255).all()


def test_a_view_into_a_larger_picture_is_drawn_into() -> None:
    whole = np.full((80, 100, 3), 255, dtype=np.uint8)
    alone = paper()
    for pixels in (whole[10:70, 20:92], alone):
        draw_ink(pixels, ink_of(*SHAPES["cusps"], 500 * T, 0.5), pen="ballpoint", width_px=3.0)
    assert np.array_equal(whole[10:70, 20:92], alone)
    assert (whole[:10] == 255).all() and (whole[:, :20] == 255).all() and (alone != 255).any()


def test_crossings_of_translucent_ink_are_no_darker() -> None:
    pixels = paper()
    draw_ink(pixels, ink_of(*SHAPES["scratch"]), pen=SMOOTH, width_px=6.0, colour=(0, 0, 0), opacity=0.5)
    assert pixels.min() == 128


def test_a_highlighter_lets_print_show_through() -> None:
    pixels = paper()
    pixels[:, 30:40] = 0
    draw_ink(pixels, ink_of(4 + 60 * T, 30 + 0 * T), pen="highlighter", width_px=14.0, colour="yellow")
    assert (pixels[30, 35] == 0).all()
    assert pixels[30, 20, 2] < 160 < 240 < pixels[30, 20, 0]


def test_a_pencil_leaves_paper_bare_and_always_the_same() -> None:
    inks = []
    for _ in range(2):
        pixels = paper()
        draw_ink(pixels, ink_of(4 + 60 * T, 30 + 0 * T), pen="pencil", width_px=20.0, colour=(60, 60, 60))
        inks.append(pixels)
    inner = inks[0][24:36, 12:60, 0].astype(float)
    assert np.array_equal(inks[0], inks[1])
    assert inner.std() > 15 and 90 < inner.mean() < 190
    assert abs(np.corrcoef(inner[:, :-3].ravel(), inner[:, 3:].ravel())[0, 1]) < 0.2  # no pattern


def test_colour_modes_tell_what_they_say() -> None:
    x, y = 6 + 60 * T**2, 15 + 0 * T
    first = np.column_stack((x, y, 1000 * T, 0 * T + 0.5))
    second = np.column_stack((6 + 60 * T, 45 + 0 * T, 3000 + 1000 * T, 0 * T + 0.5))
    ink = Ink([first, second])

    def levels(mode: str, row: int) -> Pixels:
        pixels = paper()
        draw_ink(pixels, ink, pen=SMOOTH, width_px=5.0, mode=mode)  # type: ignore[arg-type]
        return pixels[row, 8:64].astype(int)

    time = levels("time", 15)
    assert (np.diff(time[:, 0]) >= 0).all() and (time[:, 1] == 0).all() and (abs(time.sum(axis=1) - 255) <= 1).all()
    assert time[-1, 0] == pytest.approx(255 / 4, abs=4) and levels("time", 45)[0, 0] == pytest.approx(255 * 0.75, abs=5)
    speed = levels("speed", 15)
    assert speed[2, 0] < 90 and speed[-4, 0] > 240 and levels("speed", 45)[20:30, 0].std() < 3
    both = levels("time_distance", 45)
    assert (both[:, 2] == 0).all() and both[:, 1].min() > 80 and both[-1, 0] > 245
    one, other = levels("by_stroke", 15), levels("by_stroke", 45)
    assert (one == one[0]).all() and (other == other[0]).all() and np.abs(one[0] - other[0]).sum() > 150


@pytest.mark.parametrize("mode", ["time", "speed", "time_distance", "by_stroke"])
def test_colour_modes_need_no_times(mode: str) -> None:
    pixels = paper()
    draw_ink(pixels, ink_of(*SHAPES["circle"]), pen=SMOOTH, width_px=4.0, mode=mode)  # type: ignore[arg-type]
    assert (pixels != 255).any(axis=2).sum() > 400


# --- curves -----------------------------------------------------------------------------------------------------------


def test_curves_go_through_the_points_and_near_the_circle_they_were_taken_from() -> None:
    turn = np.linspace(0, 2 * np.pi, 14)
    ink = ink_of(36 + 24 * np.cos(turn), 30 + 24 * np.sin(turn), 100 * turn)
    points, starts = rounded(ink.points.astype(np.float64), ink.starts)
    assert {tuple(p) for p in ink.points[:, :2].tolist()} <= {tuple(p) for p in points[:, :2].tolist()}
    away = np.abs(np.hypot(points[:, 0] - 36, points[:, 1] - 30) - 24)
    inner = (points[:, 2] > 60) & (points[:, 2] < 560)
    assert away[inner].max() < 0.3 and len(points) > 28 and starts.tolist() == [0]
    assert (np.diff(points[:, 2]) > 0).all()


def test_corners_and_strokes_ends_stay_straight() -> None:
    square = np.array([[10.0, 10], [50, 10], [50, 50], [10, 50]])
    ink = Ink([square, square + 3])
    points, starts = rounded(ink.points.astype(np.float64), ink.starts)
    assert points[:, :2].min() == 10 and points[:, :2].max() == 53
    assert len(starts) == 2 and np.array_equal(points[starts[1], :2], [13, 13])


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("pen", "quill"),
        ("mode", "rainbow"),
        ("width_px", 0.0),
        ("width_px", NAN),
        ("scale", -1.0),
        ("scale", float("inf")),
        ("at", (NAN, 0.0)),
        ("opacity", 1.5),
        ("colour", "nocolour"),
    ],
)
def test_bad_arguments_are_refused_by_name(keyword: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"^{keyword}="):
        draw_ink(paper(), ink_of(T, T), **{keyword: value})  # type: ignore[arg-type]


def test_other_arrays_are_refused() -> None:
    for bad in (np.zeros((5, 5), np.uint8), np.zeros((5, 5, 3)), np.zeros((5, 5, 4), np.uint8)):
        with pytest.raises(TypeError, match="uint8"):
            draw_ink(bad, ink_of(T, T))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="without strokes"):
        ink_layer(Ink([]))


def test_pixels_do_not_depend_on_the_processor() -> None:
    program = (
        "import numpy as np, zlib; from synthink.ink import Ink; from synthink.ink.drawing.draw import draw_ink\n"
        "t = np.linspace(0, 1, 70); a = 9 * t\n"
        "ink = Ink([np.column_stack((40 + 30 * t * (1 - a), 30 + 25 * t * (a * a / 20 - 1), 900 * t, 0.2 + t / 2))])\n"
        "for pen in ('fountain', 'pencil'):\n"
        "    p = np.full((90, 90, 3), 250, np.uint8); draw_ink(p, ink, pen=pen, width_px=3.3, at=(9, 30))\n"
        "    print(zlib.crc32(p.tobytes()))\n"
    )
    umath = import_module("numpy._core._multiarray_umath")
    vector_units = " ".join(name for name in umath.__cpu_dispatch__ if umath.__cpu_features__.get(name))
    prints = [
        python("-c", program, env={"PYTHONHASHSEED": "1"}).stdout,
        python("-c", program, env={"PYTHONHASHSEED": "2", "NPY_DISABLE_CPU_FEATURES": vector_units}).stdout,
    ]
    assert prints[0] == prints[1] and len(prints[0].split()) == 2

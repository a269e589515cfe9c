"""Drawing ink into pictures: places, borders, blending, grain, colour modes, and what is refused."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from synthink.draw import Group, Scene, rectangle, render
from synthink.draw.picture import Pixels
from synthink.errors import ConfigError
from synthink.ink import Ink
from synthink.ink.drawing.draw import draw_ink, ink_layer
from synthink.ink.drawing.pens import Pen
from tests.ink.drawing.strokes import NAN, SHAPES, SIZE, T, ink_of
from tests.support import python


def paper(level: int = 255) -> Pixels:
    return np.full((SIZE[1], SIZE[0], 3), level, dtype=np.uint8)


SMOOTH = Pen(pressure=0.0, speed=0.0, tip=1.0)


def test_draw_ink_and_the_scene_give_the_same_picture() -> None:
    ink = ink_of(*SHAPES["curl"], 1000 * T, 0.5)
    pixels = paper()
    draw_ink(pixels, ink, pen="felt_tip", width_px=3.0, colour=(200, 30, 90))
    layer = ink_layer(ink, "felt_tip", 3.0, (200, 30, 90))
    assert np.array_equal(
        pixels, render(Scene(SIZE, "white", (Group((layer,), clip=rectangle((0, 0, *SIZE))),))).array()
    )


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
        with pytest.raises(ConfigError, match=r"^pixels=.*uint8"):
            draw_ink(bad, ink_of(T, T))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"^ink=.*no strokes"):
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

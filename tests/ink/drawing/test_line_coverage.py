"""What a pen covers: against the exact union of discs along the line, to a fraction of a pixel."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.draw.geometry import GRID
from synthink.draw.pen_outline import ink_outline
from synthink.ink.drawing.draw import InkLine, line_coverage
from synthink.streams import StreamKey
from tests.ink.drawing.strokes import ONE, SHAPES, SIZE, TURN, Floats, T, even

FINE = 16


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
    line = InkLine(np.pad(points[:, :2], ((0, 0), (0, 2))), starts, points[:, 2])
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

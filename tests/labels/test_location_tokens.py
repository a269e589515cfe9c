"""Location tokens: what is written is read back, and nothing beyond `<loc1023>` is ever written."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.draw.geometry import Box
from synthink.labels.location_tokens import (
    BINS,
    format_box_tokens,
    format_points,
    format_strokes,
    parse_box_tokens,
    parse_points,
    parse_strokes,
)

sizes = st.tuples(st.integers(16, 2000), st.integers(16, 2000))
shares = st.floats(0, 1)
strokes = st.lists(st.lists(st.tuples(shares, shares), min_size=1, max_size=6), min_size=1, max_size=4)


@given(sizes, strokes)
def test_strokes_come_back_within_half_a_bin(
    size_px: tuple[int, int], given_strokes: list[list[tuple[float, float]]]
) -> None:
    drawn = [np.array(stroke) * size_px for stroke in given_strokes]
    text = format_strokes(drawn, size_px)
    assert re.fullmatch(r"((<loc\d{4}>)+ ?)+", text) and all(int(bin) < BINS for bin in re.findall(r"\d{4}", text))
    back = parse_strokes(text, size_px)
    assert back is not None
    for one, other in zip(drawn, back, strict=True):
        assert (np.abs(one - other) <= np.array(size_px) / BINS / 2 + 1e-9).all()
    assert format_strokes(back, size_px) == text


def test_a_box_is_top_left_bottom_right() -> None:
    box = Box(0, 112, 448, 224)
    assert format_box_tokens(box, (448, 448)) == "<loc0256><loc0000><loc0512><loc1023>"
    back = parse_box_tokens("<loc0256><loc0000><loc0512><loc1023>", (448, 448))
    assert back is not None and np.allclose(back, box, atol=0.5)
    # Outside the picture there is no token: clamped.
    assert format_points([(-5, 900)], (448, 448)) == "<loc1023><loc0000>"


@pytest.mark.parametrize(
    "text", ["", "<loc0001>", "<loc0001><loc1024>", "<loc1><loc2>", "left <loc0001><loc0002>", "<loc0001><loc0002>,"]
)
def test_other_texts_are_no_points(text: str) -> None:
    assert parse_points(text, (448, 448)) is None
    assert parse_box_tokens(text, (448, 448)) is None
    assert parse_strokes(text, (448, 448)) is None

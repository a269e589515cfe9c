"""Outlines on the pixel grid: rounded once, and only where they are not on it already."""

from __future__ import annotations

import numpy as np
import pytest

from synthink import Fonts
from synthink.draw import GRID, Outline, Placement, Transform, disc, ink_outline, layout_line, place, stroke

WAVE = np.stack((np.linspace(3.3, 90.7, 40), 20 + 7 * np.sin(np.arange(40.0))), axis=1)
RING = 50 + 20 * np.stack((np.cos(np.arange(60) * np.pi / 30), np.sin(np.arange(60) * np.pi / 30)), axis=1)


def _word() -> Outline:
    face = Fonts().open().pool(None, lambda family: True).faces[0]
    return place(layout_line(face, "grid"), Placement(31.7, (0.0, 0.0), (10.3, 60.1), 12.3)).outline


@pytest.mark.parametrize(
    "outline",
    [
        _word(),
        stroke(RING, 2.3, closed=True),
        stroke(WAVE, 2.3, closed=False),
        ink_outline(WAVE, np.array([0, 15]), np.full(len(WAVE), 3.1)),
        disc((20.3, 20.7), 9.9).snapped(),
        disc((20.3, 20.7), 9.9).placed(Transform.rotation(10)),
    ],
    ids=["word", "closed stroke", "open stroke", "ink", "snapped", "placed"],
)
def test_an_outline_that_says_so_is_on_the_grid_and_not_rounded_again(outline: Outline) -> None:
    assert outline.on_grid and (outline.points * GRID == np.rint(outline.points * GRID)).all()
    assert outline.snapped() is outline
    moved = outline.placed(Transform.moving(0.3, 0.3))
    assert moved.on_grid and (moved.points * GRID == np.rint(moved.points * GRID)).all()
    assert not np.array_equal(moved.points, outline.points)


def test_a_shape_of_any_unit_is_not_on_the_grid() -> None:
    assert not disc((0.1, 0.1), 1.0).on_grid

"""Desks, the shadows of what lies on them, and the light of folded paper."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from synthink.camera.camera import Camera
from synthink.camera.desk import GRAINS, Desk
from synthink.camera.folds import CREASE, PANEL, WAVES, shade
from synthink.camera.optics import on_background
from synthink.draw.picture import RgbPicture
from synthink.streams import Stream
from tests.camera.measuring import stream

SIZE = (160, 120)
WHITE = (255, 255, 255)
SQUARE = [(40.0, 30.0), (120.0, 30.0), (120.0, 90.0), (40.0, 90.0)]


@pytest.mark.parametrize("grain", GRAINS)
def test_a_desk_has_its_colour_and_a_grain(grain: str) -> None:
    colour = (120, 120, 120)
    pictures = [np.asarray(Desk(grain, colour, (key, 5)).picture(SIZE)).astype(float) for key in range(12)]
    bare = [picture for picture in pictures if np.ptp(picture, axis=2).max() <= 1]  # no coloured card lies there
    assert 4 <= len(bare) < 12
    for picture in bare:
        assert np.abs(picture.mean(axis=(0, 1)) - colour).max() < 25
        assert picture.std(axis=(0, 1)).min() > 0.5 and picture.std(axis=(0, 1)).max() < 30
    assert len({picture.tobytes() for picture in pictures}) == 12
    assert np.array_equal(pictures[0], np.asarray(Desk(grain, colour, (0, 5)).picture(SIZE)))


def test_the_page_hides_the_desk_and_darkens_it_beside_its_edge() -> None:
    sheet = Image.new("RGB", SIZE, WHITE)
    darker = 0
    for key in range(8):
        desk = Desk("felt", (196, 196, 194), (key + 50, 5))
        bare = np.asarray(desk.picture(SIZE)).astype(int)
        frame = np.asarray(on_background(sheet, WHITE, SQUARE, desk, Stream((key, 6)))).astype(int)
        assert (frame[32:88, 42:118] == 255).all()
        outside = np.ones(frame.shape[:2], dtype=bool)
        outside[29:91, 39:121] = False
        assert (frame[outside] <= bare[outside]).all()
        darker += bool((bare - frame)[20:100, 30:130][outside[20:100, 30:130]].max() > 12)
    assert darker >= 6


def test_what_is_not_seen_is_not_drawn() -> None:
    whole = [(-2.0, -2.0), (170.0, -2.0), (170.0, 130.0), (-2.0, 130.0)]
    sheet = Image.new("RGB", SIZE, WHITE)
    assert on_background(sheet, WHITE, whole, Desk("wood", (1, 2, 3), (1, 5)), Stream((1, 6))) is sheet


def test_folds_take_light_up_to_a_bound_and_move_nothing() -> None:
    grey = Image.new("RGB", SIZE, (200, 200, 200))
    levels = [np.asarray(shade(grey, SQUARE, 1.0, (key, 7))).astype(int)[..., 0] for key in range(20)]
    assert min(level.min() for level in levels) >= 200 * (1 - WAVES - 2 * PANEL - 2 * CREASE) - 1
    assert max(level.max() for level in levels) <= 200
    steps = [np.abs(np.diff(level, axis=axis)).max() for level in levels for axis in (0, 1)]
    assert sum(step > 8 for step in steps) >= 6  # creases are sharp, waves are not
    picture = RgbPicture(np.asarray(grey))
    flat, view = Camera(tilt_deg=(3, 3), background="desk").apply(picture, stream(1))
    folded, same = Camera(tilt_deg=(3, 3), background="desk", folds=(1, 1)).apply(picture, stream(1))
    assert (view.matrix == same.matrix).all()
    assert (folded.array() <= flat.array()).all() and (folded.array() < flat.array()).any()
    assert np.array_equal(folded.array()[0, :3], flat.array()[0, :3])  # the desk is not folded

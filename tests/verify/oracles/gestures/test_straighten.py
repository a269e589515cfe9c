"""Boxes and strokes of a turned page, laid straight again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthink.verify.oracles.gestures.row import RowScene
from synthink.verify.oracles.gestures.straighten import straightened
from tests.verify.oracles.gestures.scenes import without_ink

BOXES = np.array([(x, y, x + 50, y + 20) for y in (150, 200, 250) for x in (80, 150, 220, 290)], float)
MARK = np.array([(215.0, 222.0), (275.0, 223.0)])


def turned(scene: RowScene, degrees: float) -> RowScene:
    """The scene as a camera shows it: points turned about the middle, boxes around their turned corners."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array(((cos, sin), (-sin, cos)))

    def points(values: np.ndarray) -> np.ndarray:
        return (values - 224) @ turn + 224

    def boxes(values: np.ndarray) -> np.ndarray:
        corners = points(values[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2))
        return np.concatenate((corners.min(axis=1), corners.max(axis=1)), axis=1)

    assert scene.ink_box is not None
    return replace(
        scene,
        boxes=boxes(scene.boxes),
        target=boxes(scene.target[None])[0],
        strokes=tuple(points(stroke) for stroke in scene.strokes),
        ink_box=boxes(scene.ink_box[None])[0],
    )


@pytest.mark.parametrize("degrees", [-6.0, -1.5, 0.0, 3.0, 7.0])
@pytest.mark.parametrize("words", [12, 0])
def test_what_a_camera_turned_is_turned_back(degrees: float, words: int) -> None:
    """By the lines of text, and where there are none by the ink in its box."""
    level = without_ink(["word"] * words, BOXES[:words], BOXES[6], ["word"])
    ink_box = np.array((214.0, 221.0, 276.0, 224.0))
    scene = replace(level, boxes=BOXES[:words], strokes=(MARK,), ink_box=ink_box)
    straight = straightened(turned(scene, degrees))
    slack = 0.05 if words else 2.0
    assert np.abs(straight.boxes - scene.boxes).max(initial=0.0) < slack
    assert np.abs(straight.target - scene.target).max() < slack
    assert np.abs(straight.strokes[0] - MARK).max() < slack
    assert np.isfinite(straight.doubt) == bool(words)

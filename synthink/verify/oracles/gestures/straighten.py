"""A photographed row's strokes and boxes laid straight, as a reader turns a page: by how its text lines run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.boxes import around
from synthink.verify.oracles.gestures.row import Floats, RowScene, middle

NEAR = 0.25  # of the picture's width from the target: lines farther away tell less of how those run that matter
DOUBT = 0.4  # H beyond what a mark may be: perspective is not undone
ANGLES_DEG = np.arange(-9.0, 9.01, 0.5)  # that are tried where no line tells
COLUMN = 3.0  # heights of the type between words that may still stand side by side


def straightened(scene: RowScene) -> RowScene:
    """The scene turned about the picture's middle until the words around the target stand level.

    A box around what was turned holds more than that: turned back, it becomes as small as it was. Where no two words
    stand side by side, the ink tells: it fills its box when both are turned back rightly.
    """
    slope = _slope(scene)
    if slope is not None:
        return replace(_turned(scene, float(np.arctan(slope))), doubt=DOUBT)
    angles = np.radians(ANGLES_DEG if scene.strokes and scene.ink_box is not None else (0.0,))
    trials = [_turned(scene, float(angle)) for angle in angles]
    return replace(trials[0] if len(trials) == 1 else min(trials, key=_slack), doubt=np.inf)


def _slack(scene: RowScene) -> float:
    """By how much the ink does not fill its box."""
    assert scene.ink_box is not None
    room = around(np.concatenate(scene.strokes)) - scene.ink_box + scene.width / 2 * np.array((-1, -1, 1, 1))
    return float(np.abs(room).sum())


def _turned(scene: RowScene, angle: float) -> RowScene:
    """The scene turned counter-clockwise by an angle in radians."""
    centre = np.array(scene.size_px) / 2
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array(((cos, -sin), (sin, cos)))  # points as rows: x cos + y sin, y cos - x sin

    def points(values: Floats) -> Floats:
        return (values - centre) @ turn + centre

    def boxes(values: Floats) -> Floats:
        sizes = values[:, 2:] - values[:, :2]
        own = np.maximum(sizes * cos - sizes[:, ::-1] * abs(sin), 0.0) / (cos * cos - sin * sin)
        middles = points((values[:, :2] + values[:, 2:]) / 2)
        return np.concatenate((middles - own / 2, middles + own / 2), axis=1)

    def box(value: Floats | None) -> Floats | None:
        return None if value is None else boxes(value[np.newaxis])[0]

    strokes = tuple(points(stroke) for stroke in scene.strokes)
    words = boxes(scene.boxes)
    # Half of each listed word can be seen at least, and all ink.
    surely = np.concatenate(((words[:, :2] + words[:, 2:]) / 2, *strokes, points(centre[np.newaxis])))
    return replace(
        scene,
        boxes=words,
        images=boxes(scene.images),
        target=boxes(scene.target[np.newaxis])[0],
        ends=boxes(scene.ends),
        strokes=strokes,
        ink_box=box(scene.ink_box),
        text_box=box(scene.text_box),
        sure_box=around(surely),
    )


def _slope(scene: RowScene) -> float | None:
    """How lines fall around the target: the middle one of the slopes from words to their neighbours."""
    one, other = scene.boxes[:-1], scene.boxes[1:]
    height = np.minimum(one[:, 3] - one[:, 1], other[:, 3] - other[:, 1])
    level = np.minimum(one[:, 3], other[:, 3]) - np.maximum(one[:, 1], other[:, 1]) > 0.5 * height
    rows = level & (other[:, 0] > one[:, 0]) & (other[:, 0] - one[:, 2] < COLUMN * height)
    if not rows.any():
        return None
    way = (other[rows, :2] + other[rows, 2:] - one[rows, :2] - one[rows, 2:]) / 2
    between = (one[rows, :2] + other[rows, 2:]) / 2
    far = np.sqrt(((between - middle(scene.target)) ** 2).sum(axis=1)) / (NEAR * scene.size_px[0])
    return _median(way[:, 1] / way[:, 0], way[:, 0] / (1 + far**2))


def _median(values: Floats, weights: npt.NDArray[np.float64]) -> float:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(total, total[-1] / 2)]])

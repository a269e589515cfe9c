"""Marks that point: into a gap, from one word to another, to an image or to the part of it that is kept."""

from __future__ import annotations

import numpy as np

from synthink.verify.oracles.boxes import around
from synthink.verify.oracles.gestures.marks import NEVER, Strokes
from synthink.verify.oracles.gestures.row import Floats, RowScene, crossings, middle
from synthink.verify.oracles.gestures.strips import level
from synthink.verify.oracles.gestures.targets import RowTarget

GAP = 0.15  # H to either side of a gap


def points_up(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """A caret under the line, its tip in the gap."""
    return _caret(strokes, target, upwards=True)


def points_down(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """A caret over the line, its tip in the gap."""
    return _caret(strokes, target, upwards=False)


def _caret(strokes: Strokes, target: RowTarget, upwards: bool) -> float:
    points = np.concatenate(list(strokes))
    if len(strokes) > 2 or not target.strips:
        return NEVER
    strip = target.strips[0]
    scale, box = strip.height, strip.box
    x, y = points[points[:, 1].argmin() if upwards else points[:, 1].argmax()]
    ink = around(points)
    if ink[2] - ink[0] > 1.8 * scale or ink[3] - ink[1] < 0.2 * scale:
        return NEVER
    ends = np.array([points[0], points[-1]])
    away = (ends[:, 1] - y if upwards else y - ends[:, 1]).min() / scale  # both legs lead away from the tip
    off = max(box[0] - x, x - box[2]) / scale - GAP
    low = (y - strip.base) / scale
    return float(max(off, -0.8 - low, low - 0.45, 0.15 - away))


def passes_through(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """A bar or slash through the gap."""
    if len(strokes) != 1 or not target.strips:
        return NEVER
    points, strip = strokes[0], target.strips[0]
    scale, box = strip.height, strip.box
    ink = around(points)
    band = points[(points[:, 1] > strip.base - 0.48 * scale) & (points[:, 1] < strip.base), 0]
    if not len(band) or ink[2] - ink[0] > 0.8 * (ink[3] - ink[1]):
        return NEVER
    x = float(band.mean())
    high = max(ink[1] - (strip.base - 0.45 * scale), strip.base - 0.15 * scale - ink[3])
    return float(max(box[0] - x - GAP * scale, x - box[2] - GAP * scale, high) / scale)


def joins(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """An arrow from one word to the other, with a head at one end at least."""
    points = np.concatenate(list(strokes))
    one, other = scene.ends
    way = middle(other) - middle(one)
    length = float(np.sqrt((way**2).sum()))
    if len(strokes) > 3 or length < 1:
        return NEVER
    at = points @ way
    beyond = [-1.0]
    for box, place in ((one, points[at.argmin()]), (other, points[at.argmax()])):
        off = np.concatenate((box[:2] - place, place - box[2:])).max()
        beyond.append(float(off) / float(box[3] - box[1]) - 0.08)
    walked = sum(float(np.sqrt((np.diff(stroke, axis=0) ** 2).sum(axis=1)).sum()) for stroke in strokes)
    span = float(np.ptp(at)) / length
    between = _length_within(strokes, (at - at.min()) / max(np.ptp(at), 1e-9))
    if between > 1.6 * 0.2 * span or walked - span < 0.1 * min(float(one[3] - one[1]), length):
        return NEVER
    return max(beyond)


def _length_within(strokes: Strokes, share: Floats) -> float:
    """Length of the lines between 40 and 60 % of the way: once for a shaft."""
    at, total = 0, 0.0
    for stroke in strokes:
        own = share[at : at + len(stroke)]
        at += len(stroke)
        steps = np.sqrt((np.diff(stroke, axis=0) ** 2).sum(axis=1))
        inside = (np.minimum(own[1:], own[:-1]) > 0.4) & (np.maximum(own[1:], own[:-1]) < 0.6)
        total += float(steps[inside].sum())
    return total


def passes_between(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """A lying S: over the one word and under the other, and between both."""
    if len(strokes) != 1:
        return NEVER
    one, other = sorted(scene.ends.tolist())
    points, scale = strokes[0], one[3] - one[1]
    ink = around(points)
    high_1, high_2 = (_over_middle(points, box) for box in (one, other))
    if high_1 is None or high_2 is None or min(high_1, high_2) > -0.25 or max(high_1, high_2) < 0.25:
        return NEVER
    low, high = one[2] - 0.35 * scale, other[0] + 0.35 * scale  # where it comes down between both
    if not level(*scene.ends[scene.ends[:, 0].argsort()]) or not _within(points, (one[1] + one[3]) / 2, low, high):
        return NEVER
    return float(max(abs(ink[0] - one[0]), abs(ink[2] - other[2])) / scale - 0.55)


def _over_middle(points: Floats, box: list[float]) -> float | None:
    """How high a line runs over a word's middle half, in its heights from its middle, down positive."""
    steps = np.arange(8)[:, None] / 8
    x, y = (points[:-1, None] + np.diff(points, axis=0)[:, None] * steps).reshape(-1, 2).T
    width = box[2] - box[0]
    there = y[(x > box[0] + 0.25 * width) & (x < box[2] - 0.25 * width)]
    return float(there.mean() - (box[1] + box[3]) / 2) / (box[3] - box[1]) if len(there) else None


def _within(points: Floats, y: float, low: float, high: float) -> bool:
    """Whether a line passes a height between two places."""
    return any(low < x < high for x in crossings(points, y).tolist())


def frames(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """A frame, corners or a ring around the part of an image that is kept."""
    box = scene.target
    ink, short = around(np.concatenate(list(strokes))), float((box[2:] - box[:2]).min())
    off = np.abs(ink - box)[~scene.cut(box)]
    return float(off.max(initial=0.0) / image_unit(scene) - 0.15 - 0.1 * short / image_unit(scene))


def cuts_edges(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """Lines along edges of the part that is kept; where none runs the image ends."""
    box, unit = scene.target, image_unit(scene)
    slack = 0.08 * float((box[2:] - box[:2]).min()) + 0.15 * unit
    marked, beyond = set(), [-1.0]
    for stroke in strokes:
        ink = around(stroke)
        wide, high = ink[2] - ink[0], ink[3] - ink[1]
        if min(wide, high) > 0.35 * max(wide, high):
            return NEVER
        axis = 0 if high > wide else 1
        off = np.abs(box[[axis, axis + 2]] - middle(ink)[axis])
        marked.add(axis + 2 * int(off.argmin()))
        beyond.append(float(off.min() - slack) / unit)
        long = abs(box[3 - axis] - box[1 - axis])
        beyond.append(float(abs(max(wide, high) - long) / unit - 2.2 - 0.05 * long / unit))
    free = [edge for edge in range(4) if edge not in marked and not scene.cut(box)[edge]]
    gaps = [max((abs(image[edge] - box[edge]) for edge in free), default=0.0) for image in scene.images]
    return max(*beyond, float(min(gaps, default=0.0)) / unit - 0.05 * float((box[2:] - box[:2]).min()) / unit)


def rings(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """A ring along an image's border."""
    if len(strokes) != 1:
        return NEVER
    box, unit = scene.target, image_unit(scene)
    ink, cut = around(strokes[0]), scene.cut(box)
    off = np.abs(ink - box)[~cut].max(initial=0.0)
    return float(off / unit - 0.5 - 0.14 * (box[2:] - box[:2]).min() / unit)


def stands_alone(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """Nothing but handwriting beside an image."""
    if strokes or scene.text_box is None:
        return NEVER
    return distance(scene.target, scene.text_box) / image_unit(scene) - 6.5


def distance(one: Floats, other: Floats) -> float:
    """The distance between two boxes."""
    gaps = np.maximum(np.maximum(one[:2] - other[2:], other[:2] - one[2:]), 0.0)
    return float(np.sqrt((gaps**2).sum()))


def image_unit(scene: RowScene) -> float:
    """H beside an image: 0.08 of its height, between 10 and 24 pixels of the page; of one that is cut off the most."""
    if scene.cut(scene.target)[[1, 3]].any():
        return 24.0 * scene.scale
    return min(24.0, max(10.0, 0.08 * float(scene.target[3] - scene.target[1]) / scene.scale)) * scene.scale

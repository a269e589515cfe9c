"""What marks do to words: hold them, run under them or through them, stand before and after them, or beside lines.

Every test gives by how much, in heights of the type (H), a mark is beyond what such a mark may be: at most 0 for one
that fits, `NEVER` for a shape that is another altogether. The limits lie a little beyond those that the generator holds
its marks to; the slow tests of the oracle prove them: none of 10,000 true rows is called wrong, and of a thousand rows
with each fault at least 990 are found.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthink.verify.oracles.boxes import around
from synthink.verify.oracles.gestures.row import Floats, RowScene, crossings, middle, winds_around
from synthink.verify.oracles.gestures.strips import WordStrip
from synthink.verify.oracles.gestures.targets import RowTarget

NEVER = 9.0
BROAD = 0.5  # H: a wider pen is a highlighter
OVER = 0.72  # of the type's height from its top: the mean height of a strike lies above it
UNDER, LOWEST = 0.755, 1.36  # and that of an underline between these
LOWEST_OF_THREE = 1.75  # and the lowest of three lines above this
INITIAL, WIDE_INITIAL = 0.35, 1.0  # H that lines under a first letter may begin off it, and reach
NARROW = 3.0  # times as much is a mark beyond that is too high or too low: strikes and underlines lie near each other
CUT = 0.3  # of a word: so much of it a mark may leave out
# H that a mark of each kind may run along a neighbouring word
RING_REACH, LINE_REACH, LOOP_REACH, BRACKET_REACH = 0.3, 0.5, 1.0, 0.1
CAP = 0.4  # of a broad pen's width: so far its line covers beyond its points
HELD = 0.3  # of a loop's length: at most so much of it runs over its words
CROSSED = 0.08  # of a scratch's length: at least so much of it runs over its words
BEYOND = 0.75  # H beyond the words that a mark may reach: 0.6 beyond their line, which other words make higher
Strokes = Sequence[Floats]


def encloses(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """A loop around the words, or one around each line's."""
    beyond = [-1.0]
    for strip in target.strips:
        xs = np.concatenate([crossings(stroke, strip.eye) for stroke in strokes])
        left, _, right, _ = strip.box
        places = [np.array((left + share * (right - left), strip.eye)) for share in (0.25, 0.5, 0.75)]
        if len(xs) < 2 or not any(winds_around(stroke, place) for stroke in strokes for place in places):
            return NEVER
        beyond.append(along(strip, float(xs.min()), float(xs.max()), RING_REACH))
    beyond.append(_between_lines(strokes, target))
    if _share_over(strokes, target) > HELD or _holds_others(strokes, target, scene):
        return NEVER
    return max(beyond)


def underlines(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """A line, or two, under the words of each line."""
    return _lines(strokes, target, UNDER, LOWEST, 0.85) if scene.width < BROAD * height(target) else NEVER


def underlines_initial(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """Three lines under the first letter of a word, one by one or to and fro."""
    strip, ink = target.strips[0], around(np.concatenate(list(strokes)))
    box, scale = strip.box, strip.height
    passes = sum(int(np.count_nonzero(np.diff(stroke[:, 0] > (ink[0] + ink[2]) / 2))) for stroke in strokes)
    if scene.width > BROAD * scale or passes != 3 or not target.is_complete:
        return NEVER
    return float(
        max(
            NARROW * (UNDER - (ink[1] - box[1]) / scale),
            (ink[3] - box[1]) / scale - LOWEST_OF_THREE,
            abs(ink[0] - box[0]) / scale - INITIAL,
            (ink[2] - box[0]) / scale - WIDE_INITIAL,
            (ink[0] + ink[2] - 2 * box[0]) / (2 * (box[2] - box[0])) - 0.5,
        )
    )


def strikes(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """A line, or two, through the words of each line; waves are high."""
    return _lines(strokes, target, 0.25, OVER, 1.0) if scene.width < 1.2 * BROAD * height(target) else NEVER


def ends_in_loop(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """A line through the words whose end makes a loop over the next word."""
    return _lines(strokes, target, 0.2, OVER, 1.5, LOOP_REACH) if scene.width < BROAD * height(target) else NEVER


def highlights(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """A broad line over the words of each line."""
    wide = scene.width > BROAD * height(target)
    return _lines(strokes, target, 0.25, OVER, 0.85, cap=CAP * scene.width) if wide else NEVER


def scratches(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """Lines to and fro or across over most of the words."""
    beyond = [_between_lines(strokes, target)]
    slender = min(1.0, 2 * max((s.box[2] - s.box[0]) / s.height for s in target.strips))
    if _share_over(strokes, target) < CROSSED * slender or scene.width > 1.2 * BROAD * height(target):
        return NEVER
    for strip, own in _strokes_by_line(strokes, target):
        ink, box = around(np.concatenate(own)), strip.box
        x, y = middle(box)
        scale = strip.height
        wide = min(ink[2], box[2]) - max(ink[0], box[0])
        beyond.append((0.6 * (box[2] - box[0]) - wide) / scale)
        beyond.append(max(ink[0] - x, x - ink[2], ink[1] - y, y - ink[3], ink[1] - strip.base) / scale)
        beyond.append(_overrun(strip, ink[0], ink[2], LINE_REACH))
    return max(beyond) if len(beyond) > 1 else NEVER


def brackets(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """Two brackets or angles, one before the first word, one after the last."""
    if len(strokes) != 2:
        return NEVER
    scale, first, last = height(target), target.strips[0], target.strips[-1]
    opening, closing = around(strokes[0]), around(strokes[1])
    if max(opening[2] - opening[0], closing[2] - closing[0]) > 1.25 * scale:
        return NEVER
    beyond = [
        (abs(opening[0] - first.box[0]) - 0.45 * scale) / scale,
        (abs(closing[2] - last.box[2]) - 0.45 * scale) / scale,
        _overrun(first, opening[0], -np.inf, BRACKET_REACH),
        _overrun(last, np.inf, closing[2], BRACKET_REACH),
        _between_lines(strokes, target),
    ]
    return float(max(beyond))


def stands_beside(strokes: Strokes, target: RowTarget, scene: RowScene) -> float:
    """One upright line next to whole lines."""
    if len(strokes) != 1:
        return NEVER
    ink, scale, box = around(strokes[0]), height(target), scene.target
    if ink[2] - ink[0] > 0.35 * scale + 0.1 * (ink[3] - ink[1]):
        return NEVER
    outside = max(box[0] - ink[2], ink[0] - box[2])
    off = np.abs(ink - box)[[1, 3]][~scene.cut(box)[[1, 3]]].max(initial=0.0)
    return float(max(-outside / scale, off / scale - 0.5))


def _lines(
    strokes: Strokes,
    target: RowTarget,
    low: float,
    high: float,
    flat: float,
    reach: float = LINE_REACH,
    cap: float = 0.0,
) -> float:
    beyond = [-1.0]
    for strip, own in _strokes_by_line(strokes, target):
        if len(own) > 2:
            return NEVER
        for stroke in own:
            ink, scale = around(stroke), strip.height
            inside = stroke[(stroke[:, 0] >= strip.box[0]) & (stroke[:, 0] <= strip.box[2]), 1]
            if not len(inside) or ink[3] - ink[1] > flat * scale or winds_around(stroke, middle(strip.box)):
                return NEVER
            y = (float(inside.mean()) - strip.box[1]) / scale
            beyond += [NARROW * (low - y), NARROW * (y - high), along(strip, ink[0] - cap, ink[2] + cap, reach)]
    return max(beyond) if len(beyond) > 1 else NEVER


def _strokes_by_line(strokes: Strokes, target: RowTarget) -> list[tuple[WordStrip, list[Floats]]]:
    """Each line's strokes, which were drawn one after the other: all have as many. Nothing where they have not."""
    count, rest = divmod(len(strokes), len(target.strips))
    if rest or not count:
        return []
    return [(strip, list(strokes[i * count : (i + 1) * count])) for i, strip in enumerate(target.strips)]


def along(strip: WordStrip, left: float, right: float, reach: float) -> float:
    """The length by which a mark from left to right leaves words out, or takes neighbours in."""
    box, scale = strip.box, strip.height
    length = box[2] - box[0]
    first, last = (part or length for part in (strip.first, strip.last))
    short = max(left - box[0] - CUT * first, box[2] - right - CUT * last)
    wide = (1 - CUT) * length - (min(right, box[2]) - max(left, box[0])) if min(first, last) > 0.9 * length else -scale
    return max(float(max(short, wide)) / scale, _overrun(strip, left, right, reach))


def _overrun(strip: WordStrip, left: float, right: float, reach: float) -> float:
    beyond = [-1.0]
    if strip.before is not None:
        beyond.append((strip.before - left) / strip.height - reach)
    if strip.after is not None:
        beyond.append((right - strip.after) / strip.height - reach)
    return float(max(beyond))


def _between_lines(strokes: Strokes, target: RowTarget) -> float:
    ink, scale = around(np.concatenate(list(strokes))), height(target)
    first, last = target.strips[0].box, target.strips[-1].box
    outside = max(first[1] - ink[1], ink[3] - last[3]) / scale - BEYOND
    return float(max(outside, (ink[1] - first[1]) / scale - 0.45, (last[3] - ink[3]) / scale - 0.6))


def _share_over(strokes: Strokes, target: RowTarget) -> float:
    """Share of the strokes' length that runs over the middle of the words."""
    length, over = 1e-9, 0.0
    for stroke in strokes:
        steps = np.sqrt((np.diff(stroke, axis=0) ** 2).sum(axis=1))
        x, y = ((stroke[1:] + stroke[:-1]) / 2).T
        length += float(steps.sum())
        for strip in target.strips:
            left, top, right, _ = strip.box
            side = min(0.12 * strip.height, 0.1 * (right - left))
            core = (x > left + side) & (x < right - side) & (y > top + 0.33 * strip.height)
            over += float(steps[core & (y < strip.base - 0.08 * strip.height)].sum())
    return over / length


def _holds_others(strokes: Strokes, target: RowTarget, scene: RowScene) -> bool:
    """Whether a loop holds a word that is not meant; short ones beside the words may lie in it."""
    ink = around(np.concatenate(list(strokes)))
    middles = (scene.boxes[:, :2] + scene.boxes[:, 2:]) / 2
    near = ((middles > ink[:2]) & (middles < ink[2:])).all(axis=1)
    for number in np.flatnonzero(near).tolist():
        box = scene.boxes[number]
        short = box[2] - box[0] < 0.75 * height(target)
        known = number in target.words or (short and (number + 1 in target.words or number - 1 in target.words))
        place = middle(box)
        reach = np.array((0.0, 0.3 * (box[3] - box[1])))
        if not known and any(
            all(winds_around(stroke, point) for point in (place - reach, place, place + reach)) for stroke in strokes
        ):
            return True
    return False


def height(target: RowTarget) -> float:
    return target.strips[0].height

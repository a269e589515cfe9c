"""Checks that keep marks apart which look alike. Each gives the reason against strokes that could be mistaken, or None.

Strokes are (N, 2) page pixels on the 1/64 grid; H is the height of the line's type. The reasons are constant texts,
which are counted. Limits lie further out than the variants target, so that few marks are drawn twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthink.draw.geometry import Points, bounds
from synthink.gestures.target import Strip, Target

COVERED = 0.7  # of a word's width that a mark must cover, so that the word is meant
TAKEN = 0.3  # H of a neighbouring word that may lie inside a ring: the narrowest words are not much wider
UNDER = 0.5  # H that a line may run on along a neighbouring word: half a letter and a quarter H
_SHARES = (np.arange(12) / 12)[:, np.newaxis]
CAP = 0.4  # H that a highlighter's stroke reaches beyond its points, where it is half as high as in its middle
THROUGH = 0.5  # H that a ring may run along the small letters of its words
BEYOND = 0.6  # H that a mark may reach into the lines above and below


def encloses(target: Target, strokes: Sequence[Points]) -> str | None:
    """Loops around words must hold every word and no neighbour."""
    for strip in target.strips:
        xs = np.concatenate([_crossings(stroke, strip.baseline - 0.5 * strip.x_height) for stroke in strokes])
        if len(xs) < 2:
            return "the loop misses a line"
        left, right = float(xs.min()), float(xs.max())
        if not _holds(strip, left, right):
            return "the loop cuts a word"
        if _overruns(strip, left, right, TAKEN):
            return "the loop holds a neighbour"
        if _runs_through(strip, strokes):
            return "the loop runs through its words"
    return _between_lines(target, strokes)


def _runs_through(strip: Strip, strokes: Sequence[Points]) -> bool:
    """Whether a stroke goes along the small letters of the words, as a strike does, away from their ends."""
    left, right = strip.box.left + 0.35 * strip.height, strip.box.right - 0.35 * strip.height
    top, bottom = strip.baseline - 0.85 * strip.x_height, strip.baseline - 0.15 * strip.x_height
    for stroke in strokes:
        # Fast pens leave few points: twelve more between each two.
        x, y = (stroke[:-1, np.newaxis] + np.diff(stroke, axis=0)[:, np.newaxis] * _SHARES).reshape(-1, 2).T
        within = x[(x > left) & (x < right) & (y > top) & (y < bottom)]
        if len(within) and float(within.max() - within.min()) > THROUGH * strip.height:
            return True
    return False


def brackets(target: Target, strokes: Sequence[Points]) -> str | None:
    """Brackets and corners must stand right before and right after the words."""
    scale, first, last = target.height, target.strips[0], target.strips[-1]
    opening, closing = bounds(strokes[0]), bounds(strokes[-1])
    if abs(opening.left - first.box.left) > 0.45 * scale or abs(closing.right - last.box.right) > 0.45 * scale:
        return "a bracket is away from its word"
    if _overruns(first, opening.left, -np.inf, 0.1) or _overruns(last, np.inf, closing.right, 0.1):
        return "a bracket stands in a neighbour"
    return _between_lines(target, strokes)


def side_line(target: Target, strokes: Sequence[Points]) -> str | None:
    """A line in the margin must stand beside all of its lines and no other."""
    box, scale = bounds(np.concatenate(strokes)), target.height
    left, right = min(strip.line.left for strip in target.strips), max(strip.line.right for strip in target.strips)
    if not (box.right < left or box.left > right):
        return "the side line runs through words"
    if max(left - box.right, box.left - right) > 1.2 * scale:
        return "the side line is away from its lines"
    off = max(abs(box.top - target.strips[0].line.top), abs(box.bottom - target.strips[-1].line.bottom))
    return "the side line spans other lines" if off > 0.5 * scale else None


def underlines(target: Target, strokes: Sequence[Points]) -> str | None:
    """Lines under words must run below the baseline, above the next line, and under no neighbour."""
    for strip, stroke in _by_strip(target, strokes):
        y = _height_along(strip, stroke)
        if y is None:
            return "the underline misses its words"
        if y < strip.baseline + 0.02 * strip.height:
            return "the underline is a strike"
        if y > strip.baseline + 0.5 * strip.height:
            return "the underline is far below"
        if reason := _along(strip, stroke):
            return reason
    return None


def strikes(target: Target, strokes: Sequence[Points]) -> str | None:
    """Lines through words must run in their middle part, above the baseline."""
    for strip, stroke in _by_strip(target, strokes):
        y = _height_along(strip, stroke)
        if y is None:
            return "the strike misses its words"
        box = strip.box
        if y > min(box.top + 0.75 * box.height, strip.baseline - 0.06 * strip.height):
            return "the strike is an underline"
        if y < box.top + 0.25 * box.height:
            return "the strike is above its words"
        if reason := _along(strip, stroke):
            return reason
    return None


def highlights(target: Target, strokes: Sequence[Points]) -> str | None:
    """Broad lines over words must run like strikes, the pen's round ends included."""
    wider = []
    for strip, stroke in _by_strip(target, strokes):
        first, last = stroke[stroke[:, 0].argmin()], stroke[stroke[:, 0].argmax()]
        cap = np.array((CAP * strip.height, 0.0))
        wider.append(np.concatenate((stroke, [first - cap, last + cap])))
    return strikes(target, wider)


def strikes_with_loop(target: Target, strokes: Sequence[Points]) -> str | None:
    """A strike that ends in a loop must be a strike up to the words' end, where the loop begins."""
    last, box = strokes[-1], target.strips[-1].box
    x = last[:, 0]
    there = x <= box.left if x[0] > box.centre[0] else x >= box.right
    stop = int(there.argmax()) + 1 if there.any() else len(last)
    return strikes(target, [*strokes[:-1], last[:stop]])


def scratches(target: Target, strokes: Sequence[Points]) -> str | None:
    """Zigzags must cover 60 % of the words' width, go through their middle, and cover no neighbour.

    The first two are the tests of US patent 6,938,222.
    """
    for strip, stroke in _by_strip(target, strokes):
        ink, box = bounds(stroke), strip.box
        if min(ink.right, box.right) - max(ink.left, box.left) < 0.6 * box.width:
            return "the scratch covers too little"
        x, y = box.centre
        if not (ink.left < x < ink.right and ink.top < y < ink.bottom and ink.top < strip.baseline):
            return "the scratch misses the middle"
        if _overruns(strip, ink.left, ink.right, UNDER):
            return "the scratch covers a neighbour"
    return _between_lines(target, strokes)


def crosses(target: Target, strokes: Sequence[Points]) -> str | None:
    """Pairs of strokes must make a cross over the words of each line."""
    for strip, one, other in zip(target.strips, strokes[::2], strokes[1::2], strict=True):
        tilts = [_tilt(stroke) for stroke in (one, other)]
        if tilts[0] * tilts[1] >= 0 or min(map(abs, tilts)) < 0.25 * strip.height:
            return "the cross is two strikes"
    return scratches(target, strokes)


def near_gap(target: Target, strokes: Sequence[Points], upwards: bool = True) -> str | None:
    """A caret's tip, its highest place or its lowest, must lie in the gap, near the baseline."""
    points, strip = np.concatenate(strokes), target.strips[0]
    x, y = points[(points[:, 1].argmin if upwards else points[:, 1].argmax)()].tolist()
    scale = strip.height
    if not strip.box.left - 0.15 * scale <= x <= strip.box.right + 0.15 * scale:
        return "the tip is outside its gap"
    if not -0.75 * scale <= y - strip.baseline <= 0.4 * scale:
        return "the tip is away from the baseline"
    return None


def _by_strip(target: Target, strokes: Sequence[Points]) -> list[tuple[Strip, Points]]:
    """Each stroke with its text line; all lines have as many strokes."""
    count = len(strokes) // len(target.strips)
    return [(target.strips[i // count], stroke) for i, stroke in enumerate(strokes[: count * len(target.strips)])]


def _height_along(strip: Strip, stroke: Points) -> float | None:
    """The median y of the part of a stroke that runs along the words; None where none does."""
    x, y = stroke.T
    inside = np.sort(y[(x >= strip.box.left) & (x <= strip.box.right)])
    return float(inside[len(inside) // 2]) if len(inside) else None


def _along(strip: Strip, stroke: Points) -> str | None:
    """A line must run along all of its words and no neighbour."""
    x = stroke[:, 0]
    left, right = float(x.min()), float(x.max())
    if min(right, strip.box.right) - max(left, strip.box.left) < COVERED * strip.box.width or not _holds(
        strip, left, right
    ):
        return "the line leaves a word out"
    return "the line runs along a neighbour" if _overruns(strip, left, right, UNDER) else None


def _holds(strip: Strip, left: float, right: float) -> bool:
    """Whether most of the first and of the last word lies between left and right."""
    box, (first, last) = strip.box, strip.end_widths
    wide_enough = strip.gaps or min(right, box.right) - max(left, box.left) >= COVERED * box.width
    return bool(wide_enough) and left - box.left <= (1 - COVERED) * first and box.right - right <= (1 - COVERED) * last


def _overruns(strip: Strip, left: float, right: float, limit: float) -> bool:
    """Whether a mark from left to right goes into a neighbouring word by more than the limit, in H."""
    limit *= strip.height
    return (strip.before is not None and left < strip.before - limit) or (
        strip.after is not None and right > strip.after + limit
    )


def _between_lines(target: Target, strokes: Sequence[Points]) -> str | None:
    """Ink must keep off the lines above and below, and reach over the height of the lines that are meant."""
    y = np.concatenate(strokes)[:, 1]
    top, bottom = float(y.min()), float(y.max())
    first, last, scale = target.strips[0].line, target.strips[-1].line, target.height
    if top < first.top - BEYOND * scale or bottom > last.bottom + BEYOND * scale:
        return "the mark reaches another line"
    if top > first.top + 0.45 * scale or bottom < last.bottom - 0.6 * scale:
        return "the mark is lower than its words"
    return None


def _crossings(stroke: Points, y: float) -> Points:
    """The x of the places at which the closed line passes the height y."""
    x, off = stroke[:, 0], stroke[:, 1] - y
    below = off >= 0
    rows = (below != np.roll(below, -1)).nonzero()[0]
    nexts = (rows + 1) % len(stroke)
    places: Points = x[rows] + (x[nexts] - x[rows]) * (off[rows] / (off[rows] - off[nexts]))
    return places


def _tilt(stroke: Points) -> float:
    """How much lower the right end is than the left one."""
    one, other = (stroke[0], stroke[-1]) if stroke[0, 0] < stroke[-1, 0] else (stroke[-1], stroke[0])
    return float(other[1] - one[1])

"""Point: an arrow between two words, which change their places."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from synthink.documents.edits.edit import SWAP
from synthink.draw.geometry import Box, Points
from synthink.gestures.kind import GestureKind, Mark, variant
from synthink.gestures.pen_strokes import Place, StrokeSketcher, superellipse
from synthink.gestures.target import Target

SHORTEST = 1.6  # H: a shorter arrow is a blot
SHAFT = 0.4  # H that a shaft may end outside its word
_HALF_TURN = np.radians(np.linspace(180.0, 0.0, 13))


def ends_inside(target: Target, strokes: Sequence[Points]) -> str | None:
    """An arrow must end inside both words: its outermost points, along the line between the words' middles."""
    one, other = _ends(target)
    along = other.centre[0] - one.centre[0], other.centre[1] - one.centre[1]
    points = np.concatenate(strokes)
    way = points[:, 0] * along[0] + points[:, 1] * along[1]
    for box, row in ((one, way.argmin()), (other, way.argmax())):
        x, y = points[row].tolist()
        slack = 0.06 * box.height
        if not (box.left - slack <= x <= box.right + slack and box.top - slack <= y <= box.bottom + slack):
            return "an arrow's end is outside its word"
    if float(way.max() - way.min()) < SHORTEST * one.height * math.hypot(*along):
        return "the arrow is too short"
    if len(strokes) > 2 and not any(
        _near(strokes[0][0], one, SHAFT) and _near(strokes[0][-1], other, SHAFT)
        for one, other in (_ends(target), _ends(target)[::-1])
    ):
        return "the arrow's shaft ends before its word"
    return None


def _near(place: Points, box: Box, slack: float) -> bool:
    """Whether a point lies in a box widened by `slack` heights of it."""
    x, y = float(place[0]), float(place[1])
    off = slack * box.height
    return box.left - off <= x <= box.right + off and box.top - off <= y <= box.bottom + off


def around_both(target: Target, strokes: Sequence[Points]) -> str | None:
    """A lying S must span both words, over the one and under the other, and pass between them."""
    one, other = sorted(_ends(target))
    points = np.concatenate(strokes)
    slack = 0.6 * one.height
    x, y = points.T
    if abs(float(x.min()) - one.left) > slack or abs(float(x.max()) - other.right) > slack:
        return "the S does not span both words"
    # Over the middle of the one word, under the middle of the other, by a third of the type's height or more.
    heights = []
    for box in (one, other):
        off = y[np.abs(x - box.centre[0]) < 0.25 * box.width] - box.centre[1]
        heights.append(float(off.sum()) / len(off) / box.height if len(off) else 0.0)
    return None if min(heights) < -0.33 and max(heights) > 0.33 else "the S does not pass between its words"


class Point(GestureKind):
    """Swap these two words."""

    target_kind = "pair"
    edit = SWAP
    default_order = 9

    @variant(share=0.315, check=ends_inside, family="arrow_in_one")
    def two_headed(self, target: Target, pen: StrokeSketcher) -> Mark:
        """Both heads and the shaft without lifting the pen."""
        one, other = _places(target, pen)
        first, second = _head(target, pen, one, other), _head(target, pen, other, one)
        shaft = pen.line(one, other)
        return Mark([np.concatenate((first, shaft, (second[0], other, second[2])))])

    @variant(share=0.405, check=ends_inside, family="arrow_in_three")
    def shaft_then_heads(self, target: Target, pen: StrokeSketcher) -> Mark:
        one, other = _places(target, pen)
        return Mark([pen.line(one, other), _head(target, pen, one, other), _head(target, pen, other, one)])

    @variant(share=0.18, check=ends_inside, family="arrow_in_two")
    def curved(self, target: Target, pen: StrokeSketcher) -> Mark:
        """A shaft in a bow over the line, with a head at each end; the first one is drawn with the shaft."""
        one, other = _places(target, pen)
        length = math.dist(one, other)
        bulge = pen.uniform(0.16, 0.34) * length
        start, end = (other, one) if pen.left_handed and pen.chance(0.5) else (one, other)
        shaft = _bowed(start, end, bulge)
        size = _size(target, pen, length)
        after, before = (float(shaft[1, 0]), float(shaft[1, 1])), (float(shaft[-2, 0]), float(shaft[-2, 1]))
        first, last = pen.wings(start, after, size), pen.wings(end, before, size)
        tail = np.array((first[0], start, first[1]))
        return Mark([np.concatenate((tail, shaft)), np.array((last[0], end, last[1]))])

    @variant(share=0.10, target_kind="neighbours", check=around_both, family="transposition")
    def transpose(self, target: Target, pen: StrokeSketcher) -> Mark:
        """A lying S around two words side by side: over one of them, down between both, under the other."""
        one, other = sorted(_ends(target))  # from left to right
        scale = one.height
        middle = (one.right + other.left) / 2 + pen.normal(0.0, 0.04) * scale
        high, low = (pen.normal(0.2, 0.08, 0.08) * scale for _ in range(2))
        left, right = one.left - pen.normal(0.08, 0.08) * scale, other.right + pen.normal(0.08, 0.08) * scale
        y, power = (one.top + one.bottom) / 2, pen.uniform(2.2, 3.2)
        over = 1.0 if pen.chance(0.65) else -1.0  # or under the first word, and over the second
        line = np.concatenate(
            (
                _half(left, middle, y, over * (one.height / 2 + high), power),
                _half(middle, right, y, -over * (one.height / 2 + low), power)[1:],
            )
        )
        return Mark([line[::-1] if pen.left_handed and pen.chance(0.5) else line])

    def intended(self, words: list[str], target: Target, text: str) -> list[str]:
        one, other = target.words
        words[one], words[other] = words[other], words[one]
        return words


def _ends(target: Target) -> tuple[Box, Box]:
    """Both words; a pair without boxes is none."""
    if target.ends is None:
        raise ValueError("a target that is a pair needs the boxes of both words")
    return target.ends


def _places(target: Target, pen: StrokeSketcher) -> tuple[Place, Place]:
    """A place in each word, 0.2 of half its box off the middle."""
    places = []
    for box in _ends(target):
        x, y = box.centre
        places.append((x + pen.normal(0.0, 0.1) * box.width, y + pen.normal(0.0, 0.1) * box.height))
    return places[0], places[1]


def _size(target: Target, pen: StrokeSketcher, length: float) -> float:
    """The length of a head's wings: 0.3 to 0.6 H, less on short shafts."""
    return min(pen.uniform(0.3, 0.6) * _ends(target)[0].height, 0.35 * length)


def _head(target: Target, pen: StrokeSketcher, tip: Place, towards: Place) -> Points:
    wings = pen.wings(tip, towards, _size(target, pen, math.dist(tip, towards)))
    return np.array((wings[0], tip, wings[1]))


def _bowed(start: Place, end: Place, bulge: float) -> Points:
    """An arc between two places that rises above them: a parabola with points every 30 degrees or less."""
    (x0, y0), (x1, y1) = start, end
    length = max(math.dist(start, end), 1e-6)
    # The side of the arc's normal that points up; for upright pairs to the right.
    nx, ny = (y1 - y0) / length, -(x1 - x0) / length
    if ny > 0 or (ny == 0 and nx < 0):
        nx, ny = -nx, -ny
    points = []
    for step in range(7):
        share = step / 6
        off = 4 * share * (1 - share) * bulge
        points.append((x0 + (x1 - x0) * share + nx * off, y0 + (y1 - y0) * share + ny * off))
    return np.array(points)


def _half(left: float, right: float, y: float, height: float, power: float) -> Points:
    """Half a superellipse from left to right, above y by the height (below it when negative)."""
    across, down = superellipse((right - left) / 2, abs(height), power, math.copysign(1.0, height) * _HALF_TURN)
    return np.stack(((left + right) / 2 + across, y + down), axis=1)

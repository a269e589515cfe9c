"""Marks around, beside and under words, on one text line or several; lengths are in units of H, the type's height."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from synthink.draw.geometry import Box, Points
from synthink.gestures.pen_strokes import Place, StrokeSketcher
from synthink.gestures.target import Strip, Target


def ring(pen: StrokeSketcher, target: Target) -> list[Points]:
    """A loop around the words; over several lines a lasso that follows them, or one for each where they are apart."""
    if len(target.strips) > 1:
        return lasso(pen, target)
    return [pen.loop(box_around(pen, target.strips[0], cuts=True))]


def lasso(pen: StrokeSketcher, target: Target) -> list[Points]:
    """A loop that follows the words' outline."""
    scale = target.height
    return [
        pen.rounded(
            [place for side in pairwise((*corners, corners[0])) for place in _wandering(pen, *side, scale)], scale
        )
        for corners in outlines(pen, target)
    ]


def rectangle(pen: StrokeSketcher, target: Target) -> list[Points]:
    """A box around the words, with steps over several lines; corners stay corners."""
    return [pen.outline(corners, target.height) for corners in outlines(pen, target)]


def brackets(pen: StrokeSketcher, target: Target) -> list[Points]:
    """`[` before the first word, then `]` after the last."""
    first, last = target.strips[0], target.strips[-1]
    arm = min(pen.uniform(0.14, 0.3) * target.height, 0.4 * first.box.width, 0.4 * last.box.width)
    left, right = _line_x(pen, first, -1), _line_x(pen, last, 1)
    return [pen.bracket(left, *_top_and_bottom(pen, first), arm), pen.bracket(right, *_top_and_bottom(pen, last), -arm)]


def corners(pen: StrokeSketcher, target: Target) -> list[Points]:
    """An angle at the upper left corner of the first word, and one at the lower right corner of the last."""
    arm, first, last = pen.uniform(0.35, 0.6) * target.height, target.strips[0], target.strips[-1]
    (top, _), (_, bottom) = _top_and_bottom(pen, first), _top_and_bottom(pen, last)
    return [
        pen.corner((_line_x(pen, first, -1), top), arm, arm),
        pen.corner((_line_x(pen, last, 1), bottom), -arm * pen.normal(1.0, 0.1), -arm * pen.normal(1.0, 0.1)),
    ]


def side_line(pen: StrokeSketcher, target: Target) -> list[Points]:
    """An upright line close beside whole lines; right of them in three of ten cases."""
    scale = target.height
    off = pen.normal(0.55, 0.15, 0.25) * scale
    left, right = min(strip.line.left for strip in target.strips), max(strip.line.right for strip in target.strips)
    x = right + off if pen.chance(0.3) else left - off
    top = target.strips[0].line.top + pen.normal(0.05, 0.1) * scale
    bottom = target.strips[-1].line.bottom + pen.normal(-0.05, 0.1) * scale
    lean = pen.side * pen.normal(0.03, 0.04) * min(bottom - top, 3 * scale)
    return [pen.line((x + lean / 2, top), (x - lean / 2, bottom), pen.normal(0.0, 0.015))]


def underlines(pen: StrokeSketcher, target: Target) -> list[Points]:
    """One line under the words of each text line."""
    return [pen.level(*line_ends(pen, strip, 0.25), under(pen, strip), target.height) for strip in target.strips]


def under(pen: StrokeSketcher, strip: Strip) -> float:
    """The height at which a line under the words runs."""
    return strip.baseline + pen.normal(0.13, 0.07, 0.06, 0.28) * strip.height


def line_ends(pen: StrokeSketcher, strip: Strip, error: float) -> tuple[float, float]:
    """Left and right end of a line along the words, each off by a deviation of `error` H, but not far under others."""
    scale = strip.height
    first, last = (min(0.25, 0.2 * width / scale) for width in strip.end_widths)
    left = strip.box.left + pen.normal(0.0, error, -1.0, first) * scale
    right = strip.box.right - pen.normal(0.0, error, -1.0, last) * scale
    if strip.before is not None:
        left = max(left, strip.before - 0.2 * scale)
    if strip.after is not None:
        right = min(right, strip.after + 0.2 * scale)
    return left, right


def box_around(pen: StrokeSketcher, strip: Strip, *, cuts: bool = False) -> Box:
    """A box around the words with some room; with `cuts` one end may run through the last letter, or touch the next."""
    scale = strip.height
    left, right = _room(pen, strip, -1), _room(pen, strip, 1)
    off = pen.uniform(0.0, 1.0)
    if cuts and off < 0.27:
        # 12 %: cut up to 0.3 of a letter off; 15 %: touch the neighbour's first letter.
        inside = -min(0.15 * scale, 0.08 * strip.box.width)
        if pen.chance(0.5):
            right = inside if off < 0.12 else _gap(strip, 1, right) + 0.06 * scale
        else:
            left = inside if off < 0.12 else _gap(strip, -1, left) + 0.06 * scale
    (top, bottom), box = _top_and_bottom(pen, strip), strip.box
    return Box(box.left - left, top, box.right + right, bottom)


def outlines(pen: StrokeSketcher, target: Target) -> list[list[Place]]:
    """Corners around all lines' words, counter-clockwise from the top left; apart where lines are apart."""
    boxes = [box_around(pen, strip) for strip in target.strips]
    groups = [[boxes[0]]]
    for above, below in pairwise(boxes):
        together = min(above.right, below.right) - max(above.left, below.left) > 0.5 * target.height
        if together:
            groups[-1].append(below)
        else:
            groups.append([below])
    return [_outline(group, target.height) for group in groups]


def _outline(boxes: Sequence[Box], scale: float) -> list[Place]:
    """Corners around boxes that stand one below the other; steps of less than half a letter are left out."""
    left: list[Place] = [(boxes[0].left, boxes[0].top)]
    right: list[Place] = [(boxes[0].right, boxes[0].top)]
    for above, below in pairwise(boxes):
        y = (above.bottom + below.top) / 2
        for side, one, other in ((left, above.left, below.left), (right, above.right, below.right)):
            if abs(one - other) > 0.25 * scale:
                side += [(one, y), (other, y)]
    left.append((boxes[-1].left, boxes[-1].bottom))
    right.append((boxes[-1].right, boxes[-1].bottom))
    return left + right[::-1]


def _wandering(pen: StrokeSketcher, start: Place, end: Place, scale: float) -> list[Place]:
    """A side's start and some places on the way, a little off, as a hand that follows the words."""
    (x0, y0), (x1, y1) = start, end
    pieces = max(1, min(6, round(abs(x1 - x0) / (2.2 * scale))))
    places = [start]
    for piece in range(1, pieces):
        share = (piece + pen.normal(0.0, 0.12)) / pieces
        places.append((x0 + (x1 - x0) * share, y0 + (y1 - y0) * share + pen.normal(0.0, 0.045) * scale))
    return places


def _top_and_bottom(pen: StrokeSketcher, strip: Strip) -> tuple[float, float]:
    """Top and bottom of a mark around a line's words, in page pixels."""
    scale = strip.height
    top = strip.box.top - pen.normal(0.14, 0.08, 0.02) * scale
    return top, strip.box.bottom + pen.normal(0.12, 0.08, 0.02) * scale


def _gap(strip: Strip, side: int, otherwise: float) -> float:
    """Room to the neighbouring word on a side (-1: left, 1: right)."""
    if side < 0:
        return otherwise if strip.before is None else strip.box.left - strip.before
    return otherwise if strip.after is None else strip.after - strip.box.right


def _room(pen: StrokeSketcher, strip: Strip, side: int) -> float:
    """How far a ring goes beyond the words: a quarter H, but not into the neighbour."""
    room = pen.normal(0.25, 0.15, 0.06) * strip.height
    return min(room, max(_gap(strip, side, room) - 0.02 * strip.height, 0.06 * strip.height))


def _line_x(pen: StrokeSketcher, strip: Strip, side: int) -> float:
    """x of an upright line in the gap beside the words."""
    off = pen.normal(0.11, 0.05, 0.02) * strip.height
    off = min(off, max(0.6 * _gap(strip, side, off), 0.02 * strip.height))
    return strip.box.left - off if side < 0 else strip.box.right + off

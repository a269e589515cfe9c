"""Crop: the part of a picture that is to be kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthink.documents.edits.edit import CROP
from synthink.draw.geometry import Box, Points, bounds
from synthink.gestures.kind import GestureKind, Mark, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target


def frames(target: Target, strokes: Sequence[Points]) -> str | None:
    """Marks that frame what is kept must span that box, and no other part."""
    ink, box = bounds(np.concatenate(strokes)), target.box
    slack = 0.1 * min(box.width, box.height) + 0.15 * target.height
    off = max(abs(one - other) for one, other in zip(ink, box, strict=True))
    return "the frame is away from what is kept" if off > slack else None


def cuts(target: Target, strokes: Sequence[Points]) -> str | None:
    """Lines at the cuts must each run along one edge of what is kept."""
    box, slack = target.box, 0.08 * min(target.box.width, target.box.height) + 0.15 * target.height
    for stroke in strokes:
        ink = bounds(stroke)
        edges, at = (
            ((box.left, box.right), ink.centre[0]) if ink.height > ink.width else ((box.top, box.bottom), ink.centre[1])
        )
        if min(abs(edge - at) for edge in edges) > slack:
            return "a cut is away from what is kept"
    return None


class Crop(GestureKind):
    """Keep this part of the picture."""

    target_kind = "part_of_image"
    edit = CROP
    default_order = 5

    @variant(share=0.35, check=frames, family="frame")
    def rectangle(self, target: Target, pen: StrokeSketcher) -> Mark:
        left, top, right, bottom = target.box
        corners = ((left, top), (left, bottom), (right, bottom), (right, top))
        return Mark([pen.outline(corners, target.height, 3 if pen.left_handed else 0)])

    @variant(share=0.25, check=frames, family="four_corners")
    def four_corners(self, target: Target, pen: StrokeSketcher) -> Mark:
        left, top, right, bottom = target.box
        places = ((left, top, 1, 1), (right, top, -1, 1), (right, bottom, -1, -1), (left, bottom, 1, -1))
        return Mark([_corner(target, pen, *place) for place in places])

    @variant(share=0.15, check=frames, family="two_corners")
    def two_corners(self, target: Target, pen: StrokeSketcher) -> Mark:
        left, top, right, bottom = target.box
        return Mark([_corner(target, pen, left, top, 1, 1), _corner(target, pen, right, bottom, -1, -1)])

    @variant(share=0.15, check=frames, family="frame")
    def ring(self, target: Target, pen: StrokeSketcher) -> Mark:
        slack = 0.04 * min(target.box.width, target.box.height)
        left, top, right, bottom = (edge + pen.normal(0.0, 0.5) * slack for edge in target.box)
        return Mark([pen.loop(Box(left, top, right, bottom))])

    @variant(share=0.10, check=cuts, family="cuts")
    def edge_lines(self, target: Target, pen: StrokeSketcher) -> Mark:
        """A line along each edge at which something is cut off; along all where nothing is known to be."""
        box, image = target.box, target.image_box or target.box
        away = [abs(one - other) > 0.02 * min(box.width, box.height) for one, other in zip(box, image, strict=True)]
        strokes = []
        for number, edge in enumerate(box):
            if away[number] or not any(away):
                strokes.append(_edge(target, pen, edge, upright=number % 2 == 0))
        return Mark(strokes)


def _corner(target: Target, pen: StrokeSketcher, x: float, y: float, across: int, down: int) -> Points:
    """An L at a corner, its arms 8 to 20 % of the sides."""
    box, off = target.box, 0.08 * target.height
    place = x + pen.normal(0.0, 1.0) * off, y + pen.normal(0.0, 1.0) * off
    return pen.corner(place, across * pen.uniform(0.08, 0.2) * box.width, down * pen.uniform(0.08, 0.2) * box.height)


def _edge(target: Target, pen: StrokeSketcher, edge: float, *, upright: bool) -> Points:
    """A line along an edge, a little beyond the corners."""
    box, scale = target.box, target.height
    low, high = (box.top, box.bottom) if upright else (box.left, box.right)
    ends = low - pen.normal(0.3, 0.25) * scale, high + pen.normal(0.3, 0.25) * scale
    if not upright:
        line = pen.line((ends[0], edge), (ends[1], edge), pen.normal(0.0, 0.01))
        return line[::-1] if pen.left_handed and pen.chance(0.5) else line
    lean = pen.side * pen.normal(0.0, 0.01) * (high - low)
    return pen.line((edge + lean, ends[0]), (edge - lean, ends[1]), pen.normal(0.0, 0.01))

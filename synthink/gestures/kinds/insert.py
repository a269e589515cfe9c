"""Insert: words written beside a mark that points into the gap between two words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from synthink.documents.edits.edit import INSERT
from synthink.draw.geometry import Points
from synthink.gestures.ambiguity import near_gap
from synthink.gestures.kind import Anchor, GestureKind, Mark, variant
from synthink.gestures.pen_strokes import Place, StrokeSketcher
from synthink.gestures.target import Target

SIZE = (0.36, 0.55)  # H: an x of the words, which are then 0.7 to 1.2 H high


class Insert(GestureKind):
    """Put the written words here."""

    target_kind = "gap"
    writes = "insert"
    edit = INSERT
    default_order = 1

    @variant(share=0.51, check=near_gap, family="caret")
    def caret(self, target: Target, pen: StrokeSketcher) -> Mark:
        tip = _tip(target, pen)
        one, other = _legs(target, pen, tip, 1.0)
        return Mark([np.array((one, tip, other))], _above(target, tip))

    @variant(share=0.09, check=near_gap, family="caret_in_two")
    def caret_in_two(self, target: Target, pen: StrokeSketcher) -> Mark:
        tip = _tip(target, pen)
        one, other = _legs(target, pen, tip, 1.0)
        off = pen.normal(0.0, 0.04) * target.height, pen.normal(0.03, 0.03) * target.height
        return Mark([np.array((one, tip)), np.array(((tip[0] + off[0], tip[1] + off[1]), other))], _above(target, tip))

    @variant(
        share=0.20, check=lambda target, strokes: near_gap(target, strokes, upwards=False), family="inverted_caret"
    )
    def inverted_caret(self, target: Target, pen: StrokeSketcher) -> Mark:
        tip = _tip(target, pen, -0.28)
        one, other = _legs(target, pen, tip, -1.0)
        return Mark([np.array((one, tip, other))], _above(target, tip))

    @variant(share=0.08, check=lambda target, strokes: through_gap(target, strokes), family="stick")
    def stick(self, target: Target, pen: StrokeSketcher) -> Mark:
        """An upright bar or a slash through the gap, from its top down."""
        x, _ = _tip(target, pen)
        strip = target.strips[0]
        half = pen.uniform(0.45, 0.7) * strip.height
        lean = math.tan(math.radians(pen.side * pen.normal(8.0, 7.0))) * half
        y = strip.baseline - pen.normal(0.3, 0.08) * strip.height
        return Mark([pen.line((x + lean, y - half), (x - lean, y + half))], _above(target, (x, y)))

    @variant(share=0.12, check=near_gap, family="caret+line")
    def caret_with_lead(self, target: Target, pen: StrokeSketcher) -> Mark:
        """A caret; its words stand in the margin or further off, with a line to them."""
        tip = _tip(target, pen)
        one, other = _legs(target, pen, tip, 1.0)
        return Mark([np.array((one, tip, other))], Anchor(tip, ("margin", "right", "above", "below"), "line", SIZE))

    def intended(self, words: list[str], target: Target, text: str) -> list[str]:
        first = target.words[0]
        before_it = target.strips[0].before is None
        words[first] = f"{text} {words[first]}" if before_it else f"{words[first]} {text}"
        return words


def through_gap(target: Target, strokes: Sequence[Points]) -> str | None:
    """A stick must cross the text line in its gap, over most of the type's height."""
    points, strip = np.concatenate(strokes), target.strips[0]
    scale, y = strip.height, points[:, 1]
    band = points[(y > strip.baseline - strip.x_height) & (y < strip.baseline), 0]
    if not len(band) or y.min() > strip.baseline - 0.5 * scale or y.max() < strip.baseline - 0.1 * scale:
        return "the stick does not cross the line"
    x = float(band.sum()) / len(band)
    return (
        None if strip.box.left - 0.15 * scale <= x <= strip.box.right + 0.15 * scale else "the tip is outside its gap"
    )


def _tip(target: Target, pen: StrokeSketcher, height: float = -0.1) -> Place:
    """The caret's tip: within the gap, near the baseline; reaching into the words' band."""
    strip = target.strips[0]
    x = strip.box.centre[0] + pen.normal(0.0, min(0.11 * strip.height, 0.3 * strip.box.width + 0.02 * strip.height))
    return x, strip.baseline + pen.normal(height, 0.15, -0.6, 0.25) * strip.height


def _legs(target: Target, pen: StrokeSketcher, tip: Place, down: float) -> tuple[Place, Place]:
    """Ends of both legs, the one that is drawn first before: the left one, a left-hander's right one."""
    opening, lean = math.radians(pen.uniform(35.0, 80.0)) / 2, math.radians(pen.normal(0.0, 5.0))
    length, uneven = pen.uniform(0.4, 1.0) * target.height, pen.normal(0.0, 0.1, -0.2, 0.2)
    ends = []
    for side in (-pen.side, pen.side):
        leg, angle = length * (1 + side * uneven), side * opening + lean
        ends.append((tip[0] + leg * math.sin(angle), tip[1] + down * leg * math.cos(angle)))
    return ends[0], ends[1]


def _above(target: Target, tip: Place) -> Anchor:
    return Anchor((tip[0], target.strips[0].line.top), ("above", "below", "margin"), "", SIZE)

"""Underline: one line, two, or a wavy one under words."""

from __future__ import annotations

from synthink.gestures import ambiguity, text_marks
from synthink.gestures.kind import GestureKind, Mark, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target


class Underline(GestureKind):
    """A gesture that stresses words by underlining them."""

    highlight_colour = 120, 225, 130
    default_order = 6

    @variant(share=0.65, check=ambiguity.underlines, family="underline")
    def single(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.underlines(pen, target))

    @variant(share=0.15, check=ambiguity.underlines, family="double_underline")
    def double(self, target: Target, pen: StrokeSketcher) -> Mark:
        strokes = []
        for strip in target.strips:
            y, gap = text_marks.under(pen, strip), pen.uniform(0.10, 0.20) * target.height
            for line in (y, y + gap):
                strokes.append(pen.level(*text_marks.line_ends(pen, strip, 0.2), line, target.height, (0.3, 0.6)))
        return Mark(strokes)

    @variant(share=0.20, check=ambiguity.underlines, family="underline")
    def wavy(self, target: Target, pen: StrokeSketcher) -> Mark:
        strokes = []
        for strip in target.strips:
            scale = strip.height
            height, period = 2 * pen.uniform(0.04, 0.10) * scale, pen.uniform(0.25, 0.5) * scale
            left, right = text_marks.line_ends(pen, strip, 0.2)
            wave = pen.wave(left, right, text_marks.under(pen, strip) + 0.4 * height, height, period)
            strokes.append(wave[::-1] if pen.left_handed and pen.chance(0.5) else wave)
        return Mark(strokes)

"""Underline: one line, two, or a wavy one under words."""

from __future__ import annotations

from synthink.gestures import ambiguity as confusable
from synthink.gestures import text_marks as wordmarks
from synthink.gestures.kind import GestureKind, Mark, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target


class Underline(GestureKind):
    """Stress these words."""

    @variant(share=0.65, check=confusable.underlines)
    def single(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.underlines(pen, aim))

    @variant(share=0.15, check=confusable.underlines)
    def double(self, aim: Target, pen: StrokeSketcher) -> Mark:
        strokes = []
        for strip in aim.strips:
            y, gap = wordmarks.under(pen, strip), pen.uniform(0.10, 0.20) * aim.height
            for line in (y, y + gap):
                strokes.append(pen.level(*wordmarks.line_ends(pen, strip, 0.2), line, aim.height, (0.3, 0.6)))
        return Mark(strokes)

    @variant(share=0.20, check=confusable.underlines)
    def wavy(self, aim: Target, pen: StrokeSketcher) -> Mark:
        strokes = []
        for strip in aim.strips:
            scale = strip.height
            height, period = 2 * pen.uniform(0.04, 0.10) * scale, pen.uniform(0.25, 0.5) * scale
            left, right = wordmarks.line_ends(pen, strip, 0.2)
            wave = pen.wave(left, right, wordmarks.under(pen, strip) + 0.4 * height, height, period)
            strokes.append(wave[::-1] if pen.left_handed and pen.chance(0.5) else wave)
        return Mark(strokes)

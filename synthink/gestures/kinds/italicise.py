"""Italicise: a line under words, and `ital` beside it."""

from __future__ import annotations

from synthink.documents.edits.edit import ITALICISE
from synthink.gestures import ambiguity, text_marks
from synthink.gestures.kind import Anchor, GestureKind, Leader, Mark, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target

SIZE = (0.4, 0.6)
NOTES = ("ital", "ital.", "Ital")


class Italicise(GestureKind):
    """Set these words in italics. A line under them alone would stress them."""

    edit = ITALICISE
    highlight_colour = 170, 210, 110

    @variant(share=0.50, writes="sign", check=ambiguity.underlines, family="underline+ring")
    def ringed(self, target: Target, pen: StrokeSketcher) -> Mark:
        return _noted(target, pen, "ring")

    @variant(share=0.25, writes="sign", check=ambiguity.underlines, family="underline+line")
    def line(self, target: Target, pen: StrokeSketcher) -> Mark:
        return _noted(target, pen, "line")

    @variant(share=0.25, writes="sign", check=ambiguity.underlines, family="underline")
    def bare(self, target: Target, pen: StrokeSketcher) -> Mark:
        return _noted(target, pen, "")


def _noted(target: Target, pen: StrokeSketcher, leader: Leader) -> Mark:
    anchor = Anchor(target.box.centre, ("margin", "right", "above", "below"), leader, SIZE, pen.stream.choice(NOTES))
    return Mark(text_marks.underlines(pen, target), anchor)

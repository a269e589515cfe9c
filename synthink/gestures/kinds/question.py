"""Question: a mark at words, and a question mark or a short question beside it."""

from __future__ import annotations

from synthink.gestures import ambiguity, text_marks
from synthink.gestures.kind import Anchor, GestureKind, Mark, Side, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target

MARK = (0.52, 1.0)  # H: an x of the hand whose question mark, 1.75 x high, is 0.9 to 1.8 H high
WORDS = (0.36, 0.55)


class Question(GestureKind):
    """A gesture that asks what is meant here."""

    writes = "question"
    highlight_colour = 110, 190, 255
    default_order = 3

    @variant(share=0.21, writes="mark", check=ambiguity.encloses, family="ring")
    def ring_mark(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.ring(pen, target), _anchor(target, MARK))

    @variant(share=0.16, writes="mark", check=ambiguity.underlines, family="underline")
    def underline_mark(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.underlines(pen, target), _anchor(target, MARK))

    @variant(share=0.08, target_kind="lines", writes="mark", check=ambiguity.side_line, family="side_line")
    def side_line_mark(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.side_line(pen, target), _anchor(target, MARK, ("margin", "left", "right")))

    @variant(share=0.15, writes="mark", check=ambiguity.encloses, family="ring+line")
    def margin_mark(self, target: Target, pen: StrokeSketcher) -> Mark:
        """A ring, and a line from there to a question mark in the margin."""
        anchor = Anchor(target.strips[0].box.centre, ("margin", "right", "left", "above"), "line", MARK)
        return Mark(text_marks.ring(pen, target), anchor)

    @variant(share=0.20, check=ambiguity.encloses, family="ring")
    def ring_text(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.ring(pen, target), _anchor(target, WORDS))

    @variant(share=0.12, check=ambiguity.underlines, family="underline")
    def underline_text(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.underlines(pen, target), _anchor(target, WORDS))

    @variant(share=0.08, target_kind="lines", check=ambiguity.side_line, family="side_line")
    def side_line_text(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.side_line(pen, target), _anchor(target, WORDS, ("margin", "left", "right")))


def _anchor(
    target: Target, size: tuple[float, float], sides: tuple[Side, ...] = ("right", "above", "margin", "below")
) -> Anchor:
    return Anchor(target.strips[-1].box.centre, sides, "", size)

"""Question: a mark at words, and a question mark or a short question beside it."""

from __future__ import annotations

from synthink.gestures import ambiguity as confusable
from synthink.gestures import text_marks as wordmarks
from synthink.gestures.kind import Anchor, GestureKind, Mark, Side, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target

MARK = (0.52, 1.0)  # H: an x of the hand whose question mark, 1.75 x high, is 0.9 to 1.8 H high
WORDS = (0.36, 0.55)


class Question(GestureKind):
    """What is meant here?"""

    writes = "question"

    @variant(share=0.21, writes="mark", check=confusable.encloses)
    def ring_mark(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.ring(pen, aim), _beside(aim, MARK))

    @variant(share=0.16, writes="mark", check=confusable.underlines)
    def underline_mark(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.underlines(pen, aim), _beside(aim, MARK))

    @variant(share=0.08, aims_at="lines", writes="mark", check=confusable.side_line)
    def side_line_mark(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.side_line(pen, aim), _beside(aim, MARK, ("margin", "left", "right")))

    @variant(share=0.15, writes="mark", check=confusable.encloses)
    def margin_mark(self, aim: Target, pen: StrokeSketcher) -> Mark:
        """A ring, and a line from there to a question mark in the margin."""
        anchor = Anchor(aim.strips[0].box.centre, ("margin", "right", "left", "above"), "line", MARK)
        return Mark(wordmarks.ring(pen, aim), anchor)

    @variant(share=0.20, check=confusable.encloses)
    def ring_text(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.ring(pen, aim), _beside(aim, WORDS))

    @variant(share=0.12, check=confusable.underlines)
    def underline_text(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.underlines(pen, aim), _beside(aim, WORDS))

    @variant(share=0.08, aims_at="lines", check=confusable.side_line)
    def side_line_text(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.side_line(pen, aim), _beside(aim, WORDS, ("margin", "left", "right")))


def _beside(
    aim: Target, size: tuple[float, float], sides: tuple[Side, ...] = ("right", "above", "margin", "below")
) -> Anchor:
    return Anchor(aim.strips[-1].box.centre, sides, "", size)

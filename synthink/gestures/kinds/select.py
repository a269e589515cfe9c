"""Select: words or lines that a mark holds."""

from __future__ import annotations

from synthink.gestures import ambiguity as confusable
from synthink.gestures import text_marks as wordmarks
from synthink.gestures.kind import GestureKind, Mark, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target


class Select(GestureKind):
    """These words."""

    @variant(share=0.45, check=confusable.encloses)
    def loop(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.ring(pen, aim))

    @variant(share=0.15, check=confusable.encloses)
    def lasso(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.lasso(pen, aim))

    @variant(share=0.10, check=confusable.encloses)
    def rectangle(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.rectangle(pen, aim))

    @variant(share=0.12, check=confusable.brackets)
    def brackets(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.brackets(pen, aim))

    @variant(share=0.05, check=confusable.brackets)
    def corners(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.corners(pen, aim))

    @variant(share=0.08, aims_at="lines", check=confusable.side_line)
    def side_line(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(wordmarks.side_line(pen, aim))

    @variant(share=0.05, check=confusable.highlights)
    def highlighter(self, aim: Target, pen: StrokeSketcher) -> Mark:
        """One broad pass over the words of each line, whose round ends are over them, too."""
        broad, strokes = pen.uniform(0.7, 1.1) * aim.height, []
        for strip in aim.strips:
            left, right = wordmarks.line_ends(pen, strip, 0.15)
            inset = min(0.4 * broad, 0.45 * (right - left))
            y = strip.box.top + pen.normal(0.5, 0.05) * strip.height
            strokes.append(pen.level(left + inset, right - inset, y, aim.height))
        return Mark(strokes, broad=broad)

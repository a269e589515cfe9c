"""Select: words or lines that a mark holds."""

from __future__ import annotations

from synthink.gestures import ambiguity, text_marks
from synthink.gestures.kind import GestureKind, Mark, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target


class Select(GestureKind):
    """A gesture that selects words."""

    highlight_colour = 255, 222, 60
    default_order = 2

    @variant(share=0.45, check=ambiguity.encloses, family="ring")
    def loop(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.ring(pen, target))

    @variant(share=0.15, check=ambiguity.encloses, family="ring")
    def lasso(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.lasso(pen, target))

    @variant(share=0.10, check=ambiguity.encloses, family="ring")
    def rectangle(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.rectangle(pen, target))

    @variant(share=0.12, check=ambiguity.brackets, family="brackets")
    def brackets(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.brackets(pen, target))

    @variant(share=0.05, check=ambiguity.brackets, family="brackets")
    def corners(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.corners(pen, target))

    @variant(share=0.08, target_kind="lines", check=ambiguity.side_line, family="side_line")
    def side_line(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(text_marks.side_line(pen, target))

    @variant(share=0.05, check=ambiguity.highlights, family="highlighter")
    def highlighter(self, target: Target, pen: StrokeSketcher) -> Mark:
        """One broad pass over the words of each line, whose round ends are over them, too."""
        broad, strokes = pen.uniform(0.7, 1.1) * target.height, []
        for strip in target.strips:
            left, right = text_marks.line_ends(pen, strip, 0.15)
            inset = min(0.4 * broad, 0.45 * (right - left))
            y = strip.box.top + pen.normal(0.5, 0.05) * strip.height
            strokes.append(pen.level(left + inset, right - inset, y, target.height))
        return Mark(strokes, broad=broad)

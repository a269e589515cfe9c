"""Instruct: what to do with words or a picture, written beside a mark, with a line or an arrow to it or without."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from synthink.documents.edits.edit import NO_EDIT
from synthink.draw.geometry import Box, Points, bounds
from synthink.gestures import ambiguity, text_marks
from synthink.gestures.kind import Anchor, Check, Draw, GestureKind, Leader, Mark, TargetKind, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target

SIZE = (0.36, 0.55)
LARGE = (0.5, 0.9)  # beside a picture there are no lines to write between
_LEADERS: tuple[tuple[Leader, float], ...] = (("", 0.55), ("line", 0.20), ("arrow", 0.25))
_Draw = Callable[[StrokeSketcher, Target], list[Points]]
_MARKS: tuple[tuple[str, float, _Draw, TargetKind | None, Check], ...] = (
    ("ring", 0.40, text_marks.ring, None, ambiguity.encloses),
    ("brackets", 0.20, text_marks.brackets, None, ambiguity.brackets),
    ("side_line", 0.20, text_marks.side_line, "lines", ambiguity.side_line),
    ("underline", 0.20, text_marks.underlines, None, ambiguity.underlines),
)


class InstructText(GestureKind):
    """Do what is written with these words: a mark with each kind of lead, `ring`, `ring_line`, `ring_arrow` ..."""

    writes = "instruct_text"
    highlight_colour = 255, 150, 215
    default_order = 7


def _drawing(marks: _Draw, leader: Leader) -> Draw:
    def draw(self: GestureKind, target: Target, pen: StrokeSketcher) -> Mark:
        anchor = Anchor(target.box.centre, ("margin", "above", "below", "right", "left"), leader, SIZE)
        return Mark(marks(pen, target), anchor)

    return draw


def _add_variants() -> None:
    for name, share, marks, target_kind, check in _MARKS:
        for leader, part in _LEADERS:
            suffix, family = (f"_{leader}", f"{name}+{leader}") if leader else ("", name)
            add = InstructText.variant(
                share * part, name=name + suffix, target_kind=target_kind, check=check, family=family
            )
            add(_drawing(marks, leader))


_add_variants()


class InstructImage(GestureKind):
    """Do what is written with this picture."""

    target_kind = "image"
    writes = "instruct_image"
    edit = NO_EDIT
    default_order = 8

    @variant(share=0.30, family="image_ring")
    def ring(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(_ring(target, pen), _anchor(target, ""))

    @variant(share=0.10, family="image_ring+line")
    def ring_line(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(_ring(target, pen), _anchor(target, "line"))

    @variant(share=0.12, family="image_ring+arrow")
    def ring_arrow(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(_ring(target, pen), _anchor(target, "arrow"))

    @variant(share=0.15, family="writing_alone+arrow")
    def arrow(self, target: Target, pen: StrokeSketcher) -> Mark:
        """Nothing but an arrow from the words into the picture."""
        return Mark([], _anchor(target, "arrow"))

    @variant(share=0.08, family="writing_alone+line")
    def line(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark([], _anchor(target, "line"))

    @variant(share=0.25, family="writing_alone")
    def bare(self, target: Target, pen: StrokeSketcher) -> Mark:
        """Words on the picture alone."""
        return Mark([], Anchor(target.box.centre, ("inside",), "", LARGE))

    def refusal(self, target: Target, strokes: Sequence[Points]) -> str | None:
        if not len(strokes):
            return None
        ink, box = bounds(strokes[0]), target.box
        slack = 0.12 * min(box.width, box.height) + 0.5 * target.height
        off = max(abs(one - other) for one, other in zip(ink, box, strict=True))
        return "the ring is away from its image" if off > slack else None


def _ring(target: Target, pen: StrokeSketcher) -> list[Points]:
    """A loop along the picture's border, a little outside or inside."""
    box, scale = target.box, min(target.height, 0.1 * min(target.box.width, target.box.height) + 2.0)
    left, top, right, bottom = (pen.normal(0.15, 0.3, -0.5) * scale for _ in range(4))
    return [pen.loop(Box(box.left - left, box.top - top, box.right + right, box.bottom + bottom))]


def _anchor(target: Target, leader: Leader) -> Anchor:
    return Anchor(target.box.centre, ("right", "below", "above", "left", "margin"), leader, LARGE)

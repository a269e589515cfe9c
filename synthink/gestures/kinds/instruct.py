"""Instruct: what to do with words or a picture, written beside a mark, with a line or an arrow to it or without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from synthink.draw.geometry import Box, Points, bounds
from synthink.gestures import ambiguity as confusable
from synthink.gestures import text_marks as wordmarks
from synthink.gestures.kind import AimKind, Anchor, Check, Draw, GestureKind, Mark, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target

SIZE = (0.36, 0.55)
LARGE = (0.5, 0.9)  # beside a picture there are no lines to write between
Lead = Literal["", "line", "arrow"]
_LEADS: tuple[tuple[Lead, float], ...] = (("", 0.55), ("line", 0.20), ("arrow", 0.25))
_MARKS: tuple[tuple[str, float, Callable[[StrokeSketcher, Target], list[Points]], AimKind | None, Check], ...] = (
    ("ring", 0.40, wordmarks.ring, None, confusable.encloses),
    ("brackets", 0.20, wordmarks.brackets, None, confusable.brackets),
    ("side_line", 0.20, wordmarks.side_line, "lines", confusable.side_line),
    ("underline", 0.20, wordmarks.underlines, None, confusable.underlines),
)


class InstructText(GestureKind):
    """Do what is written with these words: a mark with each kind of lead, `ring`, `ring_line`, `ring_arrow` ..."""

    writes = "instruct_text"


def _drawing(marks: Callable[[StrokeSketcher, Target], list[Points]], lead: Lead) -> Draw:
    def draw(self: GestureKind, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(marks(pen, aim), Anchor(aim.box.centre, ("margin", "above", "below", "right", "left"), lead, SIZE))

    return draw


for _name, _share, _marks, _aims_at, _check in _MARKS:
    for _lead, _part in _LEADS:
        InstructText.variant(_share * _part, name=f"{_name}_{_lead}".rstrip("_"), aims_at=_aims_at, check=_check)(
            _drawing(_marks, _lead)
        )


class InstructImage(GestureKind):
    """Do what is written with this picture."""

    aims_at = "image"
    writes = "instruct_image"

    @variant(share=0.30)
    def ring(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(_ring(aim, pen), _beside(aim, ""))

    @variant(share=0.10)
    def ring_line(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(_ring(aim, pen), _beside(aim, "line"))

    @variant(share=0.12)
    def ring_arrow(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark(_ring(aim, pen), _beside(aim, "arrow"))

    @variant(share=0.15)
    def arrow(self, aim: Target, pen: StrokeSketcher) -> Mark:
        """Nothing but an arrow from the words into the picture."""
        return Mark([], _beside(aim, "arrow"))

    @variant(share=0.08)
    def line(self, aim: Target, pen: StrokeSketcher) -> Mark:
        return Mark([], _beside(aim, "line"))

    @variant(share=0.25)
    def bare(self, aim: Target, pen: StrokeSketcher) -> Mark:
        """Words on the picture alone."""
        return Mark([], Anchor(aim.box.centre, ("inside",), "", LARGE))

    def refusal(self, aim: Target, strokes: Sequence[Points]) -> str | None:
        if not len(strokes):
            return None
        ink, box = bounds(strokes[0]), aim.box
        slack = 0.12 * min(box.width, box.height) + 0.5 * aim.height
        off = max(abs(one - other) for one, other in zip(ink, box, strict=True))
        return "the ring is away from its image" if off > slack else None


def _ring(aim: Target, pen: StrokeSketcher) -> list[Points]:
    """A loop along the picture's border, a little outside or inside."""
    box, scale = aim.box, min(aim.height, 0.1 * min(aim.box.width, aim.box.height) + 2.0)
    left, top, right, bottom = (pen.normal(0.15, 0.3, -0.5) * scale for _ in range(4))
    return [pen.loop(Box(box.left - left, box.top - top, box.right + right, box.bottom + bottom))]


def _beside(aim: Target, lead: Lead) -> Anchor:
    return Anchor(aim.box.centre, ("right", "below", "above", "left", "margin"), lead, LARGE)

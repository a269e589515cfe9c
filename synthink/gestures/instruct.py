"""Instruct: what to do with words or a picture, written beside a mark, with a line or an arrow to it or without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from synthink.geometry import Box, Points, bounds
from synthink.gestures import confusable, wordmarks
from synthink.gestures.aim import Aim
from synthink.gestures.kind import AimKind, Anchor, Check, Draw, GestureKind, Mark, variant
from synthink.gestures.markpen import MarkPen

SIZE = (0.36, 0.55)
LARGE = (0.5, 0.9)  # beside a picture there are no lines to write between
Lead = Literal["", "line", "arrow"]
_LEADS: tuple[tuple[Lead, float], ...] = (("", 0.55), ("line", 0.20), ("arrow", 0.25))
_MARKS: tuple[tuple[str, float, Callable[[MarkPen, Aim], list[Points]], AimKind | None, Check], ...] = (
    ("ring", 0.40, wordmarks.ring, None, confusable.encloses),
    ("brackets", 0.20, wordmarks.brackets, None, confusable.brackets),
    ("side_line", 0.20, wordmarks.side_line, "lines", confusable.side_line),
    ("underline", 0.20, wordmarks.underlines, None, confusable.underlines),
)


class InstructText(GestureKind):
    """Do what is written with these words: a mark with each kind of lead, `ring`, `ring_line`, `ring_arrow` ..."""

    writes = "instruct_text"


def _drawing(marks: Callable[[MarkPen, Aim], list[Points]], lead: Lead) -> Draw:
    def draw(self: GestureKind, aim: Aim, pen: MarkPen) -> Mark:
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
    def ring(self, aim: Aim, pen: MarkPen) -> Mark:
        return Mark(_ring(aim, pen), _beside(aim, ""))

    @variant(share=0.10)
    def ring_line(self, aim: Aim, pen: MarkPen) -> Mark:
        return Mark(_ring(aim, pen), _beside(aim, "line"))

    @variant(share=0.12)
    def ring_arrow(self, aim: Aim, pen: MarkPen) -> Mark:
        return Mark(_ring(aim, pen), _beside(aim, "arrow"))

    @variant(share=0.15)
    def arrow(self, aim: Aim, pen: MarkPen) -> Mark:
        """Nothing but an arrow from the words into the picture."""
        return Mark([], _beside(aim, "arrow"))

    @variant(share=0.08)
    def line(self, aim: Aim, pen: MarkPen) -> Mark:
        return Mark([], _beside(aim, "line"))

    @variant(share=0.25)
    def bare(self, aim: Aim, pen: MarkPen) -> Mark:
        """Words on the picture alone."""
        return Mark([], Anchor(aim.box.centre, ("inside",), "", LARGE))

    def refusal(self, aim: Aim, strokes: Sequence[Points]) -> str | None:
        if not len(strokes):
            return None
        ink, box = bounds(strokes[0]), aim.box
        slack = 0.12 * min(box.width, box.height) + 0.5 * aim.height
        off = max(abs(one - other) for one, other in zip(ink, box, strict=True))
        return "the ring is away from its image" if off > slack else None


def _ring(aim: Aim, pen: MarkPen) -> list[Points]:
    """A loop along the picture's border, a little outside or inside."""
    box, scale = aim.box, min(aim.height, 0.1 * min(aim.box.width, aim.box.height) + 2.0)
    left, top, right, bottom = (pen.normal(0.15, 0.3, -0.5) * scale for _ in range(4))
    return [pen.loop(Box(box.left - left, box.top - top, box.right + right, box.bottom + bottom))]


def _beside(aim: Aim, lead: Lead) -> Anchor:
    return Anchor(aim.box.centre, ("right", "below", "above", "left", "margin"), lead, LARGE)

"""The marks of `circled_letters`: rings around letters, and lines and rings that distract from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Literal

from synthink import Between, Box, Generator, NotEmpty, Stream
from synthink.draw import Colours, TextLine
from synthink.ink import LOOPS, Ring, level_line

from .word import RINGS, PenMark, RingShape

PEN_EM, LINE_EM = (0.04, 0.09), (0.035, 0.07)  # width of the pen that draws rings, and of the one that draws lines
FINEST_PX = 1.0  # a pen is no finer

Pixels = Annotated[tuple[float, float], Between(0.5, 4096)]


class MarkOptions(Generator):
    """The looks of marks."""

    mark_shapes: Annotated[tuple[RingShape, ...], NotEmpty()] = RINGS
    """The shapes of the ring: an ellipse, a superellipse, or a loop as a hand draws it."""
    mark_scale: Annotated[tuple[float, float], Between(1, 4)] = (1.3, 1.5)
    """The ring's radii over half the width and height of the letter's box."""
    mark_slimness: Annotated[float, Between(0, 1)] = 0.5
    """The least ratio of the shorter radius to the longer one: nobody circles an l with a needle."""
    mark_line_width_px: Pixels | None = None
    """The width of the ring's line, in pixels; None: 4 % to 9 % of the word's em, at least 1 px."""
    mark_offset: Annotated[tuple[float, float], Between(-0.5, 0.5)] = (-0.06, 0.06)
    """The shift of the ring against its letter, as a share of the letter's box."""
    mark_colours: Colours = ("red", "blue", "green", "orange", "purple", "magenta")
    """The colours of the ring."""
    mark_opacity: Annotated[tuple[float, float], Between(0.2, 1)] = (0.8, 1.0)
    """The opacity of the ring."""
    distractors: tuple[Literal["underline", "strike", "circle"], ...] = ()
    """Marks in other colours than the ring; where there is a second circle, the prompt names the ring's colour."""
    distractor_chance: Annotated[float, Between(0, 1)] = 0.5
    """The probability of each distractor in a row."""

    def ring(self, pen: Stream, letter: Box, scale: float) -> Ring:
        """A ring around the letter, in em."""
        width, height = letter.width * scale, letter.height * scale
        slimmest = self.mark_slimness * max(width, height)
        radii = max(width, slimmest) / 2, max(height, slimmest) / 2
        x, y = letter.centre
        centre = x + pen.within(self.mark_offset) * letter.width, y + pen.within(self.mark_offset) * letter.height
        shape = pen.choice(self.mark_shapes)
        if shape == "ellipse":
            return Ring(shape, centre, radii, rotation_deg=pen.uniform(-8, 8))
        if shape == "superellipse":
            return Ring(shape, centre, radii, exponent=pen.uniform(2.2, 3.6))
        return Ring(
            shape,
            centre,
            (radii[0] * 1.05, radii[1] * 1.05),
            rotation_deg=pen.uniform(-15, 15),
            loop=pen.integers(0, LOOPS),
        )

    def mark(self, pen: Stream, ring: Ring, colour: str) -> PenMark:
        """The ring as a line of the pen."""
        width = pen.within(self.mark_line_width_px or PEN_EM)
        widths = (0.0, width) if self.mark_line_width_px else (width, FINEST_PX)
        return PenMark(ring.shape, ring.line(), ring.shape != "loop", *widths, colour, pen.within(self.mark_opacity))

    def other_marks(self, pen: Stream, line: TextLine, rings: Collection[int], colours: Sequence[str]) -> list[PenMark]:
        """Distractors: lines and a second circle, in one of the colours. rings: the letters that are circled."""
        marks: list[PenMark] = []
        for kind in self.distractors:
            if not colours or not pen.chance(self.distractor_chance):
                continue
            colour = pen.choice(colours)
            box = line.box
            if kind == "circle":
                others = [i for i in range(len(line.text)) if i not in rings]
                if others:
                    ring = self.ring(pen, line.glyph_box(pen.choice(others)), pen.within(self.mark_scale))
                    marks.append(self.mark(pen, ring, colour))
                continue
            y = box.bottom + pen.uniform(0.05, 0.15) if kind == "underline" else box.centre[1] + pen.uniform(-0.05, 0.1)
            stroke = level_line(box.left, box.right, y, pen.uniform(-0.04, 0.04), pen.uniform(-0.03, 0.03))
            marks.append(PenMark(kind, stroke, False, pen.within(LINE_EM), FINEST_PX, colour, 1.0))
        return marks

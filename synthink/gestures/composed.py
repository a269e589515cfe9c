"""A gesture as it was drawn, who draws it, and the square around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from synthink.documents.page.model import Page
from synthink.documents.page.picture import Square
from synthink.draw.geometry import Box, around
from synthink.gestures.fit_mark import OwnMarks
from synthink.gestures.kind import GestureKind, Variant
from synthink.gestures.target import Target
from synthink.ink.handwriting.device import Device
from synthink.ink.handwriting.writer import Writer
from synthink.ink.model import Ink
from synthink.ink.operations import bounding_box
from synthink.streams import Stream


@dataclass(frozen=True, eq=False)
class Composed:
    """A gesture as it was drawn, in page pixels."""

    page: Page
    kind: GestureKind
    variant: Variant
    target: Target
    ink: Ink
    writer: Writer
    text: str = ""
    """The handwritten text; empty where nothing is written."""
    note: str | None = None
    """The text where it is one of the split's notes; None for a question mark and for a text of the variant's own."""
    text_box: Box | None = None
    """The box around the handwriting."""
    x_height: float = 0.0
    """The height of a small x of the handwriting."""
    broad: float = 0.0
    """The width of a highlighter; 0 for the writer's own pen."""
    own_mark: Ink | None = None
    """The own ink that the mark is, as it was read; None for a mark that the writer draws."""

    @cached_property
    def ink_box(self) -> Box:
        """The box around the points of the ink."""
        return bounding_box(self.ink)

    def inked_box(self, width: float) -> Box:
        """The box around all that the ink covers, drawn with a pen of that width unless a highlighter draws it."""
        return self.ink_box.grown((self.broad or width) / 2)


@dataclass(frozen=True, slots=True)
class Drawer:
    """The writer who draws a gesture, and the device that records the pen."""

    writer: Writer
    device: Device
    stream: Stream
    """The random stream of the hand's movement."""
    text_first: float = 0.23
    """The share of gestures whose handwriting comes before the mark."""
    width: float = 0.0
    """The width of the pen in page pixels: handwriting is so large that its letters stay open."""
    min_x_height: float = 0.0
    """The least height of a small x of handwriting, in page pixels."""
    max_letters: int = 28
    """The most letters of what is written beside a mark."""
    own_marks: OwnMarks | None = None
    """Own ink of the class, of which one is laid over each sketch; None where the writer draws the marks."""


class InkSquare(NamedTuple):
    """The square around the ink that is shown: its margin in page pixels, and where the ink stands in it."""

    margin: float
    at: tuple[float, float] = (0.5, 0.5)
    with_target: bool = False
    """Whether the square holds all of the target, too."""

    def around(self, ink: Box, target: Box | None = None) -> Square:
        """The square around ink in a box that is about a target in another; None where the target is not known."""
        return Square.around(
            around((ink, target)) if target is not None and self.with_target else ink, self.margin, self.at
        )

"""What stands on a synthetic page: shapes and pictures in the order in which they cover each other, and text over them.

All lengths are points, y from the page's top edge downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthink.documents.page.tiles import Pixels
from synthink.documents.synthetic.font import PageFont

Colour = tuple[float, float, float]
"""Red, green and blue, 0..1."""
Point = tuple[float, float]
BLACK: Colour = (0.0, 0.0, 0.0)
_REACH = 0.4472  # of the radius: how far a quarter circle's control points stand from the corner


@dataclass(frozen=True, slots=True)
class Shape:
    """A path that is filled, or drawn along. parts: (x, y) for a straight piece, (x0, y0, x1, y1, x, y) for a curve;
    the first is the start."""

    parts: Sequence[tuple[float, ...]]
    fill: Colour | None
    stroke: Colour | None
    weight: float = 1.0
    round_ends: bool = False


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture and the rectangle that it fills."""

    pixels: Pixels
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """Words of one line with blanks between them. x, y: where the first one begins, on the baseline. stretch: what
    blanks are wider than the font's."""

    text: str
    font: PageFont
    size: float
    x: float
    y: float
    stretch: float
    colour: Colour


class Canvas:
    """A page that is drawn on."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.drawings: list[Shape | PlacedPicture] = []
        self.lines: list[TextLine] = []

    def text(self, line: TextLine) -> None:
        """Print a line."""
        self.lines.append(line)

    def picture(self, pixels: Pixels, left: float, top: float, width: float, height: float) -> None:
        """Lay a picture, (H, W, 3), into a rectangle."""
        self.drawings.append(PlacedPicture(pixels, left, top, width, height))

    def line(
        self, x0: float, y0: float, x1: float, y1: float, *, colour: Colour, weight: float, round_ends: bool = False
    ) -> None:
        """A straight rule."""
        self.drawings.append(Shape(((x0, y0), (x1, y1)), None, colour, weight, round_ends))

    def rect(
        self, left: float, top: float, width: float, height: float, *, fill: Colour | None = None,
        stroke: Colour | None = None, weight: float = 1.0,
    ) -> None:  # fmt: skip
        """A rectangle."""
        right, bottom = left + width, top + height
        corners = (left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)
        self.drawings.append(Shape(corners, fill, stroke, weight))

    def circle(self, x: float, y: float, radius: float, *, fill: Colour) -> None:
        """A full circle."""
        self.round_rect(x - radius, y - radius, 2 * radius, 2 * radius, radius, fill=fill)

    def round_rect(self, left: float, top: float, width: float, height: float, radius: float, *, fill: Colour) -> None:
        """A full rectangle with round corners."""
        right, bottom, reach = left + width, top + height, _REACH * radius
        parts: list[tuple[float, ...]] = [(left + radius, bottom), (right - radius, bottom)]
        parts += [(right - reach, bottom, right, bottom - reach, right, bottom - radius), (right, top + radius)]
        parts += [(right, top + reach, right - reach, top, right - radius, top), (left + radius, top)]
        parts += [(left + reach, top, left, top + reach, left, top + radius), (left, bottom - radius)]
        parts += [(left, bottom - reach, left + reach, bottom, left + radius, bottom)]
        self.drawings.append(Shape(parts, fill, None))

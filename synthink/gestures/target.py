"""What a gesture is about: words, the gap between two words, an image or a part of it, a pair of words.

H, the height of a line's type from ascender to descender, is the unit of nearly all lengths in this folder: people draw
marks as large as the print. A constant or a docstring that names H means the H of the target's first line.
"""

from __future__ import annotations

from dataclasses import dataclass

from synthink.draw.geometry import Box

X_HEIGHT = 0.48  # H: the height of a small x in common type, by which a hand goes


@dataclass(frozen=True, slots=True)
class Strip:
    """The part of one text line that a gesture is about, in page pixels."""

    box: Box
    """The box around the words that are meant, as high as the line's type."""
    line: Box
    """The box around the whole text line."""
    baseline: float
    """The height at which the letters stand."""
    before: float | None
    """The right edge of the word before, in the same line; None at the line's start."""
    after: float | None
    """The left edge of the word after, in the same line; None at the line's end."""
    gaps: tuple[float, ...] = ()
    """The middle of each gap between the words that are meant, from left to right."""

    @property
    def height(self) -> float:
        """H: the height of the line's type, from ascender to descender."""
        return self.line.height

    @property
    def end_widths(self) -> tuple[float, float]:
        """The widths of the first and of the last word that is meant, half a gap included."""
        if not self.gaps:
            return self.box.width, self.box.width
        return self.gaps[0] - self.box.left, self.box.right - self.gaps[-1]

    @property
    def x_height(self) -> float:
        """The height of a small x, as in common type."""
        return X_HEIGHT * self.line.height


@dataclass(frozen=True, slots=True)
class Target:
    """The target of one gesture, chosen from boxes alone, in page pixels."""

    box: Box
    """The box that the label names: that around the words, or that of the gap, of the image, of the part to keep."""
    words: tuple[int, ...] = ()
    """The numbers of the words on the page; of a gap the words at its ends, as far as they stand in its line."""
    strips: tuple[Strip, ...] = ()
    """One for each text line that is touched, from top to bottom. A gap has one, with the gap as its box; an image has
    none."""
    image: int | None = None
    """The number of the image on the page."""
    image_box: Box | None = None
    """The box of the whole image."""
    ends: tuple[Box, Box] | None = None
    """The boxes of both words of a pair: the upper one first, of two in a line the left one."""
    column: tuple[float, float] = (0.0, 0.0)
    """The left and the right edge of the column of text around, for marks in the margin."""

    @property
    def height(self) -> float:
        """The scale of marks: H of the first line, or a fitting height beside an image."""
        if self.strips:
            return self.strips[0].height
        return min(24.0, max(10.0, 0.08 * self.box.height))

    def share_inside(self, other: Box) -> float:
        """The share of the target's area that lies in a box; for a pair the smaller share of its two words."""
        return min(_shared(box, other) / (box.width * box.height) for box in self.ends or (self.box,))


def _shared(one: Box, other: Box) -> float:
    """The area that two boxes have in common."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(across, 0.0) * max(down, 0.0)

"""What a gesture is aimed at: words, the gap between two words, an image or a part of it, a pair of words."""

from __future__ import annotations

from dataclasses import dataclass

from synthink.draw.geometry import Box

X_HEIGHT = 0.48  # of a line's height, in common type: the unit that a hand goes by


@dataclass(frozen=True, slots=True)
class Strip:
    """The part of one text line that a gesture is aimed at, in page pixels."""

    box: Box
    """Around the words that are meant, with the height of the line's type."""
    line: Box
    """The whole text line."""
    baseline: float
    before: float | None
    """Right edge of the word before, in the same line; None at the line's start."""
    after: float | None
    """Left edge of the word after; None at the line's end."""
    gaps: tuple[float, ...] = ()
    """Middle of each gap between the words that are meant, from left to right."""

    @property
    def height(self) -> float:
        """H: the height of the line's type, ascender to descender."""
        return self.line.height

    @property
    def end_widths(self) -> tuple[float, float]:
        """Widths of the first and of the last word that is meant, half a gap included."""
        if not self.gaps:
            return self.box.width, self.box.width
        return self.gaps[0] - self.box.left, self.box.right - self.gaps[-1]

    @property
    def x_height(self) -> float:
        return X_HEIGHT * self.line.height


@dataclass(frozen=True, slots=True)
class Target:
    """What one gesture means, chosen from boxes alone, in page pixels.

    box: what the label says: around the words, of the gap, the image, the part to keep. words: their numbers on the
    page. strips: one for each text line that is touched, from top to bottom; of a gap the line it lies in, with the
    gap as its box; empty for images. image: number and box of the image. ends: of a pair of words, both boxes, the
    upper (then the left) one first. column: left and right edge of the text around, for marks in the margin.
    """

    box: Box
    words: tuple[int, ...] = ()
    strips: tuple[Strip, ...] = ()
    image: int | None = None
    image_box: Box | None = None
    ends: tuple[Box, Box] | None = None
    column: tuple[float, float] = (0.0, 0.0)

    @property
    def height(self) -> float:
        """The scale of marks: H of the first line, or a fitting height beside an image."""
        if self.strips:
            return self.strips[0].height
        return min(24.0, max(10.0, 0.08 * self.box.height))

    def share_inside(self, other: Box) -> float:
        """The share of the target's area that lies in a box; of a pair the smaller one."""
        return min(_shared(box, other) / (box.width * box.height) for box in self.ends or (self.box,))


def _shared(one: Box, other: Box) -> float:
    """The area that two boxes have in common."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(across, 0.0) * max(down, 0.0)

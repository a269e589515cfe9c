"""What is poured into the frames of a sheet: paragraphs, tables and pictures, each of which knows its own height.

All lengths are points, y from the page's top edge downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from synthink.documents.page.tiles import Pixels
from synthink.documents.synthetic.canvas import BLACK, Canvas, Colour, TextLine
from synthink.documents.synthetic.font import PageFont

Align = Literal["left", "centre", "right", "justified"]
Line = tuple[float, list[str]]
"""The width that a line leaves free (below 0 where its blanks are made narrower), and its words."""

_NARROWER = 0.05  # of a blank by which it may be made narrower, so that one more word fits
_EVEN = 1e-8
_PADDING = 6.0, 3.0  # of a table's cells, to the sides and above and below
_GREY, _PALE = (0.6, 0.6, 0.6), (0.92, 0.92, 0.92)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a paragraph is set. indent, hanging: of the first and of the other lines."""

    font: PageFont
    size: float
    leading: float
    align: Align
    space_after: float
    indent: float = 0.0
    hanging: float = 0.0
    colour: Colour = BLACK


class Flowable:
    """Something with a height that stands in a column."""

    space_after = 0.0

    def height(self, width: float) -> float:
        """The height in a column of that width."""
        raise NotImplementedError

    def draw(self, canvas: Canvas, left: float, top: float, width: float) -> None:
        """Draw it in a column of that width."""
        raise NotImplementedError

    def split(self, width: float, room: float) -> tuple[Flowable, Flowable] | None:
        """The part that has room, and the rest; None where it is kept together."""
        return None


@dataclass
class Paragraph(Flowable):
    """Words in lines. bullet: whether a bullet is drawn before the first one: faces need not have one. is_cut: whether
    the paragraph goes on elsewhere, so that its last line is a full one."""

    words: Sequence[str]
    style: Style
    bullet: bool = False
    is_cut: bool = False
    _lines: dict[float, list[Line]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.space_after = self.style.space_after

    def lines(self, width: float) -> list[Line]:
        """The lines in a column of that width."""
        if width not in self._lines:
            style = self.style
            self._lines[width] = broken(self.words, style.font, style.size, width - style.indent, width - style.hanging)
        return self._lines[width]

    def height(self, width: float) -> float:
        return len(self.lines(width)) * self.style.leading

    def split(self, width: float, room: float) -> tuple[Flowable, Flowable] | None:
        """Both parts have lines; the first at least two."""
        lines, count = self.lines(width), int(room / self.style.leading)
        if not 1 < count < len(lines):
            return None
        upper, lower = ([word for _, words in part for word in words] for part in (lines[:count], lines[count:]))
        style = replace(self.style, indent=self.style.hanging)
        return replace(self, words=upper, is_cut=True), replace(self, words=lower, style=style)

    def draw(self, canvas: Canvas, left: float, top: float, width: float) -> None:
        style, lines = self.style, self.lines(width)
        if self.bullet:
            canvas.circle(left + style.size * 0.5, top + style.size * 0.7, style.size * 0.17, fill=BLACK)
        for number, (free, words) in enumerate(lines):
            gaps = len(words) - 1
            stays = free > -_EVEN and (self.is_cut is False and number == len(lines) - 1)
            even = abs(free) <= _EVEN or stays if style.align == "justified" else free > -_EVEN
            x = left + (style.hanging if number else style.indent)
            if even or not gaps:
                x += {"left": 0.0, "justified": 0.0, "centre": 0.5, "right": 1.0}[style.align] * free
            stretch = free / gaps if gaps and not even else 0.0
            y = top + style.size + number * style.leading
            canvas.text(TextLine(" ".join(words), style.font, style.size, x, y, stretch, style.colour))


def broken(words: Sequence[str], font: PageFont, size: float, first: float, width: float) -> list[Line]:
    """Words in lines, as many as fit into each. first, width: of the first line and of the others. What is longer than
    a line is cut."""
    blank = font.width(" ") * size
    lines: list[Line] = []
    line: list[str] = []
    limit, used = first, -blank
    for word in words:
        wide = font.width(word) * size
        longer = used + blank + wide
        if longer > limit + _NARROWER * blank * len(line):
            if wide > limit:
                *pieces, word = _cut(word, font, size, used + blank, limit, width)
                for piece in pieces:
                    used += blank + font.width(piece) * size
                    lines.append((limit - used, [*line, *filter(None, [piece])]))
                    line, limit, used = [], width, -blank
                longer = used + blank + font.width(word) * size
            elif line:
                lines.append((limit - used, line))
                line, limit, longer = [], width, wide
        line.append(word)
        used = longer
    return [*lines, (limit - used, line)] if line else lines


def _cut(word: str, font: PageFont, size: float, used: float, limit: float, width: float) -> list[str]:
    """The pieces of a word that is longer than a line, the first of which ends a line of which some is used."""
    pieces = [""]
    for letter in word:
        wide = font.width(letter) * size
        if used + wide > limit and (pieces[-1] or wide <= width):
            pieces.append("")
            used, limit = 0.0, width
        pieces[-1] += letter
        used += wide
    return pieces


@dataclass
class Table(Flowable):
    """Cells of text, the first row as a head in bold type; all columns but the first stand to the right."""

    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    ruled: str
    """lines, grid or shaded."""
    font: PageFont
    bold: PageFont
    size: float
    accent: Colour
    space_after: float = 0.0

    @property
    def _row(self) -> float:
        return self.size * 1.3 + 2 * _PADDING[1]

    def height(self, width: float) -> float:
        return len(self.rows) * self._row

    def draw(self, canvas: Canvas, left: float, top: float, width: float) -> None:
        left += (width - sum(self.widths)) / 2
        edges = [left]
        for wide in self.widths:
            edges.append(edges[-1] + wide)
        ends = [top + number * self._row for number in range(len(self.rows) + 1)]
        if self.ruled == "shaded":
            for upper in ends[2:-1:2]:
                canvas.rect(left, upper, edges[-1] - left, self._row, fill=_PALE)
        for number, (cells, upper) in enumerate(zip(self.rows, ends, strict=False)):
            font = self.font if number else self.bold
            y = upper + _PADDING[1] + self.size
            for column, cell in enumerate(cells):
                text = " ".join(cell.split())
                x = edges[column + 1] - _PADDING[0] - font.width(text) * self.size if column else left + _PADDING[0]
                if text:
                    canvas.text(TextLine(text, font, self.size, x, y, 0.0, BLACK))
        if self.ruled == "grid":
            for y in ends:
                canvas.line(left, y, edges[-1], y, colour=_GREY, weight=0.5, round_ends=True)
            for x in edges:
                canvas.line(x, top, x, ends[-1], colour=_GREY, weight=0.5, round_ends=True)
        canvas.line(left, ends[1], edges[-1], ends[1], colour=self.accent, weight=1, round_ends=True)
        canvas.line(left, ends[-1], edges[-1], ends[-1], colour=_GREY, weight=0.5, round_ends=True)


@dataclass
class SheetPicture(Flowable):
    """A picture of that size in points."""

    pixels: Pixels
    wide: float
    high: float
    space_after: float = 6.0

    def height(self, width: float) -> float:
        return self.high

    def draw(self, canvas: Canvas, left: float, top: float, width: float) -> None:
        canvas.picture(self.pixels, left, top, self.wide, self.high)


@dataclass
class Frame:
    """A column that is filled from its top. left, top, width, height: of the room that is left."""

    left: float
    top: float
    width: float
    height: float

    def add(self, flowable: Flowable, canvas: Canvas) -> bool:
        """Draw the flowable where there is room for it."""
        high = flowable.height(self.width) if self.height > 0 else float("inf")
        if high > self.height + 1e-6:
            return False
        flowable.draw(canvas, self.left, self.top, self.width)
        self.top += high + flowable.space_after
        self.height -= high + flowable.space_after
        return True

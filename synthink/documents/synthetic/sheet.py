"""The sheet that a layout writes on: a page of a size, type in a few styles, frames that text is poured into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from synthink.documents.synthetic.canvas import BLACK, Canvas, Colour
from synthink.documents.synthetic.flow import Align, Flowable, Frame, Paragraph, SheetPicture, Style, Table
from synthink.documents.synthetic.font import PageFont
from synthink.documents.synthetic.layout_pictures import draw_picture
from synthink.documents.synthetic.layout_text import PageText
from synthink.streams import Stream

A4, LETTER, A5, SLIDE = (595.0, 842.0), (612.0, 792.0), (420.0, 595.0), (720.0, 405.0)
"""Width and height, points."""
PICTURE_PX = 1.0  # pixels a point: a little coarser than the page, as pictures in documents are


@dataclass(frozen=True, kw_only=True)
class Typography:
    """The typography of a page: fonts, sizes in points."""

    body: PageFont
    bold: PageFont
    italic: PageFont
    heading: PageFont
    mono: PageFont
    """The font of code and receipts: of equal widths, where there is one."""
    size: float
    leading: float
    """The leading of the body text, as a multiple of its size."""
    align: Align
    accent: Colour
    """Colour of headings and rules, 0..1."""


class Sheet:
    """One page while it is written. `stream` is for choices of layout, `copy` for text, `pictures` for pictures."""

    def __init__(self, type_: Typography, stream: Stream, copy: PageText, pictures: Stream) -> None:
        self.type, self.stream, self.copy, self._pictures = type_, stream, copy, pictures
        self.margin = 0.0
        self.canvas = Canvas(0.0, 0.0)

    def open(
        self, *sizes: tuple[float, float], margin: tuple[float, float] = (40.0, 80.0), largest: float = 14.0
    ) -> None:
        """Take one of the sizes, and type of at most `largest` points; called first by every layout."""
        self.type = replace(self.type, size=min(self.type.size, largest))
        self.canvas = Canvas(*self.stream.choice(sizes))
        self.margin = float(round(self.stream.within(margin)))

    @property
    def width(self) -> float:
        return self.canvas.width

    @property
    def height(self) -> float:
        return self.canvas.height

    @property
    def inner(self) -> float:
        """Width between the margins."""
        return self.width - 2 * self.margin

    @property
    def accent(self) -> Colour:
        return self.type.accent

    def text(
        self, text: str, *, scale: float = 1.0, face: str = "body", align: Align | None = None, after: float = 0.5,
        indent: float = 0.0, hanging: float = 0.0, accent: bool = False,
    ) -> Paragraph:  # fmt: skip
        """A paragraph. scale: of the body's size; after: white below, in lines; indent, hanging: of the first and of
        the other lines, in sizes."""
        size = round(self.type.size * scale * 2) / 2
        leading = size * (self.type.leading if scale <= 1.2 else max(1.22, self.type.leading - 0.1))
        style = Style(
            font=getattr(self.type, face),
            size=size,
            leading=leading,
            align=align or self.type.align,
            space_after=after * leading,
            indent=indent * size,
            hanging=hanging * size,
            colour=self.accent if accent else BLACK,
        )
        return Paragraph(text.split(), style)

    def heading(self, text: str, scale: float = 1.5, align: Align = "left", after: float = 0.4) -> Paragraph:
        return self.text(text, scale=scale, face="heading", align=align, after=after, accent=True)

    def body(self, shortest: int = 3, longest: int = 7, **style: Any) -> Paragraph:
        return self.text(self.copy.paragraph(shortest, longest), **style)

    def items(self, count: int, mark: str = "") -> Iterator[Paragraph]:
        """A list, numbered unless there is a mark: a sign, or `dot` for bullets that are drawn."""
        for number in range(count):
            if mark == "dot":
                item = self.text(self.copy.task(), align="left", after=0.25, hanging=1.2, indent=1.2)
                yield replace(item, bullet=True)
            else:
                sign = mark or f"{number + 1}."
                yield self.text(f"{sign} {self.copy.task()}", align="left", after=0.25, hanging=1.2)

    def caption(self) -> Paragraph:
        text = f"{self.stream.choice(('Figure', 'Fig.', 'Plate'))} {self.copy.count(20)}: {self.copy.piece('caption')}."
        return self.text(text, scale=0.85, face="italic", align="left", after=1.0)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[float], *, ruled: str = "lines") -> Table:
        """Cells of text, the first row as a head; the last columns of figures stand to the right."""
        size = round(self.type.size * 0.9 * 2) / 2
        return Table(rows, widths, ruled, self.type.body, self.type.bold, size, self.accent)

    def picture(self, width: float, height: float) -> SheetPicture:
        pixels = draw_picture(self._pictures, max(8, round(width * PICTURE_PX)), max(8, round(height * PICTURE_PX)))
        return SheetPicture(pixels, width, height)

    def frame(self, left: float, top: float, width: float, height: float) -> Frame:
        """A frame by its place from the page's top left, points."""
        return Frame(left, top, width, height)

    def columns(self, count: int, top: float, bottom: float, gutter: float = 18.0) -> list[Frame]:
        """Frames side by side between the margins, from `top` to `bottom` below the page's top edge."""
        width = (self.inner - gutter * (count - 1)) / count
        return [self.frame(self.margin + i * (width + gutter), top, width, bottom - top) for i in range(count)]

    def place(self, flowables: Iterable[Flowable], left: float, top: float, width: float) -> float:
        """Set flowables from a point downwards; the y (from the top) below them."""
        for flowable in flowables:
            flowable.draw(self.canvas, left, top, width)
            top += flowable.height(width) + flowable.space_after
        return top

    def pour(self, flowables: Iterable[Flowable], frames: Sequence[Frame]) -> None:
        """Fill frame after frame; stops when the last is full, and cuts a paragraph there at a line's end.

        A picture for which the last frame has no room is left out with the caption that follows it.
        """
        waiting, without_picture = list(frames), False
        for flowable in flowables:
            parts = [] if without_picture else [flowable]
            without_picture = False
            while parts and waiting:
                frame = waiting[0]
                if frame.add(parts[0], self.canvas):
                    del parts[0]
                    continue
                if isinstance(flowable, SheetPicture) and len(waiting) == 1:
                    without_picture = True
                    break
                pieces = parts[0].split(frame.width, frame.height)
                if pieces and frame.add(pieces[0], self.canvas):
                    parts[:1] = pieces[1:]
                del waiting[0]
            if not waiting:
                return

    def panel(self, left: float, top: float, width: float, height: float, *, tint: Colour | None = None) -> None:
        """A pale block to write on, from the page's top left, points; framed at times."""
        fill = tint or self.tint()
        stroke = (0.72, 0.72, 0.72) if self.stream.chance(0.3) else None
        self.canvas.rect(left, top, width, height, fill=fill, stroke=stroke, weight=0.5)

    def tint(self) -> Colour:
        """A pale colour, on which all print can be read."""
        red, green, blue = (self.stream.uniform(0.82, 0.97) for _ in range(3))
        return red, green, blue

    def line(self, left: float, top: float, right: float, *, weight: float = 0.75) -> None:
        """A rule, from the page's top left, points."""
        self.canvas.line(left, top, right, top, colour=self.accent, weight=weight)

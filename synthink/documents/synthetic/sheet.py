"""The sheet that a layout writes on: a page of a size, type in a few styles, frames that text is poured into."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfdoc import PDFImageXObject
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, Paragraph, Table, TableStyle

from synthink.documents.page.tiles import Pixels
from synthink.documents.synthetic.layout_pictures import draw_picture
from synthink.documents.synthetic.layout_text import PageText
from synthink.streams import Stream

A4, LETTER, A5, SLIDE = (595.0, 842.0), (612.0, 792.0), (420.0, 595.0), (720.0, 405.0)
"""Width and height, points."""
ALIGNMENTS = {"left": TA_LEFT, "centre": TA_CENTER, "right": TA_RIGHT, "justified": TA_JUSTIFY}
PICTURE_PX = 1.0  # pixels a point: a little coarser than the page, as pictures in documents are


@dataclass(frozen=True, kw_only=True)
class Typography:
    """The typography of a page: names of registered fonts, sizes in points."""

    body: str
    bold: str
    italic: str
    heading: str
    mono: str
    """The font of code and receipts: of equal widths, where there is one."""
    size: float
    leading: float
    """The leading of the body text, as a multiple of its size."""
    align: str
    accent: tuple[float, float, float]
    """Colour of headings and rules, 0..1."""


class Sheet:
    """One page while it is written. `stream` is for choices of layout, `copy` for text, `pictures` for pictures."""

    def __init__(self, type_: Typography, stream: Stream, copy: PageText, pictures: Stream) -> None:
        self.type, self.stream, self.copy, self._pictures = type_, stream, copy, pictures
        self._file = io.BytesIO()
        self._styles: dict[tuple[Any, ...], Paragraph] = {}
        self._drawn = 0
        self.width = self.height = self.margin = 0.0
        self.canvas: Any = None

    def open(
        self, *sizes: tuple[float, float], margin: tuple[float, float] = (40.0, 80.0), largest: float = 14.0
    ) -> None:
        """Take one of the sizes, and type of at most `largest` points; called first by every layout."""
        self.type = replace(self.type, size=min(self.type.size, largest))
        self.width, self.height = self.stream.choice(sizes)
        self.margin = float(round(self.stream.within(margin)))
        options = {"invariant": 1, "pageCompression": 0}
        self.canvas = Canvas(self._file, pagesize=(self.width, self.height), **options)

    def close(self) -> bytes:
        """Finish the document and give the PDF's bytes."""
        self.canvas.showPage()
        self.canvas.save()
        return self._file.getvalue()

    @property
    def inner(self) -> float:
        """Width between the margins."""
        return self.width - 2 * self.margin

    @property
    def accent(self) -> Color:
        return Color(*self.type.accent)

    def text(
        self, text: str, *, scale: float = 1.0, face: str = "body", align: str | None = None, after: float = 0.5,
        indent: float = 0.0, hanging: float = 0.0, accent: bool = False,
    ) -> Paragraph:  # fmt: skip
        """A paragraph. scale: of the body's size; after: white below, in lines; indent, hanging: of the first and of
        the other lines, in sizes."""
        key = (scale, face, align, after, indent, hanging, accent)
        if key not in self._styles:
            size = round(self.type.size * scale * 2) / 2
            leading = size * (self.type.leading if scale <= 1.2 else max(1.22, self.type.leading - 0.1))
            style = ParagraphStyle(
                str(key),
                fontName=getattr(self.type, face),
                fontSize=size,
                leading=leading,
                alignment=ALIGNMENTS[align or self.type.align],
                spaceAfter=after * leading,
                leftIndent=hanging * size,
                firstLineIndent=(indent - hanging) * size,
                textColor=self.accent if accent else Color(0, 0, 0),
            )
            self._styles[key] = Paragraph("parsed", style)
        # A paragraph of one style has one fragment, which need not be parsed from XML each time.
        parsed = self._styles[key]
        return Paragraph(text, parsed.style, frags=[parsed.frags[0].clone(text=text)])

    def heading(self, text: str, scale: float = 1.5, align: str = "left", after: float = 0.4) -> Paragraph:
        return self.text(text, scale=scale, face="heading", align=align, after=after, accent=True)

    def body(self, shortest: int = 3, longest: int = 7, **style: Any) -> Paragraph:
        return self.text(self.copy.paragraph(shortest, longest), **style)

    def items(self, count: int, mark: str = "") -> Iterator[Paragraph]:
        """A list, numbered unless there is a mark: a sign, or `dot` for bullets that are drawn."""
        for number in range(count):
            if mark == "dot":
                item = self.text(self.copy.task(), align="left", after=0.25, hanging=1.2, indent=1.2)
                yield Dotted(item.text, item.style, frags=item.frags)
            else:
                sign = mark or f"{number + 1}."
                yield self.text(f"{sign} {self.copy.task()}", align="left", after=0.25, hanging=1.2)

    def caption(self) -> Paragraph:
        text = f"{self.stream.choice(('Figure', 'Fig.', 'Plate'))} {self.copy.count(20)}: {self.copy.piece('caption')}."
        return self.text(text, scale=0.85, face="italic", align="left", after=1.0)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[float], *, ruled: str = "lines") -> Table:
        """Cells of text, the first row as a head; the last columns of figures stand to the right."""
        size = round(self.type.size * 0.9 * 2) / 2
        look: list[tuple[Any, ...]] = [
            ("FONT", (0, 0), (-1, -1), self.type.body, size, size * 1.3),
            ("FONT", (0, 0), (-1, 0), self.type.bold, size, size * 1.3),
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ]
        grey = Color(0.6, 0.6, 0.6)
        if ruled == "grid":
            look.append(("GRID", (0, 0), (-1, -1), 0.5, grey))
        elif ruled == "shaded":
            look.append(("ROWBACKGROUNDS", (0, 1), (-1, -1), (None, Color(0.92, 0.92, 0.92))))
        look += [("LINEBELOW", (0, 0), (-1, 0), 1, self.accent), ("LINEBELOW", (0, -1), (-1, -1), 0.5, grey)]
        return Table([list(row) for row in rows], colWidths=list(widths), style=TableStyle(look))

    def picture(self, width: float, height: float) -> SheetPicture:
        pixels = draw_picture(self._pictures, max(8, round(width * PICTURE_PX)), max(8, round(height * PICTURE_PX)))
        self._drawn += 1
        return SheetPicture(f"picture{self._drawn}", pixels, width, height)

    def frame(self, left: float, top: float, width: float, height: float) -> Frame:
        """A frame by its place from the page's top left, points."""
        return Frame(left, self.height - top - height, width, height, 0, 0, 0, 0)

    def columns(self, count: int, top: float, bottom: float, gutter: float = 18.0) -> list[Frame]:
        """Frames side by side between the margins, from `top` to `bottom` below the page's top edge."""
        width = (self.inner - gutter * (count - 1)) / count
        return [self.frame(self.margin + i * (width + gutter), top, width, bottom - top) for i in range(count)]

    def place(self, flowables: Iterable[Flowable], left: float, top: float, width: float) -> float:
        """Set flowables from a point downwards; the y (from the top) below them."""
        for flowable in flowables:
            _, height = flowable.wrapOn(self.canvas, width, self.height)
            flowable.drawOn(self.canvas, left, self.height - top - height)
            top += height + flowable.getSpaceAfter()
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
                if waiting[0].add(parts[0], self.canvas):
                    del parts[0]
                    continue
                if isinstance(flowable, SheetPicture) and len(waiting) == 1:
                    without_picture = True
                    break
                pieces = waiting[0].split(parts[0], self.canvas) if isinstance(parts[0], Paragraph) else []
                if len(pieces) == 2 and waiting[0].add(pieces[0], self.canvas):
                    parts[:1] = pieces[1:]
                del waiting[0]
            if not waiting:
                return

    def panel(self, left: float, top: float, width: float, height: float, *, tint: Color | None = None) -> None:
        """A pale block to write on, from the page's top left, points; framed at times."""
        self.canvas.setFillColor(tint or self.tint())
        self.canvas.setStrokeColor(Color(0.72, 0.72, 0.72))
        self.canvas.setLineWidth(0.5)
        framed = self.stream.chance(0.3)
        self.canvas.rect(left, self.height - top - height, width, height, stroke=framed, fill=1)
        self.canvas.setFillColor(Color(0, 0, 0))

    def tint(self) -> Color:
        """A pale colour, on which all print can be read."""
        return Color(*(self.stream.uniform(0.82, 0.97) for _ in range(3)))

    def line(self, left: float, top: float, right: float, *, weight: float = 0.75) -> None:
        """A rule, from the page's top left, points."""
        self.canvas.setStrokeColor(self.accent)
        self.canvas.setLineWidth(weight)
        self.canvas.line(left, self.height - top, right, self.height - top)


class Dotted(Paragraph):  # type: ignore[misc]
    """An item of a list behind a bullet, which is drawn: faces need not have one."""

    def draw(self) -> None:
        size = self.style.fontSize
        self.canv.circle(size * 0.5, self.height - size * 0.7, size * 0.17, stroke=0, fill=1)
        super().draw()


class SheetPicture(Flowable):  # type: ignore[misc]
    """A picture as an image object of the PDF, not compressed: reportlab would spend 10 ms on it, in Python."""

    def __init__(self, name: str, pixels: Pixels, width: float, height: float) -> None:
        super().__init__()
        self._name, self._pixels, self.width, self.height, self.spaceAfter = name, pixels, width, height, 6.0

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        image = PDFImageXObject(self._name)
        image.height, image.width = self._pixels.shape[:2]
        image.bitsPerComponent, image.colorSpace, image._filters = 8, "DeviceRGB", ()
        image.streamContent = self._pixels.tobytes()
        document = self.canv._doc
        document.Reference(image, document.getXObjectName(self._name))
        document.addForm(self._name, image)
        self.canv.scale(self.width, self.height)  # an image fills the unit square
        self.canv.doForm(self._name)

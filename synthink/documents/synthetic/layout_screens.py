"""Layouts of screens and leaflets: windows of programs, boards of charts, coloured blocks. Each writes one sheet."""

from __future__ import annotations

from synthink.documents.synthetic.layout_charts import chart
from synthink.documents.synthetic.sheet import A4, A5, LETTER, SLIDE, Sheet

_MENUS = ("File", "Edit", "View", "Insert", "Tools", "Window", "Search", "Help", "Format", "Data", "Share", "Print")


def window(sheet: Sheet) -> None:
    """A program's window: title and menus above, a list at the left, a text or a table at the right."""
    sheet.open((760.0, 520.0), (680.0, 500.0), margin=(18, 26), largest=11)
    copy, left, width = sheet.copy, sheet.margin, sheet.inner
    copy.register = sheet.stream.choice(("office", "study", "place"))
    bar, row = (0.88, 0.89, 0.91), sheet.type.size * 1.9
    sheet.panel(left, sheet.margin, width, row, tint=bar)
    sheet.place([sheet.text(copy.title(), face="bold", align="centre")], left, sheet.margin + row * 0.14, width)
    top, at = sheet.margin + row + 5, left + 6
    for name in sheet.stream.shuffled(_MENUS)[:6]:
        sheet.place([sheet.text(name, align="left")], at, top, 90)
        at += (len(name) + 2) * sheet.type.size * 0.62
    top += row
    bottom, side = sheet.height - sheet.margin, width * 0.24
    sheet.panel(left, top, side, bottom - top)
    entries = [sheet.text(copy.piece("object").capitalize(), align="left", after=0.4) for _ in range(30)]
    sheet.pour(entries, [sheet.frame(left + 8, top + 8, side - 16, bottom - top - 16)])
    right, rest = left + side + 16, width - side - 16
    if sheet.stream.chance(0.5):
        story = [sheet.heading(copy.phrase(), 1.3), *(sheet.body(2, 5, align="left") for _ in range(8))]
        sheet.pour(story, [sheet.frame(right, top + 6, rest, bottom - top - 12)])
        return
    head = ["Name", *(copy.piece("kpi") for _ in range(3))]
    rows = [[copy.full_name(), copy.count(), copy.amount(), copy.share()] for _ in range(sheet.stream.integers(10, 17))]
    grid = sheet.table([head, *rows], [rest * 0.4, *[rest * 0.2] * 3], ruled=sheet.stream.choice(("grid", "shaded")))
    sheet.place([grid], right, top + 6, rest)


def dashboard(sheet: Sheet) -> None:
    """Figures on blocks, and charts with labels below them."""
    sheet.open(SLIDE, A4, margin=(30, 46), largest=11)
    copy, left, width = sheet.copy, sheet.margin, sheet.inner
    top = sheet.place([sheet.heading(f"{copy.piece('town')} {copy.year()}", 1.8)], left, sheet.margin, width) + 6
    count, high = sheet.stream.integers(3, 5), sheet.type.size * 5
    wide = (width - 12 * (count - 1)) / count
    for number in range(count):
        at = left + number * (wide + 12)
        sheet.panel(at, top, wide, high)
        value = sheet.stream.choice((copy.amount, copy.count, copy.share))()
        card = [sheet.text(value, scale=1.6, face="bold", align="centre", after=0.1),
                sheet.text(copy.piece("kpi"), scale=0.9, align="centre")]  # fmt: skip
        sheet.place(card, at, top + high * 0.14, wide)
    top += high + 20
    tall = sheet.height > sheet.width
    room = sheet.height - sheet.margin - top - (120 if tall else 0)
    rows = 2 if tall else 1
    for row in range(rows):
        for column in range(2):
            chart(sheet, left + column * (width / 2 + 8), top + row * room / rows, width / 2 - 8, room / rows - 18)
    if tall:
        sheet.place([sheet.body(3, 5, align="left")], left, top + room + 6, width)


def bulletin(sheet: Sheet) -> None:
    """A leaflet of coloured blocks, each with a heading and a few lines, and a picture."""
    sheet.open(A4, A5, LETTER, margin=(30, 50), largest=12)
    copy, left, width = sheet.copy, sheet.margin, sheet.inner
    copy.register = sheet.stream.choice(("news", "place", "office"))
    top = sheet.place([sheet.heading(copy.piece("headline"), 2.2, "centre")], left, sheet.margin, width) + 8
    high = sheet.height * sheet.stream.uniform(0.16, 0.24)
    top = sheet.place([sheet.picture(width, high)], left, top, width) + 10
    columns = sheet.stream.integers(1, 3)
    wide = (width - 12 * (columns - 1)) / columns
    ends = [top] * columns
    for number in range(8):
        column = number % columns
        story = [sheet.heading(copy.phrase(), 1.2), sheet.body(1, 4, align="left", after=0.0)]
        tall = sum(part.height(wide - 20) + part.space_after for part in story) + 20
        if ends[column] + tall > sheet.height - sheet.margin:
            break
        sheet.panel(left + column * (wide + 12), ends[column], wide, tall)
        sheet.place(story, left + column * (wide + 12) + 10, ends[column] + 8, wide - 20)
        ends[column] += tall + 12

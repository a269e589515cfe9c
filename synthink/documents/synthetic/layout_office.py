"""Layouts of shops and offices: letters with a logo, memos, receipts, price lists, departures."""

from __future__ import annotations

from synthink.documents.synthetic.sheet import A4, A5, LETTER, Sheet

_RECEIPT = 240.0  # points wide


def letterhead(sheet: Sheet) -> None:
    """A firm's letter: its logo and name above, the text, its particulars in small type at the foot."""
    sheet.open(A4, LETTER, margin=(55, 80), largest=12)
    copy, left, width = sheet.copy, sheet.margin, sheet.inner
    copy.register = "office"
    firm = copy.piece("shop")
    side = sheet.stream.choice(("left", "right"))
    _logo(sheet, left if side == "left" else left + width - 44, 36, 44)
    name = sheet.heading(firm, 1.7, "left" if side == "left" else "right", after=0.0)
    end = sheet.place([name], left + (56 if side == "left" else 0), 44, width - 56)
    sheet.line(left, max(end, 84) + 8, left + width, weight=1.2)
    top = max(end, 84) + 30
    top = sheet.place([sheet.text(line, align="left", after=0) for line in copy.address()], left, top, width) + 16
    where = f"{copy.piece('town')}, {copy.piece('date')}"
    top = sheet.place([sheet.text(where, align="right", after=1.0)], left, top, width)
    closing = sheet.stream.choice(("Yours sincerely,", "Yours faithfully,", "With kind regards,"))
    lines = [
        sheet.text(copy.phrase(), face="bold", align="left", after=1.0),
        sheet.text(f"Dear {copy.name()} {copy.piece('last')},", align="left", after=0.7),
        *(sheet.body(3, 6, after=0.7) for _ in range(sheet.stream.integers(2, 5))),
        sheet.text(closing, align="left", after=1.6),
        sheet.text(f"{copy.full_name()}, {copy.piece('official')}", align="left"),
    ]
    foot = sheet.height - 58
    sheet.pour(lines, [sheet.frame(left, top, width, foot - top - 10)])
    sheet.line(left, foot, left + width, weight=0.5)
    particulars = f"{firm}, {copy.count(200)} {copy.piece('street')}, {copy.piece('town')} - {copy.email()}"
    sheet.place([sheet.text(particulars, scale=0.8, align="centre")], left, foot + 6, width)


def _logo(sheet: Sheet, left: float, top: float, side: float) -> None:
    """A simple mark of two shapes in one colour and its shade."""
    canvas = sheet.canvas
    red, green, blue = (sheet.stream.uniform(0.1, 0.75) for _ in range(3))
    colour, shade = (red, green, blue), (0.5 + red / 2, 0.5 + green / 2, 0.5 + blue / 2)
    form = sheet.stream.integers(0, 3)
    if form == 0:
        canvas.circle(left + side / 2, top + side / 2, side / 2, fill=colour)
    elif form == 1:
        canvas.round_rect(left, top, side, side, side / 5, fill=colour)
    else:
        for number in range(3):
            tall = side * (number + 1) / 3
            canvas.rect(left + number * side / 3, top + side - tall, side / 4, tall, fill=colour)
    if form < 2:
        canvas.circle(left + side / 2, top + side / 2, side / 5, fill=shade)


def memo(sheet: Sheet) -> None:
    """A note within an office: who, to whom, about what, on a block; the text; a list."""
    sheet.open(A4, LETTER, A5, margin=(45, 75), largest=12)
    copy, left, width = sheet.copy, sheet.margin, sheet.inner
    copy.register = "office"
    top = sheet.place([sheet.heading(sheet.stream.choice(("Memo", "Memorandum", "File note")), 2.0)], left, 45, width)
    facts = {"From": copy.full_name(), "To": f"the {copy.piece('body')}", "Date": copy.piece("date"),
             "About": copy.phrase()}  # fmt: skip
    row = sheet.type.size * 1.8
    sheet.panel(left, top, width, row * len(facts) + 10)
    top += 8
    for label, fact in facts.items():
        sheet.place([sheet.text(f"{label}:", face="bold", align="left")], left + 8, top, 70)
        sheet.place([sheet.text(fact, align="left")], left + 80, top, width - 88)
        top += row
    story = [sheet.body(2, 5, align="left") for _ in range(sheet.stream.integers(2, 4))]
    tasks = list(sheet.items(sheet.stream.integers(3, 6), "dot" if sheet.stream.chance(0.5) else ""))
    frame = sheet.frame(left, top + 14, width, sheet.height - sheet.margin - top - 14)
    sheet.pour([*story, sheet.heading("To do", 1.1), *tasks, sheet.body(1, 3, align="left")], [frame])


def receipt(sheet: Sheet) -> None:
    """A till's slip: a shop, goods and prices, the sum, when it was, thanks."""
    count = sheet.stream.integers(6, 16)
    sheet.open((_RECEIPT, 240.0 + 22.0 * count), margin=(16, 22), largest=9.5)
    copy, left, width = sheet.copy, sheet.margin, sheet.inner
    face = sheet.stream.choice(("mono", "mono", "body"))
    address = copy.address()
    head = [sheet.text(copy.piece("shop"), scale=1.3, face="heading", align="centre", after=0.2)]
    head += [sheet.text(line, face=face, align="centre", after=0) for line in address[1:]]
    top = sheet.place(head, left, 20, width) + 10
    sheet.line(left, top - 4, left + width, weight=0.5)
    bill = copy.bill(count)
    for name, amount in [(row[0].partition(" (")[0], row[3]) for row in bill.rows] + [tuple(row) for row in bill.sums]:
        last = name.startswith("Total")
        style = "bold" if last else face
        if name == "Subtotal":
            sheet.line(left, top, left + width, weight=0.5)
            top += 4
        end = sheet.place([sheet.text(name, face=style, align="left", after=0)], left, top, width - 66)
        sheet.place([sheet.text(amount, face=style, align="right", after=0)], left + width - 64, top, 64)
        top = end + 2
    when = f"{copy.piece('date')} {copy.piece('hour')}"
    thanks = sheet.stream.choice(("Thank you for your visit", "Please come again", "Goods may be returned for a month"))
    last_lines = [sheet.text(text, face=face, align="centre", after=0.3) for text in (when, thanks, copy.email())]
    sheet.place(last_lines, left, top + 14, width)


def price_list(sheet: Sheet) -> None:
    """Goods in groups, each under a heading on a block, with prices at the right."""
    sheet.open(A4, A5, LETTER, margin=(45, 70), largest=11)
    copy, left, width = sheet.copy, sheet.margin, sheet.inner
    title = sheet.stream.choice(("Price list", "Catalogue", "Spring offers", "Clearance sale"))
    top = sheet.place([sheet.heading(f"{copy.piece('shop')}: {title}", 1.7)], left, sheet.margin, width) + 6
    tint, row = sheet.tint(), sheet.type.size * 1.9
    for number in range(40):
        if top > sheet.height - sheet.margin - row:
            break
        if number % 7 == 0:
            sheet.panel(left, top, width, row, tint=tint)
            name = sheet.text(copy.phrase(), face="bold", align="left", after=0)
            top = sheet.place([name], left + 6, top + row * 0.14, width - 12) + row * 0.4
            continue
        goods = copy.bill(1).rows[0]
        end = sheet.place([sheet.text(goods[0], align="left", after=0)], left + 6, top, width - 96)
        sheet.place([sheet.text(goods[2], align="right", after=0)], left + width - 90, top, 84)
        top = end + row * 0.2


def departures(sheet: Sheet) -> None:
    """A board of departures: every second line on a block, remarks at the right."""
    sheet.open(A4, LETTER, margin=(40, 60), largest=11)
    copy, left, width = sheet.copy, sheet.margin, sheet.inner
    copy.register = "place"
    top = sheet.place([sheet.heading(f"{copy.piece('town')}: departures", 1.9)], left, sheet.margin, width) + 6
    row, tint = sheet.type.size * 1.9, sheet.tint()
    widths = (0.14, 0.2, 0.38, 0.28)
    lines = [["Time", "Train", "To", "Remarks"]]
    for time in copy.times(sheet.stream.integers(16, 26)):
        remark = sheet.stream.choice(("", "", f"via {copy.prose.fresh('town')}", f"not on {copy.piece('weekday')}"))
        lines.append([time, copy.piece("train"), copy.prose.fresh("town"), remark])
    for number, cells in enumerate(lines):
        if number % 2 == 0:
            sheet.panel(left, top, width, row, tint=tint)
        at = left + 6
        for cell, share in zip(cells, widths, strict=True):
            if cell:
                style = "body" if number else "bold"
                sheet.place([sheet.text(cell, face=style, align="left", after=0)], at, top + row * 0.14, width * share)
            at += width * share
        top += row
    sheet.place([sheet.body(1, 2, align="left")], left, top + 14, width)

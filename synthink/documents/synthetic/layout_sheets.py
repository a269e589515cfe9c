"""Layouts of little running text: tables, lists, forms, slides, posters. Each writes one sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from synthink.documents.synthetic.flow import Flowable
from synthink.documents.synthetic.layout_prose import running
from synthink.documents.synthetic.sheet import A4, A5, LETTER, SLIDE, Sheet

RULED = ("lines", "grid", "shaded")


def _figures(sheet: Sheet, rows: int, columns: int) -> list[list[str]]:
    """A table's cells: a phrase, then amounts, counts or shares by column."""
    copy = sheet.copy
    kinds = [sheet.stream.choice((copy.amount, copy.count, copy.share, copy.year)) for _ in range(columns)]
    head = [sheet.stream.choice(("Item", "Place", "Group", "Case")), *(copy.piece("kpi") for _ in range(columns))]
    return [head, *([copy.phrase(), *(kind() for kind in kinds)] for _ in range(rows))]


def _table(sheet: Sheet, width: float) -> Flowable:
    columns = sheet.stream.integers(2, 5)
    first = width * 0.4
    cells = _figures(sheet, sheet.stream.integers(4, 10), columns)
    table = sheet.table(cells, [first, *[(width - first) / columns] * columns], ruled=sheet.stream.choice(RULED))
    table.space_after = 12
    return table


def report(sheet: Sheet) -> None:
    """Text around a table, with a chart at times."""
    sheet.open(A4, LETTER)
    sheet.copy.register = sheet.stream.choice(("office", "study", "news"))

    def story() -> Iterator[Flowable]:
        yield sheet.heading(sheet.copy.title(), 1.9)
        yield from (sheet.body(4, 7) for _ in range(2))
        yield sheet.text(
            f"Table {sheet.copy.count(9)}: {sheet.copy.piece('caption')}", scale=0.9, face="bold", align="left"
        )
        yield _table(sheet, sheet.inner)
        yield from running(sheet, pictures=0.3, width=sheet.inner * 0.6)

    sheet.pour(story(), sheet.columns(1, sheet.margin, sheet.height - sheet.margin * sheet.stream.uniform(1, 2.5)))


def recipe(sheet: Sheet) -> None:
    """Title and picture above; ingredients at the left, steps at the right."""
    sheet.open(A4, A5, LETTER, margin=(40, 60), largest=12)
    high = sheet.height * sheet.stream.uniform(0.2, 0.3)
    head = [sheet.heading(sheet.copy.piece("dish_name"), 2.0), sheet.picture(sheet.inner, high)]
    top = sheet.place(head, sheet.margin, sheet.margin, sheet.inner) + 12
    side, bottom = sheet.inner * 0.34, sheet.height - sheet.margin
    parts = [
        sheet.text(sheet.copy.piece("ingredient"), align="left", after=0.3) for _ in range(sheet.stream.integers(6, 12))
    ]
    left = sheet.frame(sheet.margin, top, side - 24, bottom - top)
    sheet.pour([sheet.heading("Ingredients", 1.2), *parts], [left])
    right = sheet.frame(sheet.margin + side, top, sheet.inner - side, bottom - top)
    steps = (
        sheet.text(f"{number}. {_steps(sheet)}", align="left", hanging=1.4, after=0.5)
        for number in range(1, sheet.stream.integers(6, 10))
    )
    sheet.pour([sheet.heading("Method", 1.2), *steps], [right])


def _steps(sheet: Sheet) -> str:
    return " ".join(sheet.copy.piece("step") for _ in range(sheet.stream.integers(1, 4)))


def agenda(sheet: Sheet) -> None:
    """A list of points with times."""
    sheet.open(A4, LETTER)
    sheet.copy.register = "office"
    title = [
        sheet.heading(f"Agenda: {sheet.copy.piece('body')}", 1.8),
        sheet.text(sheet.copy.date(), align="left", after=1.0),
    ]
    top = sheet.place(title, sheet.margin, sheet.margin, sheet.inner)
    for time in sheet.copy.times(sheet.stream.integers(7, 12), 8 * 60, 18 * 60):
        sheet.place([sheet.text(time, face="bold", align="left")], sheet.margin, top, 60)
        point = [sheet.text(sheet.copy.phrase(), face="bold", align="left", after=0.2)]
        if sheet.stream.chance(0.8):
            point.append(sheet.text(sheet.copy.paragraph(1, 4), align="left", after=0.2))
        top = sheet.place(point, sheet.margin + 70, top, sheet.inner - 70) + 8
        if top > sheet.height - sheet.margin - 70:
            break


def checklist(sheet: Sheet) -> None:
    """Lists under headings, in two columns."""
    sheet.open(A4, A5, LETTER, largest=11)
    top = sheet.place([sheet.heading(sheet.copy.title(), 1.8)], sheet.margin, sheet.margin, sheet.inner)
    mark = sheet.stream.choice(("dot", "-", "*", ""))

    def story() -> Iterator[Flowable]:
        for _ in range(12):
            yield sheet.heading(sheet.copy.phrase(), 1.2)
            yield from sheet.items(sheet.stream.integers(3, 7), mark)

    sheet.pour(story(), sheet.columns(2, top, sheet.height - sheet.margin, 26))


def form(sheet: Sheet) -> None:
    """Labels, answers on rules, and boxes to tick."""
    sheet.open(A4, LETTER, A5)
    copy = sheet.copy
    copy.register = "office"
    top = sheet.place([sheet.heading(f"Form {copy.count(90)}: {copy.phrase()}", 1.6), sheet.body(2, 3, align="left")],
                      sheet.margin, sheet.margin, sheet.inner)  # fmt: skip
    answers: dict[str, Callable[[], str]] = {
        "Name": copy.full_name, "Date": copy.date, "Email": copy.email, "Year of birth": copy.year,
        "Amount": copy.amount, "Reference": copy.count, "Subject": copy.phrase, "Town": partial(copy.piece, "town"),
        "Remarks": copy.sentence,
    }  # fmt: skip
    row = sheet.type.size * 2.4
    for label in sheet.stream.shuffled(list(answers)):
        middle = sheet.margin + sheet.inner * 0.3
        sheet.place([sheet.text(f"{label}:", face="bold", align="left")], sheet.margin, top, sheet.inner * 0.3)
        end = sheet.place([sheet.text(answers[label](), align="left", after=0)], middle, top, sheet.inner * 0.7)
        sheet.line(middle, end + 2, sheet.margin + sheet.inner, weight=0.5)
        top = max(top + row, end + 10)
    top += 10
    size = sheet.type.size
    while top < sheet.height - sheet.margin - 5 * size:
        box = sheet.margin, top + size * 0.3, size * 0.8, size * 0.8
        sheet.canvas.rect(*box, stroke=sheet.accent, weight=0.5)
        top = sheet.place([sheet.text(copy.sentence(), align="left", after=0.6)], sheet.margin + 2 * size, top,
                          sheet.inner - 2 * size)  # fmt: skip


def invoice(sheet: Sheet) -> None:
    """Sender, receiver, a table of goods with amounts, the sum, terms."""
    sheet.open(A4, LETTER, margin=(45, 70), largest=11)
    copy, left, width = sheet.copy, sheet.margin, sheet.inner
    copy.register = "office"
    top = sheet.place([sheet.heading("Invoice", 2.2)], left, sheet.margin, width)
    sender = [sheet.text(line, align="left", after=0) for line in (*copy.address(), copy.email())]
    particulars = [sheet.text(line, align="right", after=0) for line in
            (f"Number {copy.count(9999)}", f"Date {copy.date()}", f"Customer {copy.count(999)}")]  # fmt: skip
    sheet.place(particulars, left + width / 2, top, width / 2)
    top = sheet.place(sender, left, top, width / 2) + 20
    top = sheet.place([sheet.text(line, align="left", after=0) for line in copy.address()], left, top, width / 2) + 20
    bill = copy.bill(sheet.stream.integers(5, 14))
    sums = [[name, "", "", amount] for name, amount in bill.sums]
    cells = [["Description", "Quantity", "Price", "Amount"], *bill.rows, *sums]
    ruled = sheet.stream.choice(RULED)
    goods = sheet.table(cells, [width * 0.46, width * 0.16, width * 0.18, width * 0.2], ruled=ruled)
    top = sheet.place([goods], left, top, width) + 20
    sheet.place(
        [sheet.body(3, 8, align="left"), sheet.text(f"Questions: {copy.email()}", align="left")], left, top, width
    )


def timetable(sheet: Sheet) -> None:
    """A full page of times and places in a table, notes below."""
    sheet.open(A4, LETTER, margin=(40, 60), largest=10.5)
    copy, count = sheet.copy, sheet.stream.integers(4, 7)
    copy.register = "place"
    title = f"{copy.piece('town')} - {copy.piece('town')}"
    top = sheet.place([sheet.heading(title, 1.7), sheet.body(1, 2, align="left")],
                      sheet.margin, sheet.margin, sheet.inner)  # fmt: skip
    head = ["Place", *(copy.piece("train") for _ in range(count))]
    rows = copy.journeys(sheet.stream.integers(12, 22), count)
    first = sheet.inner * 0.25
    widths = [first, *[(sheet.inner - first) / count] * count]
    top = sheet.place(
        [sheet.table([head, *rows], widths, ruled=sheet.stream.choice(RULED))], sheet.margin, top, sheet.inner
    )
    notes = sheet.items(3, "*") if sheet.stream.chance(0.5) else iter([sheet.body(2, 4, align="left")])
    sheet.place(notes, sheet.margin, top + 14, sheet.inner)


def slide(sheet: Sheet) -> None:
    """A title, a few points in large type, a picture at the side."""
    sheet.open(SLIDE, margin=(36, 56))
    top = sheet.place([sheet.heading(sheet.copy.title(), 2.6)], sheet.margin, sheet.margin, sheet.inner)
    pictured = sheet.stream.chance(0.7)
    width = sheet.inner * (0.55 if pictured else 1.0)
    mark = sheet.stream.choice(("-", "*"))
    points = [
        sheet.text(f"{mark} {sheet.copy.piece('point')}", scale=1.6, align="left", hanging=0.9, after=0.5)
        for _ in range(sheet.stream.integers(3, 6))
    ]
    bottom = sheet.height - sheet.margin * 0.6
    sheet.pour(points, [sheet.frame(sheet.margin, top + 8, width, bottom - top - 8)])
    if pictured:
        wide = sheet.inner * 0.4
        left = sheet.margin + sheet.inner - wide
        high = min(bottom - top - 16, wide * sheet.stream.uniform(0.7, 1.1))
        sheet.place([sheet.picture(wide, high)], left, top + 12, wide)


def poster(sheet: Sheet) -> None:
    """Large centred type and a large picture."""
    sheet.open(A4, A5, margin=(36, 60))
    scale = sheet.width / A4[0]
    sheet.copy.register = "news"
    heading = sheet.heading(sheet.copy.title(), 3.6 * scale, "centre")
    top = sheet.place([heading], sheet.margin, sheet.margin, sheet.inner)
    high = sheet.height * sheet.stream.uniform(0.3, 0.42)
    top = sheet.place([sheet.picture(sheet.inner, high)], sheet.margin, top + 10, sheet.inner) + 14
    lines = [
        sheet.text(sheet.copy.date(), scale=2.0 * scale, face="bold", align="centre"),
        sheet.text(sheet.copy.sentence(), scale=1.5 * scale, align="centre"),
        sheet.text(sheet.copy.sentence(), scale=1.2 * scale, align="centre"),
        sheet.text(sheet.copy.email(), scale=1.2 * scale, face="italic", align="centre"),
    ]
    sheet.pour(lines, [sheet.frame(sheet.margin, top, sheet.inner, sheet.height - sheet.margin - top)])

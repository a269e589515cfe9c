"""Layouts of running text: articles, newspapers, letters, books. Each writes one sheet."""

from __future__ import annotations

from collections.abc import Iterator

from synthink.documents.synthetic.flow import Align, Flowable
from synthink.documents.synthetic.sheet import A4, A5, LETTER, Sheet

MASTHEADS = ("Herald", "Courier", "Gazette", "Chronicle", "Observer", "Times", "Mercury", "Post", "Echo", "Advertiser")


def running(sheet: Sheet, *, sections: bool = True, pictures: float = 0.0, width: float = 0.0) -> Iterator[Flowable]:
    """Body text without end: paragraphs, now and then a heading or a list, and up to two pictures with captions."""
    indent = sheet.stream.chance(0.4)
    drawn = 0
    for number in range(60):
        if sections and number % 4 == 3 and sheet.stream.chance(0.6):
            yield sheet.heading(sheet.copy.title(), 1.25)
        if drawn < 2 and sheet.stream.chance(pictures):
            drawn += 1
            yield sheet.picture(width, width * sheet.stream.uniform(0.5, 0.8))
            yield sheet.caption()
        if sections and sheet.stream.chance(0.08):
            yield from sheet.items(sheet.stream.integers(3, 6), "dot" if sheet.stream.chance(0.5) else "")
        yield sheet.body(indent=1.5 if indent else 0.0, after=0.0 if indent else 0.6)


def _article(sheet: Sheet, columns: int, pictures: float) -> None:
    sheet.open(A4, LETTER, largest=(14.0, 11.0, 9.5)[columns - 1])
    sheet.copy.register = "study" if columns < 3 else sheet.stream.choice(("news", "place"))
    align: Align = sheet.stream.choice(("left", "centre"))
    head = [sheet.heading(sheet.copy.title(), 2.0, align), sheet.text(
        f"{sheet.copy.full_name()} and {sheet.copy.full_name()}",
        face="italic", align=align, after=1.2)]  # fmt: skip
    top = sheet.place(head, sheet.margin, sheet.margin, sheet.inner)
    bottom = sheet.height - sheet.margin * sheet.stream.uniform(1.0, 2.5)
    frames = sheet.columns(columns, top, bottom)
    width = (sheet.inner - 18 * (columns - 1)) / columns
    sheet.pour(running(sheet, pictures=pictures, width=width * (0.7 if columns == 1 else 1.0)), frames)
    if sheet.stream.chance(0.6):
        number = sheet.text(sheet.copy.count(300), scale=0.9, align="centre")
        sheet.place([number], sheet.margin, sheet.height - sheet.margin * 0.8, sheet.inner)


def article_one(sheet: Sheet) -> None:
    """A report in one column."""
    _article(sheet, 1, 0.12)


def article_two(sheet: Sheet) -> None:
    """A paper in two columns with figures."""
    _article(sheet, 2, 0.15)


def article_three(sheet: Sheet) -> None:
    """A magazine's page in three columns."""
    _article(sheet, 3, 0.12)


def newspaper(sheet: Sheet) -> None:
    """A masthead, then stories with headlines of their own in columns, one with a picture."""
    sheet.open(A4, LETTER, margin=(30, 45), largest=10)
    sheet.copy.register = "news"
    title = f"The {sheet.copy.piece('town')} {sheet.stream.choice(MASTHEADS)}"
    name = sheet.text(title, scale=3.0, face="heading", align="centre", after=0.1)
    top = sheet.place([name], sheet.margin, sheet.margin, sheet.inner)
    day = sheet.text(sheet.copy.date(), scale=0.85, align="centre", after=0.6)
    top = sheet.place([day], sheet.margin, top + 2, sheet.inner)
    sheet.line(sheet.margin, top, sheet.margin + sheet.inner, weight=1.5)
    count = sheet.stream.integers(2, 5)
    height = (sheet.height - sheet.margin - top) / 2
    for part in range(2):
        start = sheet.place(
            [sheet.heading(sheet.copy.piece("headline"), 1.8 - 0.3 * part)], sheet.margin, top + 8, sheet.inner
        )
        frames = sheet.columns(count, start, top + height - 6, 14)
        width = (sheet.inner - 14 * (count - 1)) / count
        story = running(sheet, sections=False, pictures=0.25, width=width)
        sheet.pour(story, frames)
        top += height
        count = sheet.stream.integers(2, 4)


def letter(sheet: Sheet) -> None:
    """Addresses, date, subject, body, signature."""
    sheet.open(A4, LETTER, A5, margin=(50, 80))
    sheet.copy.register = "office"
    left, width = sheet.margin, sheet.inner
    top = sheet.place([sheet.text(line, align="right", after=0.0) for line in sheet.copy.address()], left, 45, width)
    top = sheet.place(
        [sheet.text(line, align="left", after=0.0) for line in sheet.copy.address()], left, top + 20, width
    )
    top = sheet.place([sheet.text(sheet.copy.date(), align="right")], left, top + 20, width)
    closing = sheet.stream.choice(("Yours sincerely,", "With kind regards,", "Best wishes,"))
    lines = [
        sheet.text(f"Subject: {sheet.copy.phrase()}", face="bold", align="left", after=1.0),
        sheet.text(f"Dear {sheet.copy.name()},", align="left", after=0.8),
        *(sheet.body(4, 9, after=0.7) for _ in range(sheet.stream.integers(3, 6))),
        sheet.text(closing, align="left", after=1.5),
        sheet.text(sheet.copy.full_name(), face="italic", align="left"),
    ]
    sheet.pour(lines, [sheet.frame(left, top + 12, width, sheet.height - sheet.margin - top - 12)])


def encyclopedia(sheet: Sheet) -> None:
    """A lemma with a picture and a caption at the right, the text beside and below it."""
    sheet.open(A4, LETTER)
    sheet.copy.register = "place"
    top = sheet.place([sheet.heading(sheet.copy.piece("town"), 2.0)], sheet.margin, sheet.margin, sheet.inner)
    sheet.line(sheet.margin, top, sheet.margin + sheet.inner)
    side = round(sheet.inner * sheet.stream.uniform(0.33, 0.42))
    left = sheet.margin + sheet.inner - side
    high = side * sheet.stream.uniform(0.7, 1.2)
    end = sheet.place([sheet.picture(side, high), sheet.caption()], left, top + 14, side)
    upper = sheet.frame(sheet.margin, top + 10, sheet.inner - side - 16, end - top - 10)
    lower = sheet.frame(sheet.margin, end + 4, sheet.inner, sheet.height - end - sheet.margin - 4)
    sheet.pour(running(sheet, pictures=0.04, width=sheet.inner * 0.5), [upper, lower])


def textbook(sheet: Sheet) -> None:
    """A chapter with figures in the column, numbered headings and exercises."""
    sheet.open(A4, A5, LETTER)
    sheet.copy.register = sheet.stream.choice(("study", "place"))
    chapter = sheet.stream.integers(1, 15)
    width = sheet.inner * sheet.stream.uniform(0.5, 0.9)

    def story() -> Iterator[Flowable]:
        yield sheet.heading(f"{chapter} {sheet.copy.title()}", 1.9, after=0.8)
        for section in range(1, 6):
            yield sheet.heading(f"{chapter}.{section} {sheet.copy.title()}", 1.3)
            yield sheet.body(3, 6)
            if section % 2:
                yield sheet.picture(width, width * sheet.stream.uniform(0.35, 0.6))
                yield sheet.caption()
            yield sheet.body(4, 8)
            if sheet.stream.chance(0.5):
                yield sheet.text("Exercises", face="bold", align="left")
                yield from sheet.items(sheet.stream.integers(3, 6))

    sheet.pour(story(), sheet.columns(1, sheet.margin, sheet.height - sheet.margin))


def novel(sheet: Sheet) -> None:
    """A page of a book: running head, indented paragraphs, page number."""
    sheet.open(A5, margin=(45, 65))
    sheet.copy.register = "story"
    head = sheet.text(sheet.copy.title(), scale=0.85, face="italic", align="centre")
    sheet.place([head], sheet.margin, sheet.margin - 22, sheet.inner)
    lines = (sheet.body(2, 7, align="justified", indent=1.5, after=0.0) for _ in range(40))
    sheet.pour(lines, sheet.columns(1, sheet.margin + 6, sheet.height - sheet.margin - 10))
    number = sheet.text(sheet.copy.count(600), scale=0.9, align="centre")
    sheet.place([number], sheet.margin, sheet.height - sheet.margin + 6, sheet.inner)


def glossary(sheet: Sheet) -> None:
    """Terms and what they mean, in two columns."""
    sheet.open(A4, LETTER, largest=11)
    top = sheet.place([sheet.heading(sheet.stream.choice(("Glossary", "Terms", "List of Terms")), 1.8)],
                      sheet.margin, sheet.margin, sheet.inner)  # fmt: skip

    def entries() -> Iterator[Flowable]:
        for term, meaning in sheet.copy.terms(60):
            yield sheet.text(term, face="bold", align="left", after=0.0)
            more = f"; see also {sheet.copy.piece('object')}" if sheet.stream.chance(0.4) else ""
            yield sheet.text(f"{meaning}{more}, {sheet.copy.count(400)}", align="left", after=0.6)

    sheet.pour(entries(), sheet.columns(2, top, sheet.height - sheet.margin, 24))


def book_index(sheet: Sheet) -> None:
    """The index of a book: words and pages, in three or four columns."""
    sheet.open(A4, LETTER, A5, largest=9.5)
    top = sheet.place([sheet.heading("Index", 1.8)], sheet.margin, sheet.margin, sheet.inner)
    columns = sheet.stream.integers(2, 4) if sheet.width < A4[0] else sheet.stream.integers(3, 5)
    lines = (sheet.text(line, align="left", hanging=1.5, after=0.0) for line in sheet.copy.entries(300))
    sheet.pour(lines, sheet.columns(columns, top, sheet.height - sheet.margin, 16))


def minutes(sheet: Sheet) -> None:
    """Who said what: a transcript with names in front."""
    sheet.open(A4, LETTER)
    sheet.copy.register = "office"
    names = [sheet.copy.piece("last") for _ in range(sheet.stream.integers(3, 6))]

    def story() -> Iterator[Flowable]:
        yield sheet.heading(f"Minutes: {sheet.copy.piece('body')} of {sheet.copy.piece('town')}", 1.6)
        yield sheet.text(f"{sheet.copy.date()}. Present: {', '.join(names)}.", align="left", after=1.0)
        for number in range(30):
            if number % 6 == 5:
                yield sheet.text(f"Decision {number // 6 + 1}: {sheet.copy.piece('motion')}", face="bold", align="left")
            speech = " ".join(sheet.copy.piece("speech") for _ in range(sheet.stream.integers(1, 5)))
            yield sheet.text(f"{sheet.stream.choice(names)}: {speech}", hanging=2.0, after=0.4)

    sheet.pour(story(), sheet.columns(1, sheet.margin, sheet.height - sheet.margin * sheet.stream.uniform(1, 2)))

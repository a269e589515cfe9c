"""Layouts of learned and technical work: papers with formulas, drafts to be corrected, code. Each writes one sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from synthink.documents.synthetic.flow import Flowable
from synthink.documents.synthetic.layout_charts import chart
from synthink.documents.synthetic.sheet import A4, LETTER, Sheet

_VARIABLES = "abcdefhkmnpqrstuvwxyz"


def paper(sheet: Sheet) -> None:
    """Title, authors, a summary in a block, two columns with formulas, a chart with labels, references."""
    sheet.open(A4, LETTER, largest=10.5)
    copy = sheet.copy
    copy.register = "study"
    names = ", ".join(copy.full_name() for _ in range(sheet.stream.integers(1, 4)))
    head = [sheet.heading(copy.title(), 1.9, "centre"), sheet.text(names, align="centre", after=0.2)]
    place = f"{copy.piece('town')} Institute of {copy.piece('field').title()}"
    head.append(sheet.text(place, face="italic", align="centre", after=1.0))
    top = sheet.place(head, sheet.margin, sheet.margin, sheet.inner)
    summary = sheet.text(f"Summary. {copy.paragraph(2, 3)}", scale=0.95, align="justified", after=0.0)
    inset = sheet.inner * 0.08
    high = summary.height(sheet.inner - 2 * inset - 16)
    if sheet.stream.chance(0.5):
        sheet.panel(sheet.margin + inset, top - 4, sheet.inner - 2 * inset, high + 14)
    top = sheet.place([summary], sheet.margin + inset + 8, top, sheet.inner - 2 * inset - 16) + 22
    bottom = sheet.height - sheet.margin
    left_column, _ = sheet.columns(2, top, bottom)
    width = (sheet.inner - 18) / 2
    sheet.pour(_sections(sheet, width), [left_column])
    right = sheet.margin + width + 18
    high = width * 0.62
    chart(sheet, right, top, width, high)
    below = sheet.place([sheet.caption()], right, top + high + 10, width)
    middle = below + (bottom - below) * sheet.stream.uniform(0.35, 0.6)
    sheet.pour((sheet.body(3, 6) for _ in range(20)), [sheet.frame(right, below, width, middle - below)])
    sheet.pour(_references(sheet), [sheet.frame(right, middle + 6, width, bottom - middle - 6)])


def _sections(sheet: Sheet, width: float) -> Iterator[Flowable]:
    """Numbered sections of text with formulas."""
    number = 1
    for section in range(1, 6):
        yield sheet.heading(f"{section} {sheet.copy.phrase()}", 1.15)
        yield sheet.body(3, 5)
        if sheet.stream.chance(0.7):
            yield formula(sheet, number)
            number += 1
            where, other = (sheet.stream.choice(_VARIABLES) for _ in range(2))
            meaning = (
                f"where {where} is the {sheet.copy.piece('property')} and {other} the {sheet.copy.piece('process')}."
            )
            yield sheet.text(meaning, after=0.4)
        yield sheet.body(2, 5)


def formula(sheet: Sheet, number: int) -> Flowable:
    """A line like a formula, with its number in brackets."""
    a, b, c, d = (sheet.stream.choice(_VARIABLES) for _ in range(4))
    n, m = sheet.stream.integers(2, 10), sheet.stream.integers(11, 99)
    text = sheet.stream.choice((
        f"{a} = {n} {b} + {c}", f"{a}({b}) = {n}.{m} {b} - {c}", f"{a} = {b} ({c} + {d})",
        f"{a} + {b} = {n} ({c} - {d})",
        f"{a} = 0.{m} ({b} - {c}) + {n} {d}", f"d{a} = ({b} + {n} {c}) d{d}", f"log {a} = {n} log {b} - 0.{m}",
        f"min({a}, {b}) = {c} - {n}", f"{a} {b} = {c} {d}", f"{n} {a} + {m} {b} = 0",
    ))  # fmt: skip
    return sheet.text(f"{text} ({number})", face="italic", align="centre", after=0.6)


def _references(sheet: Sheet) -> Iterator[Flowable]:
    yield sheet.heading("References", 1.15)
    for number in range(1, 25):
        yield sheet.text(f"{number}. {sheet.copy.piece('reference')}", scale=0.9, align="left", hanging=1.4, after=0.2)


def draft(sheet: Sheet) -> None:
    """A manuscript with room between its lines for whoever corrects it."""
    sheet.open(A4, LETTER, margin=(60, 90), largest=12)
    sheet.type = replace(sheet.type, leading=round(sheet.stream.uniform(1.8, 2.3), 2), align="left")
    face = sheet.stream.choice(("mono", "body", "body"))
    running = f"{sheet.copy.piece('last')} - {sheet.copy.count(300)}"
    sheet.place([sheet.text(running, align="right")], sheet.margin, sheet.margin - 34, sheet.inner)
    paragraphs = (sheet.body(2, 6, face=face, indent=2.0, after=0.0) for _ in range(30))
    sheet.pour(paragraphs, sheet.columns(1, sheet.margin, sheet.height - sheet.margin))


def listing(sheet: Sheet) -> None:
    """Code in type of equal widths, on a block, between paragraphs that explain it."""
    sheet.open(A4, LETTER, margin=(50, 75), largest=10)
    sheet.copy.register = "study"
    top = sheet.place([sheet.heading(sheet.copy.title(), 1.7)], sheet.margin, sheet.margin, sheet.inner)
    bottom = sheet.height - sheet.margin
    for number in range(1, 6):
        top = sheet.place([sheet.body(1, 3, align="left", after=0.4)], sheet.margin, top, sheet.inner) + 4
        lines = list(_code(sheet))
        high = sum(line.height(sheet.inner - 24) for line in lines) + 16
        if top + high > bottom:
            break
        sheet.panel(sheet.margin, top, sheet.inner, high)
        sheet.place(lines, sheet.margin + 12, top + 6, sheet.inner - 24)
        note = f"Listing {number}: {sheet.copy.piece('caption')}."
        top = sheet.place([sheet.text(note, scale=0.9, face="italic", align="left")], sheet.margin, top + high + 4,
                          sheet.inner) + 4  # fmt: skip


def _code(sheet: Sheet) -> Iterator[Flowable]:
    """A few functions, a line each; further in is deeper."""
    piece = sheet.copy.piece
    for _ in range(sheet.stream.integers(1, 3)):
        verb, thing, things, count = piece("treat"), piece("object"), piece("objects"), piece("stuff")
        lines = [
            (0, f"def {verb}({things}, {count}):"),
            (1, f"{thing} = {sheet.copy.count(90)}"),
            (1, f"for {thing} in sorted({things}):"),
            (2, f"if {thing} == {count}:"),
            (3, sheet.stream.choice(("continue", "break", f"return {thing}"))),
            (2, f"{count} = {count} + {sheet.copy.count(9)}"),
            (1, f"print({thing}, {count} + {sheet.copy.count(99)})"),
            (1, f"return {piece('treat')}({things}, {thing})"),
        ]
        dropped = sheet.stream.integers(1, 7)
        for number, (depth, line) in enumerate(lines):
            if number != dropped or depth == 2:
                yield sheet.text(line, scale=0.95, face="mono", align="left", indent=2.0 * depth, after=0.0)

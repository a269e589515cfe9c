"""Charts with labels, drawn with lines and type instead of pixels: their words are words of the page."""

from __future__ import annotations

from itertools import pairwise

from synthink.documents.synthetic.sheet import Sheet

_LABEL = 0.8  # of the body's size
_AXIS = (0.35, 0.35, 0.35)


def chart(sheet: Sheet, left: float, top: float, width: float, height: float) -> None:
    """Bars, or a curve, over a few names, with a title and values at the side; from the page's top left, points."""
    names = _times(sheet) if sheet.stream.chance(0.5) else [sheet.copy.piece("kpi") for _ in range(4)]
    title = sheet.text(
        f"{sheet.copy.piece('kpi')}, {sheet.copy.piece('unit')}", scale=_LABEL, face="bold", align="left"
    )
    below = sheet.place([title], left, top, width)
    size = sheet.type.size * _LABEL
    first, foot, right = left + 4 * size, top + height - 2.2 * size, left + width
    step = (right - first) / len(names)
    canvas, most = sheet.canvas, sheet.stream.choice((10, 20, 40, 50, 100, 200))
    for part in range(3):
        y = foot - (foot - below - size) * part / 2
        sheet.place([sheet.text(str(most * part // 2), scale=_LABEL, align="right")], left, y - 0.8 * size, 3.4 * size)
        canvas.line(first, y, right, y, colour=_AXIS, weight=0.75)
    heights = [sheet.stream.uniform(0.08, 0.95) * (foot - below - size) for _ in names]
    red, green, blue = (sheet.stream.uniform(0.25, 0.75) for _ in range(3))
    colour = red, green, blue
    if sheet.stream.chance(0.6):
        for number, tall in enumerate(heights):
            canvas.rect(first + (number + 0.2) * step, foot - tall, 0.6 * step, tall, fill=colour)
    else:
        places = [(first + (number + 0.5) * step, foot - tall) for number, tall in enumerate(heights)]
        for (x0, y0), (x1, y1) in pairwise(places):
            canvas.line(x0, y0, x1, y1, colour=colour, weight=1.5)
    for number, name in enumerate(names):
        label = sheet.text(name, scale=_LABEL, align="centre", after=0.0)
        sheet.place([label], first + number * step, foot + 0.4 * size, step)


def _times(sheet: Sheet) -> list[str]:
    """Years, or months, that follow each other."""
    if sheet.stream.chance(0.5):
        first = sheet.stream.integers(1950, 2020)
        return [str(first + number) for number in range(5)]
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    start = sheet.stream.integers(0, 7)
    return list(months[start : start + 6])

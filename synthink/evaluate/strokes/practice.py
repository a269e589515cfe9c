"""A page to practise on: text in lines of many lengths and sizes, and pictures, none of it printed."""

from __future__ import annotations

from functools import cache

from synthink.documents.page.model import Page, make_page
from synthink.documents.page.tiles import Raster
from synthink.streams import Stream, StreamKey

WIDTH, HEIGHT, MARGIN = 1800, 3600, 100  # pixels
TYPE = (14.0, 26.0)  # pixels of the type's height
LEADING = (1.15, 1.7)  # heights of type from line to line
WORD = (0.7, 4.5)  # heights of type that a word is wide
SPACE = (0.2, 0.4)  # heights of type between words
MOST_LINES = 6  # of a paragraph
LINE = (150.0, 900.0)  # pixels that the lines of a paragraph are wide
PICTURES = 0.25  # of paragraphs with a picture below them
PICTURE = ((100.0, 500.0), (80.0, 300.0))  # pixels


@cache
def practice_page() -> Page:
    """The page, always the same. Its words are their numbers, and its picture is white."""
    stream = StreamKey("strokes").stream(0, "page")
    boxes: list[tuple[float, float, float, float]] = []
    images: list[tuple[float, float, float, float]] = []
    word_lines: list[int] = []
    line_paragraphs: list[int] = []
    top, paragraph = float(MARGIN), 0
    while True:
        height, left = stream.within(TYPE), MARGIN * (1.0 + 2.0 * stream.uniform())
        leading, width = height * stream.within(LEADING), stream.within(LINE)
        lines = stream.integers(1, MOST_LINES + 1)
        picture = [stream.within(side) for side in PICTURE] if stream.chance(PICTURES) else [0.0, 0.0]
        bottom = top + lines * leading + picture[1] + 2 * height
        if bottom > HEIGHT - MARGIN:
            break
        for line in range(lines):
            last = line == lines - 1
            row = _line(stream, left, left + width * (stream.uniform(0.2, 1.0) if last else 1.0), height)
            boxes += [(one, top, other, top + height) for one, other in row]
            word_lines += [len(line_paragraphs)] * len(row)
            line_paragraphs.append(paragraph)
            top += leading
        if all(picture):
            images.append((left, top, left + picture[0], top + picture[1]))
        top, paragraph = bottom, paragraph + 1
    raster = Raster((WIDTH, HEIGHT), ())
    words = [str(number) for number in range(len(boxes))]
    return make_page("practice", raster, words, boxes, word_lines, line_paragraphs, image_boxes=images)


def _line(stream: Stream, left: float, right: float, height: float) -> list[tuple[float, float]]:
    """Left and right edge of each word of a line, at least one."""
    words: list[tuple[float, float]] = []
    while not words or left < right:
        end = left + height * stream.within(WORD)
        words.append((left, end))
        left = end + height * stream.within(SPACE)
    return words

"""Pages for tests: of boxes alone, dense or airy; of words drawn by Pillow at known places; of targets for gestures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from synthink.documents.page.model import Page, make_page
from synthink.documents.page.tiles import Raster
from synthink.draw.geometry import Box
from synthink.gestures.target import Strip, Target
from synthink.streams import Stream

Pixels = npt.NDArray[np.uint8]

WORDS = "the quick brown foxes jump over a lazy dog I saw under some extraordinarily tall and old trees in mid autumn"
IMAGE = Box(60.0, 400.0, 300.0, 540.0)


def blank(width: int, height: int) -> Raster:
    """A white page."""
    return Raster.of(np.full((height, width), 255, dtype=np.uint8))


def random_page(
    stream: Stream,
    *,
    size_px: tuple[int, int] = (800, 1100),
    columns: int = 1,
    type_px: float = 16.0,
    leading: float = 1.3,
    images: int = 1,
    least_words: int = 1,
    signs: float = 0.04,
) -> Page:
    """Paragraphs of words with random lengths in columns, pictures among them; words are told apart by a number.

    leading: from line to line, in heights of the type. signs: share of words that are nothing but signs.
    """
    width, height = size_px
    margin, gutter = 0.11 * width, 0.03 * width
    column = (width - 2 * margin - (columns - 1) * gutter) / columns
    words: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    pictures: list[tuple[float, float, float, float]] = []
    lines: list[int] = []
    paragraphs: list[int] = []
    space = 0.25 * type_px
    for number in range(columns):
        left, y = margin + number * (column + gutter), margin
        while y < height - margin - 3 * leading * type_px:
            if images and stream.chance(0.25):
                images -= 1
                side = stream.uniform(0.15, 0.25) * height
                if y + side < height - margin:
                    pictures.append((left, y, left + column * stream.uniform(0.5, 1.0), y + side))
                    y += side + type_px
                continue
            count = stream.integers(least_words, max(60, 2 * least_words))
            x = left
            paragraph = paragraphs[-1] + 1 if paragraphs else 0
            paragraphs.append(paragraph)
            for _ in range(count):
                sign = stream.chance(signs)
                text = "–" if sign else f"w{len(words)}" + "x" * stream.integers(0, 8)
                long = (1 if sign else len(text)) * 0.45 * type_px
                if x + long > left + column and x > left:
                    x, y = left, y + leading * type_px
                    if y > height - margin - type_px:
                        break
                    paragraphs.append(paragraph)
                words.append(text)
                boxes.append((x, y, x + long, y + type_px))
                lines.append(len(paragraphs) - 1)
                x += long + space
            y += leading * type_px + 0.8 * type_px
    return make_page("made", blank(width, height), words, boxes, lines, paragraphs, image_boxes=pictures)


def page_of_rows(
    texts: list[list[str]], *, type_px: float = 20.0, pitch: float = 40.0, size_px: tuple[int, int] = (600, 400)
) -> Page:
    """One paragraph with the given words in each line."""
    words, boxes, lines = [], [], []
    for line, row in enumerate(texts):
        x, y = 40.0, 40.0 + line * pitch
        for text in row:
            words.append(text)
            boxes.append((x, y, x + 10.0 * len(text), y + type_px))
            lines.append(line)
            x += 10.0 * len(text) + 6.0
    return make_page("rows", blank(*size_px), words, boxes, lines, [0] * len(texts))


@cache
def font(size: int = 16) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def drawn_words(
    paragraphs: Sequence[str], size_px: tuple[int, int] = (420, 300), columns: int = 1, size: int = 16
) -> tuple[Pixels, list[str], list[tuple[float, float, float, float]], list[int], list[int]]:
    """A picture, the words in reading order, their boxes, the line of each, the paragraph of each line."""
    picture = Image.new("RGB", size_px, "white")
    draw = ImageDraw.Draw(picture)
    gutter = 40
    width = (size_px[0] - 20 - gutter * (columns - 1)) // columns
    share = -(-len(paragraphs) // columns)
    words, boxes, lines, line_paragraphs = [], [], [], []
    leading = round(1.3 * size)
    for column in range(columns):
        left, y = 10 + column * (width + gutter), 10
        for number in range(column * share, min(len(paragraphs), (column + 1) * share)):
            x = left
            line_paragraphs.append(number)
            for word in paragraphs[number].split():
                wide = draw.textlength(word, font(size))
                if x + wide > left + width:
                    x, y = left, y + leading
                    line_paragraphs.append(number)
                draw.text((x, y), word, "black", font(size))
                words.append(word)
                boxes.append((x - 1, y, x + wide + 1, y + 1.25 * size))
                lines.append(len(line_paragraphs) - 1)
                x += round(wide + 0.35 * size)
            y += 2 * leading
    return np.asarray(picture), words, boxes, lines, line_paragraphs


def drawn_page(
    name: str = "p1", paragraphs: Sequence[str] = ("One two three", "Four five"), picture: bool = True
) -> Page:
    """A page of paragraphs, with a picture below them."""
    pixels, words, boxes, lines, line_paragraphs = drawn_words(paragraphs)
    pixels = pixels.copy()
    if picture:
        pixels[200:260, 100:220] = np.arange(120, dtype=np.uint8)[:, np.newaxis] + np.array((0, 60, 120), np.uint8)
    images = [(100, 200, 220, 260)] if picture else []
    return make_page(name, Raster.of(pixels), words, boxes, lines, line_paragraphs, image_boxes=images)


class FakePage:
    """Lines of words of the height H, 1.25 H apart, and one image; boxes as a page has them."""

    def __init__(self, stream: Stream, height: float = 20.0, lines: int = 12, width: float = 420.0) -> None:
        self.height, self.words = height, WORDS.split()
        self.lines: list[list[tuple[Box, str]]] = []
        for number in range(lines):
            x, top = 60.0, 40.0 + 1.25 * height * number
            line: list[tuple[Box, str]] = []
            while True:
                word = self.words[stream.integers(0, len(self.words))]
                room = 0.45 * height * len(word)
                if x + room > 60.0 + width:
                    break
                line.append((Box(x, top, x + room, top + height), word))
                x += room + 0.25 * height
            self.lines.append(line)
        self.column = 60.0, max(line[-1][0].right for line in self.lines)

    def strip(self, line: int, first: int, stop: int) -> Strip:
        boxes = [box for box, _ in self.lines[line]]
        band = Box(boxes[0].left, boxes[0].top, boxes[-1].right, boxes[0].bottom)
        chosen = boxes[first:stop]
        box = Box(chosen[0].left, band.top, chosen[-1].right, band.bottom)
        before = boxes[first - 1].right if first else None
        after = boxes[stop].left if stop < len(boxes) else None
        gaps = tuple((one.right + other.left) / 2 for one, other in pairwise(chosen))
        return Strip(box, band, band.top + 0.78 * self.height, before, after, gaps)

    def target(self, kind: str, stream: Stream) -> Target:
        return getattr(self, f"_{kind}")(stream)

    def _line(self, stream: Stream, spare: int = 0) -> int:
        return stream.integers(0, len(self.lines) - spare)

    def _of(self, *strips: Strip) -> Target:
        boxes = [strip.box for strip in strips]
        around = Box(min(b.left for b in boxes), boxes[0].top, max(b.right for b in boxes), boxes[-1].bottom)
        return Target(around, (0,), strips, column=self.column)

    def _words(self, stream: Stream) -> Target:
        if stream.chance(0.15):
            line = self._line(stream, 2)
            count, last = len(self.lines[line]), stream.integers(1, 3)
            strips = [self.strip(line, stream.integers(count // 2, count), count)]
            if stream.chance(0.2):
                line += 1
                strips.append(self.strip(line, 0, len(self.lines[line])))
            return self._of(*strips, self.strip(line + 1, 0, last))
        line = self._line(stream)
        first = stream.integers(0, len(self.lines[line]))
        return self._of(self.strip(line, first, min(first + 1 + stream.integers(0, 4), len(self.lines[line]))))

    def _lines(self, stream: Stream) -> Target:
        first, count = self._line(stream, 3), stream.integers(1, 4)
        return self._of(*(self.strip(line, 0, len(self.lines[line])) for line in range(first, first + count)))

    def _gap(self, stream: Stream) -> Target:
        line = self._line(stream)
        word = stream.integers(1, len(self.lines[line]))
        one, other = self.lines[line][word - 1][0], self.lines[line][word][0]
        spare = 0.025 * self.height  # a gap's box is at least 0.3 H wide
        box = Box(one.right - spare, one.top, other.left + spare, one.bottom)
        whole = self.strip(line, 0, len(self.lines[line]))
        strip = Strip(box, whole.line, whole.baseline, one.right, other.left)
        return Target(box, (0, 1), (strip,), column=self.column)

    def _image(self, stream: Stream) -> Target:
        return Target(IMAGE, image=0, image_box=IMAGE, column=self.column)

    def _part_of_image(self, stream: Stream) -> Target:
        width, height = IMAGE.width * stream.uniform(0.42, 0.9), IMAGE.height * stream.uniform(0.42, 0.9)
        left = IMAGE.left + stream.uniform(0, IMAGE.width - width)
        top = IMAGE.top + stream.uniform(0, IMAGE.height - height)
        return Target(Box(left, top, left + width, top + height), image=0, image_box=IMAGE, column=self.column)

    def _pair(self, stream: Stream) -> Target:
        line = self._line(stream, 2)
        below = line + stream.integers(0, 3)
        one = stream.integers(0, len(self.lines[line]) - 2)
        other = one + 2 if below == line else stream.integers(0, min(len(self.lines[below]), one + 3))
        return self._pair_of((line, one), (below, other))

    def _neighbours(self, stream: Stream) -> Target:
        line = self._line(stream)
        word = stream.integers(0, len(self.lines[line]) - 1)
        return self._pair_of((line, word), (line, word + 1))

    def _pair_of(self, one: tuple[int, int], other: tuple[int, int]) -> Target:
        ends = self.lines[one[0]][one[1]][0], self.lines[other[0]][other[1]][0]
        strips = tuple(self.strip(line, word, word + 1) for line, word in (one, other))
        around = Box(min(b.left for b in ends), ends[0].top, max(b.right for b in ends), ends[1].bottom)
        return Target(around, (0, 1), strips, ends=ends, column=self.column)

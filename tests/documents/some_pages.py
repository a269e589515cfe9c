"""Pages for tests of documents: words drawn by Pillow at known places."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from synthink.documents.page.model import Page, make_page
from synthink.documents.page.tiles import Raster

Pixels = npt.NDArray[np.uint8]


@cache
def font(size: int = 16) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def typeset(
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


def page(name: str = "p1", paragraphs: Sequence[str] = ("One two three", "Four five"), picture: bool = True) -> Page:
    """A page of paragraphs, with a picture below them."""
    pixels, words, boxes, lines, line_paragraphs = typeset(paragraphs)
    pixels = pixels.copy()
    if picture:
        pixels[200:260, 100:220] = np.arange(120, dtype=np.uint8)[:, np.newaxis] + np.array((0, 60, 120), np.uint8)
    images = [(100, 200, 220, 260)] if picture else []
    return make_page(name, Raster.of(pixels), words, boxes, lines, line_paragraphs, image_boxes=images)

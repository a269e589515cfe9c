"""Pages made of boxes alone, dense or airy, for whatever looks at boxes."""

from __future__ import annotations

import numpy as np

from synthink.documents.page.model import Page, make_page
from synthink.documents.page.tiles import Raster
from synthink.streams import Stream


def blank(width: int, height: int) -> Raster:
    """A white page."""
    return Raster.of(np.full((height, width), 255, dtype=np.uint8))


def typeset(
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


def rows(
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

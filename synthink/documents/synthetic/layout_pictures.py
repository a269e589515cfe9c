"""Pictures that stand on synthetic pages: charts, landscapes, diagrams and photo-like patches, without any text.

Only integers and Pillow's fixed-point resampling are used, so that pixels are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from synthink.documents.page.tiles import Pixels
from synthink.streams import Stream

Colour = tuple[int, int, int]
_MID, _WHITE, _GREY = 128, (255, 255, 255), (90, 90, 90)


def draw_picture(stream: Stream, width: int, height: int) -> Pixels:
    """(height, width, 3) a picture of a kind drawn from the stream."""
    return np.asarray(stream.choice(PICTURES)(stream, width, height))


def _colour(stream: Stream, low: int = 20, high: int = 236) -> Colour:
    return stream.integers(low, high), stream.integers(low, high), stream.integers(low, high)


def _noise(stream: Stream, width: int, height: int, cells: int) -> Image.Image:
    """Smooth coloured noise of about that many cells across."""
    rows = max(2, cells * height // width)
    values = (stream.raw(rows * cells * 3) >> np.uint64(56)).astype(np.uint8).reshape(rows, cells, 3)
    return Image.fromarray(values).resize((width, height), Image.Resampling.BICUBIC)


def _fade(width: int, height: int, upper: Colour, lower: Colour) -> Image.Image:
    pair = np.array((upper, lower), dtype=np.uint8).reshape(2, 1, 3)
    return Image.fromarray(pair).resize((width, height), Image.Resampling.BILINEAR)


def _photo(stream: Stream, width: int, height: int) -> Image.Image:
    """Noise of three sizes, as far-away things in a photograph look."""
    picture = Image.blend(_noise(stream, width, height, 4), _noise(stream, width, height, 12), 0.375)
    return Image.blend(picture, _noise(stream, width, height, 60), 0.1875)


def _landscape(stream: Stream, width: int, height: int) -> Image.Image:
    """Sky, sun and three ranges of hills."""
    picture = _fade(width, height, _colour(stream, 60, 200), _colour(stream, 180, 256))
    draw = ImageDraw.Draw(picture)
    x, y, radius = stream.integers(0, width), stream.integers(0, height // 2 + 1), max(4, height // 8)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, stream.integers(190, 250), 120))
    for level in range(1, 4):
        base = height * (2 + level) // 6
        ridge = [(width * i // 8, base - stream.integers(0, height // 5 + 1)) for i in range(9)]
        draw.polygon([(0, height), *ridge, (width, height)], fill=_colour(stream, 20, 190 - 40 * level))
    return picture


def _bars(stream: Stream, width: int, height: int) -> Image.Image:
    picture = Image.new("RGB", (width, height), _WHITE)
    draw = ImageDraw.Draw(picture)
    count, colours = stream.integers(4, 10), [_colour(stream) for _ in range(stream.integers(1, 4))]
    for line in range(1, 5):
        draw.line((8, height * line // 5, width - 4, height * line // 5), fill=(215, 215, 215))
    step = max(4, (width - 16) // count)
    for i in range(count):
        top = stream.integers(height // 10, height - 12)
        draw.rectangle((10 + i * step, top, 10 + i * step + step * 2 // 3, height - 8), fill=colours[i % len(colours)])
    draw.line(((8, 4), (8, height - 8), (width - 4, height - 8)), fill=_GREY, width=2)
    return picture


def _curves(stream: Stream, width: int, height: int) -> Image.Image:
    picture = Image.new("RGB", (width, height), _WHITE)
    draw = ImageDraw.Draw(picture)
    draw.line(((8, 4), (8, height - 8), (width - 4, height - 8)), fill=_GREY, width=2)
    for _ in range(stream.integers(1, 5)):
        points = [(8 + (width - 12) * i // 11, stream.integers(8, height - 10)) for i in range(12)]
        smooth = [points[0]] + [
            ((a[0] + 2 * b[0] + c[0]) // 4, (a[1] + 2 * b[1] + c[1]) // 4)
            for a, b, c in zip(points, points[1:], points[2:], strict=False)
        ]
        draw.line(smooth, fill=_colour(stream, 10, 200), width=2)
    return picture


def _pie(stream: Stream, width: int, height: int) -> Image.Image:
    picture = Image.new("RGB", (width, height), _colour(stream, 225, 256))
    draw = ImageDraw.Draw(picture)
    radius = min(width, height) * 2 // 5
    box = (width // 2 - radius, height // 2 - radius, width // 2 + radius, height // 2 + radius)
    start = stream.integers(0, 360)
    for _ in range(stream.integers(3, 8)):
        stop = start + stream.integers(25, 100)
        draw.pieslice(box, start, stop, fill=_colour(stream), outline=_WHITE)
        start = stop
    return picture


def _diagram(stream: Stream, width: int, height: int) -> Image.Image:
    """Boxes joined by lines."""
    picture = Image.new("RGB", (width, height), _colour(stream, 235, 256))
    draw = ImageDraw.Draw(picture)
    columns, rows = stream.integers(2, 5), stream.integers(2, 4)
    centres = [
        (width * (2 * i + 1) // (2 * columns), height * (2 * j + 1) // (2 * rows))
        for j in range(rows)
        for i in range(columns)
    ]
    for a, b in zip(centres, stream.shuffled(centres), strict=True):
        draw.line((a, (b[0], a[1]), b), fill=_GREY, width=2)
    wide, high = width // (3 * columns), height // (4 * rows)
    for number, (x, y) in enumerate(centres):
        shape = draw.ellipse if number % 3 == 2 else draw.rectangle
        shape((x - wide, y - high, x + wide, y + high), fill=_colour(stream, 120, 250), outline=(40, 40, 40))
    return picture


def _mosaic(stream: Stream, width: int, height: int) -> Image.Image:
    """Overlapping shapes, as on a poster."""
    picture = _fade(width, height, _colour(stream), _colour(stream))
    draw = ImageDraw.Draw(picture)
    for _ in range(stream.integers(6, 16)):
        x, y = stream.integers(0, width), stream.integers(0, height)
        size = stream.integers(8, max(9, min(width, height) // 2))
        shape = stream.choice((draw.ellipse, draw.rectangle))
        shape((x - size, y - size, x + size, y + size), fill=_colour(stream))
    return picture


def _portrait(stream: Stream, width: int, height: int) -> Image.Image:
    """Head and shoulders before a blurred room."""
    picture = Image.blend(_noise(stream, width, height, 5), Image.new("RGB", (width, height), (200, 200, 190)), 0.5)
    draw = ImageDraw.Draw(picture)
    x, y, radius = width // 2, height * 2 // 5, min(width, height) // 5
    draw.ellipse((x - 2 * radius, height * 3 // 4, x + 2 * radius, height * 3 // 2), fill=_colour(stream, 20, 160))
    draw.ellipse((x - radius, y - radius * 6 // 4, x + radius, y + radius), fill=_colour(stream, 30, 90))
    skin = stream.integers(90, 235)
    draw.ellipse(
        (x - radius * 4 // 5, y - radius, x + radius * 4 // 5, y + radius * 6 // 5),
        fill=(skin, skin * 4 // 5, skin * 2 // 3),
    )
    return picture


def _map(stream: Stream, width: int, height: int) -> Image.Image:
    """Land, sea and roads: a level of smooth noise is the coast."""
    level = np.asarray(_noise(stream, width, height, 6))[..., 0]
    land, sea = _colour(stream, 170, 235), (stream.integers(120, 180), stream.integers(170, 210), 235)
    pixels = np.where((level > _MID)[..., np.newaxis], np.array(land, np.uint8), np.array(sea, np.uint8))
    picture = Image.fromarray(pixels)
    draw = ImageDraw.Draw(picture)
    for _ in range(stream.integers(2, 6)):
        ends = [(stream.integers(0, width), stream.integers(0, height)) for _ in range(3)]
        draw.line(ends, fill=_colour(stream, 120, 220), width=2)
    return picture


PICTURES: tuple[Callable[[Stream, int, int], Image.Image], ...] = (
    *(_photo, _landscape, _bars, _curves, _pie, _diagram, _mosaic, _portrait, _map),
)

"""Rasterisers of ink side by side: CPU time, and error against an exact round pen.

    python -m benchmarks.ink_raster

Each draws the same strokes, 4 px wide, in red into an RGB picture of 448 px; libraries that draw into pictures of
another kind have to convert, and that is in their time. The error is the mean over all pixels that the exact stroke
covers at all, in grey levels of coverage; the exact one is sampled 16 x 16 times a pixel and shares nothing with what
is measured. Machines are shared and noisy: look at the ratios. What synthink does not need is measured where it is
installed.
"""

from __future__ import annotations

import ctypes
import importlib
import itertools
import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import freetype.raw as ft
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from synthink.draw.pen_outline import ink_outline
from synthink.draw.raster import coverage
from synthink.ink import Ink
from synthink.ink.drawing.draw import InkLine, lay_line, line_coverage
from synthink.ink.drawing.pens import PENS, widths

SIZE = 448
WIDTH = 4.0
FINE = 16
RED = (255, 0, 0)
Points = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]


def strokes() -> dict[str, Points]:
    """Strokes of 80 points."""
    t = np.linspace(0, 2 * np.pi, 80)
    back = np.abs((t / 3) % 2 - 1)
    return {
        "loop": np.stack((224 + 150 * np.cos(1.05 * t), 224 + (100 - 2 * t) * np.sin(1.05 * t)), axis=1),
        "wave": np.stack((30 + 61.7 * t, 224 + 40 * np.sin(3 * t)), axis=1),
        "retraced": np.stack((60 + 300 * back, 100 + 200 * back), axis=1),
    }


def line_of_letters() -> tuple[Points, npt.NDArray[np.intp]]:
    """600 points in 24 strokes, one a letter, 2,100 px of way."""
    letters, starts = [], []
    t = np.linspace(0, 1, 25)
    for number in range(24):
        a = 2 * math.pi * (1.4 * t + 0.1 * number)
        tall = (1, 1, 1.8, 1, 1, 1.9)[number % 6]
        x = 12 + 17.5 * number + 15 * t + 5 * np.sin(a)
        letters.append(np.stack((x, 60 - 8 * tall * (1 - np.cos(a)) + 2 * np.sin(3 * a + number)), axis=1))
        starts.append(25 * number)
    return np.concatenate(letters), np.array(starts)


def exact(points: Points) -> npt.NDArray[np.float64]:
    """(SIZE, SIZE) 0..255: the share of each pixel's samples within half a width of the line."""
    hit = np.zeros((SIZE * FINE, SIZE * FINE), dtype=bool)
    half = WIDTH / 2
    for start, stop in itertools.pairwise(points):
        low = np.floor((np.minimum(start, stop) - half) * FINE).astype(int)
        high = np.ceil((np.maximum(start, stop) + half) * FINE).astype(int)
        x = (np.arange(low[0], high[0]) + 0.5) / FINE - start[0]
        y = ((np.arange(low[1], high[1]) + 0.5) / FINE - start[1])[:, np.newaxis]
        way = stop - start
        share = np.clip((x * way[0] + y * way[1]) / max(float(way @ way), 1e-12), 0, 1)
        hit[low[1] : high[1], low[0] : high[0]] |= (x - share * way[0]) ** 2 + (y - share * way[1]) ** 2 <= half**2
    shares: npt.NDArray[np.float64] = hit.reshape(SIZE, FINE, SIZE, FINE).mean(axis=(1, 3)) * 255
    return shares


def synthink_outline(pixels: Pixels, points: Points) -> None:
    line = InkLine(points, np.zeros(1, dtype=np.intp), np.full(len(points), WIDTH))
    lay_line(pixels, line, PENS["felt_tip"], np.array(RED, dtype=np.uint32), 1.0)


def freetype_stroker(pixels: Pixels, points: Points) -> None:
    """FreeType's own stroker and rasteriser; alpha is blended on the whole picture."""
    library = ft.FT_Library()
    ft.FT_Init_FreeType(ctypes.byref(library))
    stroker = ft.FT_Stroker()
    ft.FT_Stroker_New(library, ctypes.byref(stroker))
    ft.FT_Stroker_Set(stroker, round(WIDTH * 32), 1, 0, 0)  # round caps, round joins
    at = [ft.FT_Vector(round(x * 64), round((SIZE - y) * 64)) for x, y in points.tolist()]
    ft.FT_Stroker_BeginSubPath(stroker, ctypes.byref(at[0]), 1)
    for vector in at[1:]:
        ft.FT_Stroker_LineTo(stroker, ctypes.byref(vector))
    ft.FT_Stroker_EndSubPath(stroker)
    count, contours = ctypes.c_uint(), ctypes.c_uint()
    ft.FT_Stroker_GetCounts(stroker, ctypes.byref(count), ctypes.byref(contours))
    outline = ft.FT_Outline()
    ft.FT_Outline_New(library, count.value, contours.value, ctypes.byref(outline))
    outline.n_points = outline.n_contours = 0
    ft.FT_Stroker_Export(stroker, ctypes.byref(outline))
    share = np.zeros((SIZE, SIZE), dtype=np.uint8)
    bitmap = ft.FT_Bitmap()
    bitmap.rows = bitmap.width = bitmap.pitch = SIZE
    bitmap.buffer = share.ctypes.data_as(type(bitmap.buffer))
    bitmap.num_grays, bitmap.pixel_mode = 256, 2
    ft.FT_Outline_Get_Bitmap(library, ctypes.byref(outline), ctypes.byref(bitmap))
    ft.FT_Outline_Done(library, ctypes.byref(outline))
    ft.FT_Stroker_Done(stroker)
    ft.FT_Done_FreeType(library)
    _blend(pixels, share)


def distance_field(pixels: Pixels, points: Points) -> None:
    """numpy: distance to each segment in a window around it, the nearest kept, an edge of one pixel."""
    half = WIDTH / 2
    start, way = points[:-1].astype(np.float32), np.diff(points, axis=0).astype(np.float32)
    length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-6)
    unit = way / length[:, np.newaxis]
    low = np.floor(np.minimum(start, start + way) - half - 0.5).astype(np.intp)
    window = np.arange(math.ceil(float(np.abs(way).max()) + WIDTH + 1) + 1)
    x = (low[:, :1] + window + 0.5 - start[:, :1]).astype(np.float32)
    y = (low[:, 1:] + window + 0.5 - start[:, 1:]).astype(np.float32)
    along = (x * unit[:, :1])[:, np.newaxis, :] + (y * unit[:, 1:])[:, :, np.newaxis]
    across = (x * unit[:, 1:])[:, np.newaxis, :] - (y * unit[:, :1])[:, :, np.newaxis]
    along -= np.maximum(np.minimum(along, length[:, np.newaxis, np.newaxis]), 0)
    level = (half + 0.5 - np.sqrt(along * along + across * across)) * 255
    hit = np.flatnonzero(level > 0.5)
    place = ((low[:, 1:] + window) * SIZE)[:, :, np.newaxis] + (low[:, :1] + window)[:, np.newaxis, :]
    share = np.zeros(SIZE * SIZE, dtype=np.uint8)
    np.maximum.at(share, place.ravel()[hit], np.minimum(level.ravel()[hit] + 0.5, 255).astype(np.uint8))
    _blend(pixels, share.reshape(SIZE, SIZE))


def pillow_4x(pixels: Pixels, points: Points) -> None:
    """Pillow's line with rounded joints and discs at the ends, four times as large on the stroke's box, and shrunk."""
    low = np.floor(points.min(axis=0) - WIDTH).astype(int)
    size = np.ceil(points.max(axis=0) + WIDTH).astype(int) - low
    mask = Image.new("L", (int(size[0]) * 4, int(size[1]) * 4))
    draw = ImageDraw.Draw(mask)
    at = [tuple(point) for point in ((points - low) * 4).tolist()]
    draw.line(at, fill=255, width=round(WIDTH * 4), joint="curve")
    for x, y in (at[0], at[-1]):
        draw.ellipse((x - 2 * WIDTH, y - 2 * WIDTH, x + 2 * WIDTH, y + 2 * WIDTH), fill=255)
    share = np.asarray(mask.resize((int(size[0]), int(size[1])), Image.Resampling.BOX))
    _blend(pixels[low[1] : low[1] + size[1], low[0] : low[0] + size[0]], share)


def skia(pixels: Pixels, points: Points) -> None:
    import skia as library  # type: ignore[import-not-found]

    canvas = np.empty((SIZE, SIZE, 4), dtype=np.uint8)
    canvas[:, :, :3], canvas[:, :, 3] = pixels, 255
    path = library.Path()
    path.moveTo(*points[0].tolist())
    for x, y in points[1:].tolist():
        path.lineTo(x, y)
    paint = library.Paint(
        AntiAlias=True,
        Color=library.ColorSetRGB(*RED),
        Style=library.Paint.kStroke_Style,
        StrokeWidth=WIDTH,
        StrokeCap=library.Paint.kRound_Cap,
        StrokeJoin=library.Paint.kRound_Join,
    )
    library.Canvas(canvas, library.kRGBA_8888_ColorType).drawPath(path, paint)
    pixels[...] = canvas[:, :, :3]


def aggdraw(pixels: Pixels, points: Points) -> None:
    import aggdraw as library  # type: ignore[import-not-found]

    picture = Image.fromarray(pixels)
    draw = library.Draw(picture)
    draw.line(points.ravel().tolist(), library.Pen(RED, WIDTH))
    draw.flush()
    pixels[...] = np.asarray(picture)


def cairo(pixels: Pixels, points: Points) -> None:
    import cairo as library  # type: ignore[import-not-found]

    canvas = np.empty((SIZE, SIZE, 4), dtype=np.uint8)
    canvas[:, :, :3] = pixels[:, :, ::-1]
    surface = library.ImageSurface.create_for_data(canvas, library.FORMAT_RGB24, SIZE, SIZE)
    context = library.Context(surface)
    context.set_source_rgb(*(channel / 255 for channel in RED))
    context.set_line_width(WIDTH)
    context.set_line_cap(library.LINE_CAP_ROUND)
    context.set_line_join(library.LINE_JOIN_ROUND)
    for x, y in points.tolist():
        context.line_to(x, y)
    context.stroke()
    surface.flush()
    pixels[...] = canvas[:, :, 2::-1]


def opencv(pixels: Pixels, points: Points) -> None:
    import cv2 as library  # type: ignore[import-not-found]

    fixed = np.rint((points - 0.5) * 16).astype(np.int32)  # its pixels' centres lie at whole numbers
    library.polylines(pixels, [fixed[:, np.newaxis]], False, RED, round(WIDTH), library.LINE_AA, 4)


RASTERISERS: dict[str, tuple[Callable[[Pixels, Points], None], str | None]] = {
    "synthink (outline, FreeType)": (synthink_outline, None),
    "FreeType's stroker": (freetype_stroker, None),
    "numpy distance field": (distance_field, None),
    "Pillow, 4 times the size": (pillow_4x, None),
    "skia-python": (skia, "skia"),
    "aggdraw (butt ends)": (aggdraw, "aggdraw"),
    "pycairo": (cairo, "cairo"),
    "OpenCV, LINE_AA": (opencv, "cv2"),
}


def _blend(region: Pixels, share: Pixels) -> None:
    at = np.nonzero(share != 0)
    part = share[at].astype(np.int32)
    for channel, level in enumerate(RED):
        below = region[:, :, channel][at].astype(np.int32)
        region[:, :, channel][at] = below + ((level - below) * part + 127) // 255


def milliseconds(work: Callable[[], object], repeats: int = 20, rounds: int = 5) -> float:
    """CPU time of one call, the best of several rounds."""
    best = math.inf
    for _ in range(rounds):
        begin = time.process_time()
        for _ in range(repeats):
            work()
        best = min(best, (time.process_time() - begin) / repeats)
    return best * 1e3


def _available(module: str | None) -> bool:
    try:
        return module is None or bool(importlib.import_module(module))
    except ImportError:
        return False


def report() -> None:
    """Print both tables."""
    shapes = strokes()
    truth = {name: exact(points) for name, points in shapes.items()}
    print("| 80 points, 4 px: ms / mean error | " + " | ".join(shapes) + " |")
    print("|---" * (len(shapes) + 1) + "|")
    for title, (draw, module) in RASTERISERS.items():
        if not _available(module):
            print(f"| {title} | " + " | ".join("not installed" for _ in shapes) + " |")
            continue
        cells = []
        for name, points in shapes.items():
            pixels = np.full((SIZE, SIZE, 3), 255, dtype=np.uint8)
            draw(pixels, points)
            drawn = 255.0 - pixels[:, :, 2]
            error = float(np.abs(drawn - truth[name])[truth[name] > 0].mean())
            cells.append(f"{milliseconds(partial(draw, pixels, points)):.3f} / {error:.1f}")
        print(f"| {title} | " + " | ".join(cells) + " |")
    x_y, starts = line_of_letters()
    points = np.column_stack((x_y, np.arange(600) * 10.0, np.full(600, 0.5)))
    full = widths(points, starts, PENS["ballpoint"], 2.5)
    outline = ink_outline(x_y, starts, full)
    stages: dict[str, Any] = {
        "widths": lambda: widths(points, starts, PENS["ballpoint"], 2.5),
        "outline": lambda: ink_outline(x_y, starts, full),
        "coverage": lambda: coverage(outline, (SIZE, SIZE)),
        "all three": lambda: line_coverage(
            InkLine(points, starts, widths(points, starts, PENS["ballpoint"], 2.5)), (SIZE, SIZE)
        ),
    }
    print(
        f"\nA line of 24 letters, {len(Ink(np.split(points, starts[1:])))} strokes, {len(points)} points, 2.5 px, ms: ",
        end="",
    )
    print(", ".join(f"{name} {milliseconds(work):.3f}" for name, work in stages.items()))


if __name__ == "__main__":
    report()

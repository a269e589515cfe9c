"""Strokes for people: coloured by time, from blue at the start to red at the end."""

from __future__ import annotations

import colorsys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from synthink.core.columns import stored
from synthink.draw.geometry import InkPoint

if TYPE_CHECKING:
    from PIL import Image

PIECE = 6  # points drawn in one colour
FAR_PX = 10_000.0
Stroke = Sequence[Sequence[float | None]]


def ink_columns(columns: Mapping[str, Any]) -> list[str]:
    """The columns that hold strokes."""
    return [name for name, kind in columns.items() if stored(kind) == list[list[InkPoint]]]


def pieces(strokes: Sequence[Stroke]) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """Colour as #rrggbb and points of each piece of the strokes, in the order in which they were written."""
    shares = _time_shares([point[2] for stroke in strokes for point in stroke])
    place = 0
    for stroke in filter(len, strokes):
        for first in range(0, max(1, len(stroke) - 1), PIECE):
            points = [(float(x or 0), float(y or 0)) for x, y, *_ in stroke[first : first + PIECE + 1]]
            yield _colour(shares[place + first]), points
        place += len(stroke)


def _time_shares(times: Sequence[float | None]) -> list[float]:
    """How far each point lies between the first (0) and the last (1); by their order where not all times are known."""
    measured = [time for time in times if time is not None]
    if len(measured) == len(times) and max(measured, default=0) > min(measured, default=0):
        return [(time - measured[0]) / (measured[-1] - measured[0] or 1) for time in measured]
    return [number / max(1, len(times) - 1) for number in range(len(times))]


def svg(strokes: Sequence[Stroke], size_px: tuple[int, int]) -> str:
    """The strokes as an SVG element of the picture's size, with a dot where each begins."""
    lines = "".join(
        f'<polyline stroke="{colour}" points="{" ".join(f"{x:g},{y:g}" for x, y in points)}"/>'
        for colour, points in pieces(strokes)
    )
    dots = "".join(f'<circle cx="{stroke[0][0]:g}" cy="{stroke[0][1]:g}" r="2.2"/>' for stroke in strokes if stroke)
    return f'<svg class="ink" viewBox="0 0 {size_px[0]} {size_px[1]}">{lines}{dots}</svg>'


def tile(strokes: Sequence[Stroke], size_px: tuple[int, int], side: int) -> Image.Image:
    """The strokes on white, in a square of `side` pixels, scaled as a picture of `size_px` would be."""
    from PIL import Image, ImageDraw

    fine = 3  # drawn larger, then scaled down: Pillow's lines are not anti-aliased
    scale = side * fine / max(size_px)
    left, top = (side * fine - size_px[0] * scale) / 2, (side * fine - size_px[1] * scale) / 2
    large = Image.new("RGB", (side * fine, side * fine), "white")
    draw = ImageDraw.Draw(large)
    for colour, points in pieces(strokes):
        line = [(near(left + x * scale), near(top + y * scale)) for x, y in points]
        draw.line(line if len(line) > 1 else line * 2, fill=colour, width=fine + 1, joint="curve")
        if len(line) == 1:
            draw.circle(line[0], fine, fill=colour)
    return large.resize((side, side), Image.Resampling.BOX)


def near(coordinate: float) -> float:
    """A coordinate in pixels, no farther away than a line can be drawn in little time; NaN is far."""
    return max(-FAR_PX, min(FAR_PX, coordinate))


def _colour(share: float) -> str:
    """From blue (0) over green to red (1)."""
    red, green, blue = colorsys.hsv_to_rgb(0.66 * (1 - min(1.0, max(0.0, share))), 0.9, 0.8)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"

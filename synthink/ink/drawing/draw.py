"""Drawing ink into pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.draw.blending import blend
from synthink.draw.colours import RGB, parse_colour
from synthink.draw.pen_outline import Floats, Indices, ink_outline
from synthink.draw.picture import Pixels
from synthink.draw.raster import Coverage, coverage
from synthink.draw.scene import Layer
from synthink.errors import ArgumentError, ConfigError
from synthink.ink.drawing.colour_modes import MODES, Mode, pixel_colours, point_colours
from synthink.ink.drawing.line import clipped, rounded
from synthink.ink.drawing.pens import Pen, named_pen, widths
from synthink.ink.model import FARTHEST, Ink


@dataclass(frozen=True, slots=True, eq=False)
class InkLine:
    """Ink in picture pixels. points: (N, 4) x, y, t, pressure; starts: (S,); widths: (N,) full widths in pixels."""

    points: Floats
    starts: Indices
    widths: Floats


def placed(
    ink: Ink,
    pen: str | Pen,
    width_px: float,
    at: tuple[float, float] = (0.0, 0.0),
    scale: float = 1.0,
    smooth: bool = True,
) -> InkLine:
    """The ink at its place in the picture: its own origin comes to `at`, its units are `scale` pixels.

    smooth: points far from each other are joined by curves through all of them instead of straight lines. `ConfigError`
    naming an argument out of its range.
    """
    for name, value in (("width_px", width_px), ("scale", scale)):
        if not 0 < value <= 1e6:
            raise ConfigError(name, value, "must be a number above 0, at most 1e6")
    if not (abs(at[0]) <= FARTHEST and abs(at[1]) <= FARTHEST):
        raise ConfigError("at", at, f"must be finite and within {FARTHEST:g}")
    points = ink.points.astype(np.float64)
    points[:, :2] *= scale
    points[:, :2] += at
    starts = ink.starts
    if smooth:
        points, starts = rounded(points, starts)
    return InkLine(points, starts, widths(points, starts, named_pen(pen), width_px))


def ink_layer(
    ink: Ink,
    pen: str | Pen = "ballpoint",
    width_px: float = 2.0,
    colour: RGB = (20, 60, 220),
    *,
    at: tuple[float, float] = (0.0, 0.0),
    scale: float = 1.0,
    opacity: float = 1.0,
    smooth: bool = True,
) -> Layer:
    """The ink as a layer of a scene. A layer has neither the pen's grain nor its way to blend; its opacity counts.

    `ArgumentError` for ink without strokes, `ValueError` for ink too large for one outline (see `ink_outline`).
    """
    line = placed(ink, pen, width_px, at, scale, smooth)
    if len(line.points) == 0:
        raise ArgumentError("ink", ink, "has no strokes, and is no layer")
    outline = ink_outline(line.points[:, :2], line.starts, line.widths)
    return Layer(outline, colour, opacity * named_pen(pen).opacity)


def draw_ink(  # noqa: PLR0913 - what a user types, a keyword each
    pixels: Pixels,
    ink: Ink,
    *,
    pen: str | Pen = "ballpoint",
    width_px: float = 2.0,
    colour: RGB | str = (20, 60, 220),
    opacity: float = 1.0,
    mode: Mode = "solid",
    at: tuple[float, float] = (0.0, 0.0),
    scale: float = 1.0,
    smooth: bool = True,
) -> None:
    """Draw ink into a picture, (H, W, 3) uint8, in place; what lies outside the picture is cut off.

    The ink's origin comes to `at` and its units are `scale` pixels; `width_px` is in pixels. `opacity` multiplies the
    pen's. All strokes together are one layer: where they cross nothing gets darker. `mode` colours the ink by what
    it tells (see `synthink.ink.drawing.colour_modes`) instead of `colour`. Raises `ConfigError` naming a bad argument.
    """
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ArgumentError("pixels", pixels, "must be a uint8 array of shape (H, W, 3)")
    if mode not in MODES:
        point_colours(ink.points, ink.starts, mode)  # refuses it
    if not 0 <= opacity <= 1:
        raise ConfigError("opacity", opacity, "must be between 0 and 1")
    pen = named_pen(pen)
    if isinstance(colour, str):
        colour = parse_colour(colour)
    line = placed(ink, pen, width_px, at, scale, smooth)
    colours_of_points = None if mode == "solid" else point_colours(line.points, line.starts, mode)
    lay_line(pixels, line, pen, np.array(colour, dtype=np.uint32), opacity, colours_of_points)


def lay_line(
    pixels: Pixels,
    line: InkLine,
    pen: Pen,
    colour: npt.NDArray[np.uint32],
    opacity: float,
    colours_of_points: Floats | None = None,
) -> None:
    """Draw a line into (H, W, 3) pixels, in one colour or in (N, 3) colours of its points, 0..255."""
    width = pixels.shape[1]
    left, top, ink_share = line_coverage(line, (width, pixels.shape[0]))
    if ink_share.size == 0:
        return
    # Only rows with ink are touched, in them only covered pixels, by their places in the flat array.
    band = pixels[top : top + len(ink_share)]
    places, share = _covered(ink_share, left, width)
    if pen.grain:
        share = share * (256 - _tooth(places // width + top, places % width, pen.grain)) >> np.uint32(8)
    share = share * np.uint32(round(opacity * pen.opacity * 256))
    colours = colour
    if colours_of_points is not None:
        where = places // width + top, places % width
        colours = pixel_colours(line.points[:, :2], line.starts, line.widths, colours_of_points, where).T
    flat, channels = band.reshape(-1), places * 3
    for channel in range(3):
        flat[channels] = blend(flat[channels], colours[channel], share, pen.blend)
        channels += 1
    if not np.shares_memory(flat, band):
        band[...] = flat.reshape(band.shape)


def _covered(share: Coverage, left: int, width: int) -> tuple[Indices, npt.NDArray[np.uint32]]:
    """Places of all values that are not 0, in a flat array of whole rows of `width`, and the values."""
    rows, columns = share.shape
    full = np.zeros((rows, width), dtype=np.uint8)
    full[:, left : left + columns] = share
    places = np.flatnonzero(full != 0)  # much faster than of bytes
    return places, full.ravel()[places].astype(np.uint32)


def _tooth(rows: Indices, columns: Indices, grain: float) -> npt.NDArray[np.uint32]:
    """(N,) how much ink the paper's tooth keeps off each pixel, 0..256, which depends on the pixel's place alone.

    grain: 0 for none, 1 for about half of the ink.
    """
    fine, coarse = _hashed(rows, columns), _hashed(rows >> 1, (columns >> 1) + 77_777)
    level = (fine * 3 + coarse * 2) // 5 - 64  # the deepest pits always fill
    kept_off: npt.NDArray[np.uint32] = np.clip(level * round(grain * 512) >> 8, 0, 256).astype(np.uint32)
    return kept_off


def _hashed(rows: Indices, columns: Indices) -> npt.NDArray[np.int64]:
    """0..255 from a mix of two coordinates (the finaliser of MurmurHash3, in 32 bits)."""
    mixed = rows.astype(np.uint32) * np.uint32(0x9E3779B1) ^ columns.astype(np.uint32) * np.uint32(0x85EBCA77)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        mixed = (mixed ^ (mixed >> np.uint32(shift))) * np.uint32(factor)
    return (mixed >> np.uint32(24)).astype(np.int64)


def line_coverage(line: InkLine, size_px: tuple[int, int]) -> tuple[int, int, Coverage]:
    """The share of each pixel that ink of any size covers, 0..255: left, top, and the array from there on."""
    x_y, starts, full = clipped(line.points[:, :2], line.starts, line.widths, size_px)
    if len(x_y) == 0:
        return 0, 0, np.zeros((0, 0), dtype=np.uint8)
    return coverage(ink_outline(x_y, starts, full), size_px)

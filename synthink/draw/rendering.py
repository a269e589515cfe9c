"""A scene to pixels. No randomness: the same scene gives the same picture.

Up to two plain layers (a word and a mark) make a picture with a palette, which is smaller and faster to store. All else
is drawn in RGB, in integers from the coverage on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeGuard

import numpy as np

from synthink.draw.colours import RGB, as_rgb
from synthink.draw.geometry import Box
from synthink.draw.hiding import FULL_INK, Area, painted_areas, solid_area
from synthink.draw.lens import Lens
from synthink.draw.outline import Outline, RuledLines
from synthink.draw.paint import Levels, LinearGradient, Paint, RadialGradient, Solid, fill, fill_solid, sampled
from synthink.draw.picture import IndexedPicture, Picture, Pixels, RgbPicture
from synthink.draw.raster import Coverage, coverage
from synthink.draw.scene import Blend, ImageLayer, Layer, PlacedLayer, Scene, placed_layers
from synthink.draw.transform import Transform
from synthink.errors import ArgumentError

# Indices of the palette: 0..63 the lower layer alone in 64 steps of coverage, 64..127 the upper layer alone, 128..255
# both, in 8 steps of the lower and 16 of the upper.
_INDEX = np.arange(256)
_LOWER = np.where(_INDEX < 64, _INDEX / 63, np.where(_INDEX < 128, 0.0, (_INDEX - 128) // 16 / 7))[:, np.newaxis]
_UPPER = np.where(_INDEX < 64, 0.0, np.where(_INDEX < 128, (_INDEX - 64) / 63, _INDEX % 16 / 15))[:, np.newaxis]

SOLID = 256  # an opacity of 1
FULL = np.uint32(255 * 256)
"""The share of a pixel that is covered completely, at opacity 1."""
EIGHT, BYTE, GREEN, RED_BLUE = np.uint32(8), np.uint32(0xFF), np.uint32(0xFF00), np.uint32(0xFF00FF)
HALF, HALVES = np.uint32(0x80), np.uint32(0x800080)


def render(scene: Scene, control: bool = False, lens: Lens | None = None) -> Picture:
    """Draw the scene; for a control, without the layers that are marked as the signal.

    A control is drawn in the way in which the complete scene would be, so that both round colours alike. lens: the map
    through which it is drawn; the picture then has the lens's size.
    """
    layers = placed_layers(scene)
    visible = [placed for placed in layers if not (control and placed.signal)]
    if lens is not None:
        return _blended(lens.size_px, scene.paper, [lens.through(placed) for placed in visible])
    if len(layers) <= 2 and all(_is_plain(placed) for placed in layers):
        return _indexed(scene, visible)
    return _blended(scene.size_px, scene.paper, visible)


def _is_plain(placed: PlacedLayer) -> bool:
    layer = placed.layer
    return not placed.clips and isinstance(layer, Layer) and layer.blend == "normal" and _is_colour(layer.colour)


def _is_colour(paint: object) -> TypeGuard[str | RGB]:
    return not isinstance(paint, LinearGradient | RadialGradient)


def _coverage(placed: PlacedLayer, size_px: tuple[int, int]) -> tuple[int, int, Coverage]:
    """Left, top and how much of each pixel from there on the layer covers, clips included."""
    if isinstance(placed.layer, ImageLayer):
        height, width = placed.layer.pixels.shape[:2]
        corners = Box(0, 0, width, height).corners()
        shape: Outline | RuledLines = Outline(corners, np.ones(4, np.uint8), np.array([3])).placed(placed.transform)
    elif isinstance(placed.layer.shape, RuledLines):
        shape = placed.layer.shape
    else:
        shape = placed.layer.shape.placed(placed.transform)
    left, top, ink = coverage(shape, size_px)
    for clip in placed.clips:
        x, y, window = coverage(clip, size_px)
        both = Area.of(left, top, ink).shared(Area.of(x, y, window))
        if not both.size:
            return 0, 0, np.zeros((0, 0), dtype=np.uint8)
        mask = both.part(window, x, y).astype(np.uint16)
        ink = ((both.part(ink, left, top) * mask + 127) // 255).astype(np.uint8)
        left, top = both.left, both.top
    return left, top, ink


def _indexed(scene: Scene, layers: list[PlacedLayer]) -> IndexedPicture:
    lines = IndexedPicture.blank(*scene.size_px)
    indices = lines[:, 1:]
    inks: list[tuple[RGB, float]] = []
    for placed in layers:
        left, top, ink = _coverage(placed, scene.size_px)
        region = indices[top : top + ink.shape[0], left : left + ink.shape[1]]
        if inks:
            lay_over(region, ink)
        else:
            np.right_shift(ink, 2, out=region)
        assert isinstance(placed.layer, Layer) and _is_colour(placed.layer.colour)
        inks.append((as_rgb(placed.layer.colour), placed.layer.opacity))
    return IndexedPicture(lines, palette(as_rgb(scene.paper), tuple(inks)))


def lay_over(region: Pixels, ink: Coverage) -> None:
    """Put the upper layer's coverage over a region that holds the lower layer's indices, in place."""
    upper = ink >> 2
    # Masks of whole bytes: choosing by them takes half as long as `np.where`.
    over, under = -(upper > 0).view(np.uint8), -(region > 0).view(np.uint8)
    both = (region >> 3 << 4) | (upper >> 2) | np.uint8(128)
    upper |= 64
    upper ^= (upper ^ both) & under
    region ^= (region ^ upper) & over


@lru_cache(maxsize=1024)
def palette(paper: RGB, inks: tuple[tuple[RGB, float], ...]) -> Pixels:
    """(256, 3): the colour of every index."""
    colours = np.array(paper, dtype=np.float64)
    for share, (colour, opacity) in zip((_LOWER, _UPPER), inks, strict=False):
        colours = colours + (np.array(colour) - colours) * (share * opacity)
    colours = np.broadcast_to(colours, (256, 3))
    palette: Pixels = np.floor(colours + 0.5).astype(np.uint8)
    palette.flags.writeable = False
    return palette


def _blended(size_px: tuple[int, int], paper: str | RGB, layers: list[PlacedLayer]) -> RgbPicture:
    covers: list[Area] = []
    painted = []
    for placed in reversed(layers):
        left, top, ink = _coverage(placed, size_px)
        area = Area.of(left, top, ink)
        if not area.size:
            continue
        solid = solid_area(area, ink) if _is_opaque(placed.layer) else None
        # Samples of an image hang on where they begin, and a plain colour costs little.
        in_one = isinstance(placed.layer, ImageLayer) or (_is_opaque(placed.layer) and _is_colour(placed.layer.colour))
        parts = painted_areas(area, covers, in_one)
        painted.append((placed, area, ink, parts))
        covers += [solid] if solid else []
    canvas = np.full(size_px[::-1], _solid(as_rgb(paper)))
    for placed, area, ink, parts in reversed(painted):
        for part in parts:
            _lay(canvas, part, part.part(ink, area.left, area.top), placed)
    pixels = np.empty((*canvas.shape, 3), dtype=np.uint8)
    for channel in range(3):  # four times as fast as all at once
        pixels[..., channel] = _bytes(canvas)[..., channel]
    return RgbPicture(pixels)


def _is_opaque(layer: Layer | ImageLayer) -> TypeGuard[Layer]:
    """Whether a pixel that the layer covers completely shows nothing of what lies below."""
    if isinstance(layer, ImageLayer) or layer.blend != "normal" or round(layer.opacity * 256) != SOLID:
        return False
    return not (isinstance(layer.colour, LinearGradient | RadialGradient) and layer.colour.opacities)


def _lay(canvas: Solid, area: Area, ink: Coverage, placed: PlacedLayer) -> None:
    """Blend a layer into an area of the picture, in place; the bytes are those of `blend` all over it."""
    layer, region = placed.layer, area.part(canvas)
    if not _is_opaque(layer):
        _mix(region, area, ink, placed)
        return
    colour = layer.colour
    paint = _solid(as_rgb(colour)) if _is_colour(colour) else _filled(colour, placed.transform, area)
    np.copyto(region, paint, where=ink == FULL_INK)
    edge = ink - np.uint8(1) < FULL_INK - 1
    region[edge] = over(region[edge], paint[edge] if isinstance(paint, np.ndarray) else paint, ink[edge])


def _filled(paint: Paint, transform: Transform, area: Area) -> Solid:
    if not isinstance(paint, LinearGradient | RadialGradient):
        raise ArgumentError("colour", paint, "must be a colour or a gradient: a layer is filled with it")
    return fill_solid(paint, transform, area.left, area.top, area.shape)


def _mix(region: Solid, area: Area, ink: Coverage, placed: PlacedLayer) -> None:
    """Blend a layer that lets what lies below through into the picture's pixels in an area, in place."""
    layer = placed.layer
    opacity: Levels | np.uint32 = np.uint32(round(layer.opacity * 256))
    paint: Solid | np.uint32
    if isinstance(layer, ImageLayer):
        levels = sampled(layer.pixels, placed.transform, area.left, area.top, area.shape)
        paint = levels.view(np.uint32)[:, :, 0]
        opacity = (levels[:, :, 3].astype(np.uint32) * opacity + 127) // 255
    elif _is_colour(layer.colour):
        paint = _solid(as_rgb(layer.colour))
    elif isinstance(layer.colour, LinearGradient | RadialGradient) and layer.colour.opacities:
        filled = fill(layer.colour, placed.transform, area.left, area.top, area.shape)
        paint = filled.astype(np.uint8).view(np.uint32)[:, :, 0]
        opacity = (filled[:, :, 3] * opacity + 128) // 256
    else:
        paint = _filled(layer.colour, placed.transform, area)
    touched = ink != 0
    share = ink[touched].astype(np.uint32) * (opacity[touched] if isinstance(opacity, np.ndarray) else opacity)
    colours, below = _bytes(paint[touched] if isinstance(paint, np.ndarray) else paint), region[touched]
    levels_below = _bytes(below)
    for channel in range(3):
        colour = colours[..., channel].astype(np.uint32)
        levels_below[:, channel] = blend(levels_below[:, channel], colour, share, layer.blend)
    region[touched] = below


def _solid(colour: RGB) -> np.uint32:
    """A colour as one number."""
    return np.uint32(np.array([*colour, 0], dtype=np.uint8).view(np.uint32)[0])


def _bytes(pixels: Solid | np.uint32) -> Pixels:
    """(..., 3): red, green and blue of pixels that are numbers; of an array a view."""
    levels = np.asarray(pixels)[..., np.newaxis].view(np.uint8)
    return levels[..., :3]


def blend(below: Pixels, colour: Levels | np.uint32, share: Levels, mode: Blend = "normal") -> Pixels:
    """Pixels under a layer, in integers: below + (colour - below) * share / `FULL`, rounded to the nearest level.

    below: uint8; colour: 0..255, and share: 0..`FULL`, uint32 that broadcast to its shape. mode: see `Layer`.
    """
    if mode == "multiply":
        colour = (np.multiply(below, colour, dtype=np.uint32) + np.uint32(127)) // np.uint32(255)
    # 255 * FULL is far below 2**32, and nothing is negative.
    mixed = below * (FULL - share) + (colour * share + FULL // 2)
    levels: Pixels = (mixed // FULL).astype(np.uint8)
    return levels


def over(below: Solid, colour: Solid | np.uint32, ink: Coverage) -> Solid:
    """Pixels under a colour that covers them by `ink`, rounded as `blend` does.

    Red and blue are reckoned in one number, which leaves 16 bits to each.
    """
    share = ink.astype(np.uint32)
    rest = FULL_INK - share
    red_blue = (below & RED_BLUE) * rest + (colour & RED_BLUE) * share + HALVES
    green = (below >> EIGHT & BYTE) * rest + (colour >> EIGHT & BYTE) * share + HALF
    red_blue += red_blue >> EIGHT & RED_BLUE  # x * 257 / 65536 for x / 255
    mixed: Solid = (red_blue >> EIGHT & RED_BLUE) | (green + (green >> EIGHT) & GREEN)
    return mixed

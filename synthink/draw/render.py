"""A scene to pixels. No randomness: the same scene gives the same picture."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from synthink.draw.colours import RGB
from synthink.draw.picture import IndexedPicture, Picture, Pixels, RgbPicture
from synthink.draw.raster import Coverage, coverage
from synthink.draw.scene import Layer, Scene

# A picture of two layers (a word and a mark) has a palette. Indices: 0..63 the lower layer alone in 64 steps of
# coverage, 64..127 the upper layer alone, 128..255 both, in 8 steps of the lower and 16 of the upper.
_INDEX = np.arange(256)
_LOWER = np.where(_INDEX < 64, _INDEX / 63, np.where(_INDEX < 128, 0.0, (_INDEX - 128) // 16 / 7))[:, np.newaxis]
_UPPER = np.where(_INDEX < 64, 0.0, np.where(_INDEX < 128, (_INDEX - 64) / 63, _INDEX % 16 / 15))[:, np.newaxis]


def render(scene: Scene, most_layers: int = 0) -> Picture:
    """Draw the scene: with a palette for up to two layers, in RGB for more.

    most_layers: of the scene that this one is the control of, so that both round colours alike.
    """
    return _indexed(scene) if max(len(scene.layers), most_layers) <= 2 else _blended(scene)


def _indexed(scene: Scene) -> IndexedPicture:
    width, height = scene.size_px
    lines = IndexedPicture.blank(width, height)
    indices = lines[:, 1:]
    if scene.layers:
        left, top, ink = coverage(scene.layers[0].outline, scene.size_px)
        np.right_shift(ink, 2, out=indices[top : top + ink.shape[0], left : left + ink.shape[1]])
    if len(scene.layers) == 2:
        left, top, ink = coverage(scene.layers[1].outline, scene.size_px)
        lay_over(indices[top : top + ink.shape[0], left : left + ink.shape[1]], ink)
    return IndexedPicture(lines, palette(scene.paper, tuple((layer.colour, layer.opacity) for layer in scene.layers)))


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


def _blended(scene: Scene) -> RgbPicture:
    width, height = scene.size_px
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    pixels[:] = scene.paper
    for layer in scene.layers:
        left, top, ink = coverage(layer.outline, scene.size_px)
        _blend(pixels[top : top + ink.shape[0], left : left + ink.shape[1]], ink, layer)
    return RgbPicture(pixels)


def _blend(region: Pixels, ink: Coverage, layer: Layer) -> None:
    """Composite one layer in place, in integers: round(below + (colour - below) * coverage * opacity)."""
    alpha = ink.astype(np.int32)[:, :, np.newaxis] * round(layer.opacity * 256)  # 0 .. 255 * 256
    below = region.astype(np.int32)
    change = (np.array(layer.colour, dtype=np.int32) - below) * alpha
    region[...] = below + (change + 255 * 128) // (255 * 256)

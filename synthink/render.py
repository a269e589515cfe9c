"""A scene to pixels. No randomness: the same scene gives the same picture."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from synthink.picture import IndexedPicture, Picture, Pixels, RgbPicture
from synthink.raster import Coverage, coverage
from synthink.scene import Colour, Layer, Scene

# A picture of two layers (a word and a mark) has a palette. Indices: 0..63 the lower layer alone in 64 steps of
# coverage, 64..127 the upper layer alone, 128..255 both, in 8 steps of the lower and 16 of the upper.
_ALONE, _BOTH_LOWER, _BOTH_UPPER = 64, 8, 16


def render(scene: Scene) -> Picture:
    """Draw the scene: with a palette for up to two layers, in RGB for more."""
    return _indexed(scene) if len(scene.layers) <= 2 else _blended(scene)


def _indexed(scene: Scene) -> IndexedPicture:
    width, height = scene.size_px
    lines = IndexedPicture.blank(width, height)
    indices = lines[:, 1:]
    if scene.layers:
        left, top, ink = coverage(scene.layers[0].outline, scene.size_px)
        indices[top : top + ink.shape[0], left : left + ink.shape[1]] = _lower_steps()[ink]
    if len(scene.layers) == 2:
        left, top, ink = coverage(scene.layers[1].outline, scene.size_px)
        region = indices[top : top + ink.shape[0], left : left + ink.shape[1]]
        region[...] = _both_steps()[region, ink]
    return IndexedPicture(lines, _palette(scene.paper, tuple((layer.colour, layer.opacity) for layer in scene.layers)))


@lru_cache(maxsize=1)
def _lower_steps() -> npt.NDArray[np.uint8]:
    """Coverage 0..255 -> index 0..63, rounded."""
    return ((np.arange(256) * (_ALONE - 1) + 127) // 255).astype(np.uint8)


@lru_cache(maxsize=1)
def _both_steps() -> npt.NDArray[np.uint8]:
    """(64, 256): index of the lower layer x coverage of the upper layer -> index of the picture."""
    table = np.empty((_ALONE, 256), dtype=np.uint8)
    ink = np.arange(256)
    alone = (ink * (_ALONE - 1) + 127) // 255
    table[0] = np.where(alone == 0, 0, _ALONE + alone)
    upper = (ink * (_BOTH_UPPER - 1) + 127) // 255
    for lower in range(1, _ALONE):
        step = (lower * (_BOTH_LOWER - 1) + (_ALONE - 1) // 2) // (_ALONE - 1)
        table[lower] = np.where(upper == 0, lower, 128 + step * _BOTH_UPPER + upper)
    return table


@lru_cache(maxsize=1024)
def _palette(paper: Colour, inks: tuple[tuple[Colour, float], ...]) -> Pixels:
    """(256, 3): the colour of every index."""
    lower = np.zeros(256)
    upper = np.zeros(256)
    lower[:_ALONE] = np.arange(_ALONE) / (_ALONE - 1)
    upper[_ALONE:128] = np.arange(_ALONE) / (_ALONE - 1)
    both = np.arange(128)
    lower[128:] = both // _BOTH_UPPER / (_BOTH_LOWER - 1)
    upper[128:] = both % _BOTH_UPPER / (_BOTH_UPPER - 1)
    colours = np.empty((256, 3))
    colours[:] = paper
    for share, (colour, opacity) in zip((lower, upper), inks, strict=False):
        alpha = (share * opacity)[:, np.newaxis]
        colours = colours * (1 - alpha) + np.array(colour) * alpha
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

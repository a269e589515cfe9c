"""A page's picture in memory: compressed in bands, so that thousands fit and a crop opens only what it shows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from zlib_ng import zlib_ng

Pixels = npt.NDArray[np.uint8]

BAND = 64  # rows
LEVEL = 2  # of zlib-ng


class Raster:
    """Pixels (H, W, 3) in bands of rows; a band without colour is held as grey."""

    __slots__ = ("_bands", "size_px")

    def __init__(self, size_px: tuple[int, int], bands: tuple[tuple[bytes, bool], ...]) -> None:
        self.size_px = size_px
        self._bands = bands

    @classmethod
    def of(cls, pixels: Pixels) -> Raster:
        """From (H, W) grey or (H, W, 3) RGB pixels."""
        bands = []
        for top in range(0, pixels.shape[0], BAND):
            band = pixels[top : top + BAND]
            if band.ndim == 3:
                band = band[..., 0] if _is_grey(band) else band
            bands.append((zlib_ng.compress(np.ascontiguousarray(band), LEVEL), band.ndim == 3))
        return cls((pixels.shape[1], pixels.shape[0]), tuple(bands))

    @property
    def bytes(self) -> int:
        """Memory that the bands take."""
        return sum(len(data) for data, _ in self._bands)

    def region(self, left: int, top: int, right: int, bottom: int) -> Pixels:
        """The pixels of a rectangle, (h, w) where all of it is grey, else (h, w, 3); white outside the page."""
        width, height = self.size_px
        rows, columns = bottom - top, right - left
        west, north, east, south = max(0, left), max(0, top), min(width, right), min(height, bottom)
        if east <= west or south <= north:
            return np.full((rows, columns), 255, dtype=np.uint8)
        first, last = north // BAND, (south - 1) // BAND
        coloured = any(colour for _, colour in self._bands[first : last + 1])
        out = np.full((rows, columns, 3) if coloured else (rows, columns), 255, dtype=np.uint8)
        for number in range(first, last + 1):
            data, colour = self._bands[number]
            pixels = np.frombuffer(zlib_ng.decompress(data), dtype=np.uint8)
            band = pixels.reshape((-1, width, 3) if colour else (-1, width))
            start = number * BAND
            upper, lower = max(north, start), min(south, start + band.shape[0])
            part = band[upper - start : lower - start, west:east]
            if coloured and not colour:
                part = part[..., np.newaxis]
            out[upper - top : lower - top, west - left : east - left] = part
        if coloured and _is_grey(out):
            return out[..., 0].copy()
        return out

    def pixels(self) -> Pixels:
        """The whole page, (H, W) or (H, W, 3)."""
        return self.region(0, 0, *self.size_px)


def _is_grey(pixels: Pixels) -> bool:
    """Whether (h, w, 3) pixels have no colour."""
    red = pixels[..., 0]
    return bool((red == pixels[..., 1]).all() and (red == pixels[..., 2]).all())

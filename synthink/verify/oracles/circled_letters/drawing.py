"""A word with lines and rings over it, drawn from a few numbers as a camera would have it: blurred, colours more so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.circled_letters.place import WordPlace

Floats = npt.NDArray[np.float64]

FINE = 2  # pixels of the drawing to one of the picture
TO_YCC = np.array(((0.299, 0.587, 0.114), (-0.169, -0.331, 0.5), (0.5, -0.419, -0.081)))  # JPEG's Y, Cb, Cr from RGB
COLOUR_BLUR_PX = 1.0  # blur of colours in a JPEG, which has half as many pixels of them
SQUARENESS = 2.3  # exponent of rings, which are ellipses, superellipses and loops
THIN_EM, WIDE_EM, SMALLEST_EM, LARGEST_EM = 0.02, 0.3, 0.15, 2.0  # bounds of lines' widths and of rings' radii
LEAST_GAIN, MOST_GAIN, LEAST_BLUR_PX, MOST_BLUR_PX = 0.4, 1.6, 0.15, 2.5
WORD_NUMBERS, SPACING_NUMBER, BLUR_NUMBER, RING_NUMBERS = 11, 8, 10, 6
"""Two numbers for the place, four for size, rotation and shear, two for perspective, one each for letter spacing, the
strength of the ink and the square of the blur: the order in which `Drawing.moved` takes changes. After them come those
of the lines and the rings."""


@dataclass(frozen=True, eq=False)
class Shades:
    """The light that inks take away: (3,) shares of red, green and blue."""

    text: Floats
    over: tuple[tuple[bool, Floats], ...]
    """Rings and lines over the text, the lowest first: whether it is a ring, and its shade."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """A word in its place and what lies over it; lengths of lines and rings are in em, on the word's level line."""

    place: WordPlace
    blur_px: float
    gain: float
    """The strength of the text's ink, 1 as its colour is told."""
    lines: Floats
    """(L, 4): the height at the word's left end and at its right end, the sag between them, the width."""
    rings: Floats
    """(R, 6): the middle across and down, the radii across and down, the width, the opacity."""

    def moved(self, change: Floats) -> Drawing:
        """The drawing after a step of all of its numbers."""
        u, v, a, b, c, d, g, h, spacing, gain, blur = change[:WORD_NUMBERS].tolist()
        projection = self.place.projection + np.array(((a, b, u), (c, d, v), (g, h, 0.0)))
        rest = WORD_NUMBERS + self.lines.size
        lines = self.lines + change[WORD_NUMBERS:rest].reshape(self.lines.shape)
        rings = self.rings + change[rest:].reshape(self.rings.shape)
        lines[:, 3] = np.clip(lines[:, 3], THIN_EM, WIDE_EM)
        rings[:, 2:4] = np.clip(rings[:, 2:4], SMALLEST_EM, LARGEST_EM)
        rings[:, 4] = np.clip(rings[:, 4], THIN_EM, WIDE_EM)
        rings[:, 5] = np.clip(rings[:, 5], 0.0, 1.0)
        square = min(max(self.blur_px**2 + blur, LEAST_BLUR_PX**2), MOST_BLUR_PX**2)
        return Drawing(
            replace(self.place, projection=projection, spacing=self.place.spacing + spacing),
            square**0.5,
            min(max(self.gain + gain, LEAST_GAIN), MOST_GAIN),
            lines,
            rings,
        )

    @cached_property
    def ends(self) -> tuple[Floats, Floats]:
        """Top-left and bottom-right corner of the word, in em."""
        lows, highs = zip(*(self.place.level_box(k) for k in range(len(self.place.line.letters))), strict=True)
        return np.min(lows, axis=0), np.max(highs, axis=0)


class Canvas:
    """Drawings as pictures of one size, (3, H, W): brightness and two colour differences, 0 on bare paper."""

    def __init__(self, size: tuple[int, int], shades: Shades) -> None:
        self.size = size
        self._text = (TO_YCC @ shades.text)[:, np.newaxis, np.newaxis]
        self._over = [(is_ring, (TO_YCC @ shade)[:, np.newaxis, np.newaxis]) for is_ring, shade in shades.over]
        height, width = size
        ys, xs = np.mgrid[: height * FINE, : width * FINE]
        self._fine = (np.column_stack((xs.reshape(-1), ys.reshape(-1))) + 0.5) / FINE

    def text(self, drawing: Drawing) -> Floats:
        """Cover of the fine pixels by the word."""
        fine = replace(drawing.place, projection=np.diag((FINE, FINE, 1.0)) @ drawing.place.projection)
        return fine.drawn((self.size[0] * FINE, self.size[1] * FINE))

    def level(self, drawing: Drawing) -> Floats:
        """(2, H FINE, W FINE): where the fine pixels lie on the word's level line, in em."""
        level: Floats = drawing.place.level(self._fine).T.reshape(2, self.size[0] * FINE, self.size[1] * FINE)
        return np.ascontiguousarray(level)

    def picture(self, drawing: Drawing, extra_px: float, text: Floats, level: Floats) -> Floats:
        """The drawing, whose `text` and `level` are given, under its blur and an extra one."""
        fine = self._fine_picture(drawing, text, level)
        blur = float(np.hypot(drawing.blur_px, extra_px))
        bright = reduced(fine[:1], blur, FINE)
        colours = reduced(fine[1:], float(np.hypot(blur, COLOUR_BLUR_PX)), FINE)
        return np.concatenate((bright, colours))

    def _fine_picture(self, drawing: Drawing, text: Floats, level: Floats) -> Floats:
        scale = drawing.place.size_px * FINE
        picture = (drawing.gain * text) * self._text
        lines, rings = iter(drawing.lines), iter(drawing.rings)
        for is_ring, shade in self._over:
            if is_ring:
                cover = _ring_cover(next(rings), level, scale)
            else:
                cover = _line_cover(next(lines), level, scale, drawing.ends)
            picture += cover * (shade - picture)
        return picture


def _line_cover(line: Floats, level: Floats, scale: float, ends: tuple[Floats, Floats]) -> Floats:
    left, right, sag, width = line.tolist()
    low, high = float(ends[0][0]), float(ends[1][0])
    x, y = level
    share = (x - low) / (high - low)
    away = np.abs(y - left - (right - left) * share - 4 * sag * share * (1 - share))
    inside = np.minimum(np.minimum(x - low, high - x), width / 2 - away)
    cover: Floats = np.clip(0.5 + inside * scale, 0.0, 1.0)
    return cover


def _ring_cover(ring: Floats, level: Floats, scale: float) -> Floats:
    """A superellipse; the distance from its line is that of first order: its function over the slope of that."""
    middle_x, middle_y, radius_x, radius_y, width, opacity = ring.tolist()
    x, y = np.abs(level[0] - middle_x), np.abs(level[1] - middle_y)
    edge = width / 2 + 1 / scale
    near = (x < radius_x + edge) & (y < radius_y + edge)
    x, y = x[near] / radius_x, y[near] / radius_y
    reach = np.maximum(x**SQUARENESS + y**SQUARENESS, 1e-9) ** (1 / SQUARENESS)
    slope = np.hypot((x / reach) ** (SQUARENESS - 1) / radius_x, (y / reach) ** (SQUARENESS - 1) / radius_y)
    away = np.abs(reach - 1) / np.maximum(slope, 1e-3)
    cover = np.zeros(level.shape[1:])
    cover[near] = opacity * np.clip(0.5 + (width / 2 - away) * scale, 0.0, 1.0)
    return cover


def reduced(image: Floats, blur_px: float, by: int = 1) -> Floats:
    """(C, H, W) from (C, H by, W by): a Gaussian blur, in pixels of the result, taken at the middles of its pixels.
    Nothing lies outside of the image."""
    _, height, width = image.shape
    result: Floats = _weights(height // by, blur_px, by) @ image @ _weights(width // by, blur_px, by).T
    return result


@lru_cache(maxsize=32)
def _weights(length: int, blur_px: float, by: int) -> Floats:
    """(length, length by) weights of a Gaussian; where it reaches outside its sum is less than 1."""
    away = (np.arange(length)[:, np.newaxis] + 0.5) - (np.arange(length * by) + 0.5) / by
    weights: Floats = np.exp(-np.square(away / blur_px) / 2)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), blur_px * by * np.sqrt(2 * np.pi))
    return weights

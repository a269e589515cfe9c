"""Small pictures of letters, all at one cap height, and how far two of them are apart.

Nothing here knows what a font should look like; `qualify` compares what comes out with reference faces.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from synthink.draw.outline import Outline as Ink
from synthink.draw.raster import coverage
from synthink.draw.type.open_font import FontOutline

CAP_PX = 40  # height of H in the pictures
ROWS, COLUMNS, BASELINE = 80, 96, 58  # the frame in which a letter stands, its ink centred from left to right
GRID = 14  # a letter's own box is brought to 14 x 14 cells before its edges are read
POOLS = 5  # edge directions are gathered in 5 x 5 places
FEATURES = 4 * POOLS * POOLS + 4

Picture = npt.NDArray[np.uint8]
Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class Letterform:
    """One character as drawn: coverage of its own box, and where that box stands in the frame (pixels)."""

    ink: Picture
    left: int
    top: int

    def framed(self) -> npt.NDArray[np.bool_]:
        """(ROWS, COLUMNS): which pixels are inked."""
        frame = np.zeros((ROWS, COLUMNS), dtype=np.bool_)
        height, width = self.ink.shape
        frame[self.top : self.top + height, self.left : self.left + width] = self.ink > 127
        return frame


def letterform(outline: FontOutline, em_per_cap: float, units: int) -> Letterform | None:
    """Draw one glyph at the common cap height; None when it leaves no ink in the frame."""
    if not len(outline.ends) or not len(outline.points):
        return None
    pixels_per_unit = CAP_PX / (em_per_cap * units)
    points = np.clip(outline.points * (pixels_per_unit, -pixels_per_unit), -4096, 4096)
    middle = (points[:, 0].min() + points[:, 0].max()) / 2
    origin = np.array((COLUMNS / 2 - middle, BASELINE))
    points = np.rint((points + origin) * 64) / 64
    try:
        left, top, ink = coverage(Ink(points, outline.tags, outline.ends), (COLUMNS, ROWS))
    except ValueError:  # FreeType refuses the outline: it would not draw it either
        return None
    dark = ink > 64
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return None
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Letterform(ink, left + int(columns[0]), top + int(rows[0]))


def describe(forms: list[Letterform]) -> Vectors:
    """(n, FEATURES): edge directions by place (as in Dalal and Triggs, "Histograms of Oriented Gradients", 2005),
    then the box's top and bottom over the baseline, its log aspect and its width, in cap heights."""
    if not forms:
        return np.zeros((0, FEATURES), dtype=np.float32)
    cells = np.stack([_to_grid(form.ink) for form in forms])
    padded = np.pad(cells, ((0, 0), (2, 2), (2, 2)))
    dy = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    dx = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    strength = np.hypot(dx, dy) + 1e-6
    along, across = (dx * dx - dy * dy) / strength, 2 * dx * dy / strength  # doubled angle: an edge has no sign
    channels = np.maximum(np.stack((along, across, -along, -across), axis=1), 0)
    pool = _pools(channels.shape[-1])
    pooled = (pool @ channels @ pool.T).reshape(len(forms), -1)
    pooled *= 0.5 / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-6)
    heights = np.array([form.ink.shape[0] for form in forms]) / CAP_PX
    widths = np.array([form.ink.shape[1] for form in forms]) / CAP_PX
    tops = (BASELINE - np.array([form.top for form in forms])) / CAP_PX
    # The weights were tuned so that faces of other designs than the references are read best.
    place = np.stack((tops, tops - heights, 0.3 * np.log(heights / widths), 0.15 * widths), axis=1)
    return np.concatenate((pooled, place), axis=1).astype(np.float32)


def _to_grid(ink: Picture) -> Vectors:
    height, width = ink.shape
    return (_averaging(height) @ ink.astype(np.float32) @ _averaging(width).T / 255).astype(np.float32)


@cache
def _averaging(length: int) -> Vectors:
    """(GRID, length): area averaging of `length` pixels into GRID cells."""
    edges = np.linspace(0, length, GRID + 1)
    pixel = np.arange(length)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    matrix: Vectors = (np.clip(overlap, 0, None) * GRID / length).astype(np.float32)
    return matrix


@cache
def _pools(length: int) -> Vectors:
    """(POOLS, length): overlapping triangular windows."""
    centres = (np.arange(POOLS) + 0.5) * length / POOLS
    reach = length / POOLS
    matrix = np.clip(1 - np.abs(np.arange(length) + 0.5 - centres[:, None]) / reach, 0, None)
    return matrix.astype(np.float32)

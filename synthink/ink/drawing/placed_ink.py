"""Ink on paper: placed in the picture, with the boxes of its characters and words, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.camera.view import View
from synthink.core.columns import Packed
from synthink.draw.geometry import GRID, Box, InkPoint, Points, snap
from synthink.draw.outline import Outline
from synthink.draw.pen_outline import ink_outline
from synthink.ink.drawing.pens import Pen, widths
from synthink.ink.model import Ink, Span

INK_COLUMNS: Mapping[str, Any] = {
    "strokes": list[list[InkPoint]],
    "stroke_widths_px": list[list[float]],
    "words": list[str],
    "word_boxes": list[Box],
    "characters": list[str],
    "character_boxes": list[Box],
    "ink_box": Box,
}
"""The types of what `PlacedInk.annotations` returns."""
INK_MEANINGS: Mapping[str, str] = {
    "strokes": "the points of each stroke: x, y in pixels, time in ms, pressure 0 to 1",
    "stroke_widths_px": "the width of the line at each point of each stroke, in pixels, before the camera",
    "words": "the words that are written, in reading order",
    "word_boxes": "the box around the ink of each of these words",
    "characters": "the characters that are written, in the order of writing",
    "character_boxes": "the box around the ink of each character",
    "ink_box": "the box around all ink",
}
"""The meanings of these columns."""

_ROUND = np.stack((np.cos(np.arange(16) * np.pi / 8), np.sin(np.arange(16) * np.pi / 8)), axis=1)


@dataclass(frozen=True, eq=False)
class PlacedInk:
    """Ink in picture pixels, on the 1/64 grid, with the pen's width at every point."""

    ink: Ink
    widths_px: npt.NDArray[np.float64]
    origin: tuple[float, float]
    """The place of the ink's own origin: for handwriting, the start of the first baseline."""

    @classmethod
    def place(cls, ink: Ink, matrix: npt.ArrayLike, pen: Pen, width_px: float) -> PlacedInk:
        """Ink moved by a (2, 3) affine matrix into pixels, written by a pen that is `width_px` wide on the average."""
        points = ink.points.astype(np.float64)
        affine = np.asarray(matrix, dtype=np.float64)
        points[:, :2] = snap(points[:, :2] @ affine[:, :2].T + affine[:, 2])
        wide = widths(points, ink.starts, pen, width_px)
        ways = np.append(np.hypot(*np.diff(points[:, :2], axis=0).T), 0.0)
        ways[ink.starts[1:] - 1] = 0.0
        short = np.add.reduceat(ways, ink.starts) < 2 * width_px  # a dot has no room for thin ends
        # Nor is a stroke thin all along, as a nib would make it that is led along its edge.
        peak = np.maximum(np.maximum.reduceat(wide, ink.starts), 1e-6)
        wide = wide * np.repeat(np.maximum(1.0, 0.65 * width_px / peak), ink.lengths)
        wide = np.where(np.repeat(short, ink.lengths), np.maximum(wide, width_px), wide)
        # Rounded like all geometry, for they hang on the last bits of speeds; half a width is on the grid, too.
        wide = np.maximum(np.rint(wide * (GRID / 2)), 1) / (GRID / 2)
        moved = Ink.packed(points.astype(np.float32), ink.starts, ink.spans, **{**ink.about, "units": "px"})
        return cls(moved, wide, (float(affine[0, 2]), float(affine[1, 2])))

    @cached_property
    def points(self) -> Points:
        """(N, 2) x, y."""
        return self.ink.points[:, :2].astype(np.float64)

    @cached_property
    def outline(self) -> Outline:
        """The outline of what the pen covers."""
        return ink_outline(self.points, self.ink.starts, self.widths_px)

    def annotations(self, view: View) -> dict[str, Any]:
        """The values of `INK_COLUMNS`: strokes, words and characters as they lie in the picture."""
        words, characters = self.ink.of_kind("word"), self.ink.of_kind("character")
        boxes = self.boxes((*words, *characters), view)
        return {
            "strokes": self.strokes(view),
            "stroke_widths_px": self.stroke_widths(),
            "words": [word.label for word in words],
            "word_boxes": boxes[: len(words)],
            "characters": [character.label for character in characters],
            "character_boxes": boxes[len(words) :],
            "ink_box": self.box(view),
        }

    def boxes(self, spans: Sequence[Span], view: View) -> list[Box]:
        """The boxes around the ink of each span, as it lies in the picture, clipped to that."""
        if not spans:
            return []
        parts = np.array([part for span in spans for part in span.parts])
        counts = parts[:, 2] - parts[:, 1]
        stops = np.cumsum(counts)
        rows = np.repeat(self.ink.starts[parts[:, 0]] + parts[:, 1] - stops + counts, counts) + np.arange(stops[-1])
        first = np.cumsum([0, *(len(span.parts) for span in spans[:-1])])
        return self._around(rows, (stops - counts)[first], view)

    def box(self, view: View) -> Box:
        """The box around all ink."""
        return self._around(slice(None), np.zeros(1, dtype=np.intp), view)[0]

    def _around(self, rows: Any, begins: npt.NDArray[np.intp], view: View) -> list[Box]:
        """Boxes around the pen's discs at points, a new box from each of `begins` on."""
        points, radii = self.points[rows], self.widths_px[rows, np.newaxis] / 2
        if view.is_straight:
            return view.clipped(
                np.minimum.reduceat(points - radii, begins), np.maximum.reduceat(points + radii, begins)
            )
        rims = points[:, np.newaxis] + _ROUND * radii[:, np.newaxis]
        return view.boxes(rims.reshape(-1, 2), begins * len(_ROUND))

    def strokes(self, view: View) -> Packed:
        """Each stroke's points x, y, t, pressure as they lie in the picture."""
        points = self.ink.points.astype(np.float64)
        points[:, :2] = view.points(self.points)
        points[:, 2] = np.rint(points[:, 2] * 8) / 8
        points[:, 3] = np.rint(points[:, 3] * 256) / 256
        return Packed(points, self.ink.starts)

    def stroke_widths(self) -> Packed:
        """The pen's width at each point of each stroke, in pixels of the drawn page."""
        return Packed(self.widths_px, self.ink.starts)

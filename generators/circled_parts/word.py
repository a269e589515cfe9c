"""A word with rings around letters: what a row shows, and what is written down of it.

`circled_letters` draws such words freely, `circled_letters_grid` as the benchmark does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np

from synthink import Box, Camera, DrawContext, Quad
from synthink.draw import (
    Face,
    Layer,
    Outline,
    Picture,
    Placement,
    Points,
    Scene,
    TextLine,
    bounds,
    joined,
    place,
    stroke,
)
from synthink.ink import Ring

from .context import ContextWord

RingShape = Literal["ellipse", "superellipse", "loop"]
RINGS: tuple[RingShape, ...] = ("ellipse", "superellipse", "loop")

COLUMNS = {
    "word": str,
    "letter_index": int,
    "letter_box": Box,
    "letter_quad": Quad,
    "mark_box": Box,
    "mark_quad": Quad,
    "glyph_boxes": list[Box],
    "glyph_quads": list[Quad],
    "font": str,
    "font_family": str,
    "text_size_px": float,
    "letter_spacing_em": float,
    "rotation_deg": float,
    "text_colour": str,
    "paper_colour": str,
    "mark_shape": str,
    "mark_colour": str,
    "mark_scale": float,
    "mark_line_width_px": float,
    "mark_opacity": float,
    "distractors": list[str],
    "look_alikes": str,
}

RING_COLUMNS = ("letter_index", "letter_box", "letter_quad", "mark_box", "mark_quad", "mark_shape")
SEVERAL_COLUMNS = {
    **{name: kind for name, kind in COLUMNS.items() if name not in RING_COLUMNS},
    "letter_indices": list[int],
    "letter_boxes": list[Box],
    "letter_quads": list[Quad],
    "mark_boxes": list[Box],
    "mark_quads": list[Quad],
    "mark_shapes": list[str],
    "mark_scale": float | None,
    "mark_line_width_px": float | None,
    "mark_opacity": float | None,
}
"""The columns of rows with any number of rings: lists, in reading order, for those that are about one."""

MEANINGS = {
    "word": "the word, as it stands in the picture",
    "letter_index": "the place of the circled letter in the word, from 0",
    "letter_box": "the box around the circled letter",
    "letter_quad": "the corners of a box that is turned with the circled letter",
    "mark_box": "the box around the ring's ink",
    "mark_quad": "the corners of a box around the middle of the ring's line, turned with the word",
    "glyph_boxes": "the box around each letter, in the word's order",
    "glyph_quads": "the corners of each letter's box, turned with the word",
    "font": "the name of the font's face",
    "font_family": "the family of the font, which belongs to one split",
    "text_size_px": "the em of the word, in pixels, before the camera",
    "letter_spacing_em": "the space added between letters, in em",
    "rotation_deg": "the angle by which word and ring are turned, in degrees, clockwise",
    "text_colour": "the colour of the word, a name or #rrggbb",
    "paper_colour": "the colour of the paper",
    "mark_shape": "the shape of the ring: ellipse, superellipse or loop (drawn by hand)",
    "mark_colour": "the colour of the ring",
    "mark_scale": "the size of the ring over that of its letter",
    "mark_line_width_px": "the width of the ring's line, in pixels, before the camera",
    "mark_opacity": "the opacity of the ring's line, 0 to 1",
    "distractors": "the colour and shape of each mark that is not asked about",
    "look_alikes": "the letters that look like the circled one in this font; empty where none does",
    "letter_indices": "the places of the circled letters in the word, from 0",
    "letter_boxes": "the box around each circled letter",
    "letter_quads": "the corners of a box that is turned with each circled letter",
    "mark_boxes": "the box around each ring's ink",
    "mark_quads": "the corners of a box around the middle of each ring's line, turned with the word",
    "mark_shapes": "the shape of each ring: ellipse, superellipse or loop (drawn by hand)",
    "picture_number": "the number of the picture in its split, which rows about the same picture share",
    "context_words": "the words around the circled one, first those of its line",
    "context_quads": "the corners of the box of each of them, turned with it",
    "best_guess": "the share of rows in which the likeliest letter of this word is the circled one, 0 to 1",
    "padding": "the free room to the left and to the right of the word, in 1/96 em",
    "answer": "the answer without the sentence around it",
}
LIMITS = (
    "A picture shows one printed word on plain paper, unless `context` asks for more, and rings that a program draws.",
    "Every ring is meant for its letter beyond doubt; people also circle between letters, or several at once.",
)


@dataclass(frozen=True, eq=False)
class PenMark:
    """A pen's line, in em of the word it is drawn on."""

    shape: str
    line: Points
    closed: bool
    width_em: float
    """The pen's width, where it is more than `least_px` pixels."""
    least_px: float
    colour: str
    opacity: float

    @property
    def box(self) -> Box:
        """The box around the ink, in em, as far as the pen is no finer than `least_px`."""
        return bounds(self.line).grown(self.width_em / 2)

    def around(self, ring: Ring) -> PenMark:
        """Another ring that the same pen draws."""
        return replace(self, shape=ring.shape, line=ring.line(), closed=ring.shape != "loop")

    def width_px(self, size_px: float) -> float:
        """The pen's width in pixels on a word of that size."""
        return max(self.least_px, self.width_em * size_px)


@dataclass(frozen=True, eq=False)
class CircledWord:
    """The content of a row's picture, as plain data."""

    face: Face
    line: TextLine
    indices: tuple[int, ...]
    """The numbers of the circled letters, in reading order."""
    spacing_em: float
    rings: tuple[PenMark, ...]
    """The rings around them, of one pen."""
    others: tuple[PenMark, ...]
    """The distractors."""
    colour: str
    """The colour of the rings, and of those that are asked about where there are none."""
    scale: float
    paper: str
    ink: str
    placement: Placement
    context: tuple[ContextWord, ...] = ()
    """The words around it."""

    def without_rings(self) -> CircledWord:
        """The word with its distractors alone."""
        return replace(self, indices=(), rings=())

    def picture(
        self,
        ctx: DrawContext,
        size_px: tuple[int, int],
        camera: Camera,
        as_lists: bool = False,
        with_context: bool = False,
    ) -> RowPicture:
        """Draw it, take the picture, and read the labels off what lies in the picture; the control lacks the rings.

        as_lists: whether what is about rings is told in lists, for any number of them, or of one ring. with_context:
        whether the words around it are told.
        """
        run = place(self.line, self.placement)
        rings, others = ([self._outline(mark) for mark in marks] for marks in (self.rings, self.others))
        around = [word.run(self.placement) for word in self.context]
        layers = [Layer(joined([run.outline, *(other.outline for other in around)]), self.ink)]
        layers += [Layer(ink, mark.colour, mark.opacity) for ink, mark in zip(others, self.others, strict=True)]
        layers += [
            Layer(ink, mark.colour, mark.opacity, signal=True) for ink, mark in zip(rings, self.rings, strict=True)
        ]
        photo = ctx.photograph(Scene(size_px, self.paper, layers), camera)
        letters, quads = photo.view.boxes(run.hulls, run.hull_starts), photo.view.quads(run.corners)
        first = self.rings[0] if self.rings else None
        about_rings: dict[str, Any] = {
            "letter_indices": list(self.indices),
            "letter_boxes": [letters[index] for index in self.indices],
            "letter_quads": [quads[index] for index in self.indices],
            "mark_boxes": [photo.view.box(ink.points) for ink in rings],
            "mark_quads": [photo.view.quad(self.placement.points(bounds(ring.line).corners())) for ring in self.rings],
            "mark_shapes": [ring.shape for ring in self.rings],
        }
        if not as_lists:
            singular = zip(RING_COLUMNS, about_rings.values(), strict=True)
            about_rings = {name: values[0] for name, values in singular}
        annotations = {
            "word": run.text,
            **about_rings,
            "glyph_boxes": letters,
            "glyph_quads": quads,
            "font": self.face.name,
            "font_family": self.face.family,
            "text_size_px": self.placement.size_px,
            "letter_spacing_em": self.spacing_em,
            "rotation_deg": self.placement.rotation_deg,
            "text_colour": self.ink,
            "paper_colour": self.paper,
            "mark_colour": self.colour,
            "mark_scale": self.scale if first else None,
            "mark_line_width_px": first.width_px(self.placement.size_px) if first else None,
            "mark_opacity": first.opacity if first else None,
            "distractors": [f"{mark.colour} {mark.shape}" for mark in self.others],
            "look_alikes": "".join(self.face.look_alikes.get(run.text[index], "") for index in self.indices),
        }
        if with_context:
            annotations["context_words"] = [word.line.text for word in self.context]
            corners = [word.corners(self.placement) for word in self.context]
            annotations["context_quads"] = photo.view.quads(np.stack(corners)) if corners else []
        return RowPicture(photo.picture, annotations)

    @property
    def letters(self) -> list[str]:
        """The circled letters, in reading order."""
        return [self.line.text[index] for index in self.indices]

    @property
    def has_other_ring(self) -> bool:
        """Whether there is a ring that is not asked about, in another colour."""
        return any(mark.shape in RINGS for mark in self.others)

    def _outline(self, mark: PenMark) -> Outline:
        return stroke(self.placement.points(mark.line), mark.width_px(self.placement.size_px), mark.closed)


class RowPicture(NamedTuple):
    """A row's picture and what is drawn in it."""

    picture: Picture
    annotations: dict[str, Any]

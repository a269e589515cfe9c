"""A word in which one letter is circled; the model names the letter.

The task is BlindTest's "circled letter" (Rahmanzadehgervi et al., "Vision language models are blind", 2024). One row,
top to bottom: choose a face and a word, set it, choose a letter and a ring that names it beyond doubt, put both on the
paper, take the picture, read the labels off it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import product
from typing import Annotated, Literal

import numpy as np

from synthink import Between, Box, Camera, ConfigError, DrawContext, DrawError, Fonts, Sample, Words
from synthink.core.generator import Split
from synthink.draw.colours import colour_name, distance, parse_colour
from synthink.draw.geometry import GRID, bounds
from synthink.draw.text import Placement, TextLine, layout_line
from synthink.ink import LOOPS, Ring, level_line
from synthink.streams import Stream

from .circled import (
    COLUMNS,
    PROMPTS,
    SPLIT_COLUMNS,
    Circled,
    LetterAnswers,
    Mark,
    Side,
    check_letters,
    check_prompts,
    photograph,
    picture_size,
)

TRIES = 1000  # words, letters and rings tried for one row
PROBES, ENOUGH = 100, 5  # settings are refused unless so many of so many tries succeed: then 1000 never all fail
SMALLEST_PX = 7.0  # an em below this is not legible
EDGE_PX = 1.0  # ink keeps this distance from the picture's edge
CONTRAST = 60.0  # least distance in RGB between ink and paper
REACH = 1.2  # radii that a turned or hand-drawn ring reaches from its centre, at most; by measurement
HELD, SPILLED = 0.85, 0.45  # a ring holds this share of its letter's box, and at most this of any other letter's
_SPOTS = np.stack(np.meshgrid(*(np.arange(4) / 4 + 0.125,) * 2), axis=-1).reshape(1, 16, 2)

OBSTACLES = {
    "fonts": "the fonts lack letters of nearly all words",
    "look_alikes": "nearly all words have only letters that look like others in their font",
    "mark_scale": "with this ring, mark_offset and letter_spacing_em nearly every letter is in doubt",
    "picture_px": "nearly no word has room at a legible size",
}

Pixels = Annotated[tuple[float, float], Between(0.5, 4096)]


class CircledLetters(LetterAnswers):
    """A word with one letter circled: which letter is it?"""

    version = 3
    columns = COLUMNS
    split_columns = SPLIT_COLUMNS

    picture_px: Side | tuple[Side, Side] = 448
    """Side of a square picture, or width and height."""
    words: Words = Words(case=("lower", "title", "upper", "mixed"))
    fonts: Fonts = Fonts()
    camera: Camera = Camera()
    prompts: tuple[str, ...] = PROMPTS
    """One is drawn for each row; {colour} becomes the ring's colour."""
    text_size_px: Pixels | None = None
    """Em of the word; None: 7 % to 20 % of the picture's shorter side, at least 7 px. A long word is set smaller."""
    letter_spacing_em: Annotated[tuple[float, float], Between(-0.1, 2)] = (0.0, 0.12)
    rotation_deg: Annotated[tuple[float, float], Between(-180, 180)] = (-6.0, 6.0)
    position: Annotated[tuple[float, float], Between(0, 1)] = (0.0, 1.0)
    """Where the word stands in the free room, across and down; (0.5, 0.5) is the middle."""
    text_colours: tuple[str, ...] = ("black", "#26262b", "#16324f", "#3d2b1f", "#4a4a4a")
    paper_colours: tuple[str, ...] = ("white", "#fdfbf4", "#f4f1e6", "#eef3f8", "#f3f3f3")
    mark_shapes: tuple[Literal["ellipse", "superellipse", "loop"], ...] = ("ellipse", "superellipse", "loop")
    mark_scale: Annotated[tuple[float, float], Between(1, 4)] = (1.3, 1.5)
    """Radii of the ring over half the letter's box."""
    mark_slimness: Annotated[float, Between(0, 1)] = 0.5
    """Least ratio of the shorter radius to the longer: nobody circles an l with a needle."""
    mark_line_width_px: Pixels | None = None
    """None: 0.6 % to 1.3 % of the picture's shorter side, at least 1 to 1.5 px."""
    mark_offset: Annotated[tuple[float, float], Between(-0.5, 0.5)] = (-0.06, 0.06)
    """Shift of the ring against the letter, as a share of the letter's box."""
    mark_colours: tuple[str, ...] = ("red", "blue", "green", "orange", "purple", "magenta")
    mark_opacity: Annotated[tuple[float, float], Between(0.2, 1)] = (0.8, 1.0)
    distractors: tuple[Literal["underline", "strike", "circle"], ...] = ()
    """Other marks, in other colours than the ring; where there is a second circle the prompt names the ring's."""
    distractor_chance: Annotated[float, Between(0, 1)] = 0.5
    look_alikes: Literal["exclude", "mark"] = "exclude"
    """Letters that cannot be told apart in the face drawn (I and l): never circled, or named in the column."""

    def check(self) -> None:
        for name in ("prompts", "text_colours", "paper_colours", "mark_shapes", "mark_colours"):
            if not getattr(self, name):
                raise ConfigError(name, (), "must not be empty")
        for name in ("text_colours", "paper_colours", "mark_colours"):
            for i, colour in enumerate(getattr(self, name)):
                try:
                    parse_colour(colour)
                except ValueError as error:
                    raise ConfigError(f"{name}[{i}]", colour, str(error)) from None
        check_prompts(self.prompts)
        if not self._colourings:
            raise ConfigError("paper_colours", self.paper_colours, "no text or mark colour can be seen on this paper")
        if "circle" in self.distractors and len(set(map(colour_name, self.mark_colours))) < 2:
            raise ConfigError("mark_colours", self.mark_colours, "a second circle needs a colour of another name")

    def validate_split(self, split: Split) -> None:
        check_letters(self.words, split, split.pool(self.fonts).alphabet)
        probe = split.context(-1)  # no row has this index
        obstacles: Counter[str] = Counter()
        found = 0
        while found < ENOUGH:
            outcome = self._attempt(probe, *self._colourings[0])
            if isinstance(outcome, str):
                obstacles[outcome] += 1
            else:
                found += 1
            if obstacles.total() > PROBES - ENOUGH:
                field = obstacles.most_common(1)[0][0]
                raise ConfigError(field, getattr(self, field), f"{OBSTACLES[field]} in the split {split.name}")

    def draw(self, ctx: DrawContext) -> Sample:
        return photograph(ctx, self._compose(ctx), self.size_px, self.camera, self.prompts)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return picture_size(self.picture_px)

    @cached_property
    def _colourings(self) -> list[tuple[str, str, str]]:
        """Paper, text and mark colours that can be seen together."""

        def seen(ink: str, paper: str, opacity: float) -> bool:
            return distance(parse_colour(ink), parse_colour(paper)) * opacity >= CONTRAST

        return [
            (paper, text, mark)
            for paper, text, mark in product(self.paper_colours, self.text_colours, self.mark_colours)
            if seen(text, paper, 1.0) and seen(mark, paper, self.mark_opacity[0])
        ]

    def _compose(self, ctx: DrawContext) -> Circled:
        """All random choices of a row: the first combination of face, word, letter and ring that is beyond doubt."""
        paper, ink, colour = ctx.stream("layout").choice(self._colourings)
        for _ in range(TRIES):
            circled = self._attempt(ctx, paper, ink, colour)
            if not isinstance(circled, str):
                return circled
        raise DrawError(f"no word, letter and ring fit together in {TRIES} tries")

    def _attempt(self, ctx: DrawContext, paper: str, ink: str, colour: str) -> Circled | str:
        """One combination of face, word, letter and ring, or the field that stands in its way."""
        text, layout, pen = ctx.stream("text"), ctx.stream("layout"), ctx.stream("mark")
        face = text.choice(ctx.pool(self.fonts).faces)
        word = ctx.pool(self.words).draw(text)
        if not face.characters.issuperset(word):
            return "fonts"
        letters = [i for i, char in enumerate(word) if self.look_alikes == "mark" or char not in face.look_alikes]
        if not letters:
            return "look_alikes"
        spacing = layout.within(self.letter_spacing_em)
        setting = layout_line(face, word, spacing)
        index = text.choice(letters)
        scale = pen.within(self.mark_scale)
        ring = self._ring(pen, setting.glyph_box(index), scale)
        if not beyond_doubt(ring, setting, index):
            return "mark_scale"
        marks = [self._mark(pen, ring, colour)]
        if self.distractors:
            marks += self._others(ctx.stream("distractors"), setting, index, (paper, ink, colour))
        placement = self._place(layout, setting, scale, marks)
        if placement is None:
            return "picture_px"
        return Circled(face, setting, index, spacing, tuple(marks), scale, paper, ink, placement)

    def _ring(self, pen: Stream, letter: Box, scale: float) -> Ring:
        """A ring around the letter, in em."""
        width, height = letter.width * scale, letter.height * scale
        slimmest = self.mark_slimness * max(width, height)
        radii = max(width, slimmest) / 2, max(height, slimmest) / 2
        x, y = letter.centre
        centre = x + pen.within(self.mark_offset) * letter.width, y + pen.within(self.mark_offset) * letter.height
        shape = pen.choice(self.mark_shapes)
        if shape == "ellipse":
            return Ring(shape, centre, radii, rotation_deg=pen.uniform(-8, 8))
        if shape == "superellipse":
            return Ring(shape, centre, radii, exponent=pen.uniform(2.2, 3.6))
        return Ring(
            shape,
            centre,
            (radii[0] * 1.05, radii[1] * 1.05),
            rotation_deg=pen.uniform(-15, 15),
            loop=pen.integers(0, LOOPS),
        )

    def _mark(self, pen: Stream, ring: Ring, colour: str) -> Mark:
        """The ring as a line of the pen."""
        shorter = min(self.size_px)
        width_px = pen.within(self.mark_line_width_px or (max(1.0, 0.006 * shorter), max(1.5, 0.013 * shorter)))
        return Mark(ring.shape, ring.line(), ring.shape != "loop", width_px, colour, pen.within(self.mark_opacity))

    def _others(self, pen: Stream, setting: TextLine, index: int, taken: tuple[str, str, str]) -> list[Mark]:
        """Distractors: lines and a second circle, in other colours than the ring's that can be seen on the paper."""
        marks: list[Mark] = []
        paper, ink, ring_colour = taken
        colours = [
            colour
            for colour in self.mark_colours
            if (paper, ink, colour) in self._colourings and colour_name(colour) != colour_name(ring_colour)
        ]
        for kind in self.distractors:
            if not colours or not pen.chance(self.distractor_chance):
                continue
            colour = pen.choice(colours)
            box = setting.box
            if kind == "circle":
                others = [i for i in range(len(setting.text)) if i != index]
                if others:
                    ring = self._ring(pen, setting.glyph_box(pen.choice(others)), pen.within(self.mark_scale))
                    marks.append(self._mark(pen, ring, colour))
                continue
            y = box.bottom + pen.uniform(0.05, 0.15) if kind == "underline" else box.centre[1] + pen.uniform(-0.05, 0.1)
            line = level_line(box.left, box.right, y, pen.uniform(-0.04, 0.04), pen.uniform(-0.03, 0.03))
            shorter = min(self.size_px)
            marks.append(Mark(kind, line, False, max(1.0, pen.uniform(0.005, 0.01) * shorter), colour, 1.0))
        return marks

    def _room(self, setting: TextLine, scale: float) -> Box:
        """What rings around all of the letters would take: a word's place must not tell which one is circled."""
        sizes = (setting.highs - setting.lows) * scale
        radii = np.maximum(sizes, self.mark_slimness * sizes.max(axis=1, keepdims=True)) / 2
        centres, aside = (setting.lows + setting.highs) / 2, max(map(abs, self.mark_offset)) * sizes / scale
        low, high = (centres - radii * REACH - aside).min(axis=0), (centres + radii * REACH + aside).max(axis=0)
        return Box(*low.tolist(), *high.tolist())

    def _place(self, layout: Stream, setting: TextLine, scale: float, marks: Sequence[Mark]) -> Placement | None:
        """A size and a place at which word and marks lie inside the picture; None when no legible size does."""
        boxes = [setting.box, self._room(setting, scale), *(bounds(mark.line) for mark in marks)]
        whole = Box(
            min(box.left for box in boxes),
            min(box.top for box in boxes),
            max(box.right for box in boxes),
            max(box.bottom for box in boxes),
        )
        rotation = layout.within(self.rotation_deg)
        cos, sin = abs(math.cos(math.radians(rotation))), abs(math.sin(math.radians(rotation)))
        extent = whole.width * cos + whole.height * sin, whole.width * sin + whole.height * cos
        edge = EDGE_PX + max(mark.width_px for mark in marks) / 2
        room = self.size_px[0] - 2 * edge, self.size_px[1] - 2 * edge
        fits = min(room[0] / extent[0], room[1] / extent[1])
        if fits < SMALLEST_PX:
            return None
        shorter = min(self.size_px)
        least, most = self.text_size_px or (max(SMALLEST_PX, 0.07 * shorter), max(SMALLEST_PX, 0.2 * shorter))
        # Rounded like all geometry: `fits` hangs on the last bits of sin and cos.
        size = math.floor(layout.uniform(min(least, fits), min(most, fits)) * GRID) / GRID
        x, y = (
            edge + extent[axis] * size / 2 + layout.within(self.position) * (room[axis] - extent[axis] * size)
            for axis in (0, 1)
        )
        return Placement(size, whole.centre, (x, y), rotation)


def beyond_doubt(ring: Ring, setting: TextLine, index: int) -> bool:
    """Whether the ring holds its letter and no other: judged by a grid of 16 points in each letter's box."""
    spots = setting.lows[:, np.newaxis] + (setting.highs - setting.lows)[:, np.newaxis] * _SPOTS
    held = ((ring.reach(spots) < 1).sum(axis=1) / spots.shape[1]).tolist()
    return held.pop(index) >= HELD and max(held, default=0.0) <= SPILLED

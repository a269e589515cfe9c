"""A word in which one letter is circled; the model names the letter.

The task is BlindTest's "circled letter" (Rahmanzadehgervi et al., "Vision language models are blind", 2024). One row,
top to bottom: choose a face and a word, set it, choose a letter and a ring that names it beyond doubt, put both on the
paper, take the picture, read the labels off it.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from itertools import product
from typing import Annotated, Literal

import numpy as np

from synthink import Between, Box, Camera, ConfigError, DrawContext, DrawError, NotEmpty, Sample, Split, Stream
from synthink.assets import Fonts, Words
from synthink.draw import (
    Colours,
    PictureSize,
    Placement,
    TextLine,
    around,
    can_be_seen,
    colour_name,
    layout_line,
    picture_size,
    place_box,
)
from synthink.ink import LOOPS, Ring, level_line

from .circled_word import PROMPTS, RINGS, CircledWord, LetterAnswers, PenMark, PromptList, RingShape, beyond_doubt

TRIES = 1000  # words, letters and rings tried for one row
PROBES, ENOUGH = 100, 5  # settings are refused unless so many of so many tries succeed: then 1000 never all fail
SMALLEST_PX = 7.0  # an em below this is not legible
EDGE_PX = 1.0  # ink keeps this distance from the picture's edge
PEN_EM, LINE_EM = (0.04, 0.09), (0.035, 0.07)  # width of the pen that draws rings, and of the one that draws lines
FINEST_PX = 1.0  # a pen is no finer
REACH = 1.2  # radii that a turned or hand-drawn ring reaches from its centre, at most; by measurement

OBSTACLES = {
    "fonts": "the fonts lack letters of nearly all words",
    "look_alikes": "nearly all words have only letters that look like others in their font",
    "mark_scale": "with this ring, its line, mark_offset and letter_spacing_em nearly every letter is in doubt",
    "picture_px": "nearly no word has room at a legible size",
}

Pixels = Annotated[tuple[float, float], Between(0.5, 4096)]


class CircledLetters(LetterAnswers):
    """A word with one letter circled: which letter is it?"""

    version = 4

    picture_px: PictureSize = 448
    """The side of a square picture, or its width and height, in pixels."""
    words: Words = Words(case=("lower", "title", "upper", "mixed"))
    """The words, one for each row."""
    fonts: Fonts = Fonts()
    """The fonts that the words are set in."""
    camera: Camera = Camera()
    """The camera that takes the pictures."""
    prompts: PromptList = PROMPTS
    """The questions, of which each row draws one; {colour} becomes the ring's colour."""
    text_size_px: Pixels | None = None
    """The em of the word, in pixels; None: 7 % to 20 % of the picture's shorter side, at least 7 px. A long word is set
    smaller."""
    letter_spacing_em: Annotated[tuple[float, float], Between(-0.1, 2)] = (0.0, 0.12)
    """The space that is added between letters, in em."""
    rotation_deg: Annotated[tuple[float, float], Between(-180, 180)] = (-6.0, 6.0)
    """The angle by which word and ring are turned, in degrees, clockwise."""
    position: Annotated[tuple[float, float], Between(0, 1)] = (0.0, 1.0)
    """The position of the word in the free room, across and down; (0.5, 0.5) is the middle."""
    text_colours: Colours = ("black", "#26262b", "#16324f", "#3d2b1f", "#4a4a4a")
    """The colours of the word; those that can hardly be seen on the paper are left out."""
    paper_colours: Colours = ("white", "#fdfbf4", "#f4f1e6", "#eef3f8", "#f3f3f3")
    """The colours of the paper."""
    mark_shapes: Annotated[tuple[RingShape, ...], NotEmpty()] = RINGS
    """The shapes of the ring: an ellipse, a superellipse, or a loop as a hand draws it."""
    mark_scale: Annotated[tuple[float, float], Between(1, 4)] = (1.3, 1.5)
    """The ring's radii over half the width and height of the letter's box."""
    mark_slimness: Annotated[float, Between(0, 1)] = 0.5
    """The least ratio of the shorter radius to the longer one: nobody circles an l with a needle."""
    mark_line_width_px: Pixels | None = None
    """The width of the ring's line, in pixels; None: 4 % to 9 % of the word's em, at least 1 px."""
    mark_offset: Annotated[tuple[float, float], Between(-0.5, 0.5)] = (-0.06, 0.06)
    """The shift of the ring against its letter, as a share of the letter's box."""
    mark_colours: Colours = ("red", "blue", "green", "orange", "purple", "magenta")
    """The colours of the ring."""
    mark_opacity: Annotated[tuple[float, float], Between(0.2, 1)] = (0.8, 1.0)
    """The opacity of the ring."""
    distractors: tuple[Literal["underline", "strike", "circle"], ...] = ()
    """Marks in other colours than the ring; where there is a second circle, the prompt names the ring's colour."""
    distractor_chance: Annotated[float, Between(0, 1)] = 0.5
    """The probability of each distractor in a row."""
    look_alikes: Literal["exclude", "mark"] = "exclude"
    """The treatment of letters that look the same in the face drawn (I and l): they are never circled, or the column
    `look_alikes` names them."""

    def check(self) -> None:
        if not self._colourings:
            raise ConfigError("paper_colours", self.paper_colours, "no text or mark colour can be seen on this paper")
        if "circle" in self.distractors and len(set(map(colour_name, self.mark_colours))) < 2:
            raise ConfigError("mark_colours", self.mark_colours, "a second circle needs a colour of another name")

    def drawable_characters(self, field: str, split: Split) -> frozenset[str] | None:
        return split.pool(self.fonts).alphabet if field == "words" else None

    def validate_split(self, split: Split) -> None:
        split.pool(self.words).check_letters(split.pool(self.fonts).alphabet)
        probe = split.context(-1)  # no row has this index
        obstacles: Counter[str] = Counter()
        successes = 0
        while successes < ENOUGH:
            outcome = self._attempt(probe, *self._colourings[0])
            if isinstance(outcome, str):
                obstacles[outcome] += 1
            else:
                successes += 1
            if obstacles.total() > PROBES - ENOUGH:
                field = obstacles.most_common(1)[0][0]
                raise ConfigError(field, getattr(self, field), f"{OBSTACLES[field]} in the split {split.name}")

    def draw(self, ctx: DrawContext) -> Sample:
        return self.say(ctx, self._compose(ctx).sample(ctx, self.size_px, self.camera, self.prompts))

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return picture_size(self.picture_px)

    @cached_property
    def _colourings(self) -> list[tuple[str, str, str]]:
        """Paper, text and mark colours that can be seen together."""
        return [
            (paper, text, mark)
            for paper, text, mark in product(self.paper_colours, self.text_colours, self.mark_colours)
            if can_be_seen(text, paper) and can_be_seen(mark, paper, self.mark_opacity[0])
        ]

    def _compose(self, ctx: DrawContext) -> CircledWord:
        """All random choices of a row: the first combination of face, word, letter and ring that is beyond doubt."""
        paper, ink, colour = ctx.stream("layout").choice(self._colourings)
        for _ in range(TRIES):
            word = self._attempt(ctx, paper, ink, colour)
            if not isinstance(word, str):
                return word
        raise DrawError(f"no word, letter and ring fit together in {TRIES} tries")

    def _attempt(self, ctx: DrawContext, paper: str, ink: str, colour: str) -> CircledWord | str:
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
        line = layout_line(face, word, spacing)
        index = text.choice(letters)
        scale = pen.within(self.mark_scale)
        ring = self._ring(pen, line.glyph_box(index), scale)
        marks = [self._mark(pen, ring, colour)]
        if self.distractors:
            marks += self._others(ctx.stream("distractors"), line, index, (paper, ink, colour))
        placement = self._place(layout, line, scale, marks)
        if placement is None:
            return "picture_px"
        if not beyond_doubt(ring, marks[0].width_px(placement.size_px) / placement.size_px, line, index):
            return "mark_scale"
        return CircledWord(face, line, index, spacing, tuple(marks), scale, paper, ink, placement)

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

    def _mark(self, pen: Stream, ring: Ring, colour: str) -> PenMark:
        """The ring as a line of the pen."""
        width = pen.within(self.mark_line_width_px or PEN_EM)
        widths = (0.0, width) if self.mark_line_width_px else (width, FINEST_PX)
        return PenMark(ring.shape, ring.line(), ring.shape != "loop", *widths, colour, pen.within(self.mark_opacity))

    def _others(self, pen: Stream, line: TextLine, index: int, taken: tuple[str, str, str]) -> list[PenMark]:
        """Distractors: lines and a second circle, in other colours than the ring's that can be seen on the paper."""
        marks: list[PenMark] = []
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
            box = line.box
            if kind == "circle":
                others = [i for i in range(len(line.text)) if i != index]
                if others:
                    ring = self._ring(pen, line.glyph_box(pen.choice(others)), pen.within(self.mark_scale))
                    marks.append(self._mark(pen, ring, colour))
                continue
            y = box.bottom + pen.uniform(0.05, 0.15) if kind == "underline" else box.centre[1] + pen.uniform(-0.05, 0.1)
            stroke = level_line(box.left, box.right, y, pen.uniform(-0.04, 0.04), pen.uniform(-0.03, 0.03))
            marks.append(PenMark(kind, stroke, False, pen.within(LINE_EM), FINEST_PX, colour, 1.0))
        return marks

    def _room(self, line: TextLine, scale: float) -> Box:
        """What rings around all of the letters would take: a word's place must not tell which one is circled."""
        sizes = (line.highs - line.lows) * scale
        radii = np.maximum(sizes, self.mark_slimness * sizes.max(axis=1, keepdims=True)) / 2
        centres, offset = (line.lows + line.highs) / 2, max(map(abs, self.mark_offset)) * sizes / scale
        low, high = (centres - radii * REACH - offset).min(axis=0), (centres + radii * REACH + offset).max(axis=0)
        return Box(*low.tolist(), *high.tolist())

    def _place(self, layout: Stream, line: TextLine, scale: float, marks: list[PenMark]) -> Placement | None:
        """A size and a place at which word and marks lie inside the picture; None when no legible size does."""
        shorter = min(self.size_px)
        return place_box(
            layout,
            around([line.box, self._room(line, scale), *(mark.box for mark in marks)]),
            self.size_px,
            self.text_size_px or (max(SMALLEST_PX, 0.07 * shorter), max(SMALLEST_PX, 0.2 * shorter)),
            rotation_deg=layout.within(self.rotation_deg),
            edge_px=EDGE_PX + max(mark.least_px for mark in marks) / 2,
            position=self.position,
            smallest_px=SMALLEST_PX,
        )

"""BlindTest's circled letters, row by row: every letter of every word, font, line width and padding.

Layout and proportions are the benchmark's (Rahmanzadehgervi et al., 2024): a word of 96 units an em on a strip of
10 x 2 inches, a red ellipse of 1.4 times the letter's advance and height around it, the strip fitted into the picture.
What a circled word is, and how answers about it are scored, stands here, too; `circled_letters` draws it more freely.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Annotated
from weakref import WeakKeyDictionary

from synthink import (
    Between,
    Box,
    Camera,
    DrawContext,
    Generator,
    NotEmpty,
    PromptWith,
    Quad,
    Sample,
    Split,
    fill_prompt,
)
from synthink.assets import Fonts, Words
from synthink.draw import (
    GRID,
    Colour,
    Face,
    Layer,
    PictureSize,
    Placement,
    Points,
    Scene,
    TextLine,
    bounds,
    colour_name,
    layout_line,
    picture_size,
    place,
    stroke,
)
from synthink.ink import Ring
from synthink.labels import letter_class, letter_score

PromptList = Annotated[tuple[Annotated[str, PromptWith("{colour}")], ...], NotEmpty()]
PROMPTS = ("Which letter is being circled?", "Which character is being highlighted with a {colour} oval?")
COLOUR_PROMPT = "Which letter is circled in {colour}?"
RINGS = ("ellipse", "superellipse", "loop")

EM = 96.0  # units of the strip
STRIP_HEIGHT = 200.0  # units
AXES_INCH = (7.75, 1.54)  # what is left of 10 x 2 inches inside the benchmark's plot margins
POINTS_PER_INCH = 72.0

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
SPLIT_COLUMNS = {"words": "word", "fonts": "font_family"}


@dataclass(frozen=True, eq=False)
class PenMark:
    """A pen's line, in em of the word it is drawn on."""

    shape: str
    line: Points
    closed: bool
    width_px: float
    colour: str
    opacity: float


@dataclass(frozen=True, eq=False)
class CircledWord:
    """The content of a row's picture, as plain data; `marks[0]` is the ring that the question is about."""

    face: Face
    line: TextLine
    index: int
    spacing_em: float
    marks: tuple[PenMark, ...]
    scale: float
    paper: str
    ink: str
    placement: Placement

    def sample(self, ctx: DrawContext, size_px: tuple[int, int], camera: Camera, prompts: tuple[str, ...]) -> Sample:
        """Draw it, take the picture, and read the labels off what lies in the picture; the control lacks the ring."""
        ring, index, run = self.marks[0], self.index, place(self.line, self.placement)
        outlines = [stroke(self.placement.points(mark.line), mark.width_px, mark.closed) for mark in self.marks]
        circle, *others = (
            Layer(outline, mark.colour, mark.opacity, signal=mark is ring)
            for outline, mark in zip(outlines, self.marks, strict=True)
        )
        photo = ctx.photograph(Scene(size_px, self.paper, (Layer(run.outline, self.ink), *others, circle)), camera)
        letters, quads = photo.view.boxes(run.hulls, run.hull_starts), photo.view.quads(run.corners)
        return Sample(
            image=photo.picture,
            prefix=self._prompt(ctx, prompts),
            suffix=run.text[index],
            annotations={
                "word": run.text,
                "letter_index": index,
                "letter_box": letters[index],
                "letter_quad": quads[index],
                "mark_box": photo.view.box(outlines[0].points),
                "mark_quad": photo.view.quad(self.placement.points(bounds(ring.line).corners())),
                "glyph_boxes": letters,
                "glyph_quads": quads,
                "font": self.face.name,
                "font_family": self.face.family,
                "text_size_px": self.placement.size_px,
                "letter_spacing_em": self.spacing_em,
                "rotation_deg": self.placement.rotation_deg,
                "text_colour": self.ink,
                "paper_colour": self.paper,
                "mark_shape": ring.shape,
                "mark_colour": ring.colour,
                "mark_scale": self.scale,
                "mark_line_width_px": ring.width_px,
                "mark_opacity": ring.opacity,
                "distractors": [f"{mark.colour} {mark.shape}" for mark in self.marks[1:]],
                "look_alikes": self.face.look_alikes.get(run.text[index], ""),
            },
        )

    def _prompt(self, ctx: DrawContext, prompts: tuple[str, ...]) -> str:
        if any(mark.shape in RINGS for mark in self.marks[1:]):
            prompts = tuple(prompt for prompt in prompts if "{colour}" in prompt) or (COLOUR_PROMPT,)
        return fill_prompt(ctx.stream("prompt").choice(prompts), "{colour}", colour_name(self.marks[0].colour))


class LetterAnswers(Generator):
    """The questions and scores that both generators of circled letters share."""

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        return letter_score(sample.suffix, answer)

    def answer_class(self, sample: Sample, answer: str) -> str:
        return letter_class(answer)

    def in_domain(self, sample: Sample, answer: str) -> bool:
        """Whether the answer is one of the word's letters, case kept."""
        return len(answer.strip()) == 1 and answer.strip() in sample.annotations["word"]

    def chance(self, sample: Sample) -> float:
        """The share of the word's commonest letter, case kept, with every place in the word alike. Letters that are
        never circled, because they look like others or stand too close to them, are not told apart here, so that a
        perfect guesser is a little better than this."""
        word = sample.annotations["word"]
        return max(Counter(word).values()) / len(word)

    def answer_shapes(self, sample: Sample, answer: str) -> list[Points]:
        """The circled letter where it is named, else all letters that the answer names."""
        if answer.strip() == sample.suffix:
            return [Box(*sample.annotations["letter_box"]).outline()]
        glyphs = zip(sample.annotations["word"], sample.annotations["glyph_boxes"], strict=True)
        return [Box(*box).outline() for letter, box in glyphs if letter == answer.strip()]


@dataclass(frozen=True)
class Grid:
    """The rows of one split: words one after the other, each with all fonts, letters, line widths and paddings.

    ends: the number of rows up to and including each word.
    """

    words: tuple[str, ...]
    ends: tuple[int, ...]


_grids: WeakKeyDictionary[Split, Grid] = WeakKeyDictionary()


class CircledLettersGrid(LetterAnswers):
    """BlindTest's grid of circled letters: words x fonts x letters x line widths x paddings."""

    version = 2
    columns = {**COLUMNS, "padding": float}  # noqa: RUF012 - never changed
    split_columns = SPLIT_COLUMNS

    picture_px: PictureSize = 512
    """The side of a square picture, or its width and height, in pixels."""
    words: Words = Words(source=("Acknowledgement", "Subdermatoglyphic", "tHyUiKaRbNqWeOpXcZvM"))
    """The words of the grid."""
    words_per_split: Annotated[int, Between(1)] | None = None
    """The number of words that each split takes, without replacement; None: all of its words."""
    fonts: Fonts = Fonts(bold=False, italic=False)
    """The fonts of the grid."""
    camera: Camera = Camera()
    """The camera that takes the pictures."""
    prompts: PromptList = PROMPTS
    """The questions, of which each row draws one; {colour} becomes the ring's colour."""
    line_widths_pt: Annotated[tuple[Annotated[float, Between(0.1, 100)], ...], NotEmpty()] = (4.0, 5.0, 6.0)
    """The widths of the ring's line, in points on the strip of 10 x 2 inches."""
    paddings: Annotated[tuple[Annotated[float, Between(0, 10_000)], ...], NotEmpty()] = (25.0, 50.0, 100.0, 200.0)
    """The free room to the left and to the right of the word, in units of 1/96 em."""
    mark_scale: Annotated[float, Between(1, 4)] = 1.4
    """The ellipse's width and height over the letter's advance and height."""
    text_colour: Colour = "black"
    """The colour of the word."""
    paper_colour: Colour = "white"
    """The colour of the paper."""
    mark_colour: Colour = "red"
    """The colour of the ring."""

    def validate_split(self, split: Split) -> None:
        faces = split.pool(self.fonts).faces
        split.pool(self.words).check_letters(frozenset.intersection(*(face.characters for face in faces)))

    def rows(self, split: Split) -> int:
        return self._grid(split).ends[-1]

    def draw(self, ctx: DrawContext) -> Sample:
        grid = self._grid(ctx.split)  # the row's number is one of mixed radix
        number = bisect_right(grid.ends, ctx.index)
        rest = ctx.index - (grid.ends[number - 1] if number else 0)
        rest, padding = divmod(rest, len(self.paddings))
        rest, width = divmod(rest, len(self.line_widths_pt))
        font, index = divmod(rest, len(grid.words[number]))
        face = ctx.pool(self.fonts).faces[font]
        line = layout_line(face, grid.words[number])
        word = self._compose(face, line, index, self.line_widths_pt[width], self.paddings[padding])
        sample = word.sample(ctx, picture_size(self.picture_px), self.camera, self.prompts)
        return replace(sample, annotations={**sample.annotations, "padding": self.paddings[padding]})

    def _grid(self, split: Split) -> Grid:
        grid = _grids.get(split)
        if grid is None:
            words = split.pool(self.words).words
            if self.words_per_split is not None:
                words = tuple(split.stream("words").shuffled(words)[: self.words_per_split])
            cells = len(split.pool(self.fonts).faces) * len(self.line_widths_pt) * len(self.paddings)
            grid = _grids[split] = Grid(words, tuple(accumulate(len(word) * cells for word in words)))
        return grid

    def _compose(self, face: Face, line: TextLine, index: int, width_pt: float, padding: float) -> CircledWord:
        width, height = picture_size(self.picture_px)
        advance = sum(line.advances)
        strip = advance * EM + 2 * padding
        scale = min(width / strip, height / STRIP_HEIGHT)
        inches = min(AXES_INCH[0] / strip, AXES_INCH[1] / STRIP_HEIGHT)  # an inch of the strip is scale / inches px
        letter = line.glyph_box(index)
        radii = self.mark_scale * line.advances[index] / 2, self.mark_scale * letter.height / 2
        ring = Ring("ellipse", letter.centre, radii)
        pen_px = width_pt / POINTS_PER_INCH * scale / inches
        mark = PenMark("ellipse", ring.line(), True, pen_px, self.mark_colour, 1.0)
        # The tallest letter's height is centred on the strip as if it stood on the baseline.
        tallest = max(line.glyph_box(i).height for i in range(len(line.text)))
        middle = (advance / 2, -tallest / 2), (width / 2, height / 2)
        placement = Placement(math.floor(EM * scale * GRID) / GRID, *middle)
        colours = self.paper_colour, self.text_colour
        return CircledWord(face, line, index, 0.0, (mark,), self.mark_scale, *colours, placement)

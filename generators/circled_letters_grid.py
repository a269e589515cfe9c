"""BlindTest's circled letters, row by row: every letter of every word, font, line width and padding.

Layout and proportions are the benchmark's (Rahmanzadehgervi et al., 2024): a word of 96 units an em on a strip of
10 x 2 inches, a red ellipse of 1.4 times the letter's advance and height around it, the strip fitted into the picture.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Annotated
from weakref import WeakKeyDictionary

from synthink import Between, Camera, ConfigError, DrawContext, Fonts, Sample, Split, Words
from synthink.draw.colours import parse_colour
from synthink.draw.geometry import GRID
from synthink.draw.text import Placement, layout_line
from synthink.draw.type.face import Face
from synthink.ink.rings import Ring

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

EM = 96.0  # units of the strip
STRIP_HEIGHT = 200.0  # units
AXES_INCH = (7.75, 1.54)  # what is left of 10 x 2 inches inside the benchmark's plot margins
POINTS_PER_INCH = 72.0

_grids: WeakKeyDictionary[Split, Grid] = WeakKeyDictionary()


@dataclass(frozen=True)
class Grid:
    """The rows of one split: words one after the other, each with all fonts, letters, line widths and paddings."""

    words: tuple[str, ...]
    ends: tuple[int, ...]
    """Number of rows up to and including each word."""


class CircledLettersGrid(LetterAnswers):
    """BlindTest's grid of circled letters: words x fonts x letters x line widths x paddings."""

    version = 2
    columns = {**COLUMNS, "padding": float}  # noqa: RUF012 - never changed
    split_columns = SPLIT_COLUMNS

    picture_px: Side | tuple[Side, Side] = 512
    """Side of a square picture, or width and height."""
    words: Words = Words(source=("Acknowledgement", "Subdermatoglyphic", "tHyUiKaRbNqWeOpXcZvM"))
    words_per_split: Annotated[int, Between(1)] | None = None
    """Words of each split, taken without replacement; None: all."""
    fonts: Fonts = Fonts(bold=False, italic=False)
    camera: Camera = Camera()
    prompts: tuple[str, ...] = PROMPTS
    line_widths_pt: tuple[Annotated[float, Between(0.1, 100)], ...] = (4.0, 5.0, 6.0)
    """Points on the strip of 10 x 2 inches."""
    paddings: tuple[Annotated[float, Between(0, 10_000)], ...] = (25.0, 50.0, 100.0, 200.0)
    """Free room left and right of the word, in units of 1/96 em."""
    mark_scale: Annotated[float, Between(1, 4)] = 1.4
    """The ellipse's width and height over the letter's advance and height."""
    text_colour: str = "black"
    paper_colour: str = "white"
    mark_colour: str = "red"

    def check(self) -> None:
        for name in ("prompts", "line_widths_pt", "paddings"):
            if not getattr(self, name):
                raise ConfigError(name, (), "must not be empty")
        check_prompts(self.prompts)
        for name in ("text_colour", "paper_colour", "mark_colour"):
            try:
                parse_colour(getattr(self, name))
            except ValueError as error:
                raise ConfigError(name, getattr(self, name), str(error)) from None

    def validate_split(self, split: Split) -> None:
        check_letters(
            self.words, split, frozenset.intersection(*(face.characters for face in split.pool(self.fonts).faces))
        )

    def rows(self, split: Split) -> int:
        return self._grid(split).ends[-1]

    def draw(self, ctx: DrawContext) -> Sample:
        face, word, index, width_pt, padding = self._cell(ctx)
        circled = self._compose(face, word, index, width_pt, padding)
        sample = photograph(ctx, circled, picture_size(self.picture_px), self.camera, self.prompts)
        return Sample(sample.image, sample.prefix, sample.suffix, {**sample.annotations, "padding": padding})

    def _grid(self, split: Split) -> Grid:
        grid = _grids.get(split)
        if grid is None:
            words = split.pool(self.words).words
            if self.words_per_split is not None:
                words = tuple(split.stream("words").shuffled(words)[: self.words_per_split])
            cells = len(split.pool(self.fonts).faces) * len(self.line_widths_pt) * len(self.paddings)
            grid = _grids[split] = Grid(words, tuple(accumulate(len(word) * cells for word in words)))
        return grid

    def _cell(self, ctx: DrawContext) -> tuple[Face, str, int, float, float]:
        """Face, word, letter index, line width and padding of the row: a number of mixed radix."""
        grid = self._grid(ctx.split)
        number = bisect_right(grid.ends, ctx.index)
        word = grid.words[number]
        rest = ctx.index - (grid.ends[number - 1] if number else 0)
        rest, padding = divmod(rest, len(self.paddings))
        rest, width = divmod(rest, len(self.line_widths_pt))
        font, index = divmod(rest, len(word))
        return ctx.pool(self.fonts).faces[font], word, index, self.line_widths_pt[width], self.paddings[padding]

    def _compose(self, face: Face, word: str, index: int, width_pt: float, padding: float) -> Circled:
        width, height = picture_size(self.picture_px)
        setting = layout_line(face, word)
        advance = sum(setting.advances)
        strip = advance * EM + 2 * padding
        scale = min(width / strip, height / STRIP_HEIGHT)
        inches = min(AXES_INCH[0] / strip, AXES_INCH[1] / STRIP_HEIGHT)  # an inch of the strip is scale / inches px
        letter = setting.glyph_box(index)
        radii = self.mark_scale * setting.advances[index] / 2, self.mark_scale * letter.height / 2
        ring = Ring("ellipse", letter.centre, radii)
        mark = Mark("ellipse", ring.line(), True, width_pt / POINTS_PER_INCH * scale / inches, self.mark_colour, 1.0)
        # The tallest letter's height is centred on the strip as if it stood on the baseline.
        tallest = max(setting.glyph_box(i).height for i in range(len(word)))
        placement = Placement(
            math.floor(EM * scale * GRID) / GRID, (advance / 2, -tallest / 2), (width / 2, height / 2)
        )
        colours = self.paper_colour, self.text_colour
        return Circled(face, setting, index, 0.0, (mark,), self.mark_scale, *colours, placement)

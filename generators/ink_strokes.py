"""Ink: read it, find a word in it, name what is drawn, or give back the pen's strokes.

One row, top to bottom: choose a task, what is written and who writes it; let the pen move; place the ink on the paper;
draw both, take the picture, read the labels off the strokes.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Annotated, Literal

import numpy as np

from synthink import Between, Box, Camera, ConfigError, DrawContext, Generator, InkPoint, Sample, Split, Stream
from synthink.assets.inks import Inks, writer_of
from synthink.assets.texts.texts import TextPool, Texts
from synthink.assets.writers import Writers
from synthink.camera.view import View
from synthink.draw.colours import distance, parse_colour
from synthink.draw.geometry import GRID, Points, snap
from synthink.draw.outline import RuledLines
from synthink.draw.picture import Picture, RgbPicture
from synthink.draw.render import render
from synthink.draw.scene import Layer, Scene
from synthink.ink.drawing.draw import draw_ink
from synthink.ink.drawing.pens import PENS
from synthink.ink.drawing.placed_ink import PlacedInk
from synthink.ink.drawn_shapes import SHAPES, shape_lines
from synthink.ink.handwriting.device import Device
from synthink.ink.handwriting.write import handwriting, trace
from synthink.ink.model import Ink
from synthink.ink.operations import bounding_box
from synthink.labels.location_tokens import format_box, format_strokes
from synthink.labels.metrics import NONE

from .circled import Side, picture_size
from .ink_tasks import (
    TASKS,
    InkPrompts,
    Tasks,
    answer_shapes,
    errors,
    in_domain,
    score,
    sparse_strokes,
    unique_words,
)

EDGE_PX = 4.0  # ink keeps this distance from the picture's edge
LEGIBLE_PX = 7.0  # x-height below which handwriting is not read any more
LETTER = 0.95  # room that a character takes, in x-heights, with the wider writers
LINE_GAP = 2.6  # from baseline to baseline, in x-heights
POINTS_A_LETTER = 10  # of an answer of `derender`
TRIES = 100  # texts drawn for a word that occurs once
CONTRAST = 60.0  # least distance in RGB between ink and paper
PEN_NAMES = ("ballpoint", "felt_tip", "fountain", "pencil")

Matrix = tuple[tuple[float, float, float], tuple[float, float, float]]
COLUMNS = {
    "text": str | None,
    "shape": str | None,
    "strokes": list[list[InkPoint]],
    "stroke_widths_px": list[list[float]],
    "words": list[str],
    "word_boxes": list[Box],
    "characters": list[str],
    "character_boxes": list[Box],
    "ink_box": Box,
    "target": str | None,
    "target_box": Box | None,
    "writer": str,
    "hand": str,
    "pen": str,
    "ink_colour": str | None,
    "paper": str,
    "paper_colour": str,
    "x_height_px": float,
}

Range = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Written:
    """What a row shows before it is placed: ink in a unit of its own, and by whom."""

    task: str
    text: str
    ink: Ink
    x_height: float
    """In the ink's unit."""
    writer: str
    hand: str
    pen: str
    pen_width: float
    """Factor on the usual width of a line."""


@dataclass(frozen=True)
class Look:
    """Paper and colours."""

    paper: str
    paper_colour: str
    rule: str
    ink: str
    turn_deg: float


class InkStrokes(Generator):
    """Handwriting and drawn shapes: what is written, where, and by which strokes?"""

    version = 2
    columns = COLUMNS

    tasks: Tasks = Tasks()
    picture_px: Side | tuple[Side, Side] = 448
    """Side of a square picture, or width and height."""
    texts: Texts = Texts()
    writers: Writers = Writers()
    inks: Inks = Inks()
    """Real ink from a folder instead of synthetic handwriting; its labels are the texts."""
    shapes: tuple[str, ...] = tuple(SHAPES)
    """What `classify` chooses from."""
    lines: Annotated[tuple[int, int], Between(2, 12)] = (2, 5)
    """Fewest and most lines of `transcribe_lines`."""
    x_height_px: Annotated[Range, Between(3, 1000)] | None = None
    """Height of a letter x; None: 2.5 % to 12 % of the picture's shorter side, at least 7. Long lines are smaller."""
    rotation_deg: Annotated[Range, Between(-45, 45)] = (-2.0, 2.0)
    """Of the writing on its paper."""
    papers: tuple[Literal["plain", "ruled", "squared"], ...] = ("plain", "plain", "ruled", "squared")
    paper_colours: tuple[str, ...] = (
        "white",
        "white",
        "#fdfbf4",
        "#f7f3e3",
        "#eef3f8",
        "#fff6d6",
        "#e8f3e6",
        "#fbe9ec",
    )
    rule_colours: tuple[str, ...] = ("#a9bfd8", "#c3c7cc", "#d9b3b3", "#b5cdbb")
    ink_colours: tuple[str, ...] = (
        "#14213d",
        "#1b3a8f",
        "#0d47a1",
        "black",
        "#2b2b2f",
        "#b3161b",
        "#1d6b3a",
        "#5b2a86",
    )
    device: Device = Device()
    """What records the pen: its points a second, its clock, its noise."""
    pens: tuple[Literal["ballpoint", "felt_tip", "fountain", "pencil"], ...] = ()
    """Pens to draw from; none: each writer's own."""
    line_width: Annotated[Range, Between(0.01, 1)] = (0.07, 0.13)
    """Of the pen, in x-heights; never less than 1 px."""
    ink_mode: Literal["solid", "by_stroke", "time", "time_distance", "speed"] = "solid"
    """What the ink's colour says, for models that read ink from pictures."""
    derender_points: Annotated[int, Between(8, 2000)] = 160
    """Most points of an answer of `derender`: strokes are thinned out until they fit."""
    prompts: InkPrompts = InkPrompts()
    camera: Camera = Camera()

    def check(self) -> None:
        for name in ("shapes", "papers", "paper_colours", "rule_colours", "ink_colours"):
            if not getattr(self, name):
                raise ConfigError(name, (), "must not be empty")
        for i, name in enumerate(self.shapes):
            if name not in SHAPES:
                raise ConfigError(f"shapes[{i}]", name, f"is none of {', '.join(SHAPES)}")
        for field in ("paper_colours", "rule_colours", "ink_colours"):
            for i, colour in enumerate(getattr(self, field)):
                try:
                    parse_colour(colour)
                except ValueError as error:
                    raise ConfigError(f"{field}[{i}]", colour, str(error)) from None
        if not self._colourings:
            raise ConfigError("ink_colours", self.ink_colours, "none can be seen on this paper")

    def validate_split(self, split: Split) -> None:
        if self.inks.is_used:
            if self._weights["locate"] and not any(map(has_unique_words, split.pool(self.inks).inks)):
                reason = f"no ink in {self.inks.source} tells its words apart"
                raise ConfigError("tasks.locate", self.tasks.locate, reason)
            return
        texts = split.pool(self.texts)
        writers = split.pool(self.writers)
        missing = texts.characters - writers.characters
        if missing:
            listed = ", ".join(f"{char!r} (U+{ord(char):04X})" for char in sorted(missing)[:10])
            raise ConfigError("texts", self.texts.source, f"no hand writes {listed}")
        if self._most_letters < 4 or (self._weights["transcribe_lines"] and self._most_lines < 2):
            raise ConfigError("picture_px", self.picture_px, "is too small for handwriting that can be read")
        for task, weight in self._weights.items():
            if weight and task != "classify":
                self._lines(texts, task, split.stream(task))  # refused here, not in the middle of a run

    def draw(self, ctx: DrawContext) -> Sample:
        written = self._written(ctx)
        layout = ctx.stream("layout")
        look = self._look(layout)
        matrix, x_height = self._place(layout, written, look.turn_deg)
        width = max(1.0, ctx.stream("pen").within(self.line_width) * written.pen_width * x_height)
        placed = PlacedInk.place(written.ink, matrix, PENS[written.pen], width)
        picture, view = self._picture(ctx, written, placed, look, width, x_height), View.straight(self.size_px)
        if not self.camera.is_off:
            picture, view = self.camera.apply(picture, ctx.stream("camera"))
        words, characters = written.ink.of_kind("word"), written.ink.of_kind("character")
        boxes = placed.boxes((*words, *characters), view)
        prefix, suffix, target = self._question(ctx, written, placed, view, boxes[: len(words)])
        return Sample(
            image=picture,
            prefix=prefix,
            suffix=suffix,
            task=written.task,
            annotations={
                "text": None if written.task == "classify" else written.text,
                "shape": written.text if written.task == "classify" else None,
                "strokes": placed.strokes(view),
                "stroke_widths_px": placed.stroke_widths(),
                "words": [word.label for word in words],
                "word_boxes": boxes[: len(words)],
                "characters": [character.label for character in characters],
                "character_boxes": boxes[len(words) :],
                "ink_box": placed.box(view),
                "target": None if target is None else words[target].label,
                "target_box": None if target is None else boxes[target],
                "writer": written.writer,
                "hand": written.hand,
                "pen": written.pen,
                "ink_colour": look.ink if self.ink_mode == "solid" else None,
                "paper": look.paper,
                "paper_colour": look.paper_colour,
                "x_height_px": x_height,
            },
        )

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        return score(sample, answer, self.size_px)

    def answer_class(self, sample: Sample, answer: str) -> str | None:
        """The shape that an answer names."""
        if sample.task != "classify" or not self._names:
            return None
        given = answer.strip().casefold()
        return given if given in self._names else NONE

    def in_domain(self, sample: Sample, answer: str) -> bool:
        return in_domain(sample, answer, self.size_px, self._names)

    def chance(self, sample: Sample) -> float | None:
        """Of shapes: the share of the commonest. How often a text can be guessed is not known."""
        known = sample.task == "classify" and bool(self._names)
        return max(self._names.values()) / self._names.total() if known else None

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        return errors(sample, answer, self.size_px)

    def answer_shapes(self, sample: Sample, answer: str) -> list[Points]:
        return answer_shapes(sample, answer, self.size_px)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return picture_size(self.picture_px)

    @cached_property
    def split_columns(self) -> dict[str, str]:  # type: ignore[override]
        """Real ink has its writers apart, but people write the same texts."""
        return {"inks": "writer"} if self.inks.is_used else {"texts": "text", "writers": "writer"}

    @cached_property
    def _names(self) -> Counter[str]:
        """How often each shape stands among those that `classify` chooses from; none where real ink has its own."""
        return Counter(() if self.inks.is_used else (name.casefold() for name in self.shapes))

    @cached_property
    def _weights(self) -> dict[str, float]:
        """Task -> its weight."""
        weights = self.tasks.plain()
        return weights if any(weights.values()) else {**weights, "recognise": 1.0}

    @cached_property
    def _most_letters(self) -> int:
        """Letters that fit on a line at a size that can be read."""
        return int(self._room(0) / (LEGIBLE_PX * LETTER))

    @cached_property
    def _most_lines(self) -> int:
        """Lines that fit on the paper at such a size."""
        return max(1, int(self._room(1) / (LEGIBLE_PX * LINE_GAP)))

    def _room(self, axis: int) -> float:
        """Pixels along a line of writing (0) or across (1) that the picture has for sure, however it is turned."""
        turn = math.radians(max(map(abs, self.rotation_deg)))
        along, across = self.size_px[axis] - 2 * EDGE_PX, self.size_px[1 - axis] - 2 * EDGE_PX
        return min(along / math.cos(turn), across / max(math.sin(turn), 1e-9))

    @cached_property
    def _colourings(self) -> list[tuple[str, str]]:
        """Paper and ink colours that can be seen together."""
        return [
            (paper, ink)
            for paper, ink in product(self.paper_colours, self.ink_colours)
            if distance(parse_colour(paper), parse_colour(ink)) >= CONTRAST
        ]

    def _look(self, layout: Stream) -> Look:
        paper_colour, ink = layout.choice(self._colourings)
        paper, rule = layout.choice(self.papers), layout.choice(self.rule_colours)
        return Look(paper, paper_colour, rule, ink, layout.within(self.rotation_deg))

    def _written(self, ctx: DrawContext) -> Written:
        """Task, text and ink."""
        task = TASKS[ctx.stream("task").weighted([self._weights[task] for task in TASKS])]
        text, hand, pen = ctx.stream("text"), ctx.stream("hand"), ctx.stream("pen")
        if self.inks.is_used:
            ink = ctx.pool(self.inks).draw(text, has_unique_words if task == "locate" else None)
            lines = str(ink.label).count("\n") + 1
            low, high = np.percentile(ink.points[:, 1], (10, 90))
            x_height = float(high - low) / (1.4 + LINE_GAP * (lines - 1)) or 1.0
            return Written(
                task, str(ink.label), ink, x_height, writer_of(ink), "", pen.choice(self.pens or PEN_NAMES), 1.0
            )
        writer = ctx.pool(self.writers).draw(hand)
        if task == "classify":
            name = text.choice(self.shapes)
            radius = hand.uniform(1.5, 4.0)
            ink = trace([line * radius for line in shape_lines(name, hand)], writer, hand, device=self.device)
        else:
            name = "\n".join(self._lines(ctx.pool(self.texts), task, text))
            ink = handwriting(name, writer, hand, line_gap=LINE_GAP, device=self.device)
        choice = pen.choice(self.pens) if self.pens else writer.pen
        return Written(task, name, ink, 1.0, writer.name, writer.hand, choice, writer.pen_width)

    def _lines(self, texts: TextPool, task: str, stream: Stream) -> list[str]:
        try:
            if task == "transcribe_lines":
                low, high = (min(count, self._most_lines) for count in self.lines)
                return texts.paragraph(stream, stream.integers(low, high + 1), self._most_letters)
            if task == "locate":
                for _ in range(TRIES):
                    count = stream.integers(1, min(self.lines[1], self._most_lines) + 1)
                    lines = texts.paragraph(stream, count, self._most_letters)
                    if unique_words(" ".join(lines).split()):
                        return lines
                raise ConfigError("source", self.texts.source, "nearly no text has a word that occurs once")
            if task == "derender":  # an answer with fewer points to a letter could not be read
                return [texts.line(stream, max(4, min(self._most_letters, self.derender_points // POINTS_A_LETTER)))]
            return [texts.line(stream, self._most_letters)]
        except ConfigError as error:
            raise error.under("texts") from None

    def _place(self, layout: Stream, written: Written, turn_deg: float) -> tuple[Matrix, float]:
        """Where the ink goes, as an affine matrix into pixels, and how high its x then is."""
        box = bounding_box(written.ink)
        cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
        broad = 2 * self.line_width[1] * written.x_height  # the widest pen, with room
        extent = (
            box.width * abs(cos) + box.height * abs(sin) + broad,
            box.width * abs(sin) + box.height * abs(cos) + broad,
        )
        room = self.size_px[0] - 2 * EDGE_PX, self.size_px[1] - 2 * EDGE_PX
        fits = min(room[0] / extent[0], room[1] / extent[1])
        shorter = min(self.size_px)
        least, most = self.x_height_px or (max(LEGIBLE_PX, 0.025 * shorter), max(LEGIBLE_PX, 0.12 * shorter))
        fits *= written.x_height
        # Rounded like all geometry: `fits` hangs on the last bits of sin and cos.
        x_height = max(1, math.floor(layout.uniform(min(least, fits), min(most, fits)) * GRID)) / GRID
        scale = x_height / written.x_height
        middle = [
            EDGE_PX + extent[axis] * scale / 2 + layout.uniform() * (room[axis] - extent[axis] * scale)
            for axis in (0, 1)
        ]
        a, b = cos * scale, sin * scale
        x, y = box.centre
        return ((a, -b, middle[0] - a * x + b * y), (b, a, middle[1] - b * x - a * y)), x_height

    def _picture(
        self, ctx: DrawContext, written: Written, placed: PlacedInk, look: Look, width: float, x_height: float
    ) -> Picture:
        """Paper, its rules, and the ink, which the control lacks."""
        layers, pen, layout = [], PENS[written.pen], ctx.stream("paper")
        if look.paper != "plain":
            gap = LINE_GAP * x_height if look.paper == "ruled" else layout.uniform(0.9, 1.5) * x_height
            first, gap, thick = snap(np.array((placed.origin[1] % gap, gap, layout.uniform(0.7, 1.3)))).tolist()
            layers.append(Layer(RuledLines(first, gap, thick, look.paper == "squared"), parse_colour(look.rule)))
        solid = self.ink_mode == "solid"
        if solid and ctx.signal:
            layers.append(Layer(placed.outline, parse_colour(look.ink), pen.opacity))
        page = render(Scene(self.size_px, parse_colour(look.paper_colour), tuple(layers)), 2)
        if solid:
            return page
        pixels = page.array().copy()
        if ctx.signal:
            draw_ink(pixels, placed.ink, pen=pen, width_px=width, mode=self.ink_mode)
        return RgbPicture(pixels)

    def _question(
        self, ctx: DrawContext, written: Written, placed: PlacedInk, view: View, word_boxes: list[Box]
    ) -> tuple[str, str, int | None]:
        """Prefix, suffix, and the number of the word that the question is about."""
        stream = ctx.stream("prompt")
        prompt = stream.choice(getattr(self.prompts, written.task))
        if written.task == "locate":
            words = written.ink.of_kind("word")
            target = stream.choice(_places(written.ink))
            return prompt.replace("{word}", words[target].label), format_box(word_boxes[target], self.size_px), target
        if written.task == "derender":
            moved = placed.ink.points.astype(np.float64)
            moved[:, :2] = view.points(moved[:, :2])
            strokes = sparse_strokes(placed.ink.with_points(moved), self.derender_points)
            return prompt, format_strokes(strokes, self.size_px), None
        return prompt, written.text, None


def has_unique_words(ink: Ink) -> bool:
    """Whether a word of the ink can be asked for."""
    return bool(_places(ink))


def _places(ink: Ink) -> list[int]:
    """The numbers of the words that can be asked for."""
    return unique_words([word.label for word in ink.of_kind("word")])

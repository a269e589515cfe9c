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

from synthink import Between, Box, Camera, ConfigError, DrawContext, InkPoint, NotEmpty, Sample, Split, Stream
from synthink.assets import Inks, Texts, Writers, writer_of
from synthink.camera import Photo
from synthink.draw import (
    Colours,
    Layer,
    PictureSize,
    Placement,
    RgbPicture,
    RuledLines,
    Scene,
    can_be_seen,
    picture_size,
    place_box,
    render,
    snap,
)
from synthink.ink import (
    PENS,
    SHAPES,
    Device,
    Ink,
    Pen,
    PlacedInk,
    bounding_box,
    draw_ink,
    handwriting,
    shape_lines,
    trace,
)
from synthink.labels import format_box_tokens

from .ink_tasks import TASKS, InkAnswers, InkPrompts, Tasks, askable_words, choose_lines, strokes_answer

EDGE_PX = 4.0  # ink keeps this distance from the picture's edge
LEGIBLE_PX = 7.0  # x-height below which handwriting is not read any more
LETTER = 0.95  # room that a character takes, in x-heights, with the wider writers
LINE_GAP = 2.6  # from baseline to baseline, in x-heights
PEN_NAMES = ("ballpoint", "felt_tip", "fountain", "pencil")

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
    """The ink of a row before it is placed, in a unit of its own, and its writer."""

    task: str
    text: str
    ink: Ink
    x_height: float
    """The x-height in the ink's unit."""
    writer: str
    hand: str
    pen: str
    pen_width: float
    """Factor on the usual width of a line."""


@dataclass(frozen=True)
class Look:
    """The paper and the colours of a row."""

    paper: str
    paper_colour: str
    rule: str
    ink: str
    turn_deg: float


class InkStrokes(InkAnswers):
    """Handwriting and drawn shapes: what is written, where, and by which strokes?"""

    version = 2
    columns = COLUMNS

    tasks: Tasks = Tasks()
    """The weights of the tasks; `recognise` alone when all are 0."""
    picture_px: PictureSize = 448
    """The side of a square picture, or its width and height, in pixels."""
    texts: Texts = Texts()
    """The texts that are written."""
    writers: Writers = Writers()
    """The writers of the texts."""
    inks: Inks = Inks()
    """Real ink from a folder instead of synthetic handwriting; its labels are the texts."""
    shapes: Annotated[tuple[str, ...], NotEmpty()] = tuple(SHAPES)
    """The shapes that `classify` chooses from."""
    lines: Annotated[tuple[int, int], Between(2, 12)] = (2, 5)
    """The fewest and the most lines of `transcribe_lines`."""
    x_height_px: Annotated[Range, Between(3, 1000)] | None = None
    """The height of a letter x, in pixels; None: 2.5 % to 12 % of the picture's shorter side, at least 7. Long lines
    are written smaller."""
    rotation_deg: Annotated[Range, Between(-45, 45)] = (-2.0, 2.0)
    """The angle by which the writing is turned on its paper, in degrees, clockwise."""
    papers: Annotated[tuple[Literal["plain", "ruled", "squared"], ...], NotEmpty()] = (
        *("plain", "plain", "ruled", "squared"),
    )
    """The papers; one that is named twice is drawn twice as often."""
    paper_colours: Colours = (*("white", "white", "#fdfbf4", "#f7f3e3", "#eef3f8", "#fff6d6", "#e8f3e6", "#fbe9ec"),)
    """The colours of the paper."""
    rule_colours: Colours = ("#a9bfd8", "#c3c7cc", "#d9b3b3", "#b5cdbb")
    """The colours of the lines on ruled and squared paper."""
    ink_colours: Colours = (*("#14213d", "#1b3a8f", "#0d47a1", "black", "#2b2b2f", "#b3161b", "#1d6b3a", "#5b2a86"),)
    """The colours of the ink; those that can hardly be seen on the paper are left out."""
    device: Device = Device()
    """The device that records the pen: its points a second, its clock, its noise."""
    pens: tuple[Literal["ballpoint", "felt_tip", "fountain", "pencil"], ...] = ()
    """The pens to draw from; an empty list: each writer has a pen of their own."""
    line_width: Annotated[Range, Between(0.01, 1)] = (0.07, 0.13)
    """The width of the pen's line, in x-heights; it is never less than 1 px."""
    ink_mode: Literal["solid", "by_stroke", "time", "time_distance", "speed"] = "solid"
    """The meaning of the ink's colour, for models that read ink from pictures."""
    derender_points: Annotated[int, Between(8, 2000)] = 160
    """The most points of an answer of `derender`: strokes are thinned out until they fit."""
    prompts: InkPrompts = InkPrompts()
    """The questions of each task."""
    camera: Camera = Camera()
    """The camera that takes the pictures."""

    def check(self) -> None:
        for i, name in enumerate(self.shapes):
            if name not in SHAPES:
                raise ConfigError(f"shapes[{i}]", name, f"is none of {', '.join(SHAPES)}")
        if not self._colourings:
            raise ConfigError("ink_colours", self.ink_colours, "none can be seen on this paper")

    def validate_split(self, split: Split) -> None:
        if self.inks.is_used:
            if self._weights["locate"] and not any(map(askable_words, split.pool(self.inks).inks)):
                reason = f"no ink in {self.inks.source} tells its words apart"
                raise ConfigError("tasks.locate", self.tasks.locate, reason)
            return
        split.pool(self.writers).check_characters("texts", split.pool(self.texts).characters)
        if self._most_letters < 4 or (self._weights["transcribe_lines"] and self._most_lines < 2):
            raise ConfigError("picture_px", self.picture_px, "is too small for handwriting that can be read")
        for task, weight in self._weights.items():
            if weight and task != "classify":
                self._lines(split, task, split.stream(task))  # refused here, not in the middle of a run

    def draw(self, ctx: DrawContext) -> Sample:
        written = self._written(ctx)
        layout = ctx.stream("layout")
        look = self._look(layout)
        placement = self._place(layout, written, look.turn_deg)
        x_height = placement.size_px
        width = max(1.0, ctx.stream("pen").within(self.line_width) * written.pen_width * x_height)
        placed = PlacedInk.place(written.ink, placement.transform.matrix, PENS[written.pen], width)
        photo = self._photo(ctx, PENS[written.pen], placed, look, width, x_height)
        words, characters = written.ink.of_kind("word"), written.ink.of_kind("character")
        boxes = placed.boxes((*words, *characters), photo.view)
        prompt = ctx.stream("prompt").choice(getattr(self.prompts, written.task))
        prefix, suffix, target = prompt, written.text, None
        if written.task == "locate":
            target = ctx.stream("prompt").choice(askable_words(written.ink))
            prefix = prompt.replace("{word}", words[target].label)
            suffix = format_box_tokens(boxes[target], self.size_px)
        elif written.task == "derender":
            suffix = strokes_answer(placed.ink, photo.view, self.derender_points, self.size_px)
        return Sample(
            image=photo.picture,
            prefix=prefix,
            suffix=suffix,
            task=written.task,
            annotations={
                "text": None if written.task == "classify" else written.text,
                "shape": written.text if written.task == "classify" else None,
                "strokes": placed.strokes(photo.view),
                "stroke_widths_px": placed.stroke_widths(),
                "words": [word.label for word in words],
                "word_boxes": boxes[: len(words)],
                "characters": [character.label for character in characters],
                "character_boxes": boxes[len(words) :],
                "ink_box": placed.box(photo.view),
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

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return picture_size(self.picture_px)

    @cached_property
    def split_columns(self) -> dict[str, str]:  # type: ignore[override]
        """Real ink has its writers apart, but people write the same texts."""
        return {"inks": "writer"} if self.inks.is_used else {"texts": "text", "writers": "writer"}

    @cached_property
    def shape_counts(self) -> Counter[str]:
        """The number of times each shape stands among those that `classify` chooses from; empty where real ink has its
        own."""
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
        return [(paper, ink) for paper, ink in product(self.paper_colours, self.ink_colours) if can_be_seen(ink, paper)]

    def _look(self, layout: Stream) -> Look:
        paper_colour, ink = layout.choice(self._colourings)
        paper, rule = layout.choice(self.papers), layout.choice(self.rule_colours)
        return Look(paper, paper_colour, rule, ink, layout.within(self.rotation_deg))

    def _written(self, ctx: DrawContext) -> Written:
        """Task, text and ink."""
        task = TASKS[ctx.stream("task").weighted([self._weights[task] for task in TASKS])]
        text, hand, pen = ctx.stream("text"), ctx.stream("hand"), ctx.stream("pen")
        if self.inks.is_used:
            ink = ctx.pool(self.inks).draw(text, (lambda ink: bool(askable_words(ink))) if task == "locate" else None)
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
            name = "\n".join(self._lines(ctx.split, task, text))
            ink = handwriting(name, writer, hand, line_gap=LINE_GAP, device=self.device)
        choice = pen.choice(self.pens) if self.pens else writer.pen
        return Written(task, name, ink, 1.0, writer.name, writer.hand, choice, writer.pen_width)

    def _lines(self, split: Split, task: str, stream: Stream) -> list[str]:
        low, high = (min(count, self._most_lines) for count in self.lines)
        return choose_lines(task, split.pool(self.texts), stream, (low, high), self._most_letters, self.derender_points)

    def _place(self, layout: Stream, written: Written, turn_deg: float) -> Placement:
        """Where the ink goes; `size_px` is the height of its x."""
        shorter = min(self.size_px)
        placement = place_box(
            layout,
            bounding_box(written.ink),
            self.size_px,
            self.x_height_px or (max(LEGIBLE_PX, 0.025 * shorter), max(LEGIBLE_PX, 0.12 * shorter)),
            unit=written.x_height,
            rotation_deg=turn_deg,
            edge_px=EDGE_PX,
            spread=2 * self.line_width[1] * written.x_height,  # the widest pen, with room
        )
        assert placement is not None, "without a smallest size there is always one"
        return placement

    def _photo(self, ctx: DrawContext, pen: Pen, placed: PlacedInk, look: Look, width: float, x_height: float) -> Photo:
        """Paper, its rules, and the ink, which the control lacks."""
        layers, layout = [], ctx.stream("paper")
        if look.paper != "plain":
            gap = LINE_GAP * x_height if look.paper == "ruled" else layout.uniform(0.9, 1.5) * x_height
            first, gap, thick = snap(np.array((placed.origin[1] % gap, gap, layout.uniform(0.7, 1.3)))).tolist()
            layers.append(Layer(RuledLines(first, gap, thick, look.paper == "squared"), look.rule))
        if self.ink_mode == "solid":
            layers.append(Layer(placed.outline, look.ink, pen.opacity, signal=True))
        scene = Scene(self.size_px, look.paper_colour, layers)
        if self.ink_mode == "solid":
            return ctx.photograph(scene, self.camera)
        pixels = render(scene).array().copy()
        if ctx.signal:
            draw_ink(pixels, placed.ink, pen=pen, width_px=width, mode=self.ink_mode)
        return ctx.photograph(RgbPicture(pixels), self.camera)

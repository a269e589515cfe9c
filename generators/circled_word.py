"""A word in which one letter is circled: what a row shows, what is written down of it, and how good an answer is.

`circled_letters` draws such words freely, `circled_letters_grid` as the benchmark does.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt

from synthink import (
    AnswerTemplates,
    Box,
    Camera,
    DrawContext,
    NotEmpty,
    PromptWith,
    Quad,
    Sample,
    SentenceAnswers,
    fill_prompt,
)
from synthink.draw import Face, Layer, Placement, Points, Scene, TextLine, bounds, colour_name, place, stroke
from synthink.ink import Ring
from synthink.labels import PLAIN, letter_class, letter_score, named_letters

PromptList = Annotated[tuple[Annotated[str, PromptWith("{colour}")], ...], NotEmpty()]
PROMPTS = ("Which letter is being circled?", "Which character is being highlighted with a {colour} oval?")
COLOUR_PROMPT = "Which letter is circled in {colour}?"
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

HELD, SPILLED = 0.85, 0.45  # a ring holds this share of its letter's box, and at most this of any other letter's
OPEN = 0.6  # least share of the letter's box that the ring's ink leaves free
_SPOTS = np.stack(np.meshgrid(*(np.arange(4) / 4 + 0.125,) * 2), axis=-1).reshape(1, 16, 2)


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
        left, top, right, bottom = bounds(self.line)
        half = self.width_em / 2
        return Box(left - half, top - half, right + half, bottom + half)

    def width_px(self, size_px: float) -> float:
        """The pen's width in pixels on a word of that size."""
        return max(self.least_px, self.width_em * size_px)


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
        widths = [mark.width_px(self.placement.size_px) for mark in self.marks]
        outlines = [
            stroke(self.placement.points(mark.line), width, mark.closed)
            for mark, width in zip(self.marks, widths, strict=True)
        ]
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
                "mark_line_width_px": widths[0],
                "mark_opacity": ring.opacity,
                "distractors": [f"{mark.colour} {mark.shape}" for mark in self.marks[1:]],
                "look_alikes": self.face.look_alikes.get(run.text[index], ""),
            },
        )

    def _prompt(self, ctx: DrawContext, prompts: tuple[str, ...]) -> str:
        if any(mark.shape in RINGS for mark in self.marks[1:]):
            prompts = tuple(prompt for prompt in prompts if "{colour}" in prompt) or (COLOUR_PROMPT,)
        return fill_prompt(ctx.stream("prompt").choice(prompts), "{colour}", colour_name(self.marks[0].colour))


class LetterAnswers(SentenceAnswers):
    """The columns and the scores that both generators of circled letters share."""

    split_columns = {"words": "word", "fonts": "font_family"}  # noqa: RUF012 - never changed

    answers: AnswerTemplates = PLAIN
    """The sentences that answers stand in, of which each row draws one; {answer} becomes the letter. The column
    `answer` keeps the letter alone."""

    @cached_property
    def columns(self) -> dict[str, Any]:  # type: ignore[override]
        return self.with_answer(COLUMNS)

    def templates(self, task: str) -> tuple[str, ...]:
        return self.answers

    @property
    def has_sentences(self) -> bool:
        return self.answers != PLAIN

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        """`correct` (the letter, in its case, in one of the sentences asked for), `correct_ignoring_case`, and
        `correct_lenient`: the letter is the only one that the answer names, in whatever sentence, and in either case
        where the word does not have both."""
        return self.both(sample, answer, lambda bare, text: letter_score(bare.suffix, text), _understood)

    def answer_class(self, sample: Sample, answer: str) -> str:
        return letter_class(self.read(sample, answer)[1])

    def in_domain(self, sample: Sample, answer: str) -> bool:
        """Whether the answer is one of the word's letters, case kept."""
        letter = self.read(sample, answer)[1].strip()
        return len(letter) == 1 and letter in sample.annotations["word"]

    def chance(self, sample: Sample) -> float:
        """The share of the word's commonest letter, case kept, with every place in the word alike. Letters that are
        never circled, because they look like others or stand too close to them, are not told apart here, so that a
        perfect guesser is a little better than this."""
        word = sample.annotations["word"]
        return max(Counter(word).values()) / len(word)

    def answer_shapes(self, sample: Sample, answer: str) -> list[Points]:
        """The circled letter where it is named, else all letters that the answer names."""
        bare, letter = self.read(sample, answer)
        if letter.strip() == bare.suffix:
            return [Box(*sample.annotations["letter_box"]).outline()]
        glyphs = zip(sample.annotations["word"], sample.annotations["glyph_boxes"], strict=True)
        return [Box(*box).outline() for char, box in glyphs if char == letter.strip()]


def _understood(sample: Sample, answer: str) -> bool:
    """Whether the letter is the only one that a sentence names."""
    letters = set(named_letters(answer))
    if letters == {sample.suffix}:
        return True
    other = sample.suffix.swapcase()
    return letters == {other} and other not in sample.annotations["word"]


def beyond_doubt(ring: Ring, pen_em: float, line: TextLine, index: int) -> bool:
    """Whether a ring that a pen of that width draws holds its letter and no other, and leaves it to be seen.

    Judged by a grid of 16 points in each letter's box: in those of others, what the ink covers counts as held.
    """
    spots = line.lows[:, np.newaxis] + (line.highs - line.lows)[:, np.newaxis] * _SPOTS
    if not min(ring.radii) > pen_em / 2:
        return False
    own = spots[index]
    if _inside(ring, 0.0, own).mean() < HELD or _inside(ring, -pen_em / 2, own).mean() < OPEN:
        return False
    others = np.delete(spots, index, axis=0)
    return not len(others) or bool(_inside(ring, pen_em / 2, others).mean(axis=1).max() <= SPILLED)


def _inside(ring: Ring, by: float, spots: Points) -> npt.NDArray[np.bool_]:
    """Which points lie in the ring made larger by `by` all around."""
    wide = replace(ring, radii=(ring.radii[0] + by, ring.radii[1] + by))
    inside: npt.NDArray[np.bool_] = wide.reach(spots) < 1
    return inside

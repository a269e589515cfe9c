"""A circled word: what both circled-letter generators draw, photograph and label.

A generator makes a `Circled`, plain data; `photograph` draws it, takes the picture, and reads the labels off what lies
in the picture.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Annotated

from synthink import Between, Box, Camera, ConfigError, DrawContext, Generator, Quad, Sample, Split, Words
from synthink.camera.view import View
from synthink.draw.colours import colour_name, parse_colour
from synthink.draw.geometry import Points, bounds
from synthink.draw.render import render
from synthink.draw.scene import Layer, Scene
from synthink.draw.stroke import stroke
from synthink.draw.text import Placement, TextLine, place
from synthink.draw.type.face import Face
from synthink.labels.metrics import NONE

Side = Annotated[int, Between(16, 4096)]

PROMPTS = ("Which letter is being circled?", "Which character is being highlighted with a {colour} oval?")
COLOUR_PROMPT = "Which letter is circled in {colour}?"
RINGS = ("ellipse", "superellipse", "loop")
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
class Mark:
    """A pen's line, in em of the word it is drawn on."""

    shape: str
    line: Points
    closed: bool
    width_px: float
    colour: str
    opacity: float


@dataclass(frozen=True, eq=False)
class Circled:
    """What a row shows, as plain data; `marks[0]` is the ring that the question is about."""

    face: Face
    setting: TextLine
    index: int
    spacing_em: float
    marks: tuple[Mark, ...]
    scale: float
    paper: str
    ink: str
    placement: Placement


def photograph(
    ctx: DrawContext, circled: Circled, size_px: tuple[int, int], camera: Camera, prompts: tuple[str, ...]
) -> Sample:
    """Draw it, take the picture, and read the labels off what lies in the picture."""
    run = place(circled.setting, circled.placement)
    word = Layer(run.outline, parse_colour(circled.ink))
    lines = [circled.placement.points(mark.line) for mark in circled.marks]
    outlines = [stroke(line, mark.width_px, mark.closed) for line, mark in zip(lines, circled.marks, strict=True)]
    drawn = [
        Layer(outline, parse_colour(mark.colour), mark.opacity)
        for outline, mark in zip(outlines, circled.marks, strict=True)
    ]
    shown = drawn[1:] + drawn[:1] if ctx.signal else drawn[1:]  # the control lacks the ring; other marks stay
    scene = Scene(size_px, parse_colour(circled.paper), (word, *shown))
    picture, view = render(scene, 1 + len(drawn)), View.straight(size_px)
    if not camera.is_off:
        picture, view = camera.apply(picture, ctx.stream("camera"))
    ring, index = circled.marks[0], circled.index
    letters, quads = view.boxes(run.rims, run.rim_starts), view.quads(run.corners)
    return Sample(
        image=picture,
        prefix=_prompt(ctx, circled, prompts),
        suffix=run.text[index],
        annotations={
            "word": run.text,
            "letter_index": index,
            "letter_box": letters[index],
            "letter_quad": quads[index],
            "mark_box": view.box(outlines[0].points),
            "mark_quad": view.quad(circled.placement.points(bounds(ring.line).corners())),
            "glyph_boxes": letters,
            "glyph_quads": quads,
            "font": circled.face.name,
            "font_family": circled.face.family,
            "text_size_px": circled.placement.size_px,
            "letter_spacing_em": circled.spacing_em,
            "rotation_deg": circled.placement.rotation_deg,
            "text_colour": circled.ink,
            "paper_colour": circled.paper,
            "mark_shape": ring.shape,
            "mark_colour": ring.colour,
            "mark_scale": circled.scale,
            "mark_line_width_px": ring.width_px,
            "mark_opacity": ring.opacity,
            "distractors": [f"{mark.colour} {mark.shape}" for mark in circled.marks[1:]],
            "look_alikes": circled.face.look_alikes.get(run.text[index], ""),
        },
    )


def _prompt(ctx: DrawContext, circled: Circled, prompts: tuple[str, ...]) -> str:
    if any(mark.shape in RINGS for mark in circled.marks[1:]):
        prompts = tuple(prompt for prompt in prompts if "{colour}" in prompt) or (COLOUR_PROMPT,)
    colour = colour_name(circled.marks[0].colour)
    prompt = ctx.stream("prompt").choice(prompts)
    if colour[0] in "aeiou":
        prompt = re.sub(r"\b([Aa]) \{colour\}", r"\1n {colour}", prompt)
    return prompt.replace("{colour}", colour)


def picture_size(picture_px: int | tuple[int, int]) -> tuple[int, int]:
    """Width and height of a picture given by them, or by the side of a square."""
    return (picture_px, picture_px) if isinstance(picture_px, int) else picture_px


def check_prompts(prompts: tuple[str, ...]) -> None:
    """`ConfigError` for an empty prompt or an unknown placeholder."""
    for i, prompt in enumerate(prompts):
        if "{" in prompt.replace("{colour}", "") or not prompt.strip():
            raise ConfigError(f"prompts[{i}]", prompt, "must be text in which only {colour} stands in braces")


def check_letters(words: Words, split: Split, drawn: frozenset[str]) -> None:
    """`ConfigError` naming a word and its letters that are not among those drawn."""
    missing = split.pool(words).letters - drawn
    if missing:
        listed = () if words.kind == "random" else split.pool(words).words
        word = next((word for word in listed if not missing.isdisjoint(word)), "".join(sorted(missing)))
        letters = ", ".join(repr(char) for char in sorted(missing)[:5])
        raise ConfigError("words", word, f"no font of the split {split.name} draws {letters}")


class LetterAnswers(Generator):
    """What both generators ask for, and how good an answer is."""

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        return letter_score(sample.suffix, answer)

    def answer_class(self, sample: Sample, answer: str) -> str:
        given = answer.strip()
        return given if len(given) == 1 else NONE

    def in_domain(self, sample: Sample, answer: str) -> bool:
        """Whether it is one of the word's letters, case kept."""
        given = answer.strip()
        return len(given) == 1 and given in sample.annotations["word"]

    def chance(self, sample: Sample) -> float:
        """The share of the word's commonest letter, case kept, with every place in the word alike. Letters that are
        never circled because they look like others, or stand too close to them, are not told apart here, so that a
        perfect guesser is a little better than this."""
        word = sample.annotations["word"]
        return max(Counter(word).values()) / len(word)

    def answer_shapes(self, sample: Sample, answer: str) -> list[Points]:
        """The circled letter where it is named, else all letters that the answer names."""
        if answer.strip() == sample.suffix:
            return [Box(*sample.annotations["letter_box"]).outline()]
        glyphs = zip(sample.annotations["word"], sample.annotations["glyph_boxes"], strict=True)
        return [Box(*box).outline() for letter, box in glyphs if letter == answer.strip()]


def letter_score(letter: str, answer: str) -> dict[str, float]:
    """`correct`: the letter itself, case kept; `correct_ignoring_case`: the letter in either case."""
    given = answer.strip()
    return {
        "correct": float(given == letter),
        "correct_ignoring_case": float(given.casefold() == letter.casefold()),
    }

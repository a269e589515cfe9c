"""What is asked about a word and its rings: the questions, their words, and the right answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, ClassVar

from synthink import (
    AnswerTemplates,
    Box,
    DrawContext,
    NotEmpty,
    PromptWith,
    Settings,
    TaskAnswers,
    Weight,
    Weights,
    fill_prompt,
)
from synthink.draw import colour_name
from synthink.labels import PLAIN, format_box_tokens, joined, parse_box_tokens

from .word import CircledWord

PromptList = Annotated[tuple[Annotated[str, PromptWith("{colour}")], ...], NotEmpty()]
PROMPTS = ("Which letter is being circled?", "Which character is being highlighted with a {colour} oval?")
COLOUR_PROMPT = "Which letter is circled in {colour}?"

QUESTIONS = ("letter", "position", "word", "count", "box")
IN_SHORT = {
    "letter": ("which letter is it", "which letters are they"),
    "position": ("at which position is it", "at which positions are they"),
    "word": ("which word is written",) * 2,
    "count": ("how many letters are circled",) * 2,
    "box": ("where is it", "where are they"),
}
"""The questions in a few words: about one ring, about several."""
ABOUT_RINGS = ("letter", "position", "box")
"""The questions that a word without a ring has no answer to."""
BETWEEN_BOXES = " ; "


class Questions(Weights):
    """The weights of the questions; each row asks one."""

    noun = "question"

    letter: Weight = 1.0
    """Which letter is circled? `prompts` has its words."""
    position: Weight = 0.0
    """At which position is it? The answer counts the word's letters from 1."""
    word: Weight = 0.0
    """Which word is written? It can be answered without the ring."""
    count: Weight = 0.0
    """How many letters are circled?"""
    box: Weight = 0.0
    """Where is the circled letter? The answer is its box, as location tokens."""

    @cached_property
    def weights(self) -> dict[str, float]:
        """Question -> its weight, of those that are asked."""
        return {question: weight for question in QUESTIONS if (weight := getattr(self, question))}


class QuestionPrompts(Settings):
    """The words of the other questions than `letter`, of which each row draws one; {colour} becomes the ring's
    colour."""

    position: PromptList = ("At which position of the word is the circled letter?",)
    """The words of `position`."""
    word: PromptList = ("Which word is written here?",)
    """The words of `word`."""
    count: PromptList = ("How many letters are circled?",)
    """The words of `count`."""
    box: PromptList = ("Where is the circled letter?",)
    """The words of `box`."""


class QuestionAnswers(TaskAnswers):
    """The sentences that answers to the other questions than `letter` stand in."""

    labels: ClassVar[dict[str, str]] = {"box": "location tokens"}

    position: AnswerTemplates = PLAIN
    """{answer} becomes the position."""
    word: AnswerTemplates = PLAIN
    """{answer} becomes the word."""
    count: AnswerTemplates = PLAIN
    """{answer} becomes the number."""
    box: AnswerTemplates = PLAIN
    """{answer} alone: location tokens are no part of a sentence."""


ONE = {"letter": PROMPTS, **QuestionPrompts().plain()}
SEVERAL = {
    "letter": ("Which letters are being circled?", "Which characters are being highlighted with {colour} ovals?"),
    "position": ("At which positions of the word are the circled letters?",),
    "box": ("Where are the circled letters?",),
}
"""What is asked instead of the defaults where there may be several rings."""
IN_COLOUR = {
    "letter": (COLOUR_PROMPT, "Which letters are circled in {colour}?"),
    "position": (
        "At which position of the word is the letter circled in {colour}?",
        "At which positions of the word are the letters circled in {colour}?",
    ),
    "count": ("How many letters are circled in {colour}?",) * 2,
    "box": ("Where is the letter circled in {colour}?", "Where are the letters circled in {colour}?"),
}
"""What is asked where there is a ring in another colour and no question names one: about one ring, about several."""


def words_of(question: str, prompts: tuple[str, ...], several: bool) -> tuple[str, ...]:
    """The words of a question: `prompts`, or in their place, where several rings may be drawn and these are the
    defaults, the same for several."""
    return SEVERAL.get(question, prompts) if several and list(prompts) == list(ONE[question]) else prompts


def prompt_for(ctx: DrawContext, word: CircledWord, prompts: Sequence[str], in_colour: str = COLOUR_PROMPT) -> str:
    """One of the questions about the rings, which names their colour where there is another ring; `in_colour` is asked
    where none of them does."""
    if word.has_other_ring:
        prompts = tuple(prompt for prompt in prompts if "{colour}" in prompt) or (in_colour,)
    return fill_prompt(ctx.stream("prompt").choice(prompts), "{colour}", colour_name(word.colour))


def truth(question: str, word: CircledWord, boxes: list[Box], size_px: tuple[int, int], nothing: str) -> str:
    """The answer alone; `nothing` where no letter is circled.

    boxes: of the circled letters, in a picture of that size.
    """
    if question == "word":
        return word.line.text
    if question == "count":
        return str(len(word.indices))
    if not word.indices:
        return nothing
    if question == "position":
        return joined([str(index + 1) for index in word.indices])
    if question == "box":
        return BETWEEN_BOXES.join(format_box_tokens(box, size_px) for box in boxes)
    return joined(word.letters)


def parse_boxes(text: str, size_px: tuple[int, int]) -> list[Box] | None:
    """The boxes of an answer; None where it is anything else."""
    boxes = [parse_box_tokens(part.strip(), size_px) for part in text.split(BETWEEN_BOXES.strip())]
    complete = [box for box in boxes if box is not None]
    return complete if len(complete) == len(boxes) else None

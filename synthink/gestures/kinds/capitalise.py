"""Capitalise: three lines below the first letter of a word, at times with `cap` beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthink.documents import CAPITALISE, capitalised
from synthink.draw.geometry import Points, bounds
from synthink.gestures.kind import Anchor, GestureKind, Mark, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target

SIZE = (0.4, 0.6)
FEWEST = 3  # letters of a word: below fewer the lines would be below all of it
NOTES = ("cap", "caps", "Cap", "cap.")


class Capitalise(GestureKind):
    """Begin this word with a capital."""

    target_kind = "word"
    edit = CAPITALISE
    broadest = 0.12  # three lines have to stay three

    @variant(share=0.60, family="three_lines")
    def three_lines(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(_lines(target, pen))

    @variant(share=0.15, family="three_lines_in_one")
    def in_one(self, target: Target, pen: StrokeSketcher) -> Mark:
        """The three lines are drawn to and fro, without lifting the pen."""
        first, second, third = (line[line[:, 0].argsort()] for line in _lines(target, pen))
        return Mark([np.concatenate((first, second[::-1], third))])

    @variant(share=0.25, writes="sign", family="three_lines+ring")
    def noted(self, target: Target, pen: StrokeSketcher) -> Mark:
        """The instruction stands in a ring, as all that is not to be printed."""
        strip = target.strips[0]
        note = pen.stream.choice(NOTES)
        return Mark(_lines(target, pen), Anchor(strip.box.centre, ("margin", "right", "above"), "ring", SIZE, note))

    def unfit(self, words: Sequence[str], target: Target) -> str | None:
        if not (words[0][0].islower() and len(capitalised(words[0])) == len(words[0])):
            return "the word begins with no small letter"
        return None if len(words[0]) >= FEWEST else "the word is too short"

    def refusal(self, target: Target, strokes: Sequence[Points]) -> str | None:
        strip, ink = target.strips[0], bounds(np.concatenate(strokes))
        if ink.top < strip.baseline + 0.02 * strip.height:
            return "a line runs through the word"
        if ink.bottom > strip.baseline + 0.85 * strip.height:
            return "the lines are far below"
        middle = (ink.left + ink.right) / 2
        return None if middle < strip.box.left + 0.4 * strip.box.width else "the lines are not below the first letter"

    def intended(self, words: list[str], target: Target, text: str) -> list[str]:
        words[target.words[0]] = capitalised(words[target.words[0]])
        return words


def _lines(target: Target, pen: StrokeSketcher) -> list[Points]:
    """Three short lines, one below the other."""
    strip = target.strips[0]
    scale = strip.height
    left = strip.box.left + pen.normal(0.0, 0.05) * scale
    width = min(pen.uniform(0.35, 0.6) * scale, 0.45 * strip.box.width)
    y, step = strip.baseline + pen.normal(0.13, 0.04, 0.08, 0.2) * scale, pen.uniform(0.14, 0.2) * scale
    lines = []
    for number in range(3):
        ends = left + pen.normal(0.0, 0.03) * scale, left + width + pen.normal(0.0, 0.04) * scale
        lines.append(pen.level(*ends, y + number * step, scale))
    return lines

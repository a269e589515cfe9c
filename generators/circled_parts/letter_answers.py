"""The answers about one circled letter: how `circled_letters` and `circled_letters_grid` read and score them."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any

from synthink import AnswerTemplates, Box, Sample, SentenceAnswers
from synthink.draw import Points
from synthink.labels import PLAIN, letter_class, letter_score, named_letters

from .word import COLUMNS, LIMITS, MEANINGS


class LetterAnswers(SentenceAnswers):
    """The columns and the scores that both generators of circled letters share."""

    split_columns = {"words": "word", "fonts": "font_family"}  # noqa: RUF012 - never changed
    column_meanings, known_limits = MEANINGS, LIMITS
    difficulty_columns = ("letter_box", "word", "rotation_deg", "mark_line_width_px", "distractors")
    prompt_language = "en"

    answers: AnswerTemplates = PLAIN
    """The sentences that answers stand in, of which each row draws one; {answer} becomes the letter. The column
    `answer` keeps the letter alone."""

    @cached_property
    def columns(self) -> dict[str, Any]:  # type: ignore[override]
        return self.with_answer(COLUMNS)

    def templates(self, task: str) -> tuple[str, ...]:
        return self.answers

    @cached_property
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

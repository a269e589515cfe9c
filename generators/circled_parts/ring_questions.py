"""What `circled_letters` may ask about its rings: one ring, none, or several."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

from synthink import Between, ConfigError, DrawContext, NotEmpty, Quad, Sample
from synthink.labels import PLAIN

from .context import Context
from .letter_answers import LetterAnswers
from .questions import (
    ABOUT_RINGS,
    IN_COLOUR,
    IN_SHORT,
    PROMPTS,
    PromptList,
    QuestionAnswers,
    QuestionPrompts,
    Questions,
    prompt_for,
    truth,
    words_of,
)
from .word import COLUMNS, SEVERAL_COLUMNS, CircledWord, RowPicture

MOST_MARKS = 12


class RingQuestions(LetterAnswers):
    """The questions about rings."""

    prompts: PromptList = PROMPTS
    """The words of the question which letter is circled, of which each row draws one; {colour} becomes the ring's
    colour."""
    questions: Questions = Questions()
    """The weights of the questions; each row asks one."""
    question_prompts: QuestionPrompts = QuestionPrompts()
    """The words of the other questions than `letter`."""
    question_answers: QuestionAnswers = QuestionAnswers()
    """The sentences that answers to the other questions than `letter` stand in."""
    questions_per_picture: Literal["one", "all"] = "one"
    """The number of questions about a picture. `all`: rows share a picture, one after the other, each with another
    question, and the column `picture_number` tells which."""
    mark_count: Annotated[tuple[int, int], Between(1, MOST_MARKS)] = (1, 1)
    """The fewest and the most letters that are circled. Where it may be several, columns about rings hold lists, and
    answers name all letters in reading order: `A, C`."""
    balance_letters: bool = False
    """Whether each letter that words have is circled equally often, instead of as often as it stands in them. Rare
    letters are then circled in most of the few words that have them, which can be guessed, less so with `words=random`:
    the column `best_guess` tells how well."""
    unmarked: Annotated[float, Between(0, 1)] = 0.0
    """The share of rows without a ring, each of which is its own control. Columns about rings then hold lists, empty in
    these rows."""
    unmarked_answer: Annotated[str, NotEmpty()] = "none"
    """The answer of rows without a ring, as it stands: no sentence is put around it."""

    context: Context = "word"
    """The surroundings of the word: nothing (`word`), other words of its line (`line`), or lines of a page (`page`)."""

    def check(self) -> None:
        if not self.unmarked_answer.strip() or self.unmarked_answer.strip() != self.unmarked_answer:
            raise ConfigError("unmarked_answer", self.unmarked_answer, "must be text without blanks at its ends")
        if self.unmarked and (len(self.unmarked_answer) == 1 or self.unmarked_answer.isdecimal()):
            raise ConfigError("unmarked_answer", self.unmarked_answer, "could be a letter or a position, too")
        if self.balance_letters and self.mark_count[1] > 1:
            raise ConfigError("balance_letters", True, "takes one letter of each word; set mark_count to 1")

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        raise NotImplementedError

    @property
    def has_lists(self) -> bool:
        """Whether rows have any number of rings, and columns about them hold lists."""
        return self.unmarked > 0 or self.mark_count != (1, 1)

    def describe(self) -> str:
        low, high = self.mark_count
        count = "one letter" if high == 1 else f"{high} letters" if low == high else f"{low} to {high} letters"
        questions = [IN_SHORT[question][high > 1] for question in self.questions.weights]
        return f"A word with {count} circled{', or none' if self.unmarked else ''}: {', '.join(questions)}?"

    @cached_property
    def has_sentences(self) -> bool:
        return self.answers != PLAIN or self.question_answers != QuestionAnswers()

    @cached_property
    def columns(self) -> dict[str, Any]:  # type: ignore[override]
        columns = dict(SEVERAL_COLUMNS if self.has_lists else COLUMNS)
        if self.questions_per_picture == "all":
            columns["picture_number"] = int
        if self.balance_letters:
            columns["best_guess"] = float
        if self.context != "word":
            columns |= {"context_words": list[str], "context_quads": list[Quad]}
        return self.with_answer(columns)

    @cached_property
    def prompts_by_task(self) -> dict[str, tuple[str, ...]]:
        """Task -> all questions that may be asked, for the oracle."""
        several = self.mark_count[1] > 1
        return {
            self._task(question): (
                *prompts,
                *(IN_COLOUR[question][several : several + 1] if question in IN_COLOUR else ()),
            )
            for question, prompts in self._prompts.items()
        }

    def templates(self, task: str) -> tuple[str, ...]:
        return self.question_answers.by_task.get(task, self.answers)

    def ask(self, ctx: DrawContext, word: CircledWord, drawn: RowPicture, question: str) -> Sample:
        """The row that asks a question about a word, of which this is the picture."""
        notes, prompts = drawn.annotations, self._prompts[question]
        in_colour = IN_COLOUR[question][self.mark_count[1] > 1] if question in IN_COLOUR else prompts[0]
        boxes = notes["letter_boxes"] if self.has_lists else [notes["letter_box"]]
        answer = truth(question, word, boxes, self.size_px, self.unmarked_answer)
        task = "" if question == "letter" else question
        sample = Sample(drawn.picture, prompt_for(ctx, word, prompts, in_colour), answer, notes, task)
        return self.say(ctx, sample, alone=question in ABOUT_RINGS and not word.indices)

    @cached_property
    def _prompts(self) -> dict[str, tuple[str, ...]]:
        """Question -> its words."""
        several = self.mark_count[1] > 1
        return {
            question: words_of(question, getattr(self.question_prompts, question, self.prompts), several)
            for question in self.questions.weights
        }

    def _task(self, question: str) -> str:
        return self.name if question == "letter" else question

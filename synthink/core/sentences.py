"""Answers in sentences: the templates that a generator's answers are put into, and how they are read out of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, ClassVar

from synthink.core.generator import DrawContext, Generator
from synthink.core.sample import Sample
from synthink.errors import ConfigError
from synthink.labels.sentences import ANSWER, PLAIN, fill_answer, read_answer
from synthink.settings import Condition, NotEmpty, Settings, field_types

MOST_CHARACTERS = 1000


@dataclass(frozen=True)
class HoldsAnswer(Condition):
    """The condition on a template that `{answer}` stands in it once and nothing else in braces."""

    def refuse(self, value: Any) -> str | None:
        if value.count(ANSWER) != 1 or "{" in value.replace(ANSWER, "") or len(value) > MOST_CHARACTERS:
            return f"must be text with {ANSWER} in it once, and nothing else in braces, of {MOST_CHARACTERS} characters"
        return None


AnswerTemplates = Annotated[tuple[Annotated[str, HoldsAnswer()], ...], NotEmpty()]
"""The type of a field with templates of answers: `answers: AnswerTemplates = ("{answer}",)`."""


class TaskAnswers(Settings):
    """Templates of answers by task: subclass it with a field for each task, `task: AnswerTemplates`."""

    labels: ClassVar[Mapping[str, str]] = {}
    """Task -> what its answers are, for tasks whose answers are read by programs and stand alone: `location tokens`."""

    def check(self) -> None:
        for task, what in self.labels.items():
            templates = getattr(self, task)
            if templates != PLAIN:
                raise ConfigError(task, templates, f"the answers of {task} are {what}, which a sentence breaks")

    @property
    def by_task(self) -> dict[str, tuple[str, ...]]:
        """Task -> its templates."""
        return {task: getattr(self, task) for task in field_types(type(self))}


class SentenceAnswers(Generator):
    """A generator whose answers may stand in sentences. A subclass has a field with the templates, names them in
    `templates`, ends `draw` with `say`, and begins `score` and what else looks at answers with `read`."""

    def templates(self, task: str) -> tuple[str, ...]:
        """The templates of a task's answers."""
        raise NotImplementedError

    @cached_property
    def has_sentences(self) -> bool:
        """Whether an answer of any task may stand in a sentence."""
        raise NotImplementedError

    def with_answer(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """The columns, with `answer`, the answer without its sentence, where answers may stand in sentences."""
        return {**columns, "answer": str} if self.has_sentences else dict(columns)

    def say(self, ctx: DrawContext, sample: Sample, alone: bool = False) -> Sample:
        """The sample with its answer in one of the task's templates, drawn from a stream of its own, or `alone`."""
        if not self.has_sentences:
            return sample
        template = ANSWER if alone else ctx.stream("answer").choice(self.templates(sample.task))
        annotations = {**sample.annotations, "answer": sample.suffix}
        return replace(sample, suffix=fill_answer(template, sample.suffix), annotations=annotations)

    def read(self, sample: Sample, answer: str) -> tuple[Sample, str]:
        """The sample and an answer without their sentences. The answer is empty where it is in none of the task's
        templates to the letter."""
        truth = sample.annotations.get("answer")
        if truth is None:  # the answers of this dataset stand alone
            return sample, answer
        bare = replace(sample, suffix=truth)
        if answer.strip() == sample.suffix.strip():
            return bare, truth
        return bare, read_answer(answer, self.templates(sample.task)) or ""

    def both(
        self,
        sample: Sample,
        answer: str,
        score: Callable[[Sample, str], dict[str, float]],
        understood: Callable[[Sample, str], bool],
    ) -> dict[str, float]:
        """The scores of the strict reading, and `correct_lenient`: whether the answer is right as a reader takes it.

        score: scores an answer without a sentence. understood: whether the sentence that an answer is says the truth.
        """
        bare, strict = self.read(sample, answer)
        scores = score(bare, strict)
        lenient = scores["correct"] or understood(bare, answer)
        return {"correct": scores["correct"], "correct_lenient": float(lenient), **scores}

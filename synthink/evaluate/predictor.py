"""`synthink evaluate predictor=...`: models that were not trained here, asked with more and more examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from synthink.errors import ConfigError
from synthink.evaluate.answerer import Answerer, Example, RowAnswerer
from synthink.evaluate.evaluate import Evaluation, Result, ask_and_score, conclude, first_rows
from synthink.evaluate.examples import pick_examples
from synthink.evaluate.report.data import Shots
from synthink.progress import bar
from synthink.settings import Between, Settings

if TYPE_CHECKING:
    from synthink.core.generator import Generator

Progress = Callable[[int], None]


class Predictor(Settings):
    """Base of everything that answers without having been trained here: its fields are those of `predictor=NAME`.

    A predictor is one class with an entry point in `synthink.predictors`.
    """

    name: ClassVar[str] = ""
    """The name that users type; that of the entry point."""

    shots: Annotated[tuple[int, ...], Between(0, 1000)] = (0,)
    """The numbers of examples in the prompt, in increasing order. All rows are asked about with each of them."""

    def check(self) -> None:
        if not self.shots or list(self.shots) != sorted(set(self.shots)):
            raise ConfigError("shots", self.shots, "must be increasing numbers, at least one")

    @property
    def label(self) -> str:
        """The name of the predictor in plots and tables."""
        return self.name

    def open(self, examples: Sequence[Example], folder: Path, progress: Progress) -> Answerer:
        """An answerer that has seen these examples, with their answers, before every question.

        folder: the output, for files of its own such as answers that were paid for. progress: is called with 1 for each
        answer. Where the answerer has an attribute `usage`, its text stands in the report. Raises `ModelError` where
        nobody can be asked.
        """
        raise NotImplementedError

    def open_for(
        self, generator: Generator | None, examples: Sequence[Example], folder: Path, progress: Progress
    ) -> Answerer | RowAnswerer:
        """`open` for rows that a generator drew, None for rows of another program; overridden by a predictor that has
        to know the generator. `ConfigError` where it cannot be asked about its rows."""
        return self.open(examples, folder, progress)


def evaluate_predictor(request: Evaluation, predictor: Predictor, output: Path, seed: int = 0) -> Result:
    """Ask about the request's dataset with each number of examples.

    The report leads with the largest number, and plots all of them. seed: chooses the examples among the training rows.
    Raises `ConfigError` where the request names several datasets, and what `evaluate` raises.
    """
    if len(request.datasets) > 1:
        names = [str(dataset.path) for dataset in request.datasets]
        raise ConfigError("dataset", names, "a predictor is asked about one dataset at a time; name one")
    [dataset] = request.datasets
    asked_names = [row["id"] for row in first_rows(dataset.rows(request.split), request.rows)]
    examples: list[Example] = []
    if most := max(predictor.shots):  # without examples nobody needs rows to learn from
        examples = pick_examples(dataset.rows("train"), dataset.generator_of("train"), most, seed, asked_names)
    output.mkdir(parents=True, exist_ok=True)
    shots: list[Shots] = []
    usage: dict[str, Any] = {}
    with bar(len(asked_names) * len(predictor.shots), "rows", True, "asking") as advance:
        for count in predictor.shots:
            answerer = predictor.open_for(dataset.generator_of(request.split), examples[:count], output, advance)
            answers = ask_and_score(request, answerer, output)
            for metric, score in answers[dataset.name].summary.scores.items():
                shots.append(Shots(predictor.label, count, metric, score.mean, score.low, score.high))
            if (used := getattr(answerer, "usage", None)) is not None:
                usage[f"{count} examples"] = str(used)
                print(f"{answerer.name}: {used}")
    background = replace(
        request.background,
        facts={"model": predictor.label, "split": request.split, **usage},
        config={"predictor": {"name": predictor.name, **predictor.plain()}},
        shots=shots,
    )
    return conclude(replace(request, background=background), answerer.name, answers, output)

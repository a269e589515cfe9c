"""The rows of a run: what it learns from, and what it is validated on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from synthink.errors import ConfigError, ModelError
from synthink.evaluate.data.rows import ENDLESS, DrawnRows, Row, Rows
from synthink.evaluate.named_metrics import Scorer
from synthink.train.request import USUAL_VALIDATION, Request


@dataclass(frozen=True)
class TrainingData:
    """The rows of a run, ready to be read.

    rows, weights: the training split of each dataset, and its share of the steps. validation: the validation splits,
    each with the scorer of answers about it.
    """

    rows: Sequence[Rows]
    weights: Sequence[float]
    validation: Sequence[tuple[Rows, Scorer | str]]

    @property
    def shuffled(self) -> bool:
        """Whether rows come in a new order each epoch; those of an endless generator come once each, as they stand."""
        return all(len(rows) < ENDLESS for rows in self.rows)

    def validation_rows(self, count: int) -> list[tuple[Row, Scorer | str]]:
        """The first `count` validation rows, taken from the splits in turn, each with its scorer."""
        splits = [[(rows.row(i), scorer) for i in range(min(len(rows), count))] for rows, scorer in self.validation]
        return [pair for pairs in zip_longest(*splits) for pair in pairs if pair is not None][:count]


def training_data(request: Request) -> TrainingData:
    """The rows that a request names. `ConfigError` when it names none, `ModelError` for a control of unknown source."""
    if request.stream:
        return _drawn(request)
    if not request.datasets:
        raise ConfigError("dataset", None, "name a dataset folder, or trainer.stream=true to draw rows while training")
    training: list[Rows] = []
    validation: list[tuple[Rows, Scorer | str]] = []
    for dataset, _ in request.datasets:
        split = request.train_split
        rows = dataset.control(split) if request.control else dataset.rows(split)
        if rows is None:
            raise ModelError(
                f"{dataset.path}: no generator of synthink made it, so it has no control; leave control=true out"
            )
        training.append(rows)
        split = request.validation_split
        if split in dataset.splits or split != USUAL_VALIDATION:  # one that was named must be there
            held_out = dataset.control(split) if request.control else dataset.rows(split)
            if held_out is not None:
                validation.append((held_out, dataset.generator_of(split) or "exact"))
    return TrainingData(training, [weight for _, weight in request.datasets], validation)


def _drawn(request: Request) -> TrainingData:
    """Rows that a generator draws while the run goes on."""
    split = request.train_split
    source = request.stream[split].source
    count = source.rows(split) or ENDLESS
    training = DrawnRows(source, split, count, f"{source.generator.name}/{split}", control=request.control)
    held_out = request.stream.get(request.validation_split)
    if not held_out:
        return TrainingData([training], [1.0], [])
    name = request.validation_split
    validation = DrawnRows(held_out.source, name, len(held_out), name, request.control)
    return TrainingData([training], [1.0], [(validation, held_out.generator)])

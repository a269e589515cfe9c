"""Models that are ready to answer: of a finished run, or from weights alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthink.errors import ConfigError, ModelError
from synthink.evaluate.data.rows import Rows
from synthink.train.learner import Learner, Lengths
from synthink.train.model_files import find_tokenizer, find_weights
from synthink.train.registry import find_trainer
from synthink.train.run_folder import RunFolder
from synthink.train.settings import Model, Trainer


def open_run(path: Path, runtime: Trainer | None = None) -> Learner:
    """The model of a finished run.

    runtime: a trainer whose runtime fields replace those of the run, where it is of the same kind. Raises `AssetError`
    for a folder that holds no run, `ModelError` for a run that is not finished.
    """
    run = RunFolder(path)
    request, outcome = run.request(), run.finished()
    if outcome is None:
        raise ModelError(f"{path}: the run is not finished; the same command goes on with it")
    fields = dict(request["trainer"])
    trainer = find_trainer(fields.pop("name")).build(fields)
    if runtime is not None:
        trainer = trainer.with_runtime_fields_of(runtime)
    trainer.check_installed()
    model = Model.build(request["model"])
    learner = trainer.open(model, run.tokenizer, outcome["image_px"], request["seed"], run.model)
    learner.set_max_lengths(Lengths(*outcome["lengths"]))
    return learner


def open_weights(model: Model, trainer: Trainer) -> Learner:
    """A model that was not trained here: weights and tokenizer as `model` names them."""
    if model.image_px is None:
        raise ConfigError("model.image_px", None, "must be given: weights do not name their size of pictures")
    trainer.check_installed()
    weights = find_weights(model)
    assert weights is not None, "the caller names them"
    tokenizer = None if trainer.brings_own_tokenizer(weights) else find_tokenizer(model, weights)
    return trainer.open(model, tokenizer, model.image_px, 0, weights)


def allow_long_answers(learner: Learner, datasets: Sequence[Rows], count: int | None = None) -> None:
    """Let answers be as long as the longest right one of the first `count` rows of each dataset (None: of all rows).

    The model may have learned from shorter answers, and would be cut off at their length.
    """
    examples = (rows.example(i) for rows in datasets for i in range(min(len(rows), count or len(rows))))
    longest = max((learner.texts.encoded("", example.suffix).suffix for example in examples), default=0)
    learner.set_max_lengths(learner.lengths._replace(suffix=max(longest, learner.lengths.suffix)))
